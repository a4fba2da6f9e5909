"""A project's GPU hours: who may start GPU work, for how long, and what it took.

A lease is paid for in advance, a slice at a time: the slice is set aside from the quota while the project's
row is held, so that two starts or two renewals at once never get the same seconds. A machine that does not
renew before the slice is over ends the work by itself, and is billed the whole slice: else starting again and
again without a word would cost nothing. Of work that says when it ends, what was not used goes back.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.briefs import project_cards
from darsgah.briefs.lifecycle import Stage
from darsgah.briefs.project_cards import ProjectCard
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.projects import gpu_queries, queries
from darsgah.projects.errors import GpuLeaseOver, GpuNotNow, GpuQuotaUsed, GpuTokenUnknown
from darsgah.projects.models import GpuLease, GpuToken
from darsgah.projects.room import enter, names_of, require, require_acceptance
from darsgah.projects.schemas import GpuState
from darsgah.ui.language import Message
from darsgah.ui.plain_text import LINE

SLICE_SECONDS: Final = 60.0
"""What is set aside at once for a lease, on each of its GPUs."""
LEAST_SECONDS: Final = 1.0
"""A slice that would be shorter is none: the hours are used up."""
RENEW_SECONDS: Final = 20.0
"""A machine says so often that the work goes on; in its last slice at the end of it."""
AT_WORK: Final = frozenset({Stage.AGREEMENTS_SIGNED, Stage.KICKOFF, Stage.MILESTONES})
"""Stages in which GPU work runs."""
MOST_TOKENS: Final = 10
PAGE: Final = 50
logger = structlog.get_logger("darsgah.projects")


class NewLease(msgspec.Struct, frozen=True):
    """GPU work that is to begin: on which machine, on how many GPUs."""

    machine: Annotated[str, msgspec.Meta(max_length=100, pattern=LINE)] = ""
    gpus: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1


class LeaseGrant(msgspec.Struct, frozen=True):
    """A lease at work: it is over after ``granted_seconds``, and to be renewed every ``renew_seconds``.

    ``left_seconds`` is what the project has beyond that, in seconds of one GPU. 0 granted: it has ended.
    """

    id: UUID
    granted_seconds: float
    renew_seconds: float
    left_seconds: float


class LeaseView(msgspec.Struct, frozen=True):
    """A lease in the list; ``ended`` is None while it runs, else done, quota, lost, stopped or withdrawn."""

    id: UUID
    machine: str
    gpus: int
    started_at: datetime
    ended_at: datetime | None
    ended: str | None
    billed_seconds: float


class TokenView(msgspec.Struct, frozen=True):
    """A token for GPU work, without the secret."""

    id: UUID
    label: str
    by: str
    made_at: datetime


class MadeToken(msgspec.Struct, frozen=True):
    """A token with its secret, which is shown this once."""

    view: TokenView
    token: str


class NewToken(msgspec.Struct, frozen=True):
    """A token to come; ``label`` says for which machine."""

    label: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=LINE)]


class GpuPage(msgspec.Struct, frozen=True):
    """A project's GPU hours with its newest leases and its tokens."""

    state: GpuState
    leases: tuple[LeaseView, ...]
    tokens: tuple[TokenView, ...]
    may_change: bool


async def state(session: AsyncSession, project: ProjectCard) -> GpuState:
    """What a project has, used, and has left; what is set aside for leases at work counts as used."""
    used, running = await gpu_queries.used(session, project.id, now())
    quota = project.gpu_hours * 3600
    return GpuState(quota, used, max(0.0, quota - used), running)


async def page(session: AsyncSession, actor: Actor, project_id: UUID) -> GpuPage:
    """The same with leases and tokens.

    Raises:
        NotFound: the actor is nothing to the project.
    """
    room = await enter(session, actor, project_id)
    require_acceptance(room, actor)
    leases = await gpu_queries.leases(session, project_id, PAGE)
    tokens = await gpu_queries.tokens(session, project_id)
    names = await names_of(session, [row.made_by for row in tokens])
    opened = room.signed_at is not None and room.project.stage in AT_WORK
    return GpuPage(
        await state(session, room.project),
        tuple(_lease_view(row) for row in leases),
        tuple(TokenView(row.id, row.label, names.get(row.made_by, ""), row.made_at) for row in tokens),
        opened and (room.part.value == "hub" or actor.account_id in room.accepted),
    )


