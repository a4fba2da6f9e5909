"""The three sorts of lab, and what is never read."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from darsgah_labs import folder_reading
from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import LabKind
from darsgah_labs.lab_folder import digest_of, load, slug_of
from darsgah_labs.notebook import read_notebook
from darsgah_labs.text import is_urdu
from tests.labs.lab_run import as_notebook
from tests.labs.small_lab import check_cell, graded, write_lab


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A valid lab folder."""
    return write_lab(tmp_path / "doubling")


@pytest.fixture(scope="module")
def nbgrader_files() -> Path:
    """The folder of the installed nbgrader package."""
    found = find_spec("nbgrader")
    assert found
    assert found.origin
    return Path(found.origin).parent


def test_our_folder_is_read_whole(lab: Path) -> None:
    read = load(lab)
    assert (read.slug, read.kind, read.points, read.environment) == ("doubling", LabKind.FOLDER, 3, "python")
    assert read.title.en == "Doubling"
    assert read.title.ur == "دگنا کرنا"
    assert read.notebooks == {"lab": (lab / "lab.ipynb").read_bytes()}
    assert read.files == {"data/numbers.txt": b"1 2 3\n"}
    assert read.manifest
    assert read.manifest.data[0].licence == "CC0-1.0"
    assert [entry.name for entry in read.hint_bank.misconceptions] == ["adds-two"]
    assert read.hint_bank.misconceptions[0].evidence[0].fails == "test-double"
    (alternative,) = read.alternatives
    assert (alternative.name, alternative.note) == ("adding", "Adds the number to itself.")
    assert alternative.cells == {"double": "def double(n):\n    return n + n\n"}


def test_limits_are_bytes_and_have_defaults(lab: Path) -> None:
    assert load(lab).limits.memory_bytes == 1024**3
    with (lab / "lab.toml").open("a", encoding="utf-8") as stream:
        stream.write("[limits]\ncell_seconds = 2.5\nmemory_mib = 128\noutput_kib = 10\nsubmission_mib = 3\n")
    limits = load(lab).limits
    assert (limits.cell_seconds, limits.total_seconds) == (2.5, 300)
    assert (limits.memory_bytes, limits.output_bytes, limits.submission_bytes) == (128 << 20, 10240, 3 << 20)


def test_hints_and_solutions_are_optional(lab: Path) -> None:
    (lab / "hints.toml").unlink()
    shutil.rmtree(lab / "solutions")
    read = load(lab)
    assert read.hint_bank.misconceptions == ()
    assert read.alternatives == ()


def test_assignment_folder_with_several_notebooks(nbgrader_files: Path) -> None:
    read = load(nbgrader_files / "docs/source/user_guide/source/ps1")
    assert (read.slug, read.kind, read.title.en) == ("ps1", LabKind.ASSIGNMENT, "ps1")
    assert list(read.notebooks) == ["problem1", "problem2"]
    assert list(read.files) == ["jupyter.png"]
    assert read.points == 13  # 10 and 3, the task cell's 4 included
    assert read.manifest is None


@pytest.mark.parametrize(("name", "points"), [("test", 6), ("test-v0", 6), ("test-v1", 6), ("test-v2", 6)])
def test_single_notebook_of_every_schema(nbgrader_files: Path, name: str, points: float) -> None:
    read = load(nbgrader_files / f"tests/apps/files/{name}.ipynb")
    assert (read.slug, read.kind, read.points) == (name, LabKind.NOTEBOOK, points)
    assert list(read.notebooks) == [name]
    assert read.files == {}, "what lies beside a single notebook is nobody's business"


def test_task_cells_count(nbgrader_files: Path) -> None:
    assert load(nbgrader_files / "tests/preprocessors/files/test_taskcell.ipynb").points == 8


def test_title_of_a_single_notebook_is_its_heading(tmp_path: Path) -> None:
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "text\n# The *title* #\nmore"}, check_cell()]
    (tmp_path / "My Lab.ipynb").write_bytes(as_notebook(cells))
    read = load(tmp_path / "My Lab.ipynb")
    assert (read.slug, read.title.en, read.points) == ("my-lab", "The *title*", 2)


def test_folder_inside_an_assignment_is_data(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "demo.ipynb").write_bytes(b"not looked into")
    (tmp_path / "one.ipynb").write_bytes(as_notebook([check_cell()]))
    read = load(tmp_path)
    assert list(read.notebooks) == ["one"]
    assert list(read.files) == ["more/demo.ipynb"]


