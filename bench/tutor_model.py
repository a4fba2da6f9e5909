"""Tokens per second of a causal model of half a billion numbers, against what the memory allows.

A token needs every weight once, so the bytes of the weights over the bandwidth of the memory is the least
time that it can take: the limit is measured in the same run, by reading a gigabyte. Weights are random, in
the shape of Qwen2.5-0.5B; what they say is nonsense, how long it takes is not.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from threading import Semaphore
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch import nn

from darsgah_tutor.causal.batching import BatchGenerator
from darsgah_tutor.causal.chat import Chat, Ended, Message
from darsgah_tutor.causal.errors import CausalError
from darsgah_tutor.causal.int8 import Int8Linear, NarrowEmbedding, quantize
from darsgah_tutor.causal.loading import Loaded
from darsgah_tutor.devices import processor
from darsgah_tutor.offline import stay_offline

stay_offline()

from transformers import DynamicCache, Qwen2Config, Qwen2ForCausalLM  # noqa: E402 - offline first

SHAPE: dict[str, Any] = {
    "hidden_size": 896,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "intermediate_size": 4864,
    "vocab_size": 151936,
    "tie_word_embeddings": True,
}
"""Of Qwen2.5-0.5B, as its config.json has it."""
PROMPT = 400
_LIMIT_BYTES = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Speed:
    """What was measured of one precision.

    Attributes:
        read_bytes: of weights, for each token.
        limit: tokens per second if reading them took all the time.
        first: seconds for the prompt.
    """

    precision: str
    tokens: float
    read_bytes: int
    limit: float
    first: float


def tutor_model(arguments: argparse.Namespace, console: Console) -> dict[str, Any]:
    """Measure on the processor, on a GPU too where there is one; print; return for ``results.json``."""
    torch.set_num_threads(processor().threads)
    bandwidth = _bandwidth(torch.device("cpu"))
    console.print(
        f"Memory: {bandwidth / 1e9:.1f} GB/s with {processor().threads} threads ({processor().name})"
    )
    speeds = [_speed(precision, arguments.tokens, bandwidth) for precision in ("float32", "bfloat16", "int8")]
    console.print(_table(speeds))
    found: dict[str, Any] = {
        "bandwidth_bytes": round(bandwidth),
        "threads": processor().threads,
        "prompt_tokens": PROMPT,
        "processor": [_as_json(speed) for speed in speeds],
    }
    if torch.cuda.is_available():
        found["gpu"] = _on_gpu(arguments.tokens, console)
    else:
        console.print("GPU: torch finds none here, so continuous batching is not measured.")
    return found


def _as_json(speed: Speed) -> dict[str, Any]:
    return {
        "precision": speed.precision,
        "tokens_per_second": round(speed.tokens, 1),
        "limit": round(speed.limit, 1),
        "share_of_limit": round(speed.tokens / speed.limit, 2),
        "prompt_seconds": round(speed.first, 2),
        "read_bytes": speed.read_bytes,
    }


def _bandwidth(device: torch.device) -> float:
    """Bytes per second that are read from memory, the best of several."""
    numbers = torch.ones(_LIMIT_BYTES // 4, device=device)
    return _LIMIT_BYTES / min(_seconds(numbers.sum, device) for _ in range(6))


def _seconds(work: Callable[[], object], device: torch.device) -> float:
    begun = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - begun


def _model(kind: torch.dtype) -> Any:  # noqa: ANN401 - transformers has no types for what is done with it
    torch.manual_seed(0)
    before = torch.get_default_dtype()
    torch.set_default_dtype(kind)
    try:
        model: Any = Qwen2ForCausalLM(Qwen2Config(**SHAPE))
        return model.eval()
    finally:
        torch.set_default_dtype(before)


def _speed(precision: str, tokens: int, bandwidth: float) -> Speed:
    model = _model(torch.float32 if precision == "float32" else torch.bfloat16)
    if precision == "int8" and not quantize(model):
        precision = "bfloat16"
    first, each = _decode(model, tokens)
    read = _read_bytes(model)
    return Speed(precision, 1 / each, read, bandwidth / read, first)


@torch.inference_mode()
def _decode(model: Any, tokens: int) -> tuple[float, float]:  # noqa: ANN401 - as above
    """Seconds for the prompt, and for each further token (the median)."""
    cache = DynamicCache(config=model.config)
    given = torch.randint(1000, (1, PROMPT))
    times = []
    for _ in range(tokens + 1):
        begun = time.perf_counter()
        logits = model(input_ids=given, past_key_values=cache, use_cache=True, logits_to_keep=1).logits
        given = logits[:, -1].argmax(-1, keepdim=True)
        times.append(time.perf_counter() - begun)
    return times[0], median(times[1:])


def _read_bytes(model: nn.Module) -> int:
    """Bytes of weights that one token needs: of a table of words one row, unless it is also the way out."""
    read = 0
    for module in model.modules():
        if isinstance(module, Int8Linear):
            read += module.in_features * module.out_features
        elif not isinstance(module, nn.Embedding | NarrowEmbedding):
            read += sum(one.numel() * one.element_size() for one in module.parameters(recurse=False))
    return read


def _table(speeds: list[Speed]) -> Table:
    table = Table(title=f"0.5 B numbers, {PROMPT} tokens of prompt, one at a time", title_justify="left")
    for title in ("", "tokens/s", "limit", "share", "prompt", "60 tokens"):
        table.add_column(title, justify="right")
    for speed in speeds:
        table.add_row(
            speed.precision,
            f"{speed.tokens:.1f}",
            f"{speed.limit:.0f}",
            f"{speed.tokens / speed.limit:.0%}",
            f"{speed.first:.2f} s",
            f"{speed.first + 60 / speed.tokens:.1f} s",
        )
    return table


class _Words:
    """Stands where a tokenizer stands: the bench has tokens, and needs no words."""

    chat_template = "x"

    def apply_chat_template(self, *_: object, **__: object) -> str:
        """Nothing."""
        return ""

    def encode(self, *_: object, **__: object) -> list[int]:
        """A prompt, another each time, so that none is found in memory."""
        return torch.randint(1000, (PROMPT,)).tolist()

    def decode(self, tokens: list[int], **_: object) -> str:
        """A letter for each."""
        return "x" * len(tokens)


def _on_gpu(tokens: int, console: Console) -> dict[str, Any]:
    """Continuous batching: time to the whole answer for 1, 8 and 32 who ask at once."""
    device = torch.device("cuda", 0)
    bandwidth = _bandwidth(device)
    model = _model(torch.bfloat16).to(device)
    limit = bandwidth / _read_bytes(model)
    loaded = Loaded("0.5 B", model, _Words(), device, "bfloat16", (), 2048)
    generator = BatchGenerator(loaded)
    found = {}
    for crowd in (1, 8, 32):
        seconds = median(_crowd(generator, crowd, tokens) for _ in range(3))
        found[str(crowd)] = {
            "seconds_to_whole": round(seconds, 3),
            "tokens_per_second": round(crowd * tokens / seconds),
        }
        console.print(
            f"{generator.device}: {crowd} at once, {tokens} tokens each in {seconds:.2f} s, "
            f"{crowd * tokens / seconds:.0f} tokens/s (one alone at most {limit:.0f})"
        )
    generator.close(seconds=5)
    return {"device": generator.device, "bandwidth_bytes": round(bandwidth), "crowds": found}


def _crowd(generator: BatchGenerator, crowd: int, tokens: int) -> float:
    """Seconds until the last of so many has the whole answer."""
    done = Semaphore(0)
    failed: list[CausalError] = []

    def hear(told: str | Ended | CausalError) -> None:
        if isinstance(told, CausalError):
            failed.append(told)
        if not isinstance(told, str):
            done.release()

    begun = time.perf_counter()
    for _ in range(crowd):
        generator.submit(Chat((Message("user", "x"),), tokens), hear, deadline=time.monotonic() + 120)
    for _ in range(crowd):
        done.acquire()
    if failed:
        raise failed[0]
    return time.perf_counter() - begun
