"""Trains the tutor's model: ``darsgah tutor train --problems FILE --labs FOLDER --to FOLDER``.

Examples are split by task: eight tenths train, one calibrates the confidence, one is held out and reported.
On processors of a kind the same seed gives the same weights, on a GPU nearly. In the folder there are,
afterwards, the model, and how it was made: ``training.json``, ``curves.csv``, ``curves.svg``.
"""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

import torch
from rich.progress import Progress
from torch import Tensor, nn
from torch.nn import functional

from darsgah_tutor.calibration import fitted, signs_of_right
from darsgah_tutor.curves import Point, draw, write_points
from darsgah_tutor.examples import Example, Part, part_of
from darsgah_tutor.features import Features, Segment, features
from darsgah_tutor.loading import load
from darsgah_tutor.misconceptions import general_bank
from darsgah_tutor.model import Suspects, SuspectsConfig, SuspectsModel, batch_of, hide_bars
from darsgah_tutor.precision import precision
from darsgah_tutor.spectrum import ranking

LARGEST_FILE = "15MB"
"""Weights are spread over files so large at most."""
_POOL = 40
"""Batches that are drawn together, so that answers of like length share one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Attributes:
        words: of a batch, filled up ones included.
        rate: the highest learning rate; it rises over ``rising`` of the steps and falls as a cosine.
        described: share of the examples that are read with their description.
    """

    seed: int = 1
    epochs: int = 10
    words: int = 8192
    rate: float = 5e-4
    rising: float = 0.06
    decay: float = 0.05
    described: float = 0.3
    width: int = 256
    heads: int = 8
    word_layers: int = 4
    line_layers: int = 2
    dropout: float = 0.1


@dataclass(frozen=True, slots=True)
class Marks:
    """How often the first, or one of the first three lines, is to blame; and how many answers were judged.

    Attributes:
        beliefs: share of known misconceptions that are named.
    """

    answers: int
    first: float
    first_three: float
    spectrum_first: float
    spectrum_first_three: float
    beliefs: float


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training."""

    parameters: int
    examples: dict[str, int]
    held_out: Marks


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example as numbers.

    Attributes:
        bare: without the words of the description.
        suspects: places in its lines; empty where nobody could say.
        belief: the model's output for the misconception, 0 for none.
        spectrum: places, as the spectrum orders them.
    """

    read: Features
    bare: Features
    suspects: tuple[int, ...]
    belief: int
    spectrum: tuple[int, ...]


class TooFewExamplesError(Exception):
    """There is nothing to learn from, or nothing to calibrate with, or nothing to hold out."""


def train(examples: Sequence[Example], folder: Path, plan: Plan, device: torch.device) -> Trained:
    """Train a model, and leave it in a folder; the figures are those of the model as it is read from there.

    Raises:
        TooFewExamplesError: one of the three parts is empty.
    """
    torch.manual_seed(plan.seed)
    hide_bars()
    names = sorted(general_bank())
    parts = _parts(examples, names)
    config = SuspectsConfig(
        width=plan.width,
        heads=plan.heads,
        word_layers=plan.word_layers,
        line_layers=plan.line_layers,
        dropout=plan.dropout,
        misconceptions=names,
    )
    model = SuspectsModel(config)
    nn.Module.to(model, device)  # what transformers puts around it has other types
    folder.mkdir(parents=True, exist_ok=True)
    points = []
    with Progress() as progress:
        steps = _Steps(model, plan, parts[Part.TRAINING])
        bar = progress.add_task("training", total=steps.count)
        for epoch in range(1, plan.epochs + 1):
            losses = []
            for loss in steps.epoch():
                losses.append(loss)
                progress.advance(bar)
            marks = judge(model, parts[Part.CALIBRATION])
            points.append(Point(epoch, sum(losses) / len(losses), marks.first, marks.first_three))
            progress.console.print(
                f"epoch {epoch}: loss {points[-1].loss:.3f}, first line {marks.first:.1%}, "
                f"first three {marks.first_three:.1%} (spectrum {marks.spectrum_first:.1%}, "
                f"{marks.spectrum_first_three:.1%})"
            )
    model.config.calibration = _calibrated(model, parts[Part.CALIBRATION])
    _save(model, folder)
    write_points(folder / "curves.csv", points)
    (folder / "curves.svg").write_text(draw(points), encoding="utf-8")
    trained = Trained(
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        examples={part.value: len(items) for part, items in parts.items()},
        held_out=judge(load(folder), parts[Part.HELD_OUT]),
    )
    record = json.dumps({"plan": asdict(plan), **asdict(trained)}, indent=2)
    (folder / "training.json").write_text(record + "\n", encoding="utf-8")
    return trained


