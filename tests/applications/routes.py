"""What each role may do with the routes about applications, for ``tests.web.test_every_route``.

The brief is published in the first hub, and takes applications of people alone; the learner has sent one to
it. Its mentor is nobody of the roles: ``tests/applications/test_pages.py`` tries what mentors do.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tests.applications.brief_and_teams import apply
from tests.briefs.offering import published, verified_mentor
from tests.network import Platform
from tests.web.may import ALL_LEARNERS, LEARNING, NO_INVITATION, NOBODY, OF_A_TEAM, Expected, signed_in

COORDINATORS = ("instructor", "hub_admin")
COORDINATORS_ELSEWHERE = ("other_instructor", "other_hub_admin")


def of_the_team(status: int) -> Expected:
    """The learner alone, with that status."""
    return {**OF_A_TEAM, "learner": status}


def of_the_brief(status: int) -> Expected:
    """Those who look after the brief."""
    return signed_in(404, **dict.fromkeys((*COORDINATORS, "network_admin"), status))


def of_the_hub(status: int) -> Expected:
    """Those who match in the first hub; those of others find nothing."""
    own = dict.fromkeys((*COORDINATORS, "network_admin"), status)
    return signed_in(403, **own, **dict.fromkeys(COORDINATORS_ELSEWHERE, 404))


def sends(status: int) -> Expected:
    """Learners who may apply, where the learner has already."""
    return signed_in(403, **{**dict.fromkeys(ALL_LEARNERS, status), "learner": 409})


_BRIEF, _HUB = "/briefs/{brief_id:uuid}", "/hub/matching/{hub_id:uuid}"
_ONE, _API = "/applications/{application_id:uuid}", "/api/v1"
_MATCHING = f"{_API}/hubs/{{hub_id:uuid}}/matching"
ROUTES: Mapping[str, Expected] = {
    f"GET {_BRIEF}/apply": LEARNING,
    f"POST {_BRIEF}/apply": sends(303),
    "GET /applications": LEARNING,
    "POST /teams/{team_id:uuid}/applications": of_the_team(303),
    f"GET {_ONE}": OF_A_TEAM,
    f"POST {_ONE}": of_the_team(409),
    f"GET {_BRIEF}/applicants": of_the_brief(200),
    f"POST {_BRIEF}/applicants": of_the_brief(403),
    "GET /hub/matching": signed_in(
        403, network_admin=200, **dict.fromkeys((*COORDINATORS, *COORDINATORS_ELSEWHERE), 302)
    ),
    f"GET {_HUB}": of_the_hub(200),
    f"POST {_HUB}": of_the_hub(409),
    f"POST {_HUB}/edits": of_the_hub(409),
    f"POST {_HUB}/assignments": of_the_hub(409),
    f"POST {_HUB}/cap": {**of_the_hub(404), "hub_admin": 303},
    f"GET {_API}{_BRIEF}/applications": LEARNING,
    f"POST {_API}{_BRIEF}/applications": NO_INVITATION,
    f"GET {_API}/applications": LEARNING,
    f"GET {_API}{_ONE}": OF_A_TEAM,
    f"PUT {_API}{_ONE}": of_the_team(409),
    f"POST {_API}{_ONE}/send": of_the_team(409),
    f"POST {_API}{_ONE}/withdraw": of_the_team(409),
    f"PUT {_API}/teams/{{team_id:uuid}}/applications": OF_A_TEAM,
    f"GET {_API}{_BRIEF}/applicants": of_the_brief(200),
    f"PUT {_API}{_BRIEF}/applicants": of_the_brief(403),
    f"GET {_MATCHING}": of_the_hub(200),
    f"POST {_MATCHING}": of_the_hub(422),
    f"POST {_MATCHING}/edits": of_the_hub(409),
    f"POST {_MATCHING}/assignments": of_the_hub(409),
    f"POST {_MATCHING}/confirm": of_the_hub(409),
    f"POST {_MATCHING}/discard": of_the_hub(409),
    f"PUT {_API}/hubs/{{hub_id:uuid}}/application-cap": {**of_the_hub(404), "hub_admin": 200},
}
_EDIT = {"application_id": NOBODY, "decision": "bar", "version": 99}
_TEAM = {"brief_id": NOBODY, "name": "A team", "version": 99}
BODIES: Mapping[str, Mapping[str, Any]] = {
    f"POST {_BRIEF}/apply": {"data": {"action": "draft"}},
    f"POST {_ONE}": {"data": {"action": "withdraw", "version": "99"}},
    f"POST {_HUB}": {"data": {"action": "discard", "version": "99"}},
    f"POST {_HUB}/edits": {"data": {key: str(value) for key, value in _EDIT.items()}},
    f"POST {_HUB}/assignments": {"data": {**_TEAM, "version": "99", "emails": "learner@example.org"}},
    f"POST {_HUB}/cap": {"data": {"most": "10"}},
    f"POST {_API}{_BRIEF}/applications": {"json": {"team_id": NOBODY}},
    f"PUT {_API}{_ONE}": {"json": {"statement": "Words", "version": 99}},
    f"POST {_API}{_ONE}/send": {"json": {"version": 99}},
    f"POST {_API}{_ONE}/withdraw": {"json": {"version": 99}},
    f"PUT {_API}/teams/{{team_id:uuid}}/applications": {"json": {"application_ids": []}},
    f"PUT {_API}{_BRIEF}/applicants": {"json": {"ranked": []}},
    f"POST {_MATCHING}": {"json": {"brief_ids": []}},
    f"POST {_MATCHING}/edits": {"json": _EDIT},
    f"POST {_MATCHING}/assignments": {"json": {**_TEAM, "emails": ["learner@example.org"]}},
    f"POST {_MATCHING}/confirm": {"json": {"version": 99}},
    f"POST {_MATCHING}/discard": {"json": {"version": 99}},
    f"PUT {_API}/hubs/{{hub_id:uuid}}/application-cap": {"json": {"most": 10}},
}


async def rows(session: AsyncSession, platform: Platform) -> Mapping[str, str]:
    """A brief and an application to it: what stands for the parameters of paths."""
    mentor = await verified_mentor(session, "applications_mentor")
    brief_id = await published(session, mentor, platform.network, team_least=1)
    application = await apply(session, platform.network.people["learner"], brief_id)
    return {
        **{
            f"{_BRIEF}/{part}": f"/briefs/{brief_id}/{part}"
            for part in ("apply", "applications", "applicants")
        },
        "{hub_id:uuid}": str(platform.network.hub_id),
        "{application_id:uuid}": str(application.id),
    }
