"""Static files under addresses that carry their content's hash, compressed once, cached for ever.

``/static/app.3f9c1b7a20d4.css`` never changes: a new content has a new address, so a browser asks once.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from darsgah.access import public
from darsgah.errors import NotFound

STATIC_FOLDER = Path(__file__).resolve().parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
SHOWN = frozenset({".css", ".js", ".woff2", ".svg", ".png", ".ico", ".txt"})
TEXT = frozenset({".css", ".js", ".svg", ".txt"})
CSS_URL = re.compile(rb'url\("([^":]+)"\)')


class MissingAssetError(RuntimeError):
    """``make setup`` has not built the assets."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in memory, as it is and as gzip; ``packed`` is None where gzip gains nothing."""

    address: str
    media_type: str
    content: bytes
    packed: bytes | None


class StaticFiles:
    """All static files, read once at start (some 100 kB)."""

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        self._by_name: dict[str, StaticFile] = {}
        paths = [path for path in folder.rglob("*") if path.suffix in SHOWN]
        for path in sorted(paths, key=lambda path: (path.suffix == ".css", path)):
            name = path.relative_to(folder).as_posix()
            content = path.read_bytes()
            self._by_name[name] = _static_file(
                name, self._addressed(content) if path.suffix == ".css" else content
            )
        self._by_address = {file.address: file for file in self._by_name.values()}

    def __contains__(self, name: object) -> bool:
        """Whether there is such a file: for a page that works, with less, without it."""
        return name in self._by_name

    def url(self, name: str) -> str:
        """The address of a file, ``url("app.css")``.

        Raises:
            MissingAssetError: there is no such file; for one under ``vendor/`` the assets are not built yet.
        """
        try:
            return f"/static/{self._by_name[name].address}"
        except KeyError:
            raise MissingAssetError(
                f"The page asset {name} is missing: run make setup, which builds it."
            ) from None

    def _addressed(self, sheet: bytes) -> bytes:
        """A style sheet whose ``url("name")`` carry their hashes; sheets are read last for that."""
        return CSS_URL.sub(lambda found: f'url("{self.url(found[1].decode())}")'.encode(), sheet)

    def find(self, address: str) -> StaticFile:
        """The file at an address.

        Raises:
            NotFound: there is none, or it was of an earlier release.
        """
        try:
            return self._by_address[address]
        except KeyError:
            raise NotFound from None


@get("/static/{address:path}", guards=[public], include_in_schema=False, sync_to_thread=False)
def static_file(address: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
    """One static file, compressed where the browser takes that."""
    file = request.app.state.static_files.find(address.lstrip("/"))
    headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding"}
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            file.packed, media_type=file.media_type, headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(file.content, media_type=file.media_type, headers=headers)


@get("/favicon.ico", guards=[public], include_in_schema=False, sync_to_thread=False)
def favicon(request: Request[Any, Any, Any]) -> Redirect:
    """Where browsers look for a picture of the site when what they show is no page of ours that names it."""
    return Redirect(request.app.state.static_files.url("mark.svg"))


def _static_file(name: str, content: bytes) -> StaticFile:
    path = PurePosixPath(name)
    digest = hashlib.sha256(content).hexdigest()[:12]
    media_type = "font/woff2" if path.suffix == ".woff2" else mimetypes.guess_type(name)[0] or "text/plain"
    if path.suffix in TEXT:
        media_type += "; charset=utf-8"
    packed = gzip.compress(content, 9, mtime=0) if path.suffix in TEXT else None
    return StaticFile(path.with_suffix(f".{digest}{path.suffix}").as_posix(), media_type, content, packed)
