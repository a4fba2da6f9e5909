"""A storm: while real submissions are graded, their processes are killed at random moments.

``python -m tests.journeys.storm --submissions 1000`` starts a server with its worker and database, queues
the submissions, and kills workers, warm processes, first processes of runs and runners until everything is
graded. It ends by itself, prints what it found, and exits with 1 when something was graded twice, wrong or
not at all, or was left behind. ``test_storm`` is the short version.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.grading.notebooks import notebook
from tests.grading.sandbox.machine import children_of, groups, mounts
from tests.journeys.test_operator import Operator
from tests.network import RELEASE, RIGHT, WORK, cells

KINDS: Final = ("worker", "warm process", "process 1", "runner")
_RAISING = notebook(
    *cells("def double(n):\n    raise ValueError(n)", "def triple(n):\n    return 3 * n", hidden=False)
)
_SLOW = notebook(
    *cells(
        "import time\ntime.sleep(0.2)\n\ndef double(n):\n    return 2 * n",
        "def triple(n):\n    return 3 * n",
        hidden=False,
    )
)
VARIANTS: Mapping[str, tuple[bytes, float]] = {
    "right": (RIGHT, 5.0),
    "half": (WORK, 2.0),
    "raising": (_RAISING, 3.0),
    "slow": (_SLOW, 5.0),
    "unchanged": (RELEASE, 0.0),
}
"""What is handed in, with the points it has to get."""
_CALM = 6.0
"""Seconds between two kills of a worker: the next one has to be found dead by its silence, and to start."""
_MOST_ROUNDS = 5

_PILE = """
WITH made AS (
    INSERT INTO submission (id, hub_id, cohort_id, assignment_id, account_id, attempt, state, received_at,
                            notebooks, sha256, size)
    SELECT gen_random_uuid(), :hub, :cohort, :assignment, :account, number, 'queued', now(),
           (SELECT notebooks FROM submission WHERE id = CAST(:like AS uuid)), :mark, 1
    FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS number RETURNING id
)
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)
SELECT 'grading', 'grade_submission', 0, jsonb_build_object('submission_id', id::text) FROM made
"""
_WAITING = """SELECT count(*) AS waiting FROM submission
WHERE sha256 LIKE 'storm-%' AND state IN ('queued', 'grading')"""
_GRADED = """SELECT submission.sha256, submission.state, count(run.id) AS runs, max(run.score) AS score
FROM submission LEFT JOIN grading_run run ON run.submission_id = submission.id
WHERE submission.sha256 LIKE 'storm-%' GROUP BY submission.id"""


@dataclass
class Storm:
    """What came of one storm.

    Attributes:
        kills: how many processes of each kind were killed.
        wrong: submissions with another score than theirs, or in another state than graded.
        twice: submissions with another number of grading runs than one.
        left: processes, control groups and mounts that the whole left behind.
    """

    submissions: int
    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """One line for people."""
        killed = ", ".join(f"{self.kills[kind]} of {kind}" for kind in KINDS)
        return (
            f"{self.submissions} submissions in {self.seconds:.0f} s; killed: {killed}; "
            f"wrong {len(self.wrong)}, not once {len(self.twice)}, left behind {len(self.left)}"
        )

    @property
    def weathered(self) -> bool:
        """Whether nothing went wrong, and every kind of process was killed at least once."""
        return not (self.wrong or self.twice or self.left) and all(self.kills[kind] for kind in KINDS)


async def storm(operator: Operator, submissions: int, *, seed: int, pause: float) -> Storm:
    """Queue the submissions, kill something every ``pause`` seconds or so until all of them are done.

    Where they are done before a process of each kind was killed, as many again are queued, up to a few times.
    """
    found = Storm(submissions)
    handed_in = await _handed_in(operator)
    await _queue(operator, handed_in, 0, submissions)
    began = time.monotonic()
    chance = random.Random(seed)  # noqa: S311 - which process is killed is no secret
    calm_until = 0.0
    due = chance.sample(KINDS, len(KINDS))
    owners: set[int] = set()
    while True:
        await asyncio.sleep(chance.uniform(0.2, 1.8) * pause)
        if not (await operator.query(_WAITING))[0].waiting:
            if all(found.kills[kind] for kind in KINDS) or found.submissions >= _MOST_ROUNDS * submissions:
                break  # asked after the pause: no worker comes to sweep up after one that had nothing to do
            await _queue(operator, handed_in, found.submissions, submissions)
            found.submissions += submissions
        kind = due.pop() if due else chance.choice(KINDS)
        if kind == "worker" and time.monotonic() < calm_until:
            continue
        owners.update(_workers(operator))
        victim = _victim(operator, kind, chance)
        if victim is not None and _killed(victim):
            found.kills[kind] += 1
            if kind == "worker":
                calm_until = time.monotonic() + _CALM
        else:
            due.insert(0, kind)
    found.seconds = time.monotonic() - began
    for row in await operator.query(_GRADED):
        variant = row.sha256.removeprefix("storm-")
        if row.state != "graded" or row.score != VARIANTS[variant][1]:
            found.wrong.append(f"{variant}: {row.state}, {row.score}")
        if row.runs != 1:
            found.twice.append(f"{variant}: {row.runs} runs")
    owners.update(_workers(operator))
    operator.served.interrupt()
    found.left = _left(operator, owners)
    return found


async def _handed_in(operator: Operator) -> dict[str, str]:
    """Each variant, handed in once, as a learner does: the submission's id by the variant's name."""
    handed_in: dict[str, str] = {}
    for variant, (content, score) in VARIANTS.items():
        address = await operator.learner.handed_in(operator.network.assignment_id, content)
        assert (await operator.learner.graded(address))["run"]["score"] == score
        handed_in[variant] = address.rpartition("/")[2]
    return handed_in


async def _queue(operator: Operator, handed_in: Mapping[str, str], before: int, submissions: int) -> None:
    """Queue some of each variant, after those ``before``, by the same rows that handing it in has made."""
    network = operator.network
    given = {"hub": network.hub_id, "cohort": network.cohort_id, "assignment": network.assignment_id}
    account = network.people["classmate"].account_id
    each = -(-submissions // len(VARIANTS))
    for number, (variant, like) in enumerate(handed_in.items()):
        part = {"first": before + number * each + 1, "last": before + min((number + 1) * each, submissions)}
        await operator.query(_PILE, **given, **part, account=account, like=like, mark=f"storm-{variant}")


def _workers(operator: Operator) -> list[int]:
    return [
        pid for pid, line in operator.served.processes().items() if line.rstrip().endswith("darsgah worker")
    ]


def _victim(operator: Operator, kind: str, chance: random.Random) -> int | None:
    """A living process of that kind; None while there is none."""
    generation = _workers(operator)
    for _ in range(KINDS.index(kind)):
        generation = [below for pid in generation for below in children_of(pid)]
    return chance.choice(generation) if generation else None


def _killed(pid: int) -> bool:
    """Kill a process; False when it has ended by itself meanwhile."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def _left(operator: Operator, owners: set[int]) -> list[str]:
    """What is still there once the server has ended."""
    processes = [f"process {pid}: {line}" for pid, line in operator.served.processes().items()]
    return processes + [f"group {group}" for owner in owners for group in groups(owner)]


async def storm_over(folder: Path, submissions: int, *, seed: int, pause: float) -> Storm:
    """One storm on a server of its own, with its home and its files in ``folder``."""
    operator = Operator(folder / "home", folder / "files")
    try:
        await operator.prepare()
        return await storm(operator, submissions, seed=seed, pause=pause)
    finally:
        await operator.learner.client.aclose()
        if operator.served.process.poll() is None:
            operator.served.interrupt()


def main(submissions: int, seed: int, pause: float) -> int:
    """Run one storm; the exit code."""
    before = mounts()
    with tempfile.TemporaryDirectory(prefix="darsgah-storm-") as folder:
        Path(folder, "files").mkdir()
        found = asyncio.run(storm_over(Path(folder), submissions, seed=seed, pause=pause))
    if mounts() != before:
        found.left.append(f"{mounts() - before} mounts")
    sys.stdout.write("\n".join([str(found), *found.wrong, *found.twice, *found.left]) + "\n")
    return 0 if found.weathered else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.journeys.storm")
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=0.5, help="mean seconds between two kills")
    arguments = parser.parse_args()
    sys.exit(main(arguments.submissions, arguments.seed, arguments.pause))
