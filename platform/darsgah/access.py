"""Who may do what: roles, the person behind a request, and the rule every route must declare.

A route without a rule is refused at start-up (``darsgah.app``), and a row that a person may not see is
answered like a row that does not exist. Which rows a person sees is decided in each slice's queries; the
rules here only decide whether a route may be tried at all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from darsgah.errors import Forbidden, NotSignedIn


class Role(StrEnum):
    """What a person is in a hub, or in the whole network."""

    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    MENTOR = "mentor"
    HUB_ADMIN = "hub_admin"
    NETWORK_ADMIN = "network_admin"
    AUDITOR = "auditor"


NETWORK_ROLES = frozenset({Role.NETWORK_ADMIN, Role.AUDITOR})
"""Roles that are held network-wide; all others belong to one hub."""


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in person of a request.

    Attributes:
        grants: pairs of role and hub; the hub is None for a network-wide role.
        language: the language chosen for the account, ``en`` or ``ur``.
        unread: how many notices they have not read, to 100; counted for pages alone.
    """

    account_id: UUID
    display_name: str
    language: str
    grants: frozenset[tuple[Role, UUID | None]] = frozenset()
    unread: int = 0

    def hubs(self, *roles: Role) -> frozenset[UUID]:
        """The hubs where this person holds at least one of the roles."""
        return frozenset(hub for role, hub in self.grants if role in roles and hub is not None)

    def holds(self, *roles: Role, hub_id: UUID | None = None) -> bool:
        """Whether one of the roles is held: in that hub, or anywhere when no hub is given."""
        return any(role in roles and (hub_id is None or hub in (hub_id, None)) for role, hub in self.grants)


Rule = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


RULES: set[Rule] = set()
"""Every access rule there is; a route whose guards hold none of them is refused at start-up."""


async def public(_connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Anyone may try this route, signed in or not."""


async def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Every signed-in person may try this route.

    Raises:
        NotSignedIn: nobody is signed in.
    """
    if connection.scope.get("user") is None:
        raise NotSignedIn


def requires(*roles: Role) -> Rule:
    """Whoever holds one of the roles, in any hub or network-wide, may try this route."""

    async def rule(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        await signed_in(connection, handler)
        actor: Actor = connection.scope["user"]
        if not actor.holds(*roles):
            raise Forbidden

    rule.__name__ = "requires_" + "_or_".join(sorted(roles))
    RULES.add(rule)
    return rule


RULES.update({public, signed_in})
