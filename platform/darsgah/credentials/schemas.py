"""What is awarded, and what people are shown of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.credentials.carriers import LARGEST
from darsgah.hubs.schemas import HubView
from darsgah.ui.plain_text import LINE

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=LINE)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Kind(StrEnum):
    """What can be earned; each is an ``achievementType`` of Open Badges 3.0 (``document.TYPES``)."""

    COURSE = "course"
    UNIT = "unit"
    BRIEF = "brief"
    HACKATHON = "hackathon"


class Alignment(msgspec.Struct, frozen=True):
    """What an achievement is comparable to, in the issuer's own words: a level, a standard, a skill.

    It describes; nothing in it may say that a body has confirmed anything (``ClaimsTooMuch``).
    """

    name: str
    url: str
    framework: str = ""
    code: str = ""
    description: str = ""


class Evidence(msgspec.Struct, frozen=True):
    """Something that shows it; ``narrative`` is Markdown, ``url`` is empty where nobody may look at it."""

    name: str
    description: str = ""
    narrative: str = ""
    url: str = ""
    genre: str = ""


class ResultKind(StrEnum):
    """How a result is to be read; the values are ``resultType`` of Open Badges 3.0."""

    PERCENT = "Percent"
    CRITERION = "RubricCriterion"
    LEVEL = "PerformanceLevel"


class Result(msgspec.Struct, frozen=True):
    """One result: a criterion of a rubric with its mark, or a share of points. Values as they are printed."""

    name: str
    value: str
    kind: ResultKind
    least: str = ""
    most: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AchievementPlan:
    """What is earned, as it is described now.

    Attributes:
        subject: what it is about within its kind: a course's id, a unit's code, a brief's id.
        criteria: what one has to do for it, in Markdown.
    """

    kind: Kind
    subject: str
    name: str
    description: str
    criteria: str
    name_ur: str = ""
    skills: tuple[str, ...] = ()
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True, slots=True)
class Award:
    """An achievement for one person.

    Attributes:
        hub_id: the hub that issues it; None for the network itself, as for a hackathon across hubs.
        reference: the occasion, as a cohort's or a project's id: for one occasion one credential counts.
        awarded_by: the person who awards it; None when a rule does.
        trl: the technology readiness level that was confirmed, 1 to 9.
        again: award it although one for the same occasion was revoked.
    """

    account_id: UUID
    hub_id: UUID | None
    achievement: AchievementPlan
    reference: str
    awarded_by: UUID | None = None
    evidence: tuple[Evidence, ...] = ()
    results: tuple[Result, ...] = ()
    trl: int | None = None
    valid_until: datetime | None = None
    again: bool = False


class AchievementView(msgspec.Struct, frozen=True):
    """Something that can be earned, as anybody may see it; ``criteria`` is Markdown."""

    id: UUID
    kind: Kind
    version: int
    name: str
    name_ur: str
    description: str
    criteria: str
    skills: tuple[str, ...]
    alignments: tuple[Alignment, ...]
    hub: HubView | None


class CredentialView(msgspec.Struct, frozen=True):
    """A credential as it is shown. Why it was revoked is told to its owner and to the issuer's staff alone.

    Attributes:
        address: its public page, which is its identifier in the JWT.
        own: whether whoever looks is its owner.
        may_revoke: whether whoever looks may revoke it.
    """

    id: UUID
    address: str
    achievement: AchievementView
    recipient: str
    hub: HubView | None
    issuer: str
    issued_at: datetime
    valid_until: datetime | None
    evidence: tuple[Evidence, ...]
    results: tuple[Result, ...]
    trl: int | None
    public: bool
    revoked_at: datetime | None
    revoked_reason: str
    own: bool
    may_revoke: bool

    @property
    def hub_name(self) -> str:
        """Who issued it, in English."""
        return self.hub.name if self.hub else "Darsgah"


class CredentialsPage(msgspec.Struct, frozen=True):
    """Credentials, newest first; ``next_after`` goes on, or is None at the end."""

    credentials: tuple[CredentialView, ...]
    next_after: UUID | None


class Visibility(msgspec.Struct, frozen=True):
    """Whether anybody may open the page of a credential; until its owner says so nobody else may."""

    public: bool


class Revocation(msgspec.Struct, frozen=True):
    """Why a credential no longer counts; its owner is shown it."""

    reason: Reason


class KeyState(StrEnum):
    """ACTIVE signs. RETIRED signs no more, what it signed counts. COMPROMISED: what it signed does not."""

    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class KeyView(msgspec.Struct, frozen=True):
    """A key that signs or signed, without anything of its private part."""

    id: UUID
    kid: str
    state: KeyState
    created_at: datetime
    retired_at: datetime | None
    reason: str
    signed: int | None
    """How many credentials it signed, for who keeps the keys; None for everybody else."""


class IssuerView(msgspec.Struct, frozen=True):
    """Who issues: a hub, or the network itself without one. Keys are newest first."""

    did: str
    address: str
    hub: HubView | None
    keys: tuple[KeyView, ...]


class Rotation(msgspec.Struct, frozen=True):
    """A new key for an issuer: the hub with that code, or the network itself without one."""

    hub: str | None = None
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Compromise(msgspec.Struct, frozen=True):
    """Why a key is no longer to be believed."""

    reason: Reason


class RuleView(msgspec.Struct, frozen=True):
    """When a cohort's course counts as completed; ``version`` is 0 for the default."""

    pass_share: float
    automatic: bool
    version: int


class RuleChange(msgspec.Struct, frozen=True):
    """Another rule; ``version`` is the one that it was seen in."""

    pass_share: Annotated[float, msgspec.Meta(gt=0, le=1)]
    automatic: bool
    version: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]


class Standing(msgspec.Struct, frozen=True):
    """How far a learner of a cohort is; ``passed`` labs of the cohort's reach the rule's share."""

    account_id: UUID
    name: str
    passed: int
    complete: bool
    credential_id: UUID | None
    revoked: bool


class CohortCredentials(msgspec.Struct, frozen=True):
    """A cohort's rule and how far each of its learners is, by name."""

    cohort_id: UUID
    rule: RuleView
    labs: int
    standings: tuple[Standing, ...]


class HandAward(msgspec.Struct, frozen=True):
    """A course's credential that an instructor awards; ``again`` after one was revoked."""

    account_id: UUID
    again: bool = False


class Token(msgspec.Struct, frozen=True):
    """A credential to look at: the JWT, or an SVG picture with it; a list of revocations that was kept."""

    credential: Annotated[str, msgspec.Meta(min_length=1, max_length=LARGEST)]
    status_list: Annotated[str, msgspec.Meta(max_length=LARGEST)] = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whose credential it is, as the JWT says it; the address is only ever kept as a salted hash."""

    name: str
    email: str
    salt: str = field(repr=False)
