"""The tests' end of the link: what the learner's code may ask of them, and how they are run.

What the tests may do to the learner's objects is what they do to those of the reference solution; what their
names mean is in ``tests_names``.
"""

import contextlib
import inspect
import json
import random
import sys
from collections.abc import Callable, Iterable
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import Any

from darsgah_grader.guest import stand_ins
from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.cells import CellRunner
from darsgah_grader.guest.frames import Channel
from darsgah_grader.guest.handed_objects import PeerGone
from darsgah_grader.guest.learner_side import PATCHABLE, special
from darsgah_grader.guest.peer import Peer
from darsgah_grader.guest.shapes import FORWARDED
from darsgah_grader.guest.shared_files import SharedFiles, roots
from darsgah_grader.guest.shell import GuestShell
from darsgah_grader.guest.tests_names import TestNames

_OPAQUE = (
    *(FunctionType, MethodType, BuiltinFunctionType, ModuleType, type),
    *(GeneratorType, CoroutineType, AsyncGeneratorType, FrameType, CodeType, TracebackType),
)
"""What the learner's code may call or go through, and not look into."""

_TOLD_OF_ANY = frozenset({"__name__", "__doc__", "__qualname__"})
_PARAMETER_KINDS = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
    inspect.Parameter.KEYWORD_ONLY,
    inspect.Parameter.VAR_KEYWORD,
)
_EVALUATING = frozenset({"eval", "query", "enable_load_extension", "load_extension"})
"""Methods of objects that a test may hand over (tables, databases) that would run what they are given."""


class OfTheTests:
    """Stands in the tests for a mock of theirs that the learner's code gave back: it agrees to nothing."""


