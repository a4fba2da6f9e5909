"""Makes the lab's data: ``python make_data.py FOLDER`` writes sentences and a trained model into FOLDER.

The sentences, in Roman Urdu and in English, come from a grammar below and are drawn with the seed. A
transformer of two layers is then trained on them, forwards and backwards in NumPy, in a few seconds.

Sums of floating-point numbers come out differently in the last digit on different processors, and training
makes such differences grow. Here they cannot: after every step the weights are rounded to multiples of
1/16384, which takes the last digits away before anything is built on them. So the files come out byte for
byte the same, and the weights fit into two bytes each. Written are ``sentences.txt``, ``model.json``
(vocabulary, and the name and shape of every array in the order of the bytes) and ``weights.bin`` (16-bit
little-endian numbers, to be divided by 16384).
"""

import json
import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEED = 20251114
SENTENCES = 900
WIDTH, HEADS, LAYERS, HIDDEN, CONTEXT = 32, 4, 2, 64, 12
STEPS, BATCH, RATE = 800, 32, 0.01
GRID = 16384  # weights are whole multiples of 1 / GRID
START = "<start>"
EPSILON = 1e-5  # of the layer norm

Array = NDArray[np.float64]
Weights = dict[str, Array]

URDU_ADJECTIVES = {  # masculine, feminine
    "hot": ("garam", "garam"),
    "cold": ("thanda", "thandi"),
    "good": ("accha", "acchi"),
    "new": ("naya", "nayi"),
    "old": ("purana", "purani"),
    "clean": ("saaf", "saaf"),
    "sweet": ("meetha", "meethi"),
}
NOUNS = {  # English: Urdu, gender (0 masculine, 1 feminine), adjectives that go with it
    "tea": ("chai", 1, ("hot", "cold", "good", "sweet")),
    "bread": ("roti", 1, ("hot", "cold", "good")),
    "book": ("kitab", 1, ("new", "old", "good")),
    "car": ("gari", 1, ("new", "old", "clean", "hot")),
    "water": ("pani", 0, ("hot", "cold", "clean", "sweet")),
    "milk": ("doodh", 0, ("hot", "cold", "sweet", "good")),
    "mango": ("aam", 0, ("sweet", "good", "cold")),
    "road": ("rasta", 0, ("new", "old", "clean")),
    "room": ("kamra", 0, ("new", "clean", "hot", "cold")),
}
PLACES = {"market": "bazar", "house": "ghar", "village": "gaon"}
URDU_VERBS = {"today": ("hai", "hai"), "yesterday": ("tha", "thi"), "tomorrow": ("hoga", "hogi")}
ENGLISH_VERBS = {"today": ["is"], "yesterday": ["was"], "tomorrow": ["will", "be"]}


def make_sentence(generator: random.Random) -> list[str]:
    """One sentence of the grammar in one of the two languages, word by word, with its full stop."""
    day = generator.choice(("today", "yesterday", "tomorrow"))
    noun = generator.choice(sorted(NOUNS))
    urdu_noun, gender, adjectives = NOUNS[noun]
    adjective = generator.choice(adjectives)
    place = generator.choice(sorted(PLACES)) if generator.random() < 0.6 else None
    very = generator.random() < 0.4
    if generator.random() < 0.5:
        return [
            "aaj" if day == "today" else "kal",
            *([PLACES[place], "mein"] if place else []),
            urdu_noun,
            *(["bahut"] if very else []),
            URDU_ADJECTIVES[adjective][gender],
            URDU_VERBS[day][gender],
            ".",
        ]
    return [
        *(day, "the", noun),
        *(["in", "the", place] if place else []),
        *ENGLISH_VERBS[day],
        *(["very"] if very else []),
        *(adjective, "."),
    ]


def positions(length: int) -> Array:
    """Sines and cosines of every place: the angle of columns c and c + 1 is place / 10000 ** (c / WIDTH)."""
    angles = np.arange(length)[:, None] / 10000 ** (np.arange(0, WIDTH, 2) / WIDTH)
    table = np.empty((length, WIDTH))
    table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return table


