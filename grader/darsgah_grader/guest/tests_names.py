"""The names that tests see when they run apart from the learner's code.

Which name means what is decided before any learner's code runs, from the master alone (``naming`` on the
host): what the master imports is imported here, what its tests and read-only cells bind is bound here, and
only what the answers are to define is fetched from the learner's side. So a learner who redefines what a
test calls changes nothing.
"""

import builtins
import importlib
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from darsgah_grader.guest import stand_ins

_OWN = frozenset({"__builtins__", "__builtin__", "__name__", "__doc__", "_", "__", "___", "_dh", "In", "Out"})
_UNCHANGING = (type(None), bool, int, float, complex, str, bytes)


class NamesEnd(Protocol):
    """The tests' end of the link, as their names see it.

    Attributes:
        alone: nothing is asked of the other side now.
        stale: called with names whose values there are no more what was fetched.
    """

    alone: bool
    stale: Callable[[Iterable[str]], None]

    def ask(self, op: str, *arguments: object) -> Any:
        """Have the learner's side do something."""
        ...

    def trust(self, stand_in: stand_ins.StandIn) -> None:
        """Note that this is what a name of the learner's means."""


class TestNames(dict[str, Any]):
    """The namespace of the tests.

    ``naming`` has ``imports`` (name to module and attribute), ``stars`` (modules all of whose names were
    imported), ``own`` (names that only the master's tests and read-only cells bind), ``answers`` (names that
    the answers bind) and ``shared`` (names that a test may change for the learner's code too).
    """

    def __init__(self, end: NamesEnd, naming: dict[str, Any]) -> None:
        super().__init__()
        self._end = end
        self._imports: dict[str, list[str]] = naming["imports"]
        self._stars: list[str] = naming["stars"]
        self._own = frozenset(naming["own"]) | _OWN
        self._answers = frozenset(naming["answers"])
        self._shared = frozenset(naming["shared"])
        self._kept: set[str] = set()
        end.stale = self._forget

    def __missing__(self, name: str) -> Any:
        if type(name) is not str or name in self._own:
            raise KeyError(name)
        if name in self._imports:
            return self._imported(name)
        if name not in self._answers:
            for module in self._stars:
                found = importlib.import_module(module)
                if name in getattr(found, "__all__", ()) or (
                    not name.startswith("_") and hasattr(found, name)
                ):
                    return getattr(found, name)
            if hasattr(builtins, name):
                raise KeyError(name)
        return self._fetched(name)

    def _imported(self, name: str) -> Any:
        module, attribute = self._imports[name]
        value: Any = importlib.import_module(module)
        if attribute:
            try:
                value = getattr(value, attribute)
            except AttributeError:
                value = importlib.import_module(f"{module}.{attribute}")
        super().__setitem__(name, value)
        return value

    def _fetched(self, name: str) -> Any:
        if self._end.alone:
            raise KeyError(name)
        found = self._end.ask("fetch", name)
        if type(found) is not tuple or len(found) != 1:
            raise KeyError(name)
        value = found[0]
        if stand_ins.is_stand_in(value):
            self._end.trust(value)
        if stand_ins.is_stand_in(value) or type(value) in _UNCHANGING:
            super().__setitem__(name, value)
            self._kept.add(name)
        return value

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            if name in self._kept:
                self._kept.discard(name)
                self.pop(name, None)

    def forget_all(self) -> None:
        """At the end of a cell nothing of the learner's is kept."""
        self._forget(list(self._kept))

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        self._kept.discard(name)
        if self._end.alone:
            return
        if name in self._shared or (callable(value) and hasattr(builtins, name) and name not in _OWN):
            self._end.ask("set", name, value)

    def __delitem__(self, name: str) -> None:
        kept = name in self._kept
        here = super().__contains__(name)
        if here:
            super().__delitem__(name)
            self._kept.discard(name)
        if self._end.alone and not here:
            raise KeyError(name)
        if not self._end.alone and (name in self._shared or kept or not here):
            try:
                self._end.ask("delete", name)
            except NameError:
                if not here:
                    raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        if not isinstance(name, str) or name in self._own:
            return False
        return name in self._imports or (not self._end.alone and bool(self._end.ask("has", name)))
