"""A learner's working copy: exact bytes, versions that never race, and nobody else's."""

import asyncio
import json
import zlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import Terms
from tests.network import RELEASE, WORK, Platform, open_cohort, work

FOREIGN = (
    b'\xef\xbb\xbf{ "nbformat":4,\r\n"nbformat_minor": 5, "metadata": {"colab": {"provenance": [], "x": 1e5},'
    b'"vscode": {"interpreter": null}, "widgets": {"\\u0627": "\xd8\xa7"}}, "cells": [{"cell_type":"code",'
    b'"id": "a", "source": ["x = 1\\n", "\\ud83d"], "metadata": {"id": "z", "outputId": 1.50}, "outputs": [],'
    b'"execution_count":null, "unknown": [1,2 ,3]}]  }\n'
)
"""A notebook as others write it: a mark of byte order, odd blanks, metadata that nobody here knows."""


def address(assignment: object, name: str = "lab") -> str:
    return f"/api/v1/assignments/{assignment}/drafts/{quote(name, safe='')}"


@pytest.fixture
async def drafts(platform: Platform) -> str:
    """The draft's address in a cohort of the test's own."""
    network = platform.network
    async with platform.database.begin() as session:
        _, assignment = await open_cohort(
            session,
            network.hub_id,
            network.course_version_id,
            network.people["learner"],
            network.people["classmate"],
            name=str(uuid4()),
        )
    return address(assignment)


async def save(
    client: httpx.AsyncClient, url: str, content: bytes, version: object, window: str = "one"
) -> httpx.Response:
    headers = {"If-Match": f'"{version}"', "Content-Type": "application/json", "X-Client": window}
    return await client.put(url, content=content, headers=headers)


async def test_the_exact_bytes_come_back(platform: Platform, drafts: str) -> None:
    async with platform.browser("learner") as client:
        before = await client.get(drafts)
        assert (before.content, before.headers["etag"]) == (RELEASE, '"0"')
        assert "last-modified" not in before.headers
        saved = await save(client, drafts, FOREIGN, 0)
        assert saved.status_code == 200
        assert saved.headers["etag"] == '"1"'
        assert set(saved.json()) == {"version", "saved_at", "size", "sha256"}
        assert (saved.json()["version"], saved.json()["size"]) == (1, len(FOREIGN))
        after = await client.get(drafts)
        assert (after.content, after.headers["etag"]) == (FOREIGN, '"1"')
        assert after.headers["last-modified"].endswith("GMT")
        assert (await client.get(f"{drafts}/original")).content == RELEASE
        assert (await client.get(f"{drafts}/versions/1")).content == FOREIGN
        (listed,) = (await client.get(drafts.rpartition("/")[0])).json()
        assert listed == {**saved.json(), "name": "lab"}


async def test_a_draft_is_kept_by_no_cache(platform: Platform, drafts: str) -> None:
    async with platform.browser("learner") as client:
        await save(client, drafts, WORK, 0)
        for url in (drafts, f"{drafts}/versions/1"):
            answer = await client.get(url, headers={"If-None-Match": '"1"'})
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"


async def test_a_save_that_began_from_another_version_changes_nothing(
    platform: Platform, drafts: str
) -> None:
    async with platform.browser("learner") as client:
        await save(client, drafts, WORK, 0)
        for named in (0, 2, "x", "*", "", " "):
            refused = await save(client, drafts, work(1), named)
            assert refused.status_code == 412
            assert refused.headers["content-type"] == "application/problem+json"
            assert (refused.json()["code"], refused.json()["version"]) == ("draft_changed", 1)
            assert refused.headers["etag"] == '"1"'
        assert (await client.get(drafts)).content == WORK


async def test_a_first_save_names_version_zero(platform: Platform, drafts: str) -> None:
    async with platform.browser("learner") as client:
        refused = await save(client, drafts, WORK, 3)
        assert (refused.status_code, refused.json()["version"]) == (412, 0)
        assert (await client.get(drafts)).headers["etag"] == '"0"'


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "1", '"9", "1"', ' "1" '])
async def test_forms_of_the_entity_tag(platform: Platform, drafts: str, tag: str) -> None:
    async with platform.browser("learner") as client:
        await save(client, drafts, WORK, 0)
        answer = await client.put(drafts, content=work(2), headers={"If-Match": tag})
        assert (answer.status_code, answer.json()["version"]) == (200, 2)


