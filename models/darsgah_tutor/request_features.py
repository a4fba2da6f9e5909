"""What is seen of words: the concepts they stand for, how these follow in a clause, its mood, and the words.

Every kind of feature has a share, so that the thousands of pieces of words do not outweigh thirty concepts.
"""

from collections.abc import Iterator, Sequence

from darsgah_tutor.request_concepts import concepts_met, sound, words_of

PIECE = 4
"""Letters of a piece of a word."""
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
    "word": 0.5,
    "code word": 0.3,
    "pair": 0.4,
    "sound": 0.3,
    "piece": 0.2,
    "concepts": 0.5,
    "length": 0.5,
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


def features(text: str, *, in_code: bool) -> set[str]:
    """Of a text in one spelling; what is said in code has some of its own: it means other things there."""
    words = words_of(text)
    met = list(concepts_met(words))
    names = {name for _, name in met}
    found = {f"concept:{name}" for name in names}
    found.add(f"concepts:{min(9, len(names))}")
    found.add(f"length:{min(6, len(words) // 4)}")
    found.add(f"about:{'lab' if names & ABOUT_LABS else 'anything'} {'?' if 'asking' in names else ''}")
    for start, end in _clauses(words):
        inside = [(place, name) for place, name in met if start <= place < end]
        found.update(_of_clause(words[start:end], [(place - start, name) for place, name in inside]))
    found.update(f"across:{first}+{second}" for first in names for second in names if first < second)
    found.update(f"word:{word}" for word in words)
    found.update(f"pair:{first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True))
    found.update(f"sound:{sound(word)}" for word in words)
    found.update(f"piece:{piece}" for word in words for piece in _pieces(word))
    if in_code:
        found.update(f"code {one}" for one in list(found) if one.startswith(("concept:", "word:")))
    return found


def kind(feature: str) -> str:
    """The kind that a feature is of, a key of ``SHARES``."""
    return feature.partition(":")[0]


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


def _pieces(word: str) -> Iterator[str]:
    framed = f"<{word}>"
    return (framed[start : start + PIECE] for start in range(len(framed) - PIECE + 1))
