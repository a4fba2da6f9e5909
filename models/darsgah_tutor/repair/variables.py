"""Which of another program's variables plays the part of which of the learner's, by how they are used.

A variable's profile counts the places where it stands: what is assigned to it, what it is compared with, what
is called on it, with every other local name left out. Parameters go together by name or by position.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from darsgah_tutor.repair.trees import canonical, clone, parts

Profile = Counter[str]
_Scope = ast.Module | ast.FunctionDef
_SAME_NAME = 0.2
_OWN_NAME = 0.1
"""What it is worth to call a variable as the learner does, and to leave it unmatched under its own name."""
_ENUMERABLE = 4
"""With more variables than this each takes the best that is left, in place of trying all ways."""


def renamings(
    learner: ast.Module, other: ast.Module, fixed: frozenset[str], limit: int
) -> Iterator[ast.Module]:
    """The other program in the learner's names, likeliest match of variables first, at most ``limit`` ways.

    ``fixed`` are names that tests, setup and starter use: those mean the same in both.
    """
    mine, theirs = routines(learner), routines(other)
    helpers = _helper_names(learner, other, fixed)
    ways: dict[str, list[dict[str, str]]] = {"": _ways(learner, other, fixed)}
    for name, function in theirs.items():
        if helpers.get(name, name) in mine:
            ways[name] = _ways(mine[helpers.get(name, name)], function, frozenset())
    seen = set()
    for rank in range(limit):
        ranked = {name: found[min(rank, len(found) - 1)] for name, found in ways.items()}
        renamed = _Renamed(ranked, helpers).visit(clone(other))
        if canonical(renamed) not in seen:
            seen.add(canonical(renamed))
            yield renamed


def functions(module: ast.Module) -> dict[str, ast.FunctionDef]:
    """The functions of a module, by name."""
    return {statement.name: statement for statement in module.body if isinstance(statement, ast.FunctionDef)}


def routines(module: ast.Module) -> dict[str, ast.FunctionDef]:
    """Functions and methods of a module by their bare name; of equal names the last."""
    bodies = [module.body, *(one.body for one in module.body if isinstance(one, ast.ClassDef))]
    return {one.name: one for body in bodies for one in body if isinstance(one, ast.FunctionDef)}


def local_names(scope: ast.AST) -> tuple[str, ...]:
    """Names that a function or a module's own statements bind, in order, parameters not among them."""
    names: dict[str, None] = {}
    for node in _own(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.setdefault(node.id)
        elif isinstance(node, ast.comprehension):
            names.update(dict.fromkeys(_stored(node.target)))
    return tuple(names)


def free_names(module: ast.Module) -> set[str]:
    """Names that a program reads and binds nowhere."""
    read: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.Name():
                (read if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            case ast.arg():
                bound.add(node.arg)
            case ast.FunctionDef() | ast.ClassDef():
                bound.add(node.name)
            case ast.alias():
                bound.add((node.asname or node.name).partition(".")[0])
            case ast.ExceptHandler(name=str(name)):
                bound.add(name)
    return read - bound


def parameters(scope: ast.AST) -> tuple[str, ...]:
    """A function's parameters that can be given by position."""
    if not isinstance(scope, ast.FunctionDef):
        return ()
    return tuple(one.arg for one in [*scope.args.posonlyargs, *scope.args.args])


class _Renamed(ast.NodeTransformer):
    """Renames in place: variables of the module everywhere, those of a function within it."""

    def __init__(self, ways: Mapping[str, Mapping[str, str]], helpers: Mapping[str, str]) -> None:
        self._ways, self._helpers = ways, helpers
        self._names: dict[str, str] = {**helpers, **ways[""]}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer, self._names = self._names, {**self._names, **self._ways.get(node.name, {})}
        node.name = self._helpers.get(node.name, node.name)
        self.generic_visit(node)
        self._names = outer
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._names.get(node.arg, node.arg)
        return node


def _helper_names(learner: ast.Module, other: ast.Module, fixed: frozenset[str]) -> dict[str, str]:
    """The learner's helper functions that may be another program's, by parameters, in order."""
    mine, theirs = functions(learner), functions(other)
    free = [name for name in mine if name not in theirs and name not in fixed]
    pairs = {}
    for name, function in theirs.items():
        alike = [one for one in free if len(parameters(mine[one])) == len(parameters(function))]
        if name not in mine and name not in fixed and alike:
            pairs[name] = alike[0]
            free.remove(alike[0])
    return pairs


def _ways(mine: _Scope, theirs: _Scope, fixed: frozenset[str]) -> list[dict[str, str]]:
    """Ways to call the other scope's names, likeliest first."""
    given = _parameter_names(parameters(mine), parameters(theirs))
    taken = set(given.values())
    ours = [name for name in local_names(mine) if name not in taken and name not in fixed]
    others = [name for name in local_names(theirs) if name not in given and name not in fixed]
    likeness = _likeness(_profiles(mine, ours), _profiles(theirs, others))
    used = {node.id for node in ast.walk(mine) if isinstance(node, ast.Name)} | taken
    if len(ours) <= _ENUMERABLE and len(others) <= _ENUMERABLE:
        choices = [way for way in product([*ours, ""], repeat=len(others)) if _injective(way)]
        choices.sort(key=lambda way: -sum(likeness[two] for two in zip(others, way, strict=True)))
    else:
        choices = [_greedy(others, ours, likeness)]
    return [{**given, **_named(others, way, used)} for way in choices[:8]]


def _parameter_names(mine: Sequence[str], theirs: Sequence[str]) -> dict[str, str]:
    if set(mine) == set(theirs):
        return {name: name for name in theirs}
    return dict(zip(theirs, mine, strict=False))


def _likeness(mine: Mapping[str, Profile], theirs: Mapping[str, Profile]) -> dict[tuple[str, str], float]:
    """For each pair (theirs, mine) the weighted Jaccard index; for (theirs, "") that of no match."""
    likeness = {(name, ""): _OWN_NAME for name in theirs}
    for name, profile in theirs.items():
        for one, other in mine.items():
            union = (profile | other).total()
            shared = (profile & other).total() / union if union else 0.0
            likeness[name, one] = shared + (_SAME_NAME if name == one else 0.0)
    return likeness


def _profiles(scope: ast.AST, names: Sequence[str]) -> dict[str, Profile]:
    profiles: dict[str, Profile] = {name: Counter() for name in names}
    blanks = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b") if names else None
    outer: dict[ast.AST, tuple[str, ast.AST]] = {}
    for node in _own(scope):
        for field, _, part in parts(node):
            outer[part] = field, node
        if isinstance(node, ast.Name) and node.id in profiles and blanks and node in outer:
            field, parent = outer[node]
            above = outer.get(parent, ("", scope))[1]
            profile = profiles[node.id]
            profile[f"{type(parent).__name__}.{field}"] += 1
            for around in (parent, above):
                if not isinstance(around, ast.If | ast.While | ast.FunctionDef | ast.Module):
                    # Where the name itself stands is marked, other locals are blanks.
                    marked = re.sub(rf"\b{re.escape(node.id)}\b", "@", _head(around))
                    profile[blanks.sub("_", marked)] += 1
    return profiles


def _head(node: ast.AST) -> str:
    if isinstance(node, ast.For):
        return f"for {canonical(node.target)} in {canonical(node.iter)}"
    return canonical(node)


def _greedy(
    others: Sequence[str], ours: Sequence[str], likeness: Mapping[tuple[str, str], float]
) -> tuple[str, ...]:
    way = dict.fromkeys(others, "")
    free = set(ours)
    for name, one in sorted(((a, b) for a in others for b in ours), key=lambda two: -likeness[two]):
        if not way[name] and one in free and likeness[name, one] > _OWN_NAME:
            way[name] = one
            free.remove(one)
    return tuple(way.values())


def _named(others: Sequence[str], way: Sequence[str], used: set[str]) -> dict[str, str]:
    """Names for the other scope's variables; who has no match keeps its name where that is free."""
    names = {}
    for name, one in zip(others, way, strict=True):
        own = name
        while not one and own in used:
            own += "_"
        names[name] = one or own
    return names


def _injective(way: Sequence[str]) -> bool:
    matched = [name for name in way if name]
    return len(matched) == len(set(matched))


def _stored(target: ast.AST) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def _own(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope in order, without those of functions and classes in it."""
    yield scope
    for _, _, part in parts(scope):
        if not isinstance(part, ast.FunctionDef | ast.ClassDef):
            yield from _own(part)
