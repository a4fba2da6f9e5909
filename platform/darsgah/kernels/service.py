"""Who may have a kernel for which lab, and what administrators may see and do."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.accounts import service as accounts
from darsgah.catalog import service as catalog
from darsgah.catalog.schemas import GradingMaterial
from darsgah.db.columns import now as utc_now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView, Window
from darsgah.enrolments.service import LabNotOpen
from darsgah.errors import Forbidden, NotFound, NotSignedIn
from darsgah.hubs import service as hubs
from darsgah.kernels import hosts
from darsgah.kernels.schemas import HostView, KernelsView, KernelView
from darsgah.settings import Settings
from darsgah_grader.kernel_wire import Opening

logger = structlog.get_logger("darsgah.kernels")
_STAFF = (Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN)
ADMINISTRATORS = (Role.HUB_ADMIN, Role.NETWORK_ADMIN)


class OnlyForTheCohort(Forbidden):
    """Only learners of this cohort, and those who teach it, run its labs here."""

    code = "only_for_the_cohort"


async def may_run(session: AsyncSession, actor: Actor, assignment_id: UUID) -> AssignmentView:
    """The assignment, for those whose code runs for it: its learners once it has opened, and its staff.

    Raises:
        NotFound: there is none that the actor may see.
        OnlyForTheCohort: they may see it and are neither.
        LabNotOpen: it has not opened.
    """
    assignment, cohort = await enrolments.assignment(session, actor, assignment_id)
    if actor.holds(*_STAFF, hub_id=assignment.hub_id):
        return assignment
    if not cohort.learner:
        raise OnlyForTheCohort
    if assignment.window is Window.NOT_OPEN:
        raise LabNotOpen
    return assignment


async def opening(
    session: AsyncSession, actor: Actor, assignment_id: UUID, kernel: str, after: int
) -> tuple[Opening, GradingMaterial]:
    """What a host is asked for, and the lab's material with its data files.

    Args:
        kernel: the one that the page had, by its id; empty for any.
        after: number of the last event that the page has of it.

    Raises:
        NotFound, OnlyForTheCohort, LabNotOpen: as above.
    """
    assignment = await may_run(session, actor, assignment_id)
    material = await catalog.grading_material(session, assignment.lab.id)
    asked = Opening(
        learner=str(actor.account_id),
        assignment=str(assignment_id),
        hub=str(assignment.hub_id),
        lab=assignment.lab.title,
        learner_name=actor.display_name,
        environment=material.environment,
        limits=material.limits,
        files=[{"name": file.name, "sha256": file.sha256, "size": file.size} for file in material.files],
        session=kernel,
        after=after,
    )
    return asked, material


async def still_may(session: AsyncSession, token: str, assignment_id: UUID) -> None:
    """Ask again, for a page that has been open for a while; that it is open is no use of its session.

    Raises:
        NotSignedIn: the session is over.
        NotFound, OnlyForTheCohort, LabNotOpen: as above.
    """
    account = await accounts.signed_in(session, token)
    if account is None:
        raise NotSignedIn
    grants = await hubs.grants(session, account.id)
    actor = Actor(account.id, account.display_name, account.language, grants)
    await may_run(session, actor, assignment_id)


async def kernels(settings: Settings, actor: Actor) -> KernelsView:
    """The kernels of the actor's hubs; of all hubs for the network's administrators."""
    now = utc_now()
    own = None if actor.holds(Role.NETWORK_ADMIN) else actor.hubs(Role.HUB_ADMIN)
    found: list[KernelView] = []
    answering: list[HostView] = []
    away: list[str] = []
    for address, report in await hosts.reports(settings):
        read = read_report(str(address), report, now) if report is not None else None
        if read is None:
            away.append(str(address))
            continue
        answering.append(read[0])
        found += read[1]
    seen = [kernel for kernel in found if own is None or kernel.hub in own]
    seen.sort(key=lambda kernel: (-kernel.memory_bytes, kernel.learner_name, kernel.lab))
    return KernelsView(tuple(seen), tuple(answering), tuple(away), now)


def read_report(
    address: str, report: dict[str, Any], now: datetime
) -> tuple[HostView, list[KernelView]] | None:
    """A host's report; None for one of another release, which says other things."""
    try:
        bounds = {name: report[name] for name in ("places", "each", "idle_seconds", "waiting")}
        host = msgspec.convert({"address": address, **bounds}, HostView)
        return host, [KernelView.of(row, now) for row in report["kernels"]]
    except (KeyError, TypeError, msgspec.MsgspecError):
        return None


async def stop(settings: Settings, actor: Actor, learner: UUID, assignment: UUID) -> None:
    """End a kernel of one of the actor's hubs.

    Raises:
        NotFound: there is none that the actor may see.
    """
    view = await kernels(settings, actor)
    found = [one for one in view.kernels if (one.learner, one.assignment) == (learner, assignment)]
    if not found:
        raise NotFound
    await hosts.stop(settings, hosts.addresses(settings), str(learner), str(assignment))
    logger.info(
        "kernel_stopped",
        by=str(actor.account_id),
        learner=str(learner),
        assignment=str(assignment),
        hub=str(found[0].hub),
        memory_bytes=found[0].memory_bytes,
    )