class TestsEnd(Peer):
    """What the learner's code may do with what the tests have handed to it is call, iterate and compare.

    ``alone`` says that a read-only cell runs, which the learner's side runs for itself: nothing is asked.
    ``allowed`` is what may be done to the learner's objects (``stand_ins.Asks.may``); None allows anything,
    and notes it in ``reached``.
    """

    def __init__(self, shell: GuestShell, work: str) -> None:
        super().__init__(
            {
                "call": self._call,
                "get": self._get,
                "special": self._special,
                "isinstance": _isinstance_plainly,
                "issubclass": _issubclass_plainly,
                "class": self._class,
            },
            lenient=False,
        )
        self._shell = shell
        self._files = SharedFiles(roots(work))
        self._seen = vars(sys.modules["builtins"])  # what tests patch: the notebook's own
        self._originals = {name: self._seen[name] for name in PATCHABLE}
        self._told_patches = False
        self.alone = False
        self.allowed: frozenset[str] | None = None
        self.reached: set[str] = set()
        self._doubted: set[int] = set()
        self._failed: AssertionError | None = None
        self._target_is_next = False
        self.stale: Callable[[Iterable[str]], None] = lambda _names: None

    def ask(self, op: str, *arguments: object) -> Any:
        """See ``Peer.ask``; what the learner's code makes of a test's failure in a callback changes nothing.

        A StopIteration that no iterator raised is an error: it would end a loop of the test's in silence.
        """
        try:
            return super().ask(op, *arguments)
        except StopIteration as error:
            if not (op == "special" and "__next__" in arguments[1:2]) and not self.may("StopIteration"):
                raise RuntimeError("the code that was tested raised StopIteration") from error
            raise
        finally:
            failed = self._failed
            if failed is not None and self._depth == 0:
                self._failed = None
                raise failed

    def gather(self) -> tuple[object, ...]:
        """The files that the tests wrote and the builtins that they have replaced."""
        entries, removed = self._files.changes()
        patched = {
            name: value
            for name, original in self._originals.items()
            if (value := self._seen.get(name)) is not original
        }
        told = patched if patched or self._told_patches else None
        self._told_patches = bool(patched)
        return (entries, removed, told) if entries or removed or told is not None else ()

    def take(self, told: tuple[Any, ...]) -> None:
        """Show what the learner's code has shown, here where a test may be catching it."""
        pieces, entries, removed, stale = told
        ours = self._files.told.intersection(change[:2] for change in (*entries, *removed))
        if ours and not self.may("a file of the tests"):
            entries = [entry for entry in entries if entry[:2] not in ours]
            removed = [file for file in removed if file not in ours]
        self._files.apply(entries, removed)
        self.stale(stale)
        for kind, text in pieces:
            if type(text) is not bytes:
                raise TypeError("what was shown comes as bytes")
            if kind == STDOUT:
                sys.stdout.write(text.decode("utf-8", "replace"))
            elif kind == STDERR:
                sys.stderr.write(text.decode("utf-8", "replace"))
            elif kind == DISPLAY:
                self._shell.capture.send(DISPLAY, text)

    def may(self, reach: str) -> bool:
        """What a test does to the objects of the reference solution it may do to a learner's."""
        if self.allowed is None:
            self.reached.add(reach)
            return True
        return reach in self.allowed

    def doubt(self, stand_in: stand_ins.StandIn) -> None:
        """What the reference solution's objects do not have: it can be called, and is told nothing."""
        self._doubted.add(stand_ins.number_of(stand_in))

    def doubts(self, stand_in: stand_ins.StandIn) -> bool:
        """Whether it is such."""
        return stand_ins.number_of(stand_in) in self._doubted

    def trust(self, stand_in: stand_ins.StandIn) -> None:
        """It is also what a name of the learner's means, which a test uses."""
        self._doubted.discard(stand_ins.number_of(stand_in))

    def _own(self, value: object) -> None:
        """Refuse what was not handed over: a text of the learner's has methods that look into objects."""
        if not self.holds(value):
            raise TypeError("only what the tests have handed over can be used from here")

    def _requested(self, body: bytes) -> tuple[object, list[object]]:
        self._target_is_next = True
        try:
            return super()._requested(body)
        finally:
            self._target_is_next = False

    def resolve_described(self, description: Any) -> object:
        """A mock has an answer to everything: given back it is one only where the reference gave one back."""
        target, self._target_is_next = self._target_is_next, False
        found = super().resolve_described(description)
        if not target and _is_mock(found) and not self.may("a mock"):
            return OfTheTests()
        return found

    def _error_bytes(self, error: BaseException, known: list[object]) -> bytes:
        """Of an assertion that failed in a callback nothing is told: its text may be what is expected."""
        if isinstance(error, AssertionError) and not self.may("AssertionError"):
            self._failed = self._failed or error
            error = AssertionError()
        return super()._error_bytes(error, known)

    def _class(self, value: object) -> type:
        self._own(value)
        return type(value)

    def _call(
        self, function: Callable[..., object], arguments: tuple[object, ...], named: dict[str, object]
    ) -> object:
        self._own(function)
        return function(*arguments, **named)

    def _get(self, value: object, name: str) -> object:
        self._own(value)
        if isinstance(value, _OPAQUE):
            if name not in _TOLD_OF_ANY:
                raise AttributeError(f"'{type(value).__name__}' of the tests: '{name}' is not shown here")
        elif name.startswith("_") or name in _EVALUATING or (_is_mock(value) and name in _mock_controls()):
            raise AttributeError(f"'{type(value).__name__}' object has no attribute '{name}'")
        return getattr(value, name)

    def _special(self, value: object, name: str, arguments: tuple[object, ...]) -> object:
        self._own(value)
        if name not in FORWARDED:
            raise AttributeError(name)
        return special(value, name, arguments)

    def describe(self, value: object) -> tuple[object, ...]:
        """A function, class or module of a library goes by its name: the learner's side has it too."""
        if isinstance(value, ModuleType):
            return ("m", value.__name__)
        if type(value) is stand_ins.TypeName:
            return ("g", "builtins", "type")
        module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
        if isinstance(module, str) and isinstance(name, str) and module != "__main__":
            found: object = sys.modules.get(module)
            if found is not None and getattr(found, name, None) is value:
                return ("g", module, name)
        return super().describe(value)


