"""The tutor's own model as a part of the engine: from evidence to a diagnosis."""

from collections.abc import Sequence

import torch

from darsgah_tutor.calibration import confidences
from darsgah_tutor.features import features
from darsgah_tutor.model import Suspects, SuspectsModel, batch_of
from darsgah_tutor.precision import precision
from darsgah_tutor.spectrum import ranking
from darsgah_tutor.types import Diagnosis, Evidence, Finding, Question

FINDING_SHARE = 0.25
"""What a detector's finding adds to its line's share, times its strength."""
PLAIN = 0.5
"""Strength from which a finding says what is believed, and the model is not asked."""


class Suspecting:
    """Diagnoses with a trained model; threads may share it.

    Args:
        model: as ``darsgah_tutor.loading`` reads it, ready to judge.
        name: what the model is called, version included.
    """

    def __init__(self, model: SuspectsModel, name: str) -> None:
        self._model = model
        self._name = name

    def diagnose(self, question: Question, evidence: Evidence, findings: Sequence[Finding]) -> Diagnosis:
        """Lines by the model's shares and the findings; the misconception by who is surer of it."""
        read = features(question.description, evidence, findings)
        if not read.lines:
            return Diagnosis((), (), None, 0.0, self._name)
        with torch.inference_mode(), precision(self._model.device):
            said = self._model(batch_of([read]))
        shares = dict.fromkeys(ranking(evidence), 0.0)
        shares |= dict(zip(read.lines, said.shares[0].tolist(), strict=True))
        for finding in findings:
            if finding.line in shares:
                shares[finding.line] += FINDING_SHARE * finding.strength
        lines = tuple(sorted(shares, key=lambda line: -shares[line]))
        total = sum(shares.values())
        strongest = max(findings, key=lambda finding: finding.strength, default=None)
        sure = float(confidences(said, self._model.config.calibration)[0])
        plain = strongest is not None and strongest.strength >= min(PLAIN, sure)
        return Diagnosis(
            lines=lines,
            scores=tuple(shares[line] / total for line in lines),
            misconception=strongest.misconception if strongest and plain else self._believed(said),
            confidence=strongest.strength if strongest and plain else sure,
            model=self._name,
            slots=strongest.slots if strongest and plain else {},
        )

    def _believed(self, said: Suspects) -> str | None:
        """The likeliest misconception, where the model thinks that one can be known."""
        likeliest = int(said.misconceptions[0].argmax())
        known = likeliest > 0 and float(said.unknown[0]) < 0
        return self._model.config.misconceptions[likeliest - 1] if known else None
