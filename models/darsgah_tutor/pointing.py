"""Points without a model, by what ran when and what detectors saw; and lets a verified repair point too."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from darsgah_tutor.spectrum import ranking, suspicion
from darsgah_tutor.types import Diagnosis, Evidence, Finding, Question, Repair

FINDING_WEIGHT = 0.5
"""What a detector's finding adds to its line's suspicion, times its strength."""
REPAIR_WEIGHT = 0.5
"""Share of the scores that the lines of a near repair get."""
FEW_EDITS = 3
"""A repair of more edits says little about which line is wrong."""
FAR_WEIGHT = 0.02
"""Share of the scores that its lines get: they decide between lines that are alike otherwise."""
ELSEWHERE = 0.5
"""What is left of the confidence where a near repair changes none of the three likeliest lines."""
ONE_EDIT = 0.7
"""A misconception that is less sure gives way to a verified repair of one edit, which knows a line alone."""
NAMED = 0.5
"""Confidence from which a misconception is named; a surer line is pointed at without one."""
ONE_EDIT_RIGHT = (0.8, 0.88, 0.97)
"""How often the line that a verified repair of one edit changes is wrong, where none, one or both of what
ran when and the model have it first: measured on wrong answers made from the shipped labs with seed 1."""
FEW_EDITS_RIGHT = (0.5, 0.6, 0.7)
"""The same of a repair of two or three edits."""
UNREPAIRED_RIGHT = (0.35, 0.5, 0.65)
"""The same of a line where there is no near repair."""
CONTRADICTED_RIGHT = 0.5
"""The same of a line that was found by looking where a near repair changes another one."""
NEAR = 1
"""An inserted line counts for the one before which it stands, so lines beside each other agree."""
SEEN = 0.4
"""Strength from which a finding is more than a habit that correct answers have too."""
CONFIRMED = 0.5
"""What of the doubt about a finding is left where a near repair changes its very line."""
PLAIN = 0.84
"""Confidence from which a line that was found by looking goes before one that a repair changes elsewhere."""


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


def confirmed(findings: Sequence[Finding], repair: Repair | None) -> tuple[Finding, ...]:
    """Findings, strongest first, in the light of a near and verified repair.

    It makes surer of those on whose very line it works, and says where those may stand that only show.
    """
    if repair is None or not _is_near(repair) or not repair.lines:
        return tuple(findings)
    told = [_in_light_of(one, repair.lines) for one in findings]
    return tuple(sorted(told, key=lambda one: -one.strength))


def _in_light_of(finding: Finding, lines: Sequence[int]) -> Finding:
    if finding.line in lines:
        surer = 1 - CONFIRMED * (1 - finding.strength)
        return replace(finding, strength=surer) if finding.strength >= SEEN else finding
    if finding.shows:
        return replace(finding, line=lines[0], slots={**finding.slots, "line": str(lines[0])})
    return finding


def exception_lines(evidence: Evidence) -> frozenset[int]:
    """Lines of the answer that exceptions left; running out of time is none."""
    raised = [evidence.raised, *(check.raised for check in evidence.checks)]
    return frozenset(one.line for one in raised if one is not None and "Time" not in one.name)


def with_repair(
    diagnosis: Diagnosis,
    repair: Repair | None,
    findings: Sequence[Finding] = (),
    ended: Collection[int] = (),
) -> Diagnosis:
    """Move the lines that a repair changes forward; where nothing spoke for them, be less sure.

    A repair of one edit is believed about its line: a misconception that was seen elsewhere, and not plainly,
    is not named.

    Args:
        findings: what was seen; a misconception that was seen on no line in particular is not doubted for it.
        ended: lines that exceptions left, where a mistake shows, but often is not.
    """
    changed = [line for line in diagnosis.lines if repair is not None and line in repair.lines]
    if repair is None or repair.way == "replacement" or not changed:
        return diagnosis
    if not _is_near(repair):
        return _moved(diagnosis, changed, FAR_WEIGHT)
    moved = _moved(diagnosis, changed, REPAIR_WEIGHT)
    seen = [one for one in findings if one.misconception == diagnosis.misconception]
    named = [one.line for one in seen if one.line]
    looked_at = named or (diagnosis.lines[:3] if not seen else [])
    agree = not looked_at or _meet({*looked_at, *diagnosis.lines[:3]}, repair.lines)
    moved = replace(moved, confidence=diagnosis.confidence * (1.0 if agree else ELSEWHERE))
    plain = [line for line in named if line in moved.lines and line not in ended]
    if plain and diagnosis.confidence >= PLAIN and not _meet(plain, repair.lines[:1]):
        return _first(replace(moved, confidence=diagnosis.confidence * PLAIN), plain[0])
    elsewhere = named and not _meet(named, repair.lines) and diagnosis.confidence < PLAIN
    if repair.edits == 1 and (elsewhere or moved.confidence < ONE_EDIT):
        return _first(_unnamed(moved), changed[0])
    return moved


def weighed(diagnosis: Diagnosis, line: int, repair: Repair | None, firsts: Sequence[int]) -> Diagnosis:
    """How sure it is of its line, which is something else than how sure of its name.

    So far the confidence is the name's: a name that is unsure is left out. That of the line counts on who
    else has it first, and on a repair that the tests verified.

    Args:
        line: the first that would be told.
        firsts: the lines that what ran when and the model have first.
    """
    named = diagnosis if diagnosis.confidence >= NAMED else _unnamed(diagnosis)
    votes = sum(first == line for first in firsts)
    if repair is None:
        return replace(named, confidence=max(diagnosis.confidence, UNREPAIRED_RIGHT[votes]))
    if not _is_near(repair):
        return replace(named, confidence=UNREPAIRED_RIGHT[votes])
    if line not in repair.lines:
        return replace(named, confidence=CONTRADICTED_RIGHT)
    right = ONE_EDIT_RIGHT if repair.edits == 1 else FEW_EDITS_RIGHT
    return replace(named, confidence=right[votes])


def _unnamed(diagnosis: Diagnosis) -> Diagnosis:
    """The same lines without a misconception."""
    return replace(diagnosis, misconception=None, slots={})


def _meet(lines: Collection[int], others: Collection[int]) -> bool:
    return any(abs(line - other) <= NEAR for line in lines for other in others)


def _first(diagnosis: Diagnosis, line: int) -> Diagnosis:
    """The diagnosis with a line in front."""
    place = diagnosis.lines.index(line)
    scores = diagnosis.scores
    scores = (max(scores), *scores[:place], *scores[place + 1 :])
    return replace(
        diagnosis,
        lines=(line, *diagnosis.lines[:place], *diagnosis.lines[place + 1 :]),
        scores=tuple(score / (sum(scores) or 1.0) for score in scores),
    )


def _is_near(repair: Repair) -> bool:
    return repair.edits <= FEW_EDITS and repair.way != "replacement"


def _moved(diagnosis: Diagnosis, changed: Sequence[int], weight: float) -> Diagnosis:
    """The diagnosis with a share of its scores given to some lines."""
    share = weight / len(changed)
    scores = {
        line: (1 - weight) * score + (share if line in changed else 0.0)
        for line, score in zip(diagnosis.lines, diagnosis.scores, strict=True)
    }
    lines = tuple(sorted(scores, key=lambda line: -scores[line]))
    return replace(diagnosis, lines=lines, scores=tuple(scores[line] for line in lines))
