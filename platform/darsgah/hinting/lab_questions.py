"""The questions of a lab as the tutor wants them, with what a learner's notebook puts around each answer.

A test rests on the answers between the tests before it and itself, as everywhere in Darsgah. Around an answer
run those cells, the lab's and the learner's own, on which it and its tests rest; what only shows something or
belongs to another question does not run, so that a hint doesn't wait for it.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from darsgah.hinting.trials import SandboxTrials, open_trials
from darsgah_grader.grading import Grader
from darsgah_grader.intake import read_notebook
from darsgah_grader.master import MasterCell, MasterNotebook, Role, read_master
from darsgah_grader.notebook import Cell, CellKind
from darsgah_grader.rebuild import PlacedCell, rebuild
from darsgah_grader.regions import without_hidden_tests
from darsgah_grader.types import Assignment, Limits
from darsgah_labs.cell_dependence import needed
from darsgah_labs.format import Alternative
from darsgah_labs.mutation.solution_source import without_markers
from darsgah_tutor.types import Question, Test

_HEADING = "#"
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class LabQuestion:
    """One question of a lab and what the learner has made of it.

    Attributes:
        notebook: the notebook's name.
        answer: the learner's answer cell; empty where they have deleted it.
        before, after: sources of the cells that run before the answer, and between it and its tests.
        files, limits: the lab's.
    """

    notebook: str
    question: Question
    answer: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    files: Mapping[str, bytes]
    limits: Limits

    def trials(self, grader: Grader) -> SandboxTrials:
        """Answers to it tried among the learner's cells.

        Raises:
            AssignmentInvalid, EnvironmentBroken: the lab's environment is not there, or not right.
        """
        return open_trials(
            grader,
            self.question,
            before=self.before,
            after=self.after,
            files=self.files,
            limits=self.limits,
        )


@dataclass(frozen=True, slots=True)
class _Whole:
    """The lab, and its author's other solutions."""

    assignment: Assignment
    alternatives: Sequence[Alternative]


@dataclass(frozen=True, slots=True)
class _Group:
    """Answers with the tests that decide about them, by grade_id, in the master's order."""

    answers: tuple[MasterCell, ...]
    tests: tuple[MasterCell, ...]


def lab_questions(
    assignment: Assignment,
    alternatives: Sequence[Alternative],
    submission: Mapping[str, bytes],
    *,
    only: str = "",
) -> list[LabQuestion]:
    """The questions of a lab that tests decide about, in order, with the learner's answers.

    Args:
        assignment: the lab, its AUTOTEST lines written out.
        alternatives: its author's other solutions.
        submission: the learner's notebooks by the master's names; questions of others are left out.
        only: the id of the one question that is wanted, so that nothing is made of the others.

    Raises:
        SubmissionRejected: a notebook cannot be read.
        AssignmentInvalid: the lab cannot be graded.
    """
    whole = _Whole(assignment, alternatives)
    found: list[LabQuestion] = []
    for source in assignment.masters:
        if source.name not in submission:
            continue
        master = read_master(source)
        learner = rebuild(master, read_notebook(submission[source.name], assignment.limits))
        found += [
            _lab_question(whole, master, group, answer, learner.cells)
            for group in _groups(master)
            for answer in group.answers
            if only in {"", answer.grade_id}
        ]
    return found


def reference_submission(assignment: Assignment) -> dict[str, bytes]:
    """The lab's own solution as it would be handed in: for whoever wants the questions without a learner."""
    return {master.name: master.content for master in assignment.masters}


def _groups(master: MasterNotebook) -> Iterator[_Group]:
    answers: list[MasterCell] = []
    tests: list[MasterCell] = []
    for cell in master.cells:
        is_answer = cell.role is Role.ANSWER and cell.kind is CellKind.CODE
        if is_answer and tests:
            yield _Group(tuple(answers), tuple(tests))
            answers, tests = [], []
        if is_answer:
            answers.append(cell)
        elif cell.role is Role.TEST and answers:
            tests.append(cell)
    if answers and tests:
        yield _Group(tuple(answers), tuple(tests))


def _lab_question(
    whole: _Whole,
    master: MasterNotebook,
    group: _Group,
    answer: MasterCell,
    placed: Sequence[PlacedCell],
) -> LabQuestion:
    references = _references(answer, whole.alternatives)
    written = next((cell.source for cell in placed if cell.marked is answer), "")
    before, after = _around(group, answer, placed, references)
    question = Question(
        id=answer.grade_id,
        description=_description(master, answer),
        starter=answer.source,
        references=references,
        setup="\n\n".join(_read_only(placed, answer)),
        tests=tuple(test for cell in group.tests for test in _tests(cell)),
        environment=whole.assignment.environment.name,
    )
    return LabQuestion(
        notebook=master.name,
        question=question,
        answer=written,
        before=before,
        after=after,
        files=whole.assignment.files,
        limits=whole.assignment.limits,
    )


