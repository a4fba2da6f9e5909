"""What a check makes the kernel forget, in Python itself, and how a failed cell counts."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.lab_page.scripts import evaluate

FORGETTING = '{ forgetting } from "./forgetting"'
CHECKER = '{ Checker } from "./checker"\n{ questionsOf } from "./questions"\n{ Runner } from "./runner"'
PROGRAM = """
import json, sys
before, code = json.load(sys.stdin)
values = {"__builtins__": __builtins__}
for source in before:
    exec(source, values)
exec(code, values)
"""
GIVEN = "import math\nrates = [1]\nlist = [2]"
ANSWER = "def fare(km):\n    total = base(km)\n    return math.ceil(total) + rates[0]"
TEST = "assert [fare(km) for km in (1, 2)] == [2, 3]\nlist"
EARLIER = "def fare(km): pass\ndef base(km): return km\nkm = total = old = 1"


def forgotten(before: list[str], above: list[str], own: list[str]) -> set[str]:
    """The names that go when the cells ``before`` had run."""
    code = evaluate(FORGETTING, "forgetting(given[0], given[1])", [above, own])
    finished = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM],
        input=json.dumps([before, code]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return set(finished.stdout.split())


@pytest.mark.parametrize(
    ("answer", "gone"),
    [
        (ANSWER, {"base"}),
        (ANSWER.replace("fare", "price"), {"fare", "base"}),
        ("", {"fare"}),
        ("def base(km): return km\nfare = base", set()),
        ("from math import *", set()),
        ("import operator as fare", set()),
    ],
)
def test_names_that_no_cell_binds_any_more_are_forgotten(answer: str, gone: set[str]) -> None:
    assert forgotten([GIVEN, EARLIER], [GIVEN, answer, TEST], [answer, TEST]) == gone


@pytest.mark.parametrize(
    ("cell", "gone"),
    [("%time fare = 1", {"list"}), ("%time fare(1)", {"fare", "list"}), ("fare = !ls", {"list"})],
)
def test_a_command_does_not_hide_what_a_cell_binds(cell: str, gone: set[str]) -> None:
    assert forgotten([GIVEN, EARLIER], [cell, TEST], [TEST]) == gone


JUDGED = """
await (async () => {
  const made = (id: string, grade: boolean) => {
    const nbgrader = { grade_id: id, grade, solution: !grade, locked: grade };
    return { id, cell_type: "code", source: "x", metadata: { nbgrader } };
  };
  const cells: any[] = [made("answer", false), made("test", true)];
  const views = cells.map((cell) => ({ cell, progress() {}, outputs: { show() {} } }));
  const view = (id: string): any => views.find((one) => one.cell.id === id) ?? null;
  const executed: string[] = [];
  const kernel: any = {
    state: "idle",
    resumed() {},
    execute(id: string) {
      executed.push(id);
      return { status: id === given.failing ? "error" : "ok", executionCount: 1, seconds: 0 };
    },
  };
  const failed = ({ cell }: any) => checker.failed(cell);
  const host: any = { words: null, codeCell: view, outputsChanged() {}, failed };
  const runner = new Runner(kernel, host);
  const questions = questionsOf(cells);
  const asked = { ...host, cells: () => cells, questions: () => questions, checked() {} };
  const checker: any = new Checker(runner, asked);
  await runner.run(view(given.ran));
  const byHand = checker.results.get("test")?.verdict ?? "unknown";
  await checker.check(questions[0]);
  return [byHand, checker.results.get("test").verdict, executed];
})()
"""


@pytest.mark.parametrize(
    ("ran", "failing", "expected"),
    [
        ("answer", "answer", ["unknown", "failed", ["answer", "", "answer"]]),
        ("answer", "", ["unknown", "passed", ["answer", "", "test"]]),
        ("test", "test", ["failed", "failed", ["test", "", "answer", "test"]]),
    ],
)
def test_what_failed_runs_again_and_a_test_that_failed_by_hand_counts(
    ran: str, failing: str, expected: list[Any]
) -> None:
    assert evaluate(CHECKER, JUDGED, {"ran": ran, "failing": failing}) == expected
