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
RUNNING = Place(Message("Run the hub"), "/hub")
PROJECTS = Place(Message("Projects"), "/projects")
HACKATHONS = Place(Message("Hackathons"), "/hackathons")
BRIEFS = Place(Message("Briefs"), "/briefs")
HUB_BRIEFS = Place(Message("Briefs"), "/hub/briefs")
OWN_BRIEFS = Place(Message("My briefs"), "/mentor/briefs")


def places(actor: Actor | None) -> tuple[Place, ...]:
    """The places of a person, in the order of the header; who is signed out has none."""
    if actor is None:
        return ()
    if actor.holds(Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN):
        return (TODAY, TEACHING, HUB_BRIEFS, PROJECTS, RUNNING)
    if actor.holds(Role.MENTOR):
        return (TODAY, OWN_BRIEFS, PROJECTS, HACKATHONS, HUBS)
    learns = actor.holds(Role.LEARNER)
    return (TODAY, BRIEFS, PROJECTS, HACKATHONS, HUBS) if learns else (TODAY, HACKATHONS, HUBS)
