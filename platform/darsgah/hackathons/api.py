"""Hackathons as JSON."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role, public, requires, signed_in
from darsgah.hackathons import entering, reading, scoring, service
from darsgah.hackathons.schemas import (
    Cancellation,
    ConflictDeclared,
    Dealt,
    EntryChange,
    EntryResult,
    EntryView,
    HackathonChange,
    HackathonPlan,
    HackathonsPage,
    HackathonView,
    JudgeAnswer,
    JudgementView,
    JudgeRequest,
    JudgeView,
    JudgingView,
    Marks,
    OrganisingView,
    SignUp,
)

organisers = requires(Role.HUB_ADMIN, Role.NETWORK_ADMIN)
learners = requires(Role.LEARNER)


class Entries(msgspec.Struct, frozen=True):
    """One's own entries in a hackathon: one as a rule."""

    entries: tuple[EntryView, ...]


class Judges(msgspec.Struct, frozen=True):
    """Everybody who was asked to judge."""

    judges: tuple[JudgeView, ...]


@get("/hackathons", guards=[public])
async def list_hackathons(
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
    after: FromQuery[UUID | None] = None,
) -> HackathonsPage:
    """Hackathons, the latest first; organisers see their drafts as well."""
    return await reading.hackathons(session, request.user, after)


