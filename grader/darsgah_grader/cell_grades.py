"""From what became of a notebook's cells to the grades of those that carry points, with their messages."""

from collections.abc import Mapping, Sequence

from darsgah_grader.hidden import HiddenText
from darsgah_grader.master import MasterCell, MasterNotebook, Role
from darsgah_grader.messages import LATE_THREAD, message_for, told_of_earlier
from darsgah_grader.rebuild import PlacedCell, RebuiltNotebook
from darsgah_grader.sandbox.types import CellRun, Outcome
from darsgah_grader.scoring import CellScore, score_cell
from darsgah_grader.types import CellGrade, Flag, Limits, Verdict

_KINDS = {Role.TEST: "autograded", Role.MANUAL: "manual", Role.TASK: "task"}
_BROKE_OFF = frozenset({Outcome.ERROR, Outcome.TIMEOUT, Outcome.MEMORY, Outcome.DIED})
_MAY_REST_ON_EARLIER = frozenset({Verdict.FAILED, Verdict.NOT_RUN})


def missing_notebook(master: MasterNotebook) -> tuple[CellGrade, ...]:
    """The grades of a notebook that was not handed in."""
    score = CellScore(Verdict.MISSING, 0.0)
    message = f"The notebook {master.name} was not handed in."
    return tuple(_cell_grade(master, cell, score, message, ()) for cell in master.graded)


def cell_grades(
    master: MasterNotebook, rebuilt: RebuiltNotebook, runs: Mapping[int, CellRun], limits: Limits
) -> tuple[CellGrade, ...]:
    """The grades of a notebook's graded cells; ``runs`` by position among the rebuilt notebook's cells."""
    places = {cell.marked.grade_id: at for at, cell in enumerate(rebuilt.cells) if cell.marked is not None}
    hidden = HiddenText(
        (cell.source for cell in master.graded if cell.hidden),
        (cell.source for cell in rebuilt.cells if cell.marked is None or not cell.marked.hidden),
    )
    grades: list[CellGrade] = []
    seen: set[str] = set()
    for cell in master.graded:
        run, score = None, CellScore(Verdict.MISSING, 0.0)
        if cell.grade_id not in rebuilt.missing:
            place = places[cell.grade_id]
            run = runs.get(place)
            score = score_cell(cell, rebuilt.cells[place].written, run)
        elif cell.role is Role.TASK:
            score = score_cell(cell, None, None)
        told = [message_for(cell, score.verdict, run, limits)]
        if score.verdict in _MAY_REST_ON_EARLIER and cell.grade_id in places:
            told.insert(0, _told_of_earlier(rebuilt.cells, runs, places[cell.grade_id], limits))
        oddities = tuple(odd for odd in (run.oddities if run else ()) if odd.name not in seen)
        seen |= {odd.name for odd in oddities}
        if any(odd.name == "late_thread" for odd in oddities):
            told.append(LATE_THREAD)
        message = "\n".join(text for text in told if text and not hidden.is_in(text))
        flags = rebuilt.cell_flags.get(cell.grade_id, ()) + score.flags
        flags += tuple(Flag(odd.name, odd.evidence) for odd in oddities)
        grades.append(_cell_grade(master, cell, score, message, flags))
    return tuple(grades)


def _told_of_earlier(
    cells: Sequence[PlacedCell], runs: Mapping[int, CellRun], test: int, limits: Limits
) -> str:
    """What became of the learner's cell that a test rests on, if that broke off.

    A test rests on the learner's cells between the tests before it and itself; tests that follow each other
    rest on the same ones. Of several that broke off the last answer is told of, else the last cell.
    """
    broken: list[int] = []
    within = False
    for position in range(test - 1, -1, -1):
        cell = cells[position]
        if cell.marked is not None and cell.marked.role is Role.TEST:
            if within:
                break
        elif cell.written is not None:
            within = True
            if position in runs and runs[position].outcome in _BROKE_OFF:
                broken.append(position)
    answers = [position for position in broken if cells[position].marked is not None]
    if not broken:
        return ""
    return told_of_earlier(runs[(answers or broken)[0]], limits, answer=bool(answers))


def _cell_grade(
    master: MasterNotebook, cell: MasterCell, score: CellScore, message: str, flags: tuple[Flag, ...]
) -> CellGrade:
    return CellGrade(
        notebook=master.name,
        grade_id=cell.grade_id,
        title=cell.title,
        kind=_KINDS[cell.role],
        score=score.points,
        max_score=cell.points,
        verdict=score.verdict,
        hidden=cell.hidden,
        message=message,
        flags=flags,
    )
