"""What travels between a server of a model and whoever asks it: the part of OpenAI's protocol that is used.

https://platform.openai.com/docs/api-reference/chat. Fields that are not named here are let pass and have no
effect: decoding is greedy, so ``temperature`` and its like change nothing. ``continue_final_message`` is
vLLM's: the last message is the beginning of the answer, and only the rest of it is wanted.
"""

from typing import Literal

import msgspec

from darsgah_tutor.causal.chat import Chat, Message
from darsgah_tutor.causal.errors import RequestRefused

LONGEST_ANSWER = 1024
DEFAULT_ANSWER = 256


class TextPart(msgspec.Struct, tag="text", tag_field="type"):
    """A part of a message that is split into parts; other kinds, such as images, are refused."""

    text: str


class Turn(msgspec.Struct):
    """A message."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart] = ""

    def message(self) -> Message:
        """The message, with its parts joined."""
        text = self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)
        return Message("system" if self.role == "developer" else self.role, text)


class StreamOptions(msgspec.Struct):
    """What a stream tells beside the answer."""

    include_usage: bool = False


class Completion(msgspec.Struct):
    """The body of ``POST /v1/chat/completions``."""

    messages: list[Turn]
    model: str = ""
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int = 1
    continue_final_message: bool = False

    def chat(self) -> Chat:
        """The chat that is asked for.

        Raises:
            RequestRefused: it has no messages, or asks for what is not done here.
        """
        if self.n != 1:
            raise RequestRefused("One answer is made for each request: leave n out.")
        wanted = self.max_completion_tokens or self.max_tokens or DEFAULT_ANSWER
        if not 1 <= wanted <= LONGEST_ANSWER:
            raise RequestRefused(f"max_tokens is between 1 and {LONGEST_ANSWER}.")
        messages = [turn.message() for turn in self.messages]
        begun = ""
        if self.continue_final_message and messages and messages[-1].role == "assistant":
            begun = messages.pop().content
        if not messages:
            raise RequestRefused("There are no messages.")
        return Chat(tuple(messages), wanted, begun)


class Delta(msgspec.Struct, omit_defaults=True):
    """What a piece adds to the answer."""

    role: str | None = None
    content: str | None = None


class PieceChoice(msgspec.Struct):
    """The one choice of a piece of a stream."""

    delta: Delta
    index: int = 0
    finish_reason: str | None = None


class Usage(msgspec.Struct):
    """Tokens of a request."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Piece(msgspec.Struct, omit_defaults=True):
    """One event of a stream."""

    id: str
    created: int
    model: str
    choices: list[PieceChoice]
    object: str = ""
    usage: Usage | None = None


class Answer(msgspec.Struct):
    """The message of a whole answer."""

    content: str
    role: str = "assistant"


class WholeChoice(msgspec.Struct):
    """The one choice of a whole answer."""

    message: Answer
    finish_reason: str
    index: int = 0


class Whole(msgspec.Struct):
    """The body that answers a request without ``stream``."""

    id: str
    created: int
    model: str
    choices: list[WholeChoice]
    usage: Usage
    object: str = "chat.completion"


class Fault(msgspec.Struct):
    """What went wrong, in OpenAI's words: ``code`` is for programs."""

    message: str
    type: str
    code: str


class FaultBody(msgspec.Struct):
    """The body of every answer that is an error, and of an event that ends a stream with one."""

    error: Fault


class Health(msgspec.Struct):
    """The body of ``GET /health``; the status is 200 for ``ok`` and 503 for everything else.

    Attributes:
        status: ``ok``, ``draining`` or ``lost``.
        room: requests that would be taken now, those that would wait included.
    """

    status: Literal["ok", "draining", "lost"]
    model: str
    device: str
    running: int
    waiting: int
    places: int
    room: int
    version: str
    message: str = ""


class Model(msgspec.Struct):
    """A model of ``GET /v1/models``."""

    id: str
    object: str = "model"
    created: int = 0
    owned_by: str = "darsgah"


class Models(msgspec.Struct):
    """The body of ``GET /v1/models``."""

    data: list[Model]
    object: str = "list"
