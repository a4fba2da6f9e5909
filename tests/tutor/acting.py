"""Parts that play a role: trials, models and rephrasers that see and say what a test wants."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from darsgah_tutor.parts import NotRephrasedError, Passage
from darsgah_tutor.types import Check, Diagnosis, Ended, Evidence, Finding, Question, Test

FARE = Question(
    id="fare",
    description="Write `fare(km)`, the fare in rupees: 100 for the first 2 km, 45 for each further one.",
    starter="def fare(km):\n    ...",
    references=("def fare(km):\n    extra = max(0, math.ceil(km - 2))\n    return 100 + 45 * extra",),
    setup="import math",
    tests=(
        Test("test-fare", "assert fare(1) == 100\nassert fare(4) == 190"),
        Test("test-fare", "assert fare(7.25) == 370, 'A started kilometre counts.'", visible=False),
    ),
)
WRONG_FARE = "def fare(km):\n    extra = km - 2\n    return 100 + 45 * extra"
WRONG_CHECKS = (
    Check(
        "test-fare", 1, visible=True, passed=False, source="assert fare(1) == 100", call="fare(1)",
        expected="100", got="55", lines=frozenset({2, 3}),
    ),
    Check(
        "test-fare", 2, visible=True, passed=True, source="assert fare(4) == 190", call="fare(4)",
        expected="190", got="190", lines=frozenset({2, 3}),
    ),
    Check(
        "test-fare", 1, visible=False, passed=False, expected="370", message="A started kilometre counts.",
        lines=frozenset({2, 3}),
    ),
)  # fmt: skip


def wrong_fare(source: str = WRONG_FARE, ended: Ended = Ended.RAN) -> Evidence:
    """What is seen of a fare that forgets that the first kilometres are paid for."""
    return Evidence(source, ended, WRONG_CHECKS if ended is Ended.RAN else ())


@dataclass
class ActedTrials:
    """Sees what it was told to see, of any answer.

    Attributes:
        solves: which programs pass everything; the others pass what the evidence says.
    """

    evidence: Evidence
    solves: Callable[[str], bool] = lambda source: False
    tried: list[str] = field(default_factory=list)

    def observe(self, source: str) -> Evidence:
        """The evidence."""
        return self.evidence

    def passed(
        self, sources: Sequence[str], *, seconds: float, gate: int | None = None
    ) -> list[tuple[bool, ...] | None]:
        """What the evidence says, or everything."""
        assert seconds > 0
        assert gate is None
        self.tried += sources
        checks = self.evidence.checks
        return [tuple(self.solves(source) or bool(check.passed) for check in checks) for source in sources]


@dataclass(frozen=True)
class SureModel:
    """Is sure of one misconception, and hands on whatever slots it likes; ``shares`` are the scores."""

    misconception: str | None
    lines: tuple[int, ...] = (2, 3)
    confidence: float = 0.99
    slots: dict[str, str] = field(default_factory=dict)
    shares: tuple[float, ...] = ()

    def diagnose(self, question: Question, evidence: Evidence, findings: Sequence[Finding]) -> Diagnosis:
        """Always the same."""
        del question, evidence, findings
        scores = self.shares or tuple(1 / len(self.lines) for _ in self.lines)
        return Diagnosis(self.lines, scores, self.misconception, self.confidence, "sure", self.slots)


@dataclass
class Speaker:
    """Says what it was told to say, piece by piece."""

    says: Sequence[str]
    name: str = "speaker"
    heard: list[Passage] = field(default_factory=list)

    def rephrase(self, passage: Passage) -> Iterator[str]:
        """The pieces."""
        self.heard.append(passage)
        yield from self.says


class Speechless:
    """Has no time."""

    name = "speechless"

    def rephrase(self, passage: Passage) -> Iterator[str]:
        """Nothing but the reason."""
        del passage
        raise NotRephrasedError("It had no time.")
