"""The pages with which a hub is run, in one place: what each is for, and who may open it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from darsgah.access import Actor, Role
from darsgah.hubs.schemas import HubView
from darsgah.ui.language import Message


@dataclass(frozen=True, slots=True)
class Task:
    """One page, and what one does there."""

    text: Message
    path: str
    about: Message
    roles: frozenset[Role]


_STAFF = frozenset({Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN})
_ADMINISTRATORS = frozenset({Role.HUB_ADMIN, Role.NETWORK_ADMIN})

INDUSTRY = (
    Task(
        Message("Organisations and mentors"),
        "/hub/organisations",
        Message("Verify them, and say what was looked at."),
        _ADMINISTRATORS,
    ),
    Task(Message("Briefs"), "/hub/briefs", Message("Review what mentors post, and prefill briefs."), _STAFF),
    Task(Message("Matching"), "/hub/matching", Message("Propose which team gets which brief."), _STAFF),
    Task(Message("Projects"), "/projects", Message("Look after the projects of the hub."), _STAFF),
    Task(Message("Disputes"), "/hub/disputes", Message("Decide, with the evidence at hand."), _STAFF),
    Task(
        Message("Agreements"),
        "/hub/agreements",
        Message("The text that everybody accepts before a project opens."),
        _ADMINISTRATORS,
    ),
    Task(Message("Hackathons"), "/hackathons", Message("Hold one, and have it judged."), _ADMINISTRATORS),
    Task(
        Message("Qualification units"),
        "/hub/units",
        Message("See who waits for an assessor, and find people competent."),
        _STAFF,
    ),
    Task(
        Message("Credentials"),
        "/hub/credentials",
        Message("What was issued; revoke one with a reason."),
        _ADMINISTRATORS,
    ),
)
MACHINES = (
    Task(
        Message("Kernels"), "/hub/kernels", Message("Labs that run here now, and on what."), _ADMINISTRATORS
    ),
    Task(
        Message("The tutor's machines"),
        "/hub/tutor-nodes",
        Message("Machines that say hints in other words."),
        _ADMINISTRATORS,
    ),
)
SIDES: Final = ("mentor", "team")
"""Whose rubrics a hub writes: the last word of their address."""


def open_to(actor: Actor, tasks: tuple[Task, ...]) -> list[Task]:
    """Those of the pages that somebody may open."""
    return [task for task in tasks if actor.holds(*task.roles)]


def rubrics(hubs: Iterable[HubView]) -> list[tuple[HubView, str]]:
    """The rubrics of some hubs: each hub with each side."""
    return [(hub, side) for hub in hubs for side in SIDES]
