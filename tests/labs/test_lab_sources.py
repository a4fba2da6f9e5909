"""The labs that ship with the project do what they promise: with solutions, without, and with wrong ones."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from darsgah_labs.alternatives import read_alternative
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import load
from darsgah_labs.notebook import SourceNotebook, cell_source, read_notebook
from darsgah_labs.text import is_urdu
from tests.labs.lab_run import LabRun, WarmPython

SOURCES = Path(__file__).parents[2] / "labs" / "lab-sources"
WRONG = Path(__file__).parent / "wrong"
SLUGS = sorted(path.name for path in SOURCES.iterdir() if (path / "lab.toml").exists())

pytestmark = pytest.mark.parametrize("slug", SLUGS)


@pytest.fixture(scope="module")
def python() -> Iterator[WarmPython]:
    """Where notebooks are run."""
    with WarmPython() as python:
        yield python


@cache
def lab_of(slug: str) -> Lab:
    """One of the project's labs."""
    return load(SOURCES / slug)


def notebook_of(lab: Lab) -> SourceNotebook:
    """Its only notebook."""
    return read_notebook(lab.notebooks["lab"], "lab", "lab.ipynb")


def released(lab: Lab, *, solutions: bool, hidden_tests: bool) -> SourceNotebook:
    """The notebook after nbgrader has taken solutions or hidden tests out of it."""
    book = nbformat.reads(lab.notebooks["lab"].decode(), as_version=4)
    if not solutions:
        book, _ = ClearSolutions().preprocess(book, {})
    if not hidden_tests:
        book, _ = ClearHiddenTests().preprocess(book, {})
    return read_notebook(nbformat.writes(book).encode(), "lab", "lab.ipynb")


def checks_of(lab: Lab) -> set[str]:
    """The grade_ids of its test cells."""
    return {cell.grade_id for cell in notebook_of(lab).graded if cell.is_test}


def markdown_of(lab: Lab) -> str:
    """All Markdown cells, one after the other."""
    cells = notebook_of(lab).cells
    return "\n\n".join(cell_source(cell) for cell in cells if cell["cell_type"] == "markdown")


def test_reference_solution_gets_everything(slug: str, python: WarmPython) -> None:
    lab = lab_of(slug)
    run = python.run_lab(lab)
    assert run == LabRun(tests=dict.fromkeys(checks_of(lab)), other_errors={})


def test_release_gets_nothing(slug: str, python: WarmPython) -> None:
    lab = lab_of(slug)
    release = released(lab, solutions=False, hidden_tests=False)
    run = python.run_notebook(release, lab.files, {})
    assert run.failed == checks_of(lab)
    for error in (*run.tests.values(), *run.other_errors.values()):
        assert error
        assert error.startswith("NotImplementedError"), (
            "nothing but the missing answers is wrong in a release"
        )


def test_each_question_has_a_visible_and_hidden_tests(slug: str) -> None:
    lab = lab_of(slug)
    whole = {cell.grade_id: cell.source for cell in notebook_of(lab).graded if cell.is_test}
    shown = {
        cell.grade_id: cell.source
        for cell in released(lab, solutions=True, hidden_tests=False).graded
        if cell.is_test
    }
    for grade_id, source in shown.items():
        assert source.count("assert ") >= 3, grade_id
        assert whole[grade_id].count("assert ") >= source.count("assert ") + 4, grade_id


def test_alternatives_answer_every_question(slug: str) -> None:
    """That they get full marks is part of the check in ``test_shipped_labs_pass``."""
    lab = lab_of(slug)
    answers = {c.grade_id for c in notebook_of(lab).graded if c.is_answer and c.cell_type == "code"}
    assert len(lab.alternatives) >= 2
    for alternative in lab.alternatives:
        assert set(alternative.cells) == answers, alternative.name


@pytest.mark.parametrize(
    ("name", "visible_tests_pass"), [("first_attempts", False), ("pass_what_is_shown", True)]
)
def test_wrong_answers_fail_where_they_should(
    slug: str, name: str, python: WarmPython, *, visible_tests_pass: bool
) -> None:
    lab = lab_of(slug)
    file = WRONG / slug / f"{name}.py"
    wrong = read_alternative(file.read_bytes(), file.name, notebook_of(lab))
    shown = python.run_notebook(released(lab, solutions=True, hidden_tests=False), lab.files, wrong.cells)
    if visible_tests_pass:
        assert shown.failed == set()
        assert python.run_lab(lab, wrong.cells).failed == checks_of(lab)
    else:
        assert shown.failed == checks_of(lab)


def test_one_wrong_answer_costs_its_own_test_alone(slug: str, python: WarmPython) -> None:
    lab = lab_of(slug)
    file = WRONG / slug / "first_attempts.py"
    wrong = read_alternative(file.read_bytes(), file.name, notebook_of(lab))
    grade_id = [c.grade_id for c in notebook_of(lab).graded if c.grade_id in wrong.cells][-1]
    assert python.run_lab(lab, {grade_id: wrong.cells[grade_id]}).failed == {f"test-{grade_id}"}


