"""Briefs as readers see them: with the names of hub, organisation and mentor, and the reader's gates."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import queries
from darsgah.briefs.checking import Finding
from darsgah.briefs.gates import gate_views
from darsgah.briefs.lifecycle import OPEN, Stage
from darsgah.briefs.models import Brief
from darsgah.briefs.reading import content
from darsgah.briefs.schemas import BriefHeading, BriefView, FindingView, FoundBrief
from darsgah.db.columns import now
from darsgah.hubs import service as hubs
from darsgah.hubs.schemas import HubView
from darsgah.organisations import service as organisations
from darsgah.organisations.schemas import MentorStanding, MentorView, OrganisationView
from darsgah.ui.language import Language, translate

SUMMARY = 280
"""Characters of the problem that a list shows."""


@dataclass(frozen=True, slots=True)
class Around:
    """What briefs refer to, by id; what is missing of it is left out."""

    hubs: Mapping[UUID, HubView]
    organisations: Mapping[UUID, OrganisationView]
    mentors: Mapping[UUID, MentorView]
    standings: Mapping[UUID, MentorStanding]

    def organisation(self, brief: Brief) -> tuple[str, str]:
        """The organisation's name in both languages."""
        found = self.organisations.get(brief.organisation_id) if brief.organisation_id else None
        return (found.name, found.name_ur) if found else ("", "")

    def mentor(self, brief: Brief) -> tuple[str, str]:
        """The mentor's name and zone."""
        found = self.mentors.get(brief.mentor_id) if brief.mentor_id else None
        return (found.name, found.timezone) if found else ("", "")

    def stands(self, brief: Brief) -> bool:
        """Whether the organisation and the mentor are verified now."""
        found = self.standings.get(brief.mentor_id) if brief.mentor_id else None
        return found is not None and found.organisation_id == brief.organisation_id and found.may_act


async def around(session: AsyncSession, briefs: Collection[Brief]) -> Around:
    """What these briefs refer to."""
    mentors = {brief.mentor_id for brief in briefs if brief.mentor_id}
    return Around(
        hubs=await hubs.hubs_by_id(session, {brief.hub_id for brief in briefs}),
        organisations=await organisations.organisations_by_id(
            session, {brief.organisation_id for brief in briefs if brief.organisation_id}
        ),
        mentors=await organisations.mentors_by_id(session, mentors),
        standings=await organisations.standings(session, mentors),
    )


def is_open(brief: Brief, found: Around, moment: datetime) -> bool:
    """Whether teams can come to a brief then: its stage, its last day in its hub, who stands behind it."""
    in_time = brief.apply_until is None or brief.apply_until >= found.hubs[brief.hub_id].day(moment)
    return Stage(brief.stage) in OPEN and in_time and found.stands(brief)


async def brief_view(session: AsyncSession, actor: Actor, brief: Brief) -> BriefView:
    """One brief, for a reader who may see it."""
    found = await around(session, [brief])
    hub, mentor = found.hubs[brief.hub_id], found.mentor(brief)
    gates = (await queries.gates(session, [brief.id])).get(brief.id, ())
    shown = await gate_views(session, actor, [brief.id])
    organisation = found.organisation(brief)
    return BriefView(
        id=brief.id,
        hub_id=brief.hub_id,
        hub_name=hub.name,
        hub_name_ur=hub.name_ur,
        hub_timezone=hub.timezone,
        organisation_id=brief.organisation_id,
        organisation=organisation[0],
        organisation_ur=organisation[1],
        mentor=mentor[0],
        mentor_timezone=mentor[1],
        stage=Stage(brief.stage),
        version=brief.version,
        round=brief.round,
        published_at=brief.published_at,
        changed_at=brief.changed_at,
        effective=is_open(brief, found, now()),
        content=content(brief, gates),
        gates=shown.get(brief.id, ()),
    )


async def headings(session: AsyncSession, briefs: Sequence[Brief]) -> tuple[BriefHeading, ...]:
    """Briefs in a list of those who write or look after them."""
    found = await around(session, briefs)
    return tuple(
        BriefHeading(
            id=brief.id,
            hub_id=brief.hub_id,
            title=brief.title,
            title_ur=brief.title_ur,
            organisation=found.organisation(brief)[0],
            organisation_ur=found.organisation(brief)[1],
            mentor=found.mentor(brief)[0],
            stage=Stage(brief.stage),
            round=brief.round,
            changed_at=brief.changed_at,
        )
        for brief in briefs
    )


async def found_briefs(
    session: AsyncSession, actor: Actor, briefs: Sequence[Brief], near: Around
) -> tuple[FoundBrief, ...]:
    """Briefs as learners find them, with the reader's own gates."""
    gates = await gate_views(session, actor, [brief.id for brief in briefs])
    return tuple(
        FoundBrief(
            id=brief.id,
            hub_id=brief.hub_id,
            hub_name=near.hubs[brief.hub_id].name,
            hub_name_ur=near.hubs[brief.hub_id].name_ur,
            organisation=near.organisation(brief)[0],
            organisation_ur=near.organisation(brief)[1],
            title=brief.title,
            title_ur=brief.title_ur,
            summary=shortened(brief.problem),
            skills=tuple(brief.skills),
            place=brief.place,
            mode=brief.mode,
            hours_week=brief.hours_week,
            trl_in=brief.trl_in,
            trl_target=brief.trl_target,
            team_least=brief.team_least,
            team_most=brief.team_most,
            apply_until=brief.apply_until,
            starts_on=brief.starts_on,
            ends_on=brief.ends_on,
            gates=gates.get(brief.id, ()),
        )
        for brief in briefs
    )


def shortened(text: str) -> str:
    """The beginning of a Markdown text as plain words, cut between two of them."""
    plain = " ".join(text.translate(_MARKS).split())
    if len(plain) <= SUMMARY:
        return plain
    return plain[:SUMMARY].rsplit(" ", 1)[0] + " …"


def finding_views(findings: Sequence[Finding], language: Language) -> tuple[FindingView, ...]:
    """What the check found, in the reader's language."""
    return tuple(FindingView(one.field, one.code, translate(one.text, language)) for one in findings)


_MARKS = str.maketrans(dict.fromkeys("*_`#>~|", ""))
