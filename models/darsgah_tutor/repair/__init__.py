"""A correct answer near the learner's, found by search and verified by the tests. It is never shown."""

import ast
import time
from collections.abc import Sequence
from dataclasses import replace
from math import ceil

from darsgah_tutor.repair.alike import built_alike, unlikeness
from darsgah_tutor.repair.judge import Judge
from darsgah_tutor.repair.parsing import mended
from darsgah_tutor.repair.search import Found, Search
from darsgah_tutor.repair.stock import attributes, stock
from darsgah_tutor.repair.trees import render, size, without_docstrings
from darsgah_tutor.repair.variables import free_names, renamings
from darsgah_tutor.spectrum import code_lines, suspicion
from darsgah_tutor.types import Ended, Evidence, Question, Repair, Trials

LARGE = 16
"""What one edit may cost: an edit that costs more was as many, though it stands in one place."""
KEPT = 0.5
"""The least share of the learner's nodes that a repair keeps as they are; below it is a replacement."""
_UNLIKE = 0.4
"""From here on an answer and the nearest reference are built in different ways."""
_WAYS_OF_NAMING = 3
_LONGEST = 100
"""Code lines of an answer beyond which no repair is looked for: the search is for single exercises."""
_MENDED = 40
"""Ways to make an answer parse that the tests are asked about."""


def repair(
    question: Question,
    evidence: Evidence,
    trials: Trials,
    *,
    seconds: float,
    peers: Sequence[str] = (),
) -> Repair | None:
    """The nearest correct answer that is found in so many seconds, or None.

    Where less than ``KEPT`` of the learner's program is left, or as much as it has was added, the way is
    ``replacement``: its lines are a label at most. ``peers`` are other learners' correct
    answers, a few dozen at most.
    """
    if evidence.correct or len(code_lines(evidence.source)) > _LONGEST:
        return None
    learner = _parsed(evidence.source)
    try:
        if learner is None:
            return _repaired_unparsed(question, evidence.source, trials, seconds=seconds, peers=peers)
        judge = Judge(trials, tuple(bool(check.passed) for check in evidence.checks), seconds)
        return _searched(question, evidence, learner, judge, peers)
    except RecursionError:  # an expression nested hundreds deep
        return None


def _searched(
    question: Question, evidence: Evidence, learner: ast.Module, judge: Judge, peers: Sequence[str]
) -> Repair | None:
    fixed = _fixed_names(question)
    references = [tree for tree in map(_parsed, question.references) if tree is not None]
    named = [one for tree in references for one in renamings(learner, tree, fixed, _WAYS_OF_NAMING)]
    alike = (one for tree in references for one in built_alike(learner, tree, fixed))
    correct = (tree for tree in map(_parsed, peers) if tree is not None)
    met = (one for tree in correct for one in renamings(learner, tree, fixed, 1))
    ingredients = stock(learner, named, fixed | _bound_before(evidence, learner, references))
    if "AttributeError" not in _names_raised(evidence):
        ingredients.known_methods.update(attributes(learner))
    if references:
        judge.time(learner, references[0])
    unlike = min((unlikeness(learner, one) for one in (*named, *references)), default=1.0)
    search = Search(
        learner=learner,
        lines=code_lines(evidence.source),
        suspicion=suspicion(evidence),
        stock=ingredients,
        judge=judge,
        hangs=_hangs(evidence),
        alike=unlike < _UNLIKE,
    )
    found = search.found([("alignment", named), ("peer", met), ("alignment", alike)])
    return None if found is None else _described(search, found)


def _repaired_unparsed(
    question: Question, source: str, trials: Trials, *, seconds: float, peers: Sequence[str]
) -> Repair | None:
    """An answer that does not parse: mended until it does, and the best of what came of it repaired."""
    ends = time.monotonic() + seconds
    ways = mended(source)[:_MENDED]
    verdicts = trials.passed([way.source for way in ways], seconds=seconds)
    scores = [(sum(passed or ()), -number) for number, passed in enumerate(verdicts)]
    if not scores:
        return None
    best = ways[-max(scores)[1]]
    evidence = trials.observe(best.source)
    if evidence.correct:
        return Repair(best.source, tuple(sorted(best.lines)), len(best.lines), "edit")
    further = repair(question, evidence, trials, seconds=ends - time.monotonic(), peers=peers)
    if further is None:
        return None
    lines = tuple(sorted({*further.lines, *best.lines}))
    return replace(further, lines=lines, edits=further.edits + len(best.lines))


def _described(search: Search, found: Found) -> Repair:
    script = search.script(found.program)
    lines = sorted({line for edit in script.edits.values() for line in edit.lines})
    whole = size(search.learner)
    idle = search.made_idle(found.program)
    lost = sum(edit.lost for edit in script.edits.values()) + sum(map(size, idle))
    near = whole - lost >= KEPT * whole and script.cost() <= whole
    edits = sum(ceil(edit.cost / LARGE) for edit in script.edits.values()) + len(idle)
    return Repair(render(found.program), tuple(lines), edits, found.way if near else "replacement")


def _bound_before(
    evidence: Evidence, learner: ast.Module, references: Sequence[ast.Module]
) -> frozenset[str]:
    """Names that cells before the answer bind: those of the references, and the learner's if none failed."""
    failed = {"NameError", "UnboundLocalError"} & _names_raised(evidence)
    programs = references if failed else (*references, learner)
    return frozenset(name for program in programs for name in free_names(program))


def _hangs(evidence: Evidence) -> bool:
    return evidence.ended is Ended.TIMEOUT or "TimeoutError" in _names_raised(evidence)


def _names_raised(evidence: Evidence) -> set[str]:
    return {one.name for one in (evidence.raised, *(check.raised for check in evidence.checks)) if one}


def _parsed(source: str) -> ast.Module | None:
    try:
        return without_docstrings(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _fixed_names(question: Question) -> frozenset[str]:
    """Names that the tests, the setup and the starter speak of."""
    names: set[str] = set()
    for source in (question.setup, question.starter, *(test.source for test in question.tests)):
        tree = _parsed(source)
        for node in ast.walk(tree) if tree is not None else ():
            match node:
                case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    names.add(name)
                case ast.alias():
                    names.add((node.asname or node.name).partition(".")[0])
    return frozenset(names)
