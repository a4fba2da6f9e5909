"""What people are told: kept with its transaction, in their language, counted, read, and sent by e-mail."""

import asyncio
from uuid import UUID

import pytest
import sqlalchemy as sa

from darsgah.db.columns import new_id
from darsgah.errors import SettingsInvalid
from darsgah.jobs.worker import JobWorker
from darsgah.notices import service
from darsgah.notices.kinds import KINDS
from darsgah.notices.mail_server import MailServer
from darsgah.notices.models import Notice
from darsgah.notices.tasks import LATER, NoticeTasks
from darsgah.settings import Settings
from darsgah.ui.language import Languages
from tests.network import Platform
from tests.notices.mail_receiver import MailReceiver, receiving

SITE = "https://learn.example.org"
CALENDAR = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nEND:VCALENDAR\r\n"
TOLD = {"organisation": "Indus Works", "hub": "Karachi Saddar", "reason": "No such company"}


async def tell(platform: Platform, *names: str, calendar: bytes | None = None, **values: str) -> UUID:
    """Tell people something; the id of the telling."""
    ids = [platform.network.people[name].account_id for name in names]
    async with platform.database.begin() as session:
        await service.tell(
            session, ids, "organisation_refused", TOLD | values, "/organisations", calendar=calendar
        )
        newest = sa.select(Notice.telling_id).order_by(sa.desc(Notice.id)).limit(1)
        return (await session.execute(newest)).scalar_one()


def tasks(platform: Platform, receiver: MailReceiver) -> NoticeTasks:
    """A worker's tasks with that mail server; addresses of tests are letters' too."""
    settings = Settings(smtp_url=receiver.url, mail_from="Darsgah <learn@example.org>")
    return NoticeTasks(platform.database, MailServer.of(settings), SITE, reserved=())


async def rows(platform: Platform, telling: UUID) -> list[Notice]:
    async with platform.database.begin() as session:
        return list((await session.execute(sa.select(Notice).where(Notice.telling_id == telling))).scalars())


async def test_told_once_each_counted_in_the_header_and_read(platform: Platform) -> None:
    await tell(platform, "learner", "learner", "classmate")
    async with platform.browser("learner") as client:
        page = (await client.get("/today")).text
        assert '<b class="count num">1</b>' in page
        (notice,) = (await client.get("/api/v1/notices")).json()["notices"]
        assert "Indus Works" in notice["title"]
        assert "No such company" in notice["body"]
        opened = await client.get(f"/notices/{notice['id']}")
        assert (opened.status_code, opened.headers["location"]) == (303, "/organisations")
        assert "count num" not in (await client.get("/notices")).text
    async with platform.browser("outsider") as client:
        assert (await client.get(f"/notices/{notice['id']}")).status_code == 404
        assert (await client.get(f"/notices/{new_id()}")).status_code == 404
        ids = {"ids": [notice["id"]]}
        assert (await client.post("/api/v1/notices/read", json=ids)).status_code == 204
    async with platform.program("classmate") as client:
        assert (await client.get("/api/v1/notices")).json()["unread"] == 1
        assert (await client.post("/api/v1/notices/read", json={})).status_code == 204
        assert (await client.get("/api/v1/notices")).json()["unread"] == 0


async def test_lists_go_on_where_they_ended(platform: Platform) -> None:
    for _ in range(service.PAGE + 1):
        await tell(platform, "instructor")
    async with platform.program("instructor") as client:
        first = (await client.get("/api/v1/notices")).json()
        rest = (await client.get("/api/v1/notices", params={"after": first["next_after"]})).json()
    assert (len(first["notices"]), len(rest["notices"]), rest["next_after"]) == (service.PAGE, 1, None)


async def test_what_callers_fill_in_is_one_line_of_text_and_nothing_else(platform: Platform) -> None:
    evil = "<script>alert(1)</script>\r\nBcc: all@example.org\x00\ud800 {0.__class__} {reason} %s"
    await tell(platform, "other_learner", organisation=evil, reason="x" * 10_000)
    async with platform.browser("other_learner") as client:
        page = (await client.get("/notices")).text
        (notice,) = (await client.get("/api/v1/notices")).json()["notices"]
    assert "<script>alert" not in page
    assert "{0.__class__} {reason} %s" in notice["title"]
    assert not {"\r", "\n", "\0"} & set(notice["title"])
    assert len(notice["body"]) < 2000


async def test_a_telling_that_fails_tells_nothing(platform: Platform) -> None:
    with pytest.raises(ValueError, match="no such kind"):
        async with platform.database.begin() as session:
            await service.tell(session, [], "nonsense", {}, "/")
    with pytest.raises(ValueError, match="lacks reason"):
        async with platform.database.begin() as session:
            await service.tell(session, [], "organisation_refused", {"organisation": "", "hub": ""}, "/")


def test_every_kind_says_the_same_places_in_every_language() -> None:
    languages = list(Languages.load())
    for kind in KINDS.values():
        for language in languages:
            for message in (kind.title, kind.body):
                said = language.translations.gettext(message.text)
                assert set(service._PLACE.findall(said)) == set(service._PLACE.findall(message.text)), said


