"""An installation may lie anywhere: below /home and /tmp too, where a run has folders of its own.

Started as ``python -m ... PLACE`` this file is the sandbox's host in such an installation: a mount namespace
of its own shows the interpreter and its environment below PLACE.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from darsgah_grader.environments import environment_named
from darsgah_grader.guest import linux
from darsgah_grader.sandbox.types import Job
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Limits, SandboxLevel
from tests.grading.sandbox.conftest import cells, text

_ROOT = Path(__file__).parents[3]
_LAZY = (
    "import numpy.testing\nimport pandas.io.formats.html\nprint(pandas.DataFrame({'a': [1]}).to_html()[:6])"
)
_PROGRAM = "import os, subprocess, sys\nprint(sys.executable, numpy.__file__.startswith(sys.prefix))\nsubprocess.run([sys.executable, '-c', 'import numpy; print(1)'], check=True);"  # noqa: E501 -- a learner's code in one string
_OWN = "import tempfile\nwith tempfile.NamedTemporaryFile('w', dir='/tmp') as made: print(made.write('x'))"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may show folders in another place")
@pytest.mark.parametrize("parent", ["/home", "/tmp", "/var/tmp"])  # noqa: S108 -- the very places
def test_an_installation_is_seen_where_it_lies(parent: str) -> None:
    with tempfile.TemporaryDirectory(prefix="installed-", dir=parent) as place:
        Path(place).chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-B", "-m", "tests.grading.sandbox.test_places", place],
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.split("\n") == ["<table", f"{place}/environment/bin/python True", "1", "1", ""]


def _install(place: Path) -> Path:
    """Show this Python and its packages as an environment below ``place``; the interpreter of that."""
    linux.unshare(linux.CLONE_NEWNS)
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    packages = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
    shown = {
        "python": os.path.realpath(sys.base_prefix),
        f"environment/{packages}": next(path for path in sys.path if path.endswith("/site-packages")),
    }
    for name, folder in shown.items():
        (place / name).mkdir(parents=True)
        linux.mount(folder, str(place / name), flags=linux.MS_BIND | linux.MS_REC)
    environment = place / "environment"
    (environment / "bin").mkdir()
    name = Path(os.path.realpath(sys.executable)).name
    (environment / "bin/python").symlink_to(f"{place}/python/bin/{name}")
    (environment / "pyvenv.cfg").write_text(f"home = {place}/python/bin\n")
    return environment / "bin/python"


def main() -> None:
    """Become a Python below the given place, or run a job with the one that this is."""
    place = Path(sys.argv[1])
    if not Path(sys.executable).is_relative_to(place):
        python = _install(place)
        command = [str(python), "-B", "-m", "tests.grading.sandbox.test_places", str(place)]
        os.execve(python, command, {"PATH": "/usr/bin:/bin"})  # noqa: S606 -- the same interpreter
    with Sandbox.start(environment_named("data"), level=SandboxLevel.NAMESPACES) as box:
        for cell in box.run(Job(cells(_LAZY, _PROGRAM, _OWN), limits=Limits())).cells:
            sys.stdout.write(text(cell))


if __name__ == "__main__":
    main()
