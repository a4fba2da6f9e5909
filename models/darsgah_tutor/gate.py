"""Deliver or withhold: whatever a hint was made by, it passes here before a learner sees it.

The gate says why it holds a hint back; the reasons are for instructors. What it lets through instead is the
evidence, which is true by construction.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from darsgah_tutor.code_in_text import blocks, prose, spans
from darsgah_tutor.directions import is_in
from darsgah_tutor.leaks import Secrets, solves, told_code, told_runs, told_words
from darsgah_tutor.parts import Passage
from darsgah_tutor.phrases import LANGUAGES
from darsgah_tutor.realiser import Realised
from darsgah_tutor.types import Diagnosis, Evidence, Level, Trials

SPLICE_SECONDS = 1.0
LONGER = 3
"""Times the authored text that a rephrased one may be long."""
_NAMED_LINE = re.compile(r"(?:\bline|سطر|لائن)\s*[\u2066`]*(\d+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_OPEN_PLACE = re.compile(r"\{(?:line|name|input|value|call)\}")
_LINK_OR_MARKUP = re.compile(r"https?:|www\.|\]\(|!\[|<[a-zA-Z/!]")


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate of one answer needs to know.

    Attributes:
        threshold: the least confidence with which a diagnosis is told; calibrated for each lab.
    """

    evidence: Evidence
    diagnosis: Diagnosis
    secrets: Secrets
    trials: Trials
    threshold: float

    def doubts(self) -> list[str]:
        """Why nothing should be said about this answer but the evidence."""
        found = []
        if self.diagnosis.confidence < self.threshold:
            found.append(f"confidence {self.diagnosis.confidence:.2f} below {self.threshold:.2f}")
        if not self._lines_exist(self.diagnosis.lines):
            found.append("a suspect line that is not there")
        return found

    def faults(self, level: Level, realised: Realised) -> list[str]:
        """Why an authored hint with its places filled may not be shown."""
        text = "\n".join(realised.text[language] for language in LANGUAGES)
        found = [
            f"{name} is not the learner's to know"
            for name, value in realised.fillings.items()
            if name != "line" and not self._is_open(value)
        ]
        if _OPEN_PLACE.search("\n".join(map(prose, realised.text.values()))):
            found.append("a place that is not filled")
        return found + self._wrong_lines(text) + self._leaks(level, text, realised.written)

    def rephrasing_faults(self, passage: Passage, text: str) -> list[str]:
        """Why another's words for an authored hint may not be shown; the text may be its beginning only."""
        found = self._wrong_lines(text) + self._leaks(passage.level, text, passage.authored)
        stated = f"{passage.authored}\n{self.secrets.open_text}"
        known = set(_NUMBER.findall(stated))
        if any(number not in known for number in _NUMBER.findall(text)):
            found.append("a number from nowhere")
        if any(code not in stated for code in (*spans(text), *blocks(text))):
            found.append("code from nowhere")
        if _LINK_OR_MARKUP.search(prose(text)):
            found.append("a link or markup")
        if len(text) > LONGER * len(passage.authored) + 200:
            found.append("too long")
        if not is_in(text, passage.language):
            found.append("another language")
        return found

    def _leaks(self, level: Level, text: str, written: str) -> list[str]:
        found = []
        if level < Level.EXAMPLE and told_code(text, self.secrets):
            found.append("code before the example")
        if told_runs(text, self.secrets):
            found.append("a run of a correct answer")
        if told_words(text, self.secrets, written):
            found.append("words of a hidden part")
        if not found and (made := self._splice(text)) is not None:
            found.append(made)
        return found

    def _splice(self, text: str) -> str | None:
        return solves(text, self.evidence, self.diagnosis.lines, self.trials, seconds=SPLICE_SECONDS)

    def _wrong_lines(self, text: str) -> list[str]:
        lines = [int(number) for number in _NAMED_LINE.findall(text)]
        return [] if self._lines_exist(lines) else ["a line that is not there"]

    def _lines_exist(self, lines: Sequence[int]) -> bool:
        rows = self.evidence.source.splitlines()
        return all(1 <= line <= len(rows) and rows[line - 1].strip() for line in lines)

    def _is_open(self, value: str) -> bool:
        return value in self.secrets.open_text
