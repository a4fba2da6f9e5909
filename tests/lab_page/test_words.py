"""How the page writes times and names, the same as the server's pages, in the learner's language."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from darsgah.ui import formats
from tests.lab_page.scripts import evaluate

WORDS = '{ Words } from "./words"'
NAMED = WORDS + '\n{ kernelName } from "./states"'


@pytest.mark.parametrize("language", ["en", "ur"])
def test_times_are_as_on_the_pages_of_the_server(language: str) -> None:
    shown = evaluate(
        WORDS,
        "(() => { const words = new Words({}, given); const at = new Date(2026, 10, 2, 17, 5);"
        " return [words.time(at), words.dayAndTime(at)]; })()",
        language,
    )
    moment = datetime(2026, 11, 2, 17, 5, tzinfo=ZoneInfo("Asia/Karachi"))
    page = formats.absolute(moment, locale=Locale(language), zone=ZoneInfo("Asia/Karachi"))
    assert shown[0] == "17:05"
    assert page.striptags().removesuffix(" PKT") == shown[1]


def test_the_kernel_is_named_in_the_learners_language() -> None:
    kernels = [["browser", ""], ["browser", "3.14"], ["hub", ""]]
    texts = {
        "Python in this browser": "A",
        "Python {version} in this browser": "B {version}",
        "Python on the hub": "C",
    }
    named = "given[0].map(([place, version]) => kernelName({ place, version }, new Words(given[1], 'ur')))"
    assert evaluate(NAMED, named, [kernels, texts]) == ["A", "B 3.14", "C"]


def test_memory_is_shown_once_it_is_measured() -> None:
    shown = (
        "given.map((memoryUsedBytes) =>"
        " memoryWords({ memoryBytes: 2e9, memoryUsedBytes } as any, new Words({}, 'en')))"
    )
    imports = f'{WORDS}\n{{ memoryWords }} from "./states"'
    assert evaluate(imports, shown, [None, 0, 5e6]) == ["", "", "Memory: 5\u00a0MB of 2\u00a0GB"]


def test_sizes_amid_urdu_read_from_left_to_right() -> None:
    sizes = "['en', 'ur'].map((language) => new Words({}, language).size(given))"
    assert evaluate(WORDS, sizes, 12_340_000) == ["12.4\u00a0MB", "\u206612.4\u00a0MB\u2069"]
