"""The tables of ``docs/security.md``; ``python -m tests.grading.security_document`` writes the catalogue's.

A table stands between ``<!-- NAME -->`` and ``<!-- end of NAME -->``. The comparison with other graders is
written by ``python -m bench attacks``.
"""

from collections import defaultdict
from pathlib import Path

from tests.grading.cases import all_cases, catalogue, shown_elsewhere

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
CATALOGUE = "catalogue"

_WORDS = {
    "Z": "0 for that cell, the rest graded",
    "E": "a clear error",
    "R": "no effect",
    "X": "refused",
    "F": "flagged",
    "-": "accepted",
    "!": "**not prevented**",
}


def between(name: str) -> str:
    """What stands between the marks of that name, without the line breaks around it."""
    return (
        DOCUMENT.read_text(encoding="utf-8")
        .split(f"<!-- {name} -->")[1]
        .split(f"<!-- end of {name} -->")[0]
        .strip()
    )


def replace(name: str, text: str) -> None:
    """Put a table between the marks of that name."""
    first, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(f"<!-- {name} -->")
    last = rest.partition(f"<!-- end of {name} -->")[2]
    DOCUMENT.write_text(f"{first}<!-- {name} -->\n{text}\n<!-- end of {name} -->{last}", encoding="utf-8")


def catalogue_table() -> str:
    """Every row of the catalogue with its outcome and what shows it."""
    shown: dict[int, list[str]] = defaultdict(list)
    for case in all_cases():
        for number in case.rows:
            shown[number].append(case.name)
    for folder in shown_elsewhere():
        for number in folder.rows:
            shown[number].append(folder.name)
    lines = ["| row | what is tried | outcome | cases |", "|---|---|---|---|"]
    part = ""
    for row in catalogue():
        if row.part != part:
            part = row.part
            lines.append(f"| | **{part.capitalize()}** | | |")
        outcome = _words(row.split)
        if row.in_process != row.split:
            outcome = f"split: {outcome}; in-process: {_words(row.in_process)}"
        names = ", ".join(f"`{name}`" for name in sorted(shown[row.number]))
        lines.append(f"| {row.number} | {row.what} | {outcome} | {names} |")
    return "\n".join(lines)


def _words(letters: str) -> str:
    return ", ".join(_WORDS[letter] for letter in letters)


if __name__ == "__main__":
    replace(CATALOGUE, catalogue_table())
