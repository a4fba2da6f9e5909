"""The worker's side: credentials for those whose entries were ranked."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

import structlog

from darsgah.credentials import service as credentials
from darsgah.credentials.errors import RevokedBefore
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.schemas import AchievementPlan, Award, Evidence, Kind, Result, ResultKind
from darsgah.db.session import Database
from darsgah.errors import NotFound
from darsgah.hackathons import reading
from darsgah.hackathons.schemas import HackathonView, PlaceView, TrackView
from darsgah.hackathons.service import AWARD
from darsgah.jobs.worker import Task

HONOURED: Final = 3
"""Places that the credential says; of the others it says that an entry was handed in and judged."""
logger = structlog.get_logger("darsgah.worker")


class HackathonTasks:
    """Awards after results."""

    def __init__(self, database: Database, issuing: Issuing, site: str) -> None:
        self.database = database
        self.issuing = issuing
        self.site = site

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [Task(AWARD, run=self.award, give_up=self.give_up)]

    async def award(self, hackathon_id: str) -> None:
        """Award the makers of each ranked entry, a transaction for each; awarding again is none."""
        async with self.database.begin() as session:
            view = await reading.view(session, None, UUID(hackathon_id))
            makers = await reading.ranked_makers(session, view.id)
        for result in view.results:
            for place in result.places:
                await self._award_entry(view, result.track, place, makers)

    async def _award_entry(
        self, view: HackathonView, track: TrackView, place: PlaceView, makers: Mapping[UUID, list[UUID]]
    ) -> None:
        async with self.database.begin() as session:
            for account_id in makers[place.entry_id]:
                made = award_of(view, track, place, account_id, self.site)
                try:
                    await credentials.award(session, self.issuing, made)
                except (RevokedBefore, NotFound) as error:
                    logger.info("credential_left_out", hackathon=str(view.id), reason=error.code)

    async def give_up(self, hackathon_id: str, *, reason: str) -> None:
        """Say so in the log; what was awarded stays, and the job can be run again."""
        logger.error("credentials_not_awarded", hackathon=hackathon_id, reason=reason)


def award_of(view: HackathonView, track: TrackView, place: PlaceView, account_id: UUID, site: str) -> Award:
    """What one maker of an entry is awarded."""
    address = f"{site}/hackathons/{view.id}"
    named = f"{view.name}, {track.name}" if len(view.tracks) > 1 else view.name
    marked = ", ".join(criterion.name for criterion in view.criteria)
    results = [Result("Score", f"{place.score:.2f}", ResultKind.LEVEL)]
    if place.place <= HONOURED:
        results.append(Result("Place", str(place.place), ResultKind.LEVEL))
    return Award(
        account_id=account_id,
        hub_id=view.hub.id if view.hub else None,
        achievement=AchievementPlan(
            kind=Kind.HACKATHON,
            subject=f"{view.id}/{track.id}",
            name=named,
            description=f"Took part in the hackathon {named} with an entry that judges ranked.",
            criteria=f"Handed in an entry before the deadline. At least {view.judges_each} judges marked it, "
            f"each without the others: {marked}.",
            name_ur=view.name_ur,
        ),
        reference=str(view.id),
        evidence=(Evidence(name=place.title, description=f"Entry of the team {place.team}.", url=address),),
        results=tuple(results),
    )
