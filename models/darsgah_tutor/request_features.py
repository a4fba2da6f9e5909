"""What is seen of words: pieces of them and words beside each other, and the concepts they stand for.

Pieces of two to five letters, also over the borders of words, and words without their endings or vowels
survive other spellings and other wordings; concepts and their order in a clause join three languages. Every
kind of feature has a share, so that the hundreds of pieces of a text do not outweigh its few concepts. A
feature has its place in the table of weights by a checksum of its name.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from darsgah_tutor.request_concepts import concepts_met, sound, words_of

PLACES = 1 << 18
"""Rows of the table of weights; features that share one are rare enough."""
LONG = 5
"""Letters of a word from which on it may have an ending."""
PIECES = range(2, 6)
"""Letters of a piece."""
SHARES = {
    "concept": 1.0,
    "code concept": 0.7,
    "mood": 0.7,
    "then": 0.7,
    "then in mood": 0.7,
    "opening": 1.0,
    "opening then": 1.0,
    "closing": 1.0,
    "closing after": 1.0,
    "about": 1.0,
    "across": 0.4,
    "concepts": 0.5,
    "word": 0.7,
    "code word": 0.4,
    "pair": 0.4,
    "sound": 0.3,
    "stem": 0.5,
    "code stem": 0.3,
    "consonants": 0.4,
    "stems": 0.4,
    "code stems": 0.3,
    "stems apart": 0.25,
    "three stems": 0.25,
    "consonants pair": 0.3,
    "first": 0.4,
    "last": 0.4,
    "length": 0.5,
    "in code": 0.5,
    "piece of 2": 0.05,
    "piece of 3": 0.1,
    "piece of 4": 0.15,
    "piece of 5": 0.12,
}
"""What one feature of each kind counts for."""
MOODS = ("asking", "did", "no", "no-solution", "you", "plea", "trouble", "learning")
"""Concepts that turn what a clause asks for."""
ABOUT_LABS = frozenset(
    {"python", "code", "tests", "trouble", "error-name", "learning", "expression", "solution"}
)
"""Concepts of which one is in nearly every question that is about a lab."""
_ENDS = frozenset(".!?,;:")
_FILLERS = frozenset(
    [
        "please",
        "and",
        "now",
        "just",
        "so",
        "then",
        "but",
        "or",
        "also",
        "hey",
        "ok",
        "only",
        "to",
        "the",
        "a",
        "an",
        "i",
    ]
)

_ENDING = re.compile(r"(?:ations?|ingly|ings?|edly|ed|ies|es|s|ly|ers?|ments?|ions?|ive|able)$")
_LATIN = re.compile(r"[a-z]+")
_VOWELS = re.compile(r"[aeiouy]+")
_DOUBLED = re.compile(r"(.)\1+")
_SOUND_ALIKE = str.maketrans({"q": "k", "z": "s", "x": "ks", "w": "v"})
_BREATHED = re.compile(r"([ckgstdb])h|(ph)|ck")
_VOWEL_AT_END = {"e": "i", "y": "i", "i": "i", "a": "a", "o": "o", "u": "o"}


def features(text: str, *, in_code: bool) -> dict[str, float]:
    """Of a text in one spelling, with what each counts for; what is said in code has some of its own."""
    words = words_of(text)
    found = {*_of_concepts(words), *_of_words(words), *_of_letters(words)}
    if in_code:
        found.update(
            [f"code {one}" for one in found if one.startswith(("concept:", "word:", "stem:", "stems:"))]
        )
        found.add("in code:")
    return {one: SHARES[kind(one)] for one in sorted(found)}


def kind(feature: str) -> str:
    """The kind that a feature is of, a key of ``SHARES``."""
    return feature.partition(":")[0]


def places(names: Iterable[str]) -> NDArray[np.intp]:
    """Where the weights of features stand."""
    return np.array([zlib.crc32(name.encode()) % PLACES for name in names], dtype=np.intp)


def stem(word: str) -> str:
    """An English word without its ending, roughly; any other as it is."""
    if len(word) < LONG or not _LATIN.fullmatch(word):
        return word
    short = _DOUBLED.sub(r"\1", _ENDING.sub("", word))
    return word if len(short) < LONG - 2 else short.rstrip("e")


def consonants(word: str) -> str:
    """What is left of a word in Latin letters, however its vowels and its breathed sounds are written."""
    if not _LATIN.fullmatch(word):
        return word
    plain = _DOUBLED.sub(r"\1", _BREATHED.sub(_unbreathed, word).translate(_SOUND_ALIKE))
    return plain[0] + _VOWELS.sub("", plain[1:]) + (_VOWEL_AT_END.get(plain[-1], "") if plain[1:] else "")


def _unbreathed(found: re.Match[str]) -> str:
    return "f" if found[2] else found[1] or "k"


def _of_words(words: Sequence[str]) -> Iterator[str]:
    """Words, what is left of them, and which stand beside each other."""
    stems = [stem(word) for word in words]
    left = [consonants(word) for word in words]
    yield f"length:{min(8, len(words) // 3)}"
    yield from (f"word:{word}" for word in words)
    yield from (f"sound:{sound(word)}" for word in words)
    yield from (f"stem:{one}" for one in stems)
    yield from (f"consonants:{one}" for one in left)
    yield from (f"first:{one}" for one in stems[:1])
    yield from (f"last:{one}" for one in stems[-1:])
    yield from _beside("pair", ["^", *words, "$"])
    yield from _beside("consonants pair", ["^", *left, "$"])
    framed = ["^", *stems, "$"]
    yield from _beside("stems", framed)
    yield from (f"stems apart:{one} {other}" for one, other in zip(framed, framed[2:], strict=False))
    threes = zip(framed, framed[1:], framed[2:], strict=False)
    yield from (f"three stems:{one} {two} {three}" for one, two, three in threes)


def _beside(name: str, words: Sequence[str]) -> Iterator[str]:
    return (f"{name}:{one} {other}" for one, other in pairwise(words))


def _of_letters(words: Sequence[str]) -> Iterator[str]:
    """Pieces of the words one after the other, over their borders too."""
    line = f" {' '.join(words)} "
    for length in PIECES:
        yield from (f"piece of {length}:{line[at : at + length]}" for at in range(len(line) - length + 1))


def _of_concepts(words: Sequence[str]) -> Iterator[str]:
    """The concepts words stand for, and how these follow in a clause."""
    met = list(concepts_met(words))
    names = {name for _, name in met}
    yield from (f"concept:{name}" for name in names)
    yield f"concepts:{min(9, len(names))}"
    yield f"about:{'lab' if names & ABOUT_LABS else 'anything'} {'?' if 'asking' in names else ''}"
    yield from (f"across:{first}+{second}" for first in names for second in names if first < second)
    for start, end in _clauses(words):
        inside = [(place - start, name) for place, name in met if start <= place < end]
        yield from _of_clause(words[start:end], inside)


def _clauses(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for place, word in enumerate(words):
        if word in _ENDS:
            if place > start:
                yield start, place + 1
            start = place + 1
    if start < len(words):
        yield start, len(words)


def _of_clause(words: Sequence[str], met: Sequence[tuple[int, str]]) -> Iterator[str]:
    """Which concept opens it, closes it, follows which, and what that means in its mood."""
    said = [word for word in words if word not in _ENDS]
    first = next((place for place, word in enumerate(words) if word not in _FILLERS), 0)
    last = len(said) - 2
    names = {name for _, name in met}
    moods = [mood for mood in MOODS if mood in names] or ["plain"]
    opening = {name for place, name in met if place == first}
    closing = {name for place, name in met if place >= last}
    yield from (f"opening:{name}" for name in opening)
    yield from (f"opening then:{name}>{other}" for name in opening for other in names - {name})
    yield from (f"closing:{name}" for name in closing)
    yield from (f"closing after:{name}<{other}" for name in closing for other in names - {name})
    yield from (f"mood:{name} {mood}" for name in names for mood in moods if mood != name)
    for number, (_, name) in enumerate(met):
        for _, other in met[number + 1 :]:
            if other != name:
                yield f"then:{name}>{other}"
                yield from (
                    f"then in mood:{name}>{other} {mood}" for mood in moods if mood not in {name, other}
                )
