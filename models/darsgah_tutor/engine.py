"""The tutor as one flow: evidence, detectors, repair, model, words, rephrasing, gate.

    study   what is the matter with this answer: everything that is found out, nothing that is told
    tell    a hint of one level about a study: words, perhaps another's words for them, and the gate
    hint    both

Which parts take part is the ``Tutor``'s; they know nothing of each other, and any of them may be another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter

from darsgah_tutor.bare_code import bare_code
from darsgah_tutor.constructs import telling_construct, text_of
from darsgah_tutor.detectors import parse
from darsgah_tutor.directions import as_shown
from darsgah_tutor.evidence_text import evidence_text, told_evidence
from darsgah_tutor.gate import Gate
from darsgah_tutor.leaks import Secrets, secrets_of
from darsgah_tutor.misconceptions import Bank, general_bank
from darsgah_tutor.parts import Detector, Model, NotRephrasedError, Passage, Repairer, Rephraser
from darsgah_tutor.phrases import fill, joined, say
from darsgah_tutor.pointing import Pointing, confirmed, exception_lines, weighed, with_repair
from darsgah_tutor.realiser import realise
from darsgah_tutor.requests import Request, judge, judge_answer
from darsgah_tutor.signs import authored_findings
from darsgah_tutor.spectrum import ranking
from darsgah_tutor.types import Diagnosis, Evidence, Finding, Hint, Level, Question, Repair, Trials

THRESHOLD = 0.5
"""Least confidence with which a diagnosis is told where a lab has no threshold of its own."""
SURE = 0.8
"""Strength from which a misconception that a lab's author describes goes before the model's."""
SHORTEST = 0.3
"""Seconds that the search for a repair gets where running the answer took all of the time."""
NO_REFERENCE = "the lab has no correct answer to this question, so no repair was looked for"
"""Told to instructors: without one the tutor knows less."""
MEANT, ALIKE = 2, 0.75
"""Lines that "near line" may mean; where the next has this share of the first's score, it means nothing."""
_SENTENCE_ENDS = (".", "?", "!", "\u06d4", "\u061f", "\n")

Hear = Callable[[str, str], None]
"""Is told a language and the text so far, each time more of it has passed the gate."""


@dataclass(frozen=True, slots=True)
class Tutor:
    """The parts, each exchangeable.

    Attributes:
        bank: the general bank of hints, for misconceptions that a lab has no words for.
        model: without one of its own the tutor points by what ran when.
        repairer: None searches for no repair; the diagnosis is then not held against one.
        rephraser: None leaves every hint in its author's words.
        repair_seconds: what the search may take.
        seconds: what running the answer and the search may take together, so that nobody waits long.
    """

    bank: Bank = field(default_factory=general_bank)
    detectors: Sequence[Detector] = ()
    model: Model = field(default_factory=Pointing)
    repairer: Repairer | None = None
    rephraser: Rephraser | None = None
    repair_seconds: float = 1.2
    seconds: float = 1.5


@dataclass(frozen=True, slots=True)
class Study:
    """Everything that was found out about one answer; hidden parts included, so it is never shown whole.

    Attributes:
        bank: the lab's own hints and the general ones.
        secrets: what no hint may tell.
        diagnosis: None for a correct answer.
        seconds: by part: ``sandbox``, ``detectors``, ``repair``, ``model``.
    """

    question: Question
    trials: Trials
    bank: Bank
    evidence: Evidence
    secrets: Secrets
    findings: tuple[Finding, ...] = ()
    repair: Repair | None = None
    diagnosis: Diagnosis | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a hint besides its level.

    Attributes:
        threshold: the lab's calibrated one.
        language: the one that a rephraser is asked for; the hint has both.
        words: what the learner wrote to the tutor: a question, a line of reflection.
        hear: is told the text as it comes, where a rephraser streams; what is returned is what counts.
    """

    threshold: float = THRESHOLD
    language: str = "en"
    words: str = ""
    hear: Hear | None = None


def hint(
    tutor: Tutor,
    question: Question,
    trials: Trials,
    source: str,
    level: Level,
    *,
    lab: Bank | None = None,
    wish: Wish | None = None,
) -> Hint:
    """What the tutor says about an answer cell as it stands; ``lab`` has the hints of the lab's authors."""
    return tell(tutor, study(tutor, question, trials, source, lab=lab), level, wish)


