"""Nothing that the platform says claims that a body has confirmed what is earned here."""

import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from darsgah.credentials.pictures import credential_picture
from darsgah.credentials.wording import claims_too_much
from darsgah.db.columns import now
from darsgah.ui.language import catalogue_path

ROOT = Path(__file__).parents[2]
SLICE = ROOT / "platform/darsgah/credentials"
TEXTS = [*SLICE.rglob("*.html"), *SLICE.glob("*.py"), *(ROOT / "labs/course-sources").rglob("*.toml")]
TEXTS += [*(ROOT / "platform/darsgah/demo").glob("*.py"), ROOT / "docs/credentials.md", ROOT / "CHANGELOG.md"]
CLAIM = re.compile(r"accredit|certified by|certification\b", re.IGNORECASE)


@pytest.mark.parametrize(
    "text",
    [
        "This course is accredited.",
        "Certified by the council",
        "officially recognized",
        "government-approved training",
        "recognised by the Ministry",
        "حکومت سے منظور شدہ",
        "مصدقہ سند",
    ],
)
def test_claims_are_known(text: str) -> None:
    assert claims_too_much(text)


@pytest.mark.parametrize(
    "text", ["Comparable to level 4.", "You certify nothing.", "سطح 4 کے برابر", "A certificate"]
)
def test_descriptions_are_none(text: str) -> None:
    assert not claims_too_much(text)


def test_no_text_of_the_slice_claims_any() -> None:
    said = {path: path.read_text() for path in TEXTS if path.name != "wording.py"}
    assert len(said) > 20
    assert [str(path) for path, text in said.items() if CLAIM.search(text) or claims_too_much(text)] == []


def test_no_message_claims_any_in_either_language() -> None:
    with catalogue_path("ur").open("rb") as file:
        catalogue = read_po(file, locale="ur")
    for message in catalogue:
        for text in json.loads(json.dumps([message.id, message.string])):
            for one in text if isinstance(text, list) else [text]:
                assert not CLAIM.search(one), one
                assert not claims_too_much(one), one


def test_no_picture_claims_any() -> None:
    drawn = credential_picture("A", "B", "C", now(), address="https://x.test", token="a.b.c")
    assert not CLAIM.search(drawn)
