"""Points without a model, by what ran when and what detectors saw; and lets a verified repair point too."""

from collections.abc import Sequence
from dataclasses import replace

from darsgah_tutor.spectrum import ranking, suspicion
from darsgah_tutor.types import Diagnosis, Evidence, Finding, Question, Repair

FINDING_WEIGHT = 0.5
"""What a detector's finding adds to its line's suspicion, times its strength."""
REPAIR_WEIGHT = 0.5
"""Share of the scores that the lines of a near repair get."""
FEW_EDITS = 3
"""A repair of more edits says little about which line is wrong."""
ELSEWHERE = 0.5
"""What is left of the confidence where a near repair changes none of the three likeliest lines."""
ONE_EDIT = 0.7
"""Confidence in the line that a verified repair of one edit changes; a weaker misconception gives way."""
NEAR = 1
"""An inserted line counts for the one before which it stands, so lines beside each other agree."""


class Pointing:
    """The diagnosis that costs nothing. Its confidence is a detector's strength, and is not calibrated."""

    def diagnose(self, question: Question, evidence: Evidence, findings: Sequence[Finding]) -> Diagnosis:
        """Lines by spectrum, exception and findings; the misconception of the strongest finding."""
        del question  # a model looks at the task, the spectrum does not
        scores = suspicion(evidence)
        for finding in findings:
            if finding.line in scores:
                scores[finding.line] += FINDING_WEIGHT * finding.strength
        order = {line: place for place, line in enumerate(ranking(evidence))}
        lines = tuple(sorted(scores, key=lambda line: (-scores[line], order[line])))
        total = sum(scores.values()) or 1.0
        strongest = max(findings, key=lambda finding: finding.strength, default=None)
        return Diagnosis(
            lines=lines,
            scores=tuple(scores[line] / total for line in lines),
            misconception=strongest.misconception if strongest else None,
            confidence=strongest.strength if strongest else 0.0,
            model="spectrum",
            slots=strongest.slots if strongest else {},
        )


def with_repair(diagnosis: Diagnosis, repair: Repair | None) -> Diagnosis:
    """Move the lines that a near repair changes forward; where nothing spoke for them, be less sure."""
    if repair is None or repair.edits > FEW_EDITS or repair.way == "replacement":
        return diagnosis
    changed = [line for line in diagnosis.lines if line in repair.lines]
    if not changed:
        return diagnosis
    share = REPAIR_WEIGHT / len(changed)
    scores = {
        line: (1 - REPAIR_WEIGHT) * score + (share if line in changed else 0.0)
        for line, score in zip(diagnosis.lines, diagnosis.scores, strict=True)
    }
    lines = tuple(sorted(scores, key=lambda line: -scores[line]))
    agree = any(abs(line - other) <= NEAR for line in diagnosis.lines[:3] for other in repair.lines)
    moved = replace(
        diagnosis,
        lines=lines,
        scores=tuple(scores[line] for line in lines),
        confidence=diagnosis.confidence * (1.0 if agree else ELSEWHERE),
    )
    if repair.edits == 1 and moved.confidence < ONE_EDIT:
        return replace(moved, misconception=None, confidence=ONE_EDIT, slots={})
    return moved