def test_relative_path_and_link_to_the_lab_itself(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(lab)
    assert load(Path()).slug == "doubling"
    (lab.parent / "shortcut").symlink_to(lab)
    assert load(lab.parent / "shortcut").slug == "doubling"


def test_digest_is_stable_and_covers_everything(lab: Path, tmp_path: Path) -> None:
    first = load(lab).digest
    assert len(first) == 64
    copied = tmp_path / "renamed"
    shutil.copytree(lab, copied)
    (copied / "data" / ".DS_Store").write_bytes(b"left behind by a file manager")
    (copied / ".ipynb_checkpoints").mkdir()
    (copied / ".ipynb_checkpoints" / "lab.ipynb").write_bytes(b"left behind by an editor")
    assert load(copied).digest == first, "neither the folder's name nor an editor's leavings count"
    for name in (
        "lab.toml",
        "lab.ipynb",
        "hints.toml",
        "data/numbers.txt",
        "make_data.py",
        "solutions/adding.py",
    ):
        original = (copied / name).read_bytes()
        (copied / name).write_bytes(original + b"\n")
        assert load(copied).digest != first, name
        (copied / name).write_bytes(original)


def test_digest_tells_names_from_contents(tmp_path: Path) -> None:
    notebook = as_notebook([check_cell()])
    for folder, name, content in (("one", "a", b"b"), ("two", "ab", b"")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "n.ipynb").write_bytes(notebook)
        (tmp_path / folder / name).write_bytes(content)
    assert load(tmp_path / "one").digest != load(tmp_path / "two").digest


def test_digest_does_not_depend_on_the_order_of_files() -> None:
    assert digest_of({"a": b"1", "b": b"2"}) == digest_of({"b": b"2", "a": b"1"})


def test_what_counts_as_urdu() -> None:
    assert is_urdu("pandas کے ساتھ حاضری")
    assert not is_urdu("attendance with pandas: حاضری")
    assert not is_urdu("12 + 14")


@pytest.mark.parametrize("target", ["/etc/passwd", "lab.toml", "data", "nowhere"])
def test_links_are_refused(lab: Path, target: str) -> None:
    (lab / "data" / "link").symlink_to(target)
    with pytest.raises(LabInvalid, match=r"data/link: This is a link"):
        load(lab)


def test_link_put_there_while_reading_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(LabInvalid, match="cannot be read"):
        folder_reading.read_file(tmp_path / "link")


def test_pipe_is_refused_and_not_waited_for(lab: Path) -> None:
    os.mkfifo(lab / "data" / "pipe")
    with pytest.raises(LabInvalid, match=r"data/pipe: This is not a regular file"):
        load(lab)


def test_sizes_are_capped(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_reading, "MAX_FILE_BYTES", 2 << 20)
    (lab / "data" / "numbers.txt").write_bytes(b"0" * ((2 << 20) + 1))
    with pytest.raises(LabInvalid, match=r"data/numbers.txt: The file is larger than 2 MiB"):
        load(lab)
    monkeypatch.setattr(folder_reading, "MAX_FILE_BYTES", 8 << 20)
    monkeypatch.setattr(folder_reading, "MAX_LAB_BYTES", 2 << 20)
    with pytest.raises(LabInvalid, match="The lab is larger than 2000 files or 2 MiB"):
        load(lab)
    monkeypatch.setattr(folder_reading, "MAX_LAB_BYTES", 8 << 20)
    monkeypatch.setattr(folder_reading, "MAX_FILES", 3)
    with pytest.raises(LabInvalid, match="The lab is larger than 3 files"):
        load(lab)


def test_deep_folders_are_refused(lab: Path) -> None:
    (lab / "data" / "/".join("abcdefgh")).mkdir(parents=True)
    with pytest.raises(LabInvalid, match="more than 8 deep"):
        load(lab)


@pytest.mark.parametrize("name", ["back\\slash", "new\nline", "\udcff.txt"])
def test_odd_names_are_refused(lab: Path, name: str) -> None:
    (lab / "data" / name).write_bytes(b"")
    with pytest.raises(LabInvalid, match="Rename it") as caught:
        load(lab)
    assert str(caught.value).isascii()


@pytest.mark.parametrize("closed", ["hints.toml", "data"])
def test_what_may_not_be_read_is_named(closed: str) -> None:
    """As an ordinary user: root may read everything."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        lab = write_lab(Path(name) / "doubling")
        (lab / closed).chmod(0)
        code = f"""
import os
from pathlib import Path
from darsgah_labs.lab_folder import load
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
load(Path({str(lab)!r}))
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        (lab / closed).chmod(0o755)
    assert f"LabInvalid: {closed}: It cannot be read: permission denied." in done.stderr


def test_slug_of_any_name() -> None:
    assert slug_of("My Lab_2 (final)") == "my-lab-2-final"
    assert slug_of("Économie") == "economie"
    assert slug_of("سبق") == "lab"
    assert len(slug_of("x" * 300)) == 80


def test_reading_labs_loads_neither_grader_nor_nbgrader() -> None:
    code = "import sys, darsgah_labs.lab_folder as l; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "darsgah_labs.lab_folder" in loaded
    assert not {"darsgah", "darsgah_grader", "darsgah_tutor", "nbgrader", "nbformat"} & set(loaded)


def test_roles_of_cells() -> None:
    cells = [
        graded("code", "x = 1", grade_id="given", locked=True),
        graded("code", "y = 2", grade_id="marked", grade=True, solution=True, points=1.5),
        graded("markdown", "Do it.", grade_id="todo", task=True, points=4),
        graded("code", "unmarked"),
    ]
    given, marked, todo = read_notebook(as_notebook(cells), "n", "n.ipynb").graded
    assert (given.is_test, given.is_answer, given.is_manual, given.points) == (False, False, False, 0)
    assert (marked.is_test, marked.is_answer, marked.is_manual, marked.points) == (False, True, True, 1.5)
    assert (todo.is_test, todo.is_answer, todo.is_manual, todo.points) == (False, False, True, 4)
