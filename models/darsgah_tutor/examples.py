"""Training examples: wrong programs, what was seen of them, the lines to blame, what was believed.

A wrong program is a correct one of a task, the author's or another spelling of it, with one to three
mutations or mistakes, each of which fails by itself. Beside them stand programs of which nobody could say
which line is wrong: answers to another task. What was seen is kept in a file, so that training needs no
sandbox.
"""

import ast
import difflib
import gzip
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from random import Random

import msgspec

from darsgah_tutor.detectors import detect, parse
from darsgah_tutor.mistakes import mistakes
from darsgah_tutor.repair.variants import variants
from darsgah_tutor.spectrum import code_lines
from darsgah_tutor.types import Evidence, Finding, Question, Trials

SPELLINGS = 3
"""Other spellings of each reference that are spoilt too."""
TRIED = 24
"""Wrong programs of each spelling that are run to see which fail."""
SECONDS = 20.0
"""For each such run."""
_STRANGERS = 0.1
"""Share of programs that answer another task."""
_DEPTHS = (1, 1, 1, 1, 2, 2, 2, 3, 3)
"""How many mistakes a wrong program has; one is as likely as another."""
_OF_A_KIND = {"forgotten statement": 3, "forgotten case": 2, "out of block": 2, "swapped statements": 2}
"""How many mistakes of a kind are drawn from one program; of others one."""
_SEEN = 0.6
"""Strength from which a detector's finding on a changed line says what was believed."""

Mutate = Callable[[str], Sequence[tuple[str, str]]]
"""The mutants of a program: a name that is the same wherever the changed line stands, and the source."""


@dataclass(frozen=True, slots=True)
class Example:
    """One wrong program.

    Attributes:
        group: what is held out as a whole: a lab, a problem.
        lines: code lines to blame; empty where nobody could say.
        misconception: of the general bank; empty where none is known.
    """

    group: str
    description: str
    evidence: Evidence
    findings: tuple[Finding, ...]
    lines: tuple[int, ...]
    misconception: str


class Part(StrEnum):
    """What the examples of a task are for."""

    TRAINING = "training"
    CALIBRATION = "calibration"
    HELD_OUT = "held out"


class ExamplesUnreadableError(Exception):
    """A file of examples cannot be read; says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A wrong program: its mistake by a name that it has elsewhere too, and what sort of mistake it is.

    Attributes:
        kind: empty for a mutant.
    """

    key: str
    source: str
    misconception: str = ""
    kind: str = ""


def part_of(group: str) -> Part:
    """Of ten tasks eight train, one calibrates, one is held out: always the same, by the task's name."""
    place = int(hashlib.sha256(group.encode()).hexdigest(), 16) % 10
    return {0: Part.HELD_OUT, 1: Part.CALIBRATION}.get(place, Part.TRAINING)


def examples_of(
    group: str,
    question: Question,
    trials: Trials,
    mutate: Mutate,
    strangers: Sequence[str],
    *,
    most: int,
    seed: int,
) -> Iterator[Example]:
    """At most so many examples of one question; the same ones for the same seed, as far as time limits allow.

    Args:
        mutate: makes mutants of a correct program.
        strangers: correct answers to other tasks.
    """
    random = Random(f"{seed} {question.id}")  # noqa: S311 - a draw that is to be repeated, no secret
    few = min(max(1, round(most * _STRANGERS)), len(strangers))
    seen: set[str] = set()
    for wrong in _renamed(question, random.sample(strangers, few)):
        evidence = trials.observe(wrong.source)
        if not evidence.correct and evidence.checks:
            seen.add(wrong.source)
            yield _example(group, question, evidence, wrong, None)
    for wrong, correct in _wrong_programs(question, trials, mutate, random):
        if len(seen) >= most:
            return
        if wrong.source in seen:
            continue
        evidence = trials.observe(wrong.source)
        if not evidence.correct and evidence.checks:
            seen.add(wrong.source)
            yield _example(group, question, evidence, wrong, correct)


def write_examples(file: Path, examples: Iterable[Example]) -> int:
    """Write a compressed file, a line of JSON for each example; says how many."""
    encoder, count = msgspec.json.Encoder(), 0
    with (
        file.open("wb") as written,
        gzip.GzipFile(filename="", fileobj=written, mode="wb", mtime=0) as opened,
    ):
        for example in examples:
            opened.write(encoder.encode(example) + b"\n")
            count += 1
    return count


def read_examples(file: Path) -> list[Example]:
    """The examples of such a file.

    Raises:
        ExamplesUnreadableError: it is missing, cut short or something else.
    """
    decoder = msgspec.json.Decoder(Example)
    try:
        with gzip.open(file) as opened:
            return [decoder.decode(line) for line in opened]
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise ExamplesUnreadableError(
            f"The examples in {file} cannot be read ({error}): remove the file, and they are made again."
        ) from error


def blamed_lines(correct: str, wrong: str) -> tuple[int, ...]:
    """The code lines of a wrong program that differ from the correct one.

    For lines that are missing it is the one before which they belong, or the last.
    """
    lines = code_lines(wrong)
    if not lines:
        return ()
    changed: set[int] = set()
    matcher = difflib.SequenceMatcher(None, correct.split("\n"), wrong.split("\n"), autojunk=False)
    for tag, _, _, start, end in matcher.get_opcodes():
        if tag == "equal":
            continue
        for number in range(start + 1, max(end, start + 1) + 1):
            after = next((line for line in lines if line >= number), lines[-1])
            before = next((line for line in reversed(lines) if line <= number), lines[0])
            changed.add(after if tag == "delete" else before)
    return tuple(sorted(changed))


