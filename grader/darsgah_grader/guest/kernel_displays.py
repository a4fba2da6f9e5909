"""What is shown in a kernel, as Jupyter shows it: with metadata, updated under a name, cleared.

A graded notebook is a record, so there an update is one more display and clearing does nothing (``shell``).
Here a person watches. The outputs keep the names that Jupyter's messages have.
"""

from collections.abc import Mapping
from typing import Any

from darsgah_grader.guest.shell import GuestDisplayHook, GuestDisplayPublisher, GuestShell

DISPLAY_DATA, EXECUTE_RESULT, UPDATE, CLEAR = (
    "display_data",
    "execute_result",
    "update_display_data",
    "clear_output",
)
_SIZES = ("width", "height")


def _sizes(metadata: object) -> dict[str, Any]:
    """Of a bundle's metadata the sizes at which its pictures are to be shown."""
    if not isinstance(metadata, Mapping):
        return {}
    return {
        str(mime): {name: sizes[name] for name in _SIZES if isinstance(sizes.get(name), int | float)}
        for mime, sizes in metadata.items()
        if isinstance(sizes, Mapping)
    }


class KernelDisplayHook(GuestDisplayHook):
    """The value of a cell's last expression."""

    def write_format_data(self, format_dict: Mapping[str, Any], md_dict: object = None) -> None:
        """Send the bundle with the sizes of its pictures."""
        assert isinstance(self.shell, GuestShell)  # noqa: S101 -- made by it alone; tells the type checker
        capture = self.shell.capture
        capture.display(
            {
                "output_type": EXECUTE_RESULT,
                "execution_count": self.prompt_count,
                "data": capture.bundle(format_dict),
                "metadata": _sizes(md_dict),
            }
        )


class KernelDisplayPublisher(GuestDisplayPublisher):
    """``display(...)``, with updates."""

    def publish(
        self, data: Mapping[str, Any], metadata: object = None, *_: object, **options: object
    ) -> None:
        """Send the bundle.

        Args:
            data: representations by MIME type.
            metadata: by MIME type, too.
            options: as Jupyter's: ``transient`` with the name of the display; with ``update`` it takes the
                place of what was shown under that name.
        """
        self._validate_data(data, metadata)  # type: ignore[no-untyped-call] # IPython has no type here
        capture = self.shell.capture
        output = {
            "output_type": UPDATE if options.get("update") else DISPLAY_DATA,
            "data": capture.bundle(data),
            "metadata": _sizes(metadata),
        }
        transient = options.get("transient")
        name = transient.get("display_id") if isinstance(transient, Mapping) else None
        if isinstance(name, str):
            output["transient"] = {"display_id": name[:200]}
        capture.display(output)

    def clear_output(self, wait: bool = False) -> None:
        """Drop what the cell has shown so far; with ``wait`` when it shows the next thing."""
        self.shell.capture.display({"output_type": CLEAR, "wait": bool(wait)})


def show_like_a_notebook(shell: GuestShell) -> None:
    """Let this process's shell show what a kernel shows, from now on."""
    shell.display_pub = KernelDisplayPublisher(parent=shell, shell=shell)  # type: ignore[no-untyped-call] # IPython has no type here
    shell.displayhook = KernelDisplayHook(shell=shell, cache_size=shell.cache_size)  # type: ignore[no-untyped-call] # IPython has no type here
    shell.display_trap.hook = shell.displayhook
    shell.Completer.use_jedi = False
    shell.set_hook("show_in_pager", _print_instead)  # type: ignore[no-untyped-call] # IPython has no type here


def _print_instead(_shell: GuestShell, text: object, *_: object, **__: object) -> None:
    """What would open a pager (``name?``) is printed below the cell."""
    print(text["text/plain"] if isinstance(text, Mapping) else text)  # noqa: T201 -- to the cell's own output
