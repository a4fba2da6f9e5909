"""Pages from templates: one Jinja environment, and what every page knows about its request.

A slice keeps its templates in its own ``templates`` folder and names them with its own name in front:
``pages.respond(request, "submissions/result.html", result=view)``. Inside, ``page`` is the ``PageContext``;
text goes through ``_()`` or ``{% trans %}``; an undefined name is an error.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import BaseLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.template.base import csrf_token
from markupsafe import Markup

from darsgah.access import Actor
from darsgah.errors import DarsgahError
from darsgah.ui import formats, richtext
from darsgah.ui.language import COOKIE, Language, Languages, Message, explain, translate
from darsgah.ui.navigation import Place, places
from darsgah.ui.static_files import StaticFiles

PACKAGE = Path(__file__).resolve().parents[1]
CSRF_FIELD = "_csrf_token"
"""The name of the form field that Litestar's CSRF middleware reads."""
FORM_KEY_FIELD = "_form_key"
"""The name of the form field with the key of the page that a form stands on (``darsgah.web.sent_once``)."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One line above the page about what just happened; ``kind`` is done, note or loss."""

    text: str | Message
    kind: str = "done"


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a page knows about its request, whatever it shows.

    Attributes:
        path: the path of the request, to mark the current place and to come back after a language switch.
        zone: the hub's zone; all times of the page are shown in it.
        now: the moment that relative times are told from.
        form_key: what tells the forms of this page from those of the same page loaded again.
    """

    language: Language
    path: str = "/"
    actor: Actor | None = None
    csrf_token: str = ""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo(formats.NETWORK_ZONE))
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    notices: tuple[Notice, ...] = ()
    form_key: str = field(default_factory=lambda: token_urlsafe(12))

    @property
    def places(self) -> tuple[Place, ...]:
        """The links of the header."""
        return places(self.actor)

    def is_at(self, place: Place) -> bool:
        """Whether the page lies at or below that place, and no other of the header is nearer."""
        around = [one.path for one in self.places if f"{self.path}/".startswith(f"{one.path}/")]
        return place.path == max(around, key=len, default="")


_current: ContextVar[PageContext] = ContextVar("page")
"""The page being rendered: set for the length of one render, so that imported macros and filters know it."""


class Pages:
    """Renders every page of the platform."""

    def __init__(
        self,
        static_files: StaticFiles,
        languages: Languages,
        *,
        extra_folders: Mapping[str, Path] | None = None,
    ) -> None:
        """``extra_folders`` adds template folders by prefix, as the gallery of the tests does."""
        self.languages = languages
        self.environment = _environment(_loader(extra_folders or {}))
        self.environment.globals.update(
            static=static_files.url,
            languages=tuple(languages),
            csrf_field=_csrf_field,
            localised=_localised,
            current_page=_current.get,
        )

    def render(self, template: str, page: PageContext, **variables: object) -> str:
        """The HTML of one page."""
        with _rendering(page):
            return self.environment.get_template(template).render(page=page, **variables)

    def respond(
        self,
        request: Request[Any, Any, Any],
        template: str,
        *,
        status_code: int = 200,
        zone: str = formats.NETWORK_ZONE,
        notices: Iterable[Notice] = (),
        headers: Mapping[str, str] | None = None,
        **variables: object,
    ) -> Response[str]:
        """One page as an answer: private to its reader, in the reader's language."""
        page = self.context(request, zone=zone, notices=notices)
        answer_headers = {
            "Content-Language": page.language.code,
            "Cache-Control": "no-store",
            "Vary": "Cookie",
        }
        return Response(
            self.render(template, page, **variables),
            status_code=status_code,
            media_type=MediaType.HTML,
            headers=answer_headers | dict(headers or {}),
        )

    def error(self, request: Request[Any, Any, Any], error: DarsgahError) -> Response[str]:
        """The page for an error: what happened, what is kept, what to do."""
        return self.respond(
            request,
            "ui/error.html",
            status_code=error.status,
            headers=error.headers,
            status=error.status,
            message=explain(error, self.language_of(request)),
            retry_after=error.details.get("retry_after"),
        )

    def context(
        self,
        request: Request[Any, Any, Any],
        *,
        zone: str = formats.NETWORK_ZONE,
        notices: Iterable[Notice] = (),
    ) -> PageContext:
        """What a page knows about this request."""
        return PageContext(
            language=self.language_of(request),
            path=request.scope["path"],
            actor=request.scope.get("user"),
            csrf_token=csrf_token({"request": request}),
            zone=ZoneInfo(zone),
            notices=tuple(notices),
        )

    def language_of(self, request: Request[Any, Any, Any]) -> Language:
        """The language this request is answered in."""
        actor: Actor | None = request.scope.get("user")
        return self.languages.choose(
            account=actor.language if actor else None,
            cookie=request.cookies.get(COOKIE),
            accepted=request.headers.get("accept-language", ""),
        )


