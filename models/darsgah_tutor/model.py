"""The tutor's own model: which lines are suspect, what is believed, and when it does not know.

    words   each word attends to all others: evidence, task, code
    lines   the words of each line become one vector, joined by the numbers known about the line; the words of
            evidence and task become one more; the lines attend to each other
    heads   a score for each line; a misconception of the general bank or none; "don't know"

The score of a line also has the numbers' own weighted sum: the model begins as a spectrum that learns its
weights. Pre-norm blocks with rotary positions (Su et al. 2021); about 6 million numbers at its usual size.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from darsgah_tutor.features import BUCKETS, FACTS, MOST_LINES, SUSPICION, Features, Segment
from darsgah_tutor.offline import stay_offline

stay_offline()

from transformers import PreTrainedConfig, PreTrainedModel  # noqa: E402 - offline first
from transformers.utils import logging as transformers_logging  # noqa: E402 - offline first

MODEL_TYPE = "darsgah-suspects"
_MASKED = -1e4


class SuspectsConfig(PreTrainedConfig):  # type: ignore[no-untyped-call] # it has no types
    """The model's size, and what its outputs mean.

    Attributes:
        misconceptions: names of the general bank; output 0 stands for none of them.
        spectrum: what part of the lines' shares is the spectrum's. The model learns from mistakes that were
            made up, and is surer than it should be of people's; what ran when is as true of both.
        calibration: bias, and weights of ``confidence``'s evidence; see ``darsgah_tutor.calibration``.
    """

    model_type = MODEL_TYPE

    def __init__(
        self,
        *,
        width: int = 256,
        heads: int = 8,
        word_layers: int = 4,
        line_layers: int = 2,
        dropout: float = 0.1,
        buckets: int = BUCKETS,
        facts: int = FACTS,
        spectrum: float = 0.5,
        misconceptions: Sequence[str] = (),
        calibration: Sequence[float] = (0.0, 1.0, 1.0, 0.0),
        **others: Any,  # noqa: ANN401 - transformers hands its own settings through
    ) -> None:
        self.width = width
        self.heads = heads
        self.word_layers = word_layers
        self.line_layers = line_layers
        self.dropout = dropout
        self.buckets = buckets
        self.facts = facts
        self.spectrum = spectrum
        self.misconceptions = list(misconceptions)
        self.calibration = list(calibration)
        super().__init__(**others)


@dataclass(frozen=True, slots=True)
class Batch:
    """Answers side by side, filled up to the longest.

    Attributes:
        words, segments, places: (answers, words); word 0 fills up, place 0 is no code, 1 the first line.
        facts: (answers, lines, FACTS).
        lines: (answers, lines), whether there is such a line.
    """

    words: Tensor
    segments: Tensor
    places: Tensor
    facts: Tensor
    lines: Tensor

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(
            self.words.to(device),
            self.segments.to(device),
            self.places.to(device),
            self.facts.to(device),
            self.lines.to(device),
        )


@dataclass(frozen=True, slots=True)
class Suspects:
    """What the model makes of a batch.

    Attributes:
        lines: logits, (answers, lines); very low where there is no line.
        shares: how much each line is to blame, the spectrum counted in; of an answer they add up to 1.
        misconceptions: logits, (answers, 1 + misconceptions).
        unknown: logits, (answers), that nobody could say.
    """

    lines: Tensor
    shares: Tensor
    misconceptions: Tensor
    unknown: Tensor


def hide_bars() -> None:
    """Keep transformers from drawing bars of its own over whoever reads or writes a model."""
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # it has no types


def batch_of(answers: Sequence[Features]) -> Batch:
    """Features as tensors."""
    longest = max(len(one.words) for one in answers)
    lines = max(1, *(len(one.lines) for one in answers))
    words = torch.zeros(len(answers), longest, dtype=torch.long)
    segments, places = torch.zeros_like(words), torch.zeros_like(words)
    facts = torch.zeros(len(answers), lines, FACTS)
    there = torch.zeros(len(answers), lines, dtype=torch.bool)
    for row, one in enumerate(answers):
        words[row, : len(one.words)] = torch.tensor(one.words)
        segments[row, : len(one.words)] = torch.tensor(one.segments)
        places[row, : len(one.words)] = torch.tensor(one.places) + 1
        if one.lines:
            facts[row, : len(one.lines)] = torch.tensor(one.facts)
            there[row, : len(one.lines)] = True
    return Batch(words, segments, places, facts, there)


class SuspectsModel(PreTrainedModel):  # type: ignore[no-untyped-call] # it has no types
    """The encoder with its three heads."""

    config_class = SuspectsConfig
    base_model_prefix = "suspects"

    def __init__(self, config: SuspectsConfig) -> None:
        super().__init__(config)
        width = config.width
        self.words = nn.Embedding(config.buckets, width, padding_idx=0)
        self.segments = nn.Embedding(len(Segment), width)
        self.line_of_word = nn.Embedding(MOST_LINES + 1, width)
        self.facts = nn.Sequential(nn.Linear(config.facts, width), nn.GELU(), nn.Linear(width, width))
        self.dropout = nn.Dropout(config.dropout)
        self.word_blocks = nn.ModuleList(Block(config) for _ in range(config.word_layers))
        self.line_blocks = nn.ModuleList(Block(config) for _ in range(config.line_layers))
        self.norm = nn.LayerNorm(width)
        self.suspect = nn.Linear(width, 1)
        self.suspect_by_facts = nn.Linear(config.facts, 1)
        self.misconception = nn.Linear(2 * width, 1 + len(config.misconceptions))
        self.unknown = nn.Linear(2 * width, 1)
        self.post_init()  # type: ignore[no-untyped-call] # transformers leaves it untyped

    def _init_weights(self, module: nn.Module) -> None:
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        elif isinstance(module, nn.LayerNorm):
            nn.init.ones_(module.weight)
            nn.init.zeros_(module.bias)

    def forward(self, batch: Batch) -> Suspects:
        """Judge a batch of answers."""
        known = self.facts(batch.facts)
        places = batch.places
        of_line = torch.cat([torch.zeros_like(known[:, :1]), known], dim=1)
        states = self.words(batch.words) + self.segments(batch.segments) + self.line_of_word(places)
        states = self.dropout(states + _picked(of_line, places))
        there = batch.words > 0
        for block in self.word_blocks:
            states = block(states, there)
        lines = self.dropout(_mean_by_place(states, places, there, of_line.shape[1]) + of_line)
        there = torch.cat([torch.ones_like(batch.lines[:, :1]), batch.lines], dim=1)
        for block in self.line_blocks:
            lines = block(lines, there)
        lines = self.norm(lines)
        whole, lines = lines[:, 0], lines[:, 1:]
        scores = (self.suspect(lines) + self.suspect_by_facts(batch.facts)).squeeze(-1)
        scores = scores.float().masked_fill(~batch.lines, _MASKED)
        own = scores.softmax(-1)
        joined = torch.cat([whole, (own.unsqueeze(-1) * lines).sum(1)], dim=-1)
        shares = torch.lerp(own, _spectrum(batch, own), self.config.spectrum)
        return Suspects(scores, shares, self.misconception(joined), self.unknown(joined).squeeze(-1))


class Block(nn.Module):
    """Attention, then a layer of its own for each place; what there is not is not attended to."""

    def __init__(self, config: SuspectsConfig) -> None:
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.taken = nn.Linear(width, 3 * width, bias=False)
        self.given = nn.Linear(width, width, bias=False)
        self.wide = nn.Linear(width, 4 * width)
        self.narrow = nn.Linear(4 * width, width)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, states: Tensor, there: Tensor) -> Tensor:
        """From (answers, places, width) to the same."""
        answers, places, width = states.shape
        taken = self.taken(self.first(states)).view(answers, places, 3, self.heads, width // self.heads)
        query, key, value = taken.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(
            _turned(query), _turned(key), value, attn_mask=there[:, None, None, :]
        )
        states = states + self.dropout(self.given(mixed.transpose(1, 2).reshape(answers, places, width)))
        inner: Tensor = self.narrow(functional.gelu(self.wide(self.second(states))))
        joined: Tensor = states + self.dropout(inner)
        return joined


def _spectrum(batch: Batch, otherwise: Tensor) -> Tensor:
    """The spectrum's shares; where nothing is suspect, others."""
    suspicion = batch.facts[..., SUSPICION] * batch.lines
    total = suspicion.sum(-1, keepdim=True)
    return torch.where(total > 0, suspicion / total.clamp(min=1e-9), otherwise)


