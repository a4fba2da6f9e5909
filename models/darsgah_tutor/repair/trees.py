"""Syntax trees as values: never changed once built, shared between candidates, what is known kept on them.

Whoever wants another tree builds new nodes along one path and shares the rest, so that hundreds of candidate
programs cost little more than what differs between them. What is computed of a node (its size, its canonical
text, its source) is kept in the node's own dictionary; ``clone`` gives a copy without it, to be changed
freely before it is used.
"""

import ast
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Place = tuple[tuple[str, int | None], ...]
"""The way from a root to a node: fields, with the index where the field is a list."""
Node = TypeVar("Node", bound=ast.AST)
Known = TypeVar("Known")

INDENT = "    "
BLOCKS = ("body", "orelse", "finalbody")
"""Fields that hold statements, in the order in which they are written."""
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_OPPOSITES = (
    (ast.Lt, ast.GtE),
    (ast.Gt, ast.LtE),
    (ast.Eq, ast.NotEq),
    (ast.In, ast.NotIn),
    (ast.Is, ast.IsNot),
)
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    **dict(_OPPOSITES),
    **{two: one for one, two in _OPPOSITES},
}
_UNWRITTEN = frozenset(
    {"ctx", "kind", "annotation", "returns", "type_comment", "type_ignores", "type_params"}
)
"""Fields that change nothing of what a program does, or follow from where a node stands."""


def kept(node: ast.AST, name: str, compute: Callable[[], Known]) -> Known:
    """What ``compute`` says of a node, computed once; ``name`` is no field of any node's."""
    known: dict[str, Any] = vars(node)
    if name not in known:
        known[name] = compute()
    return known[name]  # type: ignore[no-any-return] # it was put there two lines above


def clone(node: Node) -> Node:
    """A deep copy with the lines and without anything that was computed."""
    fields = {name: _cloned(value) for name, value in ast.iter_fields(node)}
    copy = type(node)(**fields)
    if "lineno" in vars(node):
        vars(copy)["lineno"] = vars(node)["lineno"]
    return copy


def rebuilt(node: Node, **changes: object) -> Node:
    """The node with other fields; children that are not named are shared."""
    copy = type(node)(**{**dict(ast.iter_fields(node)), **changes})
    if "lineno" in vars(node):
        vars(copy)["lineno"] = vars(node)["lineno"]
    return copy


def written(node: ast.AST) -> Iterator[tuple[str, object]]:
    """The fields that say what the node does; not the contexts Load and Store, nor annotations."""
    return ((name, value) for name, value in ast.iter_fields(node) if name not in _UNWRITTEN)


def parts(node: ast.AST) -> tuple[tuple[str, int | None, ast.AST], ...]:
    """The children, with the place of each."""
    return kept(node, "parts", lambda: tuple(_parts(node)))


def renamed(node: Node, old: str, new: str) -> Node:
    """The tree in which a variable has another name; what does not mention it is shared."""
    if isinstance(node, ast.Name):
        return rebuilt(node, id=new) if node.id == old else node
    changes: dict[str, object] = {}
    for name, index, part in parts(node):
        turned = renamed(part, old, new)
        if turned is part:
            continue
        if index is None:
            changes[name] = turned
        else:
            changes.setdefault(name, [*getattr(node, name)])[index] = turned  # type: ignore[index] # that list
    return rebuilt(node, **changes) if changes else node


def with_block(root: Node, place: Place, name: str, statements: list[ast.stmt]) -> Node:
    """The tree in which the block ``name`` of the node at a place holds other statements."""
    return _along(root, place, lambda node: rebuilt(node, **{name: statements}))


def with_node(root: Node, place: Place, new: ast.AST) -> Node:
    """The tree with another node at a place."""
    return _along(root, place, lambda _: new)


def size(node: ast.AST) -> int:
    """How many nodes it has, without contexts; what an edit costs is counted in these."""
    return kept(node, "size", lambda: 1 + sum(size(child) for _, _, child in parts(node)))


def canonical(node: ast.AST) -> str:
    """A text that is equal for trees that mean the same, as far as spelling goes.

    ``a > b`` and ``b < a``, ``not a == b`` and ``a != b``, ``x += y`` and ``x = x + y`` are the same, which
    leaves differences that no test would see to the search's verification.
    """
    return kept(node, "canonical", lambda: _canonical(node))


def last_line(node: ast.AST) -> int:
    """The last line on which a statement of it begins."""
    return kept(
        node,
        "last_line",
        lambda: max([getattr(node, "lineno", 0), *(last_line(child) for _, _, child in parts(node))]),
    )


