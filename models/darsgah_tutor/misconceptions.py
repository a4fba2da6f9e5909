"""Misconceptions with what is told to learners who have them: a lab's ``hints.toml`` or the general bank.

Both have one shape (docs/lab-authoring.md). A misconception of a lab shows by signs: a test that fails, an
exception, words of its message, a pattern in the answer. One of the general bank is seen by the detector of
its name and needs no signs.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from darsgah_tutor.types import Level

LEVELS = {
    Level.WHERE: "where",
    Level.QUESTION: "question",
    Level.CONCEPT: "concept",
    Level.EXAMPLE: "example",
}
"""What each level is called in a bank; level 0 is nobody's text."""
LANGUAGES = ("en", "ur")


@dataclass(frozen=True, slots=True)
class Sign:
    """One way a misconception shows; everything that is given has to hold at once.

    Attributes:
        fails: name of a test that fails.
        exception: its name, without or with its module.
        message: pattern found in its message, or in that of the failing statement of a test.
        source: pattern found in the answer.
    """

    fails: str | None = None
    exception: str | None = None
    message: re.Pattern[str] | None = None
    source: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Misconception:
    """Something a learner may believe that is not so.

    Attributes:
        answers: ids of the questions it is about; empty for all.
        hints: by level and language, with ``{slots}``.
    """

    name: str
    belief: str
    answers: tuple[str, ...]
    signs: tuple[Sign, ...]
    hints: Mapping[Level, Mapping[str, str]]


Bank = Mapping[str, Misconception]
"""By name."""


class BankError(Exception):
    """A bank cannot be read; says which file, which misconception, and why."""


def read_bank(path: Path) -> Bank:
    """The misconceptions of one file.

    Raises:
        BankError: not TOML, or a misconception without a name or a hint in both languages.
    """
    try:
        return parse_bank(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise BankError(f"{path.name} cannot be read: {error}") from error


def parse_bank(text: str, name: str = "hints.toml") -> Bank:
    """The same of a text, which an editor may hold.

    Raises:
        BankError: as above.
    """
    try:
        entries = tomllib.loads(text).get("misconceptions", [])
        return {entry["name"]: _misconception(entry) for entry in entries}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, re.error) as error:
        raise BankError(f"{name} is no bank of hints: {error!r}") from error


@cache
def general_bank() -> Bank:
    """The bank that comes with the tutor: every file of ``bank/``."""
    folder = files("darsgah_tutor") / "bank"
    banks = [
        parse_bank(file.read_text(encoding="utf-8"), file.name)
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]
    return {name: entry for bank in banks for name, entry in bank.items()}


def _misconception(entry: Mapping[str, Any]) -> Misconception:
    return Misconception(
        name=entry["name"],
        belief=entry["belief"],
        answers=tuple(entry.get("answers", ())),
        signs=tuple(_signs(entry.get("evidence", ()))),
        hints={
            level: {language: entry["hints"][key][language] for language in LANGUAGES}
            for level, key in LEVELS.items()
            if key in entry["hints"]
        },
    )


def _signs(entries: Iterable[Mapping[str, str]]) -> Iterable[Sign]:
    for entry in entries:
        yield Sign(
            fails=entry.get("fails"),
            exception=entry.get("exception"),
            message=re.compile(entry["message"]) if "message" in entry else None,
            source=re.compile(entry["source"]) if "source" in entry else None,
        )
