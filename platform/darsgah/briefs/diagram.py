"""Draw the life of a brief from the moves themselves.

    python -m darsgah.briefs.diagram        writes docs/brief-lifecycle.md

A test holds the document against what this makes.
"""

import sys
from pathlib import Path

from darsgah.briefs.lifecycle import ENDED, FIRST, MOVES, Lane, Move, Stage, Who, moves_from

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "brief-lifecycle.md"
_TITLES = {Lane.BRIEF: "A brief", Lane.PROJECT: "A project"}
_INTRODUCTION = """# The life of a brief

Drawn from the code (`darsgah.briefs.lifecycle`); `python -m darsgah.briefs.diagram` draws it anew.

A mentor writes a brief, the platform checks it, the hub reviews and publishes it, teams come to it, and from
the match on each team has a project of its own. The brief closes by itself when all its projects are at an
end. Every move is a line of history with who made it, when, and why; lines never change.

- **mentor**: named on the brief, and still of its organisation
- **coordinator**: an instructor or administrator of its hub, or of the network, who is not its mentor
- **hub_admin**: an administrator of the hub or of the network
- **team**: whoever is in the project's team
- **system**: the platform itself, by a date or by what others did

A brief is published when four approvals are there, each its own: the organisation's and the mentor's
verification, the review's, and the hub's.
"""


def document() -> str:
    """The whole page, in Markdown with Mermaid diagrams."""
    return _INTRODUCTION + "".join(
        f"\n## {_TITLES[lane]}\n\n{_diagram(lane)}\n{_table(lane)}" for lane in Lane
    )


def _stages(lane: Lane) -> list[Stage]:
    used = {FIRST[lane]} | {stage for move in MOVES if move.lane is lane for stage in _touched(move)}
    return [stage for stage in Stage if stage in used]


def _touched(move: Move) -> set[Stage]:
    return set(move.sources) | ({move.target} if move.target else set())


def _diagram(lane: Lane) -> str:
    """One lane; moves that lead back name where a pause or a dispute leads back to."""
    lines = [f"    [*] --> {FIRST[lane]}"]
    for stage in _stages(lane):
        for move in moves_from(lane, stage):
            target = move.target.value if move.target else "before"
            lines.append(f"    {stage} --> {target}: {move.name}")
        if stage in ENDED:
            lines.append(f"    {stage} --> [*]")
    if any("--> before" in line for line in lines):
        lines.append("    before: the stage before")
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(lines) + "\n```\n"


def _table(lane: Lane) -> str:
    rows = [
        f"| {move.name} | {_names(move.sources)} | {move.target or 'the stage before'} | {_who(move)} | "
        f"{'needed' if move.reason_needed else ''} |"
        for move in MOVES
        if move.lane is lane
    ]
    return "\n".join(["| move | from | to | who | reason |", "|---|---|---|---|---|", *rows]) + "\n"


def _names(stages: frozenset[Stage]) -> str:
    return ", ".join(stage for stage in Stage if stage in stages)


def _who(move: Move) -> str:
    return ", ".join(who for who in Who if who in move.who)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")