def standing(node: ast.stmt, line: int) -> ast.stmt:
    """A copy of another program's statement as one of the learner's line."""
    copy = clone(node)
    for part in ast.walk(copy):
        if isinstance(part, ast.stmt):
            part.lineno = line
    return copy


def render(module: ast.Module) -> str:
    """Source of a tree; that of statements which other candidates share is written once."""
    return "\n".join(line for statement in module.body for line in _lines(statement)) + "\n"


def text(node: ast.AST) -> str:
    """Source of an expression, of arguments, or of a statement."""
    return kept(node, "text", lambda: ast.unparse(node))


def without_docstrings(module: ast.Module) -> ast.Module:
    """A clone without docstrings and bare constants; a body that held nothing else gets ``pass``."""
    copy = clone(module)
    for owner, name in [(node, name) for node in ast.walk(copy) for name in BLOCKS]:
        block: list[ast.stmt] | object = getattr(owner, name, None)
        if not isinstance(block, list) or not block:
            continue
        block[:] = [statement for statement in block if not _is_bare_constant(statement)]
        if not block and name == "body" and isinstance(owner, ast.stmt):
            block.append(ast.Pass(lineno=owner.lineno))
    return copy


def _parts(node: ast.AST) -> Iterator[tuple[str, int | None, ast.AST]]:
    for name in node._fields:
        value = None if name in _UNWRITTEN else getattr(node, name, None)
        if isinstance(value, ast.AST):
            yield name, None, value
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield name, index, item


def _is_bare_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _cloned(value: object) -> object:
    if isinstance(value, ast.AST):
        return clone(value)
    return [_cloned(item) for item in value] if isinstance(value, list) else value


def _along(root: Node, place: Place, change: Callable[[Any], ast.AST]) -> Node:
    if not place:
        return change(root)  # type: ignore[return-value] # a node's place says which kinds may stand there
    (name, index), rest = place[0], place[1:]
    value = getattr(root, name)
    if index is None:
        return rebuilt(root, **{name: _along(value, rest, change)})
    return rebuilt(root, **{name: [*value[:index], _along(value[index], rest, change), *value[index + 1 :]]})


def _lines(statement: ast.stmt) -> list[str]:
    return kept(statement, "lines", lambda: _written(statement))


def _written(statement: ast.stmt) -> list[str]:
    header = ""
    match statement:
        case ast.If() | ast.While():
            header = f"{'if' if isinstance(statement, ast.If) else 'while'} {text(statement.test)}:"
        case ast.For():
            header = f"for {text(statement.target)} in {text(statement.iter)}:"
        case ast.FunctionDef(decorator_list=[]):
            header = f"def {statement.name}({text(statement.args)}):"
    if not header:
        return text(statement).splitlines()
    lines = [header, *_indented(statement.body or [ast.Pass()])]  # type: ignore[attr-defined] # all four have one
    orelse: list[ast.stmt] = getattr(statement, "orelse", [])
    return [*lines, "else:", *_indented(orelse)] if orelse else lines


def _indented(block: list[ast.stmt]) -> list[str]:
    return [INDENT + line for statement in block for line in _lines(statement)]


def _canonical(node: ast.AST) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Constant():
            return repr(node.value)
        case ast.Compare(ops=[op]):
            return _comparison(node, type(op))
        case ast.UnaryOp(op=ast.Not(), operand=ast.Compare(ops=[op]) as comparison):
            return _comparison(comparison, _NEGATED[type(op)])
        case ast.AugAssign():
            target, value = canonical(node.target), canonical(node.value)
            return f"Assign([{target}],BinOp({target},{type(node.op).__name__}(),{value}))"
    values = ",".join(_canonical_field(value) for _, value in written(node))
    return f"{type(node).__name__}({values})"


def _canonical_field(value: object) -> str:
    if isinstance(value, ast.AST):
        return canonical(value)
    if isinstance(value, list):
        return f"[{','.join(map(_canonical_field, value))}]"
    return str(value)


def _comparison(node: ast.Compare, op: type[ast.cmpop]) -> str:
    left, right = canonical(node.left), canonical(node.comparators[0])
    if op in _MIRRORED:
        left, op, right = right, _MIRRORED[op], left
    if op in {ast.Eq, ast.NotEq}:
        left, right = sorted((left, right))
    return f"Compare({left},{op.__name__},{right})"
