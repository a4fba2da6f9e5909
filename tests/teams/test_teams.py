"""Who comes into a team and how, who sees it, and what several people do at once."""

import asyncio
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.errors import NotFound
from darsgah.notices import service as notices
from darsgah.teams import invitations, service
from darsgah.teams.errors import LinkOver, TeamAtWork, TeamClosed, TeamFull, TooManyTeams
from darsgah.teams.models import TeamMember
from darsgah.teams.schemas import MOST_MEMBERS, MOST_TEAMS, NewInvitation, NewTeam, Purpose
from darsgah.ui.language import Languages
from tests.network import HUB, Platform, person

TEAMS, INVITATIONS = "/api/v1/teams", "/api/v1/team-invitations"


async def founded(client: httpx.AsyncClient, name: str = "Indus") -> str:
    """The id of a new team of the client's."""
    answer = await client.post(TEAMS, json={"name": name})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def names(team: dict[str, list[dict[str, str]]]) -> list[str]:
    """Who is in a team, as the API says it."""
    return [member["display_name"] for member in team["members"]]


async def told(platform: Platform, name: str) -> str:
    """The kind of the newest notice of somebody."""
    async with platform.database.begin() as session:
        found = await notices.notices(session, platform.network.people[name], Languages.load()["en"])
    return found.notices[0].kind


async def test_an_address_is_asked_and_answers(platform: Platform) -> None:
    async with platform.program("learner") as first, platform.program("classmate") as second:
        team_id = await founded(first)
        place = f"{TEAMS}/{team_id}"
        for email in ("Classmate@Example.org", "classmate@example.org"):
            asked = await first.post(f"{place}/invitations", json={"email": email})
            assert asked.status_code == 201
        assert [one["email"] for one in asked.json()["invitations"]] == ["classmate@example.org"]
        assert (await second.get(place)).status_code == 404, "asked is not yet in"
        (invited,) = (await second.get(TEAMS)).json()["invitations"]
        assert (invited["team_name"], invited["invited_by"]) == ("Indus", "Learner")
        async with platform.program("outsider") as other:
            refused = await other.post(f"{INVITATIONS}/{invited['id']}", json={"accept": True})
            assert refused.status_code == 404
        assert await told(platform, "classmate") == "team_invitation"
        accepted = await second.post(f"{INVITATIONS}/{invited['id']}", json={"accept": True})
        assert (accepted.status_code, accepted.json()["invitations"]) == (200, [])
        assert names((await second.get(place)).json()) == ["Learner", "Classmate"]
        again = await second.post(f"{INVITATIONS}/{invited['id']}", json={"accept": True})
        assert again.status_code == 404
        assert await told(platform, "learner") == "team_member_joined"


async def test_nothing_tells_whether_an_address_has_an_account(platform: Platform) -> None:
    async with platform.program("learner") as client:
        place = f"{TEAMS}/{await founded(client, 'Quiet')}"
        answers = [
            (await client.post(f"{place}/invitations", json={"email": email})).json()["invitations"][-1]
            for email in ("outsider@example.org", "nobody@example.org")
        ]
        assert len({frozenset(answer) for answer in answers}) == 1
        assert {answer["invited_by"] for answer in answers} == {"Learner"}
        page = (await client.get(place)).text
        assert "Outsider" not in page
        for wrong in ("nobody", "a@b", "x" * 300, ""):
            refused = await client.post(f"{place}/invitations", json={"email": wrong})
            assert refused.status_code == 422, wrong


async def test_a_link_lets_learners_in_until_it_is_ended(platform: Platform) -> None:
    async with platform.program("learner") as first, platform.program("outsider") as second:
        place = f"{TEAMS}/{await founded(first, 'By link')}"
        old = (await first.put(f"{place}/link")).json()["link_token"]
        token = (await first.put(f"{place}/link")).json()["link_token"]
        assert (await second.post("/api/v1/team-joins", json={"token": old})).json()["code"] == "link_over"
        for _ in range(2):
            joined = await second.post("/api/v1/team-joins", json={"token": token})
            assert (joined.status_code, names(joined.json())) == (200, ["Learner", "Outsider"])
        assert (await first.delete(f"{place}/link")).json()["link_token"] is None
        async with platform.program("classmate") as third:
            assert (await third.post("/api/v1/team-joins", json={"token": token})).status_code == 404
        async with platform.program("mentor") as mentor:
            assert (await mentor.post("/api/v1/team-joins", json={"token": token})).status_code == 403


