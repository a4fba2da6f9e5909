"""The questions of every lab that comes with Darsgah, with what their authors wrote for learners."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from darsgah.hinting.lab_hints import lab_bank
from darsgah.hinting.lab_questions import LabQuestion, lab_questions, reference_submission
from darsgah.lab_assignments import assignment_of
from darsgah_grader.environments import Environments
from darsgah_labs.lab_folder import load
from darsgah_tutor.misconceptions import Bank

LABS = Path(__file__).parents[2] / "labs" / "lab-sources"


@dataclass(frozen=True, slots=True)
class ShippedLab:
    """One lab as the tutor sees it; the answers in its questions are its own solutions."""

    slug: str
    questions: Sequence[LabQuestion]
    bank: Bank


@cache
def shipped_labs() -> tuple[ShippedLab, ...]:
    """All of them; nothing is run."""
    found = []
    for folder in sorted(path.parent for path in LABS.glob("*/lab.toml")):
        lab = load(folder)
        assignment = assignment_of(lab, Environments())
        questions = lab_questions(assignment, lab.alternatives, reference_submission(assignment))
        found.append(ShippedLab(folder.name, questions, lab_bank(lab)))
    return tuple(found)
