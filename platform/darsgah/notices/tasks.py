"""The worker's side of notices: sends letters of what people were told. The web process never imports it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from darsgah.accounts import service as accounts
from darsgah.accounts.schemas import Contact
from darsgah.db.session import Database
from darsgah.jobs.queue import enqueue
from darsgah.jobs.worker import Task
from darsgah.notices import service
from darsgah.notices.letters import letter
from darsgah.notices.mail_server import LetterRefused, MailServer, MailServerAway
from darsgah.notices.schemas import Unmailed
from darsgah.ui.language import Languages

LATER: Final[Sequence[timedelta]] = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)
)
"""How long after each failure of the mail server what is left is tried again; the last is given up."""
_NOWHERE: Final = (".invalid", ".example", ".test", ".localhost")
"""Domains that are never any mail server's (RFC 2606): placeholders of imported people, and demo accounts."""
logger = structlog.get_logger("darsgah.worker")


class NoticeTasks:
    """Sends letters.

    Args:
        server: None where the operator sets up none: then nothing is sent, and nothing waits.
        site: the address that people type.
        reserved: domains to which nothing is sent.
    """

    def __init__(
        self, database: Database, server: MailServer | None, site: str, reserved: Sequence[str] = _NOWHERE
    ) -> None:
        self.database = database
        self._server = server
        self._site = site.rstrip("/")
        self._reserved = tuple(reserved)
        self._languages = Languages.load()

    def tasks(self) -> list[Task]:
        """What a worker registers."""
        return [Task(service.MAIL, run=self.mail, give_up=self.give_up)]

    async def mail(self, telling_id: str, attempt: int = 0) -> None:
        """Send the letters of one telling that are still to be sent."""
        if self._server is None:
            return
        async with self.database.begin() as session:
            due = await service.unmailed(session, UUID(telling_id))
            contacts = await accounts.contacts(session, [notice.account_id for notice in due])
        away: MailServerAway | None = None
        for notice in due:
            try:
                await self._send(self._server, notice, contacts.get(notice.account_id))
            except MailServerAway as error:
                away = error
        if away is None:
            return
        logger.warning("mail_server_away", telling=telling_id, attempt=attempt, reason=away.message)
        async with self.database.begin() as session:
            if attempt < len(LATER):
                await enqueue(
                    session,
                    service.MAIL,
                    after=LATER[attempt],
                    telling_id=telling_id,
                    attempt=attempt + 1,
                )
            else:
                for notice in await service.unmailed(session, UUID(telling_id)):
                    await service.note_refused(session, notice.id, away.message)

    async def give_up(self, telling_id: str, attempt: int = 0, *, reason: str) -> None:
        """Note why the letters that are left are not sent: the notices are on the platform all the same."""
        logger.error("letters_given_up", telling=telling_id, attempt=attempt, reason=reason)
        async with self.database.begin() as session:
            for notice in await service.unmailed(session, UUID(telling_id)):
                await service.note_refused(session, notice.id, reason)

    async def _send(self, server: MailServer, notice: Unmailed, contact: Contact | None) -> None:
        """One letter; that it was taken is kept at once, so that a repetition begins after it."""
        if contact is None or contact.no_mail or contact.email.endswith(self._reserved):
            await self._refuse(notice, "")
            return
        language = self._languages[contact.language if contact.language in self._languages else "en"]
        try:
            message = letter(notice, contact, language, sender=server.sender, site=self._site)
            await server.hand_in(message)
        except (LetterRefused, ValueError) as error:
            logger.warning("letter_refused", notice=str(notice.id), reason=str(error))
            await self._refuse(notice, str(error))
            return
        async with self.database.begin() as session:
            await service.note_mailed(session, notice.id)

    async def _refuse(self, notice: Unmailed, reason: str) -> None:
        async with self.database.begin() as session:
            await service.note_refused(session, notice.id, reason or "no letters are wanted")
