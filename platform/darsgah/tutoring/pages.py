"""The tutoring slice as pages: a learner's hints again, and what a course sets and sees of them."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.blobs.store import BlobStore
from darsgah.submissions.guards import staff
from darsgah.tutoring import calibrations, course_settings, course_view, service, threads
from darsgah.tutoring.gate_figures import GateFigures, table
from darsgah.tutoring.schemas import (
    DAILY_HINTS,
    AssignmentTutoring,
    CohortTutoring,
    HintRequest,
    HintView,
    Line,
    Name,
    NewMessage,
    Rating,
)
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

LEVELS = (
    Message("What the tests saw"),
    Message("Where to look"),
    Message("A question"),
    Message("The idea"),
    Message("Another example"),
)
"""What the levels are called, in their order."""
LOOKS = 28
"""How often a page looks for a hint by itself: five minutes long."""
SAYING, WAITING, LONGEST_PAUSE = 300, 1000, 20_000
"""Milliseconds until it first looks again, while a hint is being said and before, and at most."""


class CohortForm(msgspec.Struct, frozen=True):
    """The form of a course's settings: a box that is not ticked is not sent."""

    hints: bool = False
    exam: bool = False
    transcripts: bool = False
    daily_hints: Annotated[int, msgspec.Meta(ge=0, le=1000)] = DAILY_HINTS


class AssignmentForm(msgspec.Struct, frozen=True):
    """The form of a lab's settings."""

    hints: bool = False
    exam: bool = False
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None


class AskForm(msgspec.Struct, frozen=True):
    """What the result page sends: the test that failed, and a line of reflection."""

    notebook: Name
    cell_id: Name
    reflection: Line = ""


@get("/hints", guards=[signed_in])
async def hints_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """One's own hints, newest first, to read again and to delete."""
    found = await service.transcript(session, request.user, pages.language_of(request), after=after)
    written = await threads.threads(session, [hint.id for hint in found.hints])
    return pages.respond(
        request,
        "tutoring/hints.html",
        hints=found.hints,
        threads=written,
        next_after=found.next_after,
        paged=after is not None,
        levels=LEVELS,
    )


@get("/hints/{hint_id:uuid}", guards=[signed_in])
async def hint_part(
    hint_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    looks: Annotated[int, QueryParameter(ge=0, le=LOOKS)] = 0,
) -> Response[str]:
    """One hint, as a part of the page that asked for it: that looks again for as long as ``LOOKS`` allows.

    Args:
        looks: how often the page has looked since a person asked it to.
    """
    hint = await service.read(session, request.user, hint_id, pages.language_of(request))
    return pages.respond(
        request,
        "tutoring/asked.html",
        hint=hint,
        answer=None,
        levels=LEVELS,
        looks=looks,
        pause=_pause(hint, looks),
    )


def _pause(hint: HintView | None, looks: int) -> int | None:
    """Milliseconds until a page looks for its hint again; None where it has looked long enough.

    Each pause is longer than the one before, so that pages which nobody closes cost next to nothing where no
    worker runs. A hint that is being said grows from one look to the next.
    """
    if looks >= LOOKS or hint is None:
        return None
    first = SAYING if hint.text else WAITING + 50 * (hint.waiting_before or 0)
    return min(LONGEST_PAUSE, round(first * 1.2**looks))