@pytest.mark.parametrize("headers", [{}, {"If-Match": ""}, {"If-Match": "  "}])
async def test_without_a_version_nothing_is_saved(
    platform: Platform, drafts: str, headers: dict[str, str]
) -> None:
    async with platform.browser("learner") as client:
        refused = await client.put(drafts, content=WORK, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (428, "version_not_named")
        assert "If-Match" in refused.json()["detail"]
        assert (await client.get(drafts)).headers["etag"] == '"0"'


async def test_a_save_whose_answer_was_lost_can_be_sent_again(platform: Platform, drafts: str) -> None:
    async with platform.browser("learner") as client:
        await save(client, drafts, work(1), 0)
        first = await save(client, drafts, work(2), 1)
        again = await save(client, drafts, work(2), 1, window="another")
        assert again.status_code == 200
        assert again.json() == first.json()
        assert len((await client.get(f"{drafts}/versions")).json()) == 1


@pytest.mark.parametrize("begun", [False, True])
async def test_of_two_saves_at_once_one_is_told(platform: Platform, drafts: str, begun: bool) -> None:
    async with platform.browser("learner") as one, platform.browser("learner") as other:
        if begun:
            await save(one, drafts, work(0), 0)
        for version in range(int(begun), 8):
            answers = await asyncio.gather(
                save(one, drafts, work(10 * version + 1), version, "one"),
                save(other, drafts, work(10 * version + 2), version, "other"),
            )
            won, lost = sorted(answers, key=lambda answer: answer.status_code)
            assert (won.status_code, lost.status_code) == (200, 412)
            assert won.json()["version"] == lost.json()["version"] == version + 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"nbformat": 4}',
        b'{"nbformat": 4, "cells": {}}',
        b'{"nbformat": 4, "cells": [7]}',
        b'{"nbformat": 4, "cells": [{"source": "x"}]}',
        b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": 7}]}',
        b'{"nbformat": 3, "cells": []}',
        b'{"nbformat": 5, "cells": []}',
        b'{"nbformat": 4, "cells": [], "x": NaN}',
        b'{"nbformat": 4, "cells": [], "x": "\xff"}',
        b'{"nbformat": 4, "cells": [], "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        zlib.compress(WORK),
    ],
    ids=range(18),
)
async def test_what_is_no_notebook_is_refused(platform: Platform, drafts: str, content: bytes) -> None:
    async with platform.browser("learner") as client:
        refused = await save(client, drafts, content, 0)
        assert (refused.status_code, refused.json()["code"]) == (422, "not_a_notebook")
        assert (await client.get(drafts)).headers["etag"] == '"0"'


async def test_a_notebook_may_hold_what_grading_refuses(platform: Platform, drafts: str) -> None:
    """Half-typed work is saved: only what is handed in must be fit to be graded."""
    cells: list[object] = [
        {"cell_type": "code", "source": "\0", "metadata": {}, "outputs": [], "execution_count": None}
    ]
    content = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells * 3000}).encode()
    async with platform.browser("learner") as client:
        assert (await save(client, drafts, content, 0)).status_code == 200
        assert (await client.get(drafts)).content == content


async def test_a_notebook_larger_than_the_lab_takes(platform: Platform, drafts: str) -> None:
    lab_takes = 20 * 1024 * 1024
    start = b'{"nbformat": 4, "cells": [], "x": "'
    fits = start + b"x" * (lab_takes - len(start) - 2) + b'"}'
    async with platform.browser("learner") as client:
        refused = await save(client, drafts, fits + b" ", 0)
        assert (refused.status_code, refused.json()["code"]) == (413, "draft_too_large")
        assert (await save(client, drafts, fits, 0)).status_code == 200


@pytest.mark.parametrize(
    "name", ["other", "", "../lab", "lab.ipynb", "a\0b", "%00", "نوٹ بک", "x" * 5000, "a/b"]
)
async def test_only_the_labs_notebooks_have_drafts(platform: Platform, drafts: str, name: str) -> None:
    url = f"{drafts.rpartition('/')[0]}/{quote(name, safe='')}"
    async with platform.browser("learner") as client:
        for answer in (
            await client.get(url),
            await save(client, url, WORK, 0),
            await client.get(f"{url}/versions"),
            await client.get(f"{url}/versions/1"),
            await client.get(f"{url}/original"),
        ):
            assert answer.status_code in ({200, 404, 405} if not name else {404})
        assert [row["version"] for row in (await client.get(drafts.rpartition("/")[0])).json()] == [0]


