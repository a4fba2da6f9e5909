"""What can be asked and explained of an answer's own constructs, when no misconception is known."""

import ast
import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

Kind = Literal["ask", "concept", "example"]

_TEXT_METHODS = frozenset(
    {"strip", "lower", "upper", "split", "join", "replace", "title", "startswith", "format"}
)
_LIST_METHODS = frozenset({"append", "extend", "sort", "insert", "pop", "remove", "reverse"})
_FRAME_METHODS = frozenset(
    {
        "groupby",
        "merge",
        "fillna",
        "dropna",
        "loc",
        "iloc",
        "sort_values",
        "reset_index",
        "agg",
        "value_counts",
    }
)
_COLUMN_METHODS = frozenset({"isin", "between", "notna", "isna", "drop_duplicates", "astype", "str"})
_REDUCTIONS = frozenset({"sum", "mean", "std", "var", "min", "max", "any", "all", "prod", "argmin", "argmax"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def telling_construct(source: str) -> tuple[str, int] | None:
    """The construct that tells most about an answer, with its line; None where there is none."""
    found = dict(_constructs(source))
    return next(((name, found[name]) for name in _texts() if name in found), None)


def construct_on_line(source: str, line: int) -> str | None:
    """The construct that tells most about one statement: the one that begins there."""
    there = {name for name, place in _constructs(source, line)}
    return next((name for name in _texts() if name in there), None)


def text_of(construct: str, kind: Kind) -> Mapping[str, str]:
    """What is said of it, by language."""
    return _texts()[construct][kind]


def _constructs(source: str, only: int = 0) -> Iterator[tuple[str, int]]:
    """Every construct with the line on which it is; the first of a kind comes last."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    owners = {
        inner: node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
    }
    dictionaries = set(_dictionaries(tree))
    in_frames = any(_method(_FRAME_METHODS | _COLUMN_METHODS)(node) for node in ast.walk(tree))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr | ast.stmt)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        if only and node.lineno != only:
            continue
        owner = node.value if isinstance(node, ast.Subscript) else None
        if isinstance(node, ast.Subscript) and (_is_key(node) or _names(owner, dictionaries)):
            yield "frame" if in_frames else "dictionary", node.lineno
            continue
        for name, is_one in _TESTS.items():
            if is_one(node):
                yield name, node.lineno
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and owners.get(node) == node.func.id
        ):
            yield "recursion", node.lineno


def _dictionaries(tree: ast.Module) -> Iterator[str]:
    """Names that are given a dictionary somewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.DictComp):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def _is_key(node: ast.Subscript) -> bool:
    return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)


def _names(node: ast.expr | None, names: set[str]) -> bool:
    return isinstance(node, ast.Name) and node.id in names


def _method(names: frozenset[str]) -> Callable[[ast.AST], bool]:
    return lambda node: isinstance(node, ast.Attribute) and node.attr in names


def _subscript(node: ast.AST, *, sliced: bool) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) is sliced


def _is_mask(node: ast.AST) -> bool:
    """Comparisons of whole arrays or columns, joined or turned round."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return True
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr)):
        return False
    return any(isinstance(side, ast.Compare) or _is_mask(side) for side in (node.left, node.right))


def _is_reduction(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _REDUCTIONS
    )


def _is_truth(node: ast.AST) -> bool:
    """A condition that asks a bare value whether it is true."""
    if not isinstance(node, ast.If | ast.IfExp | ast.While):
        return False
    asked = node.test.operand if isinstance(node.test, ast.UnaryOp) else node.test
    return isinstance(asked, ast.Name | ast.Call | ast.Attribute | ast.Subscript)


_TESTS: Mapping[str, Callable[[ast.AST], bool]] = {
    "while-loop": lambda node: isinstance(node, ast.While),
    "comprehension": lambda node: isinstance(node, _COMPREHENSIONS),
    "slice": lambda node: _subscript(node, sliced=True),
    "dictionary": lambda node: (
        isinstance(node, ast.Dict) or _method(frozenset({"get", "items", "setdefault"}))(node)
    ),
    "mask": _is_mask,
    "frame": _method(_FRAME_METHODS),
    "reduction": _is_reduction,
    "array": lambda node: (
        (isinstance(node, ast.Name) and node.id == "np")
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult))
    ),
    "for-loop": lambda node: isinstance(node, ast.For),
    "index": lambda node: _subscript(node, sliced=False),
    "logic": lambda node: isinstance(node, ast.BoolOp),
    "truth": _is_truth,
    "condition": lambda node: isinstance(node, ast.If | ast.IfExp),
    "division": lambda node: (
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)
    ),
    "text": _method(_TEXT_METHODS),
    "list": _method(_LIST_METHODS),
    "return": lambda node: isinstance(node, ast.Return),
    "call": lambda node: isinstance(node, ast.Call),
    "name": lambda node: isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign),
}


@cache
def _texts() -> dict[str, dict[Kind, Mapping[str, str]]]:
    text = files("darsgah_tutor").joinpath("constructs.toml").read_text(encoding="utf-8")
    return {name: {**entry} for name, entry in tomllib.loads(text).items()}
