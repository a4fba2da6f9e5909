"""An authored hint in the words of a causal model, or not at all.

Fulfils ``darsgah_tutor.parts.Rephraser``. The authored text is at hand already, so nothing here is worth
waiting for: after ``seconds``, or at the first sign that the model does something else than was asked, the
attempt is given up and the authored text stands. Whether what came may be shown is the gate's to say.
"""

import re
import time
from collections.abc import Iterator

from darsgah_tutor.causal.chat import Speaker
from darsgah_tutor.causal.errors import CausalError
from darsgah_tutor.causal.prompt import request
from darsgah_tutor.directions import is_in
from darsgah_tutor.parts import NotRephrasedError, Passage

SECONDS = 4.0
"""Patience for a whole text. A model of half a billion numbers in int8 says 60 tokens in about three."""
_THOUGHTS = ("<think>", "</think>")
_MARKS = re.compile(r"\[/?learner |```")


class CausalRephraser:
    """Asks one speaker, mostly ``Nodes``, for each passage."""

    def __init__(self, speaker: Speaker, *, seconds: float = SECONDS) -> None:
        self._speaker, self._seconds = speaker, seconds

    @property
    def name(self) -> str:
        """The speaker's; where several nodes may speak, that of the one that spoke last."""
        return self._speaker.name

    def rephrase(self, passage: Passage) -> Iterator[str]:
        """The text piece by piece.

        Raises:
            NotRephrasedError: no model had room or time, or what it says is no such text.
        """
        said = ""
        longest = 3 * len(passage.authored) + 200
        try:
            pieces = self._speaker.say(request(passage), deadline=time.monotonic() + self._seconds)
            for piece in _spoken(pieces):
                said += piece
                if _MARKS.search(said):
                    raise NotRephrasedError("It wrote code, or repeated what it was given.")
                if len(said) > longest:
                    raise NotRephrasedError("It does not come to an end.")
                yield piece
        except CausalError as error:
            raise NotRephrasedError(str(error)) from error
        if not said.strip():
            raise NotRephrasedError("It said nothing.")
        if not is_in(said, passage.language):
            raise NotRephrasedError("It spoke another language.")


def _spoken(pieces: Iterator[str]) -> Iterator[str]:
    """Without what a model that reasons thinks aloud first, and without empty lines at the beginning."""
    opening, closing = _THOUGHTS
    held = ""
    begun = False
    for piece in pieces:
        if begun:
            yield piece
            continue
        held = (held + piece).lstrip()
        if held.startswith(opening):
            held = held.partition(closing)[2].lstrip() if closing in held else held
        if held and not opening.startswith(held[: len(opening)]):
            begun = True
            yield held
    if not begun and not held.startswith(opening):
        yield held