@post("/submissions/{submission_id:uuid}/hints", guards=[signed_in])
async def ask_about_submission(
    *,
    submission_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Ask for a hint on an answer as it was handed in; without scripts it is read among one's hints."""
    form = read_form(await request.form(), AskForm)
    asked = HintRequest(form.notebook, form.cell_id, "", reflection=form.reflection)
    found = await service.ask_about_submission(session, blobs, request.user, submission_id, asked)
    answer = found.told(pages.language_of(request))
    if answer.available and "hx-request" not in request.headers:
        return Redirect("/hints", status_code=303)
    return pages.respond(
        request,
        "tutoring/asked.html" if "hx-request" in request.headers else "tutoring/refused.html",
        hint=answer.hint,
        answer=answer,
        levels=LEVELS,
        form=form,
        submission_id=submission_id,
        looks=0,
        pause=_pause(answer.hint, 0),
    )


@post("/hints/{hint_id:uuid}/rating", guards=[signed_in])
async def rate_hint(
    hint_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Say whether a hint helped."""
    form = read_form(await request.form(), Rating)
    language = pages.language_of(request)
    hint = await service.rate(session, request.user, hint_id, language, helpful=form.helpful)
    if "hx-request" not in request.headers:
        return Redirect("/hints", status_code=303)
    return pages.respond(
        request, "tutoring/asked.html", hint=hint, answer=None, levels=LEVELS, looks=0, pause=_pause(hint, 0)
    )


@post("/hints/{hint_id:uuid}/messages", guards=[signed_in])
async def ask_person(
    hint_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Write to the course's staff about a hint."""
    form = read_form(await request.form(), NewMessage)
    await threads.ask_person(session, request.user, hint_id, form.body)
    return Redirect(f"/hints#hint-{hint_id}", status_code=303)


@post("/teach/cohorts/{cohort_id:uuid}/tutor/hints/{hint_id:uuid}", guards=[staff])
async def answer_learner(
    cohort_id: FromPath[UUID],
    hint_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Answer a learner who wrote about a hint."""
    form = read_form(await request.form(), NewMessage)
    await threads.answer(session, request.user, cohort_id, hint_id, form.body)
    return Redirect(f"/teach/cohorts/{cohort_id}/tutor#hint-{hint_id}", status_code=303)


@post("/hints/delete", guards=[signed_in])
async def delete_hints(request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]) -> Redirect:
    """Delete all of one's hints."""
    await service.delete(session, request.user, None)
    return Redirect("/hints", status_code=303)


@post("/hints/{hint_id:uuid}/delete", guards=[signed_in])
async def delete_hint(
    hint_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Delete one of one's hints."""
    await service.delete(session, request.user, hint_id)
    return Redirect("/hints", status_code=303)


@get("/teach/cohorts/{cohort_id:uuid}/tutor", guards=[staff])
async def tutor_page(
    *,
    cohort_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    saved: FromQuery[bool] = False,
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """What a course sets for the tutor, how its hints fare, and what goes wrong in which question."""
    language = pages.language_of(request)
    view = await course_view.course_tutor(session, request.user, cohort_id, language, after=after)
    return pages.respond(
        request,
        "tutoring/course.html",
        zone=view.cohort.timezone,
        notices=[Notice(Message("Saved."))] if saved else [],
        view=view,
        threads=await threads.threads(session, [line.hint.id for line in view.questions]),
        levels=LEVELS,
        thresholds=thresholds,
        may_change=request.user.holds(*course_settings.MAY_CHANGE, hub_id=view.cohort.hub_id),
    )


def thresholds(lab: course_view.LabTutor) -> tuple[GateFigures, ...]:
    """What a lab's threshold is chosen from; without a measurement the figures are of no answers."""
    found = lab.measured.calibration
    return found.rows if found else table((), lab.settings.threshold)


@post("/teach/cohorts/{cohort_id:uuid}/tutor", guards=[staff])
async def change_course(
    cohort_id: FromPath[UUID], request: Request[Actor, str, Any], session: NamedDependency[AsyncSession]
) -> Redirect:
    """Save what the course sets; a number out of bounds is refused as a whole."""
    form = read_form(await request.form(), CohortForm)
    wanted = CohortTutoring(form.hints, form.exam, form.transcripts, form.daily_hints)
    await course_settings.change_cohort_tutoring(session, request.user, cohort_id, wanted)
    return Redirect(f"/teach/cohorts/{cohort_id}/tutor?saved=1", status_code=303)


@post("/teach/cohorts/{cohort_id:uuid}/tutor/{assignment_id:uuid}", guards=[staff])
async def change_lab(
    cohort_id: FromPath[UUID],
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Save what is set for one lab."""
    values = {key: value for key, value in (await request.form()).items() if value != ""}
    form = read_form(values, AssignmentForm)
    wanted = AssignmentTutoring(form.hints, form.exam, form.threshold)
    await course_settings.change_assignment_tutoring(session, request.user, assignment_id, wanted)
    return Redirect(f"/teach/cohorts/{cohort_id}/tutor?saved=1", status_code=303)


@post("/teach/cohorts/{cohort_id:uuid}/tutor/{assignment_id:uuid}/measure", guards=[staff])
async def measure_lab(
    cohort_id: FromPath[UUID],
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Have a worker measure what a threshold means for a lab."""
    await calibrations.measure_again(session, request.user, assignment_id)
    return Redirect(f"/teach/cohorts/{cohort_id}/tutor#lab-{assignment_id}", status_code=303)


router = Router(
    path="/",
    route_handlers=[
        hints_page,
        hint_part,
        ask_about_submission,
        rate_hint,
        ask_person,
        answer_learner,
        delete_hints,
        delete_hint,
        tutor_page,
        change_course,
        change_lab,
        measure_lab,
    ],
    include_in_schema=False,
)
