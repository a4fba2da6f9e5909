"""The editor of a lab's hints: words that are told at once, refused, kept in versions, never overwritten."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from markupsafe import escape

from darsgah.tutoring import bank, service
from darsgah.tutoring.bank_checks import faults, secrets_of_lab
from darsgah.tutoring.bank_preview import preview
from darsgah.tutoring.bank_schemas import HintWords, LevelWords, WordsChange
from darsgah.tutoring.errors import WordsChanged
from darsgah.tutoring.schemas import HintRequest, MadeHint
from darsgah_grader.grading import Grader
from tests.network import Platform
from tests.tutoring.asking import told
from tests.tutoring.tea_lab import MISCONCEPTION, SOLUTION, WRONG, publish_tea

URDU = "سطر {line} دوبارہ دیکھیے"
GENERAL, OCCURRED = "leaves-loop-in-first-round", "last-element-decides"


@pytest.fixture(scope="module")
async def tea(platform: Platform, grader: Grader) -> tuple[UUID, UUID]:
    return await publish_tea(platform, grader)


@pytest.fixture
def place(tea: tuple[UUID, UUID]) -> str:
    return f"/api/v1/assignments/{tea[1]}/misconceptions"


async def read(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def other_words(entry: dict[str, Any], **changes: object) -> dict[str, Any]:
    """What the API takes: the entry's words with some levels changed."""
    found = entry["entry"]
    return {"version": found["line"]["version"], "words": {**found["words"], **changes}}


async def test_other_words_are_told_at_once_and_the_authors_again(
    platform: Platform, grader: Grader, tea: tuple[UUID, UUID], place: str
) -> None:
    asking, address = f"/api/v1/assignments/{tea[1]}/hints", f"{place}/{MISCONCEPTION}"
    where = {"en": "Stand at line {line} with half a cup of tea.", "ur": URDU}
    async with platform.program("learner") as client, platform.program("instructor") as teacher:
        sent = {"cell_id": "cups-from", "reflection": "I have tried the example."}
        await told(platform, grader, client, asking, WRONG, **sent)
        before = await told(platform, grader, client, asking, WRONG, level=1, **sent)
        assert "a part of a cup" in before["text"]
        entry = await read(teacher, address)
        assert entry["entry"]["line"]["figures"]["told"] == 1
        changed = await teacher.put(address, json=other_words(entry, where=where))
        assert changed.status_code == 200, changed.text
        assert changed.json()["entry"]["history"][0]["by"] == "Instructor"
        after = await told(platform, grader, client, asking, WRONG, level=1, **sent)
        assert "Stand at line 5 with half a cup" in after["text"]
        assert (await client.put(f"/api/v1/hints/{after['id']}/rating", json={"helpful": True})).is_success
        back = await teacher.put(address, json={"version": 1, "words": None})
        found = back.json()["entry"]
        assert (found["line"]["version"], found["line"]["edited"]) == (2, False)
        assert (found["line"]["figures"]["told"], found["levels"]["1"]["helpful"]) == (2, 1)
        same = await teacher.put(address, json={"version": 2, "words": None})
        assert same.json()["entry"]["line"]["version"] == 2, "the same words again are no version"
        again = await told(platform, grader, client, asking, WRONG, level=1, **sent)
        assert "a part of a cup" in again["text"]


async def test_nobody_overwrites_another_unseen(
    platform: Platform, place: str, tea: tuple[UUID, UUID]
) -> None:
    address = f"{place}/default-is-ignored"
    async with platform.program("instructor") as teacher, platform.program("hub_admin") as other:
        entry = await read(teacher, address)
        mine = other_words(entry, question={"en": "Mine?", "ur": URDU})
        assert (
            await other.put(address, json=other_words(entry, question={"en": "Hers?", "ur": URDU}))
        ).is_success
        late = await teacher.put(address, json=mine)
        assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "words_changed", 1)
        assert (await read(teacher, address))["entry"]["words"]["question"]["en"] == "Hers?"
    page = f"/teach/assignments/{tea[1]}/hints/default-is-ignored"
    async with platform.browser("instructor") as browser:
        typed = form(entry, **{"question.en": "Mine & ours?"}, version="0")
        refused = await browser.post(page, data=typed)
        assert refused.status_code == 409
        assert "Mine &amp; ours?" in refused.text
        assert "Hers?" in refused.text
        assert 'name="version" value="1"' in refused.text
        assert (await browser.post(page, data={**typed, "version": "1"})).status_code == 303
        history = (await browser.get(page)).text
        assert "Hub Admin" in history
        assert (
            "Hers?"
            in (await browser.get(f"{page}?take=1")).text.split("<textarea", 3)[3].split("</textarea")[0]
        )


def form(entry: dict[str, Any], **changes: str) -> dict[str, str]:
    """What the page sends, as browsers end lines."""
    texts = {
        f"{level}.{language}": text.replace("\n", "\r\n")
        for level, said in entry["entry"]["words"].items()
        for language, text in (said or {"en": "", "ur": ""}).items()
    }
    return {**texts, "version": str(entry["entry"]["line"]["version"]), "action": "save", **changes}


