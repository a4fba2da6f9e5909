"""Hackathons as everybody, teams and judges see them. A refused form comes back with what was typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, public, signed_in
from darsgah.errors import DarsgahError, MalformedInput
from darsgah.hackathons import entering, reading, scoring
from darsgah.hackathons.api import learners
from darsgah.hackathons.schemas import (
    MOST_LINKS,
    ConflictDeclared,
    EntryChange,
    EntryView,
    HackathonView,
    JudgeAnswer,
    Link,
    Marks,
    MaybeLine,
    Short,
    SignUp,
    Text,
    Version,
)
from darsgah.teams import service as teams
from darsgah.teams.schemas import Purpose, TeamView
from darsgah.ui import formats
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import words_of, wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

SAID: Mapping[str, Message] = {
    "signed-up": Message("Your team takes part. Write what you hand in below."),
    "saved": Message("Saved."),
    "submitted": Message("Handed in. You can still change it until the deadline."),
    "withdrawn": Message("Your team takes part no more."),
    "answered": Message("Thank you for your answer."),
    "marked": Message("Your marks are kept. Until the results are out you can change them."),
    "given-back": Message("You gave the entry back; somebody else judges it."),
}
"""What just happened, by the word in the address."""


class EntryForm(msgspec.Struct, frozen=True):
    """The fields of an entry; links are a line each."""

    version: Version
    title: MaybeLine = ""
    summary: Text = ""
    links: Short = ""
    action: str = "save"


class MarksForm(msgspec.Struct, frozen=True):
    """What is said beside the marks, which are the fields ``mark_0`` and so on."""

    note: Short = ""


@get("/hackathons", guards=[public])
async def hackathons_page(
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """All hackathons."""
    actor = request.user
    may_organise = actor is not None and actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN)
    shown = await reading.hackathons(session, actor, after)
    return pages.respond(
        request, "hackathons/hackathons.html", shown=shown, after=after, may_organise=may_organise
    )


@get("/hackathons/{hackathon_id:uuid}", guards=[public])
async def hackathon_page(
    hackathon_id: FromPath[UUID],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One hackathon: what it is about, its rules and times, one's own entry, the results."""
    return await _hackathon(request, session, pages, hackathon_id, done=done)


