"""What every causal model is asked, and how it answers: plain values, no torch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from darsgah_tutor.causal.errors import CausalError


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation whose next turn is wanted. Decoding is greedy: the same chat gives the same answer.

    Attributes:
        max_tokens: the answer is cut there.
        begun: how the answer begins already, said by a model that was lost since; only the rest is wanted.
    """

    messages: tuple[Message, ...]
    max_tokens: int
    begun: str = ""

    def after(self, said: str) -> "Chat":
        """The same, where so much more of the answer is there."""
        return replace(self, begun=self.begun + said) if said else self


class Speaker(Protocol):
    """Whoever answers chats, near or far. Safe to ask from several threads at once."""

    @property
    def name(self) -> str:
        """Of the model."""

    def say(self, chat: Chat, *, deadline: float) -> Iterator[str]:
        """The answer piece by piece; closing the iterator takes the question back.

        Args:
            deadline: in seconds of ``time.monotonic``.

        Raises:
            CausalError: at any time, also after pieces.
        """


@dataclass(frozen=True, slots=True)
class Ended:
    """The last word about an answer: why it ended, and what it cost in tokens."""

    reason: Literal["stop", "length"]
    prompt_tokens: int
    answer_tokens: int


Hear = Callable[[str | Ended | CausalError], None]
"""Is told an answer from another thread: pieces, then exactly one ``Ended`` or error. Must not block."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many answers are being made, how many wait, and how many can be made at once and may wait."""

    running: int
    waiting: int
    places: int
    may_wait: int

    @property
    def room(self) -> int:
        """Requests that would be taken now."""
        return max(0, self.places + self.may_wait - self.running - self.waiting)


class Generator(Protocol):
    """A loaded model with a bounded queue before it."""

    @property
    def name(self) -> str:
        """The model's, without the path of its folder."""

    @property
    def device(self) -> str:
        """Where it computes, in words."""

    @property
    def fault(self) -> str:
        """Why it will never answer again; empty while it does."""

    def submit(self, chat: Chat, hear: Hear, *, deadline: float) -> Callable[[], None]:
        """Take a chat and return at once, with what takes it back.

        Raises:
            ModelBusy: the queue is full.
            ModelAway: it is closed or lost.
            RequestRefused: the chat is longer than the model reads.
        """

    def load(self) -> Load:
        """How busy it is now."""

    def close(self, *, seconds: float) -> None:
        """Take nothing more, give what runs and waits so many seconds to end, then end it."""
