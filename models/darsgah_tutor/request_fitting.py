"""Fits the weights by which requests are told apart, and says how well they do on texts that took no part.

    python -m darsgah_tutor.request_fitting tests/tutor/requests labs/lab-sources

Fitted is a multinomial logistic regression on the rows of ``fitting``, with the labs' own texts as more of
what is harmless; in every step a part of each text's features is left out, so that no few of them decide. The
thresholds are fixed on the same rows, each scored by weights that never saw its family. The same data gives
the same weights.
"""

import argparse
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from darsgah_tutor.request_features import PLACES, features, places
from darsgah_tutor.request_rows import FITTING, Row, fingerprint, measures, read_labs, read_rows
from darsgah_tutor.requests import (
    CLASSES,
    WEIGHTS,
    Request,
    Thresholds,
    Weights,
    against,
    passages,
    write_weights,
)
from darsgah_tutor.wording import plain

FALSE_ALARMS = 0.05
"""Share of the harmless texts that may be refused at a threshold by weights that never saw their family.

Most of these texts are near misses of attacks, and whole ways of talking are held out with a family: of the
reported part, which is like others of which some are known, one in a hundred is refused then.
"""
CHATTED = 0.002
"""The same for what is taken to be off topic, which attacks nothing."""
FOLDS = 5
"""Groups of families that are held out in turn where the thresholds are fixed."""
ROUNDS = 12
"""How often every text is seen."""
BATCH = 384
RATE = 0.035
DECAY = 3e-5
"""Weight decay."""
LEFT_OUT = 0.3
"""Share of a text's features that it goes without in a step."""
SOFT = 0.02
"""Share of what is wanted that is spread over all requests, for labels that people would not agree on."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is fitted on, as sparse rows of features.

    Attributes:
        place: of each feature, text after text.
        share: what each of them counts for.
        start: where each text begins, and the end of the last.
        rows: of which row each text is.
    """

    place: NDArray[np.intp]
    share: Numbers
    start: NDArray[np.intp]
    rows: tuple[Row, ...]

    def some(self, chosen: NDArray[np.intp]) -> "Texts":
        """Those at some places."""
        lengths = self.start[chosen + 1] - self.start[chosen]
        start = np.concatenate([[0], np.cumsum(lengths)])
        at = np.repeat(self.start[chosen] - start[:-1], lengths) + np.arange(start[-1])
        return Texts(self.place[at], self.share[at], start, tuple(self.rows[one] for one in chosen))


def texts_of(rows: Sequence[Row]) -> Texts:
    """The passages of rows with their features."""
    seen, owners = [], []
    for row in rows:
        for said in row.said:
            for piece in passages(said):
                if words := plain(piece):
                    seen.append(features(words, in_code=row.in_code))
                    owners.append(row)
    return Texts(
        place=np.concatenate([places(one) for one in seen]),
        share=np.array([share for one in seen for share in one.values()], dtype=np.float32),
        start=np.concatenate([[0], np.cumsum([len(one) for one in seen])]),
        rows=tuple(owners),
    )


