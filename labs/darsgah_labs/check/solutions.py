"""The first and the fourth check: reference and alternative solutions get full marks, each time.

The reference is graded three times in one process and three times with its tests apart. The first of each
three has half of the lab's limits, so that a slow machine or a full one does not decide about a learner.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from darsgah_labs.check.findings import Findings, listed
from darsgah_labs.check.grading import CellVerdict, Graded, Grading
from darsgah_labs.check.report import Part
from darsgah_labs.errors import LabInvalid
from darsgah_labs.format import Lab, LabLimits

TIMES = 3
"""Gradings of the reference solution at each assurance level: a flaky test fails in some of them."""

_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})
_LEVELS = {False: "in one process", True: "with its tests apart"}


def check_reference(lab: Lab, grading: Grading, findings: Findings, times: int = TIMES) -> bool:
    """The reference solution: full marks each of so many times, at both levels, within half of the limits.

    Returns:
        Whether it got them, limits aside: without that, mutants have nothing to be measured against.
    """
    runs: list[Graded] = []
    for apart in (False, True):
        for time in range(times):
            limits = _half(lab.limits) if time == 0 else lab.limits
            graded = grading.grade(lab.notebooks, lab.notebooks, limits, apart=apart)
            if time == 0 and _short(graded):
                whole = grading.grade(lab.notebooks, lab.notebooks, lab.limits, apart=apart)
                if not _short(whole):
                    _near_limits(graded, _LEVELS[apart], findings)
                graded = whole
            runs.append(graded)
    passed = _judge(runs, findings)
    _outputs(runs[0], lab.limits, findings)
    _examples(lab.notebooks, runs[0], findings)
    together = {cell.grade_id for cell in runs[-1].cells if cell.verdict == "passed" and not cell.apart}
    if together:
        message = f"Tests that cannot run apart from a learner's code: {listed(sorted(together))}."
        findings.warning(Part.REFERENCE, "not_apart", message)
    return passed


def check_alternatives(lab: Lab, grading: Grading, findings: Findings) -> None:
    """Every other solution of the author's gets full marks, the tests apart where they can be."""
    for alternative in lab.alternatives:
        work = {name: with_answers(content, alternative.cells) for name, content in lab.notebooks.items()}
        graded = grading.grade(lab.notebooks, work, lab.limits, apart=True)
        if graded.refusal:
            message = f"{alternative.name} cannot be graded: {graded.refusal}"
            findings.problem(Part.ALTERNATIVES, "alternative_fails", message)
        for cell in _short(graded):
            message = f"{alternative.name} does not pass {_told(cell)}"
            findings.problem(Part.ALTERNATIVES, "alternative_fails", message)


def check_release(lab: Lab, grading: Grading, findings: Findings) -> None:
    """The second check: what learners are given has no syntax error, and no points in it yet."""
    try:
        released = grading.release(lab.notebooks)
    except LabInvalid as error:
        findings.problem(Part.RELEASE, "release_refused", f"It cannot be released: {error.problem}")
        return
    graded = grading.grade(lab.notebooks, released, lab.limits, apart=False)
    if graded.refusal:
        findings.problem(Part.RELEASE, "release_refused", f"It cannot be graded: {graded.refusal}")
        return
    for cell in graded.cells:
        if cell.score and cell.verdict != "manual":
            message = f"Without an answer, {cell.grade_id} gives {cell.score:g} of {cell.max_score:g} points."
            findings.problem(Part.RELEASE, "release_scores", message)
    for name, content in graded.executed.items():
        for place, raised, value in _errors(content):
            if raised in _SYNTAX:
                findings.problem(Part.RELEASE, "release_syntax", f"{name}, {place}: {raised}: {value}")


def with_answers(content: bytes, answers: Mapping[str, str]) -> bytes:
    """A notebook with other sources in the answer cells that are named."""
    book: dict[str, Any] = json.loads(content)
    for cell in book["cells"]:
        marks = cell.get("metadata", {}).get("nbgrader", {})
        if marks.get("solution") and marks.get("grade_id") in answers:
            cell["source"] = answers[marks["grade_id"]]
    return json.dumps(book).encode()


