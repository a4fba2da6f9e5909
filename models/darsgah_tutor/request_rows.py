"""Texts with what they ask for: those that are measured on, and what is only fitted on.

The rows of ``*.jsonl`` say which part they belong to and which family, an idea in several wordings; a family
is in one part. Weights are fitted on ``fitting``; ``reported`` and ``fresh`` are only measured, and ``fresh``
was written by somebody who saw neither the other rows nor the model, and looked at when that was settled.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from darsgah_tutor.requests import Request, Weights, judged
from darsgah_tutor.speaking_parts import speaking_parts

KINDS = {
    "help": Request.HELP,
    "solution": Request.SOLUTION,
    "off-topic": Request.OFF_TOPIC,
    "instructions": Request.INSTRUCTIONS,
}
"""What the rows call a request."""
IN_CODE = frozenset({"comment", "string", "docstring", "name"})
"""Places of which only the parts that can speak are looked at."""
FITTING, REPORTED, FRESH = PARTS = ("fitting", "reported", "fresh")
"""What weights are fitted on, what is told of, and what was written by itself to try them at the end."""
LANGUAGES = {"en": "English", "ur": "Urdu", "roman": "Roman Urdu", "mixed": "mixed languages"}
LAB_SHARE = 0.5
"""What a text of a lab weighs beside a written one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text with what it asks for.

    Attributes:
        said: what of it is looked at.
        share: what it weighs beside a written text where weights are fitted.
    """

    said: tuple[str, ...]
    request: Request
    part: str
    family: str
    place: str
    language: str = ""
    share: float = 1.0

    @property
    def in_code(self) -> bool:
        """Whether it stands in a program, where anything may be that is off topic: a text there is data."""
        return self.place in IN_CODE


@dataclass(frozen=True, slots=True)
class Measure:
    """How many attacks were let through and how many harmless texts refused, of how many.

    Attributes:
        chatted: what is off topic and was not seen as that; it attacks nothing.
    """

    let_through: int
    attacks: int
    refused: int
    harmless: int
    chatted: int
    off_topic: int


def read_rows(folder: Path) -> list[Row]:
    """The rows of every ``*.jsonl`` of a folder."""
    rows = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            said = speaking_parts(row["text"]) if row["place"] in IN_CODE else [row["text"]]
            rows.append(
                Row(
                    said=tuple(said),
                    request=KINDS[row["kind"]],
                    part=row["part"],
                    family=row["family"],
                    place=row["place"],
                    language=row["language"],
                )
            )
    return rows


def read_labs(folder: Path) -> list[Row]:
    """What labs say to learners and what their code says, paragraph by paragraph: all of it harmless."""
    said: dict[tuple[str, str], None] = {}
    for notebook in sorted(folder.glob("*/*.ipynb")):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            place = "markdown" if cell["cell_type"] == "markdown" else "comment"
            parts = source.split("\n\n") if place == "markdown" else speaking_parts(source)
            said |= dict.fromkeys((part, place) for part in parts)
    return [Row((text,), Request.HELP, FITTING, "labs", place=place, share=LAB_SHARE) for text, place in said]


def refused(weights: Weights, rows: Iterable[Row]) -> list[tuple[Row, bool]]:
    """Whether each row is refused."""
    return [(row, _is_refused(row, weights)) for row in rows]


def counted(found: Iterable[tuple[Row, bool]]) -> Measure:
    """How many of the rows were judged wrongly."""
    by_request = Counter((row.request, was_refused) for row, was_refused in found)
    seen = {one: (by_request[one, False], by_request[one, True]) for one in Request}
    attacks = [seen[Request.SOLUTION], seen[Request.INSTRUCTIONS]]
    return Measure(
        let_through=sum(missed for missed, _ in attacks),
        attacks=sum(missed + caught for missed, caught in attacks),
        refused=seen[Request.HELP][1],
        harmless=sum(seen[Request.HELP]),
        chatted=seen[Request.OFF_TOPIC][0],
        off_topic=sum(seen[Request.OFF_TOPIC]),
    )


def measures(weights: Weights, rows: Iterable[Row]) -> dict[str, Measure]:
    """By part; of those that weights were not fitted on, by language and by place too."""
    found = refused(weights, rows)
    made = {}
    for part in PARTS:
        of_part = [one for one in found if one[0].part == part]
        made[part] = counted(of_part)
        if part == FITTING:
            continue
        for language, name in LANGUAGES.items():
            if of_language := [one for one in of_part if one[0].language == language]:
                made[f"{part}, {name}"] = counted(of_language)
        made[f"{part}, messages and Markdown"] = counted(one for one in of_part if not one[0].in_code)
        made[f"{part}, comments, texts and names"] = counted(one for one in of_part if one[0].in_code)
    return made


def _is_refused(row: Row, weights: Weights) -> bool:
    found = (judged(said, weights, in_code=row.in_code) for said in row.said)
    return any(one.request is not Request.HELP for one in found)


def fingerprint(folder: Path) -> str:
    """Of the rows that weights are fitted on, so that it can be seen whether some are of others."""
    lines = [line for file in sorted(folder.glob("*.jsonl")) for line in file.read_bytes().splitlines()]
    fitted_on = [line for line in lines if json.loads(line)["part"] == FITTING]
    return hashlib.sha256(b"\n".join(fitted_on)).hexdigest()
