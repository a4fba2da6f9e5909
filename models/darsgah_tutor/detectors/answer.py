"""A learner's answer with what was seen of it, taken apart once for all detectors.

A pattern alone is a weak sign: correct programs have most of them too. It becomes a strong one on a line that
a failing check ran, and stronger where what the check got is what such a mistake brings about.
"""

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TypeVar

from darsgah_tutor.detectors.reading import Function, targets
from darsgah_tutor.detectors.values import Value, read_value
from darsgah_tutor.types import Check, Ended, Evidence, Finding, Question, Raised

Node = TypeVar("Node", bound=ast.AST)

_MAGIC = re.compile(r"(?m)^([ \t]*)[%!][^\n]*")
_DEEPEST = 150
"""Trees deeper than this are no learner's; what reads them later would recurse as deep."""
_MOST_NODES = 5000
"""Of larger trees only the evidence is looked at: answers have hundreds, and some patterns pair nodes."""


class Sign(Enum):
    """How strong a pattern is: alone, where a failing check ran it, and where the failure agrees with it."""

    HABIT = (0.05, 0.2, 0.65)
    """Correct programs have it often."""
    PATTERN = (0.15, 0.4, 0.8)
    """It is a mistake as often as not."""
    BLUNDER = (0.3, 0.65, 0.92)
    """Hardly anybody means it."""
    SYMPTOM = (0.0, 0.0, 0.85)
    """Only the evidence shows it."""
    VAGUE_SYMPTOM = (0.0, 0.0, 0.75)
    """The same, where something more particular may have been seen too."""


@dataclass(frozen=True)
class Comparison:
    """A failing visible check whose two sides could be read."""

    check: Check
    expected: Value
    got: Value


