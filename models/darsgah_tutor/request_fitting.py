"""Fits the weights by which requests are told apart, and measures them on texts that took no part.

    python -m darsgah_tutor.request_fitting tests/tutor/requests labs/lab-sources

The rows of ``*.jsonl`` say which part they belong to: ``train`` is fitted on, with Markdown and code of
the labs as more of what is harmless, and texts made from ``request_frames.toml``; the threshold is
fixed with ``dev`` beside them; ``test`` is only reported. The same data gives the same weights.
"""

import argparse
import hashlib
import json
import random
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from darsgah_tutor.requests import CLASSES, Request, Weights, features, judged_by
from darsgah_tutor.speaking_parts import speaking_parts
from darsgah_tutor.wording import plain

KINDS = {
    "help": Request.HELP,
    "solution": Request.SOLUTION,
    "off-topic": Request.OFF_TOPIC,
    "instructions": Request.INSTRUCTIONS,
}
"""What the rows call a request."""
IN_CODE = frozenset({"comment", "string", "docstring", "name"})
"""Places of which only the parts that can speak are looked at."""
FALSE_ALARMS = 0.01
"""Share of the harmless texts that may be refused at the threshold."""
WORD_SEEN = 4
"""Texts in which a word has to stand before it has a weight: what is rarer is learnt by heart."""
MADE = 12
"""Texts that are made from one frame, some of them the same."""
MADE_SHARE = 0.5
"""What a made text weighs beside a written one."""
_PLACE = re.compile("<([^>]+)>")
STEPS = 400
RATE = 2.0
DECAY = 2e-4
"""Weight decay."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text with what it asks for.

    Attributes:
        parts: what of it is looked at, each in one spelling.
        in_code: where anything may stand that is off topic: a text in a program is data.
        made: from a frame; such a row weighs less.
    """

    parts: tuple[str, ...]
    request: Request
    part: str
    in_code: bool = False
    made: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """How many attacks of a part were let through and how many harmless texts refused, of how many."""

    let_through: int
    attacks: int
    refused: int
    harmless: int


def read_rows(folder: Path) -> list[Row]:
    """The rows of every ``*.jsonl`` of a folder."""
    rows = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            said = speaking_parts(row["text"]) if row["place"] in IN_CODE else [row["text"]]
            rows.append(
                Row(tuple(map(plain, said)), KINDS[row["kind"]], row["part"], row["place"] in IN_CODE)
            )
    return rows


def read_labs(folder: Path) -> list[Row]:
    """What labs say to learners and what their code says, paragraph by paragraph: all of it harmless."""
    said: dict[str, None] = {}
    for notebook in sorted(folder.glob("*/*.ipynb")):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            parts = source.split("\n\n") if cell["cell_type"] == "markdown" else speaking_parts(source)
            said |= dict.fromkeys(filter(None, map(plain, parts)))
    return [Row((text,), Request.HELP, "train") for text in said]


def read_frames() -> list[Row]:
    """Texts made from frames, the same each time; none of them is measured on."""
    content = tomllib.loads(
        files("darsgah_tutor").joinpath("request_frames.toml").read_text(encoding="utf-8")
    )
    lists = content.pop("lists")
    chance = random.Random(0)  # noqa: S311 - it picks words for examples, nothing secret
    made: dict[str, Request] = {}
    for kind, entry in content.items():
        for frame in entry["frames"]:
            for _ in range(MADE):
                text = _PLACE.sub(lambda found: chance.choice(lists[found[1]]), frame)
                made[plain(text)] = KINDS[kind]
    return [Row((text,), request, "train", made=True) for text, request in made.items()]


