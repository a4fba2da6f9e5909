"""The operator's mail server, as the settings name it, and one letter handed to it."""

from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from darsgah.errors import ServiceUnavailable, SettingsInvalid
from darsgah.settings import Settings

SECONDS: Final = 20.0
"""Until an answer of the server is waited for no longer."""
_PORTS: Final = {"smtp": 25, "smtps": 465}


class MailServerAway(ServiceUnavailable):
    """The mail server does not take letters at the moment. They are kept and sent later."""

    code = "mail_server_away"


class LetterRefused(Exception):  # noqa: N818 - says what is wrong
    """The mail server said that it never takes this letter, and why."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed in, and from whom they are.

    Attributes:
        encrypted: from the first byte (smtps).
        starttls: encryption is asked for afterwards, and insisted on.
    """

    host: str
    port: int
    sender: str
    encrypted: bool = False
    starttls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The operator's; None where no letters are sent.

        Raises:
            SettingsInvalid: only one of the two settings is there, or one cannot be what it says.
        """
        if settings.smtp_url is None and settings.mail_from is None:
            return None
        if settings.smtp_url is None or settings.mail_from is None:
            raise SettingsInvalid("DARSGAH_SMTP_URL and DARSGAH_MAIL_FROM go together: set both, or neither.")
        sender = settings.mail_from.strip()
        if "@" not in parseaddr(sender)[1] or not sender.isprintable():
            raise SettingsInvalid("DARSGAH_MAIL_FROM is no e-mail address: write it as learn@example.org.")
        try:
            parts = urlsplit(settings.smtp_url)
            host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
        except (ValueError, KeyError):
            host, port = None, 0
        if not host:
            raise SettingsInvalid(
                "DARSGAH_SMTP_URL is no mail server: write it as smtp://user:password@host:587?starttls "
                "or smtps://user:password@host."
            )
        return cls(
            host=host,
            port=port,
            sender=sender,
            encrypted=parts.scheme == "smtps",
            starttls="starttls" in parse_qs(parts.query, keep_blank_values=True),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    async def hand_in(self, letter: EmailMessage) -> None:
        """Hand one letter in, over a connection of its own.

        Raises:
            LetterRefused: for good.
            MailServerAway: for now: the server is not there, or wants it later.
        """
        try:
            await aiosmtplib.send(
                letter,
                hostname=self.host,
                port=self.port,
                username=self.username,
                password=self.password,
                use_tls=self.encrypted,
                start_tls=self.starttls,
                timeout=SECONDS,
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            raise MailServerAway(
                f"The mail server refuses the platform's own name: {error.message}"
            ) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = {refusal.code for refusal in error.recipients}
            if all(code >= 500 for code in codes):
                raise LetterRefused("; ".join(refusal.message for refusal in error.recipients)) from error
            raise MailServerAway from error
        except aiosmtplib.SMTPResponseException as error:
            if error.code >= 500:
                raise LetterRefused(error.message) from error
            raise MailServerAway from error
        except (aiosmtplib.SMTPNotSupported, UnicodeError, ValueError) as error:
            raise LetterRefused(str(error)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailServerAway from error
