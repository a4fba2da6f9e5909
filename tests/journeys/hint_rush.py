"""A rush: a class asks for hints at the same moment, some of them with what a sandbox is for.

``python -m tests.journeys.hint_rush --learners 200`` starts a server with its worker and database, has every
learner ask over loopback at once and wait for the hint as the lab page does, prints what came of it, and ends
with exit code 1 when somebody was refused, forgotten, told nothing while waiting, counted wrongly, or passed
over.
``test_hint_rush`` is the short version.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx

from darsgah.accounts import service as accounts
from darsgah.db.session import Database
from tests.journeys.test_operator import Operator
from tests.network import open_cohort, person

ANSWERS: Final[Mapping[str, str]] = {
    "wrong": "def double(n):\n    return n + 2",
    "right": "def double(n):\n    return 2 * n",
    "unreadable": "def double(n)\n    return 2 * n",
    "endless": "def double(n):\n    while True:\n        pass",
    "chatty": "def double(n):\n    while True:\n        print('x' * 10**6)",
    "forking": "import os\ndef double(n):\n    while True:\n        os.fork()",
    "ending": "import os\nos._exit(0)",
    "greedy": "hoard = []\nwhile True:\n    hoard.append(bytearray(10**8))",
}
"""What is asked about, in turn; every second one is merely wrong."""
SLOW: Final = {"endless", "chatty", "forking", "greedy"}
"""Run into a limit: hints that were asked for later may be given before theirs."""
CLASS: Final = 100
BUSY_TRIES: Final = 6
BUSY_PAUSE: Final = 3.0
IN_LINE: Final = 8
"""Later hints that may be given before an earlier one: jobs run side by side, and some are slow."""
_SAID: Final = {"right": "correct", "unreadable": "cannot read", "wrong": "double(3)"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one learner met.

    Attributes:
        statuses: of all requests; who clicks impatiently asks three times in one moment.
        hint_ids: that the answers named; one, however often it was asked for.
        before: hints that were said to come before it, as told with the answer.
        first: seconds until the platform said anything; ``whole`` until the hint was there.
    """

    kind: str
    statuses: tuple[int, ...]
    hint_ids: frozenset[str]
    before: int | None = None
    first: float = 0.0
    whole: float = 0.0
    hint: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Rush:
    """What came of it; ``wrong`` has a line for everything that should not be."""

    asked: list[Asked]
    seconds: float
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """Two lines for people."""
        firsts, wholes = ([getattr(one, name) for one in self.asked] for name in ("first", "whole"))
        states = Counter(str(one.hint.get("state")) for one in self.asked)
        return (
            f"{len(self.asked)} learners at once: {dict(states)} in {self.seconds:.1f} s; "
            f"wrong {len(self.wrong)}\n"
            f"answered after {statistics.median(firsts):.2f} s in the middle, {max(firsts):.2f} s at most; "
            f"hint after {statistics.median(wholes):.1f} s in the middle, {max(wholes):.1f} s at most"
        )


