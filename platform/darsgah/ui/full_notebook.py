"""JupyterLite's files under ``/full-notebook/<version>/...``: addresses that never change, cached for ever.

The page that loads them is ``darsgah.workspaces``'s, because it knows the learner and the lab.
"""

import json
import mimetypes
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import File

from darsgah.access import public
from darsgah.errors import NotFound
from darsgah.ui.full_notebook_build import CONFIGURATION, FILES
from darsgah.ui.static_files import IMMUTABLE

VERSION_LETTERS = 12
ENDINGS = {"br": ".br", "gzip": ".gz"}
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'; connect-src 'self'; "
    "frame-ancestors 'none'"
)
"""For the kernel's worker, whose policy is that of its script; JupyterLite's loader compiles text."""


class FullNotebook:
    """What was built, listed once at start; ``present`` says whether anything was."""

    def __init__(self, built: Path = FILES) -> None:
        stamp = built / ".stamp"
        self.present = stamp.is_file()
        self._built = built
        self._version = stamp.read_text()[:VERSION_LETTERS] if self.present else ""
        self._configuration = (built / CONFIGURATION).read_text() if self.present else ""
        self._files = frozenset(
            path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file()
        )

    @property
    def script(self) -> str:
        """The address of the application's script."""
        return f"/full-notebook/{self._version}/build/notebooks/bundle.js"

    def configuration(self, runtime_url: str) -> dict[str, Any]:
        """JupyterLite's configuration, with the address of the browser's Python in it."""
        files = f"/full-notebook/{self._version}"
        filled = self._configuration.replace("{files}", files).replace("{version}", self._version)
        configuration: dict[str, Any] = json.loads(filled.replace("{runtime}", runtime_url))
        return configuration

    def find(self, address: str, accepted: str) -> tuple[Path, str]:
        """The file at an address below ``/full-notebook/``, and how it is packed; empty when it is not.

        Raises:
            NotFound: there is none, or it was of an earlier release.
        """
        name = address.removeprefix(f"{self._version}/")
        if not self.present or name not in self._files:
            raise NotFound
        taken = {part.partition(";")[0].strip() for part in accepted.split(",")}
        for coding, ending in ENDINGS.items():
            if coding in taken and f"{name}{ending}" in self._files:
                return self._built / f"{name}{ending}", coding
        return self._built / name, ""

    def lasts(self, address: str) -> bool:
        """Whether what lies at the address never changes."""
        return address.startswith(f"{self._version}/")


@get("/full-notebook/{address:path}", guards=[public], include_in_schema=False, sync_to_thread=False)
def full_notebook_file(address: FromPath[str], request: Request[Any, Any, Any]) -> Response[Any]:
    """One of JupyterLite's files, in the best packing that the browser takes."""
    built: FullNotebook = request.app.state.full_notebook
    name = address.lstrip("/")
    path, coding = built.find(name, request.headers.get("accept-encoding", ""))
    headers = {"Vary": "Accept-Encoding", "Cross-Origin-Embedder-Policy": "require-corp"}
    headers["Cache-Control"] = IMMUTABLE if built.lasts(name) else "no-cache"
    if coding:
        headers["Content-Encoding"] = coding
    if ".worker." in name:
        headers["Content-Security-Policy"] = WORKER_POLICY
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return File(path, media_type=media_type, headers=headers, content_disposition_type="inline")
