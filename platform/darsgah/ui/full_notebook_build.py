"""Build the "full notebook": JupyterLite with our extension, into ``ui/full_notebook_files``.

``darsgah.ui.assets`` calls it. JupyterLite is built in an empty folder each time, because the database it
leaves beside its output makes a later build quietly fall back to addresses outside. Its own pages hold inline
script and are left out: ``darsgah.workspaces`` serves one of ours. What its kernel imports comes as pure
wheels, locked in ``requirements/full-notebook.txt``, with a lock file in Pyodide's format made of them.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from darsgah.ui.browser_packages import LOCK, lock_of

FILES = Path(__file__).resolve().parent / "full_notebook_files"
CONFIGURATION = "configuration.json"
SOURCE = Path("labs/full-notebook")
WHEELS = Path("requirements/full-notebook.txt")
EXTENSION = "extensions/@darsgah/full-notebook/static/extension.js"
KERNEL = "@jupyterlite/pyodide-kernel-extension"
PYTHON = "3.14"
KEPT = ("api", "build", "extensions", "static")
STORED = ("settings", "workspaces", "contents")
"""What JupyterLite would keep in the browser for whoever comes next."""
UNUSED = ("*.map", "*.eot", "fa-*.svg")
"""Source maps, and the same icons in formats that no browser of this decade asks for."""
PACKED = frozenset({".js", ".css", ".json", ".svg", ".ttf"})
BROTLI_QUALITY = 9
"""The last level but two: a tenth larger than the last, in a tenth of its time."""


class FullNotebookError(Exception):
    """It cannot be built here; the message is one line that says what to do."""


def build_full_notebook(project: Path, folder: Path = FILES) -> bool:
    """Build it, unless what it is made of has not changed.

    Args:
        project: where the extension's source, ``node_modules`` and the lock file of the wheels are.
        folder: where the files go.

    Returns:
        False when everything was there already.

    Raises:
        FullNotebookError: one of its tools failed.
    """
    stamp = folder / ".stamp"
    wanted = _digest(project)
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="darsgah-full-notebook-") as scratch:
        output = _jupyterlite(Path(scratch))
        for name in KEPT:
            shutil.copytree(output / name, folder / name, ignore=shutil.ignore_patterns(*UNUSED))
        configuration = json.loads((output / "jupyter-lite.json").read_bytes())["jupyter-config-data"]
    _bundle_extension(project, folder / EXTENSION)
    _fetch_wheels(project / WHEELS, folder / "wheels", project / "node_modules/pyodide" / LOCK)
    (folder / CONFIGURATION).write_text(json.dumps(_configured(configuration)))
    _pack(folder)
    stamp.write_text(wanted)
    return True


def _jupyterlite(scratch: Path) -> Path:
    """Build JupyterLite's notebook application with the Pyodide kernel and no other extension."""
    extensions = scratch / "extensions"
    installed = Path(sys.prefix) / "share/jupyter/labextensions" / KERNEL
    (extensions / KERNEL).parent.mkdir(parents=True)
    (extensions / KERNEL).symlink_to(installed)
    source = scratch / "source"
    source.mkdir()
    settings = {
        "LiteBuildConfig": {"ignore_sys_prefix": ["federated_extensions"], "no_sourcemaps": True},
        "FederatedExtensionAddon": {"extra_labextensions_path": [str(extensions)]},
    }
    (source / "jupyter_lite_config.json").write_text(json.dumps(settings))
    output = scratch / "output"
    _run(
        [
            sys.executable,
            "-m",
            "jupyterlite_core",
            "build",
            "--apps",
            "notebooks",
            "--output-dir",
            str(output),
        ],
        source,
        "JupyterLite could not be built",
    )
    return output


def _bundle_extension(project: Path, target: Path) -> None:
    esbuild = project / "node_modules/.bin/esbuild"
    source = project / SOURCE / "extension.ts"
    command = [str(esbuild), str(source), "--bundle", "--minify", "--format=iife", "--target=es2022"]
    _run(
        [*command, "--log-level=error", f"--outfile={target}"],
        project,
        "JupyterLite's extension is not bundled",
    )


