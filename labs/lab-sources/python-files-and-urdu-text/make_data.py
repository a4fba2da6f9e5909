"""Makes the lab's data: ``python make_data.py FOLDER`` writes a story and a list of books into FOLDER.

Both texts were written for this lab. The seed decides where the many hands that typed them used the letters
of an Arabic keyboard, other digits, or a mark too many. Only the standard library is used, whose generator
gives the same numbers in every version of Python, so the files come out byte for byte the same.
"""

import random
import sys
from collections.abc import Sequence
from pathlib import Path

SEED = 20250921
BYTE_ORDER_MARK = "\ufeff"
ARABIC_KEYBOARD = {"\u06cc": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647"}
DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹")

STORY = (
    "بارش کی پہلی بوند گری تو سکول کا صحن خاموش ہو گیا۔",
    "استاد نے کہا: «آج کتاب بند، کھڑکی کھلی!»",
    "بچے کھڑکی کی طرف دوڑے، اور کتاب میز پر رہ گئی۔",
    "علی نے پوچھا: بارش کہاں سے آتی ہے؟",
    "استاد مسکرایا۔ بادل سے، اور بادل سمندر سے، اور سمندر؟",
    "سمندر پھر بارش سے۔ علی ہنسا: یہ تو گول کہانی ہے!",
    "جی ہاں علی، استاد نے کہا، دنیا کی اکثر کہانیاں گول ہیں۔",
    "اُس دن سکول میں ۳۷ بچوں نے ایک نئی بات سیکھی: پانی کا سفر ختم نہیں ہوتا۔",
)
BOOKS = (  # title, shelf
    ("بارش کی کہانی", "الف"),
    ("پہاڑ کا راستہ", "ب"),
    ("ہمارا گاؤں", "الف"),
    ("چاند اور چکور", "ج"),
    ("ریل گاڑی، دھواں اور ہم", "ب"),
    ("The red kite, آخری پتنگ", "ج"),
    ('دادی نے کہا "سنو"', "الف"),
    ("ٹوپی والا", "ب"),
    ("گھر کے پرندے", "ج"),
    ("وقت کی گھڑی", "الف"),
    ("ژالہ باری", "ب"),
    ("آم کا درخت", "ج"),
)


def typed(generator: random.Random, text: str, chance: float) -> str:
    """The text with each yeh, kaf and heh from an Arabic keyboard at this chance."""
    return "".join(
        ARABIC_KEYBOARD[sign] if sign in ARABIC_KEYBOARD and generator.random() < chance else sign
        for sign in text
    )


def make_story(generator: random.Random) -> str:
    """The story as it lies on the disk: a BOM, Windows line ends, empty lines, spaces at the ends."""
    lines: list[str] = []
    for line in STORY:
        lines.append(
            " " * generator.randint(0, 2) + typed(generator, line, 0.25) + " " * generator.randint(0, 2)
        )
        lines.extend([""] * generator.randint(0, 1))
    return BYTE_ORDER_MARK + "".join(line + "\r\n" for line in lines)


def make_number(generator: random.Random, number: int) -> str:
    """The number in one of three rows of digits, above a thousand mostly with a separator."""
    text = str(number)
    if number >= 1000 and generator.random() < 0.8:
        text = text[:-3] + generator.choice(("٬", "،")) + text[-3:]
    digits = generator.choice(DIGITS)
    return text.translate(dict(zip(map(ord, DIGITS[0]), digits, strict=True)))


def as_field(text: str) -> str:
    """The text as a field of CSV, in quotes where it needs them."""
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def make_library(generator: random.Random, books: Sequence[tuple[str, str]]) -> str:
    """Two lines for each book, years apart and by other hands, in the order in which they were typed."""
    entries = [*books, *books]
    generator.shuffle(entries)
    lines = ["title,shelf,loans"]
    for title, shelf in entries:
        loans = make_number(generator, generator.choice((3, 7, 12, 48, 105, 1250)) + generator.randint(0, 40))
        lines.append(f"{as_field(typed(generator, title, 0.2))},{shelf},{loans}")
    return "".join(line + "\n" for line in lines)


def main(folder: Path) -> None:
    """Write ``story.txt`` and ``library.csv`` into the folder."""
    generator = random.Random(SEED)  # noqa: S311 - invented data, nothing secret
    (folder / "story.txt").write_bytes(make_story(generator).encode())
    (folder / "library.csv").write_bytes(make_library(generator, BOOKS).encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
