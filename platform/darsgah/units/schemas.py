"""What is written of a unit, how people are judged by it, and what everybody is shown.

A level only describes: it names a framework and the version of it, in the network's own words. Nothing here
may say that a body has confirmed anything (``darsgah.credentials.wording``).
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec

from darsgah.ui.plain_text import LINE, NAME, TEXT, WEB_ADDRESS

CODE = r"^[A-Z0-9]+([.-][A-Z0-9]+)*$"
"""The code of a unit, as labs name it."""
LONGEST_CODE = 40
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NAME)]
Line = Annotated[str, msgspec.Meta(max_length=200, pattern=LINE)]
CriterionText = Annotated[str, msgspec.Meta(min_length=1, max_length=400, pattern=NAME)]
CriterionUrdu = Annotated[str, msgspec.Meta(max_length=400, pattern=LINE)]
Text = Annotated[str, msgspec.Meta(max_length=4000, pattern=TEXT)]
Address = Annotated[str, msgspec.Meta(max_length=500, pattern=rf"\A\Z|{WEB_ADDRESS}")]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]
Credits = Annotated[float, msgspec.Meta(ge=0, le=500)]
Version = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
MOST_CRITERIA, MOST_LABS = 20, 12


class Criterion(msgspec.Struct, frozen=True):
    """Something that one must be able to do; ``text_ur`` is empty where nobody wrote it in Urdu."""

    text: CriterionText
    text_ur: CriterionUrdu = ""


class ChosenLab(msgspec.Struct, frozen=True):
    """A lab that gives evidence, and how much of its points is needed."""

    lab_id: UUID
    share: Share = 0.6


class UnitContent(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is written of a unit.

    Attributes:
        knowledge: what one must know, in Markdown; so are ``tools``, what one must be able to use.
        level: what it is comparable to in ``framework``, such as a level of a qualification framework.
        share: of the points of each lab that names the unit itself.
        labs: chosen as evidence besides those.
    """

    title: Title
    title_ur: Line = ""
    criteria: Annotated[tuple[Criterion, ...], msgspec.Meta(min_length=1, max_length=MOST_CRITERIA)]
    knowledge: Text = ""
    tools: Text = ""
    credits: Credits | None = None
    level: Line = ""
    framework: Line = ""
    framework_version: Line = ""
    framework_url: Address = ""
    share: Share = 0.6
    labs: Annotated[tuple[ChosenLab, ...], msgspec.Meta(max_length=MOST_LABS)] = ()


class UnitChange(msgspec.Struct, frozen=True):
    """Another text of a unit; ``version`` is the one that it was written from, 0 for a new unit."""

    content: UnitContent
    version: Version


class Retirement(msgspec.Struct, frozen=True):
    """Whether a unit is retired: who holds it goes on holding it, nobody else is found competent in it."""

    retired: bool


class State(StrEnum):
    """How somebody stands to a unit. READY: the labs are passed, nobody has judged yet."""

    HELD = "held"
    READY = "ready"
    NOT_YET = "not_yet"
    OPEN = "open"


class LabEvidence(msgspec.Struct, frozen=True):
    """A lab that gives evidence, and how far somebody is.

    Attributes:
        share: of its points that is needed; ``reached`` is the best so far, None without a grade.
        named: the lab names the unit itself.
        link: the lab in a course of the reader's, about themselves alone.
    """

    lab_id: UUID
    title: str
    title_ur: str
    share: float
    reached: float | None
    passed: bool
    named: bool
    link: str | None = None


class UnitTitle(msgspec.Struct, frozen=True):
    """A unit by name."""

    id: UUID
    code: str
    title: str
    title_ur: str
    retired: bool


class UnitLine(msgspec.Struct, frozen=True):
    """A unit in a list, with how the reader stands to it."""

    id: UUID
    code: str
    version: int
    title: str
    title_ur: str
    credits: float | None
    level: str
    framework: str
    framework_version: str
    retired: bool
    state: State
    labs: tuple[LabEvidence, ...]


