"""What each role may do with the routes about credentials, for ``tests.web.test_every_route``.

The credential is the learner's own, private, and issued by the first hub; the keys are nobody's there.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.credentials import service, tokens
from darsgah.credentials.issuing import Issuing
from tests.credentials.awarding import award
from tests.network import HUB, Platform
from tests.web.may import NOBODY, STAFF, STAFF_ELSEWHERE, STAFF_OF_THE_HUB, Expected, everyone, signed_in

SEEN = everyone(404, **dict.fromkeys((*STAFF_OF_THE_HUB, "learner"), 200))
"""Its owner, and those who teach or run its hub; to all others it does not exist."""
OWNERS = signed_in(404, learner=200)
TAKEN_BACK = signed_in(403, hub_admin=422, other_hub_admin=422, network_admin=422)
"""Administrators may try; nobody gives a reason."""
STAFF_ANYWHERE = signed_in(403, **dict.fromkeys((*STAFF_OF_THE_HUB, *STAFF_ELSEWHERE), 200))
RULE = {**STAFF, "auditor": 403}
KEEPERS = signed_in(403, network_admin=200)


def of_keepers(status: int) -> Expected:
    """Those who keep the keys, with another status."""
    return signed_in(403, network_admin=status)


def with_status(expected: Expected, status: int) -> Expected:
    """The same with another status of success."""
    return {role: status if found == 200 else found for role, found in expected.items()}


_PAGE = "/credentials/{credential_id:uuid}"
_API = "/api/v1"
_COHORT = "/teach/cohorts/{cohort_id:uuid}/credentials"
ROUTES: Mapping[str, Expected] = {
    "GET /.well-known/jwks.json": everyone(200),
    "GET /.well-known/did.json": everyone(200),
    "GET /issuers/{code:str}": everyone(200),
    "GET /issuers/{code:str}/did.json": everyone(200),
    "GET /issuers/{code:str}/jwks.json": everyone(200),
    "GET /status-lists/{list_id:uuid}": everyone(200),
    "GET /achievements/{achievement_id:uuid}": everyone(200),
    "GET /achievements/{achievement_id:uuid}/picture.svg": everyone(200),
    "GET /verify": everyone(200),
    "POST /verify": everyone(422),
    "GET /verify/offline": everyone(200),
    "GET /credentials": signed_in(200),
    f"GET {_PAGE}": SEEN,
    f"GET {_PAGE}/credential.jwt": SEEN,
    f"GET {_PAGE}/picture.svg": SEEN,
    f"GET {_PAGE}/picture.png": SEEN,
    f"GET {_PAGE}/certificate": SEEN,
    f"POST {_PAGE}/visibility": with_status(OWNERS, 303),
    f"POST {_PAGE}/revoke": {**TAKEN_BACK, "other_hub_admin": 404},
    f"GET {_COHORT}": STAFF,
    f"POST {_COHORT}": {**STAFF, **dict.fromkeys(STAFF_OF_THE_HUB, 422), "auditor": 403},
    f"POST {_COHORT}/rule": {**STAFF, **dict.fromkeys(STAFF_OF_THE_HUB, 422)},
    "GET /hub/credentials": STAFF_ANYWHERE,
    "GET /hub/issuer-keys": KEEPERS,
    "POST /hub/issuer-keys": of_keepers(303),
    "POST /hub/issuer-keys/{key_id:uuid}/compromise": of_keepers(404),
    f"GET {_API}/credentials": signed_in(200),
    f"GET {_API}{_PAGE}": SEEN,
    f"GET {_API}{_PAGE}/jwt": SEEN,
    f"PUT {_API}{_PAGE}/visibility": OWNERS,
    f"POST {_API}{_PAGE}/revocation": TAKEN_BACK,
    f"POST {_API}/credentials/verification": everyone(200),
    f"GET {_API}/achievements/{{achievement_id:uuid}}": everyone(200),
    f"GET {_API}/issuers/{{code:str}}": everyone(200),
    f"GET {_API}/cohorts/{{cohort_id:uuid}}/credentials": STAFF,
    f"PUT {_API}/cohorts/{{cohort_id:uuid}}/credentials/rule": {
        **STAFF,
        **dict.fromkeys(STAFF_OF_THE_HUB, 409),
        "auditor": 403,
    },
    f"POST {_API}/cohorts/{{cohort_id:uuid}}/credentials": {
        **STAFF,
        **dict.fromkeys(STAFF_OF_THE_HUB, 422),
        "auditor": 403,
    },
    f"GET {_API}/issued-credentials": STAFF_ANYWHERE,
    f"GET {_API}/issuer-keys": KEEPERS,
    f"POST {_API}/issuer-keys": of_keepers(201),
    f"POST {_API}/issuer-keys/{{key_id:uuid}}/compromise": of_keepers(404),
}
"""Every route of the slice."""

BODIES: Mapping[str, Mapping[str, Any]] = {
    f"POST {_PAGE}/visibility": {"data": {"public": "false"}},
    f"POST {_COHORT}": {"data": {"account_id": NOBODY}},
    "POST /hub/issuer-keys": {"data": {"hub": ""}},
    "POST /hub/issuer-keys/{key_id:uuid}/compromise": {"data": {"reason": "It was in a backup."}},
    f"PUT {_API}{_PAGE}/visibility": {"json": {"public": False}},
    f"POST {_API}{_PAGE}/revocation": {"json": {"reason": ""}},
    f"POST {_API}/credentials/verification": {"json": {"credential": "nothing"}},
    f"PUT {_API}/cohorts/{{cohort_id:uuid}}/credentials/rule": {
        "json": {"pass_share": 0.5, "automatic": True, "version": 17}
    },
    f"POST {_API}/cohorts/{{cohort_id:uuid}}/credentials": {"json": {"account_id": NOBODY}},
    f"POST {_API}/issuer-keys": {"json": {}},
    f"POST {_API}/issuer-keys/{{key_id:uuid}}/compromise": {"json": {"reason": "It was in a backup."}},
}
"""What is sent to those of them that read something."""


async def rows(session: AsyncSession, platform: Platform) -> Mapping[str, str]:
    """Values for the parameters of paths, of rows that there are from now on."""
    issuing, learner = Issuing.of(platform.settings), platform.network.people["learner"]
    await service.award(session, issuing, award(platform.network, hub_id=None, reference="of the network"))
    made = await service.award(session, issuing, award(platform.network))
    view, token = await service.credential(session, issuing.addresses, learner, made)
    listed = tokens.read(token).payload["credentialStatus"]["statusListCredential"]
    return {
        "{credential_id:uuid}": str(made),
        "{achievement_id:uuid}": str(view.achievement.id),
        "{list_id:uuid}": listed.rpartition("/")[2],
        "{key_id:uuid}": NOBODY,
        "{code:str}": HUB,
    }
