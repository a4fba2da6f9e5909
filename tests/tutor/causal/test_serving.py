"""`darsgah tutor serve` as an operator starts it: it registers, serves, drains, or says why it cannot."""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from litestar import Litestar, Request, Response, route

from darsgah.commands.tutor_serving import _serve
from darsgah_tutor.causal.batching import BatchGenerator
from darsgah_tutor.causal.errors import ModelAway
from darsgah_tutor.causal.loading import load
from darsgah_tutor.causal.registration import NodeCard
from tests.tutor.causal.servers import listening, process
from tests.tutor.causal.test_generating import said
from tests.tutor.causal.test_server import BODY, events
from tests.tutor.causal.tiny import qwen2


@dataclass
class Registry:
    """The platform's side of the contract: writes down what nodes say."""

    cards: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    refuse: int = 0

    def application(self) -> Litestar:
        """As an application of one route."""

        @route("/api/v1/tutor/nodes", http_method=["POST", "DELETE"])
        async def nodes(request: Request[Any, Any, Any]) -> Response[Any]:
            assert request.headers["authorization"] == "Bearer token of the node"
            self.heard.append(request.method)
            if request.method == "DELETE":
                return Response(None, status_code=204)
            if len(self.heard) <= self.refuse:
                return Response({"detail": "no"}, status_code=401)
            self.cards.append(await request.json())
            return Response({"id": "node-1", "renew_seconds": 1.0}, status_code=200)

        return Litestar([nodes])

    def until(self, count: int, method: str = "POST") -> None:
        """Wait until so many were heard."""
        deadline = time.monotonic() + 30
        while self.heard.count(method) < count:
            assert time.monotonic() < deadline, self.heard
            time.sleep(0.02)


def test_a_node_registers_renews_serves_and_drains(folder: Path, tmp_path: Path) -> None:
    registry = Registry(refuse=1)
    with (
        listening(registry.application()) as platform,
        process(
            folder,
            tmp_path / "home",
            "--device",
            "cpu",
            "--platform",
            platform,
            "--name",
            "gpu-1",
            DARSGAH_NODE_TOKEN="token of the node",
        ) as (url, started),
    ):
        registry.until(3)  # refused, registered, renewed
        card = registry.cards[0]
        assert card == registry.cards[1]
        assert card | {"token": "", "version": "", "device": ""} == {
            "name": "gpu-1",
            "url": url,
            "token": "",
            "model": "Tiny-Qwen2-Instruct",
            "device": "",
            "places": 1,
            "version": "",
        }
        headers = {"Authorization": f"Bearer {card['token']}"}
        assert len(card["token"]) > 30
        assert httpx.get(f"{url}/v1/models").status_code == 401
        asked = {**BODY, "stream": True, "max_tokens": 300}
        with httpx.stream("POST", f"{url}/v1/chat/completions", json=asked, headers=headers) as answer:
            lines = answer.iter_lines()
            next(lines)
            started.send_signal(signal.SIGTERM)
            registry.until(1, "DELETE")
            *told, last = events("\n".join(lines))
        assert last == "[DONE]"
        assert len(told) > 10
        assert started.wait(30) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{url}/health")
        assert registry.heard[-1] == "DELETE"


def test_a_lost_gpu_ends_the_server(tmp_path: Path) -> None:
    generator = BatchGenerator(load(qwen2(tmp_path / "tiny"), torch.device("cpu"), small=False), places=2)

    def lost(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA error: device lost")

    generator._loaded.model.forward = lost  # the way a GPU's loss shows: the next step raises
    with pytest.raises(ModelAway):
        said(generator)
    card = NodeCard("n", "http://127.0.0.1", "", "m", "d", 2, "0")
    with socket.create_server(("127.0.0.1", 0)) as listening_socket:
        asyncio.run(_serve(generator, card, listening_socket, (None, "")))
    assert "device lost" in generator.fault


@pytest.mark.parametrize(
    ("options", "settings", "said"),
    [
        (["{none}"], {}, "There is no folder"),
        ([], {}, "There is no model to serve"),
        ([], {"DARSGAH_TUTOR_MODEL": "https://models.example.org"}, "There is no model to serve"),
        (["{folder}", "--host", "192.0.2.1"], {}, "set DARSGAH_TUTOR_TOKEN"),
        (["{folder}", "--platform", "http://127.0.0.1:9"], {}, "DARSGAH_NODE_TOKEN must be set"),
        (["{folder}", "--host", "192.0.2.1"], {"DARSGAH_TUTOR_TOKEN": "x"}, "Cannot listen on 192.0.2.1"),
        (["{folder}", "--device", "cuda"], {}, "torch sees no GPU"),
    ],
)
def test_what_hinders_it_is_one_line(
    options: list[str], settings: dict[str, str], said: str, folder: Path, tmp_path: Path
) -> None:
    if "cuda" in options and torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    told = [one.format(none=tmp_path / "none", folder=folder) for one in options]
    done = subprocess.run(
        [sys.executable, "-m", "darsgah", "tutor", "serve", *told, "--port", "0"],
        env={"DARSGAH_HOME": str(tmp_path / "home"), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
