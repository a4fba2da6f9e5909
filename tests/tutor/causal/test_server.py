"""The server of a node, asked as OpenAI's clients ask."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import torch

from darsgah_tutor.causal.batching import BatchGenerator
from darsgah_tutor.causal.decoding import ProcessorGenerator
from darsgah_tutor.causal.loading import Loaded, load
from darsgah_tutor.causal.server import Serving
from tests.tutor.causal.servers import served
from tests.tutor.causal.test_generating import CHAT, expected, slowed
from tests.tutor.causal.tiny import qwen2

BODY = {
    "model": "whatever",
    "messages": [
        {"role": "system", "content": "You help."},
        {"role": "user", "content": "Say it again: لائن"},
    ],
    "max_tokens": 24,
}
"""Asks for the same as ``CHAT``."""
TOKEN = "a token of tests"


@pytest.fixture
def node(generator: ProcessorGenerator) -> Iterator[tuple[httpx.Client, Serving]]:
    """A server that wants a token, and a client that has it."""
    with (
        served(generator, TOKEN) as (url, serving),
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client,
    ):
        yield client, serving


def events(text: str) -> list[str]:
    """The data of a stream's events."""
    return [line.removeprefix("data: ") for line in text.split("\n") if line]


def test_a_whole_answer_has_text_reason_and_cost(node: tuple[httpx.Client, Serving], loaded: Loaded) -> None:
    answer = node[0].post("/v1/chat/completions", json=BODY).json()
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": expected(loaded)}
    assert answer["choices"][0]["finish_reason"] in {"stop", "length"}
    assert answer["object"] == "chat.completion"
    assert answer["model"] == "Tiny-Qwen2-Instruct"
    assert answer["usage"]["prompt_tokens"] == len(loaded.prompt(CHAT))
    assert answer["usage"]["total_tokens"] == sum(
        answer["usage"][kind] for kind in ("prompt_tokens", "completion_tokens")
    )


def test_a_streamed_answer_comes_in_pieces(node: tuple[httpx.Client, Serving], loaded: Loaded) -> None:
    asked = {**BODY, "stream": True, "stream_options": {"include_usage": True}}
    answer = node[0].post("/v1/chat/completions", json=asked)
    assert answer.headers["content-type"].startswith("text/event-stream")
    *told, last = events(answer.text)
    assert last == "[DONE]"
    pieces = [json.loads(one) for one in told]
    assert {piece["object"] for piece in pieces} == {"chat.completion.chunk"}
    assert pieces[0]["choices"][0]["delta"]["role"] == "assistant"
    assert pieces[-1]["choices"] == []
    assert pieces[-1]["usage"]["prompt_tokens"] > 0
    contents = [piece["choices"][0]["delta"].get("content") or "" for piece in pieces[:-1]]
    assert len(contents) > 4
    assert "".join(contents) == expected(loaded)
    assert pieces[-2]["choices"][0]["finish_reason"] in {"stop", "length"}