def study(tutor: Tutor, question: Question, trials: Trials, source: str, *, lab: Bank | None = None) -> Study:
    """Run the answer and find out what is the matter with it; the levels of a hint share one study."""
    lab = lab or {}
    seconds: dict[str, float] = {}
    with _timed(seconds, "sandbox"):
        evidence = trials.observe(source)
    secrets = secrets_of(question, evidence, None)
    found = Study(question, trials, {**tutor.bank, **lab}, evidence, secrets, seconds=seconds)
    if evidence.correct:
        return found
    with _timed(seconds, "detectors"):
        findings = _findings(tutor, question, evidence, lab)
    with _timed(seconds, "repair"):
        left = tutor.seconds - seconds["sandbox"]
        repair = _repair(tutor, question, evidence, trials, max(SHORTEST, min(left, tutor.repair_seconds)))
    findings = confirmed(findings, repair)
    with _timed(seconds, "model"):
        thought = tutor.model.diagnose(question, evidence, findings)
    diagnosis = with_repair(
        _authored_first(thought, findings, lab), repair, findings, exception_lines(evidence)
    )
    secrets = secrets_of(question, evidence, repair)
    found = replace(found, secrets=secrets, findings=findings, repair=repair)
    firsts = [*ranking(evidence)[:1], *thought.lines[:1]]
    line = next(iter(_lines(found, diagnosis)), 0)
    return replace(found, diagnosis=weighed(diagnosis, line, repair, firsts))


def tell(tutor: Tutor, found: Study, level: Level, wish: Wish | None = None) -> Hint:
    """The hint of one level; where the gate holds it back, the evidence alone, with the reasons.

    Suspect lines and misconception are in the hint whatever its level: what shows it keeps them back below
    level 1 and where it is withheld.
    """
    wish = wish or Wish()
    if found.diagnosis is None:
        return _correct(found, level)
    seconds = dict(found.seconds)
    facts = evidence_text(found.question, found.evidence)
    gate = Gate(found.evidence, found.diagnosis, found.secrets, found.trials, wish.threshold)
    with _timed(seconds, "gate"):
        authored, reasons = (None, []) if level is Level.EVIDENCE else _authored(gate, found, level)
    if not found.question.references:
        reasons.append(NO_REFERENCE)
    text, model = authored or facts, found.diagnosis.model
    asked = judge(wish.words).request
    withheld = authored is None and level is not Level.EVIDENCE
    if tutor.rephraser is not None and authored is not None:
        with _timed(seconds, "rephrasing"):
            said, doubt = _rephrased(tutor.rephraser, gate, _passage(found, level, wish, text, facts), wish)
        if doubt:
            reasons.append(f"rephrasing: {doubt}")
        else:
            text, model = {**text, wish.language: said}, f"{model}, {tutor.rephraser.name}"
    return Hint(
        level=level,
        text=text if asked is Request.HELP else joined(say(asked.value), text, by="\n\n"),
        lines=_lines(found, found.diagnosis),
        misconception=found.diagnosis.misconception,
        confidence=found.diagnosis.confidence,
        evidence=told_evidence(found.question, found.evidence),
        model=model,
        withheld=withheld,
        reasons=tuple(reasons),
        seconds=seconds,
    )


def _findings(tutor: Tutor, question: Question, evidence: Evidence, lab: Bank) -> tuple[Finding, ...]:
    """What the lab's signs and the detectors see, strongest first."""
    tree = parse(evidence.source)
    found = authored_findings(lab, question, evidence)
    found += [finding for detector in tutor.detectors for finding in detector(tree, evidence, question)]
    return tuple(sorted(found, key=lambda finding: -finding.strength))


def _repair(
    tutor: Tutor, question: Question, evidence: Evidence, trials: Trials, seconds: float
) -> Repair | None:
    if tutor.repairer is None or not question.references:
        return None
    return tutor.repairer(question, evidence, trials, seconds=seconds)


def _authored_first(diagnosis: Diagnosis, findings: Sequence[Finding], lab: Bank) -> Diagnosis:
    """A misconception that the lab's author describes, plainly seen, goes before what the model thinks."""
    seen = next((one for one in findings if one.misconception in lab), None)
    if seen is None or seen.strength < max(SURE, *(one.strength for one in findings)):
        return diagnosis
    lines, scores = diagnosis.lines, diagnosis.scores
    if seen.line in lines:
        place = lines.index(seen.line)
        lines = (seen.line, *lines[:place], *lines[place + 1 :])
        scores = (max(scores), *scores[:place], *scores[place + 1 :])
    return replace(
        diagnosis,
        lines=lines,
        scores=tuple(score / (sum(scores) or 1.0) for score in scores),
        misconception=seen.misconception,
        confidence=max(diagnosis.confidence, seen.strength),
        slots={**diagnosis.slots, **seen.slots},
    )