def _references(answer: MasterCell, alternatives: Sequence[Alternative]) -> tuple[str, ...]:
    """The author's solution and the other ones; none where the lab comes as learners get it."""
    own = without_markers(answer.reference)[0]
    others = [_alone(other, answer.grade_id) for other in alternatives if answer.grade_id in other.cells]
    solved = own.strip() and own.strip() != answer.source.strip() and "NotImplementedError" not in own
    return tuple(([own] if solved else []) + others)


def _alone(solution: Alternative, grade_id: str) -> str:
    """One answer of a solution, with the imports that it uses and another answer of it has."""
    own = solution.cells[grade_id]
    words = set(_WORD.findall(own))
    imports = [
        ast.unparse(statement)
        for other, source in solution.cells.items()
        if other != grade_id
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Import | ast.ImportFrom)
        and any((alias.asname or alias.name).partition(".")[0] in words for alias in statement.names)
    ]
    return "\n".join([*dict.fromkeys(imports), own])


def _tests(cell: MasterCell) -> Iterator[Test]:
    """A test cell as the learner has it, and its hidden statements as a test of their own after it."""
    source, whole_marks = _without_value(cell)
    visible = without_hidden_tests(source)
    if not cell.hidden:
        visible += whole_marks
    if _has_code(visible):
        yield Test(cell.grade_id, visible)
    if cell.hidden:
        yield Test(cell.grade_id, _hidden_statements(source) + whole_marks, visible=False)


def _without_value(cell: MasterCell) -> tuple[str, str]:
    """A test without the value that it ends in, and the assertion that it is all the points.

    A test that ends in a value gives so many points (docs/grading.md): a tutor asks for all of them.
    """
    body = _statements(cell.source)
    last = body[-1].value if body and isinstance(body[-1], ast.Expr) else None
    if last is None or isinstance(last, ast.Constant | ast.Call):
        return cell.source, ""
    lines = cell.source.split("\n")
    kept = [*lines[: body[-1].lineno - 1], *lines[body[-1].end_lineno :]]
    return "\n".join(kept), f"\nassert {ast.unparse(last)} == {cell.points:g}"


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _has_code(source: str) -> bool:
    lines = (line.strip() for line in source.split("\n"))
    return any(line and not line.startswith("#") for line in lines)


def _hidden_statements(source: str) -> str:
    """The statements of a test in a hidden region, or that hold one; all of a test that is no Python."""
    inside: set[int] = set()
    within = False
    for number, line in enumerate(source.split("\n"), 1):
        within = (within or "BEGIN HIDDEN TESTS" in line) and "END HIDDEN TESTS" not in line
        if within:
            inside.add(number)
    body = _statements(source)
    if not body:
        return source
    lines = source.split("\n")
    kept = [
        "\n".join(lines[statement.lineno - 1 : statement.end_lineno])
        for statement in body
        if not inside.isdisjoint(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    ]
    return "\n".join(kept)


def _description(master: MasterNotebook, answer: MasterCell) -> str:
    """The text above an answer: from the last heading before it on."""
    cells = master.notebook.cells
    place = next((at for at, cell in enumerate(cells) if cell.grade_id == answer.grade_id), len(cells))
    first = next((at for at in range(place - 1, -1, -1) if _is_heading(cells[at])), place)
    texts = [cell.source for cell in cells[first:place] if cell.kind is CellKind.MARKDOWN]
    return "\n\n".join(texts).strip()


def _is_heading(cell: Cell) -> bool:
    return cell.kind is CellKind.MARKDOWN and cell.source.lstrip().startswith(_HEADING)


def _read_only(placed: Sequence[PlacedCell], answer: MasterCell) -> Iterator[str]:
    """The lab's code before an answer that learners cannot change."""
    for cell in placed:
        if cell.marked is answer:
            return
        if cell.runs and cell.marked is not None and cell.marked.role is Role.READONLY:
            yield cell.source


def _around(
    group: _Group, answer: MasterCell, placed: Sequence[PlacedCell], references: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells that run before an answer, and after it, which it, its tests or a correct answer rest on."""
    last = max(
        (at for at, cell in enumerate(placed) if cell.marked is answer or cell.marked in group.tests),
        default=len(placed) - 1,
    )
    place = next((at for at, cell in enumerate(placed) if cell.marked is answer), last)
    may_run = [
        at
        for at, cell in enumerate(placed[: last + 1])
        if cell.runs and at != place and not (cell.marked and cell.marked.role is Role.TEST)
    ]
    sources = [cell.source for cell in placed] + [test.source for test in group.tests] + list(references)
    own = {place, *range(len(placed), len(sources))}
    chosen = [at for at in needed(sources, sorted({*may_run, *own}), own) if at not in own]
    before = tuple(placed[at].source for at in chosen if at < place)
    after = tuple(placed[at].source for at in chosen if at > place)
    return before, after