def shapes(words: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Name and shape of every array of the model, in the order in which they are stored."""
    yield "embedding", (words, WIDTH)
    for layer in range(LAYERS):
        for name in ("query", "key", "value", "output"):
            yield f"{layer}.{name}", (WIDTH, WIDTH)
        yield f"{layer}.first", (WIDTH, HIDDEN)
        yield f"{layer}.first_bias", (HIDDEN,)
        yield f"{layer}.second", (HIDDEN, WIDTH)
        yield f"{layer}.second_bias", (WIDTH,)
        for norm in ("norm_1", "norm_2"):
            yield f"{layer}.{norm}.gain", (WIDTH,)
            yield f"{layer}.{norm}.bias", (WIDTH,)
    yield "norm.gain", (WIDTH,)
    yield "norm.bias", (WIDTH,)


def initial(generator: random.Random, words: int) -> Weights:
    """Weights before training: small random matrices, gains 1, biases 0."""
    weights: Weights = {}
    for name, shape in shapes(words):
        if name.endswith("gain"):
            weights[name] = np.ones(shape)
        elif name.endswith("bias"):
            weights[name] = np.zeros(shape)
        else:
            bound = 0.5 if name == "embedding" else math.sqrt(3 / shape[0])
            drawn = [generator.uniform(-bound, bound) for _ in range(math.prod(shape))]
            weights[name] = rounded(np.array(drawn).reshape(shape))
    return weights


def rounded(values: Array) -> Array:
    """The nearest multiples of 1 / GRID that fit into 16 bits."""
    return np.clip(np.round(values * GRID), -32768, 32767) / GRID


@dataclass
class Norm:
    """What the way back through a layer norm needs of the way there."""

    normal: Array
    scale: Array


def norm_forward(x: Array, gain: Array, bias: Array) -> tuple[Array, Norm]:
    """Layer norm over the last axis."""
    centred = x - x.mean(-1, keepdims=True)
    scale = 1 / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    return centred * scale * gain + bias, Norm(centred * scale, scale)


def norm_backward(grad: Array, gain: Array, kept: Norm) -> tuple[Array, Array, Array]:
    """Gradients for the input, the gain and the bias."""
    inner = grad * gain
    back = inner - inner.mean(-1, keepdims=True)
    back -= kept.normal * (inner * kept.normal).mean(-1, keepdims=True)
    return back * kept.scale, (grad * kept.normal).sum((0, 1)), grad.sum((0, 1))


def split(x: Array) -> Array:
    """(batch, length, WIDTH) as (batch, HEADS, length, WIDTH / HEADS)."""
    return x.reshape(*x.shape[:2], HEADS, -1).transpose(0, 2, 1, 3)


def join(x: Array) -> Array:
    """The way back from ``split``."""
    return x.transpose(0, 2, 1, 3).reshape(x.shape[0], x.shape[2], -1)


def softmax(scores: Array) -> Array:
    """Along the last axis, without overflow."""
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def dot(left: Array, right: Array) -> Array:
    """Gradient of a matrix that ``left`` was multiplied with, where ``right`` is the gradient of the product.

    Sentence by sentence, because products as small as these are not spread over threads, which costs more
    than it gains and is slow where other programs run.
    """
    return (left.transpose(0, 2, 1) @ right).sum(0)


@dataclass
class Layer:
    """What the way back through one layer needs of the way there."""

    normed: Array
    norm_1: Norm
    query: Array
    key: Array
    value: Array
    attention: Array
    mixed: Array
    normed_2: Array
    norm_2: Norm
    hidden: Array


def layer_forward(x: Array, weights: Weights, name: str) -> tuple[Array, Layer]:
    """One layer: attention, then the two dense steps, each added to what came in."""
    normed, norm_1 = norm_forward(x, weights[f"{name}norm_1.gain"], weights[f"{name}norm_1.bias"])
    query, key, value = (split(normed @ weights[name + part]) for part in ("query", "key", "value"))
    scores = query @ key.transpose(0, 1, 3, 2) / math.sqrt(WIDTH // HEADS)
    future = np.triu(np.ones(scores.shape[-2:], bool), 1)
    attention = softmax(np.where(future, -np.inf, scores))
    mixed = join(attention @ value)
    x = x + mixed @ weights[name + "output"]
    normed_2, norm_2 = norm_forward(x, weights[f"{name}norm_2.gain"], weights[f"{name}norm_2.bias"])
    hidden = np.maximum(normed_2 @ weights[name + "first"] + weights[name + "first_bias"], 0)
    x = x + hidden @ weights[name + "second"] + weights[name + "second_bias"]
    return x, Layer(normed, norm_1, query, key, value, attention, mixed, normed_2, norm_2, hidden)


def layer_backward(grad: Array, weights: Weights, name: str, kept: Layer, grads: Weights) -> Array:
    """Gradient for what came into the layer; those of its weights go into ``grads``."""
    grads[name + "second"] = dot(kept.hidden, grad)
    grads[name + "second_bias"] = grad.sum((0, 1))
    hidden = (grad @ weights[name + "second"].T) * (kept.hidden > 0)
    grads[name + "first"] = dot(kept.normed_2, hidden)
    grads[name + "first_bias"] = hidden.sum((0, 1))
    back, grads[f"{name}norm_2.gain"], grads[f"{name}norm_2.bias"] = norm_backward(
        hidden @ weights[name + "first"].T, weights[f"{name}norm_2.gain"], kept.norm_2
    )
    grad = grad + back
    grads[name + "output"] = dot(kept.mixed, grad)
    mixed = split(grad @ weights[name + "output"].T)
    attention = mixed @ kept.value.transpose(0, 1, 3, 2)
    scores = kept.attention * (attention - (attention * kept.attention).sum(-1, keepdims=True))
    scores /= math.sqrt(WIDTH // HEADS)
    normed = np.zeros_like(grad)
    for part, back in (
        ("query", join(scores @ kept.key)),
        ("key", join(scores.transpose(0, 1, 3, 2) @ kept.query)),
        ("value", join(kept.attention.transpose(0, 1, 3, 2) @ mixed)),
    ):
        grads[name + part] = dot(kept.normed, back)
        normed += back @ weights[name + part].T
    back, grads[f"{name}norm_1.gain"], grads[f"{name}norm_1.bias"] = norm_backward(
        normed, weights[f"{name}norm_1.gain"], kept.norm_1
    )
    return grad + back


def loss_and_gradients(weights: Weights, ids: NDArray[np.int64]) -> tuple[float, Weights]:
    """Mean surprise in nats at each next word; places after the end hold -1 and count for nothing."""
    inputs, targets = np.maximum(ids[:, :-1], 0), ids[:, 1:]
    x = weights["embedding"][inputs] + positions(inputs.shape[1])
    layers: list[Layer] = []
    for number in range(LAYERS):
        x, kept = layer_forward(x, weights, f"{number}.")
        layers.append(kept)
    final, norm = norm_forward(x, weights["norm.gain"], weights["norm.bias"])
    chances = softmax(final @ weights["embedding"].T)
    rows, columns = np.nonzero(targets >= 0)
    right = targets[rows, columns]
    loss = -np.log(chances[rows, columns, right]).mean()
    grad = np.zeros_like(chances)
    grad[rows, columns] = chances[rows, columns]
    grad[rows, columns, right] -= 1
    grad /= len(rows)
    grads: Weights = {"embedding": dot(grad, final)}
    back, grads["norm.gain"], grads["norm.bias"] = norm_backward(
        grad @ weights["embedding"], weights["norm.gain"], norm
    )
    for number in reversed(range(LAYERS)):
        back = layer_backward(back, weights, f"{number}.", layers[number], grads)
    np.add.at(grads["embedding"], inputs, back)
    return float(loss), grads


def train(generator: random.Random, sentences: Sequence[Sequence[int]], words: int) -> Weights:
    """Adam on random batches; the rate rises for 30 steps and then falls to a twentieth."""
    weights = initial(generator, words)
    mean = {name: np.zeros_like(value) for name, value in weights.items()}
    square = {name: np.zeros_like(value) for name, value in weights.items()}
    for step in range(1, STEPS + 1):
        batch = np.full((BATCH, CONTEXT), -1)
        for row in range(BATCH):
            chosen = generator.choice(sentences)
            batch[row, : len(chosen)] = chosen
        _, grads = loss_and_gradients(weights, batch)
        rate = RATE * min(step / 30, 0.05 + 0.95 * (1 - step / STEPS))
        for name, grad in grads.items():
            mean[name] += 0.1 * (grad - mean[name])
            square[name] += 0.02 * (grad**2 - square[name])
            move = mean[name] / (1 - 0.9**step) / (np.sqrt(square[name] / (1 - 0.98**step)) + 1e-8)
            weights[name] = rounded(weights[name] - rate * move)
    return weights


def main(folder: Path) -> None:
    """Write ``sentences.txt``, ``model.json`` and ``weights.bin`` into the folder."""
    generator = random.Random(SEED)  # noqa: S311 - invented sentences, nothing secret
    sentences = [make_sentence(generator) for _ in range(SENTENCES)]
    text = "".join(" ".join(sentence) + "\n" for sentence in sentences)
    (folder / "sentences.txt").write_text(text, encoding="utf-8", newline="\n")
    words = [START, *sorted({word for sentence in sentences for word in sentence})]
    numbers = {word: number for number, word in enumerate(words)}
    weights = train(generator, [[0, *(numbers[word] for word in line)] for line in sentences], len(words))
    stored = [(name, shape, weights[name]) for name, shape in shapes(len(words))]
    model = {
        "words": words,
        "heads": HEADS,
        "layers": LAYERS,
        "scale": GRID,
        "arrays": [{"name": name, "shape": shape} for name, shape, _ in stored],
    }
    (folder / "model.json").write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8", newline="\n")
    numbers_of_all = np.concatenate([np.round(array * GRID).ravel() for _, _, array in stored])
    (folder / "weights.bin").write_bytes(numbers_of_all.astype("<i2").tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