@pytest.mark.parametrize("number", ["0", "2", "-1", "99999999999999999999", "1e3", "x"])
async def test_a_version_that_is_not_kept(platform: Platform, drafts: str, number: str) -> None:
    async with platform.browser("learner") as client:
        await save(client, drafts, WORK, 0)
        assert (await client.get(f"{drafts}/versions/{number}")).status_code == 404


async def test_a_draft_is_its_learners_alone(platform: Platform, drafts: str) -> None:
    async with platform.browser("learner") as client:
        await save(client, drafts, WORK, 0)
    async with platform.browser("classmate") as client:
        own = await client.get(drafts)
        assert (own.content, own.headers["etag"]) == (RELEASE, '"0"')
        assert (await client.get(f"{drafts}/versions")).json() == []
        assert (await client.get(f"{drafts}/versions/1")).status_code == 404
        assert (await save(client, drafts, work(5), 1)).status_code == 412
        assert (await save(client, drafts, work(5), 0)).json()["version"] == 1
    for name, status in (("outsider", 404), ("other_learner", 404), ("instructor", 403), ("auditor", 403)):
        async with platform.browser(name) as client:
            for url in (drafts, f"{drafts}/versions", f"{drafts}/versions/1", f"{drafts}/original"):
                assert (await client.get(url)).status_code == status
            assert (await save(client, drafts, work(6), 1)).status_code == status
    async with platform.browser("learner") as client:
        assert (await client.get(drafts)).content == WORK


async def _change_terms(platform: Platform, drafts: str, terms: Terms) -> None:
    async with platform.database.begin() as session:
        await enrolments.change_terms(session, UUID(drafts.split("/")[4]), terms)


async def test_work_is_saved_after_the_deadline(platform: Platform, drafts: str) -> None:
    past = now() - timedelta(days=1)
    await _change_terms(platform, drafts, Terms(due_at=past, closes_at=past))
    async with platform.browser("learner") as client:
        assert (await save(client, drafts, WORK, 0)).status_code == 200


async def test_before_a_lab_opens_there_is_only_what_was_saved(platform: Platform, drafts: str) -> None:
    later = Terms(opens_at=datetime(2100, 1, 1, tzinfo=UTC))
    await _change_terms(platform, drafts, later)
    async with platform.browser("learner") as client:
        for answer in (await client.get(drafts), await save(client, drafts, WORK, 0)):
            assert (answer.status_code, answer.json()["code"]) == (409, "not_open")
        await _change_terms(platform, drafts, Terms())
        await save(client, drafts, WORK, 0)
        await _change_terms(platform, drafts, later)
        assert (await client.get(drafts)).content == WORK
        assert (await save(client, drafts, work(1), 1)).status_code == 200
        assert (await client.get(f"{drafts}/original")).status_code == 409


async def test_a_cookie_alone_saves_nothing(platform: Platform, drafts: str) -> None:
    async with platform.browser("learner") as client:
        del client.headers["x-csrf-token"]
        assert (await save(client, drafts, WORK, 0)).status_code == 403


async def test_work_of_another_account_is_neither_saved_nor_handed_in(
    platform: Platform, drafts: str
) -> None:
    """A window that was left open does not write, or hand in, in the name of whoever came after."""
    submissions = drafts.partition("/drafts")[0] + "/submissions"
    notebook = {"notebook": ("lab.ipynb", WORK)}
    async with platform.program("learner") as client:
        other = {"X-Account": "somebody else"}
        saved = await client.put(drafts, content=WORK, headers=other | {"If-Match": '"0"'})
        handed_in = await client.post(submissions, files=notebook, headers=other)
        assert [answer.status_code for answer in (saved, handed_in)] == [409, 409]
        assert [answer.json()["code"] for answer in (saved, handed_in)] == ["other_account"] * 2
        assert (await client.post(submissions, files=notebook)).status_code == 201
