"""Two programs laid over each other: the learner's, with the choices that lead to the other one.

A dynamic program over statement lists and the expressions in them finds the cheapest way from one to the
other: statements kept, changed, dropped, taken over, put into a block or out of it. Each step is an edit that
can be taken or left on its own, so that what is needed of them can be found by trying.
"""

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from darsgah_tutor.repair.trees import (
    BLOCKS,
    canonical,
    kept,
    last_line,
    parts,
    rebuilt,
    size,
    standing,
    written,
)

EDIT = 1.0
"""What any edit costs beside the nodes that it touches: one large edit is nearer than many small ones."""
_REACH = 4
"""So many statements, or all that are left, are tried as what a block was put around."""
_TELLING = 3
"""Nodes of an expression by which a statement of another kind is known again: a call or an item has them."""
_IMPOSSIBLE = float("inf")
_Compound = ast.If | ast.For | ast.While
_Named = ast.FunctionDef | ast.ClassDef
_Statements = tuple[ast.stmt, ...]
_Step = tuple[float, str, int]
"""Cost to the end of both lists, what to do first, and with how many statements."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One step from the learner's program to the other.

    Attributes:
        cost: nodes that it changes, and ``EDIT``.
        lost: of those the learner's.
        lines: the learner's lines that it changes; for an insertion the line before which it stands.
    """

    cost: float
    lost: int
    lines: frozenset[int]


class Choice(ast.AST):
    """A place of the merged tree where the learner's nodes may give way to the other program's."""

    _fields = ()

    def __init__(self, number: int, old: list[ast.AST], new: list[ast.AST]) -> None:
        super().__init__()
        self.number, self.old, self.new = number, old, new


@dataclass(frozen=True, slots=True)
class Script:
    """All edits from the learner's program to another one, by number.

    Attributes:
        merged: the learner's tree with the choices in it.
    """

    merged: ast.AST
    edits: Mapping[int, Edit]

    def cost(self, chosen: Iterable[int] | None = None) -> float:
        """What these edits, or all, cost together."""
        return sum(self.edits[number].cost for number in (self.edits if chosen is None else chosen))

    def applied(self, chosen: Iterable[int]) -> ast.Module:
        """The learner's program with these edits."""
        tree = _resolved(self.merged, frozenset(chosen))
        assert isinstance(tree, ast.Module)  # noqa: S101 - a module was aligned with a module
        return tree


def align(learner: ast.Module, other: ast.Module, lines: tuple[int, ...]) -> Script:
    """The cheapest script from the learner's program to another one.

    ``lines`` are the learner's code lines; neither tree has docstrings.
    """
    alignment = _Alignment(lines)
    merged = alignment.merged(learner, other)
    alignment.join_moves()
    return Script(merged, alignment.edits)