def _authored(gate: Gate, found: Study, level: Level) -> tuple[Mapping[str, str] | None, list[str]]:
    """The words that somebody wrote and the gate lets pass, and why it held others back.

    An example that is too near the solution gives way to the one that the construct of its line has.
    """
    reasons = gate.doubts()
    if reasons:
        return None, reasons
    diagnosis = gate.diagnosis
    entry = found.bank.get(diagnosis.misconception) if diagnosis.misconception else None
    for one in (entry, None) if entry is not None and level is Level.EXAMPLE else (entry,):
        slots = _slots(found, diagnosis)
        placed = "line" in slots or _stands_out(diagnosis)
        realised = realise(level, found.evidence, diagnosis.lines, one, slots, placed=placed)
        faults = ["no words for it"] if realised is None else gate.faults(level, realised)
        if realised is not None and not faults:
            return realised.text, reasons
        reasons += faults
    return None, reasons


def _lines(found: Study, diagnosis: Diagnosis) -> tuple[int, ...]:
    """The suspect lines, that one first of which the misconception's words speak."""
    spoken = _slots(found, diagnosis).get("line", "")
    first = [int(spoken)] if spoken.isdecimal() and int(spoken) in diagnosis.lines else []
    return (*first, *(line for line in diagnosis.lines if line not in first))


def _stands_out(diagnosis: Diagnosis) -> bool:
    """Whether one or two lines are more suspect than the others."""
    return len(diagnosis.scores) <= MEANT or diagnosis.scores[MEANT] < ALIKE * diagnosis.scores[0]


def _slots(found: Study, diagnosis: Diagnosis) -> Mapping[str, str]:
    """What fills the places: from the diagnosis, and from the detector that saw the same."""
    seen = next((one for one in found.findings if one.misconception == diagnosis.misconception), None)
    if seen is None:
        return diagnosis.slots
    line = {"line": str(seen.line)} if seen.line else {}
    return {**seen.slots, **diagnosis.slots, **line}


def _rephrased(rephraser: Rephraser, gate: Gate, passage: Passage, wish: Wish) -> tuple[str, str]:
    """Another's words for an authored hint, or why they are not used; what is heard has passed the gate."""
    asked = {judge(passage.words).request, judge_answer(gate.evidence.source).request}
    if asked != {Request.HELP}:
        return "", "the learner's words are no request for help"
    heard = said = ""
    try:
        for piece in rephraser.rephrase(passage):
            heard += piece
            if not heard.rstrip(" ").endswith(_SENTENCE_ENDS):
                continue
            said = as_shown(heard, wish.language)
            faults = gate.rephrasing_faults(passage, said)
            if faults:
                return "", faults[0]
            if wish.hear is not None:
                wish.hear(wish.language, said)
    except NotRephrasedError as error:
        return "", str(error)
    said = as_shown(heard, wish.language)
    faults = gate.rephrasing_faults(passage, said) if said.strip() else ["nothing was said"]
    return said.strip(), faults[0] if faults else ""


def _passage(
    found: Study, level: Level, wish: Wish, text: Mapping[str, str], facts: Mapping[str, str]
) -> Passage:
    diagnosis = found.diagnosis
    return Passage(
        level=level,
        language=wish.language,
        authored=text[wish.language],
        facts=facts[wish.language],
        description=found.question.description,
        code=bare_code(found.evidence.source),
        lines=diagnosis.lines[:3] if diagnosis else (),
        misconception=diagnosis.misconception if diagnosis else None,
        words=wish.words,
    )


def _correct(found: Study, level: Level) -> Hint:
    """Says so, and asks about the construct that tells most about the answer."""
    text = say("correct") if found.evidence.checks else say("unseen")
    construct = telling_construct(found.evidence.source)
    if construct is not None and found.evidence.checks:
        name, line = construct
        asked = text_of(name, "ask")
        question = {language: fill(words, {"line": line}, language) for language, words in asked.items()}
        text = joined(text, joined(say("correct-offer"), question), by="\n\n")
    return Hint(
        level=level,
        text=text,
        lines=(),
        misconception=None,
        confidence=1.0,
        evidence=told_evidence(found.question, found.evidence),
        model="tests",
        withheld=False,
        seconds=found.seconds,
    )


@contextmanager
def _timed(seconds: dict[str, float], part: str) -> Iterator[None]:
    began = perf_counter()
    try:
        yield
    finally:
        seconds[part] = perf_counter() - began
