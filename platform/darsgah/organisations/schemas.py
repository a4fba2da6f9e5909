"""What people send about organisations and mentors, and what they are shown."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.accounts.schemas import DisplayName, Email, Language, NewPassword

_LINE = r"\A[^\x00-\x1f\x7f]*\Z"
Line = Annotated[str, msgspec.Meta(max_length=200, pattern=_LINE)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=160, pattern=_LINE)]
Text = Annotated[str, msgspec.Meta(max_length=4000)]
ShortText = Annotated[str, msgspec.Meta(max_length=600)]
Country = Annotated[str, msgspec.Meta(pattern=r"\A[A-Z]{2}\Z")]
Zone = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class VerificationState(StrEnum):
    """How an organisation or a mentor stands with those who verify them."""

    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


class VerificationDecision(StrEnum):
    """What was decided; LAPSED is the platform's own, where a verified organisation became another."""

    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"


class LookedAt(StrEnum):
    """What whoever verifies looked at."""

    WEBSITE = "website"
    REGISTRY_ENTRY = "registry_entry"
    EMAIL_DOMAIN = "email_domain"
    CALL = "call"
    REFERRAL = "referral"
    ID_SEEN = "id_seen"
    OTHER = "other"


class MemberRole(StrEnum):
    """An OWNER changes the organisation and its people; a MENTOR acts for it."""

    OWNER = "owner"
    MENTOR = "mentor"


class MemberState(StrEnum):
    """ASKED: named it at sign-up, and no owner has said yes yet."""

    ASKED = "asked"
    ACTIVE = "active"
    REMOVED = "removed"


class MentorProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What a mentor says of themselves; ``timezone`` is an IANA name, ``country`` an ISO 3166 code."""

    timezone: Zone
    country: Country
    headline: Line = ""
    expertise: ShortText = ""
    availability: ShortText = ""


class OrganisationProfile(msgspec.Struct, frozen=True, kw_only=True):
    """What an organisation says of itself; ``about`` is Markdown."""

    name: Name
    country: Country
    name_ur: Annotated[str, msgspec.Meta(max_length=160, pattern=_LINE)] = ""
    website: Line = ""
    about: Text = ""


class BecomeMentor(msgspec.Struct, frozen=True, kw_only=True):
    """An account becomes a mentor of a hub.

    Attributes:
        organisation: the name of one that is there, whose owners are asked, or of one to found. Who has a
            place in one already, by an invitation, keeps it.
        organisation_country: of one to found, with the fields after it.
    """

    hub: Code
    profile: MentorProfile
    organisation: Annotated[str, msgspec.Meta(max_length=160, pattern=_LINE)] = ""
    organisation_country: Annotated[str, msgspec.Meta(pattern=r"\A([A-Z]{2})?\Z")] = ""
    organisation_name_ur: Annotated[str, msgspec.Meta(max_length=160, pattern=_LINE)] = ""
    organisation_website: Line = ""
    organisation_about: Text = ""


class MentorSignUp(msgspec.Struct, frozen=True, kw_only=True):
    """A new account that is a mentor's from the start."""

    email: Email
    password: NewPassword
    display_name: DisplayName
    mentor: BecomeMentor
    language: Language = "en"