def test_points_rise_and_add_up(slug: str) -> None:
    lab = lab_of(slug)
    graded = [cell for cell in notebook_of(lab).graded if cell.points]
    assert sum(cell.points for cell in graded) == lab.points == 20
    assert 6 <= len(graded) <= 8
    autograded = [cell.points for cell in graded if cell.is_test]
    assert autograded[-1] == max(autograded)
    assert any(cell.is_manual and cell.cell_type == "markdown" for cell in graded)


def test_both_languages(slug: str) -> None:
    lab = lab_of(slug)
    assert is_urdu(lab.title.ur)
    assert is_urdu(lab.summary.ur)
    assert len(lab.summary.ur.split()) >= 25
    assert len(lab.hint_bank.misconceptions) >= 8
    with_example = [entry for entry in lab.hint_bank.misconceptions if entry.hints.example]
    assert len(with_example) >= 3


def test_evidence_fits_the_tests(slug: str) -> None:
    """A sign that waits for a test's message has to find one among the tests' messages."""
    lab = lab_of(slug)
    messages = "\n".join(_messages(lab))
    for entry in lab.hint_bank.misconceptions:
        for sign in entry.evidence:
            if sign.message and not sign.exception:
                assert re.search(sign.message, messages), entry.name


def _messages(lab: Lab) -> list[str]:
    """The message of every assertion and error; each has to be a constant, so that it shows no values."""
    found = []
    for cell in notebook_of(lab).graded:
        for node in ast.walk(ast.parse(cell.source)) if cell.is_test else ():
            if isinstance(node, ast.Assert):
                assert isinstance(node.msg, ast.Constant), (cell.grade_id, ast.unparse(node))
                assert isinstance(node.msg.value, str)
                found.append(node.msg.value)
            if isinstance(node, ast.Raise):
                assert isinstance(node.exc, ast.Call)
                for argument in node.exc.args:
                    assert isinstance(argument, ast.Constant)
                    assert isinstance(argument.value, str)
                    found.append(argument.value)
    return found


def test_every_assertion_has_a_message_that_helps(slug: str) -> None:
    for message in _messages(lab_of(slug)):
        assert len(message.split()) >= 3
        assert message.endswith(("?", ".")), message


def test_misconceptions_cover_every_question(slug: str) -> None:
    lab = lab_of(slug)
    covered = {answer for entry in lab.hint_bank.misconceptions for answer in entry.answers}
    assert covered == {c.grade_id for c in notebook_of(lab).graded if c.is_answer and c.cell_type == "code"}


def test_notebook_is_tidy(slug: str) -> None:
    lab = lab_of(slug)
    content = lab.notebooks["lab"].decode()
    book = nbformat.reads(content, as_version=4)
    nbformat.validate(book)
    MetadataValidator().validate_nb(book)
    assert (book.nbformat, book.nbformat_minor) == (4, 5)
    assert nbformat.writes(book, indent=1) + "\n" == content
    for cell in book.cells:
        assert re.fullmatch(r"[a-z0-9-]+", cell.id)
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
        if "points" in cell.metadata.get("nbgrader", {}):
            assert cell.metadata.darsgah.title.startswith("Question ")


def test_prose_is_a_lesson(slug: str) -> None:
    """Two thousand words and more to read, in pieces, beside the code."""
    lab = lab_of(slug)
    text = markdown_of(lab)
    assert 1500 <= len(text.split()) <= 6000
    assert len(re.findall(r"^#{2,3} ", text, flags=re.MULTILINE)) >= 12
    assert lab.manifest
    assert 45 <= lab.manifest.minutes <= 120


def test_pictures_have_words_and_links_stay_inside(slug: str) -> None:
    text = markdown_of(lab_of(slug))
    assert images_without_text(text) == []
    assert re.findall(r"\]\(https?:", text) == [], "a lab has to work where there is no internet"


def images_without_text(markdown: str) -> list[str]:
    """Markdown and HTML images whose alternative text is missing or empty."""
    pictures = re.findall(r"!\[([^\]]*)\]", markdown)
    tags = re.findall(r"<img\b[^>]*>", markdown)
    worded = re.compile(r"""\balt=(["'])(?!\1)\s*\S""")
    return [f"![{text}]" for text in pictures if not text.strip()] + [t for t in tags if not worded.search(t)]


def test_missing_words_of_a_picture_are_found(slug: str) -> None:
    text = markdown_of(lab_of(slug))
    assert images_without_text(f'{text}\n![a map](m.png) <img src="x.png" alt="a map">') == []
    assert images_without_text(f'{text}\n![ ](m.png) <img src="x.png"> <img alt="">') == [
        "![ ]",
        '<img src="x.png">',
        '<img alt="">',
    ]


def test_data_come_from_their_script(slug: str, tmp_path: Path) -> None:
    lab = lab_of(slug)
    assert lab.manifest
    made = [entry for entry in lab.manifest.data if entry.made_by]
    for script in {entry.made_by for entry in made if entry.made_by}:
        source = (SOURCES / slug / script).read_text(encoding="utf-8")
        for entry in made:
            assert f"SEED = {entry.seed}\n" in source
        subprocess.run([sys.executable, "-I", str(SOURCES / slug / script), str(tmp_path)], check=True)
    written = {f"data/{path.name}": path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {entry.path: lab.files[entry.path] for entry in made}
