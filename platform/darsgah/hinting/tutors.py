"""The tutor with the parts that come with Darsgah."""

from darsgah_tutor.detectors import detect
from darsgah_tutor.engine import Tutor
from darsgah_tutor.repair import repair


def shipped_tutor() -> Tutor:
    """Points by what ran when, what detectors see and a repair that passes; needs neither network nor GPU."""
    return Tutor(detectors=(detect,), repairer=repair)


def evidence_tutor() -> Tutor:
    """For who wants no AI: looks for nothing behind what the tests saw."""
    return Tutor()
