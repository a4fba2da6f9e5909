"""Which controls stand beside which test, and which helpers of the lab are put back before it.

Read from the master's sources alone, on the trusted side, once a lab: what a test loads, by which name it
reaches it, and what the functions load that the lab itself defines for it. A name that an answer, or any
other cell of the learner's, is meant to define is the learner's, and is left alone.
"""

import ast
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from darsgah_grader import known_false
from darsgah_grader.master import MasterNotebook, Role
from darsgah_grader.notebook import CellKind
from darsgah_grader.sandbox.types import Control

_MOST: Final = 16
_SMALLEST, _SPAN = 10_000, 400_000
_USUAL: Mapping[str, str] = {"np": "numpy", "pd": "pandas", "npt": "numpy.testing", "nt": "nose.tools"}
_UNITTEST_RUNS = frozenset({"TextTestRunner", "TestResult", "TextTestResult", "main", "wasSuccessful"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Statement:
    """A control before its numbers are chosen; see `Control`."""

    ways: tuple[tuple[str, str], ...]
    raises: str = "AssertionError"
    costly: bool = False

    def control(self) -> Control:
        """With two numbers that nobody can know, the first smaller by far."""
        first = _SMALLEST + secrets.randbelow(_SPAN)
        second = 2 * first + secrets.randbelow(_SPAN)
        return Control(
            tuple((reach, text.format(a=first, b=second)) for reach, text in self.ways),
            self.raises,
            self.costly,
        )


@dataclass(frozen=True, slots=True)
class ControlPlan:
    """For one notebook, by grade_id.

    Attributes:
        statements: what stands beside a test.
        keeps: names that a cell of the lab's defines and no cell of the learner's is meant to.
        needs: of these, the ones that a test uses.
    """

    statements: Mapping[str, tuple[Statement, ...]]
    keeps: Mapping[str, tuple[str, ...]]
    needs: Mapping[str, tuple[str, ...]]

    def controls(self, grade_id: str) -> tuple[Control, ...]:
        """The controls of one run of a test, with numbers of their own."""
        return tuple(statement.control() for statement in self.statements.get(grade_id, ()))


def control_plan(master: MasterNotebook) -> ControlPlan:
    """The plan of a notebook; the last ones made are kept."""
    return _planned(
        tuple(
            (cell.grade_id, cell.role, cell.reference) for cell in master.cells if cell.kind is CellKind.CODE
        ),
        tuple(
            cell.source
            for cell in master.notebook.cells
            if cell.kind is CellKind.CODE and cell.grade_id not in master.by_id
        ),
    )


@dataclass(slots=True)
class _Module:
    """What a cell's code binds and loads. ``imports`` gives full names, ``loaded`` dotted ones as written."""

    imports: dict[str, str] = field(default_factory=dict)
    bound: set[str] = field(default_factory=set)
    loaded: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    caught: set[str] = field(default_factory=set)
    starred: set[str] = field(default_factory=set)
    functions: dict[str, ast.AST] = field(default_factory=dict)
    readable: bool = True


@lru_cache(maxsize=128)
def _planned(cells: tuple[tuple[str, Role, str], ...], loose: tuple[str, ...]) -> ControlPlan:
    learners = [_read(source) for source in loose]
    learners += [_read(source) for _, role, source in cells if role.written_by_learner]
    written = set[str]().union(*(part.bound for part in learners))
    assigned = set[str]().union(*(part.bound - part.imports.keys() for part in learners))
    unknown = not all(part.readable for part in learners)
    imports: dict[str, str] = dict(_USUAL)
    for part in learners:
        imports.update(part.imports)
    helpers: dict[str, ast.AST] = {}
    statements: dict[str, tuple[Statement, ...]] = {}
    keeps: dict[str, tuple[str, ...]] = {}
    needs: dict[str, tuple[str, ...]] = {}
    for grade_id, role, source in cells:
        if role.written_by_learner:
            continue
        part = _read(source)
        imports.update(part.imports)
        if role is Role.TEST:
            seen = _with_helpers(part, helpers)
            statements[grade_id] = tuple(_statements(seen, imports, assigned))
            before = set[str]().union(*keeps.values())
            needs[grade_id] = tuple(sorted(before & seen.loaded))
        kept = [name for name in (*part.functions, *part.imports) if name not in written]
        if kept and not unknown:
            keeps[grade_id] = tuple(dict.fromkeys(kept))
        helpers |= {name: node for name, node in part.functions.items() if name in kept}
    return ControlPlan(statements, keeps, needs)


def _statements(seen: _Module, imports: Mapping[str, str], assigned: set[str]) -> Iterator[Statement]:
    """The controls of one test, the plain assertion first, at most so many; ``assigned`` by learners."""
    own = (seen.bound - seen.imports.keys()) | assigned
    found: dict[str, Statement] = {"assert": Statement((("None", known_false.ASSERT),))}
    known = {
        full: name
        for name in sorted(seen.loaded)
        if (full := _full_name(name, imports, own, seen.starred)) in known_false.BY_NAME
    }
    found |= {full: _reaching(name, full) for full, name in known.items()}
    for method in sorted(seen.methods & known_false.BY_METHOD.keys()):
        found[method] = _of_unittest(method, seen, imports)
    for name in sorted(seen.caught & known_false.EXCEPTIONS - own):
        found[f"except {name}"] = Statement(((name, _filled(known_false.HANDLER, name)),))
    if "equals" in seen.methods:
        for kind in ("DataFrame", "Series"):
            text = known_false.EQUALS.format(kind=kind)
            found[f"{kind}.equals"] = Statement((("__import__('sys').modules['pandas']", text),), costly=True)
    if "unittest" in imports.values() and _UNITTEST_RUNS & seen.methods:
        found["unittest"] = Statement(
            (("__import__('sys').modules['unittest']", known_false.RUN_BY_UNITTEST),), costly=True
        )
    for name in sorted(found, key=lambda name: name.startswith("builtins."))[:_MOST]:
        yield found[name]


def _with_helpers(test: _Module, helpers: Mapping[str, ast.AST]) -> _Module:
    """The test together with the lab's functions that it calls, and those that these call."""
    seen = _Module(
        dict(test.imports),
        set(test.bound),
        set(test.loaded),
        set(test.methods),
        set(test.caught),
        set(test.starred),
    )
    waiting, done = list(test.loaded), set[str]()
    while waiting:
        name = waiting.pop().partition(".")[0]
        if name not in helpers or name in done:
            continue
        done.add(name)
        part = _Module()
        _collect(helpers[name], part)
        seen.loaded |= part.loaded
        seen.methods |= part.methods
        seen.caught |= part.caught
        waiting += part.loaded
    return seen


def _full_name(name: str, imports: Mapping[str, str], own: set[str], starred: set[str]) -> str:
    """The full name of what a test writes as ``name``; empty for what is its own or a learner's."""
    root, dot, rest = name.partition(".")
    if root in own:
        return ""
    if root in imports:
        return imports[root] + dot + rest
    for module in starred:
        if f"{module}.{name}" in known_false.BY_NAME:
            return f"{module}.{name}"
    return name if dot else f"builtins.{name}"


def _reaching(name: str, full: str) -> Statement:
    """By the name that the test writes, else where an import would find it."""
    text = known_false.BY_NAME[full]
    ways = [(name, _filled(text, name))]
    module, _, last = full.rpartition(".")
    if module != "builtins":
        elsewhere = f"__import__('sys').modules['{module}'].{last}"
        ways.append((elsewhere, _filled(text, elsewhere)))
    return Statement(tuple(ways), known_false.RAISES.get(full, "AssertionError"), full in known_false.COSTLY)


def _of_unittest(method: str, test: _Module, imports: Mapping[str, str]) -> Statement:
    """Through the object on which the test calls the method, else through a new test case."""
    text = known_false.BY_METHOD[method]
    names = [name for name in sorted(test.loaded) if name.endswith(f".{method}") and name.count(".") == 1]
    names = [name for name in names if name.partition(".")[0] not in {"self", *imports}]
    new = f"__import__('sys').modules['unittest'].TestCase().{method}"
    return Statement(tuple((name, _filled(text, name)) for name in [*names, new]))


def _filled(text: str, name: str) -> str:
    return text.replace("{f}", name)


def _read(source: str) -> _Module:
    """One cell's code; lines of IPython's own syntax are passed over, and what is no Python binds nothing."""
    part = _Module()
    for text in (source, "\n".join(_plain(line) for line in source.split("\n"))):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        _collect(tree, part)
        part.functions = {
            node.name: node for node in tree.body if isinstance(node, (*_FUNCTIONS, ast.ClassDef))
        }
        return part
    part.readable = not source.strip()
    return part


def _plain(line: str) -> str:
    stripped = line.lstrip()
    return line[: len(line) - len(stripped)] + "pass" if stripped.startswith(("%", "!")) else line


def _collect(tree: ast.AST, part: _Module) -> None:
    """What is bound, loaded and caught anywhere below a node."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                part.loaded.add(name)
            case ast.Attribute():
                _collect_attribute(node, part)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                part.bound.add(name)
            case ast.Name(id=name) | ast.arg(arg=name):
                part.bound.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                part.bound.update(names)
            case ast.Import() | ast.ImportFrom():
                _collect_import(node, part)
            case ast.ExceptHandler():
                _collect_handler(node, part)


def _collect_attribute(node: ast.Attribute, part: _Module) -> None:
    part.methods.add(node.attr)
    if dotted := _dotted(node):
        part.loaded.add(dotted)
        if not isinstance(node.ctx, ast.Load):
            part.bound.add(dotted.partition(".")[0])


def _collect_import(node: ast.Import | ast.ImportFrom, part: _Module) -> None:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom) and alias.name == "*":
            part.starred.add(node.module or "")
            continue
        module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        name = alias.asname or alias.name.partition(".")[0]
        full = module + (alias.name if alias.asname or module else name)
        part.imports[name] = full
        part.bound.add(name)


def _collect_handler(node: ast.ExceptHandler, part: _Module) -> None:
    if node.name:
        part.bound.add(node.name)
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    part.caught.update(kind.id for kind in kinds if isinstance(kind, ast.Name))


def _dotted(node: ast.Attribute) -> str:
    """``a.b.c`` as it is written; empty where it does not begin with a name."""
    parts = [node.attr]
    value: ast.expr = node.value
    while isinstance(value, ast.Attribute):
        parts.append(value.attr)
        value = value.value
    return ".".join([value.id, *reversed(parts)]) if isinstance(value, ast.Name) else ""
