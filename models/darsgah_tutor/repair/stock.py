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
_LARGEST_ASSIGNED = 30
"""Nodes of what a variable may be given that has no value."""
_LARGEST_IF = 20
"""Nodes of a branch that may be taken over whole, such as a guard."""
_BUILT_IN = frozenset(dir(builtins))


@dataclass(frozen=True)
class Stock:
    """Ingredients by the function in which they stand; "" is the module's own level.

    Attributes:
        expressions: by canonical text, for each function and role.
        statements: simple ones of the references, by canonical text.
        names: what is bound in a function or above, as far as the programs speak of it.
        given: what is bound before the answer runs.
        containers: variables that the answer takes items of, by name, for each function.
        callees: functions and methods that anything calls.
        known_methods: attributes that references, setup and tests use.
        returning: functions that return a value in a reference.
        keywords: arguments that calls of a function are given by name, by text.
        arguments: how many a function is given by position, at most.
        texts: constants that are texts, by canonical text.
        assigned: what the references give variables, by canonical text, for each function.
        finishing: methods that are called without arguments.
    """

    expressions: dict[tuple[str, Role], dict[str, ast.expr]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    statements: dict[str, dict[str, ast.stmt]] = field(default_factory=lambda: defaultdict(dict))
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    containers: dict[str, dict[str, ast.Name]] = field(default_factory=lambda: defaultdict(dict))
    callees: set[str] = field(default_factory=set)
    known_methods: set[str] = field(default_factory=set)
    returning: set[str] = field(default_factory=set)
    keywords: dict[str, dict[str, ast.keyword]] = field(default_factory=lambda: defaultdict(dict))
    arguments: dict[str, int] = field(default_factory=dict)
    texts: dict[str, ast.Constant] = field(default_factory=dict)
    assigned: dict[str, dict[str, ast.expr]] = field(default_factory=lambda: defaultdict(dict))
    finishing: set[str] = field(default_factory=set)

    def is_bound(self, name: str, function: str) -> bool:
        """Something gives the name a meaning, as far as the program shows."""
        known = name in _BUILT_IN or name in self.given
        return known or function not in self.names or name in self.names[function]


def stock(learner: ast.Module, references: Iterable[ast.Module], given: frozenset[str]) -> Stock:
    """The ingredients for editing an answer; references are in the learner's names.

    ``given`` are names that are bound before the answer runs.
    """
    found = Stock(given=given)
    others = list(references)
    spoken_of = {
        node.id for program in (learner, *others) for node in ast.walk(program) if isinstance(node, ast.Name)
    }
    for program in (*others, learner):
        _keep_expressions(found, program)
    for program in others:
        _keep_of_reference(found, program)
    for site in sites(learner):
        of_item = isinstance(site.parent, ast.Subscript) and site.role is Role.OWNER
        if of_item and isinstance(site.node, ast.Name):
            found.containers[site.function].setdefault(site.node.id, site.node)
    above = (*local_names(learner), *functions(learner), *_classes(learner), *_imported(learner))
    above = tuple(dict.fromkeys((*above, *sorted(given & spoken_of))))
    found.names[""] = above
    for name, function in routines(learner).items():
        found.names[name] = tuple(dict.fromkeys((*local_names(function), *_all_arguments(function), *above)))
    return found


def attributes(program: ast.Module) -> set[str]:
    """Names of attributes that a program speaks of."""
    return {node.attr for node in ast.walk(program) if isinstance(node, ast.Attribute)}


def _keep_expressions(found: Stock, program: ast.Module) -> None:
    for site in sites(program):
        if size(site.node) <= _LARGEST:
            found.expressions[site.function, site.role].setdefault(canonical(site.node), site.node)
        if isinstance(site.node, ast.Constant) and isinstance(site.node.value, str):
            found.texts.setdefault(canonical(site.node), site.node)
        if isinstance(site.node, ast.Call):
            callee = site.node.func
            name = callee.attr if isinstance(callee, ast.Attribute) else canonical(callee)
            found.callees.add(name)
            found.arguments[name] = max(len(site.node.args), found.arguments.get(name, 0))
            for keyword in site.node.keywords:
                found.keywords[name].setdefault(canonical(keyword), keyword)
            if isinstance(callee, ast.Attribute) and not site.node.args and not site.node.keywords:
                found.finishing.add(name)


def _keep_of_reference(found: Stock, program: ast.Module) -> None:
    found.known_methods.update(attributes(program))
    for name, function in routines(program).items():
        if any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function)):
            found.returning.add(name)
    for block in blocks(program):
        for statement in block.statements:
            if isinstance(statement, ast.Assign) and size(statement.value) <= _LARGEST_ASSIGNED:
                found.assigned[block.function].setdefault(canonical(statement.value), statement.value)
            simple = isinstance(statement, ast.If) or not hasattr(statement, "body")
            if simple and size(statement) <= (_LARGEST if not isinstance(statement, ast.If) else _LARGEST_IF):
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
