"""What each role may do with the routes about briefs, for ``tests.web.test_every_route``.

The brief is the first hub's and in review; its mentor is nobody of the roles. ``tests/briefs/test_pages.py``
tries what its own mentor does.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.briefs.moving import move_brief
from tests.briefs.offering import begun, verified_mentor
from tests.network import Platform
from tests.web.may import (
    ALL_LEARNERS,
    DECIDERS,
    NOBODY,
    STAFF,
    STAFF_OF_THE_HUB,
    TEACHERS,
    Expected,
    saved,
    signed_in,
)

FINDERS = signed_in(200, mentor=403)
READERS = signed_in(404, **dict.fromkeys(STAFF_OF_THE_HUB, 200))
DESK = {**READERS, **dict.fromkeys(ALL_LEARNERS, 403)}
COORDINATORS = ("instructor", "hub_admin", "network_admin")
MENTORS = signed_in(403, mentor=200)
NO_INVITATION = signed_in(403, mentor=404)


def coordinating(status: int, *, mentor: int = 403) -> Expected:
    """Those who look after the brief; others of their kind find nothing, and learners may not try."""
    others = signed_in(403, other_instructor=404, other_hub_admin=404, mentor=mentor)
    return {**others, **dict.fromkeys(COORDINATORS, status)}


def writing(status: int) -> Expected:
    """The same, where mentors may try as well."""
    return coordinating(status, mentor=404)


_ONE, _API = "/briefs/{brief_id:uuid}", "/api/v1/briefs/{brief_id:uuid}"
_TOKEN, _THRESHOLD = "/brief-invitations/{token:str}", "/api/v1/hubs/{hub_id:uuid}/brief-threshold"
ROUTES: Mapping[str, Expected] = {
    "GET /briefs": FINDERS,
    "POST /briefs": writing(404),
    f"GET {_ONE}": READERS,
    f"GET {_ONE}/rounds": DESK,
    f"GET {_ONE}/edit": writing(409),
    f"POST {_ONE}/edit": writing(409),
    f"POST {_ONE}/moves": writing(409),
    f"POST {_ONE}/review": coordinating(303),
    f"POST {_ONE}/approvals": {**coordinating(303), "instructor": 409},
    f"POST {_ONE}/mentor": writing(422),
    f"POST {_ONE}/invitation": coordinating(409),
    "GET /mentor/briefs": MENTORS,
    "GET /hub/briefs": TEACHERS,
    "POST /hub/briefs/threshold": saved(DECIDERS, 404),
    f"GET {_TOKEN}": NO_INVITATION,
    f"POST {_TOKEN}": NO_INVITATION,
    "GET /api/v1/briefs": FINDERS,
    "POST /api/v1/briefs": writing(404),
    f"GET {_API}": READERS,
    f"PUT {_API}": writing(409),
    f"GET {_API}/desk": DESK,
    f"GET {_API}/rounds": DESK,
    f"POST {_API}/moves": writing(409),
    f"PUT {_API}/review": coordinating(204),
    f"POST {_API}/approvals": {**coordinating(204), "instructor": 409},
    f"PUT {_API}/mentor": writing(422),
    f"POST {_API}/invitation": coordinating(409),
    f"GET /api/v1{_TOKEN}": NO_INVITATION,
    f"POST /api/v1{_TOKEN}": NO_INVITATION,
    "GET /api/v1/mentor/briefs": MENTORS,
    "GET /api/v1/hub/briefs": TEACHERS,
    f"GET {_THRESHOLD}": STAFF,
    f"PUT {_THRESHOLD}": DECIDERS,
}
_SCORES = {"relevance": 4, "clarity": 4, "mentorship": 4}


_HUB = {"hub_id": NOBODY}
BODIES: Mapping[str, Mapping[str, Any]] = {
    "POST /briefs": {"data": _HUB},
    f"POST {_ONE}/edit": {"data": {"title": "Mine"}},
    f"POST {_ONE}/moves": {"data": {"move": "resume"}},
    f"POST {_ONE}/review": {"data": {name: str(score) for name, score in _SCORES.items()}},
    f"POST {_ONE}/approvals": {"data": {"kind": "hub"}},
    f"POST {_ONE}/mentor": {"data": {"account_id": NOBODY}},
    "POST /hub/briefs/threshold": {"data": {**_HUB, "mean": "3.5", "least": "3"}},
    "POST /api/v1/briefs": {"json": _HUB},
    f"PUT {_API}": {"json": {"title": "Mine"}},
    f"POST {_API}/moves": {"json": {"move": "resume"}},
    f"PUT {_API}/review": {"json": _SCORES},
    f"POST {_API}/approvals": {"json": {"kind": "hub"}},
    f"PUT {_API}/mentor": {"json": {"account_id": NOBODY}},
    f"POST {_API}/invitation": {"json": {}},
    f"PUT {_THRESHOLD}": {"json": {"mean": 3.5, "least": 3}},
}
"""What is sent to the routes that read something; there is no hub with that id to begin a brief in."""


async def rows(session: AsyncSession, platform: Platform) -> Mapping[str, str]:
    """A brief in review: what stands for the parameters of paths."""
    mentor = await verified_mentor(session, "briefs_mentor")
    brief_id = await begun(session, mentor, platform.network.hub_id)
    await move_brief(session, mentor, brief_id, "submit")
    return {"brief-invitations/{token:str}": "brief-invitations/nothing", "{brief_id:uuid}": str(brief_id)}
