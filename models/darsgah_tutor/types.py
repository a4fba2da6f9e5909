"""What the tutor is given and what it answers: frozen values, no behaviour, the standard library alone.

Importing this module costs nothing, so that the web process may speak of hints without loading what makes
them. Lines are counted from 1 in the learner's answer cell. Texts of values are ``repr`` of Python, cut.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol


class Level(IntEnum):
    """How much a hint says; learners go through them in order."""

    EVIDENCE = 0
    WHERE = 1
    QUESTION = 2
    CONCEPT = 3
    EXAMPLE = 4


class Ended(StrEnum):
    """How the run of a learner's answer ended before any test was asked."""

    RAN = "ran"
    SYNTAX = "syntax"
    ERROR = "error"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    DIED = "died"


@dataclass(frozen=True, slots=True)
class Test:
    """One test of a question: Python statements, asserts among them, run after the answer.

    Attributes:
        name: its grade_id, or its number where it has none.
        source: the statements; those of a hidden test are never shown, nor what they contain.
        visible: the learner has it in the notebook.
    """

    __test__ = False  # nothing of pytest's

    name: str
    source: str
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """A task as the tutor sees it.

    Attributes:
        id: unique among the questions of a lab: the grade_id of the answer cell.
        description: what the learner was asked, as Markdown, in English.
        starter: the answer cell as it was given out.
        references: correct answers: the author's first, then the other ones. Never shown.
        setup: code that runs before the answer and is not the learner's.
        tests: in order.
        environment: name of the packages it runs with.
    """

    id: str
    description: str
    starter: str
    references: tuple[str, ...]
    setup: str
    tests: tuple[Test, ...]
    environment: str = "python"


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception as it left the learner's code or the test.

    Attributes:
        line: the last line of the answer that was running; 0 where none of its lines was.
        trace: all lines of the answer on the stack, outermost first.
    """

    name: str
    message: str
    line: int = 0
    trace: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One top-level statement of a test that the answer passed, failed or never reached.

    Attributes:
        test: the test's name; ``line`` is the statement's line in it.
        source: the statement; empty for a hidden test's.
        passed: None where it was not reached.
        call: the expression of the learner's code that was tried, such as ``fare(12)``; empty if hidden.
        expected, got: the two sides where the check compares; ``got`` of a hidden check is empty, and
            ``expected`` of one stays on the trusted side.
        raised: what ended it, other than the comparison itself.
        lines: lines of the answer that ran during the check.
    """

    test: str
    line: int
    visible: bool
    passed: bool | None
    source: str = ""
    call: str = ""
    expected: str = ""
    got: str = ""
    message: str = ""
    raised: Raised | None = None
    lines: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen of an answer in the sandbox.

    Attributes:
        source: the answer.
        ended: how its own run ended; with anything but RAN no check was reached.
        raised: what ended it, a SyntaxError with its line included.
        checks: one for each asserting statement of each test, in order.
    """

    source: str
    ended: Ended
    checks: tuple[Check, ...] = ()
    raised: Raised | None = None
    seconds: float = 0.0

    @property
    def correct(self) -> bool:
        """Everything that is asked was passed."""
        return self.ended is Ended.RAN and all(check.passed for check in self.checks)


class Trials(Protocol):
    """Runs answers to one question in the sandbox; what joins the tutor to the grader gives it."""

    def observe(self, source: str) -> Evidence:
        """One answer with everything that can be seen of it; hidden tests run apart from visible ones."""

    def passed(
        self, sources: Sequence[str], *, seconds: float, gate: int | None = None
    ) -> list[tuple[bool, ...] | None]:
        """For each answer which checks it passes, as many as can be run in so many seconds; then None.

        All programs share a process: good for searching, never for a grade. An answer that fails the check
        numbered ``gate`` may be given up at once, and then counts as failing all of them.
        """


@dataclass(frozen=True, slots=True)
class Finding:
    """A misconception that a detector saw in the answer, with the line and how sure it is (0 to 1).

    ``slots`` fill the places in its hints: ``line``, ``name``, ``input``, ``value`` and what it adds.
    Where it only ``shows`` on its line, in what was returned there, the mistake may stand on another one.
    """

    misconception: str
    line: int
    strength: float
    slots: Mapping[str, str] = field(default_factory=dict)
    shows: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """A correct answer near the learner's, found by search. It labels and gates; it is never shown.

    Attributes:
        source: passes every check.
        lines: the learner's lines that it changes; an insertion counts for the line before which it stands.
        edits: how many edits it is away.
        way: what found it: ``edit``, ``alignment`` or ``peer``; ``replacement`` where little of the learner's
            program is left, so that its lines are a label at most.
    """

    source: str
    lines: tuple[int, ...]
    edits: int
    way: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the model makes of the evidence.

    Attributes:
        lines: all code lines, most suspect first; ``scores`` are theirs and add up to 1.
        misconception: the likeliest, None for "don't know".
        confidence: probability that line and misconception are right, calibrated.
        model: name and version of what said so; ``spectrum`` where no model did.
    """

    lines: tuple[int, ...]
    scores: tuple[float, ...]
    misconception: str | None
    confidence: float
    model: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hint:
    """What the learner is told.

    Attributes:
        text: by language, ``en`` and ``ur``; Markdown.
        lines: suspect lines, likeliest first.
        withheld: the gate let only the evidence through; ``reasons`` say why, for instructors.
    """

    level: Level
    text: Mapping[str, str]
    lines: tuple[int, ...]
    misconception: str | None
    confidence: float
    evidence: Evidence
    model: str
    withheld: bool
    reasons: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
