"""Which cells answer and test each question, and what a check has to run."""

from typing import Any

from tests.lab_page.scripts import evaluate

QUESTIONS = '{ questionsOf, isOwn, isEditable } from "./questions"'
PLAN = '{ questionsOf } from "./questions"\n{ checkPlan, failureMessage, summary } from "./check_plan"'


def cell(name: str, marks: str = "", source: str = "x", **more: object) -> dict[str, Any]:
    """A cell; ``marks`` holds s for solution, g for grade, l for locked, t for task, m for Markdown."""
    made: dict[str, Any] = {"id": name, "cell_type": "markdown" if "m" in marks else "code"}
    made |= {"source": source, "metadata": dict(more)}
    if set(marks) & set("sglt"):
        made["metadata"]["nbgrader"] = {
            "grade_id": name,
            "solution": "s" in marks,
            "grade": "g" in marks,
            "locked": "l" in marks,
            "task": "t" in marks,
            "points": 2 if "g" in marks or "t" in marks else 0,
        }
    return made


CELLS = [
    cell("title", "m", "# Lab\n```\n# no heading\n```"),
    cell("example"),
    cell("q1-text", "m", "## Question 1 · *Fares* (2 points)"),
    cell("given", "l"),
    cell("q1a", "s"),
    cell("q1b", "s"),
    cell("q1-test", "gl"),
    cell("q1-more", "gl"),
    cell("own"),
    cell("q2", "s"),
    cell("q2-test", "gl", darsgah={"title": "Named"}),
    cell("essay", "sgm", "write"),
    cell("q3", "s"),
    cell("q3-test", "gl"),
]


def test_cells_are_grouped_into_questions() -> None:
    found = evaluate(QUESTIONS, "questionsOf(given)", CELLS)
    assert [(one["key"], one["answers"], one["graded"], one["points"]) for one in found] == [
        ("q1-test", ["q1a", "q1b"], ["q1-test", "q1-more"], 4),
        ("q2-test", ["q2"], ["q2-test"], 2),
        ("essay", ["essay"], ["essay"], 2),
        ("q3-test", ["q3"], ["q3-test"], 2),
    ]
    assert [one["kind"] for one in found] == ["tested", "tested", "read", "tested"]
    assert [one["title"] for one in found[:2]] == ["Question 1 · Fares", "Named"]


def test_only_cells_of_ones_own_are_moved_and_only_answers_and_those_are_changed() -> None:
    own = evaluate(QUESTIONS, "given.filter(isOwn).map((cell) => cell.id)", CELLS)
    assert own == ["title", "example", "q1-text", "own"]
    editable = evaluate(QUESTIONS, "given.filter(isEditable).map((cell) => cell.id)", CELLS)
    assert editable == [*own[:3], "q1a", "q1b", "own", "q2", "essay", "q3"]


def planned(key: str, ran: dict[str, str]) -> list[str]:
    """What a check runs when the cells in ``ran`` have run with those sources."""
    expression = (
        "checkPlan(given.cells, questionsOf(given.cells).find((one) => one.key === given.key),"
        " new Map(Object.entries(given.ran)))"
    )
    plan: list[str] = evaluate(PLAN, expression, {"cells": CELLS, "key": key, "ran": ran})
    return plan


def test_a_check_runs_what_is_above_and_has_not_run_and_no_other_questions_tests() -> None:
    assert planned("q1-test", {}) == ["example", "given", "q1a", "q1b", "q1-test", "q1-more"]
    assert planned("q2-test", {}) == ["example", "given", "q1a", "q1b", "own", "q2", "q2-test"]


def test_a_check_runs_again_what_was_changed_and_always_its_tests() -> None:
    ran = dict.fromkeys(("example", "given", "q1a", "q1-test", "q1-more"), "x")
    assert planned("q1-test", ran | {"q1b": "before"}) == ["q1b", "q1-test", "q1-more"]
    assert planned("q1-test", ran | {"q1b": "x"}) == ["q1-test", "q1-more"]


