"""What a learner's words ask for: help with the question, or what the tutor does not do.

Small and open to inspection: one spelling for disguised words (``wording``), the concepts that words of
three languages stand for (``request_concepts.toml``), and a linear model over concepts, their order and
frequent words. Its weights are a readable file, fitted by ``request_fitting``. It looks at messages and
Markdown as they are, and in code at what can speak: comments, texts, long names. Whatever is asked changes no
fact of a hint; a request that is refused only goes to no other model.
"""

import json
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from darsgah_tutor.speaking_parts import speaking_parts
from darsgah_tutor.wording import plain


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
NEAR = 60
"""Characters between two concepts that still have to do with each other."""
FIRST = 12
"""Characters before which a concept opens the request."""
_WORD = re.compile(r"\w+|[?:,]")


def judge(text: str) -> Judgement:
    """What a message or a Markdown cell asks for."""
    words = plain(text)
    return judged_by(words, shipped_weights()) if words else HELPFUL


def judge_answer(source: str) -> Judgement:
    """The worst of what stands in the comments, texts and names of an answer."""
    weights = shipped_weights()
    spoken = filter(None, map(plain, speaking_parts(source)))
    found = [judged_by(words, weights, in_code=True) for words in spoken]
    return max(found, key=lambda judgement: judgement.score, default=HELPFUL)


def judged_by(words: str, weights: Weights, *, in_code: bool = False) -> Judgement:
    """What words in one spelling ask for; a text in a program may be about anything."""
    seen = set(features(words))
    likely = dict(zip(CLASSES, scores(seen, weights), strict=True))
    if in_code:
        del likely[Request.OFF_TOPIC]
    total = sum(likely.values())
    refused = 1.0 - likely.pop(Request.HELP) / total
    if refused < weights.threshold:
        return Judgement(Request.HELP, refused)
    known = sorted((one for one in seen if one in weights.features), key=lambda one: weights.features[one][0])
    return Judgement(max(likely, key=lambda one: likely[one]), refused, tuple(known[:5]))


def features(words: str) -> Iterator[str]:
    """What is seen of words in one spelling: concepts, which follow which, single words, how many."""
    tokens = _WORD.findall(words)
    spaced = f" {' '.join(tokens)} "
    met = sorted(
        (found.start(), name) for name, pattern in concepts().items() for found in pattern.finditer(spaced)
    )
    yield from {f"concept:{name}" for _, name in met}
    for number, (start, name) in enumerate(met):
        for begin, other in met[number + 1 :]:
            if begin - start > NEAR:
                break
            yield f"then:{name}>{other}"
    yield from (f"word:{token}" for token in tokens)
    yield f"first:{met[0][1] if met and met[0][0] < FIRST else ''}"
    yield f"concepts:{min(8, len({name for _, name in met}))}"
    yield f"length:{min(6, len(tokens) // 5)}"


def scores(seen: Iterable[str], weights: Weights) -> list[float]:
    """Probability of each request, in the order of ``CLASSES``."""
    sums = list(weights.bias)
    for feature in set(seen):
        for place, weight in enumerate(weights.features.get(feature, ())):
            sums[place] += weight
    highest = max(sums)
    powers = [math.exp(one - highest) for one in sums]
    return [power / sum(powers) for power in powers]


@cache
def concepts() -> Mapping[str, re.Pattern[str]]:
    """By name, what finds the words of a concept; words stand between single spaces."""
    text = files("darsgah_tutor").joinpath("request_concepts.toml").read_text(encoding="utf-8")
    return {
        name: re.compile("(?<= )(?:" + "|".join(_one(word) for word in words.split()) + ")(?= )")
        for name, words in tomllib.loads(text).items()
    }


def _one(word: str) -> str:
    """``_`` is a space and ``*`` any ending."""
    return re.escape(word).replace("_", " ").replace(r"\*", r"\w*")


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
