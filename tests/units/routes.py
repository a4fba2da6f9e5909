"""What each role may do with the routes about units, for ``tests.web.test_every_route``.

The unit is the network's; the learner has a place in the first hub, and nobody has judged them.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tests.network import Platform
from tests.units.judging import CODE, CONTENT, made
from tests.web.may import NOBODY, STAFF, STAFF_ELSEWHERE, STAFF_OF_THE_HUB, Expected, signed_in

STAFF_ANYWHERE = signed_in(403, **dict.fromkeys((*STAFF_OF_THE_HUB, *STAFF_ELSEWHERE), 200))


def keepers(status: int) -> Expected:
    """Those who write units, with their status."""
    return signed_in(403, network_admin=status)


def assessors(status: int) -> Expected:
    """Those who judge in the learner's hub, with their status; those of another find nobody."""
    return signed_in(
        403, **dict.fromkeys(("instructor", "hub_admin"), status), **dict.fromkeys(STAFF_ELSEWHERE, 404)
    )


_UNIT = "/units/{unit:str}"
_OF_HUB = "/api/v1/hubs/{hub_id:uuid}/units/{unit:str}"
_LEARNER = "/hub/units/{unit:str}/{hub_id:uuid}/{learner_id:uuid}"
_API = "/api/v1"
ROUTES: Mapping[str, Expected] = {
    "GET /units": signed_in(200),
    f"GET {_UNIT}": signed_in(200),
    "GET /hub/units": STAFF_ANYWHERE,
    "GET /hub/units/new": keepers(200),
    "POST /hub/units/new": keepers(422),
    f"GET /hub{_UNIT}/edit": keepers(200),
    f"POST /hub{_UNIT}/edit": keepers(422),
    f"POST /hub{_UNIT}/retirement": keepers(303),
    f"GET /hub{_UNIT}/{{hub_id:uuid}}": STAFF,
    f"GET {_LEARNER}": STAFF,
    f"POST {_LEARNER}": assessors(422),
    f"GET {_API}/units": signed_in(200),
    f"GET {_API}{_UNIT}": signed_in(200),
    f"PUT {_API}{_UNIT}": keepers(409),
    f"PUT {_API}{_UNIT}/retirement": keepers(200),
    f"GET {_API}{_UNIT}/assessments": signed_in(200),
    f"POST {_API}{_UNIT}/assessments": assessors(404),
    f"GET {_OF_HUB}/ready": STAFF,
    f"GET {_OF_HUB}/learners": STAFF,
    f"GET {_OF_HUB}/learners/{{learner_id:uuid}}": STAFF,
}
"""Every route of the slice."""

BODIES: Mapping[str, Mapping[str, Any]] = {
    f"POST /hub{_UNIT}/retirement": {"data": {"retired": "false"}},
    f"PUT {_API}{_UNIT}": {"json": {"version": 17, "content": msgspec.to_builtins(CONTENT)}},
    f"PUT {_API}{_UNIT}/retirement": {"json": {"retired": False}},
    f"POST {_API}{_UNIT}/assessments": {
        "json": {
            "account_id": NOBODY,
            "hub_id": NOBODY,
            "version": 1,
            "outcome": "competent",
            "met": [True, True],
            "note": "Her work.",
        }
    },
}
"""What is sent to those of them that read something."""


async def rows(session: AsyncSession, platform: Platform) -> Mapping[str, str]:
    """Values for the parameters of paths, of rows that there are from now on."""
    await made(session, platform.network)
    return {"{unit:str}": CODE}