def fit(rows: Sequence[Row]) -> Weights:
    """Weights without a threshold from the rows of ``train``: multinomial logistic regression, full batches.

    Attacks and harmless texts weigh the same as a whole, however many there are of each.
    """
    texts = [(set(features(part)), row) for row in rows if row.part == "train" for part in row.parts]
    counts = Counter(feature for seen, _ in texts for feature in seen)
    names = sorted(
        feature
        for feature, count in counts.items()
        if count >= (WORD_SEEN if feature.startswith("word:") else 2)
    )
    places = {name: place for place, name in enumerate(names)}
    columns = [
        np.array(sorted(places[one] for one in seen if one in places), dtype=np.intp) for seen, _ in texts
    ]
    owner = np.repeat(np.arange(len(texts)), [len(column) for column in columns])
    column = np.concatenate(columns)
    wanted = np.array([CLASSES.index(row.request) for _, row in texts])
    importance = np.array([MADE_SHARE if row.made else 1.0 for _, row in texts])
    shares = np.bincount(wanted > 0, weights=importance, minlength=2)
    importance *= 0.5 / shares[(wanted > 0).astype(int)]
    target = np.eye(len(CLASSES))[wanted]
    weight = np.zeros((len(names), len(CLASSES)))
    bias = np.zeros(len(CLASSES))
    for _ in range(STEPS):
        slope = (_likely(_summed(weight, column, owner, len(texts)) + bias) - target) * importance[:, None]
        for place in range(len(CLASSES)):
            step = np.bincount(column, weights=slope[owner, place], minlength=len(names))
            weight[:, place] -= RATE * (step + DECAY * weight[:, place])
        bias -= RATE * slope.sum(axis=0)
    kept = {name: tuple(map(float, weight[place].round(3))) for name, place in places.items()}
    return Weights(
        {name: values for name, values in kept.items() if any(values)}, tuple(map(float, bias)), 1.0
    )


def with_threshold(weights: Weights, rows: Sequence[Row]) -> Weights:
    """The least threshold at which few enough harmless texts of ``train`` and ``dev`` are refused."""
    harmless = sorted(
        (_refused(row, weights) for row in rows if row.part != "test" and row.request is Request.HELP),
        reverse=True,
    )
    allowed = int(FALSE_ALARMS * len(harmless))
    return Weights(weights.features, weights.bias, round(min(0.99, harmless[allowed] + 0.01), 3))


def measure(weights: Weights, rows: Sequence[Row], part: str) -> Measure:
    """How the weights do on one part."""
    found = [
        (row.request is Request.HELP, _refused(row, weights) >= weights.threshold)
        for row in rows
        if row.part == part
    ]
    return Measure(
        let_through=sum(not harmless and not refused for harmless, refused in found),
        attacks=sum(not harmless for harmless, _ in found),
        refused=sum(harmless and refused for harmless, refused in found),
        harmless=sum(harmless for harmless, _ in found),
    )


def fingerprint(folder: Path) -> str:
    """Of the rows, so that it can be seen which ones weights were fitted on."""
    content = b"".join(file.read_bytes() for file in sorted(folder.glob("*.jsonl")))
    return hashlib.sha256(content).hexdigest()


def _refused(row: Row, weights: Weights) -> float:
    judged = (judged_by(part, weights, in_code=row.in_code) for part in row.parts if part)
    return max((one.score for one in judged), default=0.0)


def _summed(
    weight: NDArray[np.float64], column: NDArray[np.intp], owner: NDArray[np.intp], texts: int
) -> NDArray[np.float64]:
    sums = [
        np.bincount(owner, weights=weight[column, place], minlength=texts) for place in range(weight.shape[1])
    ]
    return np.stack(sums, axis=1)


def _likely(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    likely: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return likely


def _lines(weights: Weights, rows: Sequence[Row]) -> Iterator[str]:
    yield f"{len(weights.features)} features, threshold {weights.threshold}"
    for part in ("train", "dev", "test"):
        found = measure(weights, rows, part)
        yield (
            f"{part}: {found.let_through} of {found.attacks} attacks let through, "
            f"{found.refused} of {found.harmless} harmless texts refused"
        )


def main() -> None:
    """Fit, say how well, and write the weights into the package."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("labs", type=Path)
    chosen = parser.parse_args()
    rows = read_rows(chosen.rows)
    weights = with_threshold(fit([*rows, *read_labs(chosen.labs), *read_frames()]), rows)
    content = {
        "fitted_on": fingerprint(chosen.rows),
        "threshold": weights.threshold,
        "bias": weights.bias,
        "features": weights.features,
    }
    with Path(str(files("darsgah_tutor") / "request_weights.json")).open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, separators=(",", ":"))
    parser.exit(message="\n".join(_lines(weights, rows)) + "\n")


if __name__ == "__main__":
    main()
