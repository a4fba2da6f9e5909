"""A person with a credential, and others' tools to look at it with."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.credentials import keys, service
from darsgah.credentials.addresses import Addresses
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import (
    AchievementPlan,
    Alignment,
    Award,
    Evidence,
    Kind,
    Result,
    ResultKind,
)
from darsgah.hubs import service as hubs
from tests.network import HUB, Network

ISSUING = Issuing(Addresses("https://learn.example.org"), "a secret of at least thirty-two letters")
ISSUER = "did:web:learn.example.org:issuers:khi-saddar"
PLAN = AchievementPlan(
    kind=Kind.BRIEF,
    subject="flood-maps",
    name="Flood maps for a ward",
    name_ur="وارڈ کے سیلابی نقشے",
    description="A team built maps of floods from open data.",
    criteria="Deliver a tool that the ward **uses**.",
    skills=("pandas", "maps"),
    alignments=(
        Alignment(
            "Level 4", "https://example.org/levels/4", "NVQF", "4", "Comparable in knowledge and skills."
        ),
    ),
)


def award(network: Network, name: str = "learner", **changes: Any) -> Award:  # noqa: ANN401 # as Award has them
    """What somebody is awarded; keyword arguments replace its parts."""
    parts: dict[str, Any] = {
        "account_id": network.people[name].account_id,
        "hub_id": network.hub_id,
        "achievement": PLAN,
        "reference": "project 1",
        "evidence": (
            Evidence("The tool", "Handed in", "It *works*.", "https://example.org/tool", "Software"),
        ),
        "results": (
            Result("Quality", "4", ResultKind.CRITERION, "1", "5"),
            Result("Share of all points", "87", ResultKind.PERCENT, "0", "100"),
        ),
        "trl": 4,
    }
    return Award(**(parts | changes))


async def token_of(session: AsyncSession, network: Network, name: str, credential_id: UUID) -> str:
    """The JWT of somebody's own credential."""
    return (await service.credential(session, ISSUING.addresses, network.people[name], credential_id))[1]


async def did_documents(session: AsyncSession, code: str = HUB) -> Callable[[str], bytes]:
    """What would be read from the issuer's address, for tools that fetch it themselves."""
    hub = await hubs.hub_by_code(session, code)
    issuer = ISSUING.addresses.issuer(hub.code)
    found = await keys.did_document(session, issuer, ISSUING.addresses.profile(hub.code))
    served = {f"https://learn.example.org/issuers/{code}/did.json": json.dumps(found).encode()}
    return served.__getitem__
