"""Changes of operators: arithmetic, comparisons and their boundaries, and/or, not, in, is, masks."""

import ast
from collections.abc import Iterator

from darsgah_labs.mutation.kinds import Kind
from darsgah_labs.mutation.solution_source import Edit, SolutionSource

Change = tuple[Kind, Edit]

_SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: r"\+",
    ast.Sub: "-",
    ast.Mult: r"\*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: r"\*\*",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: r"\|",
    ast.BitXor: r"\^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_SWAPPED: dict[type[ast.operator], tuple[str, ...]] = {
    ast.Add: ("-", "*"),
    ast.Sub: ("+",),
    ast.Mult: ("+", "/"),
    ast.Div: ("//", "*"),
    ast.FloorDiv: ("/", "%"),
    ast.Mod: ("//",),
    ast.Pow: ("*",),
    ast.MatMult: ("*",),
    ast.BitAnd: ("|",),
    ast.BitOr: ("&",),
    ast.BitXor: ("&", "|"),
    ast.LShift: (">>",),
    ast.RShift: ("<<",),
}
_COMPARED: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.In: (r"\bin\b", ("not in",)),
    ast.NotIn: (r"\bnot\s+in\b", ("in",)),
    ast.Is: (r"\bis\b", ("is not",)),
    ast.IsNot: (r"\bis\s+not\b", ("is",)),
}
_MASKS = (ast.BitAnd, ast.BitOr)


def operator_changes(node: ast.AST, source: SolutionSource) -> Iterator[Change]:
    """The changes of the operators that stand in ``node`` itself."""
    if isinstance(node, ast.BinOp):
        yield from _binary(node, source)
    elif isinstance(node, ast.Compare):
        yield from _comparison(node, source)
    elif isinstance(node, ast.BoolOp):
        yield from _boolean(node, source)
    elif isinstance(node, ast.UnaryOp):
        yield from _unary(node, source)
    elif isinstance(node, ast.AugAssign):
        yield from _augmented(node, source)


def _binary(node: ast.BinOp, source: SolutionSource) -> Iterator[Change]:
    if _joins_text(node):
        return
    kind = Kind.TABLE if isinstance(node.op, _MASKS) else Kind.ARITHMETIC
    start, end = source.end(node.left), source.start(node.right)
    for other in _SWAPPED[type(node.op)]:
        if (edit := source.between(start, end, _SYMBOLS[type(node.op)], other)) is not None:
            yield kind, edit


def _joins_text(node: ast.BinOp) -> bool:
    """Whether a literal text is joined or formatted: another operator would only raise."""
    sides = (node.left, node.right)
    return any(
        isinstance(side, ast.JoinedStr)
        or (isinstance(side, ast.Constant) and isinstance(side.value, str | bytes))
        for side in sides
    )


def _comparison(node: ast.Compare, source: SolutionSource) -> Iterator[Change]:
    sides = [node.left, *node.comparators]
    for at, operator in enumerate(node.ops):
        symbol, others = _COMPARED[type(operator)]
        start, end = source.end(sides[at]), source.start(sides[at + 1])
        for other in others:
            if (edit := source.between(start, end, symbol, other)) is not None:
                yield Kind.COMPARISON, edit


def _boolean(node: ast.BoolOp, source: SolutionSource) -> Iterator[Change]:
    symbol, other = (r"\band\b", "or") if isinstance(node.op, ast.And) else (r"\bor\b", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        start, end = source.end(left), source.start(right)
        if (edit := source.between(start, end, symbol, other)) is not None:
            yield Kind.BOOLEAN, edit
    if len(node.values) == 2:
        for kept in node.values:
            yield Kind.BOOLEAN, source.replaced(node, f"({source.segment(kept)})")


def _unary(node: ast.UnaryOp, source: SolutionSource) -> Iterator[Change]:
    symbol, kind = {
        ast.Not: (r"\bnot\b\s*", Kind.BOOLEAN),
        ast.USub: ("-", Kind.ARITHMETIC),
        ast.Invert: ("~", Kind.TABLE),
        ast.UAdd: (r"\+", Kind.ARITHMETIC),
    }[type(node.op)]
    edit = source.between(source.start(node), source.start(node.operand), symbol, "")
    if edit is not None:
        yield kind, edit


def _augmented(node: ast.AugAssign, source: SolutionSource) -> Iterator[Change]:
    start, end = source.end(node.target), source.start(node.value)
    symbol = _SYMBOLS[type(node.op)] + "="
    for other in ("", *_SWAPPED[type(node.op)][:1]):
        if (edit := source.between(start, end, symbol, f"{other}=")) is not None:
            yield Kind.ARITHMETIC, edit
