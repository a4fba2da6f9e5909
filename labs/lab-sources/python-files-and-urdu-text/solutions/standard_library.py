"""Leans on the standard library: pathlib, re, the csv module, Counter and str.translate."""

# %% copy-clean
from pathlib import Path


def copy_clean(source, target):
    content = Path(source).read_bytes().decode("utf-8").removeprefix("\ufeff")
    lines = [line.strip() for line in content.split("\n") if not line.isspace() and line]
    Path(target).write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8"))
    return len(lines)


# %% normalise
def normalise(text):
    table = str.maketrans(LOOKALIKES) | dict.fromkeys(map(ord, UNSEEN))
    return unicodedata.normalize("NFC", text).translate(table)


# %% read-number
import re


def read_number(text):
    bare = re.sub(f"[{SEPARATORS}]", "", text.strip())
    if not re.fullmatch(r"[0-9٠-٩۰-۹]+", bare):
        raise ValueError(f"no number: {text!r}")
    return int(bare)


# %% parse-row
import csv


def parse_row(line):
    bare = line.rstrip("\n").rstrip("\r")
    try:
        rows = list(csv.reader([bare], strict=True))
    except csv.Error as error:
        raise ValueError("an open quote") from error
    return rows[0] if rows and rows[0] else [""]


# %% common-words
from collections import Counter


def common_words(text, n=5):
    return Counter(re.findall(r"[^\W\d_]+", text)).most_common(n)


# %% urdu-sorted
def urdu_sorted(words):
    # Each letter of the alphabet goes to a private code point below all others' new places.
    moved = {ord(sign): chr(1 + place) for place, sign in enumerate(ALPHABET)}
    lifted = lambda word: "".join(moved.get(ord(sign), chr(200 + ord(sign))) for sign in word)
    return sorted(words, key=lifted)