def _example(
    group: str, question: Question, evidence: Evidence, wrong: _Wrong, correct: str | None
) -> Example:
    findings = tuple(detect(parse(evidence.source), evidence, question))
    lines = blamed_lines(correct, wrong.source) if correct is not None else ()
    seen = next((one for one in findings if one.strength >= _SEEN and one.line in lines), None)
    believed = wrong.misconception or (seen.misconception if seen else "")
    return Example(group, question.description, evidence, findings, lines, believed if lines else "")


def _wrong_programs(
    question: Question, trials: Trials, mutate: Mutate, random: Random
) -> Iterator[tuple[_Wrong, str]]:
    """Wrong programs, each with the correct one that it comes from, in random order."""
    failing: list[tuple[_Wrong, str]] = []
    keys: dict[str, set[str]] = {}
    for correct in _spellings(question, trials, random):
        singles = _spoilt(correct, mutate)
        found = _failing(trials, _drawn(singles, random))
        keys[correct] = {wrong.key for wrong in found}
        failing += [(wrong, correct) for wrong in found]
    random.shuffle(failing)
    for wrong, correct in failing:
        yield _composed(wrong, random.choice(_DEPTHS), mutate, keys[correct], random), correct


def _spellings(question: Question, trials: Trials, random: Random) -> list[str]:
    """The references and other programs that do the same, as ``ast.unparse`` writes them."""
    chosen: dict[str, None] = {}
    for reference in question.references:
        try:
            same = [ast.unparse(tree) for tree in variants(reference)]
        except (SyntaxError, ValueError, RecursionError):
            continue  # written for IPython alone
        chosen |= dict.fromkeys([same[0], *random.sample(same[1:], min(SPELLINGS, len(same) - 1))])
    spellings = list(chosen)
    passed = trials.passed(spellings, seconds=SECONDS)
    return [source for source, one in zip(spellings, passed, strict=True) if one and all(one)]


def _spoilt(source: str, mutate: Mutate) -> list[_Wrong]:
    """All programs with one mistake, those left out that nobody would write."""
    named = [
        _Wrong(f"{one.kind} {_difference(source, one.source)}", one.source, one.misconception, one.kind)
        for one in mistakes(source)
    ]
    slips = [_Wrong(key, text) for key, changed in mutate(source) if (text := _as_written(changed))]
    return slips + named


def _drawn(singles: Sequence[_Wrong], random: Random) -> list[_Wrong]:
    """As many slips as mistakes, and of each kind of mistake few."""
    slips = [wrong for wrong in singles if not wrong.kind]
    drawn = random.sample(slips, min(TRIED // 2, len(slips)))
    mistaken = random.sample([wrong for wrong in singles if wrong.kind], len(singles) - len(slips))
    count: Counter[str] = Counter()
    for wrong in mistaken:
        count[wrong.kind] += 1
        if count[wrong.kind] <= _OF_A_KIND.get(wrong.kind, 1) and len(drawn) < TRIED:
            drawn.append(wrong)
    return drawn


def _composed(wrong: _Wrong, depth: int, mutate: Mutate, keys: set[str], random: Random) -> _Wrong:
    """The program with more mistakes of those that fail by themselves."""
    for _ in range(depth - 1):
        if parse(wrong.source) is None:
            return wrong
        others = [one for one in _spoilt(wrong.source, mutate) if one.key in keys and one.key != wrong.key]
        if not others:
            return wrong
        other = random.choice(others)
        wrong = replace(other, misconception=wrong.misconception or other.misconception)
    return wrong


def _failing(trials: Trials, programs: Sequence[_Wrong]) -> list[_Wrong]:
    sources = [wrong.source for wrong in programs]
    passed = trials.passed(sources, seconds=SECONDS)
    return [wrong for wrong, one in zip(programs, passed, strict=True) if one is not None and not all(one)]


def _as_written(mutant: str) -> str:
    """A mutant as a person would have written it, or nothing if nobody would.

    A model must not learn what only mutation writes: ``pass`` for a statement left out, conditions that are
    constants or denied as a whole.
    """
    tree = parse(mutant)
    if tree is None:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.IfExp) and _is_artificial(node.test):
            return ""
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and any(isinstance(one, ast.Pass) for one in block):
                block[:] = [one for one in block if not isinstance(one, ast.Pass)]
                if not block and name == "body":
                    return ""
    return ast.unparse(tree)


def _is_artificial(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return True
    return (
        isinstance(test, ast.UnaryOp)
        and isinstance(test.op, ast.Not)
        and isinstance(test.operand, ast.Compare)
    )


def _difference(correct: str, wrong: str) -> str:
    """The lines that differ, which is the same wherever in the program they stand."""
    differing = difflib.unified_diff(correct.split("\n"), wrong.split("\n"), n=0, lineterm="")
    return "\n".join(line for line in differing if not line.startswith("@"))


def _renamed(question: Question, strangers: Sequence[str]) -> Iterator[_Wrong]:
    """Answers to other tasks, their last function by the name that is asked for."""
    asked = _last_function(question.references[0]) if question.references else ""
    for stranger in strangers:
        own = _last_function(stranger)
        if asked and own:
            tree = ast.parse(stranger)
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and node.name == own:
                    node.name = asked
                elif isinstance(node, ast.Name) and node.id == own:
                    node.id = asked
            yield _Wrong("", ast.unparse(tree))


def _last_function(source: str) -> str:
    tree = parse(source)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)] if tree else []
    return names[-1] if names else ""
