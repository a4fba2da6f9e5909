"""The notebook that is run: the master's cells in the master's order, the learner's text where it belongs.

What comes from whom:

- Test, read-only and task cells come from the master, whatever the learner's copy says, is tagged or became.
- Answer cells keep the learner's source under the master's type. Of several cells with one grade_id the last
  counts, as in nbgrader; the others run where they stand, as cells of the learner's own.
- Cells without a mark (the master's as the learner left them, and what the learner added) run where the
  learner put them: after the same marked cell. On a notebook whose marked cells stand in the master's order
  that is the learner's own order, so honest notebooks run as under nbgrader.
- A deleted test gives no points and is not run. A deleted read-only cell is put back. A deleted answer stays
  away.
"""

from collections import defaultdict
from dataclasses import dataclass

from darsgah_grader.intake import BIDI_CONTROLS
from darsgah_grader.master import MasterCell, MasterNotebook, Role
from darsgah_grader.notebook import Cell, CellKind, Notebook
from darsgah_grader.types import Flag


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """One cell of the rebuilt notebook.

    Attributes:
        marked: the master's cell that this is; None for a cell of the learner's own.
        written: what the learner wrote there, or None when the source is the master's.
        runs: whether the cell is code that is executed.
    """

    kind: CellKind
    source: str
    marked: MasterCell | None
    written: Cell | None
    runs: bool


@dataclass(frozen=True, slots=True)
class RebuiltNotebook:
    """What to run and to score.

    Attributes:
        missing: grade_ids of the master that the learner's notebook no longer has.
        flags: oddities of the whole notebook, for instructors.
        cell_flags: oddities of one marked cell, by grade_id.
    """

    cells: tuple[PlacedCell, ...]
    missing: frozenset[str]
    flags: tuple[Flag, ...]
    cell_flags: dict[str, tuple[Flag, ...]]


def rebuild(master: MasterNotebook, submission: Notebook) -> RebuiltNotebook:
    """Join the master with what the learner handed in."""
    last = _last_positions(master, submission)
    loose: dict[str | None, list[PlacedCell]] = defaultdict(list)
    anchor: str | None = None
    for position, cell in enumerate(submission.cells):
        if cell.grade_id is not None and last.get(cell.grade_id) == position:
            anchor = cell.grade_id
        else:
            loose[anchor].append(_loose(cell))
    placed = list(loose[None])
    for marked in master.cells:
        found = submission.cells[last[marked.grade_id]] if marked.grade_id in last else None
        if found is not None or marked.role in {Role.READONLY, Role.TASK}:
            placed.append(_placed(marked, found))
        placed.extend(loose[marked.grade_id])
    missing = frozenset(cell.grade_id for cell in master.cells) - last.keys()
    flags, cell_flags = _oddities(master, submission, missing)
    return RebuiltNotebook(tuple(placed), missing, flags, cell_flags)


def _last_positions(master: MasterNotebook, submission: Notebook) -> dict[str, int]:
    return {
        cell.grade_id: position
        for position, cell in enumerate(submission.cells)
        if cell.grade_id is not None and cell.grade_id in master.by_id
    }


def _loose(cell: Cell) -> PlacedCell:
    runs = cell.kind is CellKind.CODE and bool(cell.source.strip()) and "skip-execution" not in cell.tags
    return PlacedCell(cell.kind, cell.source, None, cell, runs)


def _placed(marked: MasterCell, found: Cell | None) -> PlacedCell:
    written = found if marked.role.written_by_learner else None
    source = written.source if written else marked.source
    runs = marked.role is Role.TEST or (
        marked.kind is CellKind.CODE and bool(source.strip()) and not marked.skipped
    )
    return PlacedCell(marked.kind, source, marked, written, runs)


def _oddities(
    master: MasterNotebook, submission: Notebook, missing: frozenset[str]
) -> tuple[tuple[Flag, ...], dict[str, tuple[Flag, ...]]]:
    """What an instructor should know; nothing of it changes how the notebook runs."""
    whole: list[Flag] = []
    by_cell: dict[str, list[Flag]] = defaultdict(list)
    seen: set[str] = set()
    for cell in submission.cells:
        if cell.kind is CellKind.CODE and not BIDI_CONTROLS.isdisjoint(cell.source):
            whole.append(Flag("bidi_characters", _line_with_bidi(cell.source)))
        grade_id = cell.grade_id
        if grade_id is None:
            continue
        marked = master.by_id.get(grade_id)
        if marked is None:
            if cell.nbgrader.get("grade") is True:
                whole.append(Flag("extra_grade_cell", grade_id[:80]))
            continue
        if grade_id in seen:
            by_cell[grade_id].append(
                Flag("duplicate_id", "several cells carry this grade_id; the last one counts")
            )
        seen.add(grade_id)
        if marked.role.written_by_learner and cell.nbgrader.get("solution") is False:
            by_cell[grade_id].append(Flag("solution_flip", "the answer cell came back marked as no solution"))
    for grade_id in sorted(missing):
        if master.by_id[grade_id].role.graded:
            by_cell[grade_id].append(Flag("deleted_cell", "the graded cell is not in the submission"))
    return tuple(whole), {grade_id: tuple(dict.fromkeys(flags)) for grade_id, flags in by_cell.items()}


def _line_with_bidi(source: str) -> str:
    """The first line that holds such a character, these written as escapes."""
    lines = (line for line in source.splitlines() if not BIDI_CONTROLS.isdisjoint(line))
    return ascii(next(lines, source)[:120])
