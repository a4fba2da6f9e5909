"""What is told of a class to the other end of a link, so that a stand-in there is like its objects.

A shape has names only: of special methods, of the plain type that the class extends, of the library classes
among its ancestors, which are looked up where they have been imported already. Nothing is imported for one.
"""

import sys
import types
from dataclasses import dataclass, field
from typing import Any

_KINDS: dict[str, type] = {
    "function": types.FunctionType,
    "builtin": types.BuiltinFunctionType,
    "method": types.MethodType,
    "generator": types.GeneratorType,
    "coroutine": types.CoroutineType,
    "async_generator": types.AsyncGeneratorType,
    "module": types.ModuleType,
    "code": types.CodeType,
    "class": type,
}
"""Types that have no name of their own in ``builtins``, by the name under which they cross."""

LIBRARIES = frozenset(
    (
        *("builtins", "collections", "csv", "datetime", "decimal", "enum", "fractions", "functools"),
        *("itertools", "json", "numbers", "pathlib", "random", "re", "statistics", "string"),
        *("matplotlib", "numpy", "pandas", "scipy", "sklearn", "torch"),
    )
)
"""Packages whose classes an object may be said to be an instance of. None of them is about testing: an
exception such as ``unittest.SkipTest`` would call a test passed."""

KIND_NAMES = {kind: name for name, kind in _KINDS.items()}

PLAIN_BASES: dict[str, type] = {
    base.__name__: base
    for base in (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, bytearray)
}
"""Plain types that a learner's class may extend, by name."""

BINARY = (
    *("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "divmod", "pow"),
    *("lshift", "rshift", "and", "or", "xor"),
)
"""The operators that have two operands, by the middle of their special methods' names."""
FORWARDED = frozenset(
    f"__{name}__"
    for name in (
        *("len", "length_hint", "getitem", "setitem", "delitem", "contains", "iter", "next", "reversed"),
        *("call", "enter", "exit", "bool", "int", "float", "complex", "index", "round", "trunc", "floor"),
        *("ceil", "abs", "neg", "pos", "invert", "bytes", "hash", "eq", "ne", "lt", "le", "gt", "ge"),
        *("str", "repr", "format"),
        *(f"{before}{name}" for name in BINARY for before in ("", "r", "i")),
    )
)
"""The special methods that a stand-in may have."""

_MOST_ANCESTORS = 50


@dataclass(frozen=True, slots=True)
class Shape:
    """What is known of the class of an object on the other side.

    Attributes:
        name: its name.
        kind: one of ``KIND_NAMES``, or empty.
        specials: which special methods it has, of those that are forwarded.
        hashable: whether its instances have a hash.
        base: the plain type it extends, by name; empty for none.
        ancestors: its library classes, itself included, as ``module:name``.
    """

    name: str
    kind: str = ""
    specials: frozenset[str] = frozenset()
    hashable: bool = True
    base: str = ""
    ancestors: tuple[str, ...] = ()
    real: tuple[type, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Find the classes that are known here too; nothing is imported for it."""
        found = [_KINDS[self.kind]] if self.kind in _KINDS else []
        found += [known for each in self.ancestors if (known := library_class(each)) is not None]
        object.__setattr__(self, "real", tuple(found))


def library_name(cls: type) -> str:
    """``module:name`` of a class that a library defines; empty for one of the notebook's."""
    module = sys.modules.get(cls.__module__)
    if cls.__module__ == "__main__" or getattr(module, cls.__qualname__, None) is not cls:
        return ""
    return f"{cls.__module__}:{cls.__qualname__}"


def library_class(name: object) -> type | None:
    """The class of that name, if its module has been imported here; nothing is imported for it.

    It has to be the library's own: ``numpy.testing`` has ``unittest.SkipTest`` among its names.
    """
    module, _, cls = name.partition(":") if isinstance(name, str) else ("", "", "")
    if not _is_library(module) or module not in sys.modules:
        return None
    found = vars(sys.modules[module]).get(cls)
    return found if isinstance(found, type) and _is_library(found.__module__) else None


def _is_library(module: str) -> bool:
    return module.partition(".")[0] in LIBRARIES


def identifier(name: object) -> str:
    """A name that came from the other side, or one for what has none."""
    return name if isinstance(name, str) and name.isidentifier() and len(name) < 200 else "object"


def shape_of_class(cls: type) -> Shape:
    """What there is to tell about a class of one's own."""
    ways = cls.__mro__
    specials = frozenset(
        name for name in FORWARDED if any(name in vars(way) for way in ways if way is not object)
    )
    base = next((way.__name__ for way in ways if PLAIN_BASES.get(way.__name__) is way), "")
    ancestors = tuple(
        f"{way.__module__}:{way.__qualname__}"
        for way in ways
        if way is not object
        and way.__module__ != "__main__"
        and getattr(sys.modules.get(way.__module__), way.__qualname__, None) is way
    )
    return Shape(
        cls.__name__,
        "class" if issubclass(cls, type) else KIND_NAMES.get(cls, ""),
        specials,
        cls.__hash__ is not None,
        base,
        ancestors[:_MOST_ANCESTORS],
    )


def shape_parts(shape: Shape) -> tuple[object, ...]:
    """What crosses of a shape; the same for every object of a class, so it is made once."""
    return (shape.name, shape.kind, sorted(shape.specials), shape.hashable, shape.base, shape.ancestors)


def shape_from(parts: Any) -> Shape:  # noqa: ANN401 -- whatever the other side sent; the errors of malformed parts may be raised
    """The shape that ``shape_parts`` told; names that are not known here are left out."""
    name, kind, specials, hashable, base, ancestors = parts
    return Shape(
        identifier(name),
        str(kind),
        FORWARDED.intersection(specials),
        hashable is True,
        base if base in PLAIN_BASES else "",
        tuple(str(each) for each in ancestors[:_MOST_ANCESTORS]),
    )
