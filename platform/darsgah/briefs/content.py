"""What a mentor writes in a brief. Anything may be missing in a draft; the automatic check asks for it.

The field names are those of the ``brief`` table's columns, of the form and of the JSON.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, cast
from uuid import UUID

import msgspec

from darsgah.ui.plain_text import LINE, TEXT

Line = Annotated[str, msgspec.Meta(max_length=200, pattern=LINE)]
Text = Annotated[str, msgspec.Meta(max_length=10_000, pattern=TEXT)]
ShortText = Annotated[str, msgspec.Meta(max_length=2_000, pattern=TEXT)]
Skill = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=LINE)]
Hours = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
Trl = Annotated[int, msgspec.Meta(ge=1, le=9)]
MOST_SKILLS, MOST_MILESTONES, MOST_GATES = 12, 12, 6
MOST_STEP_HOURS: Final = 500
"""Hours of one person for one milestone, some twelve weeks of nothing else: the automatic check asks."""


class DataKind(StrEnum):
    """Whose data the work is done with; UNSAID as long as the mentor has not said."""

    UNSAID = ""
    NONE = "none"
    PUBLIC = "public"
    PROVIDED = "provided"
    SYNTHETIC = "synthetic"
    COLLECTED = "collected"


class Mode(StrEnum):
    """How teams come to a brief: by the hub's choice, as they formed themselves, or by applying."""

    UNSAID = ""
    ASSIGNED = "assigned"
    SELF_FORMED = "self_formed"
    APPLYING = "applying"


class GateRule(StrEnum):
    """Who of a team must have passed each gate."""

    ALL = "all"
    ANY = "any"


class Place(StrEnum):
    """Where the work is done."""

    UNSAID = ""
    REMOTE = "remote"
    HUB = "hub"
    MIXED = "mixed"


class IpChoice(StrEnum):
    """Whose the result is: asked outright, since silence is what people quarrel about later."""

    UNSAID = ""
    TEAM = "team"
    SHARED = "shared"
    ORGANISATION = "organisation"
    OPEN = "open"


class AiPolicy(StrEnum):
    """Whether the team may use AI tools."""

    UNSAID = ""
    FREE = "free"
    DECLARED = "declared"
    LIMITED = "limited"
    FORBIDDEN = "forbidden"


class Milestone(msgspec.Struct, frozen=True):
    """A step on the way; ``hours`` are one person's."""

    title: Line
    hours: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    due_on: date | None = None


class Gate(msgspec.Struct, frozen=True):
    """What one must have before: a lab passed with ``share`` of its points, or a qualification unit held."""

    lab_id: UUID | None = None
    share: Share = 0.6
    unit_id: UUID | None = None

    def __post_init__(self) -> None:
        """Refuses a gate that names both or neither, which msgspec reports as a fault of what was sent."""
        if (self.lab_id is None) == (self.unit_id is None):
            raise ValueError("a gate names either a lab or a unit")

    @property
    def subject_id(self) -> UUID:
        """The lab or the unit: what this gate is known by."""
        return cast("UUID", self.lab_id or self.unit_id)


class BriefContent(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a mentor writes.

    Attributes:
        title_ur: the title in Urdu, where there is one.
        problem: Markdown, as ``deliverables`` and ``data`` are.
        hours_total: of a full team together, over the entire project.
        hours_week: of one person.
        team_least: how many people a team has at least; ``team_most`` is a full team.
        capacity: how many teams the brief takes.
        mentor_hours_week: what the mentor has for each team.
        gpu_hours: for each team; 0 is none, None is unsaid.
        trl_in: the technology readiness level that the work begins at; ``trl_target`` is where it is to lead.
    """

    title: Line = ""
    title_ur: Line = ""
    problem: Text = ""
    deliverables: Text = ""
    skills: Annotated[tuple[Skill, ...], msgspec.Meta(max_length=MOST_SKILLS)] = ()
    data_kind: DataKind = DataKind.UNSAID
    data: ShortText = ""
    data_licence: Line = ""
    hours_total: Hours | None = None
    hours_week: Annotated[int, msgspec.Meta(ge=1, le=60)] | None = None
    milestones: Annotated[tuple[Milestone, ...], msgspec.Meta(max_length=MOST_MILESTONES)] = ()
    team_least: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    team_most: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    capacity: Annotated[int, msgspec.Meta(ge=1, le=50)] | None = None
    mode: Mode = Mode.UNSAID
    gate_rule: GateRule = GateRule.ALL
    gates: Annotated[tuple[Gate, ...], msgspec.Meta(max_length=MOST_GATES)] = ()
    place: Place = Place.UNSAID
    apply_until: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    mentor_hours_week: Annotated[int, msgspec.Meta(ge=1, le=60)] | None = None
    availability: ShortText = ""
    ip_choice: IpChoice = IpChoice.UNSAID
    ai_policy: AiPolicy = AiPolicy.UNSAID
    ai_policy_note: ShortText = ""
    gpu_hours: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    gpu_need: ShortText = ""
    trl_in: Trl | None = None
    trl_target: Trl | None = None


FIELDS = tuple(BriefContent.__struct_fields__)
"""The names of all of them, in order."""
COLUMNS = tuple(name for name in FIELDS if name != "gates")
"""Those that are columns of the brief; gates have a table of their own."""


def tidied(content: BriefContent) -> BriefContent:
    """The same without blanks at ends, skills in small letters and once each, empty milestones left out."""
    texts = {
        name: value.strip()
        for name in FIELDS
        if isinstance(value := getattr(content, name), str) and not isinstance(value, StrEnum)
    }
    skills = tuple(dict.fromkeys(" ".join(skill.casefold().split()) for skill in content.skills))
    milestones = tuple(
        msgspec.structs.replace(step, title=step.title.strip())
        for step in content.milestones
        if step.title.strip() or step.hours or step.due_on
    )
    gates = {gate.subject_id: gate for gate in content.gates}
    return msgspec.structs.replace(
        content,
        **texts,
        skills=tuple(skill for skill in skills if skill),
        milestones=milestones,
        gates=tuple(gates.values()),
    )
