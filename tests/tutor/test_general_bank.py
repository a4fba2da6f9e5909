"""The general bank: complete, in both languages, and without code that solves."""

import re

import pytest

from darsgah_labs.text import is_urdu
from darsgah_tutor.code_in_text import statements
from darsgah_tutor.misconceptions import LANGUAGES, LEVELS, general_bank
from darsgah_tutor.types import Level

BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
SLOTS = {"line", "name", "input", "value"}


@pytest.mark.parametrize("name", sorted(general_bank()))
def test_entry(name: str) -> None:
    entry = general_bank()[name]
    assert set(entry.hints) == set(LEVELS)
    assert not entry.answers
    for level, texts in entry.hints.items():
        for language in LANGUAGES:
            text = texts[language]
            assert is_urdu(CODE.sub("", text)) == (language == "ur"), (level, language)
            bare = CODE.sub("", text) if level is Level.EXAMPLE else text
            assert set(re.findall(r"\{(\w+)\}", bare)) <= SLOTS
            if level is not Level.EXAMPLE:
                assert statements(text) == []
    assert "{line}" in entry.hints[Level.WHERE]["en"]
    assert "{line}" in entry.hints[Level.WHERE]["ur"]


@pytest.mark.parametrize("name", sorted(general_bank()))
def test_places_and_code_are_the_same_in_both_languages(name: str) -> None:
    for level, texts in general_bank()[name].hints.items():
        places = [set(re.findall(r"\{(\w+)\}", CODE.sub("", texts[language]))) for language in LANGUAGES]
        assert places[0] == places[1], level
        codes = [BLOCK.findall(texts[language]) for language in LANGUAGES]
        assert codes[0] == codes[1]
        for code in codes[0]:
            compile(code, name, "exec")