def _fetch_wheels(requirements: Path, folder: Path, npm_lock: Path) -> None:
    """Download the wheels and describe them; ``npm_lock`` says what Pyodide they are for."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    _run(
        [
            *command,
            "--require-hashes",
            "--no-deps",
            "--only-binary=:all:",
            f"--python-version={PYTHON}",
            f"--dest={folder}",
            f"--requirement={requirements}",
        ],
        requirements.parent,
        "What JupyterLite's kernel imports could not be fetched: check pip's settings, then run make setup",
    )
    info = json.loads(npm_lock.read_bytes())["info"]
    # Pyodide's own lock names files like these with other bytes in them, so it is not asked.
    (folder / LOCK).write_text(json.dumps(lock_of({"info": info, "packages": {}}, folder)))


def _configured(configuration: dict[str, Any]) -> dict[str, Any]:
    """JupyterLite's configuration with what we change; ``{files}`` stands for the folder's address.

    The default drive would keep one learner's work in the browser for the next one to see, so ours takes its
    place, and settings are kept in memory. The service worker answered the kernel where the page is not
    cross-origin isolated; ours is.
    """
    kernel = configuration["litePluginSettings"][f"{KERNEL}:kernel"]
    kernel |= {
        "pipliteUrls": [url.replace("./", "{files}/", 1) for url in kernel["pipliteUrls"]],
        "disablePyPIFallback": True,
        "pyodideUrl": "{runtime}pyodide.mjs",
        "loadPyodideOptions": {
            "lockFileURL": f"{{files}}/wheels/{LOCK}",
            "packages": ["micropip", "ipython", "jedi", "comm"],
        },
    }
    extension = {
        "name": "@darsgah/full-notebook",
        "extension": "./extension",
        "load": "static/extension.js",
    }
    return configuration | {
        "appName": "Darsgah",
        "appUrl": "/notebooks",
        "notebookPage": "notebooks",
        "baseUrl": "/full-notebook/",
        "fullStaticUrl": "{files}/build",
        "fullLabextensionsUrl": "{files}/extensions",
        "settingsUrl": "{files}/build/schemas",
        "licensesUrl": "{files}/build/third-party-licenses.json",
        "themesUrl": "./{version}/build/themes",
        "federated_extensions": [*configuration["federated_extensions"], extension],
        "disabledExtensions": [
            "@jupyterlite/services-extension:default-drive",
            "@jupyterlite/application-extension:service-worker-manager",
            "@jupyterlite/application-extension:share-file",
            "@jupyterlite/application-extension:clear-browser-data",
        ],
        "enableMemoryStorage": True,
        **{
            f"{what}StorageDrivers": ["memoryStorageDriver"]
            for what in ("settings", "workspaces", "contents")
        },
    }


def _pack(folder: Path) -> None:
    """Lay ``.br`` and ``.gz`` beside each file that they make smaller."""
    import brotli  # noqa: PLC0415 - a build tool of the developer's group, absent from a running web

    for path in [path for path in folder.rglob("*") if path.suffix in PACKED and path.is_file()]:
        content = path.read_bytes()
        path.with_name(f"{path.name}.br").write_bytes(brotli.compress(content, quality=BROTLI_QUALITY))
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 6, mtime=0))


def _run(command: list[str], folder: Path, failed: str) -> None:
    done = subprocess.run(  # noqa: S603 - tools of our own environment, fixed arguments
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
        raise FullNotebookError(f"{failed}. ({last[0]})")


def _digest(project: Path) -> str:
    """One hash over everything that the outcome depends on."""
    digest = hashlib.sha256()
    for path in _sources(project):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(project: Path) -> Iterator[Path]:
    yield Path(__file__)
    yield project / WHEELS
    yield project / "package-lock.json"
    yield project / "requirements/lock.txt"
    yield from (project / "labs/lab-page" / name for name in ("offline.ts", "random_name.ts"))
    yield from sorted((project / SOURCE).glob("*.ts"))
