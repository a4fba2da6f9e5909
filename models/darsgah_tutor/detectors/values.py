"""Values as the evidence shows them, ``repr`` of Python and of NumPy, read back without running anything."""

import ast
from dataclasses import dataclass
from math import inf, isclose, isnan, nan

_NAMES = {"nan": nan, "inf": inf, "NaN": nan, "True": True, "False": False, "None": None}
_SCALARS = frozenset({"float64", "float32", "int64", "int32", "bool_", "bool", "str_", "intp"})
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Value:
    """What a ``repr`` stands for.

    Attributes:
        content: numbers, texts, lists, tuples, sets, dictionaries; an array as nested lists.
        array: it was an array of NumPy.
    """

    content: object
    array: bool = False

    @property
    def number(self) -> float | None:
        """The number that it is; True and False are none."""
        content = self.content
        return content if isinstance(content, int | float) and not isinstance(content, bool) else None

    @property
    def elements(self) -> list[object] | None:
        """What it holds, in order; None where it is no list, tuple or array."""
        return list(self.content) if isinstance(self.content, list | tuple) else None

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths along the axes, of an array or of nested lists."""
        lengths, inner = [], self.content
        while isinstance(inner, list | tuple):
            lengths.append(len(inner))
            inner = inner[0] if inner else None
        return tuple(lengths)


def read_value(text: str) -> Value | None:
    """The value that a ``repr`` shows; None where it is cut, empty, or no value of these kinds."""
    if not text or len(text) > 2000:
        return None
    try:
        tree = ast.parse(text, mode="eval")
        return Value(_content(tree.body, 0), "array(" in text)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None


def _content(node: ast.AST, depth: int) -> object:
    """As ``ast.literal_eval``, with NumPy's scalars and arrays. Raises ValueError for anything else."""
    if depth > _DEEPEST:
        raise ValueError
    if isinstance(node, ast.Call):
        return _called(node, depth)
    content: object
    match node:
        case ast.Constant(value=value):
            content = value
        case ast.Name(id=name) if name in _NAMES:
            content = _NAMES[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            content = _negative(_content(operand, depth + 1))
        case ast.List(elts=parts):
            content = [_content(part, depth + 1) for part in parts]
        case ast.Tuple(elts=parts):
            content = tuple(_content(part, depth + 1) for part in parts)
        case ast.Set(elts=parts):
            content = {_content(part, depth + 1) for part in parts}
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            content = {_content(key, depth + 1): _content(value, depth + 1) for key, value in pairs if key}
        case _:
            raise ValueError
    return content


def _called(node: ast.Call, depth: int) -> object:
    """``array([1, 2])``, ``np.float64(0.5)`` and ``set()``."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if node.args and (name == "array" or name in _SCALARS):
        return _content(node.args[0], depth + 1)
    if name == "set" and not node.args:
        return set()
    raise ValueError


def _negative(content: object) -> object:
    if isinstance(content, int | float):
        return -content
    raise ValueError


def close(left: float, right: float) -> bool:
    """Equal but for rounding."""
    return isclose(left, right, rel_tol=1e-6, abs_tol=1e-9)


def numbers(value: Value | None) -> list[float]:
    """All numbers in it, however deep."""
    found: list[float] = []
    waiting: list[object] = [value.content] if value else []
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, list | tuple | set):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, int | float) and not isinstance(one, bool):
            found.append(one)
    return found


def has_nan(value: Value | None) -> bool:
    """Whether anything in it is not a number or infinite."""
    return any(isnan(one) or abs(one) == inf for one in numbers(value))
