"""All programs one edit away, likeliest first: where the edit stands times how likely such an edit is."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from darsgah_tutor.repair import expression_edits, statement_edits
from darsgah_tutor.repair.sites import Block, Site, blocks, sites
from darsgah_tutor.repair.soundness import is_unknown
from darsgah_tutor.repair.stock import Stock
from darsgah_tutor.repair.trees import Place, canonical, renamed, with_block, with_node

_FLOOR = 0.15
"""What a line counts that no failing check ran: evidence may be thin, and what is missing runs nowhere."""

_CERTAIN = 1.0
"""What a place counts whose fault shows without running."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A program one edit away, not built yet.

    Attributes:
        score: how promising it is.
        line: of the learner's that is edited.
        field: of a block that gets other statements; empty where one node is replaced.
    """

    score: float
    line: int
    program: ast.Module
    place: Place
    field: str
    new: ast.AST | list[ast.stmt]

    def built(self) -> ast.Module:
        """The program."""
        if isinstance(self.new, list):
            return with_block(self.program, self.place, self.field, self.new)
        return with_node(self.program, self.place, self.new)

    def apart_from(self, other: "Candidate") -> bool:
        """Neither place is within the other."""
        shorter = min(len(self.place), len(other.place))
        return self.place[:shorter] != other.place[:shorter]

    def joined(self, other: "Candidate") -> ast.Module:
        """The program with both edits; both replace a node, apart from one another."""
        return replace(other, program=self.built()).built()


def one_edit(program: ast.Module, stock: Stock, suspicion: Mapping[int, float]) -> list[Candidate]:
    """Programs one edit away, the most promising first; ``suspicion`` is by line."""
    candidates = []
    for site in sites(program):
        weight = _FLOOR + suspicion.get(site.line, 0.0)
        if is_unknown(site.node, site.function, stock):
            weight = max(weight, _CERTAIN)
        candidates += _replacing(program, site, stock, weight)
    for block in blocks(program):
        candidates += _rearranging(program, block, stock, suspicion)
    candidates += _renaming(program, stock)
    candidates.sort(key=lambda candidate: -candidate.score)
    return candidates


def _renaming(program: ast.Module, stock: Stock) -> Iterator[Candidate]:
    """A name that nothing binds, wherever a function has it, for one that is bound there."""
    for index, statement in enumerate(program.body):
        if isinstance(statement, ast.FunctionDef):
            own = [site for site in sites(ast.Module([statement], [])) if isinstance(site.node, ast.Name)]
            unknown = Counter(
                canonical(site.node) for site in own if is_unknown(site.node, site.function, stock)
            )
            for old in (name for name, times in unknown.items() if times > 1):
                for new in stock.names.get(statement.name, ()):
                    turned = renamed(statement, old, new)
                    yield Candidate(_CERTAIN, statement.lineno, program, (("body", index),), "", turned)


def _replacing(program: ast.Module, site: Site, stock: Stock, weight: float) -> list[Candidate]:
    best: dict[str, tuple[float, ast.AST]] = {}
    own = canonical(site.node)
    for prior, new in expression_edits.offers(site, stock):
        text = canonical(new)
        if text != own and prior > best.get(text, (0.0, new))[0]:
            best[text] = prior, new
    return [
        Candidate(weight * prior, site.line, program, site.place, "", new) for prior, new in best.values()
    ]


def _rearranging(
    program: ast.Module, block: Block, stock: Stock, suspicion: Mapping[int, float]
) -> list[Candidate]:
    return [
        Candidate((_FLOOR + suspicion.get(line, 0.0)) * prior, line, program, place, field, new)
        for prior, line, place, field, new in statement_edits.offers(block, stock)
    ]
