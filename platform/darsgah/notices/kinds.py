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
    "brief_cancelled": Kind(
        Message("“{brief}” was cancelled"),
        Message("The hub cancelled the brief “{brief}”. The reason given: {reason}"),
    ),
    "brief_changes_requested": Kind(
        Message("Changes to “{brief}” are asked for"),
        Message("The hub's review of “{brief}” asks for changes: {reason}"),
    ),
    "brief_closed": Kind(
        Message("“{brief}” is closed"),
        Message("All projects of the brief “{brief}” are at an end, so it is closed."),
    ),
    "brief_expired": Kind(
        Message("“{brief}” has expired"),
        Message("The last day to apply for “{brief}” is over and no team was matched."),
    ),
    "brief_invitation": Kind(
        Message("{hub} wrote a brief for you"),
        Message("“{brief}” waits for you: read it, change what you want, and accept it."),
    ),
    "brief_matched": Kind(
        Message("Teams were matched with “{brief}”"),
        Message("The hub confirmed the match of “{brief}”. Its dates are fixed from now on."),
    ),
    "brief_mentor_named": Kind(
        Message("You are the mentor of “{brief}” now"),
        Message("{person} named you as the mentor of the brief “{brief}”."),
    ),
    "brief_paused": Kind(
        Message("“{brief}” is paused"),
        Message("Nobody can apply for “{brief}” until it is resumed. The reason given: {reason}"),
    ),
    "brief_published": Kind(
        Message("“{brief}” is published"),
        Message("The brief “{brief}” was approved, and learners find it now."),
    ),
    "brief_resumed": Kind(
        Message("“{brief}” goes on"),
        Message("The brief “{brief}” is no longer paused."),
    ),
    "brief_to_review": Kind(
        Message("“{brief}” waits for your review"),
        Message(
            "The brief “{brief}” passed the automatic check. Score it, and approve it or ask for "
            "changes."
        ),
    ),
    "brief_withdrawn": Kind(
        Message("“{brief}” was withdrawn"),
        Message("Its mentor withdrew the brief “{brief}”. The reason given: {reason}"),
    ),
    "credential_awarded": Kind(
        Message("You have earned “{achievement}”"),
        Message("{issuer} awarded you the credential “{achievement}”. You decide who may see it."),
    ),
    "credential_revoked": Kind(
        Message("Your credential “{achievement}” was revoked"),
        Message("{issuer} has taken back the credential “{achievement}”. The reason given: {reason}"),
    ),
    "evaluations_open": Kind(
        Message("See how “{brief}” was evaluated"),
        Message("Both sides have evaluated the project “{brief}”, so both can read it now."),
    ),
    "hackathon_cancelled": Kind(
        Message("{hackathon} does not take place"),
        Message("The hackathon {hackathon} was called off. The reason given: {reason}"),
    ),
    "hackathon_changed": Kind(
        Message("{hackathon} was changed"),
        Message("Times, rules or the text of the hackathon {hackathon} were changed. Read what holds now."),
    ),
    "hackathon_entries_dealt": Kind(
        Message("Entries of {hackathon} wait for your marks"),
        Message("You were given entries of the hackathon {hackathon} to judge."),
    ),
    "hackathon_excluded": Kind(
        Message("Your entry to {hackathon} was left out"),
        Message("The organisers of {hackathon} left your entry out. The reason given: {reason}"),
    ),
    "hackathon_judge_asked": Kind(
        Message("{person} asks you to judge {hackathon}"),
        Message("Say whether you judge entries of the hackathon {hackathon}."),
    ),
    "hackathon_results": Kind(
        Message("The results of {hackathon} are out"),
        Message("See the places of all tracks of the hackathon {hackathon}."),
    ),
    "application_accepted": Kind(
        Message("The brief {brief} is yours"),
        Message("{team} was matched with {brief}. The project begins: see what is to be agreed first."),
    ),
    "application_declined": Kind(
        Message("Another team has the brief {brief}"),
        Message(
            "The places of {brief} went to others, so the application of {team} is declined. Other "
            "briefs are open."
        ),
    ),
    "application_lapsed": Kind(
        Message("{team} has another brief now"),
        Message(
            "The application of {team} to {brief} lapsed, since the team was matched with another "
            "brief."
        ),
    ),
    "application_sent": Kind(
        Message("{team} applies to {brief}"),
        Message("Read what {team} writes, and put the applicants of {brief} in order."),
    ),
    "application_sent_for_you": Kind(
        Message("{team} applied to {brief}"),
        Message(
            "Somebody of {team} sent an application to {brief} for all of you. Each of you can withdraw "
            "it."
        ),
    ),
    "application_taken_back": Kind(
        Message("{team} no longer applies to {brief}"),
        Message("Somebody of {team} withdrew its application to {brief}."),
    ),
    "application_withdrawn": Kind(
        Message("{team} withdrew from {brief}"),
        Message("{team} no longer applies to {brief}. The order of the other applicants is kept."),
    ),
    "hiring_answer": Kind(
        Message("{person} answered"),
        Message("{person} answered what your organisation wrote about their profile."),
    ),
    "hiring_message": Kind(
        Message("{organisation} wrote to you"),
        Message("{organisation} saw your profile and wrote to you. Your address is not shown to them."),
    ),
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
        Message("{person} asks to be verified as a mentor of {organisation}. See what they say."),
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
        Message("An owner of {organisation} declined. You can name another organisation."),
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
    "organisation_lookalike": Kind(
        Message("{organisation} looks like {other}"),
        Message("Their names look the same to the eye. Compare them before you verify {organisation}."),
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
    "project_agreement_waiting": Kind(
        Message("“{project}” waits for your acceptance"),
        Message(
            "The project “{project}” opens when everybody has accepted its agreement. Read and accept "
            "it."
        ),
    ),
    "project_agreements_signed": Kind(
        Message("Everybody agreed: “{brief}”"),
        Message("Everybody accepted the agreements of the project “{brief}”. It can begin."),
    ),
    "project_cancelled": Kind(
        Message("The project “{brief}” was cancelled"),
        Message("The hub cancelled your project “{brief}”. The reason given: {reason}"),
    ),
    "project_disputed": Kind(
        Message("There is a dispute about “{brief}”"),
        Message("The hub decides about the project “{brief}”. What was said: {reason}"),
    ),
    "project_evaluated": Kind(
        Message("The project “{brief}” is evaluated"),
        Message("The instructor confirmed the evaluation of the project “{brief}”."),
    ),
    "project_evaluation_waiting": Kind(
        Message("“{project}” waits to be evaluated"),
        Message("The final result of “{project}” was submitted and waits for its evaluation."),
    ),
    "project_expired": Kind(
        Message("The project “{brief}” did not begin"),
        Message(
            "The agreements of “{brief}” were not accepted by everybody in time, so the project "
            "has ended."
        ),
    ),
    "project_final_returned": Kind(
        Message("“{brief}”: the final work came back"),
        Message("More is asked for before the project “{brief}” can be evaluated: {reason}"),
    ),
    "project_final_submitted": Kind(
        Message("“{brief}”: the final work is in"),
        Message("The team handed in the final work of the project “{brief}”."),
    ),
    "project_kicked_off": Kind(
        Message("The project “{brief}” has begun"),
        Message("The kick-off of the project “{brief}” was held. Start with the milestones."),
    ),
    "project_meeting_cancelled": Kind(
        Message("The meeting “{meeting}” is cancelled"),
        Message("The meeting “{meeting}” of “{project}”, which was to begin {when}, is cancelled."),
    ),
    "project_meeting_fixed": Kind(
        Message("The meeting “{meeting}” has a time"),
        Message("The meeting “{meeting}” of “{project}” begins {when}. Save it in your calendar."),
    ),
    "project_meeting_proposed": Kind(
        Message("{person} proposes times for “{meeting}”"),
        Message("Say which times suit you for “{meeting}” in the project “{project}”."),
    ),
    "project_message": Kind(
        Message("{person} wrote in “{project}”"),
        Message("There is a new message in the room of the project “{project}”."),
    ),
    "project_milestone_accepted": Kind(
        Message("“{milestone}” is accepted"),
        Message("In “{project}”, what you handed in for “{milestone}” is accepted. What was said: {note}"),
    ),
    "project_milestone_changed": Kind(
        Message("“{milestone}” is due on {day}"),
        Message("In “{project}”, the milestone “{milestone}” was changed. It is due on {day}."),
    ),
    "project_milestone_changes": Kind(
        Message("Changes to “{milestone}” are asked for"),
        Message("In “{project}”, changes to what you handed in for “{milestone}” are asked for: {note}"),
    ),
    "project_milestone_due": Kind(
        Message("“{milestone}” is due on {day}"),
        Message("In “{project}”, the milestone “{milestone}” is due on {day}."),
    ),
    "project_milestone_overdue": Kind(
        Message("“{milestone}” is overdue"),
        Message(
            "In “{project}”, the milestone “{milestone}” was due on {day} and nothing waits for a decision. "
            "Write to your mentor if you need longer."
        ),
    ),
    "project_milestone_submitted": Kind(
        Message("Something was handed in for “{milestone}”"),
        Message("In “{project}”, {person} handed something in for the milestone “{milestone}”."),
    ),
    "project_paused": Kind(
        Message("The project “{brief}” is paused"),
        Message("The project “{brief}” rests for the time being. The reason given: {reason}"),
    ),
    "project_resumed": Kind(
        Message("The project “{brief}” goes on"),
        Message("The project “{brief}” is no longer paused."),
    ),
    "project_settled": Kind(
        Message("The dispute about “{brief}” is settled"),
        Message("The hub decided, and the project “{brief}” goes on: {reason}"),
    ),
    "project_withdrawn": Kind(
        Message("A team left the project “{brief}”"),
        Message("The team withdrew from the project “{brief}”. The reason given: {reason}"),
    ),
    "project_without_mentor": Kind(
        Message("“{project}” has no mentor at present"),
        Message("The hub does the mentor's part in “{project}” until another mentor is named."),
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
        Message(
            "{person} is in the team {team} no more. Where it has applied, see whether it still meets "
            "what is asked."
        ),
    ),
    "team_taken_out": Kind(
        Message("You are in the team {team} no more"),
        Message("You were taken out of the team {team}. What you did with it before is kept."),
    ),
    "trl_claimed": Kind(
        Message("“{brief}”: readiness level {level} is claimed"),
        Message(
            "The team of “{brief}” says that it has reached level {level}. See its evidence, and "
            "decide."
        ),
    ),
    "trl_confirmed": Kind(
        Message("“{brief}”: readiness level {level} is confirmed"),
        Message("Level {level} of the project “{brief}” was confirmed."),
    ),
    "trl_refused": Kind(
        Message("“{brief}”: readiness level {level} is not confirmed"),
        Message("Level {level} of the project “{brief}” was not confirmed. Read why, and show more."),
    ),
    "unit_competent": Kind(
        Message("You were found competent in “{unit}”"),
        Message("An assessor of {hub} found you competent in the unit “{unit}”. Read what was looked at."),
    ),
    "unit_not_yet": Kind(
        Message("Not yet competent in “{unit}”"),
        Message("An assessor of {hub} looked at your work for the unit “{unit}”. Read what is missing."),
    ),
})  # fmt: skip
