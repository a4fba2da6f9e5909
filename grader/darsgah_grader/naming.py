"""What the names in a master's tests mean, read from its source before any learner's code runs.

A test that runs apart from the learner's code needs to know of each name whether it is its own, a library's
or one that the learner was to define. The master says so: what its answer cells bind or change is the
learner's; what it imports comes from the library; what only its tests and read-only cells bind is theirs.
"""

import ast
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from darsgah_grader.master import MasterNotebook, Role
from darsgah_grader.notebook import CellKind
from darsgah_grader.sandbox.types import Naming

_RUNS_WHAT_IT_READS = frozenset(
    {
        *("pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "read_pickle"),
        *("allow_pickle", "exec", "eval", "compile", "runpy", "importlib", "__import__", "__main__"),
        *("run_line_magic", "run_cell_magic", "run_cell", "system", "popen", "Popen", "subprocess"),
        *(
            "getoutput",
            "ctypes",
            "doctest",
            "jinja2",
            "sympify",
            "parse_expr",
            "numexpr",
            "codeop",
            "read_hdf",
        ),
        *("load_extension", "load_model", "unsafe_load", "full_load"),
    }
)
"""Names by which a test can come to run code that a learner's cells wrote: such a test is not run apart."""

_MAGIC = re.compile(r"^[ \t]*(?:[%!?]|[\w.]+\?).*$", re.MULTILINE)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True, slots=True)
class TestNaming:
    """Of one master notebook.

    Attributes:
        naming: what the names mean.
        setup: grade_ids of read-only cells that bind names which tests use.
        candidates: grade_ids of tests that may be run apart from the learner's code.
    """

    naming: Naming
    setup: frozenset[str]
    candidates: frozenset[str]


@lru_cache(maxsize=128)
def test_naming(master: MasterNotebook) -> TestNaming:
    """Read a master. Cells that are no Python bind nothing; tests in IPython's syntax are no candidates."""
    trees = {
        cell.grade_id: tree
        for cell in master.cells
        if cell.kind is CellKind.CODE and (tree := _parsed(cell.reference)) is not None
    }
    by_role: dict[Role, list[ast.Module]] = {role: [] for role in Role}
    for cell in master.cells:
        if cell.grade_id in trees:
            by_role[cell.role].append(trees[cell.grade_id])
    loose = [
        tree
        for cell in master.notebook.cells
        if cell.kind is CellKind.CODE and cell.grade_id not in master.by_id
        if (tree := _parsed(cell.source)) is not None
    ]
    written = by_role[Role.ANSWER] + by_role[Role.MANUAL]
    ours = by_role[Role.TEST] + by_role[Role.READONLY]
    imports, stars = _imports(loose + written + ours)
    answers = _bound(written) | _changed(written) - imports.keys()
    bound_by_import = _bound(written, imports_too=True) - _bound(written)
    own = _bound(ours) - answers
    there = written + by_role[Role.READONLY] + loose
    naming = Naming(
        imports={name: source for name, source in imports.items() if name not in answers},
        stars=tuple(stars),
        own=frozenset(own - imports.keys()),
        answers=frozenset(answers - bound_by_import),
        shared=((answers | _bound(there)) & _read_from_elsewhere(there)) - imports.keys(),
    )
    return TestNaming(naming, frozenset(_setup(master, trees)), frozenset(_candidates(master, trees)))


