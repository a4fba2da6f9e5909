"""What a learner's words ask for: help with the question, or what the tutor does not do.

Small and open to inspection: one spelling for disguised words (``wording``), the concepts that words of
three languages stand for (``request_concepts``), and a linear model over concepts, their order, words and
pieces of words (``request_features``). Its weights are a readable file, fitted by ``request_fitting``. It
sees messages and Markdown as they are, and of code what can speak: comments, texts, long names. Whatever is
asked changes no fact of a hint; a request that is refused only goes to no other model.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from darsgah_tutor.request_features import features
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
        score: probability that they ask for something else than help.
        why: features that spoke most for it, strongest first.
    """

    request: Request
    score: float
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weights:
    """The linear model: one weight for each feature and request, and the least score that is refused."""

    features: Mapping[str, tuple[float, ...]]
    bias: tuple[float, ...]
    threshold: float


CLASSES = tuple(Request)
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
    if in_code:
        del likely[Request.OFF_TOPIC]
    total = sum(likely.values())
    refused = 1.0 - likely.pop(Request.HELP) / total
    if refused < weights.threshold:
        return Judgement(Request.HELP, refused)
    known = sorted((one for one in seen if one in weights.features), key=lambda one: weights.features[one][0])
    return Judgement(max(likely, key=lambda one: likely[one]), refused, tuple(known[:5]))


def scores(seen: Iterable[str], weights: Weights) -> list[float]:
    """Probability of each request, in the order of ``CLASSES``."""
    sums = list(weights.bias)
    for feature in seen:
        for place, weight in enumerate(weights.features.get(feature, ())):
            sums[place] += weight
    highest = max(sums)
    powers = [math.exp(one - highest) for one in sums]
    return [power / sum(powers) for power in powers]


def _worst(found: Iterable[Judgement]) -> Judgement:
    return max(found, key=lambda judgement: judgement.score, default=HELPFUL)


@cache
def shipped_weights() -> Weights:
    """Those that come with the tutor."""
    text = files("darsgah_tutor").joinpath("request_weights.json").read_text(encoding="utf-8")
    content = json.loads(text)
    return Weights(
        features={name: tuple(values) for name, values in content["features"].items()},
        bias=tuple(content["bias"]),
        threshold=content["threshold"],
    )
