"""Words for a hint as a learner would see them: their places filled as for an example answer."""

from collections.abc import Collection
from typing import Final

from darsgah.tutoring.bank_schemas import HintWords, LevelWords
from darsgah_tutor.misconceptions import LEVELS, Misconception
from darsgah_tutor.realiser import realise
from darsgah_tutor.types import Ended, Evidence

ANSWER: Final = """def total(prices):
    result = 0
    for price in prices:
        result = price
    return result"""
"""The answer that places are filled for."""
_LINE = 4
_PLACES = {"line": str(_LINE), "name": "result", "input": "total([20, 5])", "value": "5"}


def preview(words: HintWords, faulty: Collection[str]) -> dict[str, dict[str, str]]:
    """Markdown by level and language; levels without words, or with a fault in them, are left out.

    Args:
        faulty: ``level.language`` of the texts that may not be kept.
    """
    evidence = Evidence(ANSWER, Ended.RAN)
    shown: dict[str, dict[str, str]] = {}
    for level, key in LEVELS.items():
        said: LevelWords | None = getattr(words, key)
        if said is None or {f"{key}.en", f"{key}.ur"} & set(faulty):
            continue
        entry = Misconception("", "", (), (), {level: {"en": said.en, "ur": said.ur}})
        realised = realise(level, evidence, (_LINE,), entry, _PLACES)
        if realised is not None:
            shown[key] = dict(realised.text)
    return shown
