"""Fits the weights by which requests are told apart, and says how well they do on texts that took no part.

    python -m darsgah_tutor.request_fitting tests/tutor/requests labs/lab-sources

Fitted is a multinomial logistic regression on the rows of ``fitting``, with the labs' own texts as more of
what is harmless and texts made from ``request_frames.toml``. The threshold is fixed on the same rows, each
scored by weights that never saw its family. The same data gives the same weights.
"""

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from darsgah_tutor.request_features import SHARES, features, kind
from darsgah_tutor.request_rows import FITTING, Row, fingerprint, measures, read_frames, read_labs, read_rows
from darsgah_tutor.requests import CLASSES, Request, Weights, passages
from darsgah_tutor.wording import plain

FALSE_ALARMS = 0.03
"""Share of the harmless texts that may be refused at the threshold by weights that never saw their family.

Most of these texts are near misses of attacks. A learner who is refused still gets the hint.
"""
SEEN = {"sound": 4, "piece": 5}
"""Texts in which a feature has to stand before it has a weight: what is rarer is learnt by heart."""
SEEN_ELSE = 3
FOLDS = 6
"""Groups of families that are held out in turn where the threshold is fixed."""
STEPS = 80
RATE = 0.1
DECAY = 4e-4
"""Weight decay."""
LEAST = 0.02
"""Weights of which none is as large are left out of the file."""

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Texts:
    """What is fitted on, as sparse rows of features.

    Attributes:
        names: of the features that get a weight.
        column: the features of each text, text after text.
        owner: whose text each of them is.
        rows: of which row each text is.
    """

    names: tuple[str, ...]
    column: NDArray[np.intp]
    owner: NDArray[np.intp]
    rows: tuple[Row, ...]

    @property
    def share(self) -> Numbers:
        """What each feature counts for."""
        return np.array([SHARES[kind(name)] for name in self.names], dtype=np.float32)[:, None]


def texts_of(rows: Sequence[Row]) -> Texts:
    """The passages of rows with their features; a feature that is too rare is left out."""
    seen, owners = [], []
    for row in rows:
        for said in row.said:
            for piece in passages(said):
                seen.append(features(plain(piece), in_code=row.in_code))
                owners.append(row)
    counts = Counter(feature for one in seen for feature in one)
    names = sorted(name for name, count in counts.items() if count >= SEEN.get(kind(name), SEEN_ELSE))
    places = {name: place for place, name in enumerate(names)}
    columns = [sorted(places[one] for one in text if one in places) for text in seen]
    return Texts(
        names=tuple(names),
        column=np.array([one for text in columns for one in text], dtype=np.intp),
        owner=np.repeat(np.arange(len(columns)), [len(text) for text in columns]),
        rows=tuple(owners),
    )


def fit(texts: Texts, took_part: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """Weights and bias by Adam in full batches; its rate falls to nothing.

    Attacks and harmless texts weigh the same as a whole, however many there are of each.

    Args:
        took_part: which texts are fitted on.
    """
    wanted = np.array([CLASSES.index(row.request) for row in texts.rows])
    importance = np.array([row.share for row in texts.rows], dtype=np.float32) * took_part
    together = np.bincount(wanted > 0, weights=importance, minlength=2).astype(np.float32)
    importance *= 0.5 / together[(wanted > 0).astype(int)]
    target = np.eye(len(CLASSES), dtype=np.float32)[wanted]
    share = texts.share
    by_column = np.argsort(texts.column, kind="stable")
    owner, starts = texts.owner[by_column], np.searchsorted(texts.column[by_column], np.arange(len(share)))
    weight, first, second = np.zeros((3, len(share), len(CLASSES)), dtype=np.float32)
    bias = np.zeros(len(CLASSES), dtype=np.float32)
    for step in range(1, STEPS + 1):
        slope = (likely(texts, share * weight, bias) - target) * importance[:, None]
        along = share * np.add.reduceat(slope[owner], starts, axis=0) + DECAY * weight
        first += 0.1 * (along - first)
        second += 0.02 * (along**2 - second)
        scale = np.sqrt(second / (1 - 0.98**step)) + 1e-8
        weight -= RATE * (1.0 - (step - 1) / STEPS) * first / (1 - 0.9**step) / scale
        bias -= slope.sum(axis=0)
    return share * weight, bias


def likely(texts: Texts, weight: Numbers, bias: Numbers) -> Numbers:
    """Probability of each request for each text."""
    starts = np.searchsorted(texts.owner, np.arange(len(texts.rows)))
    sums = np.add.reduceat(weight[texts.column], starts, axis=0) + bias
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    shares: Numbers = powers / powers.sum(axis=1, keepdims=True)
    return shares


def held_out_scores(texts: Texts) -> dict[Row, float]:
    """How likely each row is no request for help, by weights that never saw a row of its family."""
    folds = np.array(
        [zlib.crc32(row.family.encode()) % FOLDS if row.share == 1.0 else FOLDS for row in texts.rows]
    )
    found: dict[Row, float] = {}
    for fold in range(FOLDS):
        chances = likely(texts, *fit(texts, folds != fold))
        for place in np.flatnonzero(folds == fold):
            row, chance = texts.rows[place], dict(zip(CLASSES, chances[place].tolist(), strict=True))
            if row.in_code:
                del chance[Request.OFF_TOPIC]
            found[row] = max(found.get(row, 0.0), 1.0 - chance[Request.HELP] / sum(chance.values()))
    return found


def threshold(found: dict[Row, float]) -> float:
    """The least one at which few enough harmless rows are refused; made rows and labs' do not count."""
    harmless = sorted(
        (score for row, score in found.items() if row.request is Request.HELP and row.share == 1.0),
        reverse=True,
    )
    return round(min(0.99, harmless[int(FALSE_ALARMS * len(harmless))] + 0.001), 3)


def weights_of(texts: Texts) -> Weights:
    """The weights fitted on all texts, with the threshold that those that saw less of them give."""
    weight, bias = fit(texts, np.ones(len(texts.rows), dtype=bool))
    kept = zip(texts.names, weight.round(2).tolist(), strict=True)
    return Weights(
        features={name: tuple(values) for name, values in kept if max(map(abs, values)) >= LEAST},
        bias=tuple(bias.round(3).tolist()),
        threshold=threshold(held_out_scores(texts)),
    )


def _lines(weights: Weights, rows: Sequence[Row]) -> Iterator[str]:
    yield f"{len(weights.features)} features, threshold {weights.threshold}"
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
    weights = weights_of(texts_of([*fitted_on, *read_labs(chosen.labs), *read_frames()]))
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
