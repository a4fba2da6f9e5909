"""A credential's picture as PNG with its JWT baked in, for those who take no SVG: its words and its QR code.

The lines are those of the SVG. Latin letters are DejaVu Sans, which comes with matplotlib, Urdu ones the
pages' Nastaliq. A line with a letter that neither has is left out, and so are Urdu ones where the system has
no FriBidi: their letters could not be joined. The credential itself and the code's page say everything.
"""

import io
import unicodedata
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageFont, features
from PIL.PngImagePlugin import PngInfo

from darsgah import ui
from darsgah.credentials.carriers import PNG_KEYWORD
from darsgah.credentials.pictures import (
    ACCENT,
    CODE_AT,
    HEIGHT,
    INSET,
    PAPER,
    RULE,
    WIDTH,
    Line,
    credential_lines,
)

SCALE: Final = 2
"""Pixels to each unit of the SVG."""
_COLOURS: Final = 32
_HEAVY: Final = 600
_TRIED: Final = 16
_NO_LETTER: Final = "\U0010fffe"
_NASTALIQ: Final = Path(ui.__file__).parent / "static" / "vendor" / "nastaliq.woff2"
"""Laid there when the pages' assets are built."""


def credential_png(
    name: str, recipient: str, issuer: str, issued_at: datetime, *, address: str, token: str
) -> bytes:
    """A picture with the JWT in an ``iTXt`` chunk (Open Badges 3.0, 5.3.1); takes a fifth of a second."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(
        [4 * SCALE, 4 * SCALE, (WIDTH - 4) * SCALE, (HEIGHT - 4) * SCALE],
        radius=24 * SCALE,
        fill=PAPER,
        outline=RULE,
        width=2 * SCALE,
    )
    draw.rounded_rectangle(
        [4 * SCALE, 4 * SCALE, (WIDTH - 4) * SCALE, 18 * SCALE], radius=7 * SCALE, fill=ACCENT
    )
    _write(draw, Line("Darsgah", 80, 26, 650, ACCENT))
    for line in credential_lines(name, recipient, issuer, issued_at):
        _write(draw, line)
    _lay_code(image, address)
    kept = PngInfo()
    kept.add_itxt(PNG_KEYWORD, token)
    file = io.BytesIO()
    image.quantize(_COLOURS).save(file, "PNG", pnginfo=kept)
    return file.getvalue()


def _write(draw: ImageDraw.ImageDraw, line: Line) -> None:
    file = _face(line)
    if file is None:
        return
    left, most = INSET * SCALE, (CODE_AT[0] if line.y > CODE_AT[1] else WIDTH - INSET) * SCALE
    size = line.size * SCALE
    while (font := _font(file, size)).getlength(line.text) > most - left and size > SCALE:
        size -= SCALE
    lower = size // 3 if file == _NASTALIQ else 0  # its words hang from above the line
    draw.text((left, line.y * SCALE + lower), line.text, font=font, fill=line.colour, anchor="ls")


def _face(line: Line) -> Path | None:
    """The file of a font that has all letters of the line and can join them."""
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in line.text):
        file = _NASTALIQ if _NASTALIQ.exists() and features.check("raqm") else None
    else:
        found = find_spec("matplotlib")
        folder = Path((found and found.origin) or "").parent / "mpl-data" / "fonts" / "ttf"
        file = folder / ("DejaVuSans-Bold.ttf" if line.weight >= _HEAVY else "DejaVuSans.ttf")
    return file if file is not None and _has(_font(file, _TRIED), line.text) else None


def _has(font: ImageFont.FreeTypeFont, text: str) -> bool:
    """Whether the font draws each letter otherwise than one that it cannot have."""
    unknown = bytes(font.getmask(_NO_LETTER))
    return all(bytes(font.getmask(letter)) != unknown for letter in set(text) if letter.isalpha())


@cache
def _font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size)


def _lay_code(image: Image.Image, address: str) -> None:
    """The address as the QR code of the SVG, each module a whole number of pixels."""
    left, top, side = (value * SCALE for value in CODE_AT)
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix_iter(border=4)]
    small = Image.new("1", (len(rows), len(rows)), 1)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                small.putpixel((x, y), 0)
    whole = side // len(rows) * len(rows)
    image.paste(small.resize((whole, whole), Image.Resampling.NEAREST).convert("RGB"), (left, top))
