"""The editor of a lab's hints as pages."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.blobs.store import BlobStore
from darsgah.errors import DarsgahError, MalformedInput
from darsgah.submissions.guards import staff
from darsgah.tutoring import bank, course_settings
from darsgah.tutoring.bank_preview import ANSWER, preview
from darsgah.tutoring.bank_schemas import LEVELS, BankEntry, HintWords, LevelWords, WordsChange
from darsgah.tutoring.errors import WordsChanged
from darsgah.tutoring.pages import LEVELS as LEVEL_NAMES
from darsgah.ui.language import Message, explain
from darsgah.ui.templating import Notice, Pages

PAGE = "/teach/assignments/{assignment_id:uuid}/hints"
LANGUAGES = ("en", "ur")


@get(PAGE, guards=[staff])
async def bank_page(
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """The misconceptions of a lab, with how the hints about each fared."""
    view = await bank.lab_bank(session, blobs, request.user, assignment_id)
    return pages.respond(request, "tutoring/bank.html", zone=view.cohort.timezone, view=view)


@get(f"{PAGE}/{{misconception:str}}", guards=[staff])
async def entry_page(
    *,
    assignment_id: FromPath[UUID],
    misconception: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
    saved: FromQuery[bool] = False,
    take: FromQuery[int | None] = None,
) -> Response[str]:
    """The words of one misconception; ``take`` fills the form with those of an earlier version."""
    found = await bank.entry(session, blobs, request.user, assignment_id, misconception)
    earlier = next((one for one in found.entry.history if one.version == take), None)
    words = (earlier.words or found.entry.authored) if earlier else found.entry.words
    notices = [Notice(Message("Saved. The next hint has these words."))] if saved else []
    return _editor(request, pages, found, form_values(words), words=words, notices=notices)


@post(f"{PAGE}/{{misconception:str}}", guards=[staff])
async def change_entry(
    *,
    assignment_id: FromPath[UUID],
    misconception: FromPath[str],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    blobs: NamedDependency[BlobStore],
    pages: NamedDependency[Pages],
) -> Response[Any]:
    """Save the words, go back to the author's, or show how they look; what was typed stays in the form."""
    form = await request.form()
    values = {key: _text(form.get(key, "")) for key in _keys()}
    action, version = form.get("action"), _number(form.get("version"))
    words = None if action == "author" else _words(values)
    found = await bank.entry(session, blobs, request.user, assignment_id, misconception)
    if action == "preview" and words is not None:
        wrong = await bank.checked(session, blobs, found.assignment, words, found.entry.authored)
        return _editor(request, pages, found, values, words=words, errors=wrong, version=version)
    try:
        wanted = WordsChange(version, words)
        await bank.change(session, blobs, request.user, assignment_id, misconception, wanted=wanted)
    except (MalformedInput, WordsChanged) as error:
        kept = words or found.entry.authored
        return _editor(request, pages, found, values, words=kept, refusal=error, version=version)
    address = f"/teach/assignments/{assignment_id}/hints/{misconception}?saved=1"
    return Redirect(address, status_code=303)


def _editor(
    request: Request[Actor, str, Any],
    pages: Pages,
    found: BankEntry,
    values: Mapping[str, str],
    *,
    words: HintWords,
    version: int | None = None,
    errors: Mapping[str, Message] | None = None,
    refusal: DarsgahError | None = None,
    notices: list[Notice] | None = None,
) -> Response[str]:
    """The form with these values. After a conflict it names the present version: a second save is knowing."""
    wrong = dict(errors or {})
    if isinstance(refusal, MalformedInput):
        wrong = dict(refusal.details["fields"])
    changed = isinstance(refusal, WordsChanged)
    return pages.respond(
        request,
        "tutoring/bank_entry.html",
        status_code=refusal.status if refusal else 200,
        zone=found.cohort.timezone,
        notices=notices or [],
        found=found,
        values=values,
        errors=wrong,
        refusal=explain(refusal, pages.language_of(request)) if changed and refusal else "",
        version=found.entry.line.version if version is None or changed else version,
        shown=preview(words, wrong),
        answer=ANSWER,
        levels=[(key, LEVEL_NAMES[number]) for number, key in enumerate(LEVELS, 1)],
        may_change=request.user.holds(*course_settings.MAY_CHANGE, hub_id=found.cohort.hub_id),
    )


def _keys() -> list[str]:
    return [f"{level}.{language}" for level in LEVELS for language in LANGUAGES]


def form_values(words: HintWords) -> dict[str, str]:
    """The form's fields, by ``level.language``."""
    said: dict[str, LevelWords | None] = {level: getattr(words, level) for level in LEVELS}
    return {
        f"{level}.{language}": getattr(texts, language) if texts else ""
        for level, texts in said.items()
        for language in LANGUAGES
    }


def _words(values: Mapping[str, str]) -> HintWords:
    """What the fields say; an example that is empty in both languages is none."""
    texts = {level: LevelWords(values[f"{level}.en"], values[f"{level}.ur"]) for level in LEVELS}
    example = texts.pop("example")
    return HintWords(**texts, example=example if example.en or example.ur else None)


def _text(value: object) -> str:
    """As it was typed: browsers send line ends of their own."""
    return value.replace("\r\n", "\n").replace("\0", "").strip("\n") if isinstance(value, str) else ""


def _number(value: object) -> int:
    """The version that a form names; a form without one began from none that there is."""
    plain = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10
    return int(str(value)) if plain else -1


router = Router(path="/", route_handlers=[bank_page, entry_page, change_entry], include_in_schema=False)
