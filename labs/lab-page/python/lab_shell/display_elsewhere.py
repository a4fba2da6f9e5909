"""The names of ``IPython.display`` for what a lab in the browser does not run, play or fetch.

They can be imported and made as in IPython. What is shown says in words what would be there, and where it
can be had: scripts of a notebook never run on the lab page, and nothing comes from other sites.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab_shell.display_objects import DisplayHandle, DisplayObject


class _InWords:
    """Something that is shown as a text alone."""

    def _words(self) -> str:
        raise NotImplementedError

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Any:  # noqa: ANN401 # a bundle
        return {"text/plain": self._words()}, {}

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} object>"


class Javascript(_InWords, DisplayObject):
    """A script: its text is shown."""

    def __init__(  # IPython's signature
        self,
        data: Any = None,  # noqa: ANN401 # text
        url: str | None = None,
        filename: str | None = None,
        lib: object = None,
        css: object = None,
    ) -> None:
        super().__init__(data, url, filename)

    def _words(self) -> str:
        return f"[A script. Here it is shown and never run.]\n{self.data or self.url or ''}"


class _Played(_InWords):
    """A sound or a film, from bytes, numbers, a file of the lab or an address."""

    kind = ""

    def __init__(
        self,
        data: Any = None,  # noqa: ANN401 # bytes, numbers, a path or an address
        *_others: object,
        url: str | None = None,
        filename: str | None = None,
        **_options: object,
    ) -> None:
        self.data = data
        self.source = filename or url or (data if isinstance(data, str | Path) else "")

    def _words(self) -> str:
        named = f" ({self.source})" if self.source else ""
        return f"[{self.kind}{named}. It is not played here: download the notebook and open it in Jupyter.]"


class Audio(_Played):
    """A sound."""

    kind = "A sound"


class Video(_Played):
    """A film."""

    kind = "A film"


class IFrame(_InWords):
    """A page of another site."""

    address = "{}"

    def __init__(self, src: str, width: object = None, height: object = None, **_options: object) -> None:
        self.src = self.address.format(src)

    def _words(self) -> str:
        return f"[A page: {self.src}. Nothing from other sites is shown here.]"


class YouTubeVideo(IFrame):
    """A film on YouTube."""

    address = "https://www.youtube.com/watch?v={}"


class VimeoVideo(IFrame):
    """A film on Vimeo."""

    address = "https://vimeo.com/{}"


class ScribdDocument(IFrame):
    """A document on Scribd."""

    address = "https://www.scribd.com/document/{}"


class FileLink(_InWords):
    """A file that a cell wrote; it lies in the browser's Python, where no link leads."""

    def __init__(self, path: str | Path, *_others: object, **_options: object) -> None:
        self.path = str(path)

    def _words(self) -> str:
        path = Path(self.path)
        if not path.is_file():
            return f"[There is no file {self.path}.]"
        size = f"{path.stat().st_size:,} bytes"
        return f"[{self.path}, {size}. It cannot be downloaded here: print what you need of it.]"


class FileLinks(FileLink):
    """The files in a folder."""

    def _words(self) -> str:
        files = sorted(str(path) for path in Path(self.path).rglob("*") if path.is_file())
        return "\n".join([f"[Files in {self.path}]", *files])


class ProgressBar(_InWords):
    """How far a loop over ``total`` steps is: shown when it begins, and with each step."""

    def __init__(self, total: int) -> None:
        self.total = total
        self._progress = 0
        self._shown = DisplayHandle()

    def _words(self) -> str:
        done = 40 * self._progress // max(1, self.total)
        return f"[{'=' * done}{' ' * (40 - done)}] {self._progress}/{self.total}"

    def display(self) -> None:
        """Show it."""
        self._shown.display(self)

    def update(self) -> None:
        """Show how far it is now."""
        self._shown.update(self)

    @property
    def progress(self) -> int:
        """The steps that are done; setting it shows it."""
        return self._progress

    @progress.setter
    def progress(self, value: int) -> None:
        self._progress = value
        self.update()

    def __iter__(self) -> Iterator[int]:
        self.display()
        for step in range(self.total):
            self.progress = step
            yield step
        self.progress = self.total
