"""Tries the tutor on one wrong answer, beside those that it is measured against."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from darsgah.hinting.evaluation.cases import Case
from darsgah.hinting.trials import SandboxTrials
from darsgah_labs.mutation.mutants import Mutant, mutants
from darsgah_tutor.engine import Study, Tutor, Wish, study, tell
from darsgah_tutor.evaluate import Outcome
from darsgah_tutor.line_differences import nearest, statement_line
from darsgah_tutor.pointing import Pointing
from darsgah_tutor.spectrum import code_lines, ranking
from darsgah_tutor.types import Ended, Evidence, Level, Question

TOP = 3
"""Lines of a ranking that are kept."""
EDIT_SECONDS = 5.0
"""What trying every single edit of one program may take."""
_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class _Truth:
    """What ``Outcome`` says of the answer itself."""

    lines: tuple[int, ...]
    one_edit: bool
    apart: int


def seen(tutor: Tutor, case: Case) -> Outcome | None:
    """What came of one case; None where the answer passes everything, and so is not wrong.

    Raises:
        EnvironmentBroken, SandboxUnavailable: this machine cannot run it.
    """
    began = perf_counter()
    with case.opened() as trials:
        opening = perf_counter() - began
        found = study(tutor, case.question, trials, case.source, lab=case.bank)
        if found.diagnosis is None or not found.diagnosis.lines:
            return None
        hint = tell(tutor, found, Level.WHERE, Wish(threshold=0.0))
        truth = _truth(case, trials)
        repaired = found.repair is not None and trials.observe(found.repair.source).correct
    return Outcome(
        data=case.data,
        task=case.task,
        case=case.name,
        lines=code_lines(case.source),
        truth=truth.lines,
        one_edit=truth.one_edit,
        apart=truth.apart,
        rankings=_rankings(tutor, case, found),
        repair=found.repair.way if found.repair and repaired else "",
        edits=found.repair.edits if found.repair and repaired else 0,
        told=not hint.withheld,
        confidence=hint.confidence,
        line=hint.lines[0],
        misconception=hint.misconception or "",
        believed=case.believed,
        seconds={"opening": opening, **hint.seconds},
    )


def _rankings(tutor: Tutor, case: Case, found: Study) -> dict[str, tuple[int, ...]]:
    """By who ranked: the likeliest lines."""
    evidence, question = found.evidence, case.question
    ranked: dict[str, Sequence[int]] = {
        "spectrum": ranking(evidence),
        "reference": _differing(case, question.references),
        "peers": _differing(case, case.peers),
        "detectors": Pointing().diagnose(question, evidence, found.findings).lines,
        "tutor": found.diagnosis.lines if found.diagnosis else (),
    }
    if not isinstance(tutor.model, Pointing):
        blind = Evidence(case.source, Ended.RAN)
        ranked["model"] = tutor.model.diagnose(question, evidence, found.findings).lines
        ranked["model without evidence"] = tutor.model.diagnose(question, blind, ()).lines
    return {who: tuple(lines[:TOP]) for who, lines in ranked.items()}


def _differing(case: Case, others: Sequence[str]) -> list[int]:
    """Lines unlike the nearest correct program's, from the top; then the others."""
    found = nearest(case.source, others, _fixed_names(case.question))
    if found is None:
        return []
    return [*found.lines, *(line for line in code_lines(case.source) if line not in found.lines)]


def _fixed_names(question: Question) -> frozenset[str]:
    """What setup, starter and tests speak of."""
    sources = (question.setup, question.starter, *(test.source for test in question.tests))
    return frozenset(word for source in sources for word in _NAME.findall(source))


def _truth(case: Case, trials: SandboxTrials) -> _Truth:
    """What is wrong with an answer.

    Every single edit of the mutation operators is tried at every line, suspect or not, so that nobody who
    points is favoured; of those that make all tests pass the smallest counts, or several that are as small.
    Where there is none, it is the lines that the nearest correct program has otherwise.
    """
    if case.truth:
        return _Truth(case.truth, len(case.truth) == 1, len(case.truth))
    mending = _mending(case.source, trials)
    if mending:
        least = min(map(_changed, mending))
        lines = {statement_line(case.source, edit.line) for edit in mending if _changed(edit) == least}
        return _Truth(tuple(sorted(lines)), one_edit=True, apart=1)
    found = nearest(case.source, (*case.question.references, *case.peers), _fixed_names(case.question))
    return _Truth(found.lines, False, found.size) if found else _Truth((), False, 0)


def _mending(source: str, trials: SandboxTrials) -> list[Mutant]:
    try:
        edits = mutants(source, most=None)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    verdicts = trials.passed([edit.source for edit in edits], seconds=EDIT_SECONDS)
    return [edit for edit, passed in zip(edits, verdicts, strict=True) if passed and all(passed)]


def _changed(edit: Mutant) -> int:
    """Characters between what both begin and end with."""
    before, after = edit.before, edit.after
    shorter = min(len(before), len(after))
    begin = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    end = next((at for at in range(shorter - begin) if before[-1 - at] != after[-1 - at]), shorter - begin)
    return max(len(before), len(after)) - begin - end
