"""A team's credentials for a brief: what was marked, which level was reached, and where it came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.briefs import offers
from darsgah.credentials import service as credentials
from darsgah.credentials.errors import RevokedBefore
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import AchievementPlan, Award, Evidence, Kind, Result, ResultKind
from darsgah.evaluations.schemas import Criterion
from darsgah.organisations import service as organisations
from darsgah.projects.room import Room

ALLOWED = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Marked:
    """What counts of an evaluation: the marks for each criterion, who gave them, and the level confirmed."""

    criteria: tuple[Criterion, ...]
    marks: tuple[int, ...]
    by_id: UUID
    trl: int | None


async def award_team(
    session: AsyncSession, issuing: Issuing, actor: Actor, room: Room, marked: Marked
) -> list[UUID]:
    """Award everybody of the team the brief's credential; whoever had one revoked for it is left out."""
    work = await offers.described(session, room.project.brief_id)
    organisation = await _organisation(session, room.project.organisation_id)
    names = await accounts.display_names(session, [marked.by_id])
    results = tuple(
        Result(one.name, str(mark), ResultKind.CRITERION, allowed=ALLOWED)
        for one, mark in zip(marked.criteria, marked.marks, strict=True)
    )
    by = "the hub in the mentor's place"
    if marked.by_id == room.project.mentor_id:
        by = f"{names.get(marked.by_id, '')} of {organisation}"
    evidence = Evidence(
        name=room.project.title,
        description=f"Project of the team {room.team.name}, {room.project.starts_on} to "
        f"{room.project.ends_on}, evaluated by {by} and confirmed by {room.hub.name}.",
        genre="Project",
    )
    described = f"Worked in a team on a brief of {organisation or room.hub.name}."
    awarded = []
    for account_id in sorted(room.team.account_ids):
        wanted = Award(
            account_id=account_id,
            hub_id=room.hub.id,
            achievement=AchievementPlan(
                kind=Kind.BRIEF,
                subject=str(room.project.brief_id),
                name=room.project.title,
                description=described,
                criteria=_criteria(marked.criteria, work.deliverables),
                name_ur=room.project.title_ur,
                skills=work.skills,
            ),
            reference=str(room.project.id),
            awarded_by=actor.account_id,
            evidence=(evidence,),
            results=results,
            trl=marked.trl,
        )
        try:
            awarded.append(await credentials.award(session, issuing, wanted))
        except RevokedBefore:
            continue
    return awarded


async def _organisation(session: AsyncSession, organisation_id: UUID | None) -> str:
    if organisation_id is None:
        return ""
    found = await organisations.organisations_by_id(session, [organisation_id])
    return found[organisation_id].name if organisation_id in found else ""


def _criteria(criteria: Sequence[Criterion], deliverables: str) -> str:
    """What one has to do for it, in Markdown."""
    asked = "\n".join(f"- {one.name}: {one.meaning}" if one.meaning else f"- {one.name}" for one in criteria)
    delivered = f"\n\nTo deliver:\n\n{deliverables}" if deliverables else ""
    return f"Finish the project; its mentor marks each of these from 1 to 5:\n\n{asked}{delivered}"
