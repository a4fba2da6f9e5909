"""What the tutoring slice takes and shows."""

from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class HintRequest(msgspec.Struct, frozen=True):
    """What a learner is stuck with: a cell of a notebook as it stands, and what it said when it ran."""

    notebook: Name
    cell_id: Name
    source: Annotated[str, msgspec.Meta(max_length=100_000)]
    error: Annotated[str, msgspec.Meta(max_length=20_000)] = ""


class HintAnswer(msgspec.Struct, frozen=True):
    """Whether a hint can be had; ``reason`` says in the learner's words why not."""

    available: bool
    reason: str
