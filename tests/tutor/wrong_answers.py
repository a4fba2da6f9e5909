"""Wrong answers as learners write them, each with the lines and misconceptions that a hint about it may name.

They are data in ``wrong_answers/``, a file for each lab. Of every three in a row the third is held out: hints
were never mended by looking at it, so that it tells how hints are on answers nobody has seen. Those that are
marked as seen were written later, without the labs' hints at hand, and all of them were looked at.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from darsgah_tutor.types import Hint

FOLDER = Path(__file__).with_name("wrong_answers")


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """One answer and what is true of it.

    Attributes:
        lines: any of these may be called suspect first.
        believes: misconceptions, the lab's or general ones, that explain it; where there are none, none fits.
        seen: hints were mended by looking at it, wherever it stands.
    """

    lab: str
    place: int
    question: str
    source: str
    lines: tuple[int, ...]
    believes: tuple[str, ...]
    seen: bool

    @property
    def held_out(self) -> bool:
        """It was kept aside while hints were mended."""
        return self.place % 3 == 2 and not self.seen

    def is_told_right(self, hint: Hint) -> bool:
        """The hint points first where it should, and names no misconception that isn't one here."""
        return hint.lines[0] in self.lines and (
            hint.misconception is None or hint.misconception in self.believes
        )


@cache
def wrong_answers() -> tuple[WrongAnswer, ...]:
    """All of them, lab by lab."""
    return tuple(
        WrongAnswer(
            lab=path.stem,
            place=place,
            question=one["question"],
            source=one["source"],
            lines=tuple(one["lines"]),
            believes=tuple(one["believes"]),
            seen=one.get("seen", False),
        )
        for path in sorted(FOLDER.glob("*.toml"))
        for place, one in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["answers"])
    )
