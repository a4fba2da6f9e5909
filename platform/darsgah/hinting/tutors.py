"""The tutor with the parts that come with Darsgah."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import structlog

from darsgah_tutor.detectors import detect
from darsgah_tutor.engine import Tutor
from darsgah_tutor.parts import Model
from darsgah_tutor.pointing import Pointing
from darsgah_tutor.repair import repair
from darsgah_tutor.shipped import shipped_weights
from darsgah_tutor.types import Diagnosis, Evidence, Finding, Question

logger = structlog.get_logger("darsgah.tutor")


class ShippedModel:
    """The model that comes with Darsgah; the first diagnosis waits for it, who is asked for none does not.

    It is read from the moment this is made, beside the first answer's run: torch alone takes seconds. Where
    it cannot be read, what ran when points, and the log says why.
    """

    def __init__(self, folder: Path) -> None:
        self._model: Future[Model] = Future()
        Thread(target=self._read, args=(folder,), name="tutor model", daemon=True).start()

    def diagnose(self, question: Question, evidence: Evidence, findings: Sequence[Finding]) -> Diagnosis:
        """As the model says, once it is there."""
        return self._model.result().diagnose(question, evidence, findings)

    def _read(self, folder: Path) -> None:
        try:
            # The web process and commands without a tutor never load torch.
            from darsgah_tutor.diagnosing import Suspecting  # noqa: PLC0415 - see above
            from darsgah_tutor.loading import load, name_of  # noqa: PLC0415 - see above

            self._model.set_result(Suspecting(load(folder), name_of(folder)))
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            logger.warning("tutor_model_not_read", reason=str(error), instead="what ran when")
            self._model.set_result(Pointing())


def shipped_tutor() -> Tutor:
    """Points by its own model, what detectors see and a repair that passes; needs neither network nor GPU."""
    weights = shipped_weights()
    model = Pointing() if weights is None else ShippedModel(weights)
    return Tutor(detectors=(detect,), model=model, repairer=repair)


def evidence_tutor() -> Tutor:
    """For who wants no AI: looks for nothing behind what the tests saw."""
    return Tutor()
