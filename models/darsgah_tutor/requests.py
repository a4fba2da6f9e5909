"""What a learner's words ask for: help with the question, or what the tutor does not do.

Small, and without any framework: one spelling for disguised words (``wording``), pieces of words, words and
the concepts they stand for (``request_features``), and a linear model over them, whose table of weights is
fitted by ``request_fitting``. It sees messages and Markdown as they are, and of code what can speak:
comments, texts, long names. Whatever is asked changes no fact of a hint; a request that is refused only goes
to no other model.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save

from darsgah_tutor.request_features import features, places
from darsgah_tutor.speaking_parts import speaking_parts
from darsgah_tutor.wording import LONGEST, plain


class Request(StrEnum):
    """What words ask for; of what is refused the value is the key of the reply in ``phrases.toml``."""

    HELP = "help"
    SOLUTION = "refuse-solution"
    OFF_TOPIC = "refuse-off-topic"
    INSTRUCTIONS = "refuse-instructions"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What words were taken for.

    Attributes:
        score: how likely they ask for the solution or give orders; off topic, how likely that.
        why: features that spoke most for it, strongest first.
    """

    request: Request
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least scores that are refused.

    Attributes:
        message: of asking for the solution or giving orders, in a message or Markdown.
        in_code: the same of what a program says, which mostly means something else.
        off_topic: of being about anything else than the course.
    """

    message: float
    in_code: float
    off_topic: float


@dataclass(frozen=True)
class Weights:
    """The linear model: a row of whole numbers for each place of a feature, a column for each request.

    Attributes:
        step: what one of a column's whole numbers stands for.
        fitted_on: fingerprint of the rows that it was fitted on.
    """

    table: NDArray[np.int8]
    step: tuple[float, ...]
    bias: tuple[float, ...]
    thresholds: Thresholds
    fitted_on: str = ""


CLASSES = tuple(Request)
WEIGHTS = "request_weights.safetensors"
"""The file of those that come with the tutor."""
TOLD = 5
"""Features that a judgement names."""
HELPFUL = Judgement(Request.HELP, 0.0)
WHOLE = 40
"""Words of a text that is judged as one."""
PIECE = 25
"""Words of the sentences that are judged together in a longer one, so that much talk hides no sentence."""
_SENTENCE = re.compile(r"[^.!?\n\u06d4\u061f]+[.!?\n\u06d4\u061f]*")


def judge(text: str) -> Judgement:
    """What a message or a Markdown cell asks for."""
    return judged(text, shipped_weights())


def judge_answer(source: str) -> Judgement:
    """The worst of what stands in the comments, texts and names of an answer."""
    weights = shipped_weights()
    return _worst(judged(said, weights, in_code=True) for said in speaking_parts(source))


def judged(text: str, weights: Weights, *, in_code: bool = False) -> Judgement:
    """The worst of what a text asks for; one in a program may be about anything."""
    return _worst(judged_by(plain(piece), weights, in_code=in_code) for piece in passages(text))


def passages(text: str) -> Iterator[str]:
    """A short text as it is; a longer one in runs of sentences: each opens with the one before's last."""
    text = text[:LONGEST]
    if len(text.split()) <= WHOLE:
        yield text
        return
    run: list[str] = []
    for sentence in _SENTENCE.findall(text):
        if run and len(" ".join([*run, sentence]).split()) > PIECE:
            yield " ".join(run)
            run = run[-1:]
        run.append(sentence)
    yield " ".join(run)


def judged_by(words: str, weights: Weights, *, in_code: bool = False) -> Judgement:
    """What words in one spelling ask for."""
    if not words:
        return HELPFUL
    seen = features(words, in_code=in_code)
    likely = dict(zip(CLASSES, scores(seen, weights), strict=True))
    chatted, helped = likely.pop(Request.OFF_TOPIC), likely.pop(Request.HELP)
    attacked = against(helped, sum(likely.values()))
    least = weights.thresholds.in_code if in_code else weights.thresholds.message
    if attacked >= least:
        return Judgement(max(likely, key=lambda one: likely[one]), attacked, _telling(seen, weights))
    if not in_code and chatted >= weights.thresholds.off_topic:
        return Judgement(Request.OFF_TOPIC, chatted, _telling(seen, weights))
    return Judgement(Request.HELP, attacked)


def scores(seen: Mapping[str, float], weights: Weights) -> list[float]:
    """Probability of each request, in the order of ``CLASSES``."""
    share = np.fromiter(seen.values(), dtype=np.float64, count=len(seen))
    sums = share @ weights.table[places(seen)] * np.array(weights.step) + np.array(weights.bias)
    powers = np.exp(sums - sums.max())
    likely: list[float] = (powers / powers.sum()).tolist()
    return likely


def against(helped: float, attacked: float) -> float:
    """How likely words attack, if they are not off topic."""
    return attacked / (attacked + helped or 1.0)


def _telling(seen: Mapping[str, float], weights: Weights) -> tuple[str, ...]:
    """The features that speak most against a request for help."""
    names = list(seen)
    spoken = weights.table[places(names), 0] * np.fromiter(seen.values(), dtype=np.float64, count=len(seen))
    return tuple(names[at] for at in np.argsort(spoken, kind="stable")[:TOLD])


def _worst(found: Iterable[Judgement]) -> Judgement:
    return max(found, key=lambda one: (one.request is not Request.HELP, one.score), default=HELPFUL)


def write_weights(weights: Weights, file: Path) -> None:
    """Puts them into a file."""
    fixed = asdict(weights)
    table = fixed.pop("table")
    file.write_bytes(save({"table": table}, metadata={"fixed": json.dumps(fixed)}))


def read_weights(file: Path) -> Weights:
    """Those of a file that ``write_weights`` wrote."""
    with safe_open(file, framework="np") as opened:
        fixed = json.loads(opened.metadata()["fixed"])
        return Weights(
            table=opened.get_tensor("table"),
            step=tuple(fixed["step"]),
            bias=tuple(fixed["bias"]),
            thresholds=Thresholds(**fixed["thresholds"]),
            fitted_on=fixed["fitted_on"],
        )


@cache
def shipped_weights() -> Weights:
    """Those that come with the tutor."""
    with as_file(files("darsgah_tutor") / WEIGHTS) as file:
        return read_weights(file)
