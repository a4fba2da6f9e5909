"""What each role may do with a route: the words that the tables of ``test_every_route`` are written in.

The rows that a route is tried on belong to the first hub of ``tests.network``: its cohort, its assignment,
and what ``learner`` did there.
"""

from collections.abc import Mapping
from uuid import UUID

from tests.network import PEOPLE

NOBODY = str(UUID(int=0))
ROLES = ("anonymous", *PEOPLE)
Expected = Mapping[str, int]


def everyone(status: int, *, anonymous: int | None = None, **others: int) -> Expected:
    """The same for all, but for those named."""
    return dict.fromkeys(ROLES, status) | {"anonymous": anonymous or status} | others


def signed_in(status: int, **others: int) -> Expected:
    """Whoever has a session."""
    return everyone(status, **{"anonymous": 401, **others})


STAFF_OF_THE_HUB = ("instructor", "hub_admin", "network_admin", "auditor")
STAFF_ELSEWHERE = ("other_instructor", "other_hub_admin")
LEARNERS = ("learner", "classmate")

COHORT = signed_in(404, **dict.fromkeys((*LEARNERS, *STAFF_OF_THE_HUB), 200))
"""Those in the cohort, and those who teach or run it."""
HAND_IN = signed_in(404, **dict.fromkeys(STAFF_OF_THE_HUB, 403))
"""Learners of the cohort, each with the status of success; its staff are told why not."""
LEARN = signed_in(404, **dict.fromkeys(LEARNERS, 200), **dict.fromkeys(STAFF_OF_THE_HUB, 403))
"""Learners of the cohort, each at their own work; its staff are told why not."""
OWN = signed_in(404, learner=200)
STAFF = signed_in(403, **dict.fromkeys(STAFF_OF_THE_HUB, 200), **dict.fromkeys(STAFF_ELSEWHERE, 404))
"""Reviewers of the hub. A reviewer elsewhere may try, and finds nothing; everybody else may not try."""
STAFF_SAVE = signed_in(403, **dict.fromkeys(STAFF_OF_THE_HUB, 303), **dict.fromkeys(STAFF_ELSEWHERE, 404))
TEACHERS = signed_in(403, **dict.fromkeys((*STAFF_OF_THE_HUB, *STAFF_ELSEWHERE), 200))
"""Both hubs have a cohort that works on the lab."""


def asking(status: int) -> Expected:
    """Those of them who may ask for something; an auditor only reads."""
    return {role: status if found == 200 else found for role, found in TEACHERS.items()} | {"auditor": 403}


ADMINISTRATORS = signed_in(403, hub_admin=200, other_hub_admin=200, network_admin=200)
STOPPERS = signed_in(403, hub_admin=404, other_hub_admin=404, network_admin=404)
"""Those who may stop kernels and withdraw tutors' nodes, of which there are none here."""

ALL_LEARNERS = (*LEARNERS, "outsider", "other_learner")
LEARNING = signed_in(403, **dict.fromkeys(ALL_LEARNERS, 200))
"""Whoever learns in some hub."""
OF_A_TEAM = {**signed_in(403, **dict.fromkeys(ALL_LEARNERS, 404)), "learner": 200}
"""The team is the learner's alone."""
NO_INVITATION = signed_in(403, **dict.fromkeys(ALL_LEARNERS, 404))
"""There is no such invitation, link or member."""


def saved(expected: Expected, status: int = 303) -> Expected:
    """The same, with another status of success."""
    return {role: status if found == 200 else found for role, found in expected.items()}


PEOPLE_OF_IT = signed_in(404, mentor=200, hub_admin=200, network_admin=200)
"""The people of the mentor's organisation, and who verifies it."""
DECIDERS = signed_in(403, hub_admin=200, network_admin=200, other_hub_admin=404)
"""Who verifies organisations and mentors of the hub."""
