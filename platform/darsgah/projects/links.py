"""Links that people hand in or meet under: an address of the web, and nothing that acts when it is opened."""

from urllib.parse import urlsplit

from darsgah.errors import MalformedInput
from darsgah.ui.language import Message

LONGEST_LINK = 500


def safe_link(address: str, field: str = "link") -> str:
    """The address, when it is one that may stand on a page.

    Raises:
        MalformedInput: it is no address of http or https, or it carries a name and a password.
    """
    wrong = MalformedInput(fields={field: Message("Write a web address that begins with https://.")})
    kept = address.strip()
    if not kept or len(kept) > LONGEST_LINK or not kept.isprintable() or any(sign.isspace() for sign in kept):
        raise wrong
    try:
        parts = urlsplit(kept)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or "\\" in kept:
        raise wrong
    return kept
