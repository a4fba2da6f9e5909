"""Who says hints in other words: a hub's own node, any other with room, then what this worker has itself.

Nodes come and go while a worker works: ``follow`` reads in short intervals which are registered, and tells
their administrators which of them answer. Whether one has room is found out beside the hints, never by one.
"""

import asyncio
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Self
from uuid import UUID

import structlog

from darsgah.db.session import Database
from darsgah.errors import ServiceUnavailable
from darsgah.hinting.own_model import own_speaker
from darsgah.settings import Settings
from darsgah.tutor_nodes import service as tutor_nodes
from darsgah_tutor.causal.chat import Speaker
from darsgah_tutor.causal.errors import CausalError
from darsgah_tutor.causal.nodes import Node, NodeWatch
from darsgah_tutor.causal.rephrasing import CausalRephraser
from darsgah_tutor.causal.resting import RestingSpeaker
from darsgah_tutor.parts import Rephraser

READ_SECONDS: Final = 3.0
NOTE_SECONDS: Final = 30.0
"""A node of which nothing changes is noted this often."""
logger = structlog.get_logger("darsgah.worker")


class Rephrasers:
    """One for a worker, as a context manager; without ``follow`` it knows of nobody."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._listed: dict[Node, UUID] = {}
        self._watch = NodeWatch(lambda: tuple(self._listed))
        self._own: tuple[Speaker, ...] = ()
        self._noted: dict[UUID, tuple[bool, float]] = {}

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.__exit__()

    @property
    def any(self) -> bool:
        """Whether there is anybody, with room or without."""
        return bool(self._listed or self._own)

    def rephraser(self, hub_id: UUID) -> Rephraser | None:
        """Who says a hint of this hub's learners in other words; None where there is nobody at all."""
        if not self.any:
            return None
        speaker = self._watch.speaker(str(hub_id), otherwise=self._own)
        return CausalRephraser(speaker, seconds=self._settings.tutor_seconds)

    async def follow(self, database: Database) -> None:
        """Load this worker's own model, and follow which nodes there are until cancelled."""
        await asyncio.gather(self.open_own(), self._follow_nodes(database))

    async def open_own(self) -> None:
        """Load this worker's own model; one that is refused is told to the operator, and hints go without."""
        try:
            speaker = await asyncio.to_thread(own_speaker, self._settings)
        except CausalError as error:
            logger.error("tutor_model_refused", reason=str(error))  # noqa: TRY400 - the reason is all there is
            return
        if speaker is not None:
            self._own = (RestingSpeaker(speaker),)
            logger.info("tutor_model_ready", model=speaker.name)

    async def _follow_nodes(self, database: Database) -> None:
        while True:
            with suppress(ServiceUnavailable):  # whoever works with the database says so; the nodes stay
                await self.read_nodes(database)
            await asyncio.sleep(READ_SECONDS)

    async def read_nodes(self, database: Database) -> None:
        """Read which nodes are registered now, and note which of those before answer.

        Raises:
            ServiceUnavailable: the database is away; nothing has changed.
        """
        news = self._news()
        async with database.begin() as session:
            await tutor_nodes.note(session, {node_id: answers for node_id, (answers, _) in news.items()})
            found = await tutor_nodes.listed(session)
        self._noted |= news
        self._listed = {Node(one.url, one.secret, str(one.hub_id or ""), one.model): one.id for one in found}

    def _news(self) -> dict[UUID, tuple[bool, float]]:
        """Which nodes answer: those of which that is new, or was noted long ago."""
        now = time.monotonic()
        found = {}
        for node, answers in self._watch.answers().items():
            node_id = self._listed.get(node)
            before, noted_at = self._noted.get(node_id, (None, 0.0)) if node_id else (None, 0.0)
            if node_id is not None and (before is not answers or now - noted_at > NOTE_SECONDS):
                found[node_id] = (answers, now)
        return found
