"""The HTTP side of a hub's GPU node: one model for many learners, in OpenAI's protocol.

``POST /v1/chat/completions`` (whole, or streamed as server-sent events), ``GET /v1/models``, ``GET /health``.
All but ``/health`` want the token, where there is one. When it is told to stop it takes nothing new and lets
what runs come to its end; when the GPU is lost it says so at ``/health`` and asks to be ended.
"""

import asyncio
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.response import Stream

from darsgah_tutor.causal.chat import Chat, Ended, Generator
from darsgah_tutor.causal.errors import CausalError, ModelAway, ModelBusy, ModelSlow, RequestRefused
from darsgah_tutor.causal.wire import (
    Answer,
    Completion,
    Delta,
    Fault,
    FaultBody,
    Health,
    Model,
    Models,
    Piece,
    PieceChoice,
    Usage,
    Whole,
    WholeChoice,
)

LONGEST_BODY = 200_000
_ANSWER_SECONDS = 60.0
"""A whole answer, waiting included. Whoever asks gives up much sooner and closes the connection."""
_STATUS: dict[type[CausalError], tuple[int, str]] = {
    RequestRefused: (400, "invalid_request"),
    ModelBusy: (429, "busy"),
    ModelSlow: (504, "slow"),
    ModelAway: (503, "away"),
}


@dataclass(slots=True)
class Serving:
    """What the routes share.

    Attributes:
        token: what must be sent; empty lets everybody in, for an address of this machine alone.
        version: of Darsgah.
        lost: is called once, when the model will never answer again.
        draining: nothing new is taken.
    """

    generator: Generator
    token: str
    version: str
    lost: Callable[[], None]
    draining: bool = False
    _told: bool = field(default=False, init=False)

    def check(self) -> None:
        """Whether a chat is taken now.

        Raises:
            ModelAway: the server is stopping, or has lost its model.
        """
        if self.generator.fault and not self._told:
            self._told = True
            self.lost()
        if self.generator.fault:
            raise ModelAway(self.generator.fault, lost=True)
        if self.draining:
            raise ModelAway("This server is being stopped; what runs comes to its end.")


