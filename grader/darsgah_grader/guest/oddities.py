"""What a learner's code has changed about the shell that runs it, seen after each of its cells.

Nothing of it reaches a test. It is told to the trusted side as names with evidence, so that a person can
look: a transformer of what is typed, say, has hardly come there by mistake. What libraries register
(IPython's own extensions, the inline figures) is no oddity.
"""

import sys
import threading
from _thread import _count as _threads_beside
from collections.abc import Iterator, Mapping
from types import FunctionType, MethodType, ModuleType
from typing import Any, Final

from darsgah_grader.guest.shell import GuestShell

INPUT_TRANSFORMER: Final = "input_transformer"
SHELL_CHANGED: Final = "shell_changed"
BUILTINS_CHANGED: Final = "builtins_changed"
HELPER_REDEFINED: Final = "helper_redefined"
LATE_THREAD: Final = "late_thread"
TRACE_FUNCTION: Final = "trace_function"
NAMES: Final = frozenset(
    {
        INPUT_TRANSFORMER,
        SHELL_CHANGED,
        BUILTINS_CHANGED,
        HELPER_REDEFINED,
        LATE_THREAD,
        TRACE_FUNCTION,
    }
)
"""Every name that can be told."""

Oddity = tuple[str, str]
"""Name and evidence."""

_METHODS = (
    "run_cell",
    "_run_cell",
    "run_cell_async",
    "run_ast_nodes",
    "run_code",
    "transform_cell",
    "transform_ast",
    "showtraceback",
    "showsyntaxerror",
    "_showtraceback",
)
_LISTS = (
    ("input transformer", INPUT_TRANSFORMER),
    ("AST transformer", SHELL_CHANGED),
    ("hook", SHELL_CHANGED),
    ("exception handler", SHELL_CHANGED),
)
_METHOD_TYPES = (FunctionType, classmethod, staticmethod, property)
_dict_of = type.__dict__["__dict__"].__get__
_LIBRARIES = tuple({sys.prefix, sys.base_prefix})
_MISSING = object()
_LONGEST = 60
_MOST_NAMES = 5
_enumerate = threading.enumerate
_main_thread = threading.main_thread()


class ShellWatch:
    """Compares the shell with what it was when `begin` was called, in the warm process."""

    def __init__(self, shell: GuestShell) -> None:
        self._shell = shell
        self._builtins: ModuleType | None = None
        self._own_builtins: dict[str, object] = {}
        self._methods: dict[str, object] = {}
        self._lists: dict[str, tuple[object, ...]] = {}
        self._told: set[Oddity] = set()
        self.changed = False

    def begin(self, builtins: ModuleType) -> None:
        """Take the present state as the right one; ``builtins`` is the module that learners' code sees."""
        self._builtins = builtins
        self._own_builtins = dict(vars(builtins))
        self._lists = self._present_lists()
        self._methods = self._present_methods()

    def look(self) -> list[Oddity]:
        """The oddities that have not been told yet."""
        if self._builtins is None:
            return []
        try:
            present = list(self._differences())
        except Exception as error:  # noqa: BLE001 -- parts were taken away or are a learner's own, and raise
            present = [(SHELL_CHANGED, f"the shell cannot be looked at: {type(error).__name__}")]
        self.changed = any(name != BUILTINS_CHANGED for name, _ in present)
        new = [oddity for oddity in present if oddity not in self._told]
        self._told.update(new)
        return new

    def _differences(self) -> Iterator[Oddity]:
        lists = self._present_lists()
        for what, name in _LISTS:
            before = self._lists[what]
            if not _same(before, lists[what]):
                new = [item for item in lists[what] if not any(item is old for old in before)]
                yield name, f"{what}: {_named(new)}" if new else f"{what}: taken away"
        methods = self._present_methods()
        replaced = [name for name in methods if methods[name] is not self._methods[name]]
        if replaced:
            yield SHELL_CHANGED, f"replaced: {', '.join(replaced)}"
        assert self._builtins is not None  # noqa: S101 -- look has asked; tells the type checker
        now = vars(self._builtins)
        patched = [name for name, value in self._own_builtins.items() if now.get(name, now) is not value]
        if patched:
            yield BUILTINS_CHANGED, ", ".join(patched[:_MOST_NAMES])

    def _present_lists(self) -> dict[str, tuple[object, ...]]:
        shell = self._shell
        manager = shell.input_transformer_manager
        return {
            "input transformer": (
                manager,
                *shell.input_transformers_post,
                *manager.cleanup_transforms,
                *manager.line_transforms,
                *manager.token_transformers,
            ),
            "AST transformer": tuple(shell.ast_transformers),
            "hook": tuple(
                hook for hooks in shell.events.callbacks.values() for hook in hooks if not _of_library(hook)
            ),
            "exception handler": tuple(shell.custom_exceptions),
        }

    def _present_methods(self) -> dict[str, object]:
        """What stands under each name, the instance before its class; the namespace is one of them."""
        shell = self._shell
        own, kind = vars(shell), type(shell)
        return {name: own.get(name) or getattr(kind, name) for name in _METHODS} | {
            "user_ns": shell.user_ns,
            "shell": kind,
        }