def _half(limits: LabLimits) -> LabLimits:
    return replace(
        limits,
        cell_seconds=limits.cell_seconds / 2,
        total_seconds=limits.total_seconds / 2,
        memory_bytes=limits.memory_bytes // 2,
    )


def _short(graded: Graded) -> list[CellVerdict]:
    """The cells that got less than they can give; a human's are not waited for."""
    return [cell for cell in graded.cells if cell.score is not None and not cell.full]


def _told(cell: CellVerdict) -> str:
    reason = " ".join(cell.message.split())
    return f"{cell.grade_id} ({cell.verdict}){': ' + reason if reason else '.'}"


def _near_limits(graded: Graded, level: str, findings: Findings) -> None:
    cells = listed(cell.grade_id for cell in _short(graded))
    message = f"The reference solution needs more than half of the lab's time or memory {level}: {cells}."
    findings.problem(Part.REFERENCE, "near_limits", message)


def _judge(runs: Sequence[Graded], findings: Findings) -> bool:
    refused = [graded.refusal for graded in runs if graded.refusal]
    if refused:
        findings.problem(Part.REFERENCE, "reference_refused", f"It cannot be graded: {refused[0]}")
        return False
    failures: dict[tuple[str, str], list[CellVerdict]] = defaultdict(list)
    for graded in runs:
        for cell in _short(graded):
            failures[cell.notebook, cell.grade_id].append(cell)
    for (_, grade_id), cells in failures.items():
        if len(cells) < len(runs):
            message = (
                f"{grade_id} gave the same solution different results: it failed {len(cells)} of {len(runs)} "
                f"times, at last with: {_told(cells[-1])}"
            )
            findings.problem(Part.REFERENCE, "flaky_test", message)
        else:
            message = f"The reference solution does not pass {_told(cells[0])}"
            findings.problem(Part.REFERENCE, "reference_fails", message)
    return not failures


def _outputs(graded: Graded, limits: LabLimits, findings: Findings) -> None:
    """Outputs are kept up to a limit for each cell."""
    for name, content in graded.executed.items():
        for cell in json.loads(content)["cells"]:
            size = len(json.dumps(cell.get("outputs", []), ensure_ascii=False).encode())
            if size > limits.output_bytes // 2:
                place = cell.get("metadata", {}).get("darsgah", {}).get("grade_id") or "a cell"
                message = (
                    f"{name}, {place}: its output takes {size // 1024} KiB, more than half of the limit."
                )
                findings.problem(Part.REFERENCE, "near_limits", message)


def _examples(sources: Mapping[str, bytes], graded: Graded, findings: Findings) -> None:
    """Cells that are no tests go through too, but for those that are tagged to raise."""
    raising = {
        "".join(cell.get("source", ""))
        for content in sources.values()
        for cell in json.loads(content)["cells"]
        if "raises-exception" in cell.get("metadata", {}).get("tags", [])
    }
    for name, content in graded.executed.items():
        for place, error, value in _errors(content, tests=False, but=raising):
            message = f"{name}, {place} ends with {error}: {value}. Tag it raises-exception if that is meant."
            findings.problem(Part.REFERENCE, "example_fails", message)


def _errors(content: bytes, *, tests: bool = True, but: set[str] | None = None) -> list[tuple[str, str, str]]:
    """The place, name and text of each error in an executed notebook."""
    found: list[tuple[str, str, str]] = []
    for number, cell in enumerate(json.loads(content)["cells"], 1):
        marks = cell.get("metadata", {}).get("darsgah", {})
        if (marks.get("role") == "test" and not tests) or "".join(cell.get("source", "")) in (but or ()):
            continue
        place = marks.get("grade_id") or f"cell {number}"
        found.extend(
            (place, str(output.get("ename", "")), str(output.get("evalue", ""))[:200])
            for output in cell.get("outputs", [])
            if output.get("output_type") == "error"
        )
    return found