def judge(model: SuspectsModel, lessons: Sequence[Lesson]) -> Marks:
    """How well a model does on examples of which the lines are known."""
    asked = [lesson for lesson in lessons if lesson.suspects]
    said = _said(model, asked)
    places = [_order(one, lesson) for one, lesson in zip(said, asked, strict=True)]
    spectrum = [lesson.spectrum for lesson in asked]
    named = [(lesson.belief, one) for lesson, one in zip(asked, said, strict=True) if lesson.belief]
    believed = sum(int(one.misconceptions[0].argmax()) == belief for belief, one in named)
    return Marks(
        answers=len(asked),
        first=_hits(asked, places, 1),
        first_three=_hits(asked, places, 3),
        spectrum_first=_hits(asked, spectrum, 1),
        spectrum_first_three=_hits(asked, spectrum, 3),
        beliefs=believed / max(1, len(named)),
    )


def lesson_of(example: Example, names: Sequence[str]) -> Lesson:
    """An example as numbers; ``names`` are the misconceptions that the model tells apart."""
    read = features(example.description, example.evidence, example.findings)
    places = {line: place for place, line in enumerate(read.lines)}
    return Lesson(
        read=read,
        bare=_without_description(read),
        suspects=tuple(places[line] for line in example.lines if line in places),
        belief=names.index(example.misconception) + 1 if example.misconception in names else 0,
        spectrum=tuple(places[line] for line in ranking(example.evidence) if line in places),
    )


class _Steps:
    """The steps of a training: AdamW under a cosine, batches of answers of like length."""

    def __init__(self, model: SuspectsModel, plan: Plan, lessons: Sequence[Lesson]) -> None:
        self._model, self._plan, self._lessons = model, plan, lessons
        self._random = Random(plan.seed)  # noqa: S311 - a draw that is to be repeated, no secret
        self._order = [list(self._batches()) for _ in range(plan.epochs)]
        self.count = sum(len(batches) for batches in self._order)
        matrices = [one for one in model.parameters() if one.dim() > 1]
        others = [one for one in model.parameters() if one.dim() <= 1]
        groups = [{"params": matrices, "weight_decay": plan.decay}, {"params": others, "weight_decay": 0.0}]
        self._optimizer = torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.98))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._share_of_rate)

    def epoch(self) -> Iterator[float]:
        """The loss of each step of the next epoch."""
        device = self._model.device
        self._model.train()
        for lessons in self._order.pop(0):
            described = [self._random.random() < self._plan.described for _ in lessons]
            read = [one.read if told else one.bare for one, told in zip(lessons, described, strict=True)]
            with precision(device):
                said = self._model(batch_of(read).to(device))
            loss = _loss(said, lessons)
            self._optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call] # torch leaves it untyped
            torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
            self._optimizer.step()
            self._schedule.step()
            yield float(loss.detach())

    def _batches(self) -> Iterator[list[Lesson]]:
        drawn = self._random.sample(self._lessons, len(self._lessons))
        mean = sum(len(lesson.read.words) for lesson in drawn) / len(drawn)
        pool = max(1, round(_POOL * self._plan.words / mean))
        batches: list[list[Lesson]] = []
        for start in range(0, len(drawn), pool):
            alike = sorted(drawn[start : start + pool], key=lambda lesson: len(lesson.read.words))
            batch: list[Lesson] = []
            for lesson in alike:
                if batch and len(lesson.read.words) * (len(batch) + 1) > self._plan.words:
                    batches.append(batch)
                    batch = []
                batch.append(lesson)
            batches.append(batch)
        self._random.shuffle(batches)
        yield from batches

    def _share_of_rate(self, step: int) -> float:
        rising = max(1, round(self._plan.rising * self.count))
        if step < rising:
            return (step + 1) / rising
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - rising) / max(1, self.count - rising))))


