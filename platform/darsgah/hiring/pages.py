"""Hiring as pages: a learner's own profile, open ones for verified organisations, and conversations."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.briefs.wording import STAGES
from darsgah.errors import Conflict, DarsgahError, MalformedInput, TooMany
from darsgah.hiring import barring, contact, service
from darsgah.hiring.api import learners, mentors
from darsgah.hiring.schemas import HiringProfileChange, Line, NewBar, NewHiringMessage, Skill
from darsgah.ui.form_data import read_form
from darsgah.ui.form_errors import wrong
from darsgah.ui.language import Message
from darsgah.ui.templating import Notice, Pages

OWN: Final = "/hiring/me"
SAID: Final[Mapping[str, Message]] = {
    "saved": Message("Saved. Your profile is open: verified organisations can see it."),
    "closed": Message("Saved. Your profile is closed: nobody but you sees it."),
    "barred": Message("Done: that organisation does not see your profile."),
    "let_in": Message("Done: that organisation sees your profile while it is open."),
    "sent": Message("Sent."),
}


class ProfileForm(msgspec.Struct, frozen=True):
    """The form of a profile; skills come with commas between them."""

    version: int
    is_open: bool = False
    headline: Line = ""
    about: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    skills: Annotated[str, msgspec.Meta(max_length=1500)] = ""


class BarForm(msgspec.Struct, frozen=True):
    """An organisation that stands on the page already; without one it is named."""

    organisation_id: UUID | None = None


@get(OWN, guards=[learners])
async def own_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """One's own profile: open or closed, what it shows, who saw it, and who wrote."""
    return await _own(request, session, pages, done=done, after=after)


async def _own(
    request: Request[Actor, str, Any],
    session: AsyncSession,
    pages: Pages,
    *,
    done: str = "",
    after: UUID | None = None,
    values: Mapping[str, Any] | None = None,
    error: DarsgahError | None = None,
    barred_name: str = "",
) -> Response[str]:
    view = await service.own_profile(session, request.user)
    seen = await service.seen_by(session, request.user, after)
    conversations = await contact.conversations(session, request.user)
    hidden = await barring.bars(session, request.user)
    kept = {
        "is_open": view.is_open,
        "headline": view.headline,
        "about": view.about,
        "skills": ", ".join(view.skills),
        "projects": {str(line.id) for line in view.projects if line.shown},
    }
    return pages.respond(
        request,
        "hiring/me.html",
        status_code=error.status if error else 200,
        notices=[Notice(SAID[done])] if done in SAID else [],
        view=view,
        seen=seen,
        paged=after is not None,
        conversations=conversations,
        hidden=hidden,
        hidden_ids={one.organisation_id for one in hidden.organisations},
        barred_name=barred_name,
        values=values or kept,
        **wrong(error, pages.language_of(request)),
        stages=STAGES,
    )