def create_server(serving: Serving) -> Litestar:
    """The application; ``serving`` stays the caller's, to say that it drains."""
    return Litestar(
        [complete, models, health],
        state=State({"serving": serving}, deep_copy=False),
        before_request=_admit,
        exception_handlers={CausalError: _refusal, HTTPException: _http_refusal},
        request_max_body_size=LONGEST_BODY,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _serving(request: Request[Any, Any, Any]) -> Serving:
    serving: Serving = request.app.state.serving
    return serving


async def _admit(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Let in who knows the token; how the node is may be asked by anybody."""
    wanted = _serving(request).token
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not wanted or request.url.path == "/health" or secrets.compare_digest(given.encode(), wanted.encode()):
        return None
    return _fault(401, "unauthorised", "This server wants its token as a bearer token.")


@get("/health")
async def health(request: Request[Any, Any, Any]) -> Response[Health]:
    """How the node is: 200 where it takes chats, else 503."""
    serving = _serving(request)
    load = serving.generator.load()
    status: Literal["ok", "draining", "lost"] = "ok"
    message = ""
    try:
        serving.check()
    except ModelAway as error:
        status, message = "lost" if error.lost else "draining", str(error)
    told = Health(
        status=status,
        model=serving.generator.name,
        device=serving.generator.device,
        running=load.running,
        waiting=load.waiting,
        places=load.places,
        room=load.room if status == "ok" else 0,
        version=serving.version,
        message=message,
    )
    return Response(told, status_code=200 if status == "ok" else 503)


@get("/v1/models")
async def models(request: Request[Any, Any, Any]) -> Models:
    """The one model that is served."""
    return Models([Model(_serving(request).generator.name)])


@post("/v1/chat/completions", status_code=200)
async def complete(request: Request[Any, Any, Any]) -> Response[Any]:
    """The next turn of a chat. The name of the model that is asked for is not looked at: there is one."""
    serving = _serving(request)
    try:
        wanted = msgspec.json.decode(await request.body(), type=Completion)
    except msgspec.MsgspecError as error:
        raise RequestRefused(f"The body is no chat that is understood here: {error}.") from error
    serving.check()
    # Taken before anything is answered, so that a full queue is a status and not a broken stream.
    answering = await _Answering.begin(serving.generator, wanted.chat())
    identity = f"chatcmpl-{uuid.uuid4().hex}"
    if wanted.stream:
        usage = wanted.stream_options is not None and wanted.stream_options.include_usage
        events = _events(answering, identity, serving.generator.name, usage=usage)
        return Stream(
            events,
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
    text = "".join([piece async for piece in answering.pieces()])
    ended = answering.ended()
    choice = WholeChoice(Answer(text), ended.reason)
    whole = Whole(identity, int(time.time()), serving.generator.name, [choice], _usage(ended))
    return Response(whole)


class _Answering:
    """An answer on its way from the model's thread to the event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._heard: asyncio.Queue[str | Ended | CausalError] = asyncio.Queue()
        self._take_back: Callable[[], None] = lambda: None
        self._ended: Ended | None = None

    @classmethod
    async def begin(cls, generator: Generator, chat: Chat) -> "_Answering":
        """Hand the chat over; writing it in the model's template takes a moment, in another thread."""
        answering = cls()
        deadline = time.monotonic() + _ANSWER_SECONDS
        answering._take_back = await asyncio.to_thread(
            generator.submit,
            chat,
            answering._hear,
            deadline=deadline,
        )
        return answering

    async def pieces(self) -> AsyncIterator[str]:
        """The pieces; whoever stops listening takes the question back."""
        try:
            while True:
                told = await self._heard.get()
                if isinstance(told, CausalError):
                    raise told
                if isinstance(told, Ended):
                    self._ended = told
                    return
                yield told
        finally:
            self._take_back()

    def ended(self) -> Ended:
        """The last word; only after all pieces."""
        if self._ended is None:
            raise ModelAway("The answer has no end.")
        return self._ended

    def _hear(self, told: str | Ended | CausalError) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever waited
            self._loop.call_soon_threadsafe(self._heard.put_nowait, told)


async def _events(answering: _Answering, identity: str, model: str, *, usage: bool) -> AsyncIterator[bytes]:
    """The stream's events: a role, pieces, a reason, on demand the cost, and that it is done."""
    created = int(time.time())

    def event(choices: list[PieceChoice], cost: Usage | None = None) -> bytes:
        return _event(Piece(identity, created, model, choices, "chat.completion.chunk", cost))

    try:
        yield event([PieceChoice(Delta(role="assistant", content=""))])
        async for text in answering.pieces():
            yield event([PieceChoice(Delta(content=text))])
        ended = answering.ended()
        yield event([PieceChoice(Delta(), finish_reason=ended.reason)])
        if usage:
            yield event([], _usage(ended))
        yield b"data: [DONE]\n\n"
    except CausalError as error:
        # The status has been sent. Without [DONE] whoever asked knows that the answer is not whole.
        yield _event(FaultBody(_as_fault(error)))


def _event(told: msgspec.Struct) -> bytes:
    return b"data: " + msgspec.json.encode(told) + b"\n\n"


def _usage(ended: Ended) -> Usage:
    return Usage(ended.prompt_tokens, ended.answer_tokens, ended.prompt_tokens + ended.answer_tokens)


def _as_fault(error: CausalError) -> Fault:
    status, code = _STATUS.get(type(error), (500, "failed"))
    return Fault(
        str(error), "invalid_request_error" if status < 500 and status != 429 else "server_error", code
    )


def _refusal(_: Request[Any, Any, Any], error: CausalError) -> Response[FaultBody]:
    status, code = _STATUS.get(type(error), (500, "failed"))
    return _fault(status, code, str(error))


def _http_refusal(_: Request[Any, Any, Any], error: HTTPException) -> Response[FaultBody]:
    return _fault(error.status_code, "invalid_request", str(error.detail))


def _fault(status: int, code: str, message: str) -> Response[FaultBody]:
    kind = "invalid_request_error" if status < 429 else "server_error"
    headers = {"Retry-After": "1"} if status in {429, 503} else {}
    return Response(FaultBody(Fault(message, kind, code)), status_code=status, headers=headers)