async def test_leaving_and_taking_out(platform: Platform) -> None:
    people = platform.network.people
    async with platform.program("learner") as first, platform.program("outsider") as second:
        team_id = await founded(first, "Come and go")
        place = f"{TEAMS}/{team_id}"
        token = (await first.put(f"{place}/link")).json()["link_token"]
        await second.post("/api/v1/team-joins", json={"token": token})
        learner, outsider = (people[name].account_id for name in ("learner", "outsider"))
        refused = await second.delete(f"{place}/members/{learner}")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_yours_to_take_out")
        assert (await first.delete(f"{place}/members/{outsider}")).status_code == 204
        assert (await second.get(place)).status_code == 404
        assert await told(platform, "outsider") == "team_taken_out"
        await second.post("/api/v1/team-joins", json={"token": token})
        assert (await first.delete(f"{place}/members/{learner}")).status_code == 204
        assert (await second.delete(f"{place}/members/{outsider}")).status_code == 204
        assert (await first.post("/api/v1/team-joins", json={"token": token})).status_code == 404
    async with platform.database.begin() as session:
        found = await service.card(session, UUID(team_id))
        assert (found.ended, found.members) == (True, ())
        rows = await session.execute(sa.select(TeamMember).where(TeamMember.team_id == UUID(team_id)))
        assert len(rows.all()) == 3, "each stay is kept"


async def newcomers(session: AsyncSession, count: int, of: str) -> list[Actor]:
    """Learners of the first hub who are in no team."""
    return [await person(session, f"{of}_{number}", (Role.LEARNER, HUB)) for number in range(count)]


async def test_a_team_is_never_overfilled_by_people_who_come_at_once(platform: Platform) -> None:
    learner = platform.network.people["learner"]
    async with platform.database.begin() as session:
        people = await newcomers(session, MOST_MEMBERS + 2, "crowd")
        team = await service.found(session, learner, NewTeam("Crowd"))
        token = (await invitations.new_link(session, learner, team.id)).link_token or ""

    async def come(actor: Actor) -> bool:
        try:
            async with platform.database.begin() as session:
                await invitations.join(session, actor, token)
        except TeamFull:
            return False
        return True

    came = await asyncio.gather(*(come(actor) for actor in people))
    assert sum(came) == MOST_MEMBERS - 1
    async with platform.database.begin() as session:
        assert len((await service.card(session, team.id)).members) == MOST_MEMBERS


async def test_two_people_who_accept_and_withdraw_at_once_agree(platform: Platform) -> None:
    learner, classmate = (platform.network.people[name] for name in ("learner", "classmate"))
    async with platform.database.begin() as session:
        team = await service.found(session, learner, NewTeam("At once"))
        asked = await invitations.invite(session, learner, team.id, NewInvitation("classmate@example.org"))
    (invitation,) = asked.invitations

    async def withdraw() -> bool:
        try:
            async with platform.database.begin() as session:
                await invitations.withdraw(session, learner, team.id, invitation.id)
        except NotFound:
            return False
        return True

    async def accept() -> bool:
        try:
            async with platform.database.begin() as session:
                await invitations.answer(session, classmate, invitation.id, accept=True)
        except NotFound:
            return False
        return True

    withdrawn, accepted = await asyncio.gather(withdraw(), accept())
    assert withdrawn != accepted
    async with platform.database.begin() as session:
        assert len((await service.card(session, team.id)).members) == 1 + accepted


async def test_a_closed_team_takes_nobody_in(platform: Platform) -> None:
    learner, classmate = (platform.network.people[name] for name in ("learner", "classmate"))
    async with platform.database.begin() as session:
        team = await service.found(session, learner, NewTeam("At work"))
        token = (await invitations.new_link(session, learner, team.id)).link_token or ""
        await service.close(session, team.id)
        await service.close(session, team.id)
        with pytest.raises(LinkOver):
            await invitations.join(session, classmate, token)
        with pytest.raises(NotFound):
            await service.remove(session, team.id, classmate.account_id, by=learner.account_id)
        for attempt in (
            invitations.new_link(session, learner, team.id),
            invitations.invite(session, learner, team.id, NewInvitation("classmate@example.org")),
        ):
            with pytest.raises(TeamClosed):
                await attempt


