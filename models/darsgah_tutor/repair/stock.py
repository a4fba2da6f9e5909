"""What edits are made of: the expressions, names and simple statements of the answer and the references."""

import ast
import builtins
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from darsgah_tutor.repair.sites import Role, blocks, sites
from darsgah_tutor.repair.trees import canonical, size
from darsgah_tutor.repair.variables import functions, local_names, parameters

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
        callees: functions and methods that anything calls.
    """

    expressions: dict[tuple[str, Role], dict[str, ast.expr]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    statements: dict[str, dict[str, ast.stmt]] = field(default_factory=lambda: defaultdict(dict))
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    callees: set[str] = field(default_factory=set)

    def is_bound(self, name: str, function: str) -> bool:
        """Something gives the name a meaning, as far as the program shows."""
        return name in _BUILT_IN or name in self.names.get(function, ())


def stock(learner: ast.Module, references: Iterable[ast.Module], given: frozenset[str]) -> Stock:
    """The ingredients for editing an answer; references are in the learner's names.

    ``given`` are names that the setup binds.
    """
    found = Stock()
    others = list(references)
    for program in (*others, learner):
        for site in sites(program):
            if size(site.node) <= _LARGEST:
                found.expressions[site.function, site.role].setdefault(canonical(site.node), site.node)
            if isinstance(site.node, ast.Call):
                callee = site.node.func
                found.callees.add(callee.attr if isinstance(callee, ast.Attribute) else canonical(callee))
    for program in others:
        for block in blocks(program):
            for statement in block.statements:
                if not hasattr(statement, "body") and size(statement) <= _LARGEST:
                    found.statements[block.function].setdefault(canonical(statement), statement)
    above = (*local_names(learner), *functions(learner), *_imported(learner), *given)
    found.names[""] = above
    for name, function in functions(learner).items():
        found.names[name] = (*parameters(function), *local_names(function), *above)
    return found


def _imported(module: ast.Module) -> list[str]:
    return [
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(module)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
