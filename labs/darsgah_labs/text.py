"""Text in the two languages that every lab of ours speaks."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence or a few, in English and in Urdu."""

    en: Annotated[str, Meta(max_length=4000, description="In English.", examples=["Functions"])]
    ur: Annotated[str, Meta(max_length=4000, description="In Urdu script.", examples=["فنکشن"])]


def is_urdu(text: str) -> bool:
    """Whether at least every third letter is of the Arabic script: technical terms may stay in English."""
    letters = [character for character in text if character.isalpha()]
    urdu = sum("\u0600" <= character <= "\u06ff" for character in letters)
    return bool(letters) and urdu * 3 >= len(letters)