@post(OWN, guards=[learners])
async def change_own(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Save, open or close one's own profile."""
    form = await request.form()
    ticked = [one for one in form.getall("projects", []) if isinstance(one, str)]
    try:
        wanted = _wanted(read_form(form, ProfileForm), ticked)
        async with session.begin_nested():
            await service.change(session, request.user, wanted)
    except (Conflict, MalformedInput) as error:
        values = {name: str(form.get(name, "")) for name in ("headline", "about", "skills")}
        values_kept = {**values, "is_open": form.get("is_open") == "true", "projects": set(ticked)}
        return await _own(request, session, pages, values=values_kept, error=error)
    return Redirect(f"{OWN}?done={'saved' if wanted.is_open else 'closed'}", status_code=303)


@post(f"{OWN}/barred", guards=[learners])
async def bar_on_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Hide one's profile from an organisation, by its name or, beside it on the page, by its id."""
    form = await request.form()
    try:
        chosen = read_form(form, BarForm)
        async with session.begin_nested():
            if chosen.organisation_id is not None:
                await barring.bar(session, request.user, chosen.organisation_id)
            else:
                await barring.bar_named(session, request.user, read_form(form, NewBar).name)
    except MalformedInput as error:
        return await _own(request, session, pages, error=error, barred_name=str(form.get("name", "")))
    return Redirect(f"{OWN}?done=barred#barred", status_code=303)


@post(f"{OWN}/barred/{{organisation_id:uuid}}/end", guards=[learners])
async def let_in_on_page(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
) -> Redirect:
    """Hide from an organisation no more."""
    await barring.let_in(session, request.user, organisation_id)
    return Redirect(f"{OWN}?done=let_in#barred", status_code=303)


def _wanted(form: ProfileForm, ticked: list[str]) -> HiringProfileChange:
    try:
        skills = msgspec.convert(
            [one.strip() for one in form.skills.split(",") if one.strip()], tuple[Skill, ...]
        )
        projects = msgspec.convert(ticked, tuple[UUID, ...])
    except msgspec.ValidationError as error:
        text = Message("At most 30 skills, each of at most 60 characters.")
        raise MalformedInput(fields={"skills": text}) from error
    if len(skills) > 30 or len(projects) > 50:
        raise MalformedInput(fields={"skills": Message("At most 30 skills, each of at most 60 characters.")})
    return HiringProfileChange(
        version=form.version,
        is_open=form.is_open,
        headline=form.headline,
        about=form.about,
        skills=skills,
        projects=projects,
    )


@get("/hiring", guards=[mentors])
async def profiles_page(
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    skill: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """The open profiles, without names."""
    view = await service.profiles(session, request.user, skill=skill, after=after)
    return pages.respond(request, "hiring/profiles.html", view=view, skill=skill, paged=after is not None)


@get("/hiring/profiles/{profile_id:uuid}", guards=[mentors])
async def profile_page(
    profile_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """One open profile; its learner is shown that it was seen."""
    view = await contact.profile(session, request.user, profile_id)
    return _profile(request, pages, view, done=done)


def _profile(
    request: Request[Actor, str, Any],
    pages: Pages,
    view: Any,  # noqa: ANN401 # an OpenProfile or a ConversationView
    *,
    done: str = "",
    body: str = "",
    error: DarsgahError | None = None,
    template: str = "hiring/profile.html",
) -> Response[str]:
    return pages.respond(
        request,
        template,
        status_code=error.status if error else 200,
        headers=error.headers if error else None,
        notices=[Notice(SAID[done])] if done in SAID else [],
        view=view,
        body=body,
        **wrong(error, pages.language_of(request)),
        stages=STAGES,
    )


@post("/hiring/profiles/{profile_id:uuid}", guards=[mentors])
async def write_to_learner(
    profile_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Write to a learner."""
    form = await request.form()
    try:
        async with session.begin_nested():
            new = read_form(form, NewHiringMessage)
            await contact.write(session, request.user, profile_id, new)
    except (MalformedInput, TooMany) as error:
        view = await contact.profile(session, request.user, profile_id)
        return _profile(request, pages, view, body=str(form.get("body", "")), error=error)
    return Redirect(f"/hiring/profiles/{profile_id}?done=sent", status_code=303)


@get("/hiring/conversations/{organisation_id:uuid}", guards=[signed_in])
async def conversation_page(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
    done: FromQuery[str] = "",
) -> Response[str]:
    """What an organisation and the learner wrote to each other."""
    view = await contact.conversation(session, request.user, organisation_id)
    return _profile(request, pages, view, done=done, template="hiring/conversation.html")


@post("/hiring/conversations/{organisation_id:uuid}", guards=[signed_in])
async def answer_organisation(
    organisation_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Answer an organisation."""
    form = await request.form()
    try:
        async with session.begin_nested():
            await contact.answer(session, request.user, organisation_id, read_form(form, NewHiringMessage))
    except (Conflict, MalformedInput) as error:
        view = await contact.conversation(session, request.user, organisation_id)
        body = str(form.get("body", ""))
        return _profile(request, pages, view, body=body, error=error, template="hiring/conversation.html")
    return Redirect(f"/hiring/conversations/{organisation_id}?done=sent", status_code=303)


router = Router(
    path="/",
    route_handlers=[
        own_page,
        change_own,
        bar_on_page,
        let_in_on_page,
        profiles_page,
        profile_page,
        write_to_learner,
        conversation_page,
        answer_organisation,
    ],
    include_in_schema=False,
)
