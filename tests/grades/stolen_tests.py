"""Submissions to labs with a secret in every hidden test: every case there is, and thefts made for this."""

import base64
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from darsgah_grader.types import Assignment, Assurance, Limits, Master
from tests.grading.cases import all_cases
from tests.grading.notebooks import PYTHON, answer, check, code, notebook

NAME = "lab"
_LIMITS = Limits(cell_seconds=3, total_seconds=20, memory_bytes=192 * 1024 * 1024)
_ROT13 = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")


@dataclass(frozen=True)
class Secret:
    """A word and a number that stand nowhere but in hidden tests."""

    word: str = field(default_factory=lambda: secrets.token_hex(8))
    number: int = field(default_factory=lambda: 10**14 + secrets.randbelow(10**14))

    @cached_property
    def forms(self) -> Mapping[str, bytes]:
        """How they could be written, in lower case; of base64 the part that stays wherever they stand."""
        found: dict[str, bytes] = {"number in hexadecimal": f"{self.number:x}".encode()}
        for what, value in (("word", self.word), ("number", str(self.number))):
            plain = value.encode()
            found |= {
                f"{what}, plain": plain,
                f"{what}, backwards": plain[::-1],
                f"{what}, in hexadecimal": plain.hex().encode(),
                f"{what}, in wide characters": value.encode("utf-16-le"),
                f"{what}, turned by 13": value.translate(_ROT13).encode(),
                f"{what}, as references": "".join(f"&#{ord(letter)};" for letter in value).encode(),
            }
            for before in range(3):
                coded = base64.b64encode(b"\0" * before + plain)
                found[f"{what}, in base64 after {before}"] = coded[4:-4].lower()
        return {form: text for form, text in found.items() if not text.isalpha() or len(text) > 8}

    def found_in(self, content: bytes) -> list[str]:
        """The forms that occur."""
        lowered = content.lower()
        return [form for form, text in self.forms.items() if text in lowered]


@dataclass(frozen=True)
class Attempt:
    """A submission to a lab with a secret; ``insisted`` is the level, None leaves it to the rule."""

    name: str
    lab: Assignment
    handed_in: bytes
    insisted: Assurance | None
    secret: Secret


def planted(master: bytes, secret: Secret, *, failing: bool) -> bytes:
    """The master with every test hidden as a whole, and the secret in it.

    Where it is ``failing`` every test ends with a comparison whose expected value and message are the secret.
    """
    written: dict[str, Any] = json.loads(master)
    for cell in written["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code" or not marks.get("grade") or marks.get("solution"):
            continue
        source = (
            "".join(cell["source"]).replace("### BEGIN HIDDEN TESTS", "").replace("### END HIDDEN TESTS", "")
        )
        lines = ["### BEGIN HIDDEN TESTS", f"planted = ({secret.word!r}, {secret.number})"]
        lines += [line for line in source.split("\n") if line.strip()]
        if failing:
            lines += ["import unittest", "same = unittest.TestCase().assertEqual"]
            lines += [f"same((len(planted), 'x'), ({secret.number}, {secret.word!r}), planted)"]
        cell["source"] = "\n".join([*lines, "### END HIDDEN TESTS"])
    return json.dumps(written).encode()


_STEAL = """
import sys, gc, linecache
stolen = []
def look(frame):
    while frame is not None:
        stolen.append((frame.f_code.co_consts, frame.f_code.co_names, dict(frame.f_locals)))
        stolen.extend(linecache.getlines(frame.f_code.co_filename))
        frame = frame.f_back
"""
_THEFTS = {
    "printed": "look(sys._getframe(1))\nprint(stolen)",
    "only the values": "stolen[:] = [list(sys._getframe(1).f_code.co_consts)]",
    "only one value": "stolen[:] = str(sys._getframe(1).f_code.co_consts).split(',')[:40]",
    "raised": "look(sys._getframe(1))\nraise ValueError(repr(stolen))",
    "raised as a class": "look(sys._getframe(1))\nraise type(str(stolen[:1]), (Exception,), {})",
    "kept for later": "look(sys._getframe(1))",
    "searched": "stolen.extend(v for v in gc.get_objects() if 'planted' in str(v)[:2000])",
    "in a file": "look(sys._getframe(1))\nopen('stolen.txt', 'w').write(repr(stolen))",
    "in the history": "print(get_ipython().user_ns['In'], dir(get_ipython().history_manager))",
    "shown": "look(sys._getframe(1))\nfrom IPython.display import HTML, display\ndisplay(HTML(repr(stolen)))",
    "said to be equal": (
        "look(sys._getframe(1))\nreturn type('Any', (), {'__eq__': lambda s, o: not stolen.append(o)})()"
    ),
}
_SHOW = (
    "import os\nprint(stolen, os.listdir('.'))\n"
    "if os.path.exists('stolen.txt'): print(open('stolen.txt').read())"
)
_ENCODED = "encoded"
"""The theft that only the split level can prevent: it says what it found in other words."""
_ENCODE = "look(sys._getframe(1))\nprint(repr(stolen)[::-1], repr(stolen).encode().hex())"
_SHOW_ENCODED = "import base64\nprint(repr(stolen)[::-1], base64.b64encode(repr(stolen).encode()).decode())"


def _stealing(name: str, body: str, show: str) -> tuple[str, Assignment, bytes]:
    reference = "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION"
    lab = notebook(answer("double", reference), check("test", "assert double(2) == 4"), code("# yours"))
    inside = body.replace("\n", "\n    ")
    taken = f"{_STEAL}\ndef double(x):\n    {inside}\n    return 2 * x"
    handed_in = notebook(answer("double", taken), check("test", ""), code(show))
    return name, Assignment((Master(NAME, lab),), PYTHON, _LIMITS), handed_in


_TELLING = {11, *range(51, 61), 84, 90}
"""Rows of the catalogue about what can be seen, which are tried by the rule too."""

_Level = Assurance | None


def _submissions() -> Iterator[tuple[str, Assignment, bytes, tuple[_Level, ...]]]:
    """Each with the levels to try: in one process the hidden tests are within reach of all code."""
    both = (None, Assurance.IN_PROCESS)
    for case in all_cases():
        levels = both if _TELLING.intersection(case.rows) else both[1:]
        yield case.name, case.assignment, case.submission, levels
    for name, body in _THEFTS.items():
        yield *_stealing(name, body, _SHOW), both
    yield *_stealing(_ENCODED, _ENCODE, _SHOW_ENCODED), both[:1]


def attempts() -> Iterator[Attempt]:
    """All there are; in every second one in one process each test fails at its end, in its hidden part.

    By the rule it would not be split then: the lab's own solution would fail too.
    """
    for number, (name, lab, handed_in, levels) in enumerate(_submissions()):
        for insisted in levels:
            secret = Secret()
            failing = insisted is not None and number % 2 == 0
            master = Master(NAME, planted(lab.masters[0].content, secret, failing=failing))
            with_secret = Assignment((master,), lab.environment, lab.limits, lab.files)
            yield Attempt(name, with_secret, handed_in, insisted, secret)
