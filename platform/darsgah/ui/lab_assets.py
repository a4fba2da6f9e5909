"""Build the lab page's script from `labs/lab-page` with esbuild, and pack it for the browsers.

The page is split into pieces that load each other: an editor and a maths renderer come when they are needed.
The pieces carry esbuild's hash of their content in their names, so the page's script can name them and they
keep the addresses they have (``darsgah.ui.static_files``). Workers are whole files: they are served on their
own, under other policies.
"""

import subprocess
from pathlib import Path

import brotli

FOLDER = "lab"
PAGE = "page.ts"
WORKERS = ("pyodide_worker.ts", "service_worker.ts")
LICENCE_FOLDERS = (
    "@codemirror",
    "@lezer",
    "marked",
    "dompurify",
    "temml",
    "style-mod",
    "w3c-keyname",
    "crelt",
)
ESBUILD = "@esbuild/*/bin/esbuild"
OPTIONS = (
    "--bundle",
    "--format=esm",
    "--minify",
    "--target=es2022",
    "--legal-comments=none",
    "--log-level=warning",
)


class ScriptError(Exception):
    """The lab page's script does not build; the message is what esbuild says."""


def lab_sources(project: Path) -> list[Path]:
    """What the script is made of, in a stable order."""
    return sorted((project / "labs" / "lab-page").glob("*.ts"))


def build_lab(project: Path, vendor: Path) -> None:
    """Build the page's script and its workers' into ``vendor/lab``, each with a brotli beside it.

    Raises:
        ScriptError: a source does not build, or npm's packages are not laid.
    """
    folder = vendor / FOLDER
    sources = project / "labs" / "lab-page"
    pieces = ["--splitting", "--chunk-names=[name]-[hash]", f"--outdir={folder}"]
    _esbuild(project, [str(sources / PAGE), *pieces])
    for worker in WORKERS:
        if not (sources / worker).is_file():
            continue
        _esbuild(project, [str(sources / worker), f"--outdir={folder}"])
    (folder / "LICENSES.txt").write_text(_licences(project / "node_modules"))
    for script in folder.glob("*.js"):
        script.with_name(f"{script.name}.br").write_bytes(brotli.compress(script.read_bytes(), quality=11))


def _esbuild(project: Path, arguments: list[str]) -> None:
    program = next((project / "node_modules").glob(ESBUILD), None)
    if program is None:
        raise ScriptError("esbuild is missing in node_modules: run make setup again.")
    run = subprocess.run(  # noqa: S603 - esbuild as npm laid it from the lock file, fixed arguments
        [str(program), *arguments, *OPTIONS], cwd=project, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise ScriptError(f"The script of the lab page does not build: {run.stderr.strip()}")


def _licences(modules: Path) -> str:
    """The licences of everything in the script, which the minifier leaves out of it."""
    files = sorted(path for name in LICENCE_FOLDERS for path in (modules / name).glob("**/LICENSE*"))
    return "\n".join(
        f"{path.parent.relative_to(modules)}\n\n{path.read_text()}\n" for path in files if path.is_file()
    )