class Keeper:
    """Keeps the lab's own functions, classes and modules as they were when the lab's cell had run."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, dict[str, object]]] = {}
        self._replaced: dict[str, object] = {}

    def keep(self, names: list[str], namespace: Mapping[str, object]) -> None:
        """Remember what these names mean now."""
        for name in names:
            value = namespace.get(name)
            if isinstance(value, FunctionType | type | ModuleType):
                self._kept[name] = (value, _parts(value))

    def restore(self, names: list[str], namespace: dict[str, Any]) -> list[Oddity]:
        """Let these names, where they are kept, mean that again; what had been changed."""
        changed: list[Oddity] = []
        for name in names:
            value, parts = self._kept.get(name, (_MISSING, {}))
            own = namespace.get(name, _MISSING)
            if value is _MISSING or not (_put_back(value, parts, _parts(value)) or own is not value):
                continue
            if own is not value:
                self._replaced[name] = own
                namespace[name] = value
            changed.append((HELPER_REDEFINED, name[:_LONGEST]))
        return changed

    def give_back(self, namespace: dict[str, Any]) -> None:
        """After the test: the names are the learner's again, unless the test has bound them itself."""
        for name, own in self._replaced.items():
            if namespace.get(name) is not self._kept[name][0]:
                continue
            if own is _MISSING:
                del namespace[name]
            else:
                namespace[name] = own
        self._replaced.clear()


def late_threads(shell: GuestShell) -> list[Oddity]:
    """Threads that run beside this one now, without the one in which IPython runs ``%%bash`` and its like."""
    count = _threads_beside()
    if not count:
        return []
    scripts = shell.magics_manager.registry.get("ScriptMagics")
    own = getattr(getattr(scripts, "event_loop", None), "_thread_id", None)
    others = [thread for thread in _enumerate() if thread is not _main_thread]
    if own is not None and any(thread.ident == own for thread in others):
        others = [thread for thread in others if thread.ident != own]
        count -= 1
    if not count:
        return []
    names = [str(thread.name)[:_LONGEST] for thread in others]
    known = f" ({', '.join(names[:_MOST_NAMES])})" if names else ""
    return [(LATE_THREAD, f"{count} running{known}")]


def _parts(value: object) -> dict[str, object]:
    """What can be exchanged inside a function or a class; a module is only a name here."""
    if isinstance(value, FunctionType):
        return {name: getattr(value, name) for name in ("__code__", "__defaults__", "__kwdefaults__")}
    if isinstance(value, type):
        return {
            name: part for name, part in type.__dict__["__dict__"].__get__(value).items() if name != "__doc__"
        }
    return {}


def _put_back(value: object, parts: Mapping[str, object], present: Mapping[str, object]) -> bool:
    """Exchange again what was exchanged; a method of a new name adds to a class and replaces nothing."""
    wrong = [name for name, part in parts.items() if present.get(name, present) is not part]
    for name in wrong:
        if isinstance(value, type):
            type.__setattr__(value, name, parts[name])
        else:
            setattr(value, name, parts[name])
    added = [name for name in present.keys() - parts.keys() if name.startswith("__")]
    for name in added:
        type.__delattr__(value, name)
    return bool(wrong or added)


def _same(before: Any, now: Any) -> bool:  # noqa: ANN401 -- two collections of whatever there is
    return len(before) == len(now) and all(a is b for a, b in zip(before, now, strict=True))


def _of_library(hook: object) -> bool:
    """Whether a callback was written by an installed package, or is one of IPython's objects."""
    function = hook.__func__ if isinstance(hook, MethodType) else hook
    return isinstance(function, FunctionType) and function.__code__.co_filename.startswith(_LIBRARIES)


def _named(items: list[object]) -> str:
    return ", ".join(
        str(item.__qualname__ if isinstance(item, FunctionType) else type(item).__name__)[:_LONGEST]
        for item in items[:_MOST_NAMES]
    )
