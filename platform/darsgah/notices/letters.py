"""A notice as a letter: plain text, the same as HTML with its direction, and perhaps an invitation."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from markupsafe import Markup

from darsgah.accounts.schemas import Contact
from darsgah.notices.schemas import Unmailed
from darsgah.notices.service import words
from darsgah.ui.language import Language, Message, translate

OPEN: Final = Message("Open it in Darsgah")
_ISOLATES: Final = re.compile("[\u2066-\u2069]")
_METHOD: Final = re.compile(rb"^METHOD:([A-Za-z]+)\s*$", re.MULTILINE)
_PAGE: Final = Markup(
    '<!doctype html><html lang="{language}" dir="{direction}"><body dir="{direction}">'
    '<p><b>{title}</b></p><p>{body}</p><p><a href="{address}">{open}</a></p><hr><p><small>{why}</small></p>'
    "</body></html>"
)


def letter(notice: Unmailed, contact: Contact, language: Language, *, sender: str, site: str) -> EmailMessage:
    """The letter of one notice to its reader.

    What callers filled in is one line without control characters (``darsgah.notices.service.tell``), and the
    message's policy refuses header lines that break: nobody adds a header of theirs.

    Args:
        site: the address that people type, without a slash at its end.

    Raises:
        ValueError: the reader's address is one that no letter can have.
    """
    title, body = words(notice.kind, notice.details, language)
    address = f"{site}{notice.link}"
    told = Message(
        "You have an account at Darsgah, so you are told this. Switch letters off at {address}",
        address=f"{site}/settings",
    )
    why = translate(told, language)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=contact.email)
    message["Subject"] = _ISOLATES.sub("", title)
    message["Date"] = format_datetime(notice.created_at)
    message["Message-ID"] = f"<{notice.id}@{sender.rpartition('@')[2].rstrip('> ')}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{site}/settings>"
    message.set_content(f"{body}\n\n{translate(OPEN, language)}: {address}\n\n-- \n{why}\n")
    message.add_alternative(
        str(
            _PAGE.format(
                language=language.code,
                direction=language.direction,
                title=title,
                body=body,
                address=address,
                open=translate(OPEN, language),
                why=why,
            )
        ),
        subtype="html",
    )
    if notice.calendar is not None:
        _invite(message, notice.calendar)
    message["Content-Language"] = language.code  # last: what is said before goes to the first part
    return message


def _invite(message: EmailMessage, calendar: bytes) -> None:
    """The invitation twice, as programs read it: beside the words (RFC 6047), and as a file."""
    named = _METHOD.search(calendar)
    method = named[1].decode("ascii").upper() if named else "PUBLISH"
    text = calendar.decode("utf-8", "replace")
    message.add_alternative(text, subtype="calendar", params={"method": method})
    message.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")