async def make_token(session: AsyncSession, actor: Actor, project_id: UUID, new: NewToken) -> MadeToken:
    """Make a token with which a machine takes leases for the project.

    Raises:
        MalformedInput: the label is blank, or there are ``MOST_TOKENS`` already.
        NotFound, and what ``require`` raises.
    """
    room = await enter(session, actor, project_id, lock=True)
    require(room, actor, stages=AT_WORK)
    label = new.label.strip()
    if not label:
        raise MalformedInput(fields={"label": Message("This is needed.")})
    if len(await gpu_queries.tokens(session, project_id)) >= MOST_TOKENS:
        raise MalformedInput(
            fields={"label": Message("Withdraw a token first: there are {count}.", count=MOST_TOKENS)}
        )
    token = f"dgp_{secrets.token_urlsafe(32)}"
    row = GpuToken(project_id=project_id, label=label, token_hash=_hash(token), made_by=actor.account_id)
    session.add(row)
    await session.flush()
    logger.info("gpu_token_made", project=str(project_id), token=str(row.id), by=str(actor.account_id))
    return MadeToken(TokenView(row.id, label, actor.display_name, row.made_at), token)


async def withdraw_token(session: AsyncSession, actor: Actor, project_id: UUID, token_id: UUID) -> None:
    """Withdraw a token: its leases end with their next renewal.

    Raises:
        NotFound: the actor is nothing to the project, or it has no such token.
    """
    await enter(session, actor, project_id, lock=True)
    row = await gpu_queries.token(session, project_id, token_id)
    if row is None:
        raise NotFound
    row.withdrawn_at = now()
    await _bury(session, project_id, row.withdrawn_at)
    for lease in await gpu_queries.running(session, project_id):
        if lease.token_id == token_id:
            _end(lease, "withdrawn", row.withdrawn_at)
    await session.flush()


async def start(session: AsyncSession, token: str | None, project_id: UUID, new: NewLease) -> LeaseGrant:
    """Take a lease, with its first slice.

    Raises:
        GpuTokenUnknown: it is no token of that project.
        GpuNotNow: the project does not run.
        GpuQuotaUsed: nothing is left.
    """
    row, project = await _known(session, token, project_id)
    if project.stage not in AT_WORK:
        raise GpuNotNow
    moment = now()
    await _bury(session, project_id, moment)
    slice_seconds = await _slice(session, project, new.gpus, moment)
    if slice_seconds < LEAST_SECONDS:
        raise GpuQuotaUsed
    lease = GpuLease(
        hub_id=project.hub_id,
        project_id=project_id,
        token_id=row.id,
        machine=new.machine.strip(),
        gpus=new.gpus,
        started_at=moment,
        renewed_at=moment,
        paid_until=moment + timedelta(seconds=slice_seconds),
    )
    session.add(lease)
    await session.flush()
    logger.info("gpu_lease_taken", project=str(project_id), lease=str(lease.id), gpus=new.gpus)
    return await _grant(session, project, lease, slice_seconds)


async def renew(session: AsyncSession, token: str | None, project_id: UUID, lease_id: UUID) -> LeaseGrant:
    """Say that the work goes on, and have the next slice; what is left may be less than a whole one.

    Raises:
        GpuLeaseOver: it ended before; the work is to end now.
        GpuTokenUnknown: it is no token of that project, or was withdrawn.
        NotFound: no such lease of that token.
    """
    row, project = await _known(session, token, project_id)
    moment = now()
    lease = await _lease(session, row, project_id, lease_id)
    if lease.ended_at is not None:
        raise GpuLeaseOver(ending=lease.ended or "")
    if lease.paid_until < moment - timedelta(seconds=RENEW_SECONDS):
        _end(lease, "lost", lease.paid_until)
        return _ended(lease)
    _bill(lease, moment)
    if project.stage not in AT_WORK:
        _end(lease, "stopped", moment)
        return _ended(lease)
    lease.paid_until = moment  # its own old slice is free again before the next is cut
    await session.flush()
    await _bury(session, project_id, moment)
    slice_seconds = await _slice(session, project, lease.gpus, moment)
    if slice_seconds < LEAST_SECONDS:
        _end(lease, "quota", moment)
        return _ended(lease)
    lease.paid_until = moment + timedelta(seconds=slice_seconds)
    await session.flush()
    return await _grant(session, project, lease, slice_seconds)


