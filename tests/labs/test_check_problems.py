"""Every code of a problem or a warning, with a lab that has it; and the starter lab, which has none."""

import json
from pathlib import Path

import msgspec
import pytest

from darsgah.lab_checks.wording import CODES
from darsgah_grader.grading import Grader
from darsgah_labs import browser_run
from darsgah_labs.check.invalid import report_of_invalid
from darsgah_labs.check.lab_check import Choice
from darsgah_labs.check.report import LabReport, Part
from darsgah_labs.errors import LabInvalid
from darsgah_labs.mutation.mutants import MOST_PER_ANSWER
from tests.labs.checked_lab import MUTANTS, QUICK, Cells, Change, changed_lab, report_of, without_manifest

NOTEBOOK, TOML = "lab.ipynb", "lab.toml"


def text(added: str) -> Change:
    """The introduction with something added."""
    return Change({NOTEBOOK: [("Read, run each cell", f"{added}\n\nRead, run each cell")]})


def equivalent(mutant: str, was: str = "", answer: str = "cups-from") -> Change:
    """A mark for an equivalent mutant."""
    lines = [
        "[[equivalent]]",
        f"answer = {answer!r}",
        f"mutant = {mutant!r}",
        'reason = "It means just the same."',
        f"was = {was!r}" if was else "",
        "[limits]",
    ]
    return Change({TOML: [("[limits]", "\n".join(lines))]})


def little_asked(cells: Cells) -> None:
    """Of each test only its first assertion."""
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            lines = cell["source"].split("\n")
            cell["source"] = next(line for line in lines if line.startswith("assert"))


def asks_nothing(cells: Cells) -> None:
    """A test that everything passes."""
    cells[4]["source"] = "assert True, 'Always.'"


def negative_litres_untested(cells: Cells) -> None:
    """The first test without its last part."""
    before, _, after = cells[4]["source"].partition("try:\n")
    cells[4]["source"] = before + after[after.index("### END") :]


def no_test_at_the_end(cells: Cells) -> None:
    """An answer after the last test."""
    marks = {**cells[3]["metadata"]["nbgrader"], "grade_id": "forgotten"}
    cells.insert(-1, {**cells[3], "id": "forgotten", "metadata": {"nbgrader": marks}})


def all_hidden(cells: Cells) -> None:
    """A question of which the learner is shown nothing."""
    cells[2]["source"] = "## Question 1 · Cups (2 points)\n\nYou know what to do."
    cells[4]["source"] = "### BEGIN HIDDEN TESTS\nassert cups_from(1) == 5, 'Five.'\n### END HIDDEN TESTS"


def saved_with_output(cells: Cells) -> None:
    """A cell as it was after running."""
    cells[1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "2\n"}]


def answer_in_parentheses(cells: Cells) -> None:
    """A solution whose removal leaves half an expression behind."""
    cells[3]["source"] += "\n\n\nSUGAR = (\n### BEGIN SOLUTION\n2\n### END SOLUTION\n)"


def unclosed_hidden_tests(cells: Cells) -> None:
    """A region without its end."""
    cells[4]["source"] = cells[4]["source"].replace("### END HIDDEN TESTS", "")


def example(code: str) -> Change:
    """With an example for the misconception of the first question."""
    block = f"```python\n{code}\n```"
    said = (
        f"example = {{ en = {json.dumps(block)}, ur = {json.dumps(f'مثال: {block}', ensure_ascii=False)} }}\n"
    )

    def added(files: dict[str, bytes]) -> None:
        files["hints.toml"] = files["hints.toml"].replace(b"where =", f"{said}where =".encode(), 1)

    return Change(files=added)


