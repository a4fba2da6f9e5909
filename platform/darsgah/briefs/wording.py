"""What stages, moves, fields and choices are called on pages, and how a field's value is said in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from darsgah.briefs.content import AiPolicy, DataKind, GateRule, IpChoice, Mode, Place
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.schemas import ApprovalKind
from darsgah.ui.language import Language, Message, translate

STAGES: Mapping[Stage, Message] = {
    Stage.DRAFT: Message("Draft"),
    Stage.AUTOMATIC_CHECK: Message("Being checked"),
    Stage.IN_REVIEW: Message("In review"),
    Stage.CHANGES_REQUESTED: Message("Changes asked for"),
    Stage.PUBLISHED: Message("Published"),
    Stage.APPLICATIONS: Message("Takes applications"),
    Stage.MATCHED: Message("Matched"),
    Stage.AGREEMENTS_SIGNED: Message("Agreements accepted"),
    Stage.KICKOFF: Message("Kick-off"),
    Stage.MILESTONES: Message("At work on milestones"),
    Stage.FINAL_SUBMITTED: Message("Final work handed in"),
    Stage.EVALUATED: Message("Evaluated"),
    Stage.CREDENTIALED: Message("Credential awarded"),
    Stage.CLOSED: Message("Closed"),
    Stage.WITHDRAWN: Message("Withdrawn"),
    Stage.PAUSED: Message("Paused"),
    Stage.DISPUTED: Message("In dispute"),
    Stage.CANCELLED: Message("Cancelled"),
    Stage.EXPIRED: Message("Expired"),
}
MOVES: Mapping[str, Message] = {
    "begin": Message("Begun"),
    "submit": Message("Hand in for review"),
    "resubmit": Message("Hand in again"),
    "pass_check": Message("Passed the automatic check"),
    "fail_check": Message("The automatic check asks for changes"),
    "request_changes": Message("Ask for changes"),
    "publish": Message("Publish"),
    "open_applications": Message("Take applications"),
    "match": Message("Match"),
    "close": Message("Close"),
    "withdraw": Message("Withdraw"),
    "pause": Message("Pause"),
    "resume": Message("Resume"),
    "cancel": Message("Cancel the brief"),
    "expire": Message("Expire"),
}
MEANING: Mapping[str, Message] = {
    "submit": Message("The automatic check runs at once; what it finds, or the hub's review, comes next."),
    "resubmit": Message("A new round begins: the check runs again, and the hub reviews it anew."),
    "request_changes": Message("The mentor reads your reason, changes the brief and hands it in again."),
    "publish": Message("Learners find it from now on. Its text can no longer be changed."),
    "open_applications": Message("Teams can apply from now on."),
    "withdraw": Message("It is taken back for good. Everything written is kept."),
    "pause": Message("Nobody finds it until it is resumed."),
    "resume": Message("It goes on where it was paused."),
    "cancel": Message("The hub ends it for good. Everything written is kept."),
}
"""What happens when a move is made, said before it is."""
APPROVALS: Mapping[ApprovalKind, tuple[Message, Message]] = {
    ApprovalKind.ORGANISATION: (Message("Organisation"), Message("verified by its hub")),
    ApprovalKind.MENTOR: (Message("Mentor"), Message("verified by their hub")),
    ApprovalKind.BRIEF: (Message("Brief"), Message("reviewed and good enough")),
    ApprovalKind.HUB: (Message("Hub"), Message("has the place and the people for it")),
}
LABELS: Mapping[str, Message] = {
    "title": Message("Title"),
    "title_ur": Message("Title in Urdu"),
    "problem": Message("The problem"),
    "deliverables": Message("What the team delivers"),
    "skills": Message("Skills"),
    "data_kind": Message("Whose data"),
    "data": Message("The data"),
    "data_licence": Message("Licence of the data"),
    "hours_total": Message("Hours of a full team together"),
    "hours_week": Message("Hours a week for one person"),
    "milestones": Message("Milestones"),
    "team_least": Message("Smallest team"),
    "team_most": Message("Full team"),
    "capacity": Message("How many teams"),
    "mode": Message("How teams come to it"),
    "gate_rule": Message("Who must have them"),
    "gates": Message("Labs and units to have first"),
    "place": Message("Where the work is done"),
    "apply_until": Message("Last day to apply"),
    "starts_on": Message("First day of the work"),
    "ends_on": Message("Last day of the work"),
    "mentor_hours_week": Message("Your hours a week for each team"),
    "availability": Message("When you can be reached"),
    "ip_choice": Message("Whose the result is"),
    "ai_policy": Message("AI tools"),
    "ai_policy_note": Message("More about AI tools"),
    "gpu_hours": Message("GPU hours for each team"),
    "gpu_need": Message("What the GPU is for"),
    "trl_in": Message("Technology readiness at the beginning"),
    "trl_target": Message("Technology readiness to reach"),
}
CHOICES: Mapping[str, Mapping[str, Message]] = {
    "data_kind": {
        DataKind.NONE: Message("No data are needed"),
        DataKind.PUBLIC: Message("Public data"),
        DataKind.PROVIDED: Message("Data of the organisation"),
        DataKind.SYNTHETIC: Message("Synthetic data"),
        DataKind.COLLECTED: Message("Data that the team collects"),
    },
    "mode": {
        Mode.APPLYING: Message("People and teams apply"),
        Mode.SELF_FORMED: Message("Teams that formed themselves"),
        Mode.ASSIGNED: Message("The hub puts teams together"),
    },
    "gate_rule": {
        GateRule.ALL: Message("everybody in the team"),
        GateRule.ANY: Message("somebody in the team, for each of them"),
    },
    "place": {
        Place.REMOTE: Message("From anywhere"),
        Place.HUB: Message("At the hub"),
        Place.MIXED: Message("Partly at the hub"),
    },
    "ip_choice": {
        IpChoice.TEAM: Message("The team keeps it; the organisation may use it"),
        IpChoice.SHARED: Message("Both may use it freely"),
        IpChoice.ORGANISATION: Message("It is the organisation's; the team may show it"),
        IpChoice.OPEN: Message("It is published under an open licence"),
    },
    "ai_policy": {
        AiPolicy.FREE: Message("may be used freely"),
        AiPolicy.DECLARED: Message("may be used, and the team says where"),
        AiPolicy.LIMITED: Message("may be used for what is named below"),
        AiPolicy.FORBIDDEN: Message("may not be used"),
    },
}
LEVELS: Mapping[int, Message] = {
    3: Message("3: proof of concept"),
    4: Message("4: validated in the lab"),
    5: Message("5: validated where it will be used"),
    6: Message("6: prototype shown where it will be used"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a text; ``changed`` are those that the other text has not."""

    text: str
    changed: bool