async def end(session: AsyncSession, token: str | None, project_id: UUID, lease_id: UUID) -> LeaseView:
    """Say that the work is over; saying so twice changes nothing.

    Raises:
        GpuTokenUnknown, NotFound: as `renew`.
    """
    row, _ = await _known(session, token, project_id)
    lease = await _lease(session, row, project_id, lease_id)
    if lease.ended_at is None:
        moment = now()
        await _bury(session, project_id, moment)
        if lease.ended_at is None:
            _end(lease, "done", moment)
        await session.flush()
    return _lease_view(lease)


async def stop(session: AsyncSession, actor: Actor, project_id: UUID, lease_id: UUID) -> None:
    """End a lease from the project's page: its machine ends the work when it would renew.

    Raises:
        NotFound: the actor is nothing to the project, or it has no such lease.
    """
    await enter(session, actor, project_id, lock=True)
    moment = now()
    await _bury(session, project_id, moment)
    lease = await gpu_queries.lease(session, project_id, lease_id)
    if lease is None:
        raise NotFound
    if lease.ended_at is None:
        _end(lease, "stopped", moment)
        await session.flush()


async def stop_where_at_rest(session: AsyncSession, project_id: UUID) -> None:
    """End the leases of a project that does not run any more; the caller holds its room."""
    project = await project_cards.card(session, project_id)
    if project is None or project.stage in AT_WORK:
        return
    moment = now()
    await _bury(session, project_id, moment)
    for lease in await gpu_queries.running(session, project_id):
        _end(lease, "stopped", moment)
    await session.flush()


async def _known(session: AsyncSession, token: str | None, project_id: UUID) -> tuple[GpuToken, ProjectCard]:
    """The token and its project, whose room is held from here on."""
    row = await gpu_queries.by_hash(session, _hash(token)) if token else None
    if row is None or row.project_id != project_id or row.withdrawn_at is not None:
        raise GpuTokenUnknown
    project = await project_cards.card(session, project_id)
    assert project is not None  # noqa: S101 # a foreign key holds it
    await queries.lock_room(session, project_id, project.hub_id)
    fresh = await project_cards.card(session, project_id)
    return row, fresh or project


async def _lease(session: AsyncSession, token: GpuToken, project_id: UUID, lease_id: UUID) -> GpuLease:
    lease = await gpu_queries.lease(session, project_id, lease_id)
    if lease is None or lease.token_id != token.id:
        raise NotFound
    return lease


async def _slice(session: AsyncSession, project: ProjectCard, gpus: int, moment: datetime) -> float:
    """The seconds that the next slice may have on that many GPUs; the room is held."""
    used, _ = await gpu_queries.used(session, project.id, moment)
    left = project.gpu_hours * 3600 - used
    return min(SLICE_SECONDS, left / gpus)


async def _bury(session: AsyncSession, project_id: UUID, moment: datetime) -> None:
    """End leases that were not renewed in time, billed to the end of their last slice."""
    for lease in await gpu_queries.running(session, project_id):
        if lease.paid_until < moment:
            _end(lease, "lost", lease.paid_until)
    await session.flush()


def _bill(lease: GpuLease, moment: datetime) -> None:
    """Add the time since the last sign of life, which was paid for."""
    until = min(moment, lease.paid_until)
    lease.billed_seconds += max(0.0, (until - lease.renewed_at).total_seconds()) * lease.gpus
    lease.renewed_at = moment


def _end(lease: GpuLease, reason: str, moment: datetime) -> None:
    _bill(lease, moment)
    lease.ended_at, lease.ended, lease.paid_until = moment, reason, moment


def _ended(lease: GpuLease) -> LeaseGrant:
    """Tell in an answer that the lease is over: an error would undo what was just billed."""
    return LeaseGrant(lease.id, 0.0, 0.0, 0.0)


async def _grant(
    session: AsyncSession, project: ProjectCard, lease: GpuLease, slice_seconds: float
) -> LeaseGrant:
    left = (await state(session, project)).left_seconds
    pause = RENEW_SECONDS if slice_seconds == SLICE_SECONDS else min(RENEW_SECONDS, slice_seconds)
    return LeaseGrant(lease.id, slice_seconds, pause, left)


def _lease_view(row: GpuLease) -> LeaseView:
    return LeaseView(
        row.id, row.machine, row.gpus, row.started_at, row.ended_at, row.ended, row.billed_seconds
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
