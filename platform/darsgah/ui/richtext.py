"""Markdown, code and foreign HTML made safe to put on a page.

Whatever comes from a notebook was written by someone else: Markdown may hold no raw HTML, everything is
cleaned by nh3 against a short list, links say nothing of where they come from, and pictures are data the
page already holds, so that showing a notebook asks nothing of another server.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

LOWEST_HEADING = 6
HEADING_SHIFT = 2
"""By how many levels a notebook's headings go down: below the page's title and the cell's own section."""

PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+", re.ASCII)
TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details",
    "div", "dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
    "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub",
    "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
})  # fmt: skip
_EMPTY_HEADING = re.compile(r'<th((?: [a-z]+="[^"]*")*)>\s*</th>')
"""Such as the corner of a frame: a screen reader would announce a heading without a word."""
LINK_SCHEMES = frozenset({"", "http", "https", "mailto"})
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "*": {"dir", "lang"},
}


def markdown(
    source: str, *, attachments: Mapping[str, str] | None = None, heading_shift: int = HEADING_SHIFT
) -> Markup:
    """Markdown (CommonMark with tables and strike-through) as safe HTML.

    Args:
        attachments: pictures of a notebook cell, file name to data address; the source names them
            ``attachment:name``.
        heading_shift: by how many levels headings go down.
    """
    environment = {"attachments": attachments or {}, "heading_shift": heading_shift}
    return Markup('<div class="prose">{}</div>').format(_clean(_MARKDOWN.render(source, environment)))


def code(source: str, language: str = "python") -> Markup:
    """A block of code, highlighted, always left to right."""
    return Markup('<pre class="code" dir="ltr" tabindex="0"><code>{}</code></pre>').format(
        _highlighted(source, language)
    )


def foreign_html(source: str) -> Markup:
    """HTML that a learner's code printed, for example a table of pandas: structure stays, all else goes."""
    return Markup('<div class="foreign" dir="ltr">{}</div>').format(_clean(source))


def _clean(source: str) -> Markup:
    cleaned = nh3.clean(
        source,
        tags=set(TAGS),
        clean_content_tags={"script", "style", "iframe", "object", "template", "svg", "math", "noscript"},
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_only_own_pictures,
        url_schemes={*LINK_SCHEMES - {""}, "data"},
        link_rel="nofollow noopener noreferrer",
        allowed_classes={"span": _TOKEN_CLASSES, "pre": {"code"}},
    )
    plain = _EMPTY_HEADING.sub(r"<td\1></td>", cleaned)
    return Markup(plain)  # noqa: S704 - nh3 has just cleaned it, and cells with nothing in them changed their name


def _only_own_pictures(tag: str, attribute: str, value: str) -> str | None:
    """Pictures are embedded data and links never are."""
    embedded = PICTURE.fullmatch(value) is not None
    if (tag, attribute) == ("img", "src"):
        return value if embedded else None
    if (tag, attribute) == ("a", "href"):
        return value if _scheme(value) in LINK_SCHEMES else None
    if attribute == "tabindex":
        return value if value == "0" else None  # code that scrolls is reached by keyboard; no other order
    return value


def _scheme(address: str) -> str:
    """The address's scheme as browsers read it, who skip control characters; empty for a relative one."""
    try:
        return urlsplit(address).scheme
    except ValueError:
        return "?"


def _highlighted(source: str, language: str) -> Markup:
    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", stripnl=False)
    highlighted = highlight(source, lexer, _FORMATTER).rstrip("\n")
    return Markup(highlighted)  # noqa: S704 - the formatter escapes every token


def _fence(source: str, language: str, _: str) -> str:
    return f'<pre class="code" dir="ltr" tabindex="0">{_highlighted(source, language or "text")}</pre>'


def _shift_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(LOWEST_HEADING, int(token.tag[1]) + state.env['heading_shift'])}"


def _embed_attachments(state: StateCore) -> None:
    attachments: Mapping[str, str] = state.env["attachments"]
    for token in state.tokens:
        for child in token.children or ():
            source = str(child.attrs.get("src", ""))
            if child.type == "image" and source.startswith("attachment:"):
                child.attrs["src"] = attachments.get(source.removeprefix("attachment:"), "")


def _build() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "highlight": _fence}).enable(["table", "strikethrough"])
    parser.core.ruler.push("shift_headings", _shift_headings)
    parser.core.ruler.push("embed_attachments", _embed_attachments)
    return parser


_FORMATTER = HtmlFormatter(nowrap=True)
_TOKEN_CLASSES = set(STANDARD_TYPES.values()) - {""}
_MARKDOWN = _build()