def fit(texts: Texts) -> tuple[Numbers, Numbers]:
    """Weights and bias by Adam in small batches; its rate falls to nothing."""
    chance = np.random.default_rng(0)
    target, importance = _wanted(texts.rows)
    weight, first, second = np.zeros((3, PLACES, len(CLASSES)), dtype=np.float32)
    bias = np.zeros(len(CLASSES), dtype=np.float32)
    steps = ROUNDS * -(-len(texts.rows) // BATCH)
    step = 0
    for _ in range(ROUNDS):
        order = chance.permutation(len(texts.rows))
        for at in range(0, len(order), BATCH):
            chosen = order[at : at + BATCH]
            some = texts.some(chosen)
            kept = (chance.random(len(some.place)) > LEFT_OUT).astype(np.float32) / (1.0 - LEFT_OUT)
            some = replace(some, share=some.share * kept)
            slope = (likely(some, weight, bias) - target[chosen]) * importance[chosen, None] / BATCH
            along = _along(some, slope.astype(np.float32)) + DECAY * weight
            first += 0.1 * (along - first)
            second += 0.02 * (along**2 - second)
            rate = RATE * (1.0 - step / steps)
            step += 1
            scale = np.sqrt(second / (1 - 0.98**step)) + 1e-6
            weight -= rate / (1 - 0.9**step) * first / scale
            bias -= 2 * rate * slope.sum(axis=0)
    return weight, bias


def likely(texts: Texts, weight: Numbers, bias: Numbers) -> Numbers:
    """Probability of each request for each text."""
    sums = np.add.reduceat(weight[texts.place] * texts.share[:, None], texts.start[:-1], axis=0) + bias
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares: Numbers = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _wanted(rows: Sequence[Row]) -> tuple[Numbers, Numbers]:
    """What each text is wanted to be, and what it weighs: harmless texts weigh the same as all others."""
    place = np.array([CLASSES.index(row.request) for row in rows])
    target = (1.0 - SOFT) * np.eye(len(CLASSES), dtype=np.float32)[place] + SOFT / len(CLASSES)
    importance = np.array([row.share for row in rows], dtype=np.float32)
    together = np.bincount(place > 0, weights=importance, minlength=2)
    importance *= 0.5 * len(rows) / together[(place > 0).astype(int)]
    return target.astype(np.float32), importance


def _along(texts: Texts, slope: Numbers) -> Numbers:
    """The gradient of the table."""
    each = np.repeat(slope, np.diff(texts.start), axis=0) * texts.share[:, None]
    columns = [np.bincount(texts.place, column, minlength=PLACES) for column in each.T]
    return np.stack(columns, axis=1).astype(np.float32)


def held_out_scores(texts: Texts) -> dict[Row, tuple[float, float]]:
    """How likely each row attacks, and is off topic, by weights that never saw a row of its family."""
    folds = np.array(
        [zlib.crc32(row.family.encode()) % FOLDS if row.share == 1.0 else FOLDS for row in texts.rows]
    )
    found: dict[Row, tuple[float, float]] = {}
    for fold in range(FOLDS):
        weight, bias = fit(texts.some(np.flatnonzero(folds != fold)))
        held = texts.some(np.flatnonzero(folds == fold))
        for row, chances in zip(held.rows, likely(held, weight, bias).tolist(), strict=True):
            chance = dict(zip(CLASSES, chances, strict=True))
            chatted, helped = chance.pop(Request.OFF_TOPIC), chance.pop(Request.HELP)
            before = found.get(row, (0.0, 0.0))
            found[row] = (max(before[0], against(helped, sum(chance.values()))), max(before[1], chatted))
    return found


def thresholds(found: dict[Row, tuple[float, float]]) -> Thresholds:
    """The least ones at which few enough harmless rows are refused; labs' texts do not count."""
    harmless = [row for row in found if row.request is Request.HELP]
    said = [row for row in harmless if not row.in_code]
    return Thresholds(
        message=_least([found[row][0] for row in said], FALSE_ALARMS),
        in_code=_least([found[row][0] for row in harmless if row.in_code], FALSE_ALARMS),
        off_topic=_least([found[row][1] for row in said], CHATTED),
    )


def _least(scores: Sequence[float], refused: float) -> float:
    """The least threshold that so many scores at most reach."""
    highest = sorted(scores, reverse=True)
    return round(min(0.99, highest[int(refused * len(highest))] + 0.001), 3) if highest else 0.99


def weights_of(texts: Texts) -> Weights:
    """The weights fitted on all texts, with the thresholds that those that saw less of them give."""
    weight, bias = fit(texts)
    step = np.abs(weight).max(axis=0) / 127
    return Weights(
        table=np.round(weight / step).astype(np.int8),
        step=tuple(step.tolist()),
        bias=tuple(bias.round(4).tolist()),
        thresholds=thresholds(held_out_scores(texts)),
    )


def _lines(weights: Weights, rows: Sequence[Row]) -> Iterator[str]:
    yield f"thresholds {weights.thresholds}"
    for name, found in measures(weights, rows).items():
        yield (
            f"{name}: {found.let_through} of {found.attacks} attacks let through, {found.refused} of "
            f"{found.harmless} harmless refused, {found.chatted} of {found.off_topic} off topic not noticed"
        )


def main() -> None:
    """Fit, say how well, and write the weights into the package."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument("labs", type=Path)
    chosen = parser.parse_args()
    rows = read_rows(chosen.rows)
    fitted_on = [row for row in rows if row.part == FITTING]
    weights = weights_of(texts_of([*fitted_on, *read_labs(chosen.labs)]))
    with as_file(files("darsgah_tutor")) as folder:
        write_weights(replace(weights, fitted_on=fingerprint(chosen.rows)), folder / WEIGHTS)
    parser.exit(message="\n".join(_lines(weights, rows)) + "\n")


if __name__ == "__main__":
    main()
