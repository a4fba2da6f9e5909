"""The routes of projects, for ``test_every_route``.

The project is one of the first hub's in which nobody of the roles is team or mentor, and whose agreement
nobody has accepted: its coordinators come in and find it locked. ``tests/projects`` tries it from inside.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.db.columns import now
from tests.projects.rooms import build_match
from tests.web.may import NOBODY, Expected, everyone, signed_in

HUB = signed_in(404, instructor=200, hub_admin=200, network_admin=200)


def coordinators(status: int) -> Expected:
    """That for whoever coordinates the hub; there is nothing for all others."""
    return {role: status if found == 200 else found for role, found in HUB.items()}


LOCKED, NOTHING, UNCHANGED = coordinators(409), signed_in(404), signed_in(200)
ADMINISTRATORS = signed_in(403, hub_admin=200, other_hub_admin=404, network_admin=200)
WRONG = ADMINISTRATORS | {"hub_admin": 422, "network_admin": 422}

_ROOM, _API = "/projects/{project_id:uuid}", "/api/v1/projects/{project_id:uuid}"
_STEP, _MEETING = "milestones/{milestone_id:uuid}", "meetings/{meeting_id:uuid}"
_LEASE, _TOKEN = "gpu-leases/{lease_id:uuid}", "gpu-tokens/{token_id:uuid}"
_HUB = "{hub_id:uuid}"

EXPECTED: Mapping[str, Expected] = {
    "GET /projects": UNCHANGED,
    f"GET {_ROOM}": HUB,
    f"POST {_ROOM}/moves": LOCKED,
    f"POST {_ROOM}/taking-out": NOTHING,
    f"POST {_API}/taking-out": NOTHING,
    f"POST {_ROOM}/milestones": LOCKED,
    f"GET {_ROOM}/agreement": HUB,
    f"POST {_ROOM}/agreement": LOCKED,
    f"GET {_ROOM}/messages": HUB,
    f"POST {_ROOM}/messages": LOCKED,
    f"GET {_ROOM}/{_STEP}": NOTHING,
    f"POST {_ROOM}/{_STEP}": NOTHING,
    f"POST {_ROOM}/{_STEP}/submissions": NOTHING,
    f"POST {_ROOM}/{_STEP}/decision": NOTHING,
    f"GET {_ROOM}/deliverables/{{deliverable_id:uuid}}": NOTHING,
    f"GET {_ROOM}/meetings": HUB,
    f"POST {_ROOM}/meetings": LOCKED,
    f"POST {_ROOM}/{_MEETING}/times": LOCKED,
    f"POST {_ROOM}/{_MEETING}/answer": LOCKED,
    f"POST {_ROOM}/{_MEETING}/fixing": LOCKED,
    f"POST {_ROOM}/{_MEETING}/cancelling": LOCKED,
    f"GET {_ROOM}/{_MEETING}/invitation": NOTHING,
    f"GET {_ROOM}/gpu": HUB,
    f"POST {_ROOM}/gpu-tokens": LOCKED,
    f"POST {_ROOM}/{_TOKEN}/delete": NOTHING,
    f"POST {_ROOM}/{_LEASE}/stop": NOTHING,
    "GET /calendar": UNCHANGED,
    "POST /calendar": signed_in(303),
    "POST /calendar/delete": signed_in(303),
    "GET /calendar.ics": everyone(404),
    "GET /hub/agreements": signed_in(403, hub_admin=200, other_hub_admin=200, network_admin=200),
    f"GET /hub/agreements/{_HUB}": ADMINISTRATORS,
    f"POST /hub/agreements/{_HUB}": WRONG,
    "GET /api/v1/projects": UNCHANGED,
    f"GET {_API}": HUB,
    f"POST {_API}/moves": LOCKED,
    f"GET {_API}/agreement": HUB,
    f"PUT {_API}/agreement/acceptance": LOCKED,
    f"POST {_API}/milestones": LOCKED,
    f"GET {_API}/{_STEP}": NOTHING,
    f"PUT {_API}/{_STEP}": LOCKED,
    f"POST {_API}/{_STEP}/submissions": NOTHING,
    f"POST {_API}/{_STEP}/decision": LOCKED,
    f"GET {_API}/deliverables/{{deliverable_id:uuid}}": NOTHING,
    f"GET {_API}/messages": HUB,
    f"POST {_API}/messages": LOCKED,
    f"GET /api/v1/hubs/{_HUB}/agreement": ADMINISTRATORS,
    f"POST /api/v1/hubs/{_HUB}/agreement": WRONG,
    f"GET {_API}/meetings": HUB,
    f"POST {_API}/meetings": LOCKED,
    f"POST {_API}/{_MEETING}/times": LOCKED,
    f"PUT {_API}/{_MEETING}/answer": LOCKED,
    f"POST {_API}/{_MEETING}/fixing": LOCKED,
    f"POST {_API}/{_MEETING}/cancelling": LOCKED,
    f"GET {_API}/{_MEETING}/invitation": NOTHING,
    "GET /api/v1/me/calendar": UNCHANGED,
    "POST /api/v1/me/calendar": UNCHANGED,
    "DELETE /api/v1/me/calendar": signed_in(204),
    f"GET {_API}/gpu": HUB,
    f"POST {_API}/gpu-tokens": LOCKED,
    f"DELETE {_API}/{_TOKEN}": NOTHING,
    f"POST {_API}/gpu-leases": everyone(404),
    f"POST {_API}/{_LEASE}/renewal": everyone(404),
    f"DELETE {_API}/{_LEASE}": everyone(404),
    f"POST {_API}/{_LEASE}/stop": NOTHING,
}

_SOON = now() + timedelta(days=1)
_MOVE = {"move": "kick_off", "version": "1"}
_GONE = {"account_id": NOBODY, "reason": "Was never there"}
_WORDS = {"sha256": "0" * 64}
_STEP_WORDS = {"title": "A step", "due_on": _SOON.date().isoformat(), "version": 1}
_TIMES = {"time_1": _SOON.strftime("%Y-%m-%dT%H:%M")}
_DECISION = {"number": 1, "accepted": True}
_FIXING = {"time_id": NOBODY, "version": 1}

SENT: Mapping[str, Mapping[str, Any]] = {
    f"POST {_ROOM}/moves": {"data": _MOVE},
    f"POST {_ROOM}/taking-out": {"data": _GONE},
    f"POST {_API}/taking-out": {"json": _GONE},
    f"POST {_ROOM}/milestones": {"data": _STEP_WORDS},
    f"POST {_ROOM}/agreement": {"data": _WORDS},
    f"POST {_ROOM}/messages": {"data": {"body": "Hello"}},
    f"POST {_ROOM}/{_STEP}": {"data": _STEP_WORDS},
    f"POST {_ROOM}/{_STEP}/decision": {"data": {"number": "1", "accepted": "true"}},
    f"POST {_ROOM}/meetings": {"data": {"title": "To meet", **_TIMES}},
    f"POST {_ROOM}/{_MEETING}/times": {"data": _TIMES},
    f"POST {_ROOM}/{_MEETING}/fixing": {"data": _FIXING},
    f"POST {_ROOM}/{_MEETING}/cancelling": {"data": {"version": "1"}},
    f"POST {_ROOM}/gpu-tokens": {"data": {"label": "gpu-1"}},
    f"POST {_API}/moves": {"json": _MOVE | {"version": 1}},
    f"PUT {_API}/agreement/acceptance": {"json": _WORDS},
    f"POST {_API}/milestones": {"json": _STEP_WORDS},
    f"PUT {_API}/{_STEP}": {"json": _STEP_WORDS},
    f"POST {_API}/{_STEP}/decision": {"json": _DECISION},
    f"POST {_API}/messages": {"json": {"body": "Hello"}},
    f"POST /api/v1/hubs/{_HUB}/agreement": {"json": {"body": "Nothing of what is needed"}},
    f"POST /hub/agreements/{_HUB}": {"data": {"body": "Nothing of what is needed"}},
    f"POST {_API}/meetings": {"json": {"title": "To meet", "times": [_SOON.isoformat()]}},
    f"POST {_API}/{_MEETING}/times": {"json": {"times": [_SOON.isoformat()]}},
    f"PUT {_API}/{_MEETING}/answer": {"json": {"times": []}},
    f"POST {_API}/{_MEETING}/fixing": {"json": _FIXING},
    f"POST {_API}/{_MEETING}/cancelling": {"json": {"version": 1}},
    f"POST {_API}/gpu-tokens": {"json": {"label": "gpu-1"}},
    f"POST {_API}/gpu-leases": {"json": {}},
}
"""What is sent to the routes that read something."""


async def addresses(session: AsyncSession) -> dict[str, str]:
    """Values for the parameters of their paths."""
    match = await build_match(session)
    nothing = ("milestone", "deliverable", "meeting", "lease", "token")
    return {
        "{project_id:uuid}": str(match.id),
        "{hub_id:uuid}": str(match.hub_id),
        **{f"{{{name}_id:uuid}}": NOBODY for name in nothing},
    }
