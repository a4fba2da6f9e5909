"""The fewest edits of a script that are enough, found by trying: what the tests don't need is left out."""

import ast
from itertools import combinations

from darsgah_tutor.repair.alignment import Script
from darsgah_tutor.repair.judge import Judge, is_right

_PAIRS = 60
"""So many pairs of edits are tried, cheapest first, before edits are taken back one by one."""


def fewest(script: Script, judge: Judge, below: float) -> ast.Module | None:
    """The learner's program with as few edits of a script as the tests ask for, at a cost below ``below``.

    Applied as a whole the script has to lead to a correct program. One edit or two are found if they exist
    and come in time; of more, none of those taken can be left out.
    """
    everything = frozenset(script.edits)
    for number in (1, 2):
        chosen = _cheapest_of(script, number, judge, below)
        if chosen is not None:
            return chosen
    needed = _needed(script, everything, judge)
    return script.applied(needed) if script.cost(needed) < below else None


def _cheapest_of(script: Script, number: int, judge: Judge, below: float) -> ast.Module | None:
    """The program with the cheapest so many edits that are enough."""
    ways = sorted(combinations(script.edits, number), key=script.cost)
    affordable = [way for way in ways if script.cost(way) < below][: _PAIRS if number > 1 else None]
    return judge.first_right(script.applied(way) for way in affordable)


def _needed(script: Script, chosen: frozenset[int], judge: Judge) -> frozenset[int]:
    """Edits are taken back, dearest first, as many at once as the tests allow."""
    while len(chosen) > 1:
        dearest = sorted(chosen, key=lambda number: -script.edits[number].cost)
        without = [chosen - {number} for number in dearest]
        verdicts = judge.judged([script.applied(rest) for rest in without])
        spare = [number for number, passed in zip(dearest, verdicts, strict=True) if is_right(passed)]
        if not spare:
            break
        together = [chosen - set(spare[:count]) for count in range(len(spare), 0, -1)]
        verdicts = judge.judged([script.applied(rest) for rest in together])
        chosen = next(
            (rest for rest, passed in zip(together, verdicts, strict=True) if is_right(passed)), chosen
        )
    return chosen
