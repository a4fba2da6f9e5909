"""The matching against its definition: every property is tried over all results there could be.

Markets are small, so that all of them can be gone through: a stable result is one without a pair that would
rather have each other, worked out here anew and not by the module's own function.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darsgah.applications.matching import Market, Outcome, TooManyFixed, explain, match

Pairs = Mapping[int, str]
TEAMS, BRIEFS = range(5), "ABCD"
QUICK = settings(max_examples=150, deadline=None)


@st.composite
def markets(draw: st.DrawFn, *, decided: bool = True) -> Market[int, str]:
    """A market; ``decided`` adds pairs that a person fixed or barred."""
    teams = list(TEAMS[: draw(st.integers(0, len(TEAMS)))])
    briefs = list(BRIEFS[: draw(st.integers(1, len(BRIEFS)))])
    wishes = {team: draw(st.lists(st.sampled_from(briefs), unique=True)) for team in teams}
    rankings = {
        brief: draw(st.permutations([team for team in teams if draw(st.integers(0, 5))])) for brief in briefs
    }
    capacities = {brief: draw(st.integers(0, 3)) for brief in briefs}
    fixed: dict[int, str] = {}
    if decided:
        for team in draw(st.lists(st.sampled_from(teams), unique=True, max_size=2) if teams else st.just([])):
            brief = draw(st.sampled_from(briefs))
            if list(fixed.values()).count(brief) < capacities[brief]:
                fixed[team] = brief
    barred = [
        pair
        for pair in product(teams, briefs)
        if decided and draw(st.integers(0, 9)) == 0 and pair not in fixed.items()
    ]
    return Market(wishes, rankings, capacities, fixed, barred)


def possible(market: Market[int, str]) -> Iterator[dict[int, str]]:
    """Every result that keeps to capacities, to what both sides take at all, and to what a person decided."""
    choices = []
    for team, wishes in market.wishes.items():
        if team in market.fixed:
            choices.append([market.fixed[team]])
            continue
        taken = [
            brief for brief in wishes if team in market.rankings[brief] and (team, brief) not in market.barred
        ]
        choices.append([*taken, ""])
    for chosen in product(*choices):
        pairs = {team: brief for team, brief in zip(market.wishes, chosen, strict=True) if brief}
        if all(
            list(pairs.values()).count(brief) <= market.capacities[brief]
            for brief in BRIEFS
            if brief in pairs.values()
        ):
            yield pairs


def stable(market: Market[int, str], pairs: Pairs) -> bool:
    """Whether no team and brief, free to choose, would rather have each other."""
    for team, wishes in market.wishes.items():
        if team in market.fixed:
            continue
        mine = wishes.index(pairs[team]) if team in pairs else len(wishes)
        for brief in wishes[:mine]:
            ranking = market.rankings[brief]
            if team not in ranking or (team, brief) in market.barred:
                continue
            held = [other for other, its in pairs.items() if its == brief]
            could_go = [other for other in held if other not in market.fixed]
            if len(held) < market.capacities[brief]:
                return False
            if any(ranking.index(other) > ranking.index(team) for other in could_go):
                return False
    return True


def place(market: Market[int, str], pairs: Pairs, team: int) -> int:
    """How far down its wishes a team came; without a brief it is past their end."""
    wishes = list(market.wishes[team])
    return wishes.index(pairs[team]) if team in pairs else len(wishes)


@QUICK
@given(markets())
def test_nobody_would_rather_have_another(market: Market[int, str]) -> None:
    assert stable(market, match(market))


@QUICK
@given(markets())
def test_capacity_gates_and_what_a_person_decided_hold(market: Market[int, str]) -> None:
    pairs = match(market)
    for brief, most in market.capacities.items():
        assert list(pairs.values()).count(brief) <= most
    for team, brief in pairs.items():
        if market.fixed.get(team) == brief:
            continue
        assert team not in market.fixed
        assert brief in market.wishes[team], "a team gets only what it wants"
        assert team in market.rankings[brief], "a brief gets only whom it takes"
        assert (team, brief) not in market.barred
    assert market.fixed.items() <= pairs.items()


@QUICK
@given(markets())
def test_no_stable_result_is_better_for_any_team(market: Market[int, str]) -> None:
    pairs = match(market)
    others = [other for other in possible(market) if stable(market, other)]
    assert dict(pairs) in others
    for team in market.wishes:
        if team not in market.fixed:
            assert all(place(market, pairs, team) <= place(market, other, team) for other in others)


@QUICK
@given(markets(decided=False))
def test_every_stable_result_matches_the_same_teams(
    market: Market[int, str],
) -> None:
    """The rural hospitals theorem (Roth 1986): an independent check of the search above as well."""
    pairs = match(market)
    for other in possible(market):
        if stable(market, other):
            assert other.keys() == pairs.keys()
            assert sorted(other.values()) == sorted(pairs.values())


@QUICK
@given(markets(), st.randoms(use_true_random=False))
def test_the_order_of_teams_makes_no_difference(market: Market[int, str], shuffle: Random) -> None:
    teams = list(market.wishes)
    shuffle.shuffle(teams)
    wishes = {team: market.wishes[team] for team in teams}
    again = Market(wishes, market.rankings, market.capacities, market.fixed, market.barred)
    assert match(again) == match(market)


@QUICK
@given(markets(), st.data())
def test_what_is_said_of_each_wish_is_so(market: Market[int, str], data: st.DataObject) -> None:
    """Of the proposal, and of whatever a person may make of it."""
    pairs = data.draw(st.sampled_from([match(market), *possible(market)]))
    explained = explain(market, pairs)
    said = {outcome for outcomes in explained.values() for outcome in outcomes.values()}
    assert (Outcome.WOULD_RATHER in said) != stable(market, pairs)
    for team, outcomes in explained.items():
        assert list(outcomes) == list(market.wishes[team])
        for brief, outcome in outcomes.items():
            _agrees(market, pairs, team, brief, outcome)


def _agrees(market: Market[int, str], pairs: Pairs, team: int, brief: str, outcome: Outcome) -> None:
    got, wishes, ranking = pairs.get(team), market.wishes[team], market.rankings[brief]
    if outcome in {Outcome.MATCHED, Outcome.FIXED}:
        assert got == brief
        assert (outcome is Outcome.FIXED) == (team in market.fixed)
    elif outcome is Outcome.BARRED:
        assert (team, brief) in market.barred
    elif outcome is Outcome.FIXED_ELSEWHERE:
        assert market.fixed[team] != brief
    elif outcome is Outcome.NOT_RANKED:
        assert team not in ranking
    elif outcome is Outcome.TAKEN_ELSEWHERE:
        assert got is not None
        assert wishes.index(got) < wishes.index(brief)
    elif outcome is Outcome.FULL:
        held = [other for other, its in pairs.items() if its == brief]
        assert len(held) == market.capacities[brief]
        assert all(other in market.fixed or other in ranking[: ranking.index(team)] for other in held)


def test_more_fixed_than_a_brief_takes_is_refused() -> None:
    market = Market({1: ["A"], 2: ["A"]}, {"A": [1, 2]}, {"A": 1}, fixed={1: "A", 2: "A"})
    with pytest.raises(TooManyFixed):
        match(market)


def test_a_large_hub_is_matched_at_once() -> None:
    """A thousand teams that all want the same briefs in the same order: the longest that it can take."""
    briefs, teams = range(100), range(1000)
    market = Market(
        {team: list(briefs) for team in teams},
        {brief: list(teams) for brief in briefs},
        dict.fromkeys(briefs, 3),
    )
    pairs = match(market)
    assert pairs == {team: team // 3 for team in range(300)}
