"""Credentials as JSON for those who issue them: a cohort's, a hub's, and the keys."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.credentials import completion, keys, service
from darsgah.credentials.guards import key_keepers, staff
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import (
    CohortCredentials,
    Compromise,
    CredentialsPage,
    CredentialView,
    HandAward,
    IssuerView,
    Rotation,
    RuleChange,
    RuleView,
)
from darsgah.settings import Settings


class SignedAgain(msgspec.Struct, frozen=True):
    """How many credentials have another key now."""

    credentials: int


@get("/cohorts/{cohort_id:uuid}/credentials", guards=[staff])
async def cohort_credentials(
    cohort_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> CohortCredentials:
    """When a cohort's course counts as completed, and how far each of its learners is."""
    return await completion.cohort_credentials(session, request.user, cohort_id)


@put("/cohorts/{cohort_id:uuid}/credentials/rule", guards=[staff])
async def change_rule(
    cohort_id: FromPath[UUID],
    data: JSONBody[RuleChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> RuleView:
    """Set when a cohort's course counts as completed; ``version`` is the one you saw."""
    return await completion.change_rule(session, request.user, cohort_id, data)


@post("/cohorts/{cohort_id:uuid}/credentials", guards=[staff])
async def award_by_hand(
    cohort_id: FromPath[UUID],
    data: JSONBody[HandAward],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> CredentialView:
    """Award the course's credential to a learner of the cohort; doing it again changes nothing."""
    issuing = Issuing.of(settings)
    made = await completion.award_by_hand(session, issuing, request.user, cohort_id, data)
    return (await service.credential(session, issuing.addresses, request.user, made))[0]


@get("/issued-credentials", guards=[staff])
async def issued_credentials(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    after: FromQuery[UUID | None] = None,
) -> CredentialsPage:
    """What your hubs issued, newest first."""
    addresses = Issuing.of(settings).addresses
    return await service.issued_credentials(session, addresses, request.user, after=after)


@get("/issuer-keys", guards=[key_keepers])
async def issuer_keys(
    session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> list[IssuerView]:
    """Every issuer that has a key, with its keys; nothing of their private parts."""
    return await keys.issuers(session, Issuing.of(settings).addresses)


@post("/issuer-keys", guards=[key_keepers])
async def rotate_key(
    data: JSONBody[Rotation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> IssuerView:
    """Have another key sign for a hub, or for the network; what the one before signed still counts."""
    issuing = Issuing.of(settings)
    hub = await keys.hub_named(session, data.hub) if data.hub else None
    await keys.rotate(session, issuing, hub, by=request.user, reason=data.reason)
    return await keys.issuer_view(session, issuing.addresses, hub.code if hub else keys.NETWORK)


@post("/issuer-keys/{key_id:uuid}/compromise", guards=[key_keepers], status_code=HTTPStatus.OK)
async def compromise_key(
    key_id: FromPath[UUID],
    data: JSONBody[Compromise],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> SignedAgain:
    """Say that a key is in other hands: what it signed is believed no more, and is signed again."""
    issuing = Issuing.of(settings)
    return SignedAgain(await keys.compromise(session, issuing, key_id, by=request.user, reason=data.reason))


router = Router(
    path="/",
    route_handlers=[
        cohort_credentials,
        change_rule,
        award_by_hand,
        issued_credentials,
        issuer_keys,
        rotate_key,
        compromise_key,
    ],
    tags=["credentials"],
)
