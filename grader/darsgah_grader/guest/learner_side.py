"""The learner's end of the link: what the tests may ask of the process that holds the learner's code.

Everything here runs beside that code and can be bent by it; what comes of that is no more than a learner's
function could have returned. The tests themselves, and what they expect, are never here.
"""

import asyncio
import copy
import importlib
import inspect
import os
import random
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

from darsgah_grader.guest.peer import Peer
from darsgah_grader.guest.shared_files import SharedFiles, roots
from darsgah_grader.guest.shell import GuestShell

PATCHABLE = ("input", "print", "open")
"""Builtins that a test may replace for the learner's code, as ``unittest.mock.patch`` does."""

_LONGEST_TRACE = 4000
_GUEST = os.path.dirname(__file__)  # noqa: PTH120 -- compared with the file names of frames


class LearnerEnd(Peer):
    """``shell`` has the learner's names; ``work`` is the work folder."""

    def __init__(self, shell: GuestShell, work: str) -> None:
        super().__init__(
            {
                "begin": _nothing,
                "fetch": self._fetch,
                "has": self._has,
                "set": self._set,
                "delete": self._delete,
                "names": self._names,
                "call": _call,
                "get": getattr,
                "put": setattr,
                "drop": delattr,
                "dir": dir,
                "special": special,
                "base": base_value,
                "class": _class_of,
                "isinstance": isinstance,
                "issubclass": issubclass,
                "source": inspect.getsource,
                "signature": signature_parts,
                "await": _awaited,
                "copy": copy.copy,
                "deepcopy": copy.deepcopy,
                "seed": _seed,
            },
            lenient=True,
        )
        self._shell = shell
        self._files = SharedFiles(roots(work))
        self._pieces: list[tuple[bytes, bytes]] = []
        self._lent: dict[str, object] = {}
        self._patched: dict[str, object] = {}
        os.register_at_fork(after_in_child=self.disconnect)

    def attend(self) -> None:
        """Do what the tests ask until they let go; what the learner's code shows meanwhile goes to them."""
        capture = self._shell.capture
        capture.begin()
        self._lent.clear()
        send, capture.send = capture.send, self._collect
        try:
            self.serve()
        finally:
            self._patch({})
            capture.send = send
            capture.flush()
            pieces, self._pieces = self._pieces, []
            for kind, text in pieces:
                send(kind, text)

    def _collect(self, kind: bytes, text: bytes) -> None:
        self._pieces.append((kind, text))

    # -- beside the messages ------------------------------------------------------------------------------

    def gather(self) -> tuple[object, ...]:
        """What was shown, which files changed, and which of the names handed over mean something else now."""
        self._shell.capture.flush()
        pieces, self._pieces = self._pieces, []
        entries, removed = self._files.changes()
        namespace = self._shell.user_ns
        stale = [name for name, value in self._lent.items() if namespace.get(name, self) is not value]
        for name in stale:
            del self._lent[name]
        return (pieces, entries, removed, stale) if pieces or entries or removed or stale else ()

    def take(self, told: tuple[Any, ...]) -> None:
        """The tests' files and what they have put in place of builtins."""
        entries, removed, patched = told
        self._files.apply(entries, removed)
        if patched is not None:
            self._patch(patched)

    def _patch(self, patched: dict[str, object]) -> None:
        """Replace builtins of the learner's own, and put back those that are replaced no more."""
        own = vars(sys.modules["builtins"])
        for name in PATCHABLE:
            if name in patched:
                self._patched.setdefault(name, own.get(name))
                own[name] = patched[name]
            elif name in self._patched:
                own[name] = self._patched.pop(name)

    def trace(self, error: BaseException) -> str:
        """The learner's part of a traceback."""
        frame = error.__traceback__
        while frame is not None and frame.tb_frame.f_code.co_filename.startswith(_GUEST):
            frame = frame.tb_next
        if frame is None:
            return ""
        return (
            "In the code that was tested:\n"
            + "".join(traceback.format_exception(type(error), error, frame))[-_LONGEST_TRACE:]
        )

    def resolve_described(self, description: Any) -> object:
        """Beside what crosses both ways: a module or something of a library, by its name."""
        if description[0] == "m":
            return importlib.import_module(description[1])
        if description[0] == "g":
            return getattr(importlib.import_module(description[1]), description[2])
        return super().resolve_described(description)

    # -- operations ---------------------------------------------------------------------------------------

    def _fetch(self, name: str) -> tuple[object, ...]:
        """The value of a name in a tuple of one, so that its object can be told from none; empty for none."""
        namespace = self._shell.user_ns
        if name not in namespace:
            return ()
        value = self._lent[name] = namespace[name]
        return (value,)

    def _has(self, name: str) -> bool:
        return name in self._shell.user_ns

    def _set(self, name: str, value: object) -> None:
        self._shell.user_ns[name] = value

    def _delete(self, name: str) -> None:
        if name not in self._shell.user_ns:
            raise NameError(f"name '{name}' is not defined")
        del self._shell.user_ns[name]

    def _names(self) -> list[str]:
        return [name for name in self._shell.user_ns if type(name) is str and not name.startswith("_")]


def _nothing() -> None:
    """To have what goes with every message."""


def _call(function: Callable[..., object], arguments: tuple[object, ...], named: dict[str, object]) -> object:
    return function(*arguments, **named)


def special(value: object, name: str, arguments: tuple[object, ...]) -> object:
    """A special method of an object, looked up as Python does: on its class."""
    return getattr(type(value), name)(value, *arguments)


def base_value(value: Any) -> object:
    """The plain value of an object whose class extends a plain type, as that type itself sees it."""
    if isinstance(value, bool | int):
        return int.__index__(value)
    if isinstance(value, str):
        return str.__str__(value)
    kind: Any
    for kind in (float, complex):
        if isinstance(value, kind):
            return kind.__pos__(value)
    for kind in (bytes, bytearray, list, tuple, set, frozenset):
        if isinstance(value, kind):
            return kind(kind.__iter__(value))
    if isinstance(value, dict):
        return dict(dict.items(value))
    raise TypeError(f"'{type(value).__name__}' has no plain value")


def _class_of(value: object) -> type:
    return type(value)


def signature_parts(function: Callable[..., object]) -> list[tuple[object, ...]]:
    """The parameters of a function: name, kind, whether there is a default, and the default."""
    return [
        (
            each.name,
            int(each.kind),
            each.default is not each.empty,
            None if each.default is each.empty else each.default,
        )
        for each in inspect.signature(function).parameters.values()
    ]


def _awaited(value: Any) -> object:
    async def wait() -> object:
        return await value

    return asyncio.run(wait())


def _seed(generator: str, arguments: tuple[Any, ...]) -> None:
    """Seed a generator of random numbers as the tests have seeded theirs."""
    if generator == "random":
        random.seed(*arguments)
    elif isinstance(numpy_random := sys.modules.get("numpy.random"), ModuleType):
        numpy_random.seed(*arguments)