PROBLEMS: list[tuple[str, Change, Choice]] = [
    ("reference_fails", Change({NOTEBOOK: [("cups_from(1) == 5", "cups_from(1) == 6")]}), QUICK),
    ("reference_refused", Change(cells=unclosed_hidden_tests), QUICK),
    ("release_refused", Change(cells=unclosed_hidden_tests), QUICK),
    (
        "near_limits",
        Change(
            {
                NOTEBOOK: [
                    ("    if litres < 0:\n", "    import time\n    time.sleep(0.25)\n    if litres < 0:\n")
                ],
                TOML: [("cell_seconds = 5", "cell_seconds = 3")],
            }
        ),
        QUICK,
    ),
    ("near_limits", Change({NOTEBOOK: [("full_rows(11)", "print('x' * 200_000)")]}), QUICK),
    ("example_fails", Change({NOTEBOOK: [("full_rows(11)", "full_rows('eleven')")]}), QUICK),
    ("release_scores", Change(cells=asks_nothing), QUICK),
    ("release_syntax", Change(cells=answer_in_parentheses), QUICK),
    ("mutation_score", Change(cells=little_asked), MUTANTS),
    ("equivalent_unknown", equivalent("return 7"), MUTANTS),
    ("equivalent_unclear", equivalent("pass", answer="most-wanted"), MUTANTS),
    ("alternative_fails", Change({"solutions/step_by_step.py": [("cups + 1", "cups + 2")]}), QUICK),
    ("reading_time", text("word " * 3300), QUICK),
    ("no_test", Change(cells=no_test_at_the_end), QUICK),
    ("nothing_visible", Change(cells=all_hidden), QUICK),
    ("image_without_text", text("![](data/cup.png)"), QUICK),
    ("image_without_text", text('<img src="data/cup.png">'), QUICK),
    ("external_resource", text("![A cup](https://example.org/cup.png)"), QUICK),
    ("external_resource", text('<iframe src="https://example.org/cup"></iframe>'), QUICK),
    ("broken_link", text("![A cup](data/cup.png)"), QUICK),
    ("broken_link", text("[See below](#a-part-that-is-not-there)"), QUICK),
    ("broken_link", text("[The figures](data/figures.csv)"), QUICK),
    ("heading_order", text("#### Too deep"), QUICK),
    ("heading_order", text("# A second title"), QUICK),
    ("output_in_source", Change(cells=saved_with_output), QUICK),
    ("example_tells", example("def boxes(kg, box=3):\n    return int(kg * 500 / box)"), QUICK),
    ("example_tells", example("def boxes(kg, box=200):\n    return round(kg * 1e3) // box"), QUICK),
]

WARNINGS: list[tuple[str, Change, Choice]] = [
    ("few_misconceptions", Change(), QUICK),
    ("silent_assertion", Change({NOTEBOOK: [(', "Only full cups count."', "")]}), QUICK),
    ("external_link", text("[More on tea](https://example.org/tea)"), QUICK),
    ("reading_time", text("word " * 1900), QUICK),
    ("weak_question", Change(cells=negative_litres_untested), MUTANTS),
    (
        "solution_syntax",
        Change({NOTEBOOK: [("    counts = {}", "    counts = {}\n    ignored = !true")]}),
        MUTANTS,
    ),
    (
        "not_apart",
        Change({NOTEBOOK: [("# Question 1: cups from a pot", "exec('pass')")]}),
        QUICK,
    ),
]


def test_every_code_is_in_the_authors_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "lab-authoring.md").read_text()
    listed = {line.split("`")[1] for line in guide.splitlines() if line.startswith("| `")}
    assert listed == set(CODES)
    assert f"At most {MOST_PER_ANSWER}".lower() in guide.lower()


def codes(report: LabReport) -> set[str]:
    """The codes of the problems."""
    return {problem.code for problem in report.problems}


@pytest.mark.parametrize(("code", "change", "choice"), PROBLEMS)
def test_a_problem_is_found(grader: Grader, code: str, change: Change, choice: Choice) -> None:
    report = report_of(changed_lab(change), grader, choice)
    assert code in codes(report)
    assert not report.ok
    part = next(problem.part for problem in report.problems if problem.code == code)
    assert next(found.ok for found in report.parts if found.part is part) is False


@pytest.mark.parametrize(("code", "change", "choice"), WARNINGS)
def test_a_warning_is_given_and_the_lab_passes(
    grader: Grader, code: str, change: Change, choice: Choice
) -> None:
    report = report_of(changed_lab(change), grader, choice)
    assert code in {warning.code for warning in report.warnings}
    assert (report.ok, report.problems) == (True, ())


def test_the_starter_lab_passes_with_all_its_parts(grader: Grader) -> None:
    report = report_of(changed_lab(Change()), grader, MUTANTS)
    assert (report.ok, report.problems, report.points) == (True, (), 5.0)
    assert report.mutation_score is not None
    assert report.mutation_score >= 0.95
    assert [part.part for part in report.parts] == list(Part)
    assert all(part.ok for part in report.parts)
    assert "not tried in the browser's Python" in report.parts[0].summary
    assert [question.grade_id for question in report.questions] == ["cups-from", "most-wanted"]