def test_models_and_health_say_what_is_served(node: tuple[httpx.Client, Serving]) -> None:
    client, _ = node
    assert [model["id"] for model in client.get("/v1/models").json()["data"]] == ["Tiny-Qwen2-Instruct"]
    health = client.get("/health", headers={"Authorization": ""})
    assert health.status_code == 200
    assert health.json() | {"device": ""} == {
        "status": "ok",
        "model": "Tiny-Qwen2-Instruct",
        "device": "",
        "running": 0,
        "waiting": 0,
        "places": 1,
        "room": 3,
        "version": "0.0",
        "message": "",
    }


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer another", f"Basic {TOKEN}", "Bearer ٹوکن"])
def test_without_the_token_nothing_is_answered(node: tuple[httpx.Client, Serving], given: str) -> None:
    for method, path in (("GET", "/v1/models"), ("POST", "/v1/chat/completions")):
        answer = node[0].request(method, path, headers={"Authorization": given.encode()})
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "unauthorised"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 400),
        (json.dumps({"messages": []}).encode(), 400),
        (json.dumps({"messages": [{"role": "tool", "content": "x"}]}).encode(), 400),
        (json.dumps({**BODY, "n": 2}).encode(), 400),
        (json.dumps({**BODY, "max_tokens": -1}).encode(), 400),
        (json.dumps({**BODY, "max_tokens": 10**6}).encode(), 400),
        (json.dumps({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}).encode(), 400),
        (json.dumps({"messages": [{"role": "user", "content": "word " * 900}]}).encode(), 400),
        (json.dumps({"messages": [{"role": "user", "content": "x" * 300_000}]}).encode(), 413),
        (b"[" * 100_000, 400),
    ],
)
def test_what_is_no_chat_is_refused_in_openais_words(
    node: tuple[httpx.Client, Serving], body: bytes, status: int
) -> None:
    answer = node[0].post("/v1/chat/completions", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert "Traceback" not in answer.text


def test_paths_that_are_none_are_told_in_the_same_form(node: tuple[httpx.Client, Serving]) -> None:
    assert node[0].get("/v1/embeddings").json()["error"]["code"] == "invalid_request"


def test_parts_and_a_begun_answer_are_understood(node: tuple[httpx.Client, Serving], loaded: Loaded) -> None:
    parts = [{"type": "text", "text": "Say it again: "}, {"type": "text", "text": "لائن"}]
    messages = [
        {"role": "developer", "content": "You help."},
        {"role": "user", "content": parts},
        {"role": "assistant", "content": "Look at"},
    ]
    asked = {"messages": messages, "max_tokens": 24, "continue_final_message": True, "temperature": 0.7}
    answer = node[0].post("/v1/chat/completions", json=asked).json()
    assert answer["choices"][0]["message"]["content"] == expected(loaded, CHAT.after("Look at"))


async def test_two_hundred_at_once_are_answered_or_told_that_it_is_busy(
    node: tuple[httpx.Client, Serving],
) -> None:
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(
        base_url=node[0].base_url, headers=node[0].headers, limits=limits, timeout=60
    ) as client:
        answers = await asyncio.gather(*(client.post("/v1/chat/completions", json=BODY) for _ in range(200)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 3
    busy = next(answer for answer in answers if answer.status_code == 429)
    assert busy.json()["error"]["code"] == "busy"
    assert busy.headers["retry-after"] == "1"
    assert node[0].post("/v1/chat/completions", json=BODY).status_code == 200


def test_who_hangs_up_costs_no_more_steps(
    node: tuple[httpx.Client, Serving], loaded: Loaded, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, serving = node
    steps = slowed(loaded, monkeypatch)
    asked = {**BODY, "stream": True, "max_tokens": 400}
    with client.stream("POST", "/v1/chat/completions", json=asked) as answer:
        next(answer.iter_lines())
        assert serving.generator.load().running == 1
    # The next one's answer can only be made after the first was given up.
    assert client.post("/v1/chat/completions", json={**BODY, "max_tokens": 1}).status_code == 200
    assert len(steps) < 390  # a busy machine notices late; who is not given up takes 400 and more


def test_while_it_drains_nothing_new_is_taken(node: tuple[httpx.Client, Serving]) -> None:
    client, serving = node
    with client.stream("POST", "/v1/chat/completions", json={**BODY, "stream": True}) as answer:
        lines = answer.iter_lines()
        next(lines)
        serving.draining = True
        refused = client.post("/v1/chat/completions", json=BODY)
        assert refused.status_code == 503
        assert client.get("/health").json()["status"] == "draining"
        assert [line for line in lines if line][-1] == "data: [DONE]"


def test_a_lost_gpu_is_told_and_the_server_asks_to_be_ended(tmp_path: Path) -> None:
    asked_to_end: list[bool] = []
    generator = BatchGenerator(
        load(qwen2(tmp_path / "tiny"), torch.device("cpu"), small=False), places=2, may_wait=2
    )

    def lost(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA error: device lost")

    with served(generator) as (url, serving), httpx.Client(base_url=url, timeout=30) as client:
        serving.lost = lambda: asked_to_end.append(True)
        generator._loaded.model.forward = lost  # the way a GPU's loss shows: the next step raises
        answer = client.post("/v1/chat/completions", json={**BODY, "stream": True})
        *_, last = events(answer.text)
        assert "device lost" in json.loads(last)["error"]["message"]
        health = client.get("/health")
        assert (health.status_code, health.json()["status"]) == (503, "lost")
        assert client.post("/v1/chat/completions", json=BODY).status_code == 503
    assert asked_to_end == [True]
    generator.close(seconds=1)
