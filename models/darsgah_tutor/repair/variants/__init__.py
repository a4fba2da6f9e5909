"""Other spellings of a correct program that do the same, so that one of them is built like the learner's.

Rules rewrite a block of statements; they are applied in turn, breadth first, up to a depth and a number.
What a rule overlooks (a loop variable used behind its loop, a list that changes while it is walked) is caught
later: a program that was made from a variant is only taken when the tests pass it.
"""

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache

from darsgah_tutor.repair.sites import blocks
from darsgah_tutor.repair.trees import canonical, with_block
from darsgah_tutor.repair.variants import branches, gathering, loops, values
from darsgah_tutor.repair.variants.writing import Statements

Rule = Callable[[Statements, int], Iterator[Statements]]
"""From a block and an index in it to other contents of the block, where the rule applies there."""

RULES: tuple[Rule, ...] = (*loops.RULES, *branches.RULES, *gathering.RULES, *values.RULES)
_DEPTH = 3
_LIMIT = 80


@lru_cache(maxsize=512)
def variants(source: str) -> tuple[ast.Module, ...]:
    """Programs that do what ``source`` does, itself first, then those that fewer rules lead to.

    References are the same for every answer to a question, hence the memory.
    """
    tree = ast.parse(source)
    found = {canonical(tree): tree}
    reached = [tree]
    for _ in range(_DEPTH):
        reached = [
            variant
            for program in reached
            for variant in _rewritten(program)
            if len(found) < _LIMIT and found.setdefault(canonical(variant), variant) is variant
        ]
    return tuple(found.values())


def _rewritten(program: ast.Module) -> Iterator[ast.Module]:
    for block in blocks(program):
        for index in range(len(block.statements)):
            for rule in RULES:
                for statements in rule(block.statements, index):
                    yield with_block(program, block.place, block.name, statements)
