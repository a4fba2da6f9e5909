"""The browser's Python under ``/runtime/<version>/...``: addresses that never change, cached for ever.

Two folders of addresses: the runtime (Pyodide's core, and the wheels of ``DARSGAH_BROWSER_RUNTIME`` with a
lock file that names them), and the kernel (the worker's script, and the Python shell that it runs). A new
content has a new version, so a browser asks once; a new release of the platform leaves the large runtime
where it is. Files are read from the disk as they are sent, packed as ``darsgah.ui.runtime_assets`` packed
them, so no process of the web holds them.

The lab page must be cross-origin isolated for a cell to be stopped and to ask for ``input()``: the page
answers with ``Cross-Origin-Opener-Policy: same-origin`` and ``Cross-Origin-Embedder-Policy: require-corp``,
the worker's script with the latter too. All else comes from this origin and needs nothing.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import File

from darsgah.access import public
from darsgah.errors import NotFound
from darsgah.ui.browser_packages import LOCK, lock_of
from darsgah.ui.runtime_assets import RUNTIME, SHELL
from darsgah.ui.static_files import IMMUTABLE, STATIC_FOLDER, MissingAssetError

WORKER = "worker.js"
WORKER_SCRIPT = STATIC_FOLDER / "vendor" / "lab" / "pyodide_worker.js"
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'"
)
"""What the worker may do: load Pyodide, compile WebAssembly, fetch from here. No ``eval`` of scripts."""
EMBEDDER_POLICY = {"Cross-Origin-Embedder-Policy": "require-corp"}
SIZE_HEADER = "Darsgah-Size"
"""Bytes after unpacking: a browser's reader counts those, and ``Content-Length`` counts the packed ones."""
MEDIA_TYPES = {
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".wasm": "application/wasm",
    ".json": "application/json",
}
VERSION_LETTERS = 12


@dataclass(frozen=True, slots=True)
class RuntimeFile:
    """One file to send: from the disk, or (the lock file and the worker's script) from memory."""

    name: str
    size: int
    path: Path | None = None
    content: bytes = b""
    packed: bytes = b""
    encodings: tuple[str, ...] = ()

    @property
    def media_type(self) -> str:
        """By the ending; archives and wheels are bytes."""
        return MEDIA_TYPES.get(Path(self.name).suffix, "application/octet-stream")


class BrowserRuntime:
    """What is served under ``/runtime``, listed once at start.

    Args:
        packages: the operator's folder of wheels, or None.
    """

    def __init__(
        self, packages: Path | None = None, *, built: Path = RUNTIME, worker: Path = WORKER_SCRIPT
    ) -> None:
        self._files: dict[str, RuntimeFile] = {}
        self._runtime = self._kernel = ""
        if (built / "runtime.json").is_file() and worker.is_file():
            self._runtime = self._add_runtime(built, packages)
            self._kernel = self._add_kernel(built, worker)

    @property
    def runtime_url(self) -> str:
        """The folder of Python itself, with a slash at its end.

        Raises:
            MissingAssetError: it is not built.
        """
        return self._built(self._runtime)

    @property
    def worker_url(self) -> str:
        """The worker's script; ``python.zip`` lies beside it.

        Raises:
            MissingAssetError: it is not built.
        """
        return self._built(self._kernel) + WORKER

    def find(self, version: str, name: str) -> RuntimeFile:
        """The file at an address.

        Raises:
            NotFound: there is none, or it was of another version.
        """
        try:
            return self._files[f"{version}/{name}"]
        except KeyError:
            raise NotFound from None

    def _built(self, version: str) -> str:
        if not version:
            raise MissingAssetError("The browser's Python is missing: run make setup, which builds it.")
        return f"/runtime/{version}/"

    def _add_runtime(self, built: Path, packages: Path | None) -> str:
        described = json.loads((built / "runtime.json").read_bytes())
        lock = json.dumps(lock_of(json.loads((built / LOCK).read_bytes()), packages)).encode()
        digest = hashlib.sha256(lock + json.dumps(described).encode()).hexdigest()[:VERSION_LETTERS]
        version = f"{described['version']}-{digest}"
        files = [_packed_file(built, name) for name in described["files"]]
        files.append(_in_memory(LOCK, lock))
        for entry in json.loads(lock)["packages"].values():
            wheel = (packages or built) / entry["file_name"]
            files.append(RuntimeFile(wheel.name, wheel.stat().st_size, wheel))
        self._files |= {f"{version}/{file.name}": file for file in files}
        return version

    def _add_kernel(self, built: Path, worker: Path) -> str:
        script = _in_memory(WORKER, worker.read_bytes())
        shell = _packed_file(built, SHELL)
        digest = hashlib.sha256(worker.read_bytes() + (built / SHELL).read_bytes()).hexdigest()
        version = f"kernel-{digest[:VERSION_LETTERS]}"
        self._files |= {f"{version}/{file.name}": file for file in (script, shell)}
        return version


@get("/runtime/{version:str}/{name:str}", guards=[public], include_in_schema=False, sync_to_thread=False)
def runtime_file(
    version: FromPath[str], name: FromPath[str], request: Request[Any, Any, Any]
) -> Response[Any]:
    """One file of the browser's Python, in the best packing that the browser takes."""
    runtime: BrowserRuntime = request.app.state.browser_runtime
    file = runtime.find(version, name)
    headers = {"Cache-Control": IMMUTABLE, "Vary": "Accept-Encoding", SIZE_HEADER: str(file.size)}
    if name == WORKER:
        headers |= {"Content-Security-Policy": WORKER_POLICY, **EMBEDDER_POLICY}
    taken = {part.partition(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
    encoding = next((coding for coding in file.encodings if coding in taken), None)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    if file.path is None:
        content = file.content if encoding is None else file.packed
        return Response(content, media_type=file.media_type, headers=headers)
    path = file.path if encoding is None else file.path.with_name(f"{name}.{ENDINGS[encoding]}")
    return File(path, media_type=file.media_type, headers=headers, content_disposition_type="inline")


ENDINGS = {"br": "br", "gzip": "gz"}


def _packed_file(folder: Path, name: str) -> RuntimeFile:
    return RuntimeFile(name, (folder / name).stat().st_size, folder / name, encodings=tuple(ENDINGS))


def _in_memory(name: str, content: bytes) -> RuntimeFile:
    packed = gzip.compress(content, 9, mtime=0)
    return RuntimeFile(name, len(content), content=content, packed=packed, encodings=("gzip",))
