"""Names that look like another organisation's to the eye: told to whoever verifies, and never refused for it.

The letters are those of UTS 39 (confusables) whose shape is a Latin one in most fonts. Names are compared as
a person reads them: ``AIA``, ``Ala`` and the same with Cyrillic letters are one.
"""

import re
import unicodedata
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.organisations import queries
from darsgah.organisations.models import Organisation
from darsgah.organisations.names import INVISIBLE, name_key
from darsgah.organisations.schemas import NameFinding

_CYRILLIC: Final = ("АВЕЅІЈКМНОРСТУХѴԌԚԜҺасеѕіјорухѵԁһԛԝӏ", "ABESIJKMHOPCTYXVGQWHacesijopyxvdhqwl")
_GREEK: Final = ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαονρυικγ", "ABEZHIKMNOPTYXaovpuiky")
_OTHERS: Final = ("օոսՏıɑɡƅ", "onuSiagb")
_LETTERS: Final = str.maketrans(*map("".join, zip(_CYRILLIC, _GREEK, _OTHERS, strict=True)))
_STROKES: Final = str.maketrans("I1|0", "lllo")
_PAIRS: Final = (("rn", "m"), ("vv", "w"))
_SCRIPTS: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN")
_SPREAD: Final = 4
"""Two names that look alike differ in length by their pairs of letters and what stands between words."""
_MOST_NAMED: Final = 5
"""Other organisations that a name is said to look like; more tell nobody more."""


def shape(name: str) -> str:
    """A name as the eye has it: letters of one shape are one letter, and what is not seen is left out."""
    plain = unicodedata.normalize("NFKD", name).translate(_LETTERS).translate(_STROKES).casefold()
    seen = "".join(sign for sign in plain if unicodedata.category(sign) not in INVISIBLE)
    read = "".join(re.findall(r"\w+", seen))
    for pair, letter in _PAIRS:
        read = read.replace(pair, letter)
    return read


def mixed_words(name: str) -> list[str]:
    """The words in which letters of Latin script stand beside those of one that looks like it."""
    return [word for word in re.findall(r"\w+", name) if len(_scripts(word)) > 1]


def _scripts(word: str) -> set[str]:
    named = {unicodedata.name(sign, "").partition(" ")[0] for sign in word if sign.isalpha()}
    return named.intersection(_SCRIPTS)


async def name_findings(session: AsyncSession, row: Organisation) -> tuple[NameFinding, ...]:
    """What to look at in an organisation's name: others that it looks like, and words of mixed letters."""
    found = [NameFinding("mixed_letters", word) for word in mixed_words(row.name)]
    named: list[NameFinding] = []
    others = await queries.names_as_long(session, row.id, len(row.name), _SPREAD)
    own = {shape(one) for one in (row.name, row.name_ur) if name_key(one)}
    for other_id, *names in others:
        alike = next((one for one in names if name_key(one) and shape(one) in own), None)
        if alike is not None:
            named.append(NameFinding("looks_like", alike, other_id))
        if len(named) == _MOST_NAMED:
            break
    return (*found, *named)
