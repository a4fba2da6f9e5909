"""Where each role can go from the header. A link shows where a person may go; guards decide."""

from dataclasses import dataclass

from darsgah.access import Actor, Role
from darsgah.ui.language import Message


@dataclass(frozen=True, slots=True)
class Place:
    """One link of the header."""

    text: Message
    path: str


TODAY = Place(Message("Today"), "/today")
HUBS = Place(Message("Hubs"), "/hubs")
TEACHING = Place(Message("Teaching"), "/teach")
KERNELS = Place(Message("Kernels"), "/hub/kernels")
BRIEFS = Place(Message("Briefs"), "/briefs")
HUB_BRIEFS = Place(Message("Briefs"), "/hub/briefs")
OWN_BRIEFS = Place(Message("My briefs"), "/mentor/briefs")


def places(actor: Actor | None) -> tuple[Place, ...]:
    """The places of a person, in the order of the header; who is signed out has none."""
    if actor is None:
        return ()
    if actor.holds(Role.HUB_ADMIN, Role.NETWORK_ADMIN):
        return (TODAY, TEACHING, HUB_BRIEFS, KERNELS, HUBS)
    if actor.holds(Role.INSTRUCTOR):
        return (TODAY, TEACHING, HUB_BRIEFS, HUBS)
    if actor.holds(Role.MENTOR):
        return (TODAY, OWN_BRIEFS, HUBS)
    return (TODAY, BRIEFS, HUBS) if actor.holds(Role.LEARNER) else (TODAY, HUBS)
