"""What edits are made of: the expressions, names and simple statements of the answer and the references."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from darsgah_tutor.repair.sites import Role, blocks, sites
from darsgah_tutor.repair.trees import canonical, size
from darsgah_tutor.repair.variables import functions, local_names, routines

_LARGEST = 14
"""Nodes of an expression or a statement that may be taken from elsewhere."""
_BUILT_IN = frozenset(dir(builtins))


@dataclass(frozen=True)
class Stock:
    """Ingredients by the function in which they stand; "" is the module's own level.

    Attributes:
        expressions: by canonical text, for each function and role.
        statements: simple ones of the references, by canonical text.
        names: what is bound in a function or above.
        containers: variables that the answer takes items of, by name, for each function.
        callees: functions and methods that anything calls.
        known_methods: attributes that references, setup and tests use.
        returning: functions that return a value in a reference.
    """

    expressions: dict[tuple[str, Role], dict[str, ast.expr]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    statements: dict[str, dict[str, ast.stmt]] = field(default_factory=lambda: defaultdict(dict))
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    containers: dict[str, dict[str, ast.Name]] = field(default_factory=lambda: defaultdict(dict))
    callees: set[str] = field(default_factory=set)
    known_methods: set[str] = field(default_factory=set)
    returning: set[str] = field(default_factory=set)

    def is_bound(self, name: str, function: str) -> bool:
        """Something gives the name a meaning, as far as the program shows."""
        return name in _BUILT_IN or function not in self.names or name in self.names[function]


def stock(learner: ast.Module, references: Iterable[ast.Module], given: frozenset[str]) -> Stock:
    """The ingredients for editing an answer; references are in the learner's names.

    ``given`` are names that the setup binds.
    """
    found = Stock()
    others = list(references)
    for program in (*others, learner):
        _keep_expressions(found, program)
    for program in others:
        _keep_of_reference(found, program)
    for site in sites(learner):
        of_item = isinstance(site.parent, ast.Subscript) and site.role is Role.OWNER
        if of_item and isinstance(site.node, ast.Name):
            found.containers[site.function].setdefault(site.node.id, site.node)
    above = (*local_names(learner), *functions(learner), *_classes(learner), *_imported(learner), *given)
    found.names[""] = above
    for name, function in routines(learner).items():
        found.names[name] = tuple(dict.fromkeys((*local_names(function), *_all_arguments(function), *above)))
    return found


def _keep_expressions(found: Stock, program: ast.Module) -> None:
    for site in sites(program):
        if size(site.node) <= _LARGEST:
            found.expressions[site.function, site.role].setdefault(canonical(site.node), site.node)
        if isinstance(site.node, ast.Call):
            callee = site.node.func
            found.callees.add(callee.attr if isinstance(callee, ast.Attribute) else canonical(callee))


def _keep_of_reference(found: Stock, program: ast.Module) -> None:
    found.known_methods.update(node.attr for node in ast.walk(program) if isinstance(node, ast.Attribute))
    for name, function in routines(program).items():
        if any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function)):
            found.returning.add(name)
    for block in blocks(program):
        for statement in block.statements:
            if not hasattr(statement, "body") and size(statement) <= _LARGEST:
                found.statements[block.function].setdefault(canonical(statement), statement)


def _all_arguments(function: ast.FunctionDef) -> list[str]:
    """Parameters, also those of functions and lambdas within."""
    return [node.arg for node in ast.walk(function) if isinstance(node, ast.arg)]


def _classes(module: ast.Module) -> list[str]:
    return [statement.name for statement in module.body if isinstance(statement, ast.ClassDef)]


def _imported(module: ast.Module) -> list[str]:
    return [
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