def _is_mock(value: object) -> bool:
    """Whether this is one of ``unittest.mock``, whatever it was told to look like."""
    mock: Any = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(value, mock.NonCallableMock)


def _mock_controls() -> frozenset[str]:
    """Names by which a mock is set up and asked; they are the tests' alone."""
    mock: Any = sys.modules["unittest.mock"]
    return frozenset(dir(mock.MagicMock)) | frozenset(dir(mock.AsyncMock)) | {"method_calls"}


def _isinstance_plainly(value: object, cls: object) -> bool:
    return isinstance(cls, type) and isinstance(value, cls)


def _issubclass_plainly(value: object, cls: object) -> bool:
    return isinstance(cls, type) and isinstance(value, type) and issubclass(value, cls)


def test_builtins(originals: dict[str, Any]) -> dict[str, Any]:
    """The builtins of tests: ``type`` and ``isinstance`` see through stand-ins."""
    return {**originals, "type": stand_ins.TypeName(), "isinstance": stand_ins.is_instance}


def prepare_process(end: TestsEnd) -> None:
    """Let this process's libraries know stand-ins, and the learner's side the seeds that tests set."""
    random.seed = _seeding(end, "random", random.seed)
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed = _seeding(end, "numpy", numpy_random.seed)
    inspect.getsource = _seeing_through(inspect.getsource, lambda value: str(end.ask("source", value)))
    inspect.signature = _seeing_through(
        inspect.signature, lambda value: _signature(end.ask("signature", value))
    )


def _seeding(end: TestsEnd, generator: str, seed: Callable[..., None]) -> Callable[..., None]:
    def forward(*arguments: object) -> None:
        seed(*arguments)
        if not end.alone:
            end.ask("seed", generator, arguments)

    return forward


def _seeing_through(function: Callable[..., Any], there: Callable[[object], Any]) -> Callable[..., Any]:
    def see(value: object, *arguments: object, **named: object) -> Any:
        return there(value) if stand_ins.is_stand_in(value) else function(value, *arguments, **named)

    return see


def _signature(parts: Iterable[Any]) -> inspect.Signature:
    """The signature that ``signature_parts`` tells."""
    return inspect.Signature(
        [
            inspect.Parameter(
                str(name),
                _PARAMETER_KINDS[int(kind)],
                default=default if has_default else inspect.Parameter.empty,
            )
            for name, kind, has_default, default in parts
        ]
    )


class TestsSide:
    """Runs the tests of a submission, and what they need of the master, where the learner's code is not."""

    def __init__(self, shell: GuestShell, cells: CellRunner, work: str, naming: dict[str, Any]) -> None:
        self._end = TestsEnd(shell, work)
        self._names = TestNames(self._end, naming)
        self._cells = cells
        shell.user_ns = self._names
        cells.trusted_builtins = test_builtins(cells.trusted_builtins)
        prepare_process(self._end)

    def run(self, cell: dict[str, Any], link: Channel | None) -> bytes:
        """Run one cell and return its result message; without a link it is one that asks for nothing."""
        self._end.alone = cell["part"] != "test"
        reaches = cell["reaches"]
        self._end.allowed = None if reaches is None else frozenset(reaches)
        self._end.reached.clear()
        if link is not None:
            self._end.connect(link, cell["index"] + 1)
            self._begin()
        try:
            result = self._cells.run({"source": cell["source"], "graded": True}, cell["index"])
            if reaches is None and self._end.reached:
                result = json.dumps(json.loads(result) | {"reaches": sorted(self._end.reached)}).encode()
            return result
        finally:
            self._end.alone = True
            self._names.forget_all()
            self._end.disconnect()

    def _begin(self) -> None:
        """Have the files that the learner's cells wrote; if the other side is gone the test will find out."""
        with contextlib.suppress(PeerGone):
            self._end.ask("begin")
