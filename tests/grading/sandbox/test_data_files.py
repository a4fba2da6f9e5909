"""A lab's data files are the same for every cell, whatever the learner's code tries; at both levels."""

import os

import pytest

from darsgah_grader.guest.rootfs import HOME
from darsgah_grader.sandbox.types import NOTE_OF_DATA, Job
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import SandboxLevel
from tests.grading.sandbox.conftest import QUICK, cells, text

FILES = {"top.csv": b"1,2\n", "data/in.csv": b"3,4\n", "data/deep/er.csv": b"5,6\n"}
READ = "".join(f"print(open({name!r}).read())\n" for name in FILES)
WHOLE = "1,2\n\n3,4\n\n5,6\n\n"

ATTEMPTS = {
    "write": "for name in names: open(name, 'w').write('9')",
    "append": "for name in names: open(name, 'a').write('9')",
    "truncate": "for name in names: os.truncate(name, 0)",
    "unlink": "for name in names: os.unlink(name)",
    "rename away": "for name in names: os.rename(name, name + '.old')",
    "rename over": "for name in names:\n    open('mine', 'w').write('9')\n    os.replace('mine', name)",
    "hard link": "for name in names:\n    os.link(name, 'linked')\n    open('linked', 'w').write('9')",
    "rename the folder": "os.rename('data', 'old')\nos.mkdir('data')\nopen('data/in.csv', 'w').write('9')",
    "rename the deep folder": "os.rename('data/deep', 'data/old')\nos.mkdir('data/deep')",
    "remove the folder": "shutil.rmtree('data')",
    "link in place of the folder": "shutil.rmtree('data')\nos.symlink('/tmp', 'data')",
    "rename home": "os.rename(home, home + '.old')\nos.mkdir(home)\nos.chdir(home)",
    "open the mode": "for name in names:\n    os.chmod(name, 0o666)\n    open(name, 'w').write('9')",
    "map it": "import mmap\nwith open('top.csv', 'r+b') as file: mmap.mmap(file.fileno(), 0)[0:1] = b'9'",
    "through the process": "open('/proc/self/cwd/top.csv', 'w').write('9')",
    "the other place": "open('/run/files/0', 'w').write('9')",
    "set its times": "for name in names: os.utime(name, (1, 1))",
    "in a shell": "import subprocess\nsubprocess.run('chmod -R u+w . ; rm -rf data top.csv', shell=True)",
}
_SETTING = f"import os, shutil\nnames = {list(FILES)!r}\nhome = os.getcwd()\n"


def tried(sandbox: Sandbox, attempt: str) -> tuple[str, tuple[str, ...]]:
    """What the files hold after the attempt, by their usual names and whole paths, and the run's notes."""
    absolute = READ if sandbox.level is SandboxLevel.REDUCED else f"import os\nos.chdir({HOME!r})\n{READ}"
    body = "\n".join(f"    {line}" for line in attempt.splitlines())
    source = f"{_SETTING}try:\n{body}\nexcept OSError:\n    pass\nfinally:\n    None"
    run = sandbox.run(Job(cells(source, READ, absolute), FILES, QUICK))
    return text(run.cells[1]) + text(run.cells[2]), run.notes


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_nothing_changes_them(sandbox: Sandbox, attempt: str) -> None:
    assert tried(sandbox, ATTEMPTS[attempt])[0] == WHOLE * 2


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_at_the_reduced_level_nothing_changes_them_as_root_and_no_change_stays_unseen(
    reduced: Sandbox, attempt: str
) -> None:
    found, notes = tried(reduced, ATTEMPTS[attempt])
    if os.geteuid() == 0:
        assert found == WHOLE * 2
    elif found != WHOLE * 2:
        assert any(note.startswith(NOTE_OF_DATA) for note in notes)


def test_a_restored_file_is_seen_at_the_reduced_level(reduced: Sandbox) -> None:
    attempt = "os.unlink('top.csv')\nopen('top.csv', 'w').write('1,2\\n')\nos.chmod('top.csv', 0o444)"
    found, notes = tried(reduced, attempt)
    assert found == WHOLE * 2
    assert bool(notes) == (os.geteuid() != 0)


@pytest.mark.parametrize("level", ["sandbox", "reduced"])
def test_beside_them_a_learners_code_may_write(level: str, request: pytest.FixtureRequest) -> None:
    box: Sandbox = request.getfixturevalue(level)
    source = "for name in ('mine.csv', 'data/mine.csv', 'data/deep/mine.csv'): open(name, 'w').write('7')"
    check = "import os\nprint(open('data/deep/mine.csv').read())\nos.remove('data/mine.csv')"
    run = box.run(Job(cells(source, check), FILES, QUICK))
    assert [text(cell) for cell in run.cells] == ["", "7\n"]
    assert run.notes == ()
