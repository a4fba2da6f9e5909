"""The tutor's own model as a part of the engine: from evidence to a diagnosis."""

from collections.abc import Sequence

import torch

from darsgah_tutor.calibration import confidences
from darsgah_tutor.features import features
from darsgah_tutor.model import SuspectsModel, batch_of
from darsgah_tutor.precision import precision
from darsgah_tutor.spectrum import ranking
from darsgah_tutor.types import Diagnosis, Evidence, Finding, Question


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
        """Lines by the model's scores; no misconception where it does not know."""
        read = features(question.description, evidence, findings)
        if not read.lines:
            return Diagnosis((), (), None, 0.0, self._name)
        with torch.inference_mode(), precision(self._model.device):
            said = self._model(batch_of([read]))
            sure = float(confidences(said, self._model.config.calibration)[0])
        scores = dict(zip(read.lines, said.shares[0].tolist(), strict=True))
        lines = tuple(sorted(ranking(evidence), key=lambda line: -scores.get(line, 0.0)))
        believed = int(said.misconceptions[0].argmax())
        known = believed > 0 and float(said.unknown[0]) < 0
        return Diagnosis(
            lines=lines,
            scores=tuple(scores.get(line, 0.0) for line in lines),
            misconception=self._model.config.misconceptions[believed - 1] if known else None,
            confidence=sure,
            model=self._name,
        )
