"""Static files under addresses that carry their content's hash, compressed once, cached for ever.

``/static/app.3f9c1b7a20d4.css`` never changes: a new content has a new address, so a browser asks once.
Pieces of the lab page's script are named after their content when they are built, and keep their names: they
load each other by them.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import brotli
from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from darsgah.access import public
from darsgah.errors import NotFound

STATIC_FOLDER = Path(__file__).resolve().parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
SHOWN = frozenset({".css", ".js", ".woff2", ".svg", ".png", ".ico", ".txt"})
TEXT = frozenset({".css", ".js", ".svg", ".txt"})
NAMED_BY_CONTENT = re.compile(r"-[A-Z0-9]{8}\.js$")
"""A piece of a script as esbuild names it; see ``darsgah.ui.lab_assets``."""
PACKED_SUFFIX = ".br"
"""Beside a file that was packed when it was built: the best packing of 400 kB takes a second."""
BROTLI_QUALITY: Final = 9
"""For small files, packed at start: within a fiftieth of the best, in a fifth of its time."""
CSS_URL = re.compile(rb'url\("([^":]+)"\)')


class MissingAssetError(RuntimeError):
    """``make setup`` has not built the assets."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file in memory, as it is, and packed by the name of the packing where that gains something."""

    address: str
    media_type: str
    content: bytes
    packed: Mapping[str, bytes]


class StaticFiles:
    """All static files, read once at start (some 2 MB with their packed forms)."""

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        self._by_name: dict[str, StaticFile] = {}
        paths = [path for path in folder.rglob("*") if path.suffix in SHOWN]
        for path in sorted(paths, key=lambda path: (path.suffix == ".css", path)):
            name = path.relative_to(folder).as_posix()
            content = path.read_bytes()
            if path.suffix == ".css":
                content = self._addressed(content)
            self._by_name[name] = _static_file(name, content, path.with_name(path.name + PACKED_SUFFIX))
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
    taken = {part.partition(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    for encoding, packed in file.packed.items():
        if encoding in taken:
            return Response(
                packed, media_type=file.media_type, headers=headers | {"Content-Encoding": encoding}
            )
    return Response(file.content, media_type=file.media_type, headers=headers)


@get("/favicon.ico", guards=[public], include_in_schema=False, sync_to_thread=False)
def favicon(request: Request[Any, Any, Any]) -> Redirect:
    """Where browsers look for a picture of the site when what they show is no page of ours that names it."""
    return Redirect(request.app.state.static_files.url("mark.svg"))


def _static_file(name: str, content: bytes, prepared: Path) -> StaticFile:
    path = PurePosixPath(name)
    media_type = "font/woff2" if path.suffix == ".woff2" else mimetypes.guess_type(name)[0] or "text/plain"
    if path.suffix in TEXT:
        media_type += "; charset=utf-8"
    address = name
    if not NAMED_BY_CONTENT.search(name):
        digest = hashlib.sha256(content).hexdigest()[:12]
        address = path.with_suffix(f".{digest}{path.suffix}").as_posix()
    packed = _packings(content, prepared) if path.suffix in TEXT else {}
    return StaticFile(address, media_type, content, packed)


def _packings(content: bytes, prepared: Path) -> dict[str, bytes]:
    """The best packing first; ``prepared`` is the file with the content's brotli, where there is one."""
    best = prepared.read_bytes() if prepared.is_file() else brotli.compress(content, quality=BROTLI_QUALITY)
    return {"br": best, "gzip": gzip.compress(content, 9, mtime=0)}
