"""The forms of mentors and organisations, flat as browsers send them."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from darsgah.accounts.schemas import DisplayName, Email, NewPassword
from darsgah.errors import MalformedInput
from darsgah.organisations.schemas import (
    BecomeMentor,
    Code,
    Country,
    Line,
    LookedAt,
    MentorProfile,
    MentorSignUp,
    Name,
    NewDecision,
    OrganisationProfile,
    ShortText,
    Text,
    VerificationDecision,
    Zone,
)
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message

MENTOR_FIELDS = ("timezone", "country", "headline", "expertise", "availability")
ORGANISATION_FIELDS = ("name", "name_ur", "country", "website", "about")
ACCOUNT_FIELDS = ("display_name", "email")
JOINING_FIELDS = (
    *MENTOR_FIELDS,
    "hub",
    "organisation",
    "organisation_name_ur",
    "organisation_country",
    "organisation_website",
    "organisation_about",
)


class _Account(msgspec.Struct, frozen=True):
    email: Email
    password: NewPassword
    display_name: DisplayName


class _Mentor(msgspec.Struct, frozen=True):
    timezone: Zone
    country: Country
    headline: Line = ""
    expertise: ShortText = ""
    availability: ShortText = ""


class _Joining(msgspec.Struct, frozen=True):
    hub: Code
    organisation: Annotated[str, msgspec.Meta(max_length=160)] = ""
    organisation_name_ur: Annotated[str, msgspec.Meta(max_length=160)] = ""
    organisation_country: Annotated[str, msgspec.Meta(pattern=r"\A([A-Z]{2})?\Z")] = ""
    organisation_website: Line = ""
    organisation_about: Text = ""


class _Organisation(msgspec.Struct, frozen=True):
    name: Name
    country: Country
    name_ur: Annotated[str, msgspec.Meta(max_length=160)] = ""
    website: Line = ""
    about: Text = ""


class _Version(msgspec.Struct, frozen=True):
    version: int


class _Decision(msgspec.Struct, frozen=True):
    decision: VerificationDecision
    version: int
    note: Annotated[str, msgspec.Meta(max_length=2000)] = ""


def kept(form: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """What was typed, to be shown again; what is no text is left out."""
    return {name: value if isinstance(value := form.get(name, ""), str) else "" for name in names}


def read_mentor(form: Mapping[str, Any]) -> MentorProfile:
    """What a mentor says of themselves.

    Raises:
        MalformedInput: as ``read_form``.
    """
    return MentorProfile(**msgspec.structs.asdict(read_form(form, _Mentor)))


def read_version(form: Mapping[str, Any]) -> int:
    """The version that the form was filled from.

    Raises:
        MalformedInput: as ``read_form``.
    """
    return read_form(form, _Version).version


def read_organisation(form: Mapping[str, Any]) -> OrganisationProfile:
    """What an organisation says of itself.

    Raises:
        MalformedInput: as ``read_form``.
    """
    return OrganisationProfile(**msgspec.structs.asdict(read_form(form, _Organisation)))


def read_joining(form: Mapping[str, Any], *, placed: bool) -> BecomeMentor:
    """A mentor with an organisation to name or to found; who is ``placed`` in one already names none.

    Raises:
        MalformedInput: with every field at fault.
    """
    mentor, joining, wrong = None, None, dict[str, Any]()
    try:
        mentor = read_mentor(form)
    except MalformedInput as error:
        wrong |= error.details["fields"]
    try:
        joining = read_form(form, _Joining)
        if not placed and not joining.organisation.strip():
            wrong["organisation"] = Message("This is needed.")
    except MalformedInput as error:
        wrong |= error.details["fields"]
    if mentor is None or joining is None or wrong:
        raise MalformedInput(fields=wrong)
    return BecomeMentor(profile=mentor, **msgspec.structs.asdict(joining))


def read_sign_up(form: Mapping[str, Any], language: str) -> MentorSignUp:
    """A new account that is a mentor's.

    Raises:
        MalformedInput: with every field at fault.
    """
    account, mentor, wrong = None, None, dict[str, Any]()
    try:
        account = read_form(form, _Account)
    except MalformedInput as error:
        wrong |= error.details["fields"]
    try:
        mentor = read_joining(form, placed=False)
    except MalformedInput as error:
        wrong |= error.details["fields"]
    if account is None or mentor is None:
        raise MalformedInput(fields=wrong)
    return MentorSignUp(**msgspec.structs.asdict(account), mentor=mentor, language=language)


def read_decision(form: Mapping[str, Any], looked_at: list[Any]) -> NewDecision:
    """A decision; what was looked at comes as boxes that are ticked.

    Raises:
        MalformedInput: as ``read_form``.
    """
    read = read_form(form, _Decision)
    names = {one.value for one in LookedAt}
    ticked = tuple(LookedAt(one) for one in looked_at if isinstance(one, str) and one in names)
    return NewDecision(**msgspec.structs.asdict(read), looked_at=ticked)
