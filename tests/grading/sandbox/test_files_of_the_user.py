"""At the reduced level an ordinary user's run is that user: what is his stays as it is all the same."""

from pathlib import Path

import pytest

from darsgah_grader.sandbox.zygote import Sandbox
from tests.grading.sandbox.conftest import run_one, text

ATTEMPTS = {
    "open to all": "os.chmod(file, 0o777)",
    "closed": "os.chmod(file, 0)",
    "folder closed": "os.chmod(folder, 0)",
    "relative to a folder": "os.chmod(os.path.basename(file), 0o777, dir_fd=os.open(folder, os.O_PATH))",
    "times": "os.utime(file, (1, 1))",
    "times in nanoseconds": "os.utime(file, ns=(1, 1))",
    "attributes": "os.setxattr(file, 'user.a', b'1')",
    "group": "os.chown(file, -1, os.getgid())",
    "cut off": "os.truncate(file, 0)",
    "cut off while reading": "os.open(file, os.O_RDONLY | os.O_TRUNC)",
    "cut off without access": "os.open(file, 3 | os.O_TRUNC)",
    "emptied": "open(file, 'w')",
    "removed": "os.unlink(file)",
    "moved": "os.rename(file, 'here')",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_files_outside_stay_as_they_are(reduced: Sandbox, tmp_path: Path, attempt: str) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    file = folder / "database"
    file.write_text("scores")
    before = [(place.stat(), place.stat().st_ctime_ns) for place in (folder, file)]
    setting = f"import os\nfile, folder = {str(file)!r}, {str(folder)!r}\n"
    run_one(reduced, f"{setting}try:\n    {ATTEMPTS[attempt]}\nexcept OSError:\n    pass")
    assert [(place.stat(), place.stat().st_ctime_ns) for place in (folder, file)] == before
    assert file.read_text() == "scores"


@pytest.mark.parametrize("how", ["os.O_RDONLY", "3"])
def test_a_file_is_cut_off_only_by_those_who_may_write_it(reduced: Sandbox, how: str) -> None:
    """The filter's part alone: from its third version on Landlock forbids it for files outside as well."""
    source = (
        "import os\nopen('mine', 'w').write('text')\n"
        f"try:\n    os.open('mine', {how} | os.O_TRUNC)\nexcept PermissionError:\n    print('denied')\n"
        "print(open('mine').read())\nopen('mine', 'w').close()\nprint(os.path.getsize('mine'))\n"
        "with open('mine', 'r+') as file: file.truncate(3)\nprint(os.path.getsize('mine'))"
    )
    assert text(run_one(reduced, source)) == "denied\ntext\n0\n3\n"


def test_what_sets_modes_on_the_way_goes_on(reduced: Sandbox) -> None:
    source = (
        "import pathlib, shutil\npathlib.Path('a').write_text('text')\nshutil.copy('a', 'b')\n"
        "shutil.copy2('a', 'c')\n"
        "print(open('b').read(), open('c').read())"
    )
    assert text(run_one(reduced, source)) == "text text\n"


def test_at_the_level_of_namespaces_modes_are_the_runs_own(sandbox: Sandbox) -> None:
    source = (
        "import os\nopen('a', 'w').close()\nos.chmod('a', 0o600)\nprint(oct(os.stat('a').st_mode & 0o777))"
    )
    assert text(run_one(sandbox, source)) == "0o600\n"
