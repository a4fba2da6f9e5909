"""A credential's words: an OpenBadgeCredential (Open Badges 3.0) as a Verifiable Credential (data model 2.0).

Pure: the same values give the same document. How it becomes a JWT is in ``darsgah.credentials.tokens``.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from darsgah.credentials.addresses import Addresses
from darsgah.credentials.schemas import (
    AchievementPlan,
    Alignment,
    Evidence,
    Kind,
    Recipient,
    Result,
    ResultKind,
)

VC: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
EXTENSIONS: Final = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
"""It is the one that says what ``1EdTechJsonSchemaValidator2019`` is."""
SCHEMA: Final = (
    "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
)
TYPES: Final = {
    Kind.COURSE: "Course",
    Kind.UNIT: "Competency",
    Kind.BRIEF: "Fieldwork",
    Kind.HACKATHON: "Award",
}
TRL: Final = "Technology readiness level"
_LEVELS: Final = tuple(str(level) for level in range(1, 10))


@dataclass(frozen=True, slots=True)
class Words:
    """All that a credential says.

    Attributes:
        issuer: the issuer's DID.
        issuer_code: its hub's code; None for the network.
        status: the list of revocations, and the credential's place in it.
    """

    credential_id: UUID
    achievement_id: UUID
    achievement: AchievementPlan
    version: int
    issuer: str
    issuer_name: str
    issuer_code: str | None
    recipient: Recipient
    issued_at: datetime
    valid_until: datetime | None
    evidence: Sequence[Evidence]
    results: Sequence[Result]
    trl: int | None
    status: tuple[UUID, int]


def instant(moment: datetime) -> str:
    """A moment as XML Schema writes it, in whole seconds, as a JWT counts them."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def document(words: Words, addresses: Addresses) -> dict[str, Any]:
    """The credential, as its JWT carries it beside the JWT's own claims."""
    results = [*words.results, *_level(words.trl)]
    achievement = addresses.achievement(words.achievement_id)
    subject = {
        "id": addresses.recipient(words.credential_id),
        "type": ["AchievementSubject"],
        "identifier": _identifiers(words.recipient),
        "achievement": _achievement(words, achievement, results),
        "result": [_result(number, result, achievement) for number, result in enumerate(results, 1)],
    }
    made: dict[str, Any] = {
        "@context": [VC, OPEN_BADGES, EXTENSIONS],
        "id": addresses.credential(words.credential_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": words.achievement.name,
        "issuer": {
            "id": words.issuer,
            "type": ["Profile"],
            "name": words.issuer_name,
            "url": addresses.profile(words.issuer_code),
        },
        "validFrom": instant(words.issued_at),
        "validUntil": instant(words.valid_until) if words.valid_until else None,
        "credentialSubject": _without_gaps(subject),
        "evidence": [_evidence(item) for item in words.evidence],
        "credentialStatus": _status(addresses.status_list(words.status[0]), words.status[1]),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
    }
    return _without_gaps(made)


def _without_gaps(made: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _identifiers(recipient: Recipient) -> list[dict[str, Any]]:
    """The name as it is printed, and the e-mail address as a hash: its owner can show that it is theirs."""
    hashed = hashlib.sha256((recipient.email + recipient.salt).encode()).hexdigest()
    return [
        {"type": "IdentityObject", "hashed": False, "identityHash": recipient.name, "identityType": "name"},
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": f"sha256${hashed}",
            "identityType": "emailAddress",
            "salt": recipient.salt,
        },
    ]


def _achievement(words: Words, address: str, results: Sequence[Result]) -> dict[str, Any]:
    plan = words.achievement
    return _without_gaps(
        {
            "id": address,
            "type": ["Achievement"],
            "achievementType": TYPES[plan.kind],
            "name": plan.name,
            "description": plan.description,
            "criteria": {"id": address, "narrative": plan.criteria},
            "image": {"id": f"{address}/picture.svg", "type": "Image", "caption": plan.name},
            "version": str(words.version),
            "tag": list(plan.skills),
            "alignment": [_alignment(item) for item in plan.alignments],
            "resultDescription": [
                _described(number, result, address) for number, result in enumerate(results, 1)
            ],
        }
    )


def _alignment(item: Alignment) -> dict[str, Any]:
    return _without_gaps(
        {
            "type": ["Alignment"],
            "targetName": item.name,
            "targetUrl": item.url,
            "targetFramework": item.framework,
            "targetCode": item.code,
            "targetDescription": item.description,
        }
    )


def _level(trl: int | None) -> list[Result]:
    return [] if trl is None else [Result(TRL, str(trl), ResultKind.LEVEL, allowed=_LEVELS)]


def _described(number: int, result: Result, address: str) -> dict[str, Any]:
    """What a result may be; the credential's own result refers to it."""
    return _without_gaps(
        {
            "id": f"{address}#result-{number}",
            "type": ["ResultDescription"],
            "name": result.name,
            "resultType": result.kind.value,
            "valueMin": result.least,
            "valueMax": result.most,
            "allowedValue": list(result.allowed),
        }
    )


def _result(number: int, result: Result, address: str) -> dict[str, Any]:
    return {"type": ["Result"], "resultDescription": f"{address}#result-{number}", "value": result.value}


def _evidence(item: Evidence) -> dict[str, Any]:
    return _without_gaps(
        {
            "id": item.url,
            "type": ["Evidence"],
            "name": item.name,
            "description": item.description,
            "narrative": item.narrative,
            "genre": item.genre,
        }
    )


def _status(address: str, index: int) -> dict[str, str]:
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }
