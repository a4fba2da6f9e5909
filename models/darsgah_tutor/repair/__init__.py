"""A correct answer near the learner's, found by search and verified by the tests. It is never shown."""

import ast
from collections.abc import Sequence

from darsgah_tutor.repair.alike import built_alike
from darsgah_tutor.repair.judge import Judge
from darsgah_tutor.repair.search import Found, Search
from darsgah_tutor.repair.stock import stock
from darsgah_tutor.repair.trees import render, size, without_docstrings
from darsgah_tutor.repair.variables import renamings
from darsgah_tutor.spectrum import code_lines, suspicion
from darsgah_tutor.types import Evidence, Question, Repair, Trials

KEPT = 0.5
"""The least share of the learner's nodes that a repair keeps as they are; below it is a replacement."""
_WAYS_OF_NAMING = 3


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
    ``replacement``: its lines are a label at most. ``peers`` are other learners' correct answers.
    """
    learner = _parsed(evidence.source)
    if learner is None or evidence.correct:
        return None
    lines = code_lines(evidence.source)
    judge = Judge(trials, tuple(bool(check.passed) for check in evidence.checks), seconds)
    fixed = _fixed_names(question)
    references = [tree for tree in map(_parsed, question.references) if tree is not None]
    named = [one for tree in references for one in renamings(learner, tree, fixed, _WAYS_OF_NAMING)]
    search = Search(learner, lines, suspicion(evidence), stock(learner, named, fixed), judge)
    alike = [one for tree in references for one in built_alike(learner, tree, fixed)]
    correct = [tree for tree in map(_parsed, peers) if tree is not None]
    met = [one for tree in correct for one in renamings(learner, tree, fixed, 1)]
    found = search.found([*named, *alike], met)
    return None if found is None else _described(search, found)


def _described(search: Search, found: Found) -> Repair:
    script = search.script(found.program)
    lines = sorted({line for edit in script.edits.values() for line in edit.lines})
    whole = size(search.learner)
    lost = sum(edit.lost for edit in script.edits.values())
    near = whole - lost >= KEPT * whole and script.cost() <= whole
    return Repair(
        render(found.program), tuple(lines), len(script.edits), found.way if near else "replacement"
    )


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
