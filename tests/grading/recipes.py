"""The notebook of two questions that most cases attack, and submissions too large or odd to be stored.

The attacked question is ``double`` (``test_double``, 2 points), the honest one ``half`` (``test_half``, 1).
"""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.grading.notebooks import answer, check, code, markdown, notebook

SMALL_LIMITS: Mapping[str, Any] = {
    "cell_seconds": 10.0,
    "total_seconds": 60.0,
    "memory_bytes": 192 * 1024 * 1024,
    "work_bytes": 16 * 1024 * 1024,
    "work_inodes": 512,
}
"""What a case's submission may use, unless it says otherwise."""

ANSWERS = {"double": "def double(x):\n    return 2 * x", "half": "def half(x):\n    return x / 2"}
TESTS = {"test_double": "assert double(2) == 4", "test_half": "assert half(4) == 2"}
_POINTS = {"test_double": 2, "test_half": 1}


def source(tests: Mapping[str, str]) -> bytes:
    """The master, with other tests where given."""
    return _two_questions(
        {name: _as_solution(text) for name, text in ANSWERS.items()}, {**TESTS, **tests}, ()
    )


def _as_solution(text: str) -> str:
    head, body = text.split("\n", 1)
    return f"{head}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"


def submission(answers: Mapping[str, str], tests: Mapping[str, str], between: Sequence[str] = ()) -> bytes:
    """A learner's copy: right but for ``answers``, with cells of the learner's own after the first test."""
    return _two_questions({**ANSWERS, **answers}, {**TESTS, **tests}, between)


def _two_questions(answers: Mapping[str, str], tests: Mapping[str, str], between: Sequence[str]) -> bytes:
    return notebook(
        markdown("## Doubling"),
        answer("double", answers["double"]),
        check("test_double", tests["test_double"], _POINTS["test_double"]),
        *map(code, between),
        markdown("## Halving"),
        answer("half", answers["half"]),
        check("test_half", tests["test_half"], _POINTS["test_half"]),
    )


def _cells(count: int) -> bytes:
    return notebook(*[code("")] * count)


def _attachments() -> bytes:
    names = {f"{number}.png": {"image/png": "QUJD"} for number in range(100_000)}
    return notebook({**markdown("many"), "attachments": names})


def _with_answer(text: str) -> bytes:
    return submission({"double": text}, {})


def _zip(names: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return packed.getvalue()


def _tar_with_link() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        link = tarfile.TarInfo("nb.ipynb")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/shadow"
        archive.addfile(link)
    return packed.getvalue()


def _right_with(**top: object) -> bytes:
    return json.dumps({**json.loads(submission({}, {})), **top}).encode()


def _huge_integer() -> bytes:
    right = submission({}, {})
    return right.replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 10_000)


GENERATED: Mapping[str, Callable[[], bytes]] = {
    "a hundred megabytes": lambda: submission({"double": "#" * 100_000_000}, {}),
    "a million brackets": lambda: _right_with(metadata=0).replace(
        b'"metadata": 0', b'"metadata": {"x": ' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}", 1
    ),
    "a huge integer": _huge_integer,
    "a hundred thousand cells": lambda: _cells(100_000),
    "a hundred thousand attachments": _attachments,
    "a zip bomb": lambda: _zip({"nb.ipynb": bytes(200_000_000)}),
    "a gzip bomb": lambda: gzip.compress(bytes(200_000_000), 1),
    "a path out of the archive": lambda: _zip({"../../../../etc/cron.d/planted": b"* * * * * root true\n"}),
    "a link in an archive": _tar_with_link,
    "a million minus signs": lambda: _with_answer("x = " + "-" * 1_000_000 + "1"),
    "deep brackets": lambda: _with_answer("x = " + "(" * 100_000 + ")" * 100_000),
    "a long chain of attributes": lambda: _with_answer("x" + ".x" * 100_000),
    "a long sum": lambda: _with_answer("x = " + "+".join(["1"] * 100_000)),
    "deep blocks": lambda: _with_answer(
        "\n".join(" " * n + "if 1:" for n in range(120)) + "\n" + " " * 120 + "x"
    ),
    "a NUL character": lambda: _with_answer("def double(x):\n    return 2 * x  # \0"),
    "lone surrogates": lambda: _right_with(metadata={"title": "\ud800"}),
}
"""Submissions that are made when they are needed, by name."""