class UnitList(msgspec.Struct, frozen=True):
    """Some units by code; ``next_after`` is the code to go on from, or None at the end."""

    units: tuple[UnitLine, ...]
    next_after: str | None


class Outcome(StrEnum):
    """What an assessor finds."""

    COMPETENT = "competent"
    NOT_YET = "not_yet"


class CriterionResult(msgspec.Struct, frozen=True):
    """A criterion as it was worded when somebody was judged by it."""

    text: str
    text_ur: str
    met: bool


class LabShare(msgspec.Struct, frozen=True):
    """A lab as it stood at an assessment."""

    lab_id: UUID
    title: str
    share: float
    reached: float | None


class AssessmentView(msgspec.Struct, frozen=True):
    """How somebody was judged.

    Attributes:
        unit_version: of the text that they were judged by.
        note: what was looked at.
        reason: why a competence was taken back, or why somebody was judged before passing every lab.
        prior_learning: found competent although not every lab was passed.
        credential_id: what was awarded.
    """

    id: UUID
    unit_version: int
    outcome: Outcome
    criteria: tuple[CriterionResult, ...]
    note: str
    reason: str
    prior_learning: bool
    labs: tuple[LabShare, ...]
    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    assessor: str
    at: datetime
    credential_id: UUID | None


class UnitView(msgspec.Struct, frozen=True):
    """A unit with how one person stands to it: the reader, or the learner that is looked at.

    Attributes:
        assessment: the newest of that person, which counts.
        credential_id: the one that counts.
    """

    id: UUID
    code: str
    version: int
    retired: bool
    changed_at: datetime
    content: UnitContent
    state: State
    labs: tuple[LabEvidence, ...]
    assessment: AssessmentView | None
    credential_id: UUID | None


class Assessments(msgspec.Struct, frozen=True):
    """How somebody was judged in a unit, newest first."""

    assessments: tuple[AssessmentView, ...]


class Show(StrEnum):
    """Which learners of a hub: those who wait for an assessor, those who were judged, or all."""

    READY = "ready"
    ASSESSED = "assessed"
    ALL = "all"


class Candidate(msgspec.Struct, frozen=True):
    """A learner of a hub in the list of a unit; ``passed`` labs of ``labs``."""

    account_id: UUID
    name: str
    state: State
    passed: int
    labs: int
    assessed_at: datetime | None


class Candidates(msgspec.Struct, frozen=True):
    """Some learners of a hub; ``next_after`` goes on, or is None at the end."""

    unit: UnitTitle
    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    learners: tuple[Candidate, ...]
    next_after: UUID | None


class LearnerUnit(msgspec.Struct, frozen=True):
    """A learner of a hub and a unit, for those who judge; ``history`` is newest first."""

    unit: UnitView
    account_id: UUID
    name: str
    hub_id: UUID
    hub_name: str
    hub_name_ur: str
    hub_timezone: str
    may_assess: bool
    history: tuple[AssessmentView, ...]


class NewAssessment(msgspec.Struct, frozen=True, kw_only=True):
    """A judgement.

    Attributes:
        hub_id: where the assessor teaches and the learner has a place.
        version: of the unit's text that is judged by: the present one.
        met: yes or no for each criterion, in its order.
        note: what was looked at; the learner reads it.
        reason: needed to take a competence back, and to find somebody competent before every lab is passed.
        seen: the newest assessment that the assessor saw; None where there was none.
    """

    account_id: UUID
    hub_id: UUID
    version: Version
    outcome: Outcome
    met: Annotated[tuple[bool, ...], msgspec.Meta(max_length=MOST_CRITERIA)]
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=4000, pattern=TEXT)]
    reason: Annotated[str, msgspec.Meta(max_length=1000, pattern=TEXT)] = ""
    seen: UUID | None = None
