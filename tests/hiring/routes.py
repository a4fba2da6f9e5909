"""The routes of hiring, for the table of every route: what each role may do, and what is sent."""

from collections.abc import Mapping
from typing import Any, Final

from tests.web.may import LEARNING, Expected, saved, signed_in

_API: Final = "/api/v1"
LOOKS: Final = signed_in(403, mentor=200)
"""Who acts for the mentor's organisation."""
NO_PROFILE: Final = signed_in(403, mentor=404)
"""There is no such profile."""

ROUTES: Final[Mapping[str, Expected]] = {
    "GET /hiring/me": LEARNING,
    "POST /hiring/me": saved(LEARNING, 409),
    "POST /hiring/me/barred": saved(LEARNING, 422),
    "POST /hiring/me/barred/{organisation_id:uuid}/end": saved(LEARNING, 303),
    f"GET {_API}/me/hiring-profile/barred": LEARNING,
    f"POST {_API}/me/hiring-profile/barred": saved(LEARNING, 422),
    f"PUT {_API}/me/hiring-profile/barred/{{organisation_id:uuid}}": LEARNING,
    f"DELETE {_API}/me/hiring-profile/barred/{{organisation_id:uuid}}": saved(LEARNING, 204),
    "GET /hiring": LOOKS,
    "GET /hiring/profiles/{profile_id:uuid}": NO_PROFILE,
    "POST /hiring/profiles/{profile_id:uuid}": NO_PROFILE,
    "GET /hiring/conversations/{organisation_id:uuid}": signed_in(404),
    "POST /hiring/conversations/{organisation_id:uuid}": signed_in(404),
    f"GET {_API}/me/hiring-profile": LEARNING,
    f"PUT {_API}/me/hiring-profile": saved(LEARNING, 409),
    f"DELETE {_API}/me/hiring-profile/open": saved(LEARNING, 204),
    f"GET {_API}/me/hiring-profile/views": LEARNING,
    f"GET {_API}/me/hiring-conversations": signed_in(200),
    f"GET {_API}/me/hiring-conversations/{{organisation_id:uuid}}": signed_in(404),
    f"POST {_API}/me/hiring-conversations/{{organisation_id:uuid}}": signed_in(404),
    f"GET {_API}/hiring/profiles": LOOKS,
    f"GET {_API}/hiring/profiles/{{profile_id:uuid}}": NO_PROFILE,
    f"POST {_API}/hiring/profiles/{{profile_id:uuid}}/messages": NO_PROFILE,
}
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "POST /hiring/me": {"data": {"version": 17}},
    "POST /hiring/profiles/{profile_id:uuid}": {"data": {"body": "Hello"}},
    "POST /hiring/conversations/{organisation_id:uuid}": {"data": {"body": "Hello"}},
    "POST /hiring/me/barred": {"data": {"name": "Nobody's"}},
    f"POST {_API}/me/hiring-profile/barred": {"json": {"name": "Nobody's"}},
    f"PUT {_API}/me/hiring-profile": {"json": {"version": 17, "is_open": False}},
    f"POST {_API}/me/hiring-conversations/{{organisation_id:uuid}}": {"json": {"body": "Hello"}},
    f"POST {_API}/hiring/profiles/{{profile_id:uuid}}/messages": {"json": {"body": "Hello"}},
}
