"""The page's words: one list for the script and for the translators, with nothing in it that is not said."""

import re
from string import Formatter

from darsgah.workspaces.page_texts import TEXTS
from tests.lab_page.scripts import SOURCES, evaluate

WORDS = '{ TEXTS } from "./texts"'


def test_the_script_and_the_platform_list_the_same_texts() -> None:
    listed: list[str] = evaluate(WORDS, "TEXTS")
    assert listed == [message.text for message in TEXTS]
    assert len(set(listed)) == len(listed)


def test_every_text_is_said_somewhere() -> None:
    """That every text said is listed is for the compiler, whose type is the list."""
    said = "\n".join(path.read_text() for path in SOURCES.glob("*.ts") if path.name != "texts.ts")
    literals = {match.replace('\\"', '"') for match in re.findall(r'"((?:[^"\\\n]|\\.)*)"', said)}
    assert {message.text for message in TEXTS} <= literals


def test_placeholders_are_names() -> None:
    for message in TEXTS:
        for _, name, _, _ in Formatter().parse(message.text):
            assert name is None or name.isidentifier(), message.text