def _loss(said: Suspects, lessons: Sequence[Lesson]) -> Tensor:
    """Lines to blame share the first line's place; beliefs are asked where lines are known."""
    device = said.unknown.device
    blamed = torch.zeros(said.lines.shape, device=device)
    for row, lesson in enumerate(lessons):
        if lesson.suspects:
            blamed[row, list(lesson.suspects)] = 1 / len(lesson.suspects)
    known = torch.tensor([bool(lesson.suspects) for lesson in lessons], device=device)
    unknown = functional.binary_cross_entropy_with_logits(said.unknown.float(), (~known).float())
    if not known.any():
        return unknown
    lines = -(blamed * said.lines.log_softmax(-1)).sum(-1)[known].mean()
    beliefs = torch.tensor([lesson.belief for lesson in lessons], device=device)
    belief = functional.cross_entropy(said.misconceptions.float()[known], beliefs[known])
    return lines + 0.3 * belief + 0.5 * unknown


@torch.inference_mode()
def _said(model: SuspectsModel, lessons: Sequence[Lesson]) -> list[Suspects]:
    """What the model says of each, one by one as a learner's answer comes."""
    model.train(mode=False)
    with precision(model.device):
        return [model(batch_of([lesson.read]).to(model.device)) for lesson in lessons]


def _save(model: SuspectsModel, folder: Path) -> None:
    """Write it in 16 bits. Its weights come as the owner's alone; who may read its config may read them."""
    nn.Module.to(model, torch.bfloat16)
    model.save_pretrained(folder, max_shard_size=LARGEST_FILE)
    for file in folder.glob("*.safetensors"):
        file.chmod((folder / "config.json").stat().st_mode)


def _order(said: Suspects, lesson: Lesson) -> list[int]:
    """Places, most suspect first; of equals the spectrum's."""
    shares = said.shares[0].tolist()
    return sorted(lesson.spectrum, key=lambda place: -shares[place])


def _calibrated(model: SuspectsModel, lessons: Sequence[Lesson]) -> list[float]:
    said = _said(model, lessons)
    right = [
        _order(one, lesson)[0] in lesson.suspects
        and int(one.misconceptions[0].argmax()) in (0, lesson.belief)
        for one, lesson in zip(said, lessons, strict=True)
    ]
    return fitted(torch.cat([signs_of_right(one) for one in said]).cpu(), torch.tensor(right))


def _hits(lessons: Sequence[Lesson], places: Sequence[Sequence[int]], most: int) -> float:
    right = (
        not set(lesson.suspects).isdisjoint(order[:most])
        for lesson, order in zip(lessons, places, strict=True)
    )
    return sum(right) / max(1, len(lessons))


def _parts(examples: Sequence[Example], names: Sequence[str]) -> dict[Part, list[Lesson]]:
    parts: dict[Part, list[Lesson]] = {part: [] for part in Part}
    for example in examples:
        lesson = lesson_of(example, names)
        if lesson.read.lines:
            parts[part_of(example.group)].append(lesson)
    empty = [part.value for part, lessons in parts.items() if not lessons]
    if empty:
        raise TooFewExamplesError(
            f"There are no examples for: {', '.join(empty)}. Whole tasks are held out: give more of them."
        )
    return parts


def _without_description(read: Features) -> Features:
    kept = [at for at, segment in enumerate(read.segments) if segment != Segment.DESCRIPTION]
    return replace(
        read,
        words=tuple(read.words[at] for at in kept),
        segments=tuple(read.segments[at] for at in kept),
        places=tuple(read.places[at] for at in kept),
    )