@dataclass
class Answer:
    """What a detector looks at.

    Attributes:
        tree: as ``parse`` makes it.
    """

    tree: ast.Module | None
    evidence: Evidence
    question: Question

    @cached_property
    def source(self) -> str:
        """The answer's text."""
        return self.evidence.source

    @cached_property
    def rows(self) -> list[str]:
        """Its lines; row 0 is line 1."""
        return self.source.splitlines()

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree."""
        return [*ast.walk(self.tree)] if self.tree else []

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node that holds each node."""
        return {child: node for node in self.nodes for child in ast.iter_child_nodes(node)}

    @cached_property
    def by_kind(self) -> dict[type[ast.AST], list[ast.AST]]:
        """The nodes of each very type."""
        kinds: dict[type[ast.AST], list[ast.AST]] = {}
        for node in self.nodes:
            kinds.setdefault(type(node), []).append(node)
        return kinds

    def every(self, kind: type[Node]) -> Iterator[Node]:
        """All nodes of a kind, in the order of a walk; ``ast.AST`` for all."""
        for node in self.nodes if kind is ast.AST else self.by_kind.get(kind, ()):
            if isinstance(node, kind):
                yield node

    @cached_property
    def functions(self) -> list[Function]:
        """All functions and methods in the answer."""
        return [*self.every(ast.FunctionDef), *self.every(ast.AsyncFunctionDef)]

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node stands in, from inside out."""
        while (held := self.parents.get(node)) is not None:
            yield held
            node = held

    def function_of(self, node: ast.AST) -> Function | None:
        """The function in which the node stands."""
        for held in self.around(node):
            if isinstance(held, ast.FunctionDef | ast.AsyncFunctionDef):
                return held
        return None

    def is_method(self, function: Function) -> bool:
        """Whether a class holds it."""
        return isinstance(self.parents.get(function), ast.ClassDef)

    @cached_property
    def failing(self) -> tuple[Check, ...]:
        """Checks that were asked and not passed."""
        return tuple(check for check in self.evidence.checks if check.passed is False)

    @cached_property
    def failed(self) -> bool:
        """Something is wrong with the answer."""
        return bool(self.failing) or self.evidence.ended is not Ended.RAN

    @cached_property
    def raised(self) -> tuple[Raised, ...]:
        """Exceptions of the answer's own run and of failing checks."""
        own = (self.evidence.raised,) if self.evidence.raised else ()
        return own + tuple(check.raised for check in self.failing if check.raised)

    @cached_property
    def timed_out(self) -> bool:
        """The answer, or a check of it, ran out of time."""
        return self.evidence.ended is Ended.TIMEOUT or any("Time" in one.name for one in self.raised)

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Failing checks that compare two values which can be read."""
        found = []
        for check in self.failing:
            expected, got = read_value(check.expected), read_value(check.got)
            if expected is not None and got is not None:
                found.append(Comparison(check, expected, got))
        return tuple(found)

    @cached_property
    def ran_in_failing(self) -> frozenset[int]:
        """Lines that failing runs executed; empty where nobody recorded them."""
        lines = {line for check in self.failing for line in check.lines}
        for raised in self.raised:
            lines.update((*raised.trace, raised.line))
        return frozenset(lines - {0})

    def suspect(self, node: ast.AST | int) -> bool:
        """Whether a failing run executed it. With no lines recorded every line is suspect."""
        if not self.failed:
            return False
        ran = self.ran_in_failing
        if not ran:
            return True
        first, last = (node, node) if isinstance(node, int) else (_line(node), _last_line(node))
        return any(line in ran for line in range(first, last + 1))

    def got_everywhere(self, test: Callable[[Comparison], bool]) -> bool:
        """Whether some check compared, and the test holds for at least half of those that did."""
        holds = sum(map(test, self.comparisons))
        return holds > 0 and 2 * holds >= len(self.comparisons)

    def got_none(self) -> bool:
        """A failing check got None where something else was expected."""
        return any(check.got == "None" and check.expected != "None" for check in self.failing)

    def raised_named(self, *names: str, message: str = "") -> Iterator[Raised]:
        """Exceptions of these names whose message has the pattern in it."""
        for one in self.raised:
            if one.name.rpartition(".")[2] in names and re.search(message, one.message):
                yield one

    @cached_property
    def assigned(self) -> dict[str, list[ast.expr]]:
        """The values that each name is given by plain assignments."""
        values: dict[str, list[ast.expr]] = {}
        for node in self.every(ast.Assign):
            for target in targets(node):
                if isinstance(target, ast.Name):
                    values.setdefault(target.id, []).append(node.value)
        return values

    def subscripts_at(self, line: int) -> list[ast.Subscript]:
        """What is indexed on that line."""
        return [node for node in self.every(ast.Subscript) if node.lineno == line]

    def ends_at(self, node: ast.AST, *names: str, message: str = "") -> bool:
        """Whether such an exception left the answer from within the node's lines."""
        lines = range(_line(node), _last_line(node) + 1)
        return any(one.line in lines for one in self.raised_named(*names, message=message))

    def finding(
        self,
        misconception: str,
        at: ast.AST | int,
        sign: Sign,
        *,
        agrees: bool = False,
        touches: ast.AST | int | None = None,
        name: str = "",
    ) -> Finding:
        """A finding at a node or line.

        Args:
            agrees: what failed is what this mistake brings about.
            touches: what a failing run must have executed, where it is not the node itself.
            name: fills the place ``{name}`` of the hints.
        """
        alone, suspect, agreed = sign.value
        strength = alone
        if self.failed and self.suspect(touches if touches is not None else at):
            strength = agreed if agrees else suspect
        line = at if isinstance(at, int) else _line(at)
        slots = {"line": str(line)}
        if name:
            slots["name"] = name
        shown = next((check for check in self.failing if check.visible and check.call), None)
        if shown is not None:
            slots["input"] = shown.call
            if shown.got:
                slots["value"] = shown.got
        return Finding(misconception, line, strength, slots)


Pattern = Callable[[Answer], Iterator[Finding]]
"""Sees one kind of mistake, or a few that are told apart by the same look."""


def parse(source: str) -> ast.Module | None:
    """The tree of an answer cell, lines that only IPython understands left out.

    None where it does not parse, or is larger or deeper than any learner's.
    """
    plain = _MAGIC.sub(lambda found: found[1] + "pass", source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    level: list[ast.AST] = [tree]
    number = 0
    for _ in range(_DEEPEST):
        number += len(level)
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level or number > _MOST_NODES:
            break
    return None if level else tree


def _line(node: ast.AST) -> int:
    line: int = getattr(node, "lineno", 1)
    return line


def _last_line(node: ast.AST) -> int:
    line: int | None = getattr(node, "end_lineno", None)
    return line or _line(node)
