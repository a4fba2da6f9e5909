"""Dealing is even and leaves no entry short where it need not; normalising takes out what judges lean by."""

import random
from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darsgah.hackathons.judging import Score, deal, worths


def ids(count: int, kind: int) -> list[UUID]:
    """Ids that sort in the order of their numbers."""
    return [UUID(int=kind * 1000 + number) for number in range(count)]


@settings(max_examples=60, deadline=None)
@given(
    entries=st.integers(0, 25),
    judges=st.integers(0, 9),
    each=st.integers(1, 4),
    barred=st.sets(st.tuples(st.integers(0, 24), st.integers(0, 8)), max_size=30),
)
def test_each_entry_has_as_many_judges_as_it_can(
    entries: int, judges: int, each: int, barred: set[tuple[int, int]]
) -> None:
    all_entries, all_judges = ids(entries, 1), ids(judges, 2)

    def may(entry: UUID, judge: UUID) -> bool:
        return (all_entries.index(entry), all_judges.index(judge)) not in barred

    pairs, lacking = deal(all_entries, all_judges, each=each, may=may)
    assert len(pairs) == len(set(pairs))
    assert all(may(entry, judge) for entry, judge in pairs)
    for entry in all_entries:
        possible = sum(may(entry, judge) for judge in all_judges)
        seen = sum(found == entry for found, _ in pairs)
        assert seen == min(each, possible)
        assert lacking.get(entry, 0) == each - seen
    if not barred and judges:
        load = Counter(judge for _, judge in pairs)
        assert max(load[one] for one in all_judges) - min(load[one] for one in all_judges) <= 1


def test_what_was_dealt_stays_and_only_what_lacks_is_added() -> None:
    entries, judges = ids(6, 1), ids(4, 2)
    first, lacking = deal(entries, judges[:2], each=3, may=lambda *_: True)
    assert (len(first), lacking) == (12, dict.fromkeys(entries, 1))
    more, lacking = deal(entries, judges, each=3, may=lambda *_: True, dealt=first)
    assert (len(more), lacking) == (6, {})
    assert {judge for _, judge in more} == set(judges[2:]), "those with nothing to do yet"
    assert not set(first) & set(more)


def test_judges_are_linked_by_entries_that_both_see() -> None:
    entries, judges = ids(12, 1), ids(6, 2)
    pairs, _ = deal(entries, judges, each=2, may=lambda *_: True)
    linked = {judges[0]}
    for _ in judges:
        for entry in entries:
            sitting = {judge for found, judge in pairs if found == entry}
            linked |= sitting if sitting & linked else set()
    assert linked == set(judges)


def test_a_strict_judge_decides_nothing() -> None:
    """Of two equal entries the one that the strict judge saw is not the worse."""
    (good, same, weak), (mild, fair, strict) = ids(3, 1), ids(3, 2)
    scores = [
        Score(good, mild, 5.0), Score(good, fair, 4.0),
        Score(same, fair, 4.0), Score(same, strict, 3.0),
        Score(weak, mild, 3.0), Score(weak, strict, 1.0),
    ]  # fmt: skip
    found = {worth.entry_id: worth for worth in worths(scores)}
    assert found[good].mean - found[same].mean == 1.0
    assert found[good].value - found[same].value < 0.5
    assert found[weak].place == 3
    alone = worths([Score(good, mild, 5.0), Score(same, mild, 5.0), Score(weak, mild, 2.0)])
    assert [worth.place for worth in alone] == [1, 1, 3], "equals share a place and the next is left out"
    assert worths([]) == []


def test_places_come_nearer_to_the_truth_than_plain_means() -> None:
    chance = random.Random(7)  # noqa: S311 # makes a market of scores, keeps no secret
    better = 0
    for _ in range(20):
        entries, judges = ids(24, 1), ids(8, 2)
        truth = {entry: chance.gauss(3, 0.6) for entry in entries}
        leaning = {judge: chance.gauss(0, 0.7) for judge in judges}
        pairs, _ = deal(entries, judges, each=3, may=lambda *_: True)
        found = worths(
            [Score(one, judge, truth[one] + leaning[judge] + chance.gauss(0, 0.3)) for one, judge in pairs]
        )
        off = [
            sum((getattr(worth, name) - truth[worth.entry_id]) ** 2 for worth in found)
            for name in ("value", "mean")
        ]
        better += off[0] < off[1]
    assert better >= 18


def test_the_same_scores_in_another_order_come_to_the_same() -> None:
    entries, judges = ids(5, 1), ids(3, 2)
    scores = [
        Score(entry, judge, (number * 7 + other * 3) % 5 + 1)
        for number, entry in enumerate(entries)
        for other, judge in enumerate(judges)
    ]
    first = {worth.entry_id: worth for worth in worths(scores)}
    for worth in worths(scores[::-1]):
        assert worth.value == pytest.approx(first[worth.entry_id].value)
        assert worth.place == first[worth.entry_id].place
    means = sorted(first.values(), key=lambda worth: -worth.mean)
    assert [worth.place for worth in means] == sorted(worth.place for worth in means), "all saw all"
