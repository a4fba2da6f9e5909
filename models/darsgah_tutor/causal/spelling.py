"""Text of an answer while its tokens still come."""

from collections.abc import Sequence
from typing import Any

_UNFINISHED = "\ufffd"
"""What a tokenizer writes for a character of which only some bytes are there: Urdu's often take two."""


class Spelling:
    """Turns tokens into pieces of text that add up to the whole; holds back what may still change."""

    def __init__(self, tokenizer: Any, begun: Sequence[int] = ()) -> None:  # noqa: ANN401 - any tokenizer
        self._tokenizer = tokenizer
        # Some tokens before the first decide whether it begins with a blank.
        self._tokens = list(begun[-4:])
        self._from, self._told = 0, len(self._tokens)

    def add(self, tokens: Sequence[int], *, last: bool = False) -> str:
        """The text that these tokens add; with ``last`` also what was held back."""
        self._tokens += tokens
        before = self._text(self._tokens[self._from : self._told])
        now = self._text(self._tokens[self._from :])
        if len(now) <= len(before) or (now.endswith(_UNFINISHED) and not last):
            return ""
        self._from, self._told = self._told, len(self._tokens)
        return now[len(before) :]

    def _text(self, tokens: Sequence[int]) -> str:
        decoded: str = self._tokenizer.decode(
            tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return decoded