def test_the_message_of_an_assertion_stands_alone() -> None:
    said = evaluate(PLAN, "given.map(([name, value]) => failureMessage(name, value))", [
        ["AssertionError", " Exactly 2 km. \n"], ["AssertionError", ""], ["NameError", "x"], ["KeyError", ""],
    ])  # fmt: skip
    assert said == ["Exactly 2 km.", "", "NameError: x", "KeyError"]


def test_the_summary_counts_what_was_checked_and_not_changed_since() -> None:
    passed, failed = {"verdict": "passed"}, {"verdict": "failed"}
    counts = evaluate(
        PLAN,
        "given.results.map((results) => summary(questionsOf(given.cells), new Map(Object.entries(results))))",
        {
            "cells": CELLS,
            "results": [
                {"q1-test": passed, "q2-test": failed},
                {"q1-test": passed | {"changed": True}, "q2-test": failed},
            ],
        },
    )
    assert counts == [
        {"passed": 1, "failed": 1, "unknown": 1, "total": 3},
        {"passed": 0, "failed": 1, "unknown": 2, "total": 3},
    ]


KEPT = """
(() => {
  const cells = given.cells;
  const questions = questionsOf(cells);
  const shown: any[] = [];
  const host: any = { cells: () => cells, questions: () => questions };
  host.checked = (question: any, result: any) => shown.push([question.key, result.verdict, result.changed]);
  const before: any = new Checker({} as any, host);
  before.set(questions[0], { ...UNCHECKED, verdict: "failed", of: textOf(questions[0]!, cells) });
  before.set(questions[1], { ...UNCHECKED, verdict: "passed", of: textOf(questions[1]!, cells) });
  before.set(questions[3], { ...UNCHECKED, verdict: "stopped" });
  const kept = JSON.parse(JSON.stringify(toKeep(before.results)));
  const edit = (id: string, source: string) =>
    Object.assign(cells.find((cell: any) => cell.id === id), { source });
  edit("example", "not of a question");
  edit("q1a", "another answer");
  shown.length = 0;
  const after = new Checker({} as any, host);
  after.takeOver(kept);
  const wrong = () => firstFailing(questions, after.results)?.key ?? null;
  const first = wrong();
  edit("q1a", "x");
  after.compare(questions[0]!);
  after.compare(questions[1]!);
  return { shown, wrong: [first, wrong()] };
})()
"""


def test_what_checks_said_before_a_reload_counts_while_the_cells_are_as_they_were() -> None:
    imports = (
        '{ questionsOf } from "./questions"\n{ Checker } from "./checker"\n'
        '{ firstFailing, textOf, toKeep, UNCHECKED } from "./check_plan"'
    )
    found = evaluate(imports, KEPT, {"cells": CELLS})
    assert found["shown"] == [
        ["q1-test", "failed", True],
        ["q2-test", "passed", False],
        ["q1-test", "failed", False],
    ]
    assert found["wrong"] == [None, "q1-test"]


def test_checks_are_among_what_the_browser_kept() -> None:
    record = {"draftUrl": "", "client": "a", "conflicts": [], "asides": [], "unsent": False, "savedAt": None}
    text = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    record |= {"base": text, "here": text, "csrfToken": ""}
    older = record | {"version": 2, "checks": {"one": {"verdict": "failed"}, "two": {"verdict": "passed"}}}
    newer = record | {"version": 3, "client": "b", "checks": {"one": {"verdict": "passed"}}}
    before_checks_were_kept = record | {"version": 1, "client": "c"}
    opened = evaluate(
        '{ joinRecords } from "./draft_opening"',
        'joinRecords({ kind: "lost" }, given, new Set())',
        [newer, older, before_checks_were_kept],
    )
    assert opened["checks"] == {"one": {"verdict": "passed"}, "two": {"verdict": "passed"}}
    assert opened["version"] == 3
