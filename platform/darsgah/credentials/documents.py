"""What programs everywhere read: keys, what issuers' names mean, lists of revocations, pictures.

Anybody may read it from anywhere, a script of another site too: nothing of it is about whoever asks.
"""

from typing import Any, Final
from uuid import UUID

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import public
from darsgah.credentials import keys, service, status_lists
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.pictures import achievement_picture
from darsgah.settings import Settings

_OPEN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": f"public, max-age={int(status_lists.TTL.total_seconds())}",
}
SVG: Final = "image/svg+xml"


def _json(content: dict[str, Any], media_type: str = "application/json") -> Response[dict[str, Any]]:
    return Response(content, media_type=media_type, headers=_OPEN)


@get("/.well-known/jwks.json", guards=[public])
async def key_set(session: NamedDependency[AsyncSession]) -> Response[dict[str, Any]]:
    """The public keys of every issuer, as a JWK Set."""
    return _json(await keys.key_set(session))


@get("/.well-known/did.json", guards=[public])
async def network_document(
    session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Response[dict[str, Any]]:
    """What the network's own DID means."""
    addresses = Issuing.of(settings).addresses
    return _json(await keys.did_document(session, addresses.network, addresses.profile(None)))


@get("/issuers/{code:str}/did.json", guards=[public])
async def hub_document(
    code: FromPath[str], session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Response[dict[str, Any]]:
    """What a hub's DID means."""
    addresses = Issuing.of(settings).addresses
    hub = await keys.hub_named(session, code)
    return _json(await keys.did_document(session, addresses.issuer(hub.code), addresses.profile(hub.code)))


@get("/issuers/{code:str}/jwks.json", guards=[public])
async def hub_key_set(
    code: FromPath[str], session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Response[dict[str, Any]]:
    """The public keys of one issuer, as a JWK Set; ``network`` is the network itself."""
    view = await keys.issuer_view(session, Issuing.of(settings).addresses, code)
    return _json(await keys.key_set(session, view.did))


@get("/status-lists/{list_id:uuid}", guards=[public])
async def status_list(
    list_id: FromPath[UUID], session: NamedDependency[AsyncSession], settings: NamedDependency[Settings]
) -> Response[str]:
    """Which credentials of an issuer are revoked, as a Bitstring Status List in a JWT."""
    token = await status_lists.current(session, Issuing.of(settings), list_id)
    return Response(token, media_type="application/vc+jwt", headers=_OPEN)


@get("/achievements/{achievement_id:uuid}/picture.svg", guards=[public])
async def achievement_svg(
    achievement_id: FromPath[UUID], session: NamedDependency[AsyncSession]
) -> Response[str]:
    """The picture of what can be earned."""
    found = await service.achievement(session, achievement_id)
    issuer = found.hub.name if found.hub else service.NETWORK_NAME
    return Response(achievement_picture(found.name, issuer), media_type=SVG, headers=_OPEN)


router = Router(
    path="/",
    route_handlers=[
        key_set,
        network_document,
        hub_document,
        hub_key_set,
        status_list,
        achievement_svg,
    ],
    include_in_schema=False,
)
