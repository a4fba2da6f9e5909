"""Pictures of credentials as SVG: with the JWT baked in and a QR code, or of an achievement alone.

Made of text and lines only, so they stay small and can be printed at any size. Everything that people wrote
is escaped, and letters that XML does not know are left out.
"""

import re
import textwrap
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import segno
from markupsafe import Markup, escape

WIDTH: Final = 800
HEIGHT: Final = 500
INSET: Final = 48
"""Where lines begin."""
CODE_AT: Final = (588, 288, 172)
"""The box of the QR code: left, top, side."""
_MARK: Final = "M4 22V11C4 6 8 4.5 12 2c4 2.5 8 4 8 9v11h-4v-9.5c0-2.5-1.8-3.6-4-5-2.2 1.4-4 2.5-4 5V22z"
_FONT: Final = (
    "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Jameel Noori Nastaleeq', 'Noto Nastaliq Urdu', sans-serif"
)
_NOT_XML: Final = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ACCENT, PAPER, RULE = "#0b5d4a", "#fdfcf9", "#d9d5ca"
_INK, _SOFT = "#1c1f1d", "#565a55"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text: where its baseline begins, how large and how heavy it is."""

    text: str
    y: int
    size: int
    weight: int = 400
    colour: str = _INK


def qr_code(address: str) -> Markup:
    """The address as a QR code that fills the box it is put in (ISO/IEC 18004, correction level M)."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        border=4, dark=_INK, light="#ffffff", omitsize=True
    )
    return Markup(drawn)  # noqa: S704 - the library draws squares; the address is nowhere in it as text


def credential_picture(
    name: str, recipient: str, issuer: str, issued_at: datetime, *, address: str, token: str
) -> str:
    """A credential's picture with its JWT baked in (Open Badges 3.0, 5.3.2) and a QR code of its page."""
    lines = credential_lines(name, recipient, issuer, issued_at)
    left, top, side = CODE_AT
    code = Markup('<svg x="{}" y="{}" width="{side}" height="{side}">{}</svg>').format(
        left, top, qr_code(address), side=side
    )
    baked = Markup(
        '<openbadges:credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" verify="{}"/>'
    ).format(token)
    return _picture(f"{name}: {recipient}", lines, code, baked)


def credential_lines(name: str, recipient: str, issuer: str, issued_at: datetime) -> list[Line]:
    """What a credential's picture says."""
    return [
        *_title(name, most=24),
        Line("awarded to", 318, 20, colour=_SOFT),
        *_wrapped(recipient, y=354, size=30, weight=650, most=26, lines=2),
        Line(_cut(issuer, 52), 434, 20, colour=_SOFT),
        Line(f"{issued_at:%d %B %Y}".lstrip("0"), 462, 20, colour=_SOFT),
    ]


def achievement_picture(name: str, issuer: str) -> str:
    """The picture of what can be earned."""
    return _picture(
        name, [*_title(name, most=24), Line(_cut(issuer, 60), 462, 20, colour=_SOFT)], Markup(), Markup()
    )


def _title(name: str, *, most: int) -> list[Line]:
    return _wrapped(name, y=170, size=46, weight=650, most=most, lines=3)


def _wrapped(text: str, *, y: int, size: int, weight: int, most: int, lines: int) -> list[Line]:
    wrapped = textwrap.wrap(_clean(text), most, max_lines=lines, placeholder=" …") or [""]
    return [Line(line, y + number * round(size * 1.15), size, weight) for number, line in enumerate(wrapped)]


def _cut(text: str, most: int) -> str:
    return textwrap.shorten(_clean(text), most, placeholder=" …")


def _clean(text: str) -> str:
    return " ".join(_NOT_XML.sub("", text).split())


def _runs_from_the_right(text: str) -> bool:
    """Whether the first letter with a direction is one of Arabic or Hebrew script (UAX 9, P2 and P3)."""
    found = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in found if kind in {"L", "R", "AL"}), "L") != "L"


def _drawn(line: Line) -> Markup:
    direction = "rtl" if _runs_from_the_right(line.text) else "ltr"
    anchor = "end" if direction == "rtl" else "start"
    return Markup(
        '<text x="{}" y="{}" font-size="{}" font-weight="{}" fill="{}" direction="{}" text-anchor="{}">'
        "{}</text>"
    ).format(INSET, line.y, line.size, line.weight, line.colour, direction, anchor, line.text)


def _picture(title: str, lines: list[Line], code: Markup, baked: Markup) -> str:
    drawn = Markup("\n").join(_drawn(line) for line in lines)
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            'height="{height}" font-family="{font}" role="img">\n<title>{title}</title>\n'
            '<rect x="4" y="4" width="{inner}" height="{low}" rx="24" fill="{paper}" stroke="{line}" '
            'stroke-width="2"/>\n'
            '<rect x="4" y="4" width="{inner}" height="14" rx="7" fill="{accent}"/>\n'
            '<g transform="translate(44 44) scale(2)" fill="{accent}"><path d="{mark}"/></g>\n'
            '<text x="104" y="80" font-size="26" font-weight="650" fill="{accent}">Darsgah</text>\n'
            "{drawn}\n{code}\n{baked}\n</svg>\n"
        ).format(
            width=WIDTH,
            height=HEIGHT,
            inner=WIDTH - 8,
            low=HEIGHT - 8,
            font=_FONT,
            title=escape(_clean(title)),
            paper=PAPER,
            line=RULE,
            accent=ACCENT,
            mark=_MARK,
            drawn=drawn,
            code=code,
            baked=baked,
        )
    )
