"""What people can be told: a title and a body for each kind, with places that the caller fills.

A slice that tells something adds its kind here, in alphabetical order, and calls
``darsgah.notices.service.tell``. Titles are one short line: they are the subject of the letter as well.
Places are plain text, such as a title or a person's name; a time is given as its ISO 8601 form in UTC and
its place is called ``when`` or ends in ``_at``, so that each reader is shown it in the network's zone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from darsgah.ui.language import Message


@dataclass(frozen=True, slots=True)
class Kind:
    """The words of one kind of notice."""

    title: Message
    body: Message


KINDS: Final[Mapping[str, Kind]] = MappingProxyType({
    "mentor_refused": Kind(
        Message("You were not verified as a mentor"),
        Message("{hub} did not verify you as a mentor. The reason given: {reason}"),
    ),
    "mentor_removed": Kind(
        Message("You no longer act for {organisation}"),
        Message("You were removed from {organisation}. Your account and what you did before are kept."),
    ),
    "mentor_signed_up": Kind(
        Message("{person} signed up as a mentor"),
        Message("{person} asks to be verified as a mentor of {organisation}. See what they say of themselves."),
    ),
    "mentor_suspended": Kind(
        Message("Your verification as a mentor is suspended"),
        Message("{hub} suspended your verification as a mentor. The reason given: {reason}"),
    ),
    "mentor_verified": Kind(
        Message("You are verified as a mentor"),
        Message("{hub} verified you as a mentor. You can act for your organisation now."),
    ),
    "organisation_declined": Kind(
        Message("{organisation} did not say yes"),
        Message("An owner of {organisation} declined that you act for it. You can name another organisation."),
    ),
    "organisation_founded": Kind(
        Message("{organisation} asks to be verified"),
        Message("{person} put {organisation} down as their organisation. See what they say of it."),
    ),
    "organisation_invitation": Kind(
        Message("{organisation} invites you"),
        Message("{person} asks you to act for {organisation} as a mentor. Accept it, or decline."),
    ),
    "organisation_joined": Kind(
        Message("{person} acts for {organisation} now"),
        Message("{person} accepted the invitation to {organisation}."),
    ),
    "organisation_refused": Kind(
        Message("{organisation} was not verified"),
        Message("{hub} did not verify {organisation}. The reason given: {reason}"),
    ),
    "organisation_suspended": Kind(
        Message("The verification of {organisation} is suspended"),
        Message("{hub} suspended the verification of {organisation}. The reason given: {reason}"),
    ),
    "organisation_verified": Kind(
        Message("{organisation} is verified"),
        Message("{hub} verified {organisation}. It can post briefs now."),
    ),
    "organisation_wants_to_join": Kind(
        Message("{person} asks to act for {organisation}"),
        Message("{person} named {organisation} at sign-up. Say whether they act for it."),
    ),
    "team_invitation": Kind(
        Message("{person} asks you into the team {team}"),
        Message("Say whether you come into the team {team}, under your teams."),
    ),
    "team_member_joined": Kind(
        Message("{person} came into the team {team}"),
        Message("{person} is in the team {team} now."),
    ),
    "team_member_left": Kind(
        Message("{person} left the team {team}"),
        Message("{person} is in the team {team} no more. Where it has applied, see whether it still meets what is asked."),
    ),
    "team_taken_out": Kind(
        Message("You are in the team {team} no more"),
        Message("You were taken out of the team {team}. What you did with it before is kept."),
    ),
})  # fmt: skip
