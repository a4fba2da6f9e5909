"""What words stand for in whatever language, and the one spelling of words that are written in many ways.

``request_concepts.toml`` names the words of each concept, ``request_spellings.toml`` the spellings. Both are
looked up word by word, so that a text costs a fraction of a millisecond.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"\w+|[.!?:;,](?!\w)")
_DOUBLED = re.compile(r"(\w)\1")
_ENDING = re.compile(r"(?:ay|ey|ai|ei)$")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words of a concept behind the first one; a star at their end stands for any ending."""

    concept: str
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Phrases by their first word, whole or its beginning."""

    whole: dict[str, list[_Phrase]] = field(default_factory=dict)
    beginning: dict[str, list[_Phrase]] = field(default_factory=dict)


def words_of(text: str) -> list[str]:
    """The words of a text in one spelling, signs that end a clause among them."""
    spelt = spellings()
    return [word for written in _WORD.findall(text) for word in spelt.get(written, (written,))]


def sound(word: str) -> str:
    """What a word of Roman Urdu sounds like, about: double letters once, endings in one way."""
    return _ENDING.sub("e", _DOUBLED.sub(r"\1", word))


def concepts_met(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Places and names of the concepts that words stand for, in the order of the words."""
    lexicon = _lexicon()
    for place, word in enumerate(words):
        met = {one.concept for one in _opened(lexicon, word) if _follows(one.rest, words, place + 1)}
        yield from ((place, concept) for concept in sorted(met))


def _opened(lexicon: _Lexicon, word: str) -> Iterator[_Phrase]:
    yield from lexicon.whole.get(word, ())
    for length in range(1, len(word) + 1):
        yield from lexicon.beginning.get(word[:length], ())


def _follows(rest: Sequence[str], words: Sequence[str], place: int) -> bool:
    if place + len(rest) > len(words):
        return False
    return all(
        words[place + number].startswith(wanted[:-1])
        if wanted.endswith("*")
        else words[place + number] == wanted
        for number, wanted in enumerate(rest)
    )


@cache
def concepts() -> dict[str, tuple[str, ...]]:
    """The phrases of each concept as they are written in its file."""
    content = tomllib.loads(_text("request_concepts.toml"))
    return {name: tuple(" ".join(languages).split()) for name, languages in content.items()}


@cache
def spellings() -> dict[str, tuple[str, ...]]:
    """The words that are read for a word."""
    content = tomllib.loads(_text("request_spellings.toml"))
    return {written: tuple(read.split()) for read, others in content.items() for written in others.split()}


@cache
def _lexicon() -> _Lexicon:
    lexicon = _Lexicon()
    for concept, phrases in concepts().items():
        for phrase in phrases:
            first, *rest = words_of_phrase(phrase)
            opened = lexicon.beginning if first.endswith("*") else lexicon.whole
            opened.setdefault(first.rstrip("*"), []).append(_Phrase(concept, tuple(rest)))
    return lexicon


def words_of_phrase(phrase: str) -> list[str]:
    """The words of an entry, spelt as they are read."""
    spelt = spellings()
    return [word for written in phrase.replace("_", " ").split() for word in spelt.get(written, (written,))]


def _text(name: str) -> str:
    return files("darsgah_tutor").joinpath(name).read_text(encoding="utf-8")
