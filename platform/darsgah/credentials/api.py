"""Credentials as JSON: one's own, checking one, and what can be earned."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.credentials import keys, service
from darsgah.credentials.findings import WORDS
from darsgah.credentials.guards import administrators, whoever
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import (
    AchievementView,
    CredentialsPage,
    CredentialView,
    IssuerView,
    Revocation,
    Visibility,
)
from darsgah.credentials.shown import UPLOAD_BYTES, CredentialShown, read_shown
from darsgah.credentials.verification import Facts, Finding, verify
from darsgah.settings import Settings
from darsgah.ui.language import translate
from darsgah.ui.templating import Pages


class Checked(msgspec.Struct, frozen=True):
    """What a check found, and what that means in plain words; ``facts`` where the signature is right."""

    finding: Finding
    valid: bool
    title: str
    detail: str
    issuer: str
    facts: Facts | None


@get("/credentials", guards=[signed_in])
async def own_credentials(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    after: FromQuery[UUID | None] = None,
) -> CredentialsPage:
    """Your own credentials, newest first."""
    addresses = Issuing.of(settings).addresses
    return await service.own_credentials(session, addresses, request.user, after=after)


@get("/credentials/{credential_id:uuid}", guards=[public])
async def credential(
    credential_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> CredentialView:
    """One credential: your own, one that its owner has made public, or one that your hub issued."""
    addresses = Issuing.of(settings).addresses
    return (await service.credential(session, addresses, whoever(request), credential_id))[0]


@get("/credentials/{credential_id:uuid}/jwt", guards=[public])
async def credential_jwt(
    credential_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Response[str]:
    """The credential itself: a JWT that anybody can verify."""
    addresses = Issuing.of(settings).addresses
    token = (await service.credential(session, addresses, whoever(request), credential_id))[1]
    return Response(token, media_type="application/jwt", headers={"Cache-Control": "private, no-cache"})


@put("/credentials/{credential_id:uuid}/visibility", guards=[signed_in])
async def change_visibility(
    credential_id: FromPath[UUID],
    data: JSONBody[Visibility],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Visibility:
    """Let anybody open the page of a credential of yours, or nobody else any more."""
    await service.make_public(session, request.user, credential_id, public=data.public)
    return data


@post("/credentials/{credential_id:uuid}/revocation", guards=[administrators])
async def revoke_credential(
    credential_id: FromPath[UUID],
    data: JSONBody[Revocation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Revocation:
    """Take back a credential that your hub issued. It cannot be undone; another one can be awarded."""
    await service.revoke(session, request.user, credential_id, data.reason)
    return data


# Nothing is changed and nobody's session is used: a program that only checks has neither cookie nor token.
@post(
    "/credentials/verification",
    guards=[public],
    status_code=HTTPStatus.OK,
    exclude_from_csrf=True,
    request_max_body_size=UPLOAD_BYTES,
    operation_class=CredentialShown,
)
async def verify_credential(
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Checked:
    """Check a credential: its signature, its dates, and whether it was revoked.

    As JSON it is the JWT or the text of an SVG picture; as a multipart form also a file, which may be a PNG.
    """
    shown = await read_shown(request)
    verdict = await verify(session, Issuing.of(settings).addresses, shown.token, shown.kept_list)
    title, detail = (translate(text, pages.language_of(request)) for text in WORDS[verdict.finding])
    return Checked(verdict.finding, verdict.valid, title, detail, verdict.issuer, verdict.facts)


@get("/achievements/{achievement_id:uuid}", guards=[public])
async def achievement(
    achievement_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> AchievementView:
    """What can be earned, and what one has to do for it."""
    return await service.achievement(session, achievement_id)


@get("/issuers/{code:str}", guards=[public])
async def issuer(
    code: FromPath[str], session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> IssuerView:
    """Who issues credentials, and with which keys; ``network`` is the network itself."""
    return await keys.issuer_view(session, Issuing.of(settings).addresses, code)


router = Router(
    path="/",
    route_handlers=[
        own_credentials,
        credential,
        credential_jwt,
        change_visibility,
        revoke_credential,
        verify_credential,
        achievement,
        issuer,
    ],
    tags=["credentials"],
)
