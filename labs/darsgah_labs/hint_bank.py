"""The shape of ``hints.toml``: what learners of a lab tend to believe, how it shows, what to tell them.

The levels are the tutor's: level 0, the evidence, is not authored; 1 says where to look, 2 asks a guiding
question, 3 explains the concept, 4 shows an analogous example on other data.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from darsgah_labs.text import Text

SLOTS = frozenset({"line", "name", "input", "value"})
"""What ``{...}`` in a hint may name: the suspect line's number, a name in it, the test's input, its value."""


ExceptionName = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$")]
"""A Python exception's name, dotted where it is not built in."""


class Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way a misconception shows. All fields that are given have to hold at once."""

    fails: Annotated[
        str | None, Meta(description="grade_id of a test cell that fails.", examples=["test-fare"])
    ] = None
    exception: Annotated[
        ExceptionName | None,
        Meta(description="Name of the exception that ended the test or the answer.", examples=["TypeError"]),
    ] = None
    message: Annotated[
        str | None, Meta(description="Regular expression found in its message.", examples=["NoneType"])
    ] = None
    source: Annotated[
        str | None,
        Meta(description="Regular expression found in the learner's answer.", examples=[r"print\("]),
    ] = None


class LevelHints(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The authored hints of one misconception, by level."""

    where: Annotated[Text, Meta(description="Level 1: where to look.")]
    question: Annotated[Text, Meta(description="Level 2: a question that leads on.")]
    concept: Annotated[Text, Meta(description="Level 3: the idea behind it.")]
    example: Annotated[
        Text | None, Meta(description="Level 4: an analogous example on other data; code is allowed here.")
    ] = None


class Misconception(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something a learner may believe that is not so."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$",
            max_length=80,
            description="A short name, unique in the file.",
            examples=["prints-instead-of-returning"],
        ),
    ]
    belief: Annotated[
        str,
        Meta(
            min_length=15,
            max_length=400,
            description="What the learner believes, for instructors.",
            examples=["Printing a value hands it to the caller."],
        ),
    ]
    answers: Annotated[
        tuple[str, ...],
        Meta(min_length=1, description="grade_ids of the answer cells it is about.", examples=[["fare"]]),
    ]
    evidence: Annotated[
        tuple[Sign, ...], Meta(min_length=1, description="The ways it shows; any one is enough.")
    ]
    hints: Annotated[LevelHints, Meta(description="What to tell the learner, by level.")]


class HintBank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``hints.toml`` as a whole."""

    format: Annotated[int, Meta(ge=1, le=1, description="Version of this format.", examples=[1])] = 1
    misconceptions: Annotated[
        tuple[Misconception, ...], Meta(max_length=200, description="The bank itself.")
    ] = ()