@post("/hackathons", guards=[organisers])
async def create_hackathon(
    data: JSONBody[HackathonPlan],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> HackathonView:
    """Set a hackathon up, as a draft."""
    return await service.create(session, request.user, data)


@get("/hackathons/{hackathon_id:uuid}", guards=[public])
async def read_hackathon(
    hackathon_id: FromPath[UUID],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
) -> HackathonView:
    """A hackathon; with its results once they are published."""
    return await reading.view(session, request.user, hackathon_id)


@put("/hackathons/{hackathon_id:uuid}", guards=[organisers])
async def change_hackathon(
    hackathon_id: FromPath[UUID],
    data: JSONBody[HackathonChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> HackathonView:
    """Change it. Once it is published, what teams signed up to stays, and the deadline only moves back."""
    return await service.change(session, request.user, hackathon_id, data)


@post("/hackathons/{hackathon_id:uuid}/publication", guards=[organisers], status_code=HTTPStatus.OK)
async def publish_hackathon(
    hackathon_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> HackathonView:
    """Show it to everybody."""
    return await service.publish(session, request.user, hackathon_id)


@post("/hackathons/{hackathon_id:uuid}/cancellation", guards=[organisers], status_code=HTTPStatus.OK)
async def cancel_hackathon(
    hackathon_id: FromPath[UUID],
    data: JSONBody[Cancellation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> HackathonView:
    """Call it off."""
    return await service.cancel(session, request.user, hackathon_id, data.reason)


@get("/hackathons/{hackathon_id:uuid}/organising", guards=[organisers])
async def read_organising(
    hackathon_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> OrganisingView:
    """Its entries and judges, and how far the judging is."""
    return await reading.organising(session, request.user, hackathon_id)


@post(
    "/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}/exclusion",
    guards=[organisers],
    status_code=HTTPStatus.NO_CONTENT,
)
async def exclude_entry(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    data: JSONBody[Cancellation],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Leave an entry out."""
    await service.exclude(session, request.user, hackathon_id, entry_id, data.reason)


@post("/hackathons/{hackathon_id:uuid}/judges", guards=[organisers])
async def ask_judge(
    hackathon_id: FromPath[UUID],
    data: JSONBody[JudgeRequest],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Judges:
    """Ask somebody to judge a track."""
    return Judges(await service.ask_judge(session, request.user, hackathon_id, data))


@delete("/hackathons/{hackathon_id:uuid}/judges/{judge_id:uuid}", guards=[organisers])
async def take_out_judge(
    hackathon_id: FromPath[UUID],
    judge_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Have somebody judge no more."""
    await service.take_out_judge(session, request.user, hackathon_id, judge_id)


@post("/hackathons/{hackathon_id:uuid}/dealing", guards=[organisers], status_code=HTTPStatus.OK)
async def deal_entries(
    hackathon_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Dealt:
    """Give entries to the judges that they lack; what was dealt before stays."""
    return await service.deal_entries(session, request.user, hackathon_id)


@post("/hackathons/{hackathon_id:uuid}/results", guards=[organisers], status_code=HTTPStatus.OK)
async def publish_results(
    hackathon_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> HackathonView:
    """Rank all tracks and publish the results at once."""
    return await service.publish_results(session, request.user, hackathon_id)


@get("/hackathons/{hackathon_id:uuid}/entries", guards=[learners])
async def own_entries(
    hackathon_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Entries:
    """The entries of your own teams."""
    return Entries(await entering.own_entries(session, request.user, hackathon_id))


@post("/hackathons/{hackathon_id:uuid}/entries", guards=[learners])
async def sign_up(
    hackathon_id: FromPath[UUID],
    data: JSONBody[SignUp],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> EntryView:
    """Have one of your teams take part."""
    return await entering.sign_up(session, request.user, hackathon_id, data)


@put("/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}", guards=[learners])
async def change_entry(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    data: JSONBody[EntryChange],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> EntryView:
    """Write what you hand in."""
    return await entering.change(session, request.user, hackathon_id, entry_id, data)


@post(
    "/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}/submission",
    guards=[learners],
    status_code=HTTPStatus.OK,
)
async def submit_entry(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> EntryView:
    """Hand it in; it can still be changed until the deadline."""
    return await entering.submit(session, request.user, hackathon_id, entry_id)


@delete("/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}", guards=[learners])
async def withdraw_entry(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Take part no more."""
    await entering.withdraw(session, request.user, hackathon_id, entry_id)


@get("/hackathons/{hackathon_id:uuid}/entries/{entry_id:uuid}/result", guards=[public])
async def read_entry_result(
    hackathon_id: FromPath[UUID],
    entry_id: FromPath[UUID],
    request: Request[Actor | None, str | None, Any],
    session: NamedDependency[AsyncSession],
) -> EntryResult:
    """What was handed in for an entry, with its place; once the results are out."""
    return await reading.entry_result(session, request.user, hackathon_id, entry_id)


@get("/hackathons/{hackathon_id:uuid}/judging", guards=[signed_in])
async def read_judging(
    hackathon_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> JudgingView:
    """What you judge, or are asked to."""
    return await scoring.judging(session, request.user, hackathon_id)


@put(
    "/hackathons/{hackathon_id:uuid}/judges/{judge_id:uuid}",
    guards=[signed_in],
    status_code=HTTPStatus.NO_CONTENT,
)
async def answer_request(
    hackathon_id: FromPath[UUID],
    judge_id: FromPath[UUID],
    data: JSONBody[JudgeAnswer],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Say whether you judge a track that you were asked to."""
    await scoring.answer(session, request.user, hackathon_id, judge_id, accept=data.accept)


@put("/hackathons/{hackathon_id:uuid}/judging/{judgement_id:uuid}", guards=[signed_in])
async def give_marks(
    hackathon_id: FromPath[UUID],
    judgement_id: FromPath[UUID],
    data: JSONBody[Marks],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> JudgementView:
    """Mark an entry that you were dealt; until results are out you may change your mind."""
    return await scoring.mark(session, request.user, hackathon_id, judgement_id, data)


@post(
    "/hackathons/{hackathon_id:uuid}/judging/{judgement_id:uuid}/conflict",
    guards=[signed_in],
    status_code=HTTPStatus.NO_CONTENT,
)
async def declare_conflict(
    hackathon_id: FromPath[UUID],
    judgement_id: FromPath[UUID],
    data: JSONBody[ConflictDeclared],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> None:
    """Give back an entry that you should not judge."""
    await scoring.give_back(session, request.user, hackathon_id, judgement_id, data.reason)


router = Router(
    path="/",
    route_handlers=[
        list_hackathons,
        create_hackathon,
        read_hackathon,
        change_hackathon,
        publish_hackathon,
        cancel_hackathon,
        read_organising,
        exclude_entry,
        ask_judge,
        take_out_judge,
        deal_entries,
        publish_results,
        own_entries,
        sign_up,
        change_entry,
        submit_entry,
        withdraw_entry,
        read_entry_result,
        read_judging,
        answer_request,
        give_marks,
        declare_conflict,
    ],
    tags=["hackathons"],
)
