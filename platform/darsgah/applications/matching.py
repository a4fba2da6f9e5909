"""Who gets which brief: deferred acceptance with capacities, proposed by teams.

Each team says in which order it wants briefs, each brief in which order it wants teams. A team asks the brief
it wants most; a brief keeps the best of those who asked, as many as it takes, and sends the rest on to what
they want next. It ends when nobody has anybody left to ask. The result has no team and brief that would both
rather have each other than what they got (it is stable), and no stable result is better for any team. Both
are known of the method and are tried by ``tests/applications/test_matching.py`` against every other result
there could be.

What a person has decided stands outside of it: pairs that are ``fixed`` take their place first, and pairs
that are ``barred`` are never made. The result is stable among the rest. Nothing here reads a database or a
clock, and the order in which teams come makes no difference.

Gale and Shapley, "College admissions and the stability of marriage" (1962); Roth, "The evolution of the labor
market for medical interns and residents" (1984).
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Team = TypeVar("Team", bound=Hashable)
Brief = TypeVar("Brief", bound=Hashable)


class Outcome(StrEnum):
    """How it went for a team with one of the briefs that it wants.

    MATCHED: it has the brief. FIXED: it has it because a person said so. TAKEN_ELSEWHERE: it has one that it
    wants more. FULL: the brief has as many teams as it takes, all of which it ranks higher or a person fixed.
    BARRED: a person took the pair out. NOT_RANKED: the brief does not take the team. FIXED_ELSEWHERE: a
    person gave the team another brief. WOULD_RATHER: both would rather have each other than what they have,
    which a proposal never leaves, and a person may.
    """

    MATCHED = "matched"
    FIXED = "fixed"
    TAKEN_ELSEWHERE = "taken_elsewhere"
    FULL = "full"
    BARRED = "barred"
    NOT_RANKED = "not_ranked"
    FIXED_ELSEWHERE = "fixed_elsewhere"
    WOULD_RATHER = "would_rather"


@dataclass(frozen=True, slots=True)
class Market(Generic[Team, Brief]):
    """What there is to match.

    Attributes:
        wishes: for each team the briefs it wants, the most wanted first.
        rankings: for each brief the teams that it would take, best first. A team that is not in it is not
            taken, however much room there is.
        capacities: how many teams each brief takes; one that is missing takes none.
        fixed: the brief that a person gave to a team, whatever the rankings say.
        barred: pairs of team and brief that a person took out.
    """

    wishes: Mapping[Team, Sequence[Brief]]
    rankings: Mapping[Brief, Sequence[Team]]
    capacities: Mapping[Brief, int]
    fixed: Mapping[Team, Brief] = field(default_factory=dict)
    barred: Collection[tuple[Team, Brief]] = ()


class TooManyFixed(ValueError):  # noqa: N818 - says what is wrong
    """A person fixed more teams to a brief than it takes."""


def match(market: Market[Team, Brief]) -> dict[Team, Brief]:
    """The brief of each team that gets one: the stable result that is best for every team that nobody fixed.

    Raises:
        TooManyFixed: names the brief.
    """
    room = {brief: market.capacities.get(brief, 0) for brief in market.rankings}
    for brief in market.fixed.values():
        room[brief] = room.get(brief, market.capacities.get(brief, 0)) - 1
        if room[brief] < 0:
            raise TooManyFixed(brief)
    places, barred = _places(market), set(market.barred)
    asks = {
        team: [
            brief
            for brief in dict.fromkeys(wishes)
            if (team, brief) not in barred and team in places.get(brief, {})
        ]
        for team, wishes in market.wishes.items()
        if team not in market.fixed
    }
    kept = _deferred_acceptance(asks, places, room)
    return {team: brief for brief, teams in kept.items() for team in teams} | dict(market.fixed)


def explain(market: Market[Team, Brief], pairs: Mapping[Team, Brief]) -> dict[Team, dict[Brief, Outcome]]:
    """For each team how these pairs leave it with each brief that it wants, the most wanted first.

    The pairs may be a proposal, or what a person made of one.
    """
    places, barred = _places(market), set(market.barred)
    held: dict[Brief, list[Team]] = {}
    for team, brief in pairs.items():
        held.setdefault(brief, []).append(team)
    found: dict[Team, dict[Brief, Outcome]] = {}
    for team, wishes in market.wishes.items():
        has_better, found[team] = False, {}
        for brief in dict.fromkeys(wishes):
            has = pairs.get(team) == brief
            outcome = _decided(market.fixed.get(team), brief, barred=(team, brief) in barred)
            if outcome is None:
                outcome = Outcome.MATCHED if has else Outcome.TAKEN_ELSEWHERE if has_better else None
            if team not in places.get(brief, {}) and outcome in {None, Outcome.TAKEN_ELSEWHERE}:
                outcome = Outcome.NOT_RANKED
            found[team][brief] = outcome or _refusal(market, places[brief], held.get(brief, []), team, brief)
            has_better = has_better or has
    return found


def _decided(fixed: Brief | None, brief: Brief, *, barred: bool) -> Outcome | None:
    """What a person decided about a pair; ``fixed`` is the brief that they gave to its team."""
    if fixed == brief:
        return Outcome.FIXED
    if barred:
        return Outcome.BARRED
    return None if fixed is None else Outcome.FIXED_ELSEWHERE


def _refusal(
    market: Market[Team, Brief], ranking: Mapping[Team, int], held: Sequence[Team], team: Team, brief: Brief
) -> Outcome:
    """Why a team does not have a brief that it wants more than what it has, and that would take it."""
    full = len(held) >= market.capacities.get(brief, 0)
    kept = all(other in market.fixed or ranking.get(other, len(ranking)) < ranking[team] for other in held)
    return Outcome.FULL if full and kept else Outcome.WOULD_RATHER


def _places(market: Market[Team, Brief]) -> dict[Brief, dict[Team, int]]:
    """For each brief the place of each team that it takes, 0 for the best."""
    return {
        brief: {team: place for place, team in enumerate(ranking)}
        for brief, ranking in market.rankings.items()
    }


def _deferred_acceptance(
    asks: Mapping[Team, Sequence[Brief]],
    places: Mapping[Brief, Mapping[Team, int]],
    room: Mapping[Brief, int],
) -> dict[Brief, list[Team]]:
    """The teams that each brief keeps in the end, best first."""
    kept: dict[Brief, list[Team]] = {brief: [] for brief in places}
    asked = dict.fromkeys(asks, 0)
    free = list(asks)
    while free:
        team = free.pop()
        if asked[team] == len(asks[team]):
            continue  # nobody is left to ask
        brief = asks[team][asked[team]]
        asked[team] += 1
        teams = kept[brief]
        teams.append(team)
        teams.sort(key=places[brief].__getitem__)
        if len(teams) > room[brief]:
            free.append(teams.pop())
    return kept
