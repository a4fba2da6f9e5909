"""Credentials as pages: one's own, one alone, its certificate and picture, what can be earned, who issues."""

import asyncio
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, public, signed_in
from darsgah.credentials import keys, service
from darsgah.credentials.documents import SVG
from darsgah.credentials.findings import WORDS
from darsgah.credentials.guards import administrators, whoever
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.pictures import credential_picture, qr_code
from darsgah.credentials.rasters import credential_png
from darsgah.credentials.schemas import CredentialView, Revocation, Visibility
from darsgah.credentials.verification import verify
from darsgah.errors import DarsgahError, MalformedInput, NotFound
from darsgah.settings import Settings
from darsgah.ui.download import download
from darsgah.ui.form_data import read_form
from darsgah.ui.formats import NETWORK_ZONE
from darsgah.ui.templating import Pages

_PRIVATE: Final = {"Cache-Control": "private, no-cache"}


@get("/credentials", guards=[signed_in])
async def own_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """What one has earned."""
    found = await service.own_credentials(session, Issuing.of(settings).addresses, request.user, after=after)
    return pages.respond(request, "credentials/own.html", view=found, paged=after is not None)


@get("/credentials/{credential_id:uuid}", guards=[public])
async def credential_page(
    credential_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A credential, checked at this moment; for its owner with what they can do with it."""
    return await _credential(request, session, settings, pages, credential_id)


async def _credential(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    settings: Settings,
    pages: Pages,
    credential_id: UUID,
    *,
    error: DarsgahError | None = None,
    reason: str = "",
) -> Response[str]:
    addresses = Issuing.of(settings).addresses
    view, token = await service.credential(session, addresses, whoever(request), credential_id)
    verdict = await verify(session, addresses, token)
    return pages.respond(
        request,
        "credentials/credential.html",
        status_code=error.status if error else 200,
        zone=_zone(view),
        view=view,
        verdict=verdict,
        words=WORDS[verdict.finding],
        code=qr_code(view.address),
        errors=error.details.get("fields", {}) if error else {},
        reason=reason,
    )


def _zone(view: CredentialView) -> str:
    return view.hub.timezone if view.hub else NETWORK_ZONE


@post("/credentials/{credential_id:uuid}/visibility", guards=[signed_in])
async def change_visibility(
    credential_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Show the credential to all, or to nobody else."""
    form = read_form(await request.form(), Visibility)
    await service.make_public(session, request.user, credential_id, public=form.public)
    return Redirect(f"/credentials/{credential_id}", status_code=303)


@post("/credentials/{credential_id:uuid}/revoke", guards=[administrators])
async def revoke_credential(
    credential_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Take it back, for a reason."""
    values = await request.form()
    try:
        form = read_form({"reason": str(values.get("reason", "")).strip()}, Revocation)
    except MalformedInput as error:
        kept = str(values.get("reason", ""))[:2000]
        return await _credential(request, session, settings, pages, credential_id, error=error, reason=kept)
    await service.revoke(session, request.user, credential_id, form.reason)
    return Redirect(f"/credentials/{credential_id}", status_code=303)


@get("/credentials/{credential_id:uuid}/credential.jwt", guards=[public])
async def credential_file(
    credential_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The credential itself as a file."""
    addresses = Issuing.of(settings).addresses
    view, token = await service.credential(session, addresses, whoever(request), credential_id)
    return download(f"{_file_name(view)}.jwt", token.encode(), "application/jwt")


def _file_name(view: CredentialView) -> str:
    """What the credential is, in letters that every system takes."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in view.achievement.name[:60].lower())
    return "-".join(part for part in kept.split("-") if part) or "credential"


@get("/credentials/{credential_id:uuid}/picture.svg", guards=[public])
async def credential_svg(
    credential_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    save: FromQuery[bool] = False,
) -> Response[Any]:
    """The credential's picture with the credential baked into it; with ``save`` as a file."""
    addresses = Issuing.of(settings).addresses
    view, token = await service.credential(session, addresses, whoever(request), credential_id)
    drawn = credential_picture(
        view.achievement.name,
        view.recipient,
        view.hub_name,
        view.issued_at,
        address=view.address,
        token=token,
    )
    if save:
        return download(f"{_file_name(view)}.svg", drawn.encode(), SVG)
    return Response(drawn, media_type=SVG, headers=_PRIVATE)


@get("/credentials/{credential_id:uuid}/picture.png", guards=[public])
async def credential_png_file(
    credential_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
) -> Response[bytes]:
    """The same as a file for programs that take no SVG."""
    addresses = Issuing.of(settings).addresses
    view, token = await service.credential(session, addresses, whoever(request), credential_id)
    drawn = await asyncio.to_thread(
        credential_png,
        view.achievement.name,
        view.recipient,
        view.hub_name,
        view.issued_at,
        address=view.address,
        token=token,
    )
    return download(f"{_file_name(view)}.png", drawn, "image/png")


@get("/credentials/{credential_id:uuid}/certificate", guards=[public])
async def certificate_page(
    credential_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """A sheet of A4 to print, in the language of the page."""
    addresses = Issuing.of(settings).addresses
    view, _ = await service.credential(session, addresses, whoever(request), credential_id)
    if view.revoked_at is not None:
        raise NotFound
    return pages.respond(
        request, "credentials/certificate.html", zone=_zone(view), view=view, code=qr_code(view.address)
    )


@get("/achievements/{achievement_id:uuid}", guards=[public])
async def achievement_page(
    achievement_id: FromPath[UUID],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What can be earned, and what one has to do for it."""
    found = await service.achievement(session, achievement_id)
    return pages.respond(request, "credentials/achievement.html", view=found)


@get("/issuers/{code:str}", guards=[public])
async def issuer_page(
    code: FromPath[str],
    request: Request[Any, Any, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """Who issues credentials, and with which keys."""
    found = await keys.issuer_view(session, Issuing.of(settings).addresses, code)
    return pages.respond(request, "credentials/issuer.html", view=found)


router = Router(
    path="/",
    route_handlers=[
        own_page,
        credential_page,
        change_visibility,
        revoke_credential,
        credential_file,
        credential_svg,
        credential_png_file,
        certificate_page,
        achievement_page,
        issuer_page,
    ],
    include_in_schema=False,
)
