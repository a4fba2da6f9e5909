"""Completion and help over the values that are there, without running anything of the learner's.

Attributes are looked up statically: no property, ``__getattr__`` or ``__dir__`` of a class that a cell made
is called. What a library's own objects list is asked, because that is how data frames name their columns.
"""

import builtins
import contextlib
import inspect
import keyword
import re
import sys
from collections.abc import Iterator, Mapping
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, MethodType, ModuleType
from typing import Any

CHAIN = re.compile(r"(?:[^\W\d]\w*\.)*(?:[^\W\d]\w*)?$")
IMPORT = re.compile(r"^\s*(?:import|from)\s+\w*$")
MOST = 500
DOCUMENTATION = 4_000
PLAIN = (int, float, complex, bool, str, bytes, type(None))
_nothing = object()


def completions(namespace: Mapping[str, Any], prefix: str) -> tuple[int, list[tuple[str, str]]]:
    """What may follow.

    Args:
        prefix: the source up to the cursor.

    Returns:
        How many of the prefix's last characters a match replaces, and the matches with their types.
    """
    found = CHAIN.search(prefix)
    chain = found[0] if found else ""
    *path, last = chain.split(".")
    before = prefix[: len(prefix) - len(chain)]
    if not path and (IMPORT.match(prefix.rpartition("\n")[2])):
        matches = [(name, "namespace") for name in sys.stdlib_module_names if not name.startswith("_")]
    elif path:
        if before.endswith((".", ")", "]", '"', "'")):
            return len(last), []
        value = _value(namespace, path)
        matches = [] if value is _nothing else list(_members(value))
    elif not chain or before.endswith("."):
        return 0, []
    else:
        matches = list(_plain_names(namespace))
    wanted = last.casefold()
    fitting = [match for match in matches if match[0].casefold().startswith(wanted)]
    fitting = [match for match in fitting if last.startswith("_") or not match[0].startswith("_")]
    unique = dict(sorted(fitting, key=lambda match: (not match[0].startswith(last), match[0].casefold())))
    return len(last), list(unique.items())[:MOST]


def describe(namespace: Mapping[str, Any], source: str, cursor: int) -> str | None:
    """Signature and documentation of the name at the cursor, or of the call that the cursor is inside."""
    for chain in _chains_around(source, cursor):
        value = _value(namespace, chain.split("."))
        if value is not _nothing:
            return _description(chain, value)
    return None


def _chains_around(source: str, cursor: int) -> Iterator[str]:
    after = re.match(r"\w*", source[cursor:])
    found = CHAIN.search(source[:cursor] + (after[0] if after else ""))
    if found and found[0].strip("."):
        yield found[0].strip(".")
    depth = 0
    for position in range(cursor - 1, max(-1, cursor - 2_000), -1):
        depth += {")": 1, "(": -1}.get(source[position], 0)
        if depth < 0:
            call = CHAIN.search(source[:position])
            if call and call[0].strip("."):
                yield call[0].strip(".")
            return


def _plain_names(namespace: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in keyword.kwlist:
        yield name, "keyword"
    for name, value in [*vars(builtins).items(), *namespace.items()]:
        yield name, kind_of(value)


def _value(namespace: Mapping[str, Any], path: list[str]) -> Any:  # noqa: ANN401 # any value of the learner's
    """The value of a dotted name, or ``_nothing`` where finding it would run somebody's code."""
    first, *rest = path
    value = namespace.get(first, vars(builtins).get(first, _nothing))
    for name in rest:
        if value is _nothing:
            return _nothing
        value = _attribute(value, name)
    return value


def _attribute(value: Any, name: str) -> Any:  # noqa: ANN401 # any value of the learner's
    try:
        found = inspect.getattr_static(value, name, _nothing)
    except Exception:  # noqa: BLE001 # whatever odd classes do to a static look
        return _nothing
    if isinstance(found, staticmethod | classmethod):
        return found.__func__
    if isinstance(found, MemberDescriptorType | GetSetDescriptorType):
        return getattr(value, name, _nothing)
    if isinstance(found, FunctionType) and not isinstance(value, type | ModuleType):
        return MethodType(found, value)
    if isinstance(found, property) or (not isinstance(found, type) and hasattr(type(found), "__set__")):
        return _nothing
    return found


def _members(value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 # any value of the learner's
    for name in _member_names(value):
        found = _attribute(value, name)
        yield name, "property" if found is _nothing else _member_kind(found)


def _member_names(value: Any) -> set[str]:  # noqa: ANN401 # any value of the learner's
    if isinstance(value, ModuleType):
        return set(vars(value))
    line = type.__dict__["__mro__"].__get__(value if isinstance(value, type) else type(value))
    if not isinstance(value, type) and all(made.__module__ != "__main__" for made in line):
        try:
            return {name for name in dir(value) if name.isidentifier()}
        except Exception:  # noqa: BLE001 # a library's listing may fail in any way
            return set()
    names = {name for made in line for name in type.__dict__["__dict__"].__get__(made)}
    with contextlib.suppress(AttributeError):
        names |= set(object.__getattribute__(value, "__dict__"))
    return {name for name in names if isinstance(name, str)}


def kind_of(value: Any) -> str:  # noqa: ANN401 # any value of the learner's
    """The type of a completion, in the words of the page's editor."""
    if isinstance(value, type):
        return "class"
    if isinstance(value, ModuleType):
        return "namespace"
    return "function" if inspect.isroutine(value) else "variable"


def _member_kind(value: Any) -> str:  # noqa: ANN401 # any value of the learner's
    kind = kind_of(value)
    return {"function": "method", "variable": "property"}.get(kind, kind)


def _description(name: str, value: Any) -> str:  # noqa: ANN401 # any value of the learner's
    parts = [_heading(name, value)]
    if not isinstance(value, PLAIN):
        documentation = inspect.getdoc(value)
        if documentation:
            parts.append(documentation[:DOCUMENTATION])
    return "\n\n".join(parts)


def _heading(name: str, value: Any) -> str:  # noqa: ANN401 # any value of the learner's
    if isinstance(value, type) or inspect.isroutine(value):
        try:
            return f"{name.rpartition('.')[2]}{inspect.signature(value)}"
        except (TypeError, ValueError):
            return f"{name.rpartition('.')[2]}(...)"
    if type(value) in PLAIN:
        text = repr(value)
        return f"{name} = {text[:200]}"
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    size = f" of {len(value)}" if type(value) in {list, tuple, dict, set, frozenset} else ""
    return f"{name}: {type(value).__qualname__}{size}"
