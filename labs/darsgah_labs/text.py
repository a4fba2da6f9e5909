"""Text in the two languages that every lab of ours speaks."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from darsgah_labs.errors import LabInvalid


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence or a few, in English and in Urdu."""

    en: Annotated[str, Meta(max_length=4000, description="In English.", examples=["Functions"])]
    ur: Annotated[str, Meta(max_length=4000, description="In Urdu script.", examples=["فنکشن"])]


def is_urdu(text: str) -> bool:
    """Whether at least every third letter is of the Arabic script: technical terms may stay in English."""
    letters = [character for character in text if character.isalpha()]
    urdu = sum("\u0600" <= character <= "\u06ff" for character in letters)
    return bool(letters) and urdu * 3 >= len(letters)


def check_both_languages(file: str, texts: Mapping[str, Text]) -> None:
    """Every text of a manifest is there in English and in Urdu.

    Args:
        texts: by the field that they stand in.

    Raises:
        LabInvalid: one of them is not.
    """
    for field, text in texts.items():
        if not text.en.strip():
            raise LabInvalid(file, f"{field}.en", "The English text is empty.", "Write it.")
        if not is_urdu(text.ur):
            problem = "The Urdu text is empty or not in Urdu script."
            mend = "Write it; technical terms may stay in English."
            raise LabInvalid(file, f"{field}.ur", problem, mend)
