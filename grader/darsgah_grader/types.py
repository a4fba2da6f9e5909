"""What the grader shows the rest of the world: frozen values, no behaviour beyond arithmetic.

Importing this module costs nothing and pulls in nothing outside the standard library, so that the web
process may speak of grades without ever loading what makes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Assurance(StrEnum):
    """How far a score can be trusted; GRADING in the documentation says what each level promises."""

    IN_PROCESS = "in-process"
    SPLIT = "split"


class SandboxLevel(StrEnum):
    """What stands between a learner's code and the machine, best first."""

    NAMESPACES = "namespaces"
    REDUCED = "reduced"
    NONE = "none"


class Verdict(StrEnum):
    """What the trusted side concluded about one graded cell."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"
    NOT_RUN = "not_run"
    MISSING = "missing"
    UNCHANGED = "unchanged"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use. Seconds are wall-clock, sizes are bytes."""

    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    memory_bytes: int = 1024 * 1024 * 1024
    work_bytes: int = 64 * 1024 * 1024
    work_inodes: int = 4096
    file_bytes: int = 64 * 1024 * 1024
    processes: int = 64
    open_files: int = 256
    output_bytes: int = 256 * 1024
    output_count: int = 200
    submission_bytes: int = 20 * 1024 * 1024
    cells: int = 2000


@dataclass(frozen=True, slots=True)
class Environment:
    """A set of packages that labs run in; one warm process serves each.

    Attributes:
        name: the name a lab asks for, for example ``python`` or ``data``.
        preload: the modules imported once, before any learner's code, in the warm process.
        platform: the platform's own distributions that are shown in it, with all that they need.
        python: the interpreter of its own virtual environment; empty for the platform's interpreter.
        late: modules that notebooks import later than the warm process: tried where it is examined.
    """

    name: str
    preload: tuple[str, ...] = ()
    platform: tuple[str, ...] = ("ipython",)
    python: str = ""
    late: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A named reason why a human should look at a grade, with its evidence. Never shown to the learner."""

    name: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Master:
    """One source notebook of an assignment: as its author wrote it, hidden tests and solutions included."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that grading needs to know of a lab.

    Attributes:
        masters: the source notebooks, in order; names carry no ``.ipynb``.
        environment: what the notebooks run in.
        limits: what one submission may use.
        files: data files beside the notebooks, by relative path, read-only for the learner's code.
    """

    masters: tuple[Master, ...]
    environment: Environment
    limits: Limits = field(default_factory=Limits)
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellGrade:
    """The grade of one graded cell.

    Attributes:
        notebook: name of the notebook, without ``.ipynb``.
        grade_id: nbgrader's identifier of the cell, unique in its notebook.
        title: what the learner is told the cell is about.
        kind: ``autograded``, ``manual`` (an answer a human marks) or ``task``.
        score: points given; None while the cell waits for a human.
        max_score: points the cell can give.
        hidden: the cell's source holds hidden tests: its outputs and its source are for instructors alone.
        message: what the learner may read about a failure; empty when there is nothing to say.
        flags: reasons for a human to look, for instructors alone.
        assurance: how far this cell's score can be trusted; None where no test was run for it.
    """

    notebook: str
    grade_id: str
    title: str
    kind: str
    score: float | None
    max_score: float
    verdict: Verdict
    hidden: bool = False
    message: str = ""
    flags: tuple[Flag, ...] = ()
    assurance: Assurance | None = None


@dataclass(frozen=True, slots=True)
class GradeError:
    """Why a submission got no grade: a stable code and a sentence for the learner that says what to do."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Grade:
    """The outcome of grading one submission.

    Attributes:
        score: points given so far; cells that wait for a human count 0 here. None when rejected.
        max_score: points the assignment can give.
        assurance: the least that can be said of all its cells: split when every test was.
        sandbox: the level the code ran under.
        cells: one entry a graded cell, in the master's order.
        executed: the executed notebooks by name, as nbformat JSON bytes, hidden tests and their outputs
            included: for instructors. What a learner may see is made from it by ``feedback``.
        error: set when the submission was rejected, and then there are no cells.
        seconds: wall-clock seconds of the whole grading.
        code_seconds: seconds of these spent running the notebook's own code.
    """

    score: float | None
    max_score: float
    assurance: Assurance
    sandbox: SandboxLevel
    cells: tuple[CellGrade, ...] = ()
    executed: Mapping[str, bytes] = field(default_factory=dict)
    flags: tuple[Flag, ...] = ()
    error: GradeError | None = None
    seconds: float = 0.0
    code_seconds: float = 0.0

    @property
    def waits_for_human(self) -> bool:
        """Whether at least one cell has no score yet."""
        return any(cell.score is None for cell in self.cells)


class GraderError(Exception):
    """Base of everything the grader raises on purpose; the message is for people."""


class SubmissionRejected(GraderError):  # noqa: N818 - a refusal, not a fault
    """What was handed in cannot be graded; ``code`` is stable, the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class AssignmentInvalid(GraderError):  # noqa: N818 - says what is wrong
    """The lab itself is at fault: its author has to mend it."""


class SandboxUnavailable(GraderError):  # noqa: N818 - says what is wrong
    """No level of isolation that may run untrusted code can be reached on this machine."""


class EnvironmentBroken(GraderError):  # noqa: N818 - says what is wrong
    """A lab environment's warm process does not start; the message carries what it said."""
