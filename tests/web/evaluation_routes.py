"""The routes of evaluations, for ``test_every_route``; the project is that of ``project_routes``."""

from collections.abc import Mapping
from typing import Any

from tests.web.may import NOBODY, Expected, signed_in
from tests.web.project_routes import ADMINISTRATORS, HUB, LOCKED, WRONG

_STAFF = ("instructor", "hub_admin", "network_admin", "other_instructor", "other_hub_admin")
DISPUTES = signed_in(403, **dict.fromkeys(_STAFF, 200))
NO_DISPUTE = signed_in(403, **dict.fromkeys(_STAFF, 404))

_PAGE, _API = "/projects/{project_id:uuid}/evaluation", "/api/v1/projects/{project_id:uuid}"
_RUBRIC, _CLAIM = "{hub_id:uuid}/{side:str}", "claims/{claim_id:uuid}"
_HUBS = "/api/v1/hubs/{hub_id:uuid}/rubrics/{side:str}"
_DISPUTE = "disputes/{project_id:uuid}"

EXPECTED: Mapping[str, Expected] = {
    f"GET {_PAGE}": HUB,
    f"POST {_PAGE}": LOCKED,
    f"POST {_PAGE}/confirm": LOCKED,
    f"POST {_PAGE}/end": LOCKED,
    f"POST {_PAGE}/claims": LOCKED,
    f"POST {_PAGE}/{_CLAIM}": LOCKED,
    f"GET /hub/rubrics/{_RUBRIC}": ADMINISTRATORS,
    f"POST /hub/rubrics/{_RUBRIC}": WRONG,
    "GET /hub/disputes": DISPUTES,
    f"GET /hub/{_DISPUTE}": NO_DISPUTE,
    f"POST /hub/{_DISPUTE}": NO_DISPUTE,
    f"GET {_API}/evaluation": HUB,
    f"PUT {_API}/evaluation": LOCKED,
    f"POST {_API}/evaluation/confirmation": LOCKED,
    f"POST {_API}/ending": LOCKED,
    f"POST {_API}/trl-claims": LOCKED,
    f"PUT {_API}/trl-{_CLAIM}": LOCKED,
    f"GET {_HUBS}": ADMINISTRATORS,
    f"PUT {_HUBS}": signed_in(403, hub_admin=422, other_hub_admin=404, network_admin=422),
    "GET /api/v1/disputes": DISPUTES,
    f"GET /api/v1/{_DISPUTE}": NO_DISPUTE,
    f"POST /api/v1/{_DISPUTE}/outcome": NO_DISPUTE,
}

_CLAIMED = {"level": 4, "statement": "It works.", "links": ["https://example.org"]}
_OUTCOME = {"version": 1, "goes_on": False, "reason": "So."}

SENT: Mapping[str, Mapping[str, Any]] = {
    f"POST {_PAGE}": {"data": {"mark_0": "3"}},
    f"POST {_PAGE}/confirm": {"data": {"version": "1"}},
    f"POST {_PAGE}/end": {"data": {"version": "1", "award": "true"}},
    f"POST {_PAGE}/claims": {"data": _CLAIMED | {"links": "https://example.org"}},
    f"POST {_PAGE}/{_CLAIM}": {"data": {"confirmed": "true"}},
    f"POST /hub/rubrics/{_RUBRIC}": {"data": {"number": "0", "name_ur_1": "نام"}},
    f"POST /hub/{_DISPUTE}": {"data": {**_OUTCOME, "goes_on": "false"}},
    f"PUT {_API}/evaluation": {"json": {"marks": [3]}},
    f"POST {_API}/evaluation/confirmation": {"json": {"version": 1}},
    f"POST {_API}/ending": {"json": {"version": 1, "award": True}},
    f"POST {_API}/trl-claims": {"json": _CLAIMED},
    f"PUT {_API}/trl-{_CLAIM}": {"json": {"confirmed": True}},
    f"PUT {_HUBS}": {"json": {"criteria": [{"name": "Same"}, {"name": "Same"}]}},
    f"POST /api/v1/{_DISPUTE}/outcome": {"json": _OUTCOME},
}
"""What is sent to the routes that read something."""

ADDRESSES = {"{claim_id:uuid}": NOBODY, "{side:str}": "mentor"}
"""Values for the parameters of their paths."""
