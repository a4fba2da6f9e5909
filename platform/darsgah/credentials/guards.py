"""Who may try which routes about credentials; what each then sees is decided in the queries."""

from typing import Any

from litestar import Request

from darsgah.access import NETWORK_ROLES, Actor, Role, requires

staff = requires(Role.INSTRUCTOR, Role.HUB_ADMIN, *NETWORK_ROLES)
administrators = requires(Role.HUB_ADMIN, Role.NETWORK_ADMIN)
key_keepers = requires(Role.NETWORK_ADMIN)


def whoever(request: Request[Any, Any, Any]) -> Actor | None:
    """Who asks on a route that is open to all; None when nobody is signed in."""
    actor: Actor | None = request.scope.get("user")
    return actor
