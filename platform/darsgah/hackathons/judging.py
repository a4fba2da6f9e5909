"""Who judges which entry, and what many judges' scores come to. No database, no clock, no chance.

**Dealing.** The judges of a track are a group. Each entry goes to as many of them as the hackathon asks for,
always to those with the least to do, and among these to judges who have shared few entries so far: scores can
be compared across a group as far as its judges are linked by entries that both have seen.

**Normalising.** One judge is strict, another generous, and with a few judges for each entry that decides
places. A score is taken as the entry's worth, plus the judge's leaning, plus chance. The worths are fixed
effects, the leanings random ones with a mean of zero, and both are estimated together by the mixed-model
equations of Henderson (1975, "Best linear unbiased estimation and prediction under a selection model",
Biometrics 31:423). A judge who saw few entries is moved little, as there is little to know a leaning by.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final
from uuid import UUID

SPREAD_RATIO: Final = 1.0
"""Variance of chance over variance of leanings, the one number that Henderson's equations need. At one, a
judge of n entries is moved by n/(n+1) of how far their scores lie from the entries' worths."""
ROUNDS: Final = 10_000
STILL: Final = 1e-10
SHOWN: Final = 2
"""Decimals that worths are compared with: whoever is shown the same has the same place."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one judge gave one entry, from 1 to 5."""

    entry_id: UUID
    judge_id: UUID
    value: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What an entry's scores come to.

    Attributes:
        value: with the judges' leanings taken out; around 1 to 5, and may lie a little outside.
        mean: of the scores as they were given.
        judges: how many gave one.
        place: from 1; equal worths share a place and the next one is left out.
    """

    entry_id: UUID
    value: float
    mean: float
    judges: int
    place: int


def deal(
    entries: Sequence[UUID],
    judges: Sequence[UUID],
    *,
    each: int,
    may: Callable[[UUID, UUID], bool],
    dealt: Iterable[tuple[UUID, UUID]] = (),
) -> tuple[list[tuple[UUID, UUID]], dict[UUID, int]]:
    """New pairs of entry and judge, and for each entry that still has too few judges how many it lacks.

    Args:
        each: how many judges an entry is to have.
        may: whether a judge may see an entry: not their own, and nothing else declared.
        dealt: pairs there are; they stay and count.
    """
    sitting: dict[UUID, set[UUID]] = {entry: set() for entry in entries}
    load = dict.fromkeys(judges, 0)
    shared: dict[frozenset[UUID], int] = {}
    for entry, judge in dealt:
        if entry in sitting and judge in load:
            _seat(entry, judge, sitting, load, shared)
    choices = {entry: [judge for judge in judges if may(entry, judge)] for entry in entries}
    pairs: list[tuple[UUID, UUID]] = []
    # Entries that few may judge choose first; the order of the others is theirs.
    for entry in sorted(entries, key=lambda one: len(choices[one])):
        while len(sitting[entry]) < each:
            free = [judge for judge in choices[entry] if judge not in sitting[entry]]
            if not free:
                break
            chosen = min(
                free,
                key=lambda judge: (
                    load[judge],
                    sum(shared.get(frozenset((judge, other)), 0) for other in sitting[entry]),
                    judges.index(judge),
                ),
            )
            _seat(entry, chosen, sitting, load, shared)
            pairs.append((entry, chosen))
    lacking = {entry: each - len(found) for entry, found in sitting.items() if len(found) < each}
    return pairs, lacking


def worths(scores: Sequence[Score]) -> list[Worth]:
    """The entries by place, those of one place in the order in which they came."""
    by_entry: dict[UUID, list[Score]] = {}
    by_judge: dict[UUID, list[Score]] = {}
    for score in scores:
        by_entry.setdefault(score.entry_id, []).append(score)
        by_judge.setdefault(score.judge_id, []).append(score)
    values = _solve(by_entry, by_judge)
    ranked = sorted(by_entry, key=lambda entry: -round(values[entry], SHOWN))
    found: list[Worth] = []
    for number, entry in enumerate(ranked, start=1):
        same = found and round(found[-1].value, SHOWN) == round(values[entry], SHOWN)
        given = [score.value for score in by_entry[entry]]
        place = found[-1].place if same else number
        found.append(Worth(entry, values[entry], sum(given) / len(given), len(given), place))
    return found


def _seat(
    entry: UUID,
    judge: UUID,
    sitting: Mapping[UUID, set[UUID]],
    load: dict[UUID, int],
    shared: dict[frozenset[UUID], int],
) -> None:
    if judge in sitting[entry]:
        return
    sitting[entry].add(judge)
    load[judge] += 1
    for pair in combinations(sitting[entry], 2):
        if judge in pair:
            shared[frozenset(pair)] = shared.get(frozenset(pair), 0) + 1


def _solve(
    by_entry: Mapping[UUID, Sequence[Score]], by_judge: Mapping[UUID, Sequence[Score]]
) -> dict[UUID, float]:
    """The worths: the equations of entries and of judges in turn, until neither changes any more."""
    leaning = dict.fromkeys(by_judge, 0.0)
    values: dict[UUID, float] = {}
    for _ in range(ROUNDS):
        for entry, given in by_entry.items():
            values[entry] = sum(score.value - leaning[score.judge_id] for score in given) / len(given)
        moved = 0.0
        for judge, given in by_judge.items():
            found = sum(score.value - values[score.entry_id] for score in given) / (len(given) + SPREAD_RATIO)
            moved = max(moved, abs(found - leaning[judge]))
            leaning[judge] = found
        if moved < STILL:
            break
    return values