class _Alignment:
    """Costs are computed first and kept; then the merged tree is built along the cheapest way."""

    def __init__(self, lines: tuple[int, ...]) -> None:
        self.edits: dict[int, Edit] = {}
        self._lines = lines
        self._choices: list[Choice] = []
        self._costs: dict[tuple[ast.AST, ast.AST], float] = {}
        self._steps: dict[tuple[_Statements, _Statements], _Step] = {}
        self._line = 0

    def _cost(self, old: ast.AST, new: ast.AST) -> float:
        if old is new or canonical(old) == canonical(new):
            return 0.0
        key = old, new
        if key not in self._costs:
            self._costs[key] = min(_replacing(old, new), self._inner(old, new))
        return self._costs[key]

    def _inner(self, old: ast.AST, new: ast.AST) -> float:
        """What it costs to change a node inside."""
        if _other_header(old, new):
            blocks = (self._block(getattr(old, name), getattr(new, name)) for name in ("body", "orelse"))
            return EDIT + max(_header(old), _header(new)) + sum(blocks)
        if not _comparable(old, new):
            return _IMPOSSIBLE
        total = 0.0
        for name, value in written(old):
            other = getattr(new, name)
            if isinstance(value, ast.AST):
                total += self._cost(value, other)
            elif isinstance(value, list) and _is_block(old, name):
                total += self._block(value, other)
            elif isinstance(value, list):
                total += sum(self._cost(*two) for two in zip(value, other, strict=True) if _nodes(*two))
        return total

    def _block(self, old: Iterable[ast.stmt], new: Iterable[ast.stmt]) -> float:
        return self._step(tuple(old), tuple(new))[0]

    def _step(self, old: _Statements, new: _Statements) -> _Step:
        key = old, new
        if key not in self._steps:
            self._steps[key] = self._cheapest(old, new)
        return self._steps[key]

    def _cheapest(self, old: _Statements, new: _Statements) -> _Step:
        if not old or not new:
            what = "drop" if old else "take"
            return sum(EDIT + size(statement) for statement in old or new), what, 1
        if canonical(old[0]) == canonical(new[0]):
            return self._block(old[1:], new[1:]), "match", 1
        steps = [
            (self._cost(old[0], new[0]) + self._block(old[1:], new[1:]), "match", 1),
            (EDIT + size(old[0]) + self._block(old[1:], new), "drop", 1),
            (EDIT + size(new[0]) + self._block(old, new[1:]), "take", 1),
        ]
        if isinstance(first := old[0], _Compound):
            fixed = EDIT + _header(first) + _total(first.orelse)
            for reach in _reaches(new):
                inside = self._block(first.body, new[:reach])
                steps.append((fixed + inside + self._block(old[1:], new[reach:]), "unwrap", reach))
        if isinstance(first := new[0], _Compound):
            fixed = EDIT + _header(first) + _total(first.orelse)
            for reach in _reaches(old):
                inside = self._block(old[:reach], first.body)
                steps.append((fixed + inside + self._block(old[reach:], new[1:]), "wrap", reach))
        return min(steps, key=lambda step: step[0])

    def merged(self, old: ast.AST, new: ast.AST) -> ast.AST:
        """The learner's node with the choices that lead to the other one."""
        if self._cost(old, new) == 0:
            return old
        if isinstance(old, ast.stmt):
            self._line = old.lineno
        if self._inner(old, new) > _replacing(old, new):
            lines = self._lines_of(old) if isinstance(old, ast.stmt) else {self._line}
            other_node = standing(new, self._line) if isinstance(new, ast.stmt) else new
            return self._choice([old], [other_node], _replacing(old, new), _lost(old, new), lines)
        changes: dict[str, object] = {}
        if _other_header(old, new):
            changes = {name: self._merged_block(old, new, name) for name in ("body", "orelse")}
            headers, line = EDIT + max(_header(old), _header(new)), _line(old)
            turned = rebuilt(new, **changes)
            vars(turned)["lineno"] = line
            return self._choice([rebuilt(old, **changes)], [turned], headers, _header(old), {line})
        for name, value in written(old):
            other = getattr(new, name)
            if isinstance(value, ast.AST):
                changes[name] = self.merged(value, other)
            elif isinstance(value, list) and _is_block(old, name):
                changes[name] = self._merged_block(old, new, name)
            elif isinstance(value, list):
                pairs = zip(value, other, strict=True)
                changes[name] = [self.merged(*two) if _nodes(*two) else two[0] for two in pairs]
        return rebuilt(old, **changes)

    def _merged_block(self, old: ast.AST, new: ast.AST, name: str) -> list[ast.AST]:
        return self._merged_lists(tuple(getattr(old, name)), tuple(getattr(new, name)), _line(old))

    def _merged_lists(self, old: _Statements, new: _Statements, above: int) -> list[ast.AST]:
        """``above`` is the learner's last line before the list."""
        merged: list[ast.AST] = []
        while old or new:
            _, what, reach = self._step(old, new)
            if what == "match":
                merged.append(self.merged(old[0], new[0]))
            elif what == "drop":
                lost = size(old[0])
                merged.append(self._choice([old[0]], [], EDIT + lost, lost, self._lines_of(old[0])))
            elif what == "take":
                below = self._below(above)
                taken = standing(new[0], below)
                merged.append(self._choice([], [taken], EDIT + size(taken), 0, {below}))
            elif what == "unwrap":
                merged.append(self._unwrapped(old[0], new[:reach]))
            else:
                merged.append(self._wrapped(old[:reach], new[0], above))
            used_old = {"match": 1, "drop": 1, "take": 0, "unwrap": 1, "wrap": reach}[what]
            used_new = {"match": 1, "drop": 0, "take": 1, "unwrap": reach, "wrap": 1}[what]
            above = max([above, *map(last_line, old[:used_old])])
            old, new = old[used_old:], new[used_new:]
        return merged

    def _unwrapped(self, old: ast.stmt, new: _Statements) -> Choice:
        assert isinstance(old, _Compound)  # noqa: S101 - the step says so
        inside = self._merged_lists(tuple(old.body), new, old.lineno)
        lost = _header(old) + _total(old.orelse)
        return self._choice([rebuilt(old, body=inside)], inside, EDIT + lost, lost, {old.lineno})

    def _wrapped(self, old: _Statements, new: ast.stmt, above: int) -> Choice:
        assert isinstance(new, _Compound)  # noqa: S101 - the step says so
        inside = self._merged_lists(old, tuple(new.body), above)
        cost = EDIT + _header(new) + _total(new.orelse)
        wrapped = rebuilt(new, body=inside)
        vars(wrapped)["lineno"] = old[0].lineno
        return self._choice(inside, [wrapped], cost, 0, {old[0].lineno})

    def _choice(
        self, old: list[ast.AST], new: list[ast.AST], cost: float, lost: int, lines: Iterable[int]
    ) -> Choice:
        choice = Choice(len(self._choices), old, new)
        self._choices.append(choice)
        self.edits[choice.number] = Edit(cost, lost, frozenset(lines))
        return choice

    def join_moves(self) -> None:
        """A statement dropped here and taken over there is one edit."""
        dropped = {canonical(choice.old[0]): choice for choice in self._choices if not choice.new}
        for taken in self._choices:
            if taken.old or len(taken.new) != 1 or not isinstance(taken.new[0], ast.stmt):
                continue
            choice = dropped.pop(canonical(taken.new[0]), None)
            if choice is not None:
                lines = self.edits[choice.number].lines
                del self.edits[taken.number]
                taken.number = choice.number
                self.edits[choice.number] = Edit(EDIT + size(taken.new[0]) / 2, 0, lines)

    def _lines_of(self, node: ast.stmt) -> set[int]:
        return {line for line in self._lines if node.lineno <= line <= last_line(node)} or {node.lineno}

    def _below(self, above: int) -> int:
        below = [line for line in self._lines if line > above]
        return below[0] if below else (self._lines or (1,))[-1]


