"""Build what the browser's Python is served from: Pyodide's files, packed once, into ``ui/runtime``.

``darsgah.ui.assets`` calls it. Each file lies there as it is, as ``.br`` and as ``.gz``, so that serving
costs no processor; ``runtime.json`` lists them. The standard library's archive is written anew without
compression of its own, because brotli over the whole saves a third more than deflate over each module. That
takes half a minute; a stamp makes the second run instant.
"""

import gzip
import hashlib
import io
import json
import shutil
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

RUNTIME = Path(__file__).resolve().parent / "runtime"
PACKAGE = Path("pyodide")
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
STANDARD_LIBRARY = "python_stdlib.zip"
SHELL = "python.zip"
SHELL_SOURCE = Path("labs/lab-page/python")
BROTLI_QUALITY = 11
BROTLI_WINDOW = 24
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The same content gives the same archive, whenever and wherever it is made."""


def build_runtime(project: Path, folder: Path = RUNTIME) -> bool:
    """Pack Pyodide and our Python shell for the browser.

    Args:
        project: where ``node_modules`` and the shell's source are.
        folder: where the packed files go.

    Returns:
        False when everything was there already.
    """
    core_built = _build_core(project / "node_modules" / PACKAGE, folder)
    shell_built = _build_shell(project / SHELL_SOURCE, folder)
    return core_built or shell_built


def _build_core(package: Path, folder: Path) -> bool:
    stamp = folder / ".stamp"
    wanted = _digest([package / "package.json", package / LOCK, Path(__file__)])
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ThreadPoolExecutor() as pool:
        packed = pool.map(lambda name: _packed(folder, name, _content(package, name)), CORE)
        files = dict(zip(CORE, packed, strict=True))
    version = json.loads((package / "package.json").read_text())["version"]
    described: dict[str, Any] = {"version": version, "files": files}
    (folder / "runtime.json").write_text(json.dumps(described, indent=1))
    shutil.copyfile(package / LOCK, folder / LOCK)
    stamp.write_text(wanted)
    return True


def _build_shell(source: Path, folder: Path) -> bool:
    """The Python side of the kernel as an archive that Python imports from."""
    modules = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*.py")}
    archive = stored_zip(modules)
    target = folder / SHELL
    if target.is_file() and target.read_bytes() == archive:
        return False
    _packed(folder, SHELL, archive)
    return True


def _content(package: Path, name: str) -> bytes:
    content = (package / name).read_bytes()
    if name == STANDARD_LIBRARY:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return stored_zip({entry: archive.read(entry) for entry in archive.namelist()})
    # What is served has no source maps beside it, so it names none.
    return content.split(b"\n//# sourceMappingURL=")[0] if name.endswith(".mjs") else content


def stored_zip(files: dict[str, bytes]) -> bytes:
    """An archive without compression, the same bytes for the same files; ``files`` by path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), files[name])
    return buffer.getvalue()


def _packed(folder: Path, name: str, content: bytes) -> dict[str, Any]:
    """Write one file in its three forms; its entry in the list."""
    import brotli  # noqa: PLC0415 - a build tool of the developer's group, absent from a running web

    (folder / name).write_bytes(content)
    (folder / f"{name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    packed = brotli.compress(content, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW)
    (folder / f"{name}.br").write_bytes(packed)
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _digest(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