def test_an_example_on_other_data_is_fine(grader: Grader) -> None:
    report = report_of(changed_lab(example("eggs = 30\nboxes = eggs // 12\nprint(boxes)")), grader)
    assert report.problems == ()


def test_a_plain_notebook_has_notes_where_a_folder_has_problems(grader: Grader) -> None:
    report = report_of(without_manifest(changed_lab(Change(cells=saved_with_output))), grader)
    assert report.ok
    assert {"output_in_source", "urdu_summary", "few_misconceptions"} <= {
        each.code for each in report.warnings
    }


def test_a_lab_that_cannot_be_read_has_a_report_too() -> None:
    broken = {
        "points": Change({TOML: [("points = 5", "points = 6")]}),
        "urdu_summary": Change({TOML: [('ur = "چائے', 'ur = "Tea"\n#')]}),
        "lab_invalid": Change({TOML: [("minutes = 25", 'minutes = "25"')]}),
    }
    for code, change in broken.items():
        with pytest.raises(LabInvalid) as caught:
            changed_lab(change)
        report = report_of_invalid("tea", caught.value)
        assert codes(report) == {code}
        assert not report.ok


def test_a_lab_for_the_browser_that_fails_there_is_found(grader: Grader) -> None:
    threads = "    import threading\n    threading.Thread(target=print).start()\n    if litres < 0:\n"
    lab = changed_lab(Change({NOTEBOOK: [("    if litres < 0:\n", threads)]}))
    report = report_of(lab, grader, Choice(times=1, mutants=False))
    assert codes(report) == {"browser_fails"}
    assert "test-cups-from" in report.problems[0].message
    assert report_of(changed_lab(Change()), grader, Choice(times=1, mutants=False)).ok


def test_without_node_the_report_says_what_to_do(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_run, "PYODIDE", Path("/nowhere"))
    report = report_of(changed_lab(Change()), grader, Choice(times=1, mutants=False))
    assert codes(report) == {"browser_runtime_missing"}
    assert "make setup" in report.problems[0].message


def test_every_code_has_words_and_every_word_a_case() -> None:
    tried = {code for code, *_ in (*PROBLEMS, *WARNINGS)}
    elsewhere = {
        "points",
        "urdu_summary",
        "lab_invalid",
        "flaky_test",
        "browser_fails",
        "browser_runtime_missing",
    }
    assert tried | elsewhere == set(CODES)


def test_pictures_of_the_lab_and_links_to_headings_are_fine(grader: Grader) -> None:
    def attach(cells: Cells) -> None:
        cells[0]["attachments"] = {"cup.png": {"image/png": "aGVsbG8="}}

    lab = changed_lab(
        Change(
            {
                NOTEBOOK: [
                    (
                        "Read, run each cell",
                        "![A cup](attachment:cup.png) [On](#what-you-can-do-now)\n\nRead, run each cell",
                    )
                ]
            },
            cells=attach,
        )
    )
    assert report_of(lab, grader).problems == ()


def test_a_survivor_marked_as_equivalent_does_not_count(grader: Grader) -> None:
    marked = equivalent("return int(litres * 1000 // cup_ml)", was="return int(litres * 1000 / cup_ml)")
    report = report_of(changed_lab(marked), grader, MUTANTS)
    assert report.ok
    assert (report.questions[0].equivalent, report.questions[0].survivors) == (1, ())


def test_mutants_of_one_question_alone(grader: Grader) -> None:
    for name in ("most-wanted", "test-most-wanted"):
        report = report_of(changed_lab(Change()), grader, Choice(times=1, question=name, browser=False))
        assert [question.grade_id for question in report.questions] == ["most-wanted"]
    with pytest.raises(LabInvalid):
        report_of(changed_lab(Change()), grader, Choice(times=1, question="nothing", browser=False))


def test_a_report_is_json_with_the_documented_keys(grader: Grader) -> None:
    report = json.loads(msgspec.json.encode(report_of(changed_lab(Change()), grader, MUTANTS)))
    assert {"lab", "ok", "points", "mutation_score", "questions", "problems"} <= report.keys()
    assert {"grade_id", "mutants", "caught", "survivors"} <= report["questions"][0].keys()
