"""What goes into the sandbox and what comes out: plain frozen values, standard library only."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from darsgah_grader.types import Limits, SandboxLevel


class Outcome(StrEnum):
    """How the run of one cell ended, as the trusted side saw it."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"
    NOT_RUN = "not_run"


class Part(StrEnum):
    """What a cell is in the two runs of a submission that is graded split, and in one that tries answers."""

    WHOLE = ""
    ATTEND = "attend"
    SETUP = "setup"
    TEST = "test"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class Control:
    """A statement that has to fail where a test is to be believed.

    Attributes:
        ways: pairs of an expression that reaches what is tried, and the statement; the first open way
            is taken.
        raises: name of the exception that the statement has to end with.
        costly: run after the test alone.
    """

    ways: tuple[tuple[str, str], ...]
    raises: str = "AssertionError"
    costly: bool = False


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something a learner's code did beside its task, as told from inside the sandbox."""

    name: str
    evidence: str


@dataclass(frozen=True, slots=True)
class CellSource:
    """One code cell to run, in order.

    Attributes:
        source: IPython source; magics are allowed and run inside the sandbox.
        graded: the cell is a test: compiled and run through what was captured before any learner code ran,
            in a fork of its own.
        seconds: wall-clock limit of this cell; None takes the limits' ``cell_seconds``.
        lab: a read-only cell of the lab's: run like a test once a learner's code has changed the shell.
        keeps: names of helpers that this cell of the lab's defines.
        needs: names of such helpers that this test uses; they mean what they meant then while it runs.
        controls: what has to fail before and after this test.
        part: which part of a submission that is graded split the cell is; whole for one that is not.
        test: the number of the test, from 1, that is tested or attended.
        reaches: what a test that runs apart may do to the learner's objects; None allows anything and notes
            it.
        trial: what is to be tried, for a cell that is a trial (``guest.trials``).
    """

    source: str
    graded: bool = False
    seconds: float | None = None
    lab: bool = False
    keeps: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    part: Part = Part.WHOLE
    test: int = 0
    reaches: frozenset[str] | None = None
    trial: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """What the names in tests mean that run apart from the learner's code, all from the master.

    Attributes:
        imports: name to the module and the attribute of it (empty for the module itself) that it was given.
        stars: modules all of whose public names were imported.
        own: names that only tests and read-only cells bind: never the learner's.
        answers: names that the answers bind: always the learner's.
        shared: names that a test which binds them binds for the learner's code too.
    """

    imports: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    stars: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    answers: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Job:
    """One notebook to run: cells, data files and limits. Nothing in it names a learner.

    ``naming`` is for a run of tests apart from the learner's code. ``patience`` is how many seconds of cells
    that had to be ended for their time are borne; then no further cell is run.
    """

    cells: Sequence[CellSource]
    files: Mapping[str, bytes] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    naming: Naming | None = None
    patience: float = math.inf


@dataclass(frozen=True, slots=True)
class CellRun:
    """What became of one cell; ``outputs`` are nbformat v4 outputs, capped in bytes, count and MIME type.

    Attributes:
        partial: the value of the cell's last expression when it is exactly an int, a float or None after
            passing through JSON; anything else arrives as ``UNUSABLE``.
        has_result: the cell ended in an expression whose value was not None.
        error_name, error_value: type and text of the exception that ended the cell.
        error_line: the line of a graded cell, from 1, that was running then; 0 where none is known.
        controls_passed: the controls that did not fail as they had to, each with what it did instead.
        oddities: what the learner's code was seen to do beside its task.
        reaches: what a test did to the learner's objects, where that was noted.
        seen: what a trial told, unchecked JSON; None for any other cell.
    """

    outcome: Outcome
    outputs: tuple[dict[str, Any], ...] = ()
    partial: int | float | str | None = None
    has_result: bool = False
    error_name: str = ""
    error_value: str = ""
    error_line: int = 0
    seconds: float = 0.0
    controls_passed: tuple[str, ...] = ()
    oddities: tuple[Oddity, ...] = ()
    reaches: frozenset[str] = frozenset()
    seen: Any = None


NOTE_OF_CELL, NOTE_OF_DATA = "cell ", "data file "
"""How a note begins that is about one cell, or a data file that was changed; any other is about the run."""

UNUSABLE = "unusable"
"""Stands in ``CellRun.partial`` for a result that is not exactly a finite int or float."""


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a job: one CellRun per CellSource, always, in the same order.

    Attributes:
        notes: for instructors; how one begins says what it is about, as above.
        disturbed: a process was killed each time that the job was run.
        starved: the kernel killed it because the machine's memory was at an end, not the run's own.
    """

    cells: tuple[CellRun, ...]
    level: SandboxLevel
    seconds: float
    notes: tuple[str, ...] = ()
    disturbed: bool = False
    starved: bool = False