async def test_two_at_the_same_moment_make_one_version(platform: Platform, tea: tuple[UUID, UUID]) -> None:
    teacher = platform.network.people["instructor"]
    said = LevelWords("Look at line {line}.", URDU)

    async def change(text: str) -> int:
        words = HintWords(said, LevelWords(text, URDU), said)
        async with platform.database.begin() as session:
            wanted = WordsChange(0, words)
            found = await bank.change(session, platform.blobs, teacher, tea[1], GENERAL, wanted=wanted)
            return found.entry.line.version

    ended = await asyncio.gather(change("One?"), change("Two?"), return_exceptions=True)
    assert {type(one) for one in ended} == {int, WordsChanged}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"where.en": "Look at {place}."}, "There is no place {place}"),
        ({"where.en": ""}, "This is needed."),
        ({"where.ur": "Look there."}, "Write this in Urdu script"),
        ({"where.en": "سطر دیکھیے"}, "Write this in English"),
        ({"question.en": "Try\n```python\nx = 1\n```\n"}, "a hint has no code"),
        ({"concept.en": "Write return int(litres) there."}, "a hint has no code"),
        ({"example.en": f"Like this: {SOLUTION}.", "example.ur": URDU}, "A correct answer has this"),
        ({"concept.en": "Think of orders_of_the_day."}, "in a hidden test alone"),
        ({"example.en": "In one language alone."}, "This is needed."),
        ({"concept.en": "word " * 900}, "At most 4000 characters"),
    ],
)
async def test_what_may_not_be_kept_is_named_and_stays_in_the_form(
    platform: Platform, tea: tuple[UUID, UUID], place: str, change: dict[str, str], said: str
) -> None:
    page = f"/teach/assignments/{tea[1]}/hints/first-count-missing"
    async with platform.browser("instructor") as browser:
        entry = await read(browser, f"{place}/first-count-missing")
        refused = await browser.post(page, data=form(entry, **change))
        assert refused.status_code == 422
        assert said in refused.text
        assert "What you wrote is still here" in refused.text
        assert str(escape(next(iter(change.values())).strip("\n"))) in refused.text
        assert (await read(browser, f"{place}/first-count-missing"))["entry"]["history"] == []


async def test_the_api_names_the_text_at_fault(platform: Platform, place: str) -> None:
    async with platform.program("instructor") as teacher:
        address = f"{place}/first-count-missing"
        wanted = other_words(await read(teacher, address), where={"en": "At {nowhere}.", "ur": URDU})
        refused = await teacher.put(address, json=wanted)
        assert refused.status_code == 422
        assert refused.json()["fields"] == {
            "where.en": "There is no place {nowhere}. The places are {input}, {line}, {name}, {value}."
        }
        assert (await teacher.put(address, json={"version": 0, "words": {"where": 1}})).status_code == 422
        assert (await teacher.get(f"{place}/no-such-belief")).status_code == 404


async def test_the_list_has_the_labs_own_and_the_general_ones_that_occurred(
    platform: Platform, tea: tuple[UUID, UUID], place: str
) -> None:
    async with platform.program("instructor") as teacher, platform.browser("instructor") as browser:
        names = [line["name"] for line in (await read(teacher, place))["entries"]]
        assert names[:3] == ["rounds-up-cups", "default-is-ignored", "first-count-missing"]
        assert OCCURRED not in names
        async with platform.database.begin() as session:
            learner = platform.network.people["learner"]
            stuck = HintRequest("lab", "most-wanted", "def most_wanted(orders):\n    return orders[0]")
            asked = await service.ask(session, platform.blobs, learner, tea[1], stuck)
            assert asked.request
            made = MadeHint({"en": "A test fails."}, misconception=OCCURRED)
            await service.record(session, asked.request.id, made)
        line = (await read(teacher, place))["entries"][3]
        assert (line["name"], line["own"], line["figures"]["seen"]) == (OCCURRED, False, 1)
        assert line["figures"]["told"] == 0, "level 0 tells of no misconception"
        page = (await browser.get(f"/teach/assignments/{tea[1]}/hints")).text
        assert "A cup that is begun counts as a cup." in page
        course = (await browser.get(f"/teach/cohorts/{tea[0]}/tutor")).text
        assert f'href="/teach/assignments/{tea[1]}/hints"' in course
    async with platform.program("other_instructor") as stranger, platform.program("auditor") as auditor:
        assert (await stranger.get(place)).status_code == 404
        back = {"version": 0, "words": None}
        assert (await auditor.put(f"{place}/{MISCONCEPTION}", json=back)).status_code == 403


async def test_a_preview_is_what_a_learner_would_see_and_keeps_nothing(
    platform: Platform, tea: tuple[UUID, UUID], place: str
) -> None:
    page = f"/teach/assignments/{tea[1]}/hints/first-count-missing"
    async with platform.browser("instructor") as browser:
        entry = await read(browser, f"{place}/first-count-missing")
        changes = {"where.en": "See line {line}, `{name}`.", "action": "preview"}
        shown = await browser.post(page, data=form(entry, **changes))
        assert shown.status_code == 200
        assert "See line 4, <code>result</code>." in shown.text
        assert (await read(browser, f"{place}/first-count-missing"))["entry"]["history"] == []


def test_code_stands_from_left_to_right_in_an_urdu_preview() -> None:
    said = LevelWords("Look at {name}.", "سطر {line} میں {name} دیکھیے")
    shown = preview(HintWords(said, said, said), {"concept.ur"})
    assert "\u2066`result`\u2069" in shown["where"]["ur"]
    assert set(shown) == {"where", "question"}


async def test_what_the_author_wrote_is_not_judged_again(platform: Platform, tea: tuple[UUID, UUID]) -> None:
    leaking = LevelWords(f"Write {SOLUTION}.", URDU)
    words = HintWords(leaking, leaking, leaking)
    async with platform.database.begin() as session:
        teacher = platform.network.people["instructor"]
        found = await bank.entry(session, platform.blobs, teacher, tea[1], MISCONCEPTION)
        secrets = await secrets_of_lab(session, platform.blobs, found.assignment.lab)
    assert faults(words, words, secrets) == {}
    assert set(faults(words, found.entry.authored, secrets)) == {"where.en", "question.en", "concept.en"}