def _turned(vectors: Tensor) -> Tensor:
    """Rotary positions: pairs of numbers turned by an angle that grows with the place."""
    places, width = vectors.shape[-2:]
    half = width // 2
    steps = torch.arange(half, device=vectors.device, dtype=torch.float32)
    angles = torch.arange(places, device=vectors.device)[:, None] * 10_000.0 ** (-steps / half)
    cosine, sine = angles.cos().to(vectors.dtype), angles.sin().to(vectors.dtype)
    left, right = vectors[..., :half], vectors[..., half:]
    return torch.cat([left * cosine - right * sine, left * sine + right * cosine], dim=-1)


def _picked(of_line: Tensor, places: Tensor) -> Tensor:
    """For each word the vector of its line."""
    return of_line.gather(1, places.unsqueeze(-1).expand(-1, -1, of_line.shape[-1]))


def _mean_by_place(states: Tensor, places: Tensor, there: Tensor, count: int) -> Tensor:
    """The mean of the words of each line; place 0 has those that are no code."""
    answers, _, width = states.shape
    weights = there.unsqueeze(-1).to(states.dtype)
    index = places.unsqueeze(-1)
    sums = states.new_zeros(answers, count, width)
    sums = sums.scatter_add(1, index.expand(-1, -1, width), states * weights)
    counts = states.new_zeros(answers, count, 1).scatter_add(1, index, weights)
    return sums / counts.clamp(min=1)