async def test_a_letter_in_the_readers_language_with_an_invitation(platform: Platform) -> None:
    async with platform.browser("classmate") as client:
        await client.post("/language", data={"language": "ur"})
    async with receiving() as receiver:
        telling = await tell(
            platform, "classmate", calendar=CALENDAR, organisation="Indus\r\nBcc: all@example.org"
        )
        work = tasks(platform, receiver)
        await work.mail(str(telling))
        await work.mail(str(telling))  # a repetition sends nothing again
    ((recipient, letter),) = receiver.letters
    assert recipient == "classmate@example.org"
    assert letter["Bcc"] is None
    assert "Indus" in letter["Subject"]
    assert letter["Content-Language"] == "ur"
    kinds = [(part.get_content_type(), part.get_filename()) for part in letter.walk()]
    assert ("text/calendar", None) in kinds
    assert ("application/ics", "invite.ics") in kinds
    assert b"method=" in receiver.raw[0]
    assert f"{SITE}/organisations" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr] # it has one
    assert 'dir="rtl"' in letter.get_body(("html",)).get_content()  # type: ignore[union-attr] # it has one
    (kept,) = await rows(platform, telling)
    assert kept.mailed_at is not None
    async with platform.browser("classmate") as client:
        await client.post("/language", data={"language": "en"})


async def test_who_wants_no_letters_gets_none_and_one_refused_does_not_stop_the_others(
    platform: Platform,
) -> None:
    async with platform.browser("outsider") as client:
        form = {"display_name": "Outsider", "language": "en", "no_mail": "true"}
        assert (await client.post("/settings/profile", data=form)).status_code == 303
        assert (await client.get("/api/v1/me")).json()["no_mail"] is True
    async with receiving() as receiver:
        receiver.answers["learner@example.org"] = "550 nobody here"
        telling = await tell(platform, "outsider", "learner", "mentor")
        await tasks(platform, receiver).mail(str(telling))
        assert [recipient for recipient, _ in receiver.letters] == ["mentor@example.org"]
    reasons = {row.account_id: row.mail_refused for row in await rows(platform, telling)}
    people = platform.network.people
    assert "nobody here" in reasons[people["learner"].account_id]
    assert reasons[people["outsider"].account_id]
    assert not reasons[people["mentor"].account_id]


async def test_a_mail_server_that_is_away_is_tried_again_later_and_given_up_at_last(
    platform: Platform,
) -> None:
    async with receiving() as receiver:
        receiver.answers["hub-admin@example.org"] = "451 later"
        telling = await tell(platform, "hub_admin", "mentor")
        work = tasks(platform, receiver)
        await work.mail(str(telling))
        assert [recipient for recipient, _ in receiver.letters] == ["mentor@example.org"]
        async with platform.database.begin() as session:
            waiting = await session.execute(
                sa.text(
                    "SELECT (args->>'attempt')::int FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL"
                    " AND args->>'telling_id' = :telling"
                ),
                {"telling": str(telling)},
            )
            assert waiting.scalars().all() == [1]
    await work.mail(str(telling), attempt=len(LATER))  # nobody listens any more
    refused = {row.mail_refused for row in await rows(platform, telling) if row.mailed_at is None}
    assert len(refused) == 1
    assert all(refused)


async def test_without_a_mail_server_nothing_is_sent_and_nothing_waits(platform: Platform) -> None:
    telling = await tell(platform, "mentor")
    await NoticeTasks(platform.database, MailServer.of(Settings()), SITE).mail(str(telling))
    assert [(row.mailed_at, row.mail_refused) for row in await rows(platform, telling)] == [(None, "")]


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("smtp://mail.example.org", None),
        (None, "learn@example.org"),
        ("http://mail.example.org", "learn@example.org"),
        ("smtp://", "learn@example.org"),
        ("smtp://mail.example.org:notaport", "learn@example.org"),
        ("smtp://mail.example.org", "nobody"),
        ("smtp://mail.example.org", "a@example.org\r\nBcc: b@example.org"),
    ],
)
def test_settings_that_cannot_be(url: str | None, sender: str | None) -> None:
    with pytest.raises(SettingsInvalid):
        MailServer.of(Settings(smtp_url=url, mail_from=sender))


def test_what_an_address_of_a_mail_server_says() -> None:
    server = MailServer.of(
        Settings(smtp_url="smtp://me%40x:p%3Aw@mail.example.org:587?starttls", mail_from="a@example.org")
    )
    assert server == MailServer(
        "mail.example.org", 587, "a@example.org", starttls=True, username="me@x", password="p:w"
    )
    assert "p:w" not in repr(server)
    secure = MailServer.of(Settings(smtp_url="smtps://mail.example.org", mail_from="a@example.org"))
    assert secure
    assert (secure.port, secure.encrypted, secure.starttls) == (465, True, False)


async def test_a_worker_sends_what_was_told(platform: Platform) -> None:
    async with receiving() as receiver:
        worker = JobWorker(platform.database.url, tasks(platform, receiver).tasks(), concurrency=1)
        stop = asyncio.Event()
        working = asyncio.create_task(worker.run(stop))
        telling = await tell(platform, "auditor")
        async with asyncio.timeout(60):
            while (await rows(platform, telling))[0].mailed_at is None:  # noqa: ASYNC110 # nobody tells when
                await asyncio.sleep(0.05)
        stop.set()
        await working
    assert "auditor@example.org" in [recipient for recipient, _ in receiver.letters]