class OrganisationChange(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation's new words. ``version`` is the one that was read."""

    version: int
    profile: OrganisationProfile


class MentorChange(msgspec.Struct, frozen=True, kw_only=True):
    """A mentor's new words. ``version`` is the one that was read."""

    version: int
    profile: MentorProfile


class NewOrganisationInvitation(msgspec.Struct, frozen=True):
    """Whom to invite."""

    email: Email


class AcceptInvitation(msgspec.Struct, frozen=True):
    """The secret of an invitation's link."""

    secret: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Answer(msgspec.Struct, frozen=True):
    """Yes or no."""

    accept: bool


class NewDecision(msgspec.Struct, frozen=True, kw_only=True):
    """A decision about an organisation or a mentor.

    Attributes:
        version: of the row that was read; another one is refused.
        looked_at: needed to verify.
        note: to refuse and to suspend, the reason that is told; to verify, whatever else there is to say.
    """

    decision: VerificationDecision
    version: int
    looked_at: tuple[LookedAt, ...] = ()
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class OrganisationView(msgspec.Struct, frozen=True):
    """An organisation as whoever may see it does; anyone may when it is verified."""

    id: UUID
    name: str
    name_ur: str
    country: str
    website: str
    about: str
    state: VerificationState
    hub_id: UUID
    version: int
    created_at: datetime
    verified_at: datetime | None = None


class OrganisationList(msgspec.Struct, frozen=True):
    """Some organisations; ``next_after`` begins the next part."""

    organisations: tuple[OrganisationView, ...]
    next_after: UUID | None


class MentorView(msgspec.Struct, frozen=True):
    """A mentor as their colleagues, their hub's administrators and they themselves see them."""

    account_id: UUID
    name: str
    hub_id: UUID
    timezone: str
    country: str
    headline: str
    expertise: str
    availability: str
    state: VerificationState
    version: int
    created_at: datetime
    organisation_id: UUID | None = None
    organisation_name: str = ""
    email: str = ""


class MentorList(msgspec.Struct, frozen=True):
    """Some mentors; ``next_after`` begins the next part."""

    mentors: tuple[MentorView, ...]
    next_after: UUID | None


class MemberView(msgspec.Struct, frozen=True):
    """Somebody's place in an organisation; ``mentor_state`` is None for who is no mentor."""

    account_id: UUID
    name: str
    role: MemberRole
    state: MemberState
    headline: str
    country: str
    timezone: str
    mentor_state: VerificationState | None
    since: datetime


class OrganisationInvitationView(msgspec.Struct, frozen=True):
    """An invitation that waits."""

    id: UUID
    email: str
    made_at: datetime
    expires_at: datetime


class MadeOrganisationInvitation(msgspec.Struct, frozen=True):
    """An invitation just made; ``link`` is a path of this site and is shown this once."""

    invitation: OrganisationInvitationView
    link: str


class ReceivedInvitation(msgspec.Struct, frozen=True):
    """An invitation as whoever is invited sees it."""

    id: UUID
    organisation_id: UUID
    organisation_name: str
    invited_by: str
    expires_at: datetime


class LinkedInvitation(msgspec.Struct, frozen=True):
    """The invitation of a link; ``fits`` says whether the account that opens it has the invited address."""

    invitation: ReceivedInvitation
    fits: bool


class PeopleView(msgspec.Struct, frozen=True):
    """Who acts for an organisation, and who was invited; ``may_change`` says whether the reader decides."""

    organisation: OrganisationView
    members: tuple[MemberView, ...]
    invitations: tuple[OrganisationInvitationView, ...]
    may_change: bool


class NameFinding(msgspec.Struct, frozen=True):
    """Something about a name for whoever verifies.

    Attributes:
        code: ``looks_like`` another one, ``organisation_id``; or ``mixed_letters`` of several scripts.
        name: the other one's name, or the word with those letters.
    """

    code: str
    name: str
    organisation_id: UUID | None = None


class OrganisationCase(msgspec.Struct, frozen=True):
    """An organisation with what was decided about it, newest first, and what to look at in its name."""

    organisation: OrganisationView
    decisions: tuple["DecisionView", ...]
    findings: tuple[NameFinding, ...] = ()


class MentorCase(msgspec.Struct, frozen=True):
    """A mentor with what was decided about them, newest first."""

    mentor: MentorView
    decisions: tuple["DecisionView", ...]


class DecisionView(msgspec.Struct, frozen=True):
    """A decision that was made; ``hub_id`` is None for the network's."""

    decision: VerificationDecision
    by: str
    hub_id: UUID | None
    looked_at: tuple[LookedAt, ...]
    note: str
    at: datetime


class MentorStanding(msgspec.Struct, frozen=True):
    """How a mentor stands now, for other slices to ask at each act.

    Attributes:
        organisation_id: the one that they act for; None while they act for none.
    """

    account_id: UUID
    organisation_id: UUID | None
    organisation_state: VerificationState | None
    mentor_state: VerificationState
    role: MemberRole | None
    hub_id: UUID
    timezone: str

    @property
    def may_act(self) -> bool:
        """Whether both they and their organisation are verified."""
        return (
            self.mentor_state is VerificationState.VERIFIED
            and self.organisation_state is VerificationState.VERIFIED
        )


class MyMentoring(msgspec.Struct, frozen=True):
    """What a mentor sees of their own place."""

    mentor: MentorView
    organisation: OrganisationView | None
    member: MemberView | None
    invitations: tuple[ReceivedInvitation, ...]
    may_act: bool
