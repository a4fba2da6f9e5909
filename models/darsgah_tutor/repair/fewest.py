"""The fewest edits of a script that are enough, found by trying: what the tests don't need is left out."""

import ast
from collections.abc import Sequence
from itertools import combinations

from darsgah_tutor.repair.alignment import Script
from darsgah_tutor.repair.judge import Inquiry, Passed, is_right

_PAIRS = 60
"""So many pairs of edits are tried, cheapest first, before edits are taken back."""
_Chosen = frozenset[int]


def fewest(script: Script, *, hangs: bool) -> Inquiry[ast.Module | None]:
    """The learner's program with as few edits of a script as the tests ask for.

    None where not even all edits lead to a correct program. One edit or two are found where there are such;
    of more, none of those taken can be left out. Where the learner's program ``hangs``, edits are only taken
    back: programs with few of them would hang as well, and each would take its time.
    """
    everything = frozenset(script.edits)
    (whole,) = yield [script.applied(everything)]
    if not is_right(whole):
        return None
    if hangs:
        less = _with_one_less(script, everything)
        verdicts = yield [script.applied(rest) for rest in less]
        return script.applied((yield from _needed(script, everything, less, verdicts)))
    singles = [frozenset({number}) for number in sorted(everything, key=lambda one: script.edits[one].cost)]
    verdicts = yield [script.applied(chosen) for chosen in singles]
    chosen = _first_right(singles, verdicts)
    if chosen is None:
        pairs = [frozenset(two) for two in combinations(everything, 2)]
        pairs = sorted(pairs, key=script.cost)[:_PAIRS]
        less = _with_one_less(script, everything)
        verdicts = yield [script.applied(chosen) for chosen in (*pairs, *less)]
        chosen = _first_right(pairs, verdicts[: len(pairs)])
        if chosen is None:
            chosen = yield from _needed(script, everything, less, verdicts[len(pairs) :])
    return script.applied(chosen)


def _needed(
    script: Script, chosen: _Chosen, less: Sequence[_Chosen], verdicts: Sequence[Passed | None]
) -> Inquiry[_Chosen]:
    """Edits are taken back, dearest first, as many at once as the tests allow.

    ``verdicts`` are those on ``chosen`` with one edit less each.
    """
    while True:
        right = [rest for rest, passed in zip(less, verdicts, strict=True) if is_right(passed)]
        if not right:
            return chosen
        spare = [number for rest in right for number in chosen - rest]
        together = [chosen - set(spare[:count]) for count in range(len(spare), 0, -1)]
        verdicts = yield [script.applied(rest) for rest in together]
        chosen = _first_right(together, verdicts) or together[-1]
        if len(chosen) == 1:
            return chosen
        less = _with_one_less(script, chosen)
        verdicts = yield [script.applied(rest) for rest in less]


def _with_one_less(script: Script, chosen: _Chosen) -> list[_Chosen]:
    """All ways to take one edit back, the dearest first."""
    dearest = sorted(chosen, key=lambda number: -script.edits[number].cost)
    return [chosen - {number} for number in dearest]


def _first_right(ways: Sequence[_Chosen], verdicts: Sequence[Passed | None]) -> _Chosen | None:
    return next((way for way, passed in zip(ways, verdicts, strict=True) if is_right(passed)), None)