def _parsed(source: str) -> ast.Module | None:
    """A cell's syntax tree; lines in IPython's own syntax are left out, None for what is no Python."""
    for text in (source, _MAGIC.sub("", source)):
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _has_magic(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run when the cell does: not the insides of functions, classes and comprehensions."""
    for child in ast.iter_child_nodes(tree):
        yield child
        if not isinstance(child, (*_SCOPES, *_COMPREHENSIONS)):
            yield from _statements(child)


def _bound(trees: Iterable[ast.Module], *, imports_too: bool = False) -> frozenset[str]:
    """Names that cells bind at their top level, and those that their functions declare global."""
    names: set[str] = set()
    for tree in trees:
        for node in _statements(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                names.add(node.id)
            elif isinstance(node, _NAMED):
                names.add(str(node.name))
            elif imports_too and isinstance(node, (ast.Import, ast.ImportFrom)):
                names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        names.update(name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names)
    return frozenset(names)


def _read_from_elsewhere(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Names of which it matters to cells what a test puts there.

    Their functions read them, or a cell itself does before it has bound them. Any other name a test may use
    for what it expects, which is then not told to the learner's side.
    """
    names: set[str] = set()
    for tree in trees:
        bound: frozenset[str] = frozenset()
        for statement in tree.body:
            names.update(_loaded_outside_functions(statement) - bound)
            bound |= _bound([ast.Module([statement], [])], imports_too=True)
        names.update(_globals_of_functions(symtable.symtable(ast.unparse(tree), "<cell>", "exec")))
    return frozenset(names)


def _loaded_outside_functions(node: ast.AST) -> set[str]:
    """Names that a statement reads when it runs; of a function it is its decorators and defaults."""
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Load) else set()
    body = getattr(node, "body", []) if isinstance(node, _SCOPES) else []
    inside = body if isinstance(body, list) else [body]
    children = [child for child in ast.iter_child_nodes(node) if child not in inside]
    found = set().union(*map(_loaded_outside_functions, children))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        found.add(node.target.id)
    return found


def _globals_of_functions(table: symtable.SymbolTable) -> Iterator[str]:
    for inner in table.get_children():
        yield from (symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global())
        yield from _globals_of_functions(inner)


def _changed(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Names whose objects cells change in place: items and attributes set, methods called for that."""
    names: set[str] = set()
    for tree in trees:
        for node in _statements(tree):
            place: ast.AST | None = None
            if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store | ast.Del):
                place = node
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                place = node.value.func
            while isinstance(place, (ast.Subscript, ast.Attribute)):
                place = place.value
                if isinstance(place, ast.Name):
                    names.add(place.id)
    return frozenset(names)


def _imports(trees: Iterable[ast.Module]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """What each imported name is, the first import of it, and the modules imported with a star."""
    names: dict[str, tuple[str, str]] = {}
    stars: list[str] = []
    for tree in trees:
        for node in _statements(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.partition(".")[0]
                    names.setdefault(alias.asname or first, (alias.name if alias.asname else first, ""))
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    if alias.name == "*":
                        stars.append(node.module)
                    else:
                        names.setdefault(alias.asname or alias.name, (node.module, alias.name))
    return names, list(dict.fromkeys(stars))


def _used(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _setup(master: MasterNotebook, trees: dict[str, ast.Module]) -> set[str]:
    """Read-only cells that tests need, directly or through each other."""
    wanted: set[str] = set()
    for cell in master.cells:
        if cell.role is Role.TEST and cell.grade_id in trees:
            wanted |= _used(trees[cell.grade_id])
    needed: set[str] = set()
    for cell in reversed(master.cells):
        tree = trees.get(cell.grade_id)
        if cell.role is not Role.READONLY or tree is None or cell.skipped or _runs_what_it_reads(tree):
            continue
        if _bound([tree]) & wanted:
            needed.add(cell.grade_id)
            wanted |= _used(tree)
    return needed


def _candidates(master: MasterNotebook, trees: dict[str, ast.Module]) -> Iterator[str]:
    for cell in master.cells:
        tree = trees.get(cell.grade_id)
        if cell.role is not Role.TEST or tree is None or _has_magic(cell.source) or _runs_what_it_reads(tree):
            continue
        yield cell.grade_id


def _runs_what_it_reads(tree: ast.Module) -> bool:
    for node in ast.walk(tree):
        if _evaluates(node):
            return True
        names = {
            getattr(node, "id", None),
            getattr(node, "attr", None),
            getattr(node, "arg", None),
            *(part for alias in getattr(node, "names", ()) for part in getattr(alias, "name", "").split(".")),
            *(getattr(node, "module", None) or "").split("."),
        }
        if not _RUNS_WHAT_IT_READS.isdisjoint(names):
            return True
    return False


def _evaluates(node: ast.AST) -> bool:
    """Whether this hands a text that is not its own to ``DataFrame.query``, or unpickles with torch."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "query":
        given = node.args[0] if node.args else next((each.value for each in node.keywords), None)
        return not isinstance(given, ast.Constant)
    owner = node.func.value
    return node.func.attr == "load" and isinstance(owner, ast.Name) and owner.id == "torch"