async def test_nobody_takes_another_out_once_the_work_has_begun(platform: Platform) -> None:
    learner, classmate = (platform.network.people[name] for name in ("learner", "classmate"))
    async with platform.database.begin() as session:
        team = await service.found(session, learner, NewTeam("Hard at work"))
        token = (await invitations.new_link(session, learner, team.id)).link_token or ""
        await invitations.join(session, classmate, token)
        await service.close(session, team.id)
        with pytest.raises(TeamAtWork):
            await service.take_out(session, learner, team.id, classmate.account_id)
        await service.take_out(session, classmate, team.id, classmate.account_id)
        assert (await service.card(session, team.id)).account_ids == {learner.account_id}


async def test_one_is_in_so_many_teams_and_no_more(platform: Platform) -> None:
    async with platform.database.begin() as session:
        (actor,) = await newcomers(session, 1, "eager")
        for number in range(MOST_TEAMS):
            await service.found(session, actor, NewTeam(f"Team {number}"))
        with pytest.raises(TooManyTeams):
            await service.found(session, actor, NewTeam("One more"))
        assert len(await service.own_teams(session, actor)) == MOST_TEAMS


async def test_working_alone_is_a_team_that_nobody_sees(platform: Platform) -> None:
    learner, hub_id = platform.network.people["learner"], platform.network.hub_id
    async with platform.database.begin() as session:
        made = [await service.solo_team(session, learner.account_id, hub_id, Purpose.BRIEF) for _ in range(2)]
        assert made[0] == made[1]
        found = await service.card(session, made[0])
        assert (found.solo, found.name, found.account_ids) == (True, "Learner", {learner.account_id})
        assert made[0] not in {team.id for team in await service.own_teams(session, learner)}
        with pytest.raises(NotFound):
            await invitations.new_link(session, learner, made[0])


async def test_the_pages_keep_what_was_typed_and_say_what_is_wrong(platform: Platform) -> None:
    async with platform.browser("classmate") as client:
        blank = await client.post("/teams", data={"name": "   "})
        assert blank.status_code == 422
        assert "This is needed." in blank.text
        elsewhere = {"name": "<b>Mine</b>", "hub_id": str(platform.network.other_hub_id)}
        refused = await client.post("/teams", data=elsewhere)
        assert refused.status_code == 422
        assert "&lt;b&gt;Mine&lt;/b&gt;" in refused.text
        made = await client.post("/teams", data={"name": "<b>Mine</b>"})
        place = made.headers["location"]
        page = await client.get(place)
        assert "&lt;b&gt;Mine" in page.text
        wrong = await client.post(f"{place}/invitations", data={"email": "no address"})
        assert (wrong.status_code, 'value="no address"' in wrong.text) == (422, True)
        assert (await client.post(f"{place}/name", data={"name": "x" * 81})).status_code == 422
        assert (await client.post(f"{place}/name", data={"name": "Ours"})).status_code == 303
        await client.post(f"{place}/link", data={"action": "make"})
        page = await client.get(place)
        token = page.text.partition("http://darsgah.test/teams/join/")[2].partition("<")[0]
        assert token
        async with platform.browser() as stranger:
            sent = await stranger.get(f"/teams/join/{token}")
            assert (sent.status_code, sent.headers["location"]) == (302, f"/sign-in?next=/teams/join/{token}")
        async with platform.browser("mentor") as mentor:
            assert "learns in no hub" in (await mentor.get(f"/teams/join/{token}")).text
        async with platform.browser("outsider") as other:
            shown = await other.get(f"/teams/join/{token}")
            assert "1 person is in it." in shown.text
            assert "Classmate" not in shown.text, "names are for those in the team"
            joined = await other.post(f"/teams/join/{token}")
            assert joined.headers["location"] == f"{place}?done=joined"
            assert "Classmate" in (await other.get(place)).text
            assert place in (await other.get("/teams")).text
            me = platform.network.people["outsider"].account_id
            left = await other.post(f"{place}/take-out", data={"account_id": str(me)})
            assert left.headers["location"] == "/teams?done=left"
            assert (await other.get(place)).status_code == 404
