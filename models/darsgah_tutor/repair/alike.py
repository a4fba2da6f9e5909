"""References rewritten towards the learner's program: variants that are built alike."""

import ast
from collections import Counter
from collections.abc import Iterator

from darsgah_tutor.repair.alignment import align
from darsgah_tutor.repair.trees import kept, parts, render
from darsgah_tutor.repair.variables import functions, renamings
from darsgah_tutor.repair.variants import variants

_RANKS = 5
"""So many variants of each function are offered, nearest first."""
_ALIGNED = 12
"""So many are aligned to find them."""
_WAYS_OF_NAMING = 2


def built_alike(learner: ast.Module, reference: ast.Module, fixed: frozenset[str]) -> Iterator[ast.Module]:
    """Variants of a reference in the learner's names, those with the learner's control flow first.

    Functions are chosen each on its own: the first program has the nearest variant of every function.
    """
    mine = functions(learner)
    ranked: dict[str, list[ast.stmt]] = {}
    for name, function in functions(reference).items():
        if name in mine:
            answer = ast.Module([mine[name]], [])
            ranked[name] = _nearest(answer, ast.Module([function], []), fixed)
    if not ranked:
        for variant in variants(render(reference))[1 : 1 + _RANKS]:
            yield from renamings(learner, variant, fixed, 1)
        return
    for rank in range(_RANKS):
        if rank and all(rank >= len(found) for found in ranked.values()):
            break
        body = [_ranked(statement, ranked, rank) for statement in reference.body]
        yield from renamings(learner, ast.Module(body, []), fixed, _WAYS_OF_NAMING)


def unlikeness(one: ast.Module, other: ast.Module) -> float:
    """How differently two programs are built: 0 where the same, 1 where nothing is in both."""
    mine, theirs = _structure(one), _structure(other)
    return 1 - 2 * (mine & theirs).total() / max(1, mine.total() + theirs.total())


def _nearest(answer: ast.Module, function: ast.Module, fixed: frozenset[str]) -> list[ast.stmt]:
    """The variants of a function, nearest first, at most ``_RANKS``."""
    mine = _structure(answer)
    apart = [
        ((mine - theirs).total() + (theirs - mine).total(), number, variant)
        for number, variant in enumerate(variants(render(function)))
        for theirs in [_structure(variant)]
    ]
    apart.sort(key=lambda one: one[:2])
    costs: list[tuple[float, int, ast.stmt]] = []
    for _, number, variant in apart[:_ALIGNED]:
        renamed = next(renamings(answer, variant, fixed, 1))
        costs.append((align(answer, renamed, ()).cost(), number, variant.body[0]))
    costs.sort(key=lambda one: one[:2])
    return [variant for _, _, variant in costs[:_RANKS]]


def _structure(module: ast.Module) -> Counter[str]:
    """How often each kind of node stands in each kind: what can be compared before variables are matched."""
    return kept(
        module,
        "structure",
        lambda: Counter(
            f"{type(node).__name__}.{field}.{type(part).__name__}"
            for node in ast.walk(module)
            for field, _, part in parts(node)
        ),
    )


def _ranked(statement: ast.stmt, ranked: dict[str, list[ast.stmt]], rank: int) -> ast.stmt:
    if isinstance(statement, ast.FunctionDef) and statement.name in ranked:
        found = ranked[statement.name]
        return found[min(rank, len(found) - 1)]
    return statement