@get("/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}", guards=[public])
async def entry_page(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """What was handed in for an entry, once the results are out."""
    result = await reading.entry_result(session, request.user, hackathon_id, entry_id)
    return pages.respond(request, "hackathons/entry.html", result=result)


@post("/hackathons/{hackathon_id:uuid}/entries", guards=[learners])
async def sign_up(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Have a team take part."""
    values = {key: value for key, value in (await request.form()).items() if value != ""}
    try:
        await entering.sign_up(session, request.user, hackathon_id, read_form(values, SignUp))
    except DarsgahError as error:
        return await _hackathon(request, session, pages, hackathon_id, error=error, values=values)
    return Redirect(f"/hackathons/{hackathon_id}?done=signed-up#entry", status_code=303)


@post("/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}", guards=[learners])
async def save_entry(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Keep what was written, hand it in, or withdraw, by the button."""
    values = dict(await request.form())
    try:
        form = read_form(values, EntryForm)
        if form.action == "withdraw":
            await entering.withdraw(session, request.user, hackathon_id, entry_id)
            return Redirect(f"/hackathons/{hackathon_id}?done=withdrawn", status_code=303)
        change = EntryChange(form.version, form.title, form.summary, _links(form.links))
        async with session.begin_nested():
            await entering.change(session, request.user, hackathon_id, entry_id, change)
            if form.action == "submit":
                await entering.submit(session, request.user, hackathon_id, entry_id)
    except DarsgahError as error:
        return await _hackathon(request, session, pages, hackathon_id, error=error, values=values)
    done = "submitted" if form.action == "submit" else "saved"
    return Redirect(f"/hackathons/{hackathon_id}?done={done}#entry", status_code=303)


@get("/hackathons/{hackathon_id:uuid}/judging", guards=[signed_in])
async def judging_page(
    hackathon_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """What a judge was asked and dealt."""
    return await _judging(request, session, pages, hackathon_id, done=done)


@post("/hackathons/{hackathon_id:uuid}/judges/{judge_id:uuid}", guards=[signed_in])
async def answer_request(
    hackathon_id: FromPath[UUID],
    judge_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Accept to judge a track, or decline."""
    form = read_form(await request.form(), JudgeAnswer)
    await scoring.answer(session, request.user, hackathon_id, judge_id, accept=form.accept)
    where = f"/hackathons/{hackathon_id}"
    return Redirect(
        f"{where}/judging?done=answered" if form.accept else f"{where}?done=answered", status_code=303
    )


@post("/hackathons/{hackathon_id:uuid}/judging/{judgement_id:uuid}", guards=[signed_in])
async def give_marks(
    hackathon_id: FromPath[UUID],
    judgement_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Mark an entry, or give it back, by the button."""
    values = dict(await request.form())
    try:
        if values.get("action") == "give-back":
            reason = read_form({"reason": values.get("note", "")}, ConflictDeclared).reason
            await scoring.give_back(session, request.user, hackathon_id, judgement_id, reason)
            return Redirect(f"/hackathons/{hackathon_id}/judging?done=given-back", status_code=303)
        marks = _marks(values)
        await scoring.mark(session, request.user, hackathon_id, judgement_id, marks)
    except DarsgahError as error:
        if error.status == 404:
            raise
        return await _judging(
            request, session, pages, hackathon_id, error=error, values=values, at=judgement_id
        )
    return Redirect(f"/hackathons/{hackathon_id}/judging?done=marked", status_code=303)


def _marks(values: Mapping[str, Any]) -> Marks:
    """The marks of the form, in the order of the criteria.

    Raises:
        MalformedInput: one is missing or is none.
    """
    note = read_form(values, MarksForm).note
    given = [values[name] for name in (f"mark_{number}" for number in range(9)) if values.get(name)]
    try:
        return msgspec.convert({"marks": given, "note": note}, Marks, strict=False)
    except msgspec.ValidationError:
        raise MalformedInput(fields={"marks": Message("Give one mark for each criterion.")}) from None


def _links(lines: str) -> list[str]:
    """The addresses of a text, a line each.

    Raises:
        MalformedInput: one is no web address, or there are too many.
    """
    links = [line.strip() for line in lines.splitlines() if line.strip()]
    if len(links) > MOST_LINKS:
        raise MalformedInput(fields={"links": Message("At most {count} lines.", count=MOST_LINKS)})
    try:
        return msgspec.convert(links, list[Link])
    except msgspec.ValidationError:
        raise MalformedInput(
            fields={"links": Message("Each line is a web address that begins with https:// or http://.")}
        ) from None


async def _hackathon(
    request: Request[Any, Any, Any],
    session: AsyncSession,
    pages: Pages,
    hackathon_id: UUID,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, Any] | None = None,
) -> Response[str]:
    actor: Actor | None = request.user
    view = await reading.view(session, actor, hackathon_id)
    learns = actor is not None and actor.holds(Role.LEARNER)
    own: tuple[EntryView, ...] = ()
    choices: tuple[TeamView, ...] = ()
    if actor is not None and learns:
        own = await entering.own_entries(session, actor, hackathon_id)
        choices = tuple(
            team for team in await teams.own_teams(session, actor) if team.purpose is Purpose.HACKATHON
        )
    return pages.respond(
        request,
        "hackathons/hackathon.html",
        status_code=error.status if error else 200,
        zone=zone_of(view),
        notices=notices(done, SAID),
        hackathon=view,
        entries=own,
        teams=choices,
        learns=learns,
        values=words_of(values),
        **wrong(error, pages.language_of(request)),
    )


async def _judging(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    hackathon_id: UUID,
    *,
    done: str = "",
    error: DarsgahError | None = None,
    values: Mapping[str, Any] | None = None,
    at: UUID | None = None,
) -> Response[str]:
    view = await reading.view(session, request.user, hackathon_id)
    return pages.respond(
        request,
        "hackathons/judging.html",
        status_code=error.status if error else 200,
        zone=zone_of(view),
        notices=notices(done, SAID),
        hackathon=view,
        judging=await scoring.judging(session, request.user, hackathon_id),
        values=words_of(values),
        at=at,
        **wrong(error, pages.language_of(request)),
    )


def zone_of(view: HackathonView) -> str:
    """The zone that its times are shown in."""
    return view.hub.timezone if view.hub else formats.NETWORK_ZONE


def notices(done: str, said: Mapping[str, Message]) -> list[Notice]:
    """The line above the page about what just happened."""
    return [Notice(said[done])] if done in said else []


router = Router(
    path="/",
    route_handlers=[
        hackathons_page,
        hackathon_page,
        entry_page,
        sign_up,
        save_entry,
        judging_page,
        answer_request,
        give_marks,
    ],
    include_in_schema=False,
)
