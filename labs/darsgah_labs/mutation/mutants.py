"""Mutants of an answer cell: every small change of its solution that compiles and means something else.

Of many, ``most`` are taken so that every kind has its share: the kinds take turns, and within a kind the
order is that of the mutants' ids, which are hashes, so that the choice is spread over the cell and is the
same each time.
"""

import ast
import hashlib
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from types import CodeType

from darsgah_labs.mutation.calls import call_changes
from darsgah_labs.mutation.flow import flow_changes
from darsgah_labs.mutation.kinds import Kind
from darsgah_labs.mutation.operators import Change, operator_changes
from darsgah_labs.mutation.solution_source import Edit, SolutionSource, hide_magics, without_markers
from darsgah_labs.mutation.values import value_changes

MOST_PER_ANSWER = 40
"""Mutants taken of one answer cell."""

_FAMILIES: tuple[Callable[[ast.AST, SolutionSource], Iterator[Change]], ...] = (
    operator_changes,
    value_changes,
    call_changes,
    flow_changes,
)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A solution with one small fault.

    Attributes:
        id: stable as long as the changed line stays as it is, wherever in the cell it stands.
        line: the first line changed, from 1, in the cell without nbgrader's solution marks.
        before, after: the lines that the change touches, without the indentation they share.
        diff: the same as a diff, each line with ``-`` or ``+`` before it, indentation kept.
        source: the whole cell, without the marks.
    """

    id: str
    kind: Kind
    line: int
    before: str
    after: str
    diff: str
    source: str


def mutants(source: str, *, most: int | None = MOST_PER_ANSWER) -> list[Mutant]:
    """The mutants of an answer cell, in the order of their lines.

    Args:
        source: the cell with its solution; where it has nbgrader's marks, only what stands between them is
            changed.
        most: how many to take at most; None takes all.

    Raises:
        SyntaxError: the cell is not Python.
    """
    text, lines = without_markers(source)
    solution = SolutionSource(text, lines)
    seen = {_meaning(text)}
    found: list[Mutant] = []
    occurrences: dict[str, int] = defaultdict(int)
    for kind, edit in _changes(solution):
        changed = solution.edited(edit)
        meaning = _meaning(changed)
        if meaning is None or meaning in seen:
            continue
        seen.add(meaning)
        found.append(_mutant(solution, kind, edit, changed, occurrences))
    chosen = found if most is None else _spread(found, most)
    return sorted(chosen, key=lambda mutant: (mutant.line, mutant.kind, mutant.id))


def _changes(solution: SolutionSource) -> Iterator[Change]:
    for node in ast.walk(solution.tree):
        for family in _FAMILIES:
            for kind, edit in family(node, solution):
                if solution.may_change(edit):
                    yield kind, edit


def _meaning(text: str) -> object:
    """What the text compiles to, positions left out; None where it does not compile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a mutant may well compare with `is`
            code = compile(
                hide_magics(text.encode()),
                "cell",
                "exec",
                flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
                dont_inherit=True,
            )
    except (SyntaxError, ValueError, RecursionError, OverflowError, MemoryError):
        return None
    return _code_meaning(code)


def _code_meaning(code: CodeType) -> tuple[object, ...]:
    constants = tuple(
        _code_meaning(value) if isinstance(value, CodeType) else (type(value).__name__, repr(value))
        for value in code.co_consts
    )
    names = code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
    return code.co_code, constants, *names, code.co_argcount, getattr(code, "co_exceptiontable", b"")


def _mutant(
    solution: SolutionSource, kind: Kind, edit: Edit, changed: str, occurrences: dict[str, int]
) -> Mutant:
    removed, added = _touched(solution, edit, changed)
    diff = "\n".join([*(f"-{line}" for line in removed), *(f"+{line}" for line in added)])
    before, after = _dedented(removed), _dedented(added)
    key = f"{kind}\n{before}\n{after}"
    occurrences[key] += 1
    digest = hashlib.sha256(f"{key}\n{occurrences[key]}".encode()).hexdigest()[:12]
    return Mutant(digest, kind, solution.line_of(edit.start), before, after, diff, changed)


def _touched(solution: SolutionSource, edit: Edit, changed: str) -> tuple[list[str], list[str]]:
    """The lines that an edit takes away and those it puts there; what stays on either side is left out."""
    old, new = solution.text.split("\n"), changed.split("\n")
    first, last = solution.line_of(edit.start) - 1, solution.line_of(edit.end)
    removed, added = old[first:last], new[first : len(new) - (len(old) - last)]
    while removed and added and removed[0] == added[0]:
        removed, added = removed[1:], added[1:]
    while removed and added and removed[-1] == added[-1]:
        removed, added = removed[:-1], added[:-1]
    return removed, added


def _dedented(lines: list[str]) -> str:
    shared = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    return "\n".join(line[shared:] for line in lines)


def _spread(found: Iterable[Mutant], most: int) -> list[Mutant]:
    """At most so many, the kinds taking turns."""
    by_kind: dict[Kind, list[Mutant]] = defaultdict(list)
    for mutant in sorted(found, key=lambda mutant: mutant.id):
        by_kind[mutant.kind].append(mutant)
    turns = zip_longest(*(by_kind[kind] for kind in sorted(by_kind)))
    return [mutant for turn in turns for mutant in turn if mutant is not None][:most]
