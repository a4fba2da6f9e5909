"""What ``hints.toml`` promises beyond its shape: cells that exist, patterns that compile, both languages."""

import re
from itertools import chain

from darsgah_labs.errors import LabInvalid
from darsgah_labs.hint_bank import SLOTS, HintBank, Misconception, Sign
from darsgah_labs.notebook import SourceNotebook
from darsgah_labs.text import Text, is_urdu

SLOT = re.compile(r"\{([A-Za-z_]\w*)\}")


def check_hint_bank(bank: HintBank, notebook: SourceNotebook, file: str) -> None:
    """Raise LabInvalid for the first misconception that does not fit the notebook or the format."""
    answers = {cell.grade_id for cell in notebook.graded if cell.is_answer}
    tests = {cell.grade_id for cell in notebook.graded if cell.is_test}
    seen: set[str] = set()
    for index, entry in enumerate(bank.misconceptions):
        place = f"misconceptions[{index}]"
        if entry.name in seen:
            problem = f"The name {entry.name!r} is used twice."
            raise LabInvalid(file, f"{place}.name", problem, "Give each misconception a name of its own.")
        seen.add(entry.name)
        for grade_id in entry.answers:
            _check_cell(grade_id, answers, f"{place}.answers", file)
        for number, sign in enumerate(entry.evidence):
            _check_sign(sign, tests, f"{place}.evidence[{number}]", file)
        _check_hints(entry, f"{place}.hints", file)


def _check_cell(grade_id: str, known: set[str], place: str, file: str) -> None:
    if grade_id not in known:
        mend = f"Use one of: {', '.join(sorted(known))}."
        raise LabInvalid(file, place, f"The notebook has no such cell {grade_id!r}.", mend)


def _check_sign(sign: Sign, tests: set[str], place: str, file: str) -> None:
    if not (sign.fails or sign.exception or sign.message or sign.source):
        mend = "Give at least one of fails, exception, message, source."
        raise LabInvalid(file, place, "This sign says nothing.", mend)
    if sign.fails:
        _check_cell(sign.fails, tests, f"{place}.fails", file)
    for field, pattern in (("message", sign.message), ("source", sign.source)):
        try:
            re.compile(pattern or "")
        except re.error as error:
            problem = f"This is not a regular expression: {error}."
            raise LabInvalid(
                file, f"{place}.{field}", problem, "Mend it; use single quotes in TOML."
            ) from error


def _check_hints(entry: Misconception, place: str, file: str) -> None:
    """Both languages, known slots, and no block of code below level 4."""
    levels = (
        ("where", entry.hints.where),
        ("question", entry.hints.question),
        ("concept", entry.hints.concept),
        ("example", entry.hints.example),
    )
    for level, text in levels:
        if text is None:
            continue
        _check_text(text, f"{place}.{level}", file)
        if level != "example" and "```" in text.en + text.ur:
            mend = "Say it in words; code belongs into 'example'."
            raise LabInvalid(file, f"{place}.{level}", "Levels 1 to 3 carry no block of code.", mend)


def _check_text(text: Text, place: str, file: str) -> None:
    if not text.en.strip():
        raise LabInvalid(file, f"{place}.en", "The English hint is empty.", "Write it.")
    if not is_urdu(re.sub(r"```.*?```|`[^`]*`", "", text.ur, flags=re.DOTALL)):
        problem = "The Urdu hint is empty or not in Urdu script."
        raise LabInvalid(
            file, f"{place}.ur", problem, "Write it; code and technical terms may stay in English."
        )
    for slot in chain(SLOT.findall(text.en), SLOT.findall(text.ur)):
        if slot not in SLOTS:
            mend = f"The slots are: {', '.join(sorted(SLOTS))}; put spaces inside other braces."
            raise LabInvalid(file, place, f"There is no slot {{{slot}}}.", mend)
