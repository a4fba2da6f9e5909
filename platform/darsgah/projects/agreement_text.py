"""The agreement of a project: the text that comes with Darsgah, and how a brief's choices get into a text.

A text is Markdown with places in braces: ``{project}``, ``{organisation}``, ``{hub}``, ``{starts_on}``,
``{ends_on}``, ``{ip_choice}``, ``{ai_policy}`` and ``{data_licence}``. The last three are whole sentences or
what the mentor wrote; a hub's own text must have the places for intellectual property and for AI.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from darsgah.ui.language import Message

PLACES = ("project", "organisation", "hub", "starts_on", "ends_on", "ip_choice", "ai_policy", "data_licence")
NEEDED = ("ip_choice", "ai_policy")
"""Without these a text would leave open what people quarrel about later."""
_PLACE = re.compile(r"\{(\w+)\}")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~])")

IP_CHOICES: Mapping[str, Message] = {
    "team": Message("The result belongs to the team; the organisation may use it inside, without a fee."),
    "shared": Message("The result belongs to the team and the organisation together; both may use it."),
    "organisation": Message(
        "The result belongs to the organisation; the team may name and describe its work."
    ),
    "open": Message(
        "The result is published under an open licence that team and organisation choose together."
    ),
    "": Message("The brief does not say whose the result is; until both agree in writing it is the team's."),
}
"""What the brief's choice about intellectual property means, by its value."""
AI_POLICIES: Mapping[str, Message] = {
    "free": Message("The team may use AI tools."),
    "declared": Message("The team may use AI tools, and says in each deliverable which and what for."),
    "limited": Message("The team may use only the AI tools that the mentor names."),
    "forbidden": Message("The team uses no AI tools for what it hands in."),
    "": Message("The brief says nothing of AI tools; the team says in each deliverable which it used."),
}
"""What the brief's policy on AI means, by its value."""


@cache
def shipped_texts() -> tuple[str, str]:
    """The agreement that comes with Darsgah, in English and in Urdu: the files beside this module."""
    folder = files(__package__)
    english, urdu = (
        folder.joinpath(f"agreement.{code}.md").read_text(encoding="utf-8") for code in ("en", "ur")
    )
    return english, urdu


def missing_places(body: str) -> list[str]:
    """The places that a text needs and lacks."""
    found = set(_PLACE.findall(body))
    return [name for name in NEEDED if name not in found]


def unknown_places(body: str) -> list[str]:
    """The places of a text that nothing fills."""
    return sorted(set(_PLACE.findall(body)) - set(PLACES))


def composed(body: str, values: Mapping[str, str]) -> str:
    """The text with its places filled. What is filled in is plain words: Markdown in it has no effect."""
    return _PLACE.sub(lambda found: _plain(values.get(found[1], "")), body)


def digest(body: str, body_ur: str) -> str:
    """The SHA-256 of an agreement in both its languages: what a person accepts is named by it."""
    return hashlib.sha256(f"{body}\0{body_ur}".encode()).hexdigest()


def _plain(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(value.split()))
