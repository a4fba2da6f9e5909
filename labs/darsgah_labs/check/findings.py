"""Where the checks write down what they find."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from darsgah_labs.check.report import Part, PartReport, Problem


@dataclass(slots=True)
class Findings:
    """Problems and warnings of a check that is under way, and how each of its parts ended."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    parts: list[PartReport] = field(default_factory=list)

    def problem(self, part: Part, code: str, message: str) -> None:
        """Something that keeps the lab from being published; the same thing is told once."""
        if (found := Problem(code, message, part)) not in self.problems:
            self.problems.append(found)

    def warning(self, part: Part, code: str, message: str) -> None:
        """Something for the author to look at."""
        if (found := Problem(code, message, part)) not in self.warnings:
            self.warnings.append(found)

    def of(self, part: Part) -> list[Problem]:
        """The problems of one part."""
        return [problem for problem in self.problems if problem.part is part]

    def conclude(self, part: Part, summary: str, *, ran: bool = True) -> None:
        """Say how a part ended, now that all its problems are known; without them ``summary`` is told."""
        found = self.of(part)
        if found:
            more = f", and {len(found) - 1} more" if len(found) > 1 else ""
            self.parts.append(PartReport(part, ok=False, summary=f"{found[0].message}{more}"))
        else:
            self.parts.append(PartReport(part, ok=True if ran else None, summary=summary))


def listed(names: Iterable[str], most: int = 6) -> str:
    """Names in a sentence, the first few of many."""
    shown = list(dict.fromkeys(names))
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")