async def rush(operator: Operator, learners: int) -> Rush:
    """Have so many learners ask at once, and see what each meets."""
    doors = await _enrolled(operator, learners)
    kinds = [*ANSWERS]
    turns = [kinds[number // 2 % len(kinds)] if number % 2 else "wrong" for number in range(learners)]
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(
        base_url=operator.served.address, trust_env=False, timeout=600, limits=limits
    ) as client:
        began = time.monotonic()
        asked = await asyncio.gather(
            *(_asks(client, *door, kind) for door, kind in zip(doors, turns, strict=True))
        )
        found = Rush(list(asked), time.monotonic() - began)
    found.wrong = [line for one in asked for line in _complaints(one)]
    found.wrong += await _of_the_database(operator, asked)
    return found


async def _enrolled(operator: Operator, learners: int) -> list[tuple[UUID, str]]:
    """For each of so many new learners the assignment of their class and a session's token."""
    found = []
    with operator.database() as handle:
        database = Database(handle.url, pool=2)
        network = operator.network
        async with database.begin() as session:
            people = [await person(session, f"rush_{number}") for number in range(learners)]
            for first in range(0, learners, CLASS):
                class_ = people[first : first + CLASS]
                _, assignment = await open_cohort(
                    session, network.hub_id, network.course_version_id, *class_, name=f"Rush {first}"
                )
                for one in class_:
                    started = await accounts.start_session(
                        session, one.account_id, lifetime=timedelta(hours=1)
                    )
                    found.append((assignment, started.token))
        await database.dispose()
    return found


async def _asks(client: httpx.AsyncClient, assignment: UUID, token: str, kind: str) -> Asked:
    """Ask, of eight one impatiently three times, and wait for the hint; where it is busy as the page does."""
    headers = {"Authorization": f"Bearer {token}"}
    body = {"notebook": "lab", "cell_id": "double", "source": ANSWERS[kind]}
    began = time.monotonic()
    answers = await asyncio.gather(
        *(
            _answer(client, f"/api/v1/assignments/{assignment}/hints", body, headers)
            for _ in range(3 if kind == "unreadable" else 1)
        )
    )
    first = time.monotonic() - began
    told = [answer.json() for answer in answers if answer.status_code == 200]
    hints = [answer["hint"] for answer in told if answer["hint"]]
    asked = Asked(
        kind,
        tuple(answer.status_code for answer in answers),
        frozenset(hint["id"] for hint in hints),
        hints[0]["waiting_before"] if hints else None,
        first,
    )
    if not hints:
        return asked
    hint = await _waited_for(client, hints[0]["id"], headers)
    return Asked(kind, asked.statuses, asked.hint_ids, asked.before, first, time.monotonic() - began, hint)


async def _answer(
    client: httpx.AsyncClient, url: str, body: Mapping[str, str], headers: Mapping[str, str]
) -> httpx.Response:
    """The answer to who asks, and asks again a moment later where the platform is busy and says so."""
    for _ in range(BUSY_TRIES):
        answer = await client.post(url, json=body, headers=headers)
        if answer.status_code != 503 or "try again shortly" not in answer.text:
            break
        await asyncio.sleep(BUSY_PAUSE)
    return answer


async def _waited_for(client: httpx.AsyncClient, hint_id: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The hint from the stream of events, with the words of it while it was waited for."""
    event, waited = "", []
    async with client.stream("GET", f"/api/v1/hints/{hint_id}/events", headers=headers) as events:
        async for line in events.aiter_lines():
            if not line:
                event = ""
            elif line.startswith("event:"):
                event = line.removeprefix("event:").strip()
            elif line.startswith("data:") and event == "waiting":
                waited.append(json.loads(line.removeprefix("data:"))["waiting_before"])
            elif line.startswith("data:") and event == "hint":
                return {**json.loads(line.removeprefix("data:")), "places": waited}
    return {}


def _complaints(asked: Asked) -> list[str]:
    """What should not have happened to one learner."""
    found = [f"{asked.kind}: status {status}" for status in asked.statuses if status != 200]
    if len(asked.hint_ids) != 1:
        return [*found, f"{asked.kind}: {len(asked.hint_ids)} hints for one question"]
    if asked.before is None:
        found.append(f"{asked.kind}: not told how many wait")
    if asked.hint.get("state") != "given":
        found.append(f"{asked.kind}: {asked.hint.get('state')}, {asked.hint.get('text')}")
    if _SAID.get(asked.kind, "") not in asked.hint.get("text", "") or not asked.hint.get("text"):
        found.append(f"{asked.kind}: told {asked.hint.get('text')!r}")
    places = asked.hint.get("places", [])
    if places != sorted(places, reverse=True):
        found.append(f"{asked.kind}: the line before it grew: {places}")
    return found


async def _of_the_database(operator: Operator, asked: Sequence[Asked]) -> list[str]:
    """Counts that are no learner's number of hints, and hints that came out of turn."""
    counts = await operator.query(
        "SELECT day.account_id, day.asked, count(hint.id) AS made FROM hint_day day "
        "JOIN hint_request hint ON hint.account_id = day.account_id GROUP BY day.account_id, day.asked"
    )
    found = [f"{row.made} hints, {row.asked} counted" for row in counts if row.asked != row.made]
    if len(counts) != len(asked):
        found.append(f"{len(asked)} learners asked, of {len(counts)} it was counted")
    slow = {hint_id for one in asked if one.kind in SLOW for hint_id in one.hint_ids}
    rows = await operator.query("SELECT id, answered_at FROM hint_request ORDER BY id")
    order = [row.answered_at for row in rows if str(row.id) not in slow]
    for place, answered in enumerate(order):
        overtaking = sum(other < answered for other in order[place + 1 :])
        if overtaking > IN_LINE:
            found.append(f"hint {place}: {overtaking} later ones were given before it")
    return found


async def rush_in(folder: Path, learners: int) -> Rush:
    """One rush on a server of its own, with its home and its files in ``folder``."""
    operator = Operator(folder / "home", folder / "files")
    try:
        await operator.prepare()
        return await rush(operator, learners)
    finally:
        await operator.learner.client.aclose()
        if operator.served.process.poll() is None:
            operator.served.interrupt()


def main(learners: int) -> int:
    """Run one rush; the exit code."""
    with tempfile.TemporaryDirectory(prefix="darsgah-rush-") as folder:
        Path(folder, "files").mkdir()
        found = asyncio.run(rush_in(Path(folder), learners))
    sys.stdout.write("\n".join([str(found), *found.wrong]) + "\n")
    return 1 if found.wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.hint_rush")
    parser.add_argument("--learners", type=int, default=200)
    sys.exit(main(parser.parse_args().learners))