def _replacing(old: ast.AST, new: ast.AST) -> float:
    """The cost of one node for another; of one within the other only the rest counts."""
    if isinstance(old, ast.mod) or (isinstance(old, _Named) and isinstance(new, _Named)):
        return _IMPOSSIBLE
    if isinstance(old, ast.expr) or (_is_simple(old) and _is_simple(new)):
        return EDIT + max(_lost(old, new), _lost(new, old))
    return EDIT + max(size(old), size(new))


def _lost(old: ast.AST, new: ast.AST) -> int:
    """Nodes of one that are not in the other in its place."""
    if isinstance(old, ast.expr):
        return max(1, _unshared(old, new, 1))
    return max(1, _unshared(old, new, _TELLING)) if _is_simple(old) and _is_simple(new) else size(old)


def _is_simple(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.Return)


def _unshared(node: ast.AST, other: ast.AST, least: int) -> int:
    """Nodes that are in no part, of so many nodes at least, that the other one has too."""
    shared = kept(other, "texts", lambda: frozenset(map(canonical, ast.walk(other))))
    if size(node) >= least and canonical(node) in shared:
        return 0
    return 1 + sum(_unshared(part, other, least) for _, _, part in parts(node))


def _comparable(old: ast.AST, new: ast.AST) -> bool:
    """The same kind with the same labels and as many children."""
    return type(old) is type(new) and all(
        _alike(value, getattr(new, name), block=_is_block(old, name)) for name, value in written(old)
    )


def _alike(old: object, new: object, *, block: bool) -> bool:
    if isinstance(old, list) and isinstance(new, list):
        return block or (len(old) == len(new) and all(map(_pair_alike, old, new)))
    return _pair_alike(old, new)


def _pair_alike(old: object, new: object) -> bool:
    return _nodes(old, new) or (type(old) is type(new) and old == new)


def _nodes(old: object, new: object) -> bool:
    return isinstance(old, ast.AST) and isinstance(new, ast.AST)


def _is_block(owner: ast.AST, name: str) -> bool:
    return name in BLOCKS and isinstance(owner, ast.stmt | ast.mod)


def _other_header(old: ast.AST, new: ast.AST) -> bool:
    """Blocks of different kinds, whose statements can be aligned all the same."""
    return isinstance(old, _Compound) and isinstance(new, _Compound) and type(old) is not type(new)


def _header(compound: ast.AST) -> int:
    """Nodes of a block's owner without those in its blocks."""
    return 1 + sum(size(part) for name, _, part in parts(compound) if name not in BLOCKS)


def _total(statements: Iterable[ast.stmt]) -> int:
    return sum(map(size, statements))


def _reaches(statements: _Statements) -> list[int]:
    return sorted({*range(1, min(_REACH, len(statements)) + 1), len(statements)} - {0})


def _line(node: ast.AST) -> int:
    return getattr(node, "lineno", 0)


def _resolved(node: ast.AST, chosen: frozenset[int]) -> ast.AST:
    """The tree without choices; what has none in it is shared."""
    if not _has_choice(node):
        return node
    changes: dict[str, object] = {}
    for name, value in written(node):
        if isinstance(value, ast.AST):
            changes[name] = _one(_resolved_items([value], chosen))
        elif isinstance(value, list):
            changes[name] = _resolved_items(value, chosen)
    return rebuilt(node, **changes)


def _resolved_items(items: Iterable[object], chosen: frozenset[int]) -> list[object]:
    resolved: list[object] = []
    for item in items:
        if isinstance(item, Choice):
            resolved += _resolved_items(item.new if item.number in chosen else item.old, chosen)
        else:
            resolved.append(_resolved(item, chosen) if isinstance(item, ast.AST) else item)
    return resolved


def _one(items: list[object]) -> object:
    (item,) = items
    return item


def _has_choice(node: ast.AST) -> bool:
    return isinstance(node, Choice) or kept(
        node, "has_choice", lambda: any(_has_choice(part) for _, _, part in parts(node))
    )
