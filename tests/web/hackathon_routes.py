"""The routes of hackathons, for ``test_every_route``.

The hackathon is the first hub's, published, and runs; ``learner`` takes part, ``mentor`` is asked to judge,
and nothing was dealt. What ends something stands last: routes are tried in this order.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.hackathons import entering, service
from darsgah.hackathons.schemas import Criterion, EntryChange, HackathonPlan, JudgeRequest, SignUp, TrackPlan
from darsgah.teams import service as teams
from darsgah.teams.schemas import NewTeam, Purpose
from tests.network import Network
from tests.web.may import ALL_LEARNERS, NOBODY, Expected, everyone, saved, signed_in

ORGANISERS = signed_in(403, hub_admin=200, network_admin=200, other_hub_admin=404)
TOO_LATE = signed_in(403, hub_admin=409, network_admin=409, other_hub_admin=404)
"""What belongs to another moment of a hackathon."""
WRONG_FORM = signed_in(403, hub_admin=422, network_admin=422, other_hub_admin=422)
WRONG_CHANGE = WRONG_FORM | {"other_hub_admin": 404}
LEARNERS = signed_in(403, **dict.fromkeys(ALL_LEARNERS, 200))
NOT_IN = signed_in(403, **dict.fromkeys(ALL_LEARNERS, 404))
OF_THE_TEAM = NOT_IN | {"learner": 200}
JUDGE = signed_in(404, mentor=200)
NOTHING_DEALT = signed_in(404)

_ONE, _API = "/hackathons/{hackathon_id:uuid}", "/api/v1/hackathons/{hackathon_id:uuid}"
_ENTRY, _JUDGE = "entries/{entry_id:uuid}", "judges/{judge_id:uuid}"
_JUDGEMENT = "judging/{judgement_id:uuid}"

EXPECTED: Mapping[str, Expected] = {
    "GET /hackathons": everyone(200),
    f"GET {_ONE}": everyone(200),
    f"GET {_ONE}/{_ENTRY}": everyone(404),
    f"GET {_API}/{_ENTRY}/result": everyone(404),
    f"POST {_ONE}/entries": NOT_IN,
    f"POST {_ONE}/{_ENTRY}": saved(OF_THE_TEAM),
    f"GET {_ONE}/judging": JUDGE,
    f"POST {_ONE}/{_JUDGE}": saved(JUDGE),
    f"POST {_ONE}/{_JUDGEMENT}": NOTHING_DEALT,
    "GET /hub/hackathons/new": signed_in(403, hub_admin=200, network_admin=200, other_hub_admin=200),
    "POST /hub/hackathons/new": WRONG_FORM,
    f"GET /hub{_ONE}": ORGANISERS,
    f"GET /hub{_ONE}/edit": ORGANISERS,
    f"POST /hub{_ONE}/edit": WRONG_CHANGE,
    f"POST /hub{_ONE}/step": TOO_LATE,
    f"POST /hub{_ONE}/cancel": WRONG_CHANGE,
    f"POST /hub{_ONE}/{_ENTRY}/exclude": WRONG_CHANGE,
    f"POST /hub{_ONE}/judges": WRONG_CHANGE,
    "GET /api/v1/hackathons": everyone(200),
    "POST /api/v1/hackathons": WRONG_FORM,
    f"GET {_API}": everyone(200),
    f"PUT {_API}": WRONG_FORM,
    f"POST {_API}/publication": TOO_LATE,
    f"POST {_API}/cancellation": WRONG_FORM,
    f"GET {_API}/organising": ORGANISERS,
    f"POST {_API}/{_ENTRY}/exclusion": WRONG_FORM,
    f"POST {_API}/judges": WRONG_CHANGE,
    f"POST {_API}/dealing": TOO_LATE,
    f"POST {_API}/results": TOO_LATE,
    f"GET {_API}/entries": LEARNERS,
    f"POST {_API}/entries": NOT_IN,
    f"PUT {_API}/{_ENTRY}": NOT_IN | {"learner": 409},
    f"POST {_API}/{_ENTRY}/submission": OF_THE_TEAM,
    f"DELETE {_API}/{_ENTRY}": NOT_IN | {"learner": 204},
    f"GET {_API}/judging": JUDGE,
    f"PUT {_API}/{_JUDGE}": saved(JUDGE, 204),
    f"PUT {_API}/{_JUDGEMENT}": NOTHING_DEALT,
    f"POST {_API}/{_JUDGEMENT}/conflict": NOTHING_DEALT,
    f"POST /hub{_ONE}/{_JUDGE}/take-out": saved(ORGANISERS),
    f"DELETE {_API}/{_JUDGE}": saved(ORGANISERS, 204),
}

_SELF = {"email": "learner@example.org", "track_id": NOBODY}
_NONE = {"team_id": NOBODY, "track_id": NOBODY, "accept_rules": "true"}
_EMPTY: Mapping[str, Any] = {"json": {"reason": ""}}

SENT: Mapping[str, Mapping[str, Any]] = {
    f"POST {_ONE}/entries": {"data": _NONE},
    f"POST {_ONE}/{_ENTRY}": {"data": {"version": "2", "title": "A", "summary": "B"}},
    f"POST {_ONE}/{_JUDGE}": {"data": {"accept": "true"}},
    f"POST {_ONE}/{_JUDGEMENT}": {"data": {"mark_0": "3"}},
    "POST /hub/hackathons/new": {"data": {"name": "A"}},
    f"POST /hub{_ONE}/edit": {"data": {"name": "A"}},
    f"POST /hub{_ONE}/step": {"data": {"action": "deal"}},
    f"POST /hub{_ONE}/judges": {"data": _SELF},
    "POST /api/v1/hackathons": {"json": {"name": "A"}},
    f"PUT {_API}": {"json": {"name": "A"}},
    f"POST {_API}/cancellation": _EMPTY,
    f"POST {_API}/{_ENTRY}/exclusion": _EMPTY,
    f"POST {_API}/judges": {"json": _SELF},
    f"POST {_API}/entries": {"json": _NONE | {"accept_rules": True}},
    f"PUT {_API}/{_ENTRY}": {"json": {"version": 999}},
    f"PUT {_API}/{_JUDGE}": {"json": {"accept": True}},
    f"PUT {_API}/{_JUDGEMENT}": {"json": {"marks": [3]}},
    f"POST {_API}/{_JUDGEMENT}/conflict": {"json": {"reason": "Mine"}},
}


async def addresses(database: Database, network: Network) -> dict[str, str]:
    """Values for the parameters of their paths."""
    hours = [now() + timedelta(hours=count) for count in (3, -1, 5)]
    plan = HackathonPlan(
        "Water", "Find leaks.", "Be kind.", *hours, [TrackPlan("One")], [Criterion("Use")],
        hub_id=network.hub_id,
    )  # fmt: skip
    admin, learner = network.people["hub_admin"], network.people["learner"]
    async with database.begin() as session:
        made = await service.create(session, admin, plan)
        await service.publish(session, admin, made.id)
        track: UUID = made.tracks[0].id
        team = await teams.found(session, learner, NewTeam("Of a hackathon", purpose=Purpose.HACKATHON))
        entry = await entering.sign_up(session, learner, made.id, SignUp(team.id, track, accept_rules=True))
        await entering.change(session, learner, made.id, entry.id, EntryChange(1, "A", "B"))
        (judge,) = await service.ask_judge(session, admin, made.id, JudgeRequest("mentor@example.org", track))
    return {
        "{hackathon_id:uuid}": str(made.id),
        "{entry_id:uuid}": str(entry.id),
        "{judge_id:uuid}": str(judge.id),
        "{judgement_id:uuid}": NOBODY,
    }