def said(field: str, value: Any, language: Language, titles: Mapping[str, str]) -> str:  # noqa: ANN401 # plain JSON
    """A field's value, as it is kept, in words; nothing is an empty text.

    Args:
        titles: of labs and units, by their ids.
    """
    if value in (None, "", [], ()):
        return ""
    if field in CHOICES:
        return translate(CHOICES[field].get(value, str(value)), language)
    if field == "milestones":
        return "\n".join(f"{one['title']} · {one['hours']} h · {one['due_on'] or ''}" for one in value)
    if field == "gates":
        return "\n".join(_gate(one, titles) for one in value)
    return "\n".join(value) if isinstance(value, list) else str(value)


def _gate(kept: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """A gate as it is kept; those of before there were units name none."""
    if kept.get("unit_id"):
        return titles.get(kept["unit_id"], "")
    return f"{titles.get(kept['lab_id'], '')} · {kept['share']:.0%}"


def compared(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, so that what changed can be marked in each."""
    one, other = _words(before), _words(after)
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        if b > a:
            left.append(Piece("".join(one[a:b]), kind != "equal"))
        if d > c:
            right.append(Piece("".join(other[c:d]), kind != "equal"))
    return left, right


def _words(text: str) -> Sequence[str]:
    """Words, each with the blank before it."""
    found: list[str] = []
    for line_number, line in enumerate(text.split("\n")):
        for word_number, word in enumerate(line.split(" ")):
            before = " " if word_number else ("\n" if line_number else "")
            found.append(before + word)
    return found
