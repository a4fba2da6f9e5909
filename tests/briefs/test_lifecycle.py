"""The machine itself: what it can and cannot, and that the document is drawn from it."""

import pytest

from darsgah.briefs.diagram import DOCUMENT, document
from darsgah.briefs.lifecycle import (
    BEGIN,
    BY_NAME,
    ENDED,
    FIRST,
    INTERRUPTED,
    MOVES,
    OPEN,
    WRITING,
    Lane,
    Stage,
    Who,
    moves_from,
    replay,
)
from darsgah.briefs.telling import TOLD
from darsgah.briefs.wording import MEANING, STAGES
from darsgah.briefs.wording import MOVES as WORDS
from darsgah.notices.kinds import KINDS


def test_the_document_is_drawn_from_the_moves() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "python -m darsgah.briefs.diagram"
    for move in MOVES:
        assert f"| {move.name} |" in document()


def test_every_stage_is_reached_and_only_the_ends_are_not_left() -> None:
    assert len(BY_NAME) == len(MOVES), "two moves of one name"
    seen = set()
    for lane in Lane:
        reached, left = {FIRST[lane]}, [FIRST[lane]]
        while left:
            for move in moves_from(lane, left.pop()):
                if move.target is not None and move.target not in reached:
                    reached.add(move.target)
                    left.append(move.target)
        assert {stage for stage in reached if not moves_from(lane, stage)} == reached & ENDED
        assert all(move.sources <= reached for move in MOVES if move.lane is lane)
        seen |= reached
    assert seen == set(Stage)


def test_only_interruptions_lead_back() -> None:
    for move in MOVES:
        assert move.who
        assert (move.target is None) == (move.name in ("resume", "settle"))
        assert move.target is not None or move.sources <= INTERRUPTED


def test_nobody_but_who_should() -> None:
    for move in MOVES:
        if move.target is Stage.PUBLISHED or move.name in ("request_changes", "match", "evaluate"):
            assert move.who == {Who.COORDINATOR}, move.name
        if move.sources & WRITING and move.target is Stage.AUTOMATIC_CHECK:
            assert move.who == {Who.MENTOR}
        if move.name in ("withdraw", "cancel", "pause", "dispute", "request_changes", "settle"):
            assert move.reason_needed, move.name


@pytest.mark.parametrize(
    ("names", "stage"),
    [
        ([BEGIN], Stage.DRAFT),
        (
            [BEGIN, "submit", "pass_check", "publish", "open_applications", "pause", "resume"],
            Stage.APPLICATIONS,
        ),
        (
            [BEGIN, "submit", "fail_check", "resubmit", "pass_check", "publish", "pause", "resume"],
            Stage.PUBLISHED,
        ),
        (["submit"], None),
        ([BEGIN, BEGIN], None),
        ([BEGIN, "publish"], None),
        ([BEGIN, "kick_off"], None),
        ([BEGIN, "withdraw", "submit"], None),
        ([], None),
    ],
)
def test_replaying_a_history(names: list[str], stage: Stage | None) -> None:
    assert replay(Lane.BRIEF, names) is stage


def test_a_dispute_leads_back_to_where_it_began() -> None:
    way = [BEGIN, "sign_agreements", "kick_off", "pause", "resume", "dispute"]
    assert replay(Lane.PROJECT, [*way, "settle"]) is Stage.KICKOFF
    assert replay(Lane.PROJECT, [*way, "resume"]) is None
    assert replay(Lane.PROJECT, [*way, "cancel"]) is Stage.CANCELLED


def test_every_move_of_a_brief_has_its_words() -> None:
    assert set(STAGES) == set(Stage)
    assert {move.name for move in MOVES if move.lane is Lane.BRIEF} | {BEGIN} == set(WORDS)
    by_people = {move.name for move in MOVES if move.lane is Lane.BRIEF and move.who != {Who.SYSTEM}} - {
        "match"
    }
    assert by_people == set(MEANING)
    assert {kind for kind, _ in TOLD.values()} <= set(KINDS)
    assert set(TOLD) <= set(BY_NAME)
    assert not OPEN & WRITING
