"""Asks a server that speaks OpenAI's protocol: a hub's node (``darsgah tutor serve``), vLLM, or another.

Nothing is sent but the chat. Redirects are not followed, proxies of the environment are not used: learners'
code goes to the address that the operator named and nowhere else.
"""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec

from darsgah_tutor.causal.chat import Chat
from darsgah_tutor.causal.errors import CausalError, ModelAway, ModelBusy, ModelSlow, RequestRefused
from darsgah_tutor.causal.wire import FaultBody, Health, Models

CONNECT_SECONDS = 1.0
_LONGEST_EVENT = 1_000_000
_BUSY, _REFUSED = {429}, {400, 413, 422}


class _HeardDelta(msgspec.Struct):
    content: str | None = None


class _HeardChoice(msgspec.Struct):
    delta: _HeardDelta


class _HeardPiece(msgspec.Struct):
    """An event as other servers may write it: only what is needed is asked for."""

    choices: list[_HeardChoice] = []
    error: dict[str, Any] | str | None = None


class RemoteSpeaker:
    """Fulfils ``Speaker`` with a server. Keeps connections; safe to use from several threads.

    Attributes:
        url: of the server, without ``/v1``.
    """

    def __init__(self, url: str, *, token: str = "", model: str = "") -> None:
        """Nothing is asked yet.

        Args:
            url: with or without ``/v1`` at its end.
            token: goes as a bearer token, where there is one.
            model: which of the server's models; unset, its first, asked for once.
        """
        self.url = url.rstrip("/").removesuffix("/v1")
        self._model, self._model_asked = model, threading.Lock()
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=256, max_keepalive_connections=16),
        )

    @property
    def name(self) -> str:
        """The model's name, or the server's address as long as the model is not known."""
        return self._model or self.url

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def say(self, chat: Chat, *, deadline: float) -> Iterator[str]:
        """The answer piece by piece.

        Raises:
            CausalError: which one says whether another server may do better.
        """
        body = self._body(chat, deadline)
        ended = False
        try:
            with self._client.stream(
                "POST", f"{self.url}/v1/chat/completions", json=body, timeout=_patience(deadline)
            ) as response:
                self._check(response)
                for data in _events(response, deadline):
                    if data == "[DONE]":
                        ended = True
                        break
                    yield from self._pieces(data)
        except httpx.TimeoutException as error:
            raise self._late(error, deadline) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelAway(f"The model at {self.url} cannot be reached: {error}.") from error
        if not ended:
            raise ModelAway(f"The model at {self.url} went away in the middle of an answer.")

    def health(self, *, seconds: float) -> Health:
        """What a hub's node says of itself.

        Raises:
            ModelAway: it does not answer, or is no node.
        """
        try:
            response = self._client.get(f"{self.url}/health", timeout=seconds)
            return msgspec.json.decode(response.content, type=Health)
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError) as error:
            raise ModelAway(f"The node at {self.url} does not say how it is: {error}.") from error

    def models(self, *, deadline: float) -> tuple[str, ...]:
        """The names of the models that the server says it has.

        Raises:
            CausalError: it does not answer, wants another token, or is no such server.
        """
        try:
            response = self._client.get(f"{self.url}/v1/models", timeout=_patience(deadline))
            self._check(response)
            return tuple(model.id for model in msgspec.json.decode(response.content, type=Models).data)
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError) as error:
            raise ModelAway(f"The server at {self.url} does not say which models it has: {error}.") from error

    def _body(self, chat: Chat, deadline: float) -> dict[str, object]:
        turns = [{"role": message.role, "content": message.content} for message in chat.messages]
        body: dict[str, object] = {
            "model": self._model_of(deadline),
            "messages": turns,
            "stream": True,
            "max_tokens": chat.max_tokens,
            "temperature": 0,
        }
        if chat.begun:
            turns.append({"role": "assistant", "content": chat.begun})
            body |= {"continue_final_message": True, "add_generation_prompt": False}
        return body

    def _model_of(self, deadline: float) -> str:
        if self._model:
            return self._model
        with self._model_asked:
            if not self._model:
                models = self.models(deadline=deadline)
                if not models:
                    raise ModelAway(f"The server at {self.url} has no model.")
                self._model = models[0]
        return self._model

    def _check(self, response: httpx.Response) -> None:
        if response.status_code == httpx.codes.OK:
            return
        told = _told(response)
        said = f"The server at {self.url} answers {response.status_code}{told}."
        if response.status_code in _BUSY:
            raise ModelBusy(said)
        if response.status_code in _REFUSED:
            raise RequestRefused(said)
        raise ModelAway(said)  # 401 and 404 as well: nothing is wrong with the chat

    def _pieces(self, data: str) -> Iterator[str]:
        try:
            piece = msgspec.json.decode(data, type=_HeardPiece)
        except msgspec.MsgspecError as error:
            raise ModelAway(f"The server at {self.url} speaks another protocol: {error}.") from error
        if piece.error is not None:
            raise ModelAway(f"The model at {self.url} failed in the middle of an answer.")
        for choice in piece.choices:
            if choice.delta.content:
                yield choice.delta.content

    def _late(self, error: httpx.TimeoutException, deadline: float) -> CausalError:
        if isinstance(error, httpx.ConnectTimeout) or time.monotonic() < deadline:
            return ModelAway(f"The model at {self.url} does not answer.")
        return ModelSlow(f"The model at {self.url} takes too long.")


def _patience(deadline: float) -> httpx.Timeout:
    left = max(0.001, deadline - time.monotonic())
    return httpx.Timeout(left, connect=min(left, CONNECT_SECONDS))


def _events(response: httpx.Response, deadline: float) -> Iterator[str]:
    """The data of server-sent events, one line each as this protocol has them."""
    held = ""
    for text in response.iter_text():
        if time.monotonic() > deadline:
            raise ModelSlow("The time for the answer is over.")
        held += text
        if len(held) > _LONGEST_EVENT:
            raise ModelAway("An event of the server does not end.")
        *lines, held = held.split("\n")
        for line in lines:
            if line.startswith("data:"):
                yield line.removeprefix("data:").strip()


def _told(response: httpx.Response) -> str:
    """What the server says is wrong, cut; nothing where it says it in another form."""
    try:
        response.read()
        return f" ({msgspec.json.decode(response.content, type=FaultBody).error.message[:200]})"
    except (httpx.HTTPError, msgspec.MsgspecError):
        return ""
