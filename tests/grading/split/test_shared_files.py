"""Files brought over between the two sides: what was written and removed, and nothing outside the folders."""

import os
from pathlib import Path

import pytest

from darsgah_grader.guest import shared_files
from darsgah_grader.guest.shared_files import SharedFiles


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[SharedFiles, Path, SharedFiles, Path]:
    # An audit hook cannot be taken back: here it would outlive the test, so every look is a full one.
    monkeypatch.setattr("sys.addaudithook", lambda _hook: None)
    folders = [tmp_path / "learner", tmp_path / "tests"]
    for folder in folders:
        folder.mkdir()
    made = [SharedFiles([str(folder)]) for folder in folders]
    for side in made:
        monkeypatch.setattr(side, "_changed", True)
    return made[0], folders[0], made[1], folders[1]


def carried(here: SharedFiles, there: SharedFiles) -> None:
    here._changed = True
    there.apply(*here.changes())


def test_files_and_folders_come_over_and_go(sides: tuple[SharedFiles, Path, SharedFiles, Path]) -> None:
    here, ours, there, theirs = sides
    (ours / "a" / "b").mkdir(parents=True)
    (ours / "a" / "b" / "table.csv").write_text("1,2")
    (ours / "empty").mkdir()
    carried(here, there)
    assert (theirs / "a" / "b" / "table.csv").read_text() == "1,2"
    assert (theirs / "empty").is_dir()
    assert there.changes()[0] == []
    (theirs / "a" / "b" / "table.csv").write_text("3,4,5")
    carried(there, here)
    assert (ours / "a" / "b" / "table.csv").read_text() == "3,4,5"
    (ours / "a" / "b" / "table.csv").unlink()
    (ours / "empty").rmdir()
    carried(here, there)
    assert sorted(path.name for path in theirs.rglob("*")) == ["a", "b"]


def test_what_python_could_import_stays(sides: tuple[SharedFiles, Path, SharedFiles, Path]) -> None:
    here, ours, there, theirs = sides
    for name in (
        "module.py",
        "module.pyc",
        "library.so",
        "library.cpython-311-x86_64-linux-gnu.so",
        "a.pth",
        "b.zip",
    ):
        (ours / name).write_text("x")
    carried(here, there)
    there.apply([(0, "sent.py", b"x"), (0, "package/__init__.py", b"x")], [])
    assert list(theirs.iterdir()) == []


def test_links_pipes_and_devices_stay(
    sides: tuple[SharedFiles, Path, SharedFiles, Path], tmp_path: Path
) -> None:
    here, ours, there, theirs = sides
    (tmp_path / "secret").write_text("secret")
    (ours / "link").symlink_to(tmp_path / "secret")
    (ours / "folder").symlink_to(tmp_path)
    os.mkfifo(ours / "pipe")
    carried(here, there)
    assert list(theirs.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "../out",
        "/out",
        "a/../../out",
        "a//b",
        "",
        ".",
        "..",
        "a/./b",
        "nul\0",
        "deep/" * 20 + "x",
        5,
        None,
        b"out",
    ],
)
def test_no_path_leads_out(
    sides: tuple[SharedFiles, Path, SharedFiles, Path], tmp_path: Path, path: object
) -> None:
    _, _, there, theirs = sides
    (tmp_path / "out").write_text("kept")
    there.apply([(0, path, b"changed"), (7, "x", b""), (-1, "x", b"")], [(0, path)])  # type: ignore[list-item] # as a hostile side sends it
    assert (tmp_path / "out").read_text() == "kept"
    assert list(theirs.iterdir()) == []


def test_a_link_on_the_way_is_not_followed(
    sides: tuple[SharedFiles, Path, SharedFiles, Path], tmp_path: Path
) -> None:
    _, _, there, theirs = sides
    (tmp_path / "out").write_text("kept")
    (theirs / "folder").symlink_to(tmp_path)
    (theirs / "file").symlink_to(tmp_path / "out")
    there.apply([(0, "folder/out", b"changed"), (0, "file", b"changed")], [(0, "folder/out")])
    assert (tmp_path / "out").read_text() == "kept"


def test_too_much_stays(
    sides: tuple[SharedFiles, Path, SharedFiles, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    here, ours, there, theirs = sides
    monkeypatch.setattr(shared_files, "MOST_BYTES", 100)
    (ours / "large").write_bytes(b"x" * 101)
    (ours / "small").write_bytes(b"x" * 60)
    carried(here, there)
    assert [path.name for path in theirs.iterdir()] == ["small"]