def _loader(extra_folders: Mapping[str, Path]) -> BaseLoader:
    """``ui/…`` from here, and ``<slice>/…`` from every slice that has templates."""
    folders = {path.parent.name: path for path in sorted(PACKAGE.glob("*/templates"))} | dict(extra_folders)
    folders["ui"] = PACKAGE / "ui" / "templates"
    return PrefixLoader({name: FileSystemLoader(folder) for name, folder in folders.items()})


def _environment(loader: BaseLoader) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined] # added by the i18n extension
    environment.filters.update(
        moment=_moment,
        absolute=_absolute,
        absolute_in=_absolute_in,
        short_moment=_short_moment,
        relative=_relative,
        duration=_duration,
        filesize=formats.size,
        number=_number,
        points=formats.points,
        translate=_translate,
        markdown=richtext.markdown,
        code=richtext.code,
    )
    return environment


@contextmanager
def _rendering(page: PageContext) -> Iterator[None]:
    token = _current.set(page)
    try:
        yield
    finally:
        _current.reset(token)


def _gettext(text: str) -> str:
    return _current.get().language.translations.gettext(text)


def _ngettext(singular: str, plural: str, count: int) -> str:
    return _current.get().language.translations.ngettext(singular, plural, count)


def _translate(text: str | Message) -> str:
    return translate(text, _current.get().language)


def _localised(view: object, name: str) -> Markup:
    """A view's text in the page's language, ``title_ur`` beside ``title``; English where that is all."""
    wanted = _current.get().language.code
    text = getattr(view, f"{name}_{wanted}", "") if wanted != "en" else ""
    if text:
        # Said outright: a title that begins with a Latin word would else be ordered from the left.
        language = _current.get().language
        return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(wanted, language.direction, text)
    if wanted == "en":
        return Markup("<bdi>{}</bdi>").format(getattr(view, name))
    return Markup('<bdi lang="en">{}</bdi>').format(getattr(view, name))


def _csrf_field() -> Markup:
    page = _current.get()
    field_of = Markup('<input type="hidden" name="{}" value="{}">').format
    return field_of(CSRF_FIELD, page.csrf_token) + field_of(FORM_KEY_FIELD, page.form_key)


def _moment(when: datetime) -> Markup:
    page = _current.get()
    return formats.moment(when, locale=page.language.locale, zone=page.zone, now=page.now)


def _absolute(when: datetime) -> Markup:
    page = _current.get()
    return formats.absolute(when, locale=page.language.locale, zone=page.zone)


def _absolute_in(when: datetime, zone: str) -> Markup:
    """A moment in another zone than the page's, such as a mentor's abroad, with that zone named."""
    return formats.absolute(when, locale=_current.get().language.locale, zone=ZoneInfo(zone))


def _short_moment(when: datetime) -> Markup:
    page = _current.get()
    return formats.short_moment(when, locale=page.language.locale, zone=page.zone)


def _relative(when: datetime) -> str:
    page = _current.get()
    return formats.relative(when, locale=page.language.locale, now=page.now)


def _duration(seconds: float) -> str:
    return formats.duration(seconds, locale=_current.get().language.locale)


def _number(value: float) -> Markup:
    return formats.number(value, locale=_current.get().language.locale)
