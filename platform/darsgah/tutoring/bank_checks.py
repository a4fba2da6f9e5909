"""Whether words for a hint may be kept: in the shape of a lab's own, and with nothing of the solution.

What the author of the bank wrote is not judged again. The gate looks at every hint once more when it is told,
beside the learner's answer; what it would hold back each time is refused here.
"""

import json
import re
from collections.abc import Iterable, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import LabVersionView
from darsgah.tutoring.bank_schemas import LEVELS, LONGEST, HintWords, LevelWords
from darsgah.ui.language import Message
from darsgah_grader.master import Role, read_master
from darsgah_grader.types import AssignmentInvalid, Master
from darsgah_labs.hint_bank import SLOTS
from darsgah_labs.text import is_urdu
from darsgah_tutor.leaks import Secrets, told_code, told_runs, told_words

_SLOT = re.compile(r"\{([A-Za-z_]\w*)\}")
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`]*`", re.DOTALL)
_SOLUTIONS = "solutions/"


async def secrets_of_lab(session: AsyncSession, blobs: BlobStore, lab: LabVersionView) -> Secrets:
    """What a lab hides from its learners, and what it shows them."""
    material = await catalog.grading_material(session, lab.id)
    sources = [Master(file.name, await blobs.get(file.sha256)) for file in material.sources]
    solutions = [
        (await blobs.get(file.sha256)).decode("utf-8", "replace")
        for file in material.authored
        if file.name.startswith(_SOLUTIONS)
    ]
    shown = [await blobs.get(file.sha256) for file in lab.notebooks]
    return _secrets(sources, solutions, shown)


def faults(words: HintWords, authored: HintWords, secrets: Secrets) -> dict[str, Message]:
    """What is wrong with some words, by ``level.language``; empty where they may be kept."""
    found: dict[str, Message] = {}
    known = {text for said in _levels(authored).values() for text in (said.en, said.ur)}
    allowed = "\n".join(known)
    for level, said in _levels(words).items():
        for language, text in (("en", said.en), ("ur", said.ur)):
            fault = _shape_fault(text, language) or (
                _leak(level, text, secrets, allowed) if text not in known else None
            )
            if fault is not None:
                found[f"{level}.{language}"] = fault
    return found


def _levels(words: HintWords) -> Mapping[str, LevelWords]:
    """Those that are there."""
    said = {level: getattr(words, level) for level in LEVELS}
    return {level: texts for level, texts in said.items() if texts is not None}


def _shape_fault(text: str, language: str) -> Message | None:
    if not text.strip():
        return Message("This is needed.")
    if len(text) > LONGEST:
        return Message("At most {count} characters.", count=LONGEST)
    in_urdu = is_urdu(_CODE.sub("", text))
    if language == "ur" and not in_urdu:
        return Message("Write this in Urdu script; code and technical terms may stay in English.")
    if language == "en" and in_urdu:
        return Message("Write this in English.")
    unknown = sorted(set(_SLOT.findall(_FENCED.sub("", text))) - SLOTS)
    if unknown:
        known = ", ".join(f"{{{slot}}}" for slot in sorted(SLOTS))
        return Message(
            "There is no place {slot}. The places are {known}.", slot=f"{{{unknown[0]}}}", known=known
        )
    return None


def _leak(level: str, text: str, secrets: Secrets, allowed: str) -> Message | None:
    code = told_code(text, secrets) if level != "example" else []
    if code:
        return Message(
            "Before the example a hint has no code. Say this in words: {code}", code=_short(code[0])
        )
    runs = told_runs(text, secrets)
    if runs:
        return Message("A correct answer has this, whatever its names are: {code}", code=_short(runs[0]))
    hidden = told_words(text, Secrets((), secrets.hidden_tests, secrets.open_text), allowed)
    if hidden:
        return Message("This stands in a hidden test alone: {code}", code=_short(hidden[0]))
    return None


def _short(code: str) -> str:
    line = " ".join(code.split())
    return line if len(line) <= 80 else f"{line[:79]}…"


def _secrets(sources: Iterable[Master], solutions: Iterable[str], shown: Iterable[bytes]) -> Secrets:
    answers, tests = list(solutions), []
    for source in sources:
        try:
            cells = read_master(source).cells
        except AssignmentInvalid:
            continue  # nobody is given hints on a notebook that cannot be graded
        answers += [cell.reference for cell in cells if cell.role is Role.ANSWER]
        tests += [cell.source for cell in cells if cell.hidden]
    return Secrets(tuple(answers), tuple(tests), "\n".join(_texts(shown)))


def _texts(notebooks: Iterable[bytes]) -> Iterable[str]:
    for notebook in notebooks:
        for cell in json.loads(notebook)["cells"]:
            yield cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
