"""The case folders: attacks, faults and plain submissions, with the scores that each must get.

``all_cases()`` reads a few hundred small files and runs nothing; notebooks are made when they are asked for.
A folder ``cases/<name>`` has a ``case.toml``:

    about           what the learner does, in a sentence
    rows            the rows of ``catalogue.toml`` that it shows
    safe_outside    true when its code may run without a sandbox under a time limit: no bomb, kill or flood
    error           the code of the refusal, where the submission is refused
    flags           the flags of the whole submission
    environment     what the notebook runs in; ``python`` unless said
    [limits]        fields of ``Limits``
    [darsgah]       grade_id to score ("waits" for a human), verdict (or a list of those that may be) and
                    flags; ``may_flag`` has those that depend on how far the code came
    [in_process]    the same where level 1 gives another outcome than level 2
    [nbgrader]      grade_id to nbgrader's score; ``nbgrader = "fails"`` when it gives up on the submission;
                    neither when the case is not run through nbgrader
    beside          files that the learner laid beside the notebook

and either ``source.ipynb`` and ``submission.ipynb``, or a recipe for the notebook of two questions in
``recipes``:

    [answers]       grade_id of an answer to the learner's source; other answers are right
    [tests]         grade_id of a test to its source, where it is not the usual one
    between         the learner's own cells, after the first test
    generate        a function in ``recipes`` that makes the whole submission
    [[before]]      answers of learners who were graded before by the same grader
    meanwhile       true when these are being graded at the same time
    falls_back      grade_ids of tests that are graded in one process even where split is the rule
    different       true when the notebook of the first of them has to show something else
    shown           texts that the executed notebook has to hold
    never_shown     texts that nothing a learner sees may hold

An answer that looks for a hole says so by a wrong result when it finds one: its score is the proof. A folder
whose row is about another level has ``elsewhere`` (the test that shows it) or ``accepted`` (why nothing does)
and no notebook.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from darsgah_grader.environments import environment_named
from darsgah_grader.types import Assignment, Assurance, Grade, Limits, Master
from tests.grading import recipes

CASES = Path(__file__).parent / "cases"
_CATALOGUE = Path(__file__).parent / "catalogue.toml"

_WAITS = "waits"
_MACHINES_OWN = "sandbox_note"
"""A flag that says how a process ended, which differs between machines."""

Expected = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Case:
    """One case to grade; see the module for what the fields mean."""

    folder: Path
    written: Mapping[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """Name of its folder."""
        return self.folder.name

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows of the catalogue that it shows."""
        return tuple(self.written["rows"])

    @property
    def safe_outside(self) -> bool:
        """Whether its code is harmless without a sandbox, under a time limit."""
        return bool(self.written.get("safe_outside", False))

    @property
    def stored(self) -> bool:
        """Whether the folder holds the notebooks themselves."""
        return (self.folder / "submission.ipynb").exists()

    @property
    def limits(self) -> Limits:
        """The case's limits; small ones, as no case needs more."""
        return Limits(**{**recipes.SMALL_LIMITS, **self.written.get("limits", {})})

    @cached_property
    def assignment(self) -> Assignment:
        """The case's source notebook, named ``nb``, with the case's limits."""
        if self.stored:
            content = (self.folder / "source.ipynb").read_bytes()
        else:
            content = recipes.source(self.written.get("tests", {}))
        environment = environment_named(self.written.get("environment", "python"))
        return Assignment((Master("nb", content),), environment, self.limits)

    @property
    def submission(self) -> bytes:
        """What the learner hands in; large ones are made anew each time."""
        if self.stored:
            return (self.folder / "submission.ipynb").read_bytes()
        if "generate" in self.written:
            return recipes.GENERATED[self.written["generate"]]()
        return recipes.submission(
            self.written["answers"], self.written.get("tests", {}), self.written.get("between", ())
        )

    @property
    def before(self) -> tuple[bytes, ...]:
        """What other learners handed in to the same assignment before, or at the same time."""
        return tuple(
            recipes.submission(answers, self.written.get("tests", {}))
            for answers in self.written.get("before", ())
        )

    @property
    def beside(self) -> Mapping[str, str]:
        """Files that the learner laid beside the notebook."""
        found: Mapping[str, str] = self.written.get("beside", {})
        return found

    @property
    def error(self) -> str | None:
        """The code of the refusal that is due."""
        return self.written.get("error")

    def expected(self, assurance: Assurance = Assurance.SPLIT) -> Expected:
        """Per grade_id what ``case.toml`` demands at that level; nothing where a refusal is due."""
        own = self.written.get("in_process", {}) if assurance is Assurance.IN_PROCESS else {}
        return {**self.written.get("darsgah", {}), **own}

    @property
    def nbgrader(self) -> dict[str, float | None] | str | None:
        """Nbgrader's scores by grade_id, ``"fails"``, or None when the case is not run through it."""
        found = self.written.get("nbgrader")
        return {key: _score(value) for key, value in found.items()} if isinstance(found, dict) else found

    @property
    def deviates(self) -> bool:
        """Whether our scores are meant to differ from nbgrader's; False where nbgrader is not asked."""
        if self.nbgrader is None:
            return False
        ours = {grade_id: _score(cell["score"]) for grade_id, cell in self.expected().items()}
        return ("fails" if self.error else ours) != self.nbgrader

    @property
    def falls_back(self) -> frozenset[str]:
        """The tests that are graded in one process whatever is asked for."""
        return frozenset(self.written.get("falls_back", ()))

    def differences(self, grade: Grade) -> list[str]:
        """What about a grade is not as the case demands at each cell's level, in words; empty when all is."""
        if self.error or grade.error:
            code = grade.error.code if grade.error else None
            return [] if code == self.error else [f"refused with {code}, not {self.error}"]
        split, alone = self.expected(), self.expected(Assurance.IN_PROCESS)
        found = {cell.grade_id: cell for cell in grade.cells}
        wrong = [] if found.keys() == split.keys() else [f"cells {sorted(found)}"]
        for grade_id in sorted(found.keys() & split.keys()):
            cell = found[grade_id]
            wanted = (alone if cell.assurance is Assurance.IN_PROCESS else split)[grade_id]
            flags = sorted(flag.name for flag in cell.flags if flag.name not in wanted.get("may_flag", []))
            verdicts = wanted["verdict"] if isinstance(wanted["verdict"], list) else [wanted["verdict"]]
            if (
                cell.score != _score(wanted["score"])
                or cell.verdict.value not in verdicts
                or flags != sorted(wanted.get("flags", []))
            ):
                wrong.append(f"{grade_id}: {cell.score} {cell.verdict.value} {cell.flags} {cell.message!r}")
        wanted_flags = self.written.get("flags", [])
        flags = [flag.name for flag in grade.flags if flag.name != _MACHINES_OWN]
        if sorted(set(flags)) != sorted(wanted_flags):
            wrong.append(f"flags {grade.flags}")
        return wrong


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A folder without notebooks: ``test`` (``path::name``) shows its rows, or ``accepted`` says why not."""

    name: str
    rows: tuple[int, ...]
    test: str
    accepted: str


def _score(written: float | str) -> float | None:
    return None if written == _WAITS or isinstance(written, str) else written


@dataclass(frozen=True, slots=True)
class Row:
    """One attack or fault of the catalogue, in words, and letters for what comes of it at each level."""

    number: int
    part: str
    what: str
    split: str
    in_process: str


def catalogue() -> list[Row]:
    """Every row of ``catalogue.toml``, in order; the file says what the letters mean."""
    parts = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    return [
        Row(
            int(number),
            part,
            row["what"],
            row.get("outcome", row.get("split")),
            row.get("outcome", row.get("in_process")),
        )
        for part, rows in parts.items()
        for number, row in rows.items()
    ]


def _folders() -> list[tuple[Path, dict[str, Any]]]:
    return [
        (path.parent, tomllib.loads(path.read_text(encoding="utf-8")))
        for path in sorted(CASES.glob("*/case.toml"))
    ]


def all_cases() -> list[Case]:
    """Every case that is graded, by name."""
    return [
        Case(folder, written)
        for folder, written in _folders()
        if not {"elsewhere", "accepted"} & written.keys()
    ]


def shown_elsewhere() -> list[Elsewhere]:
    """The folders of rows that a case cannot show."""
    return [
        Elsewhere(
            folder.name, tuple(written["rows"]), written.get("elsewhere", ""), written.get("accepted", "")
        )
        for folder, written in _folders()
        if {"elsewhere", "accepted"} & written.keys()
    ]
