"""The worker: takes jobs from the queue and runs them.

Any number of them may run, on any machine that reaches the database and the blob store.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog

from darsgah.accounts import service as accounts
from darsgah.blobs.store import open_blobs
from darsgah.briefs import service as briefs
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.tasks import CredentialTasks
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.errors import DarsgahError, ServiceUnavailable
from darsgah.grades.tasks import GradingTasks
from darsgah.grading_setup import grader_of
from darsgah.hackathons.tasks import HackathonTasks
from darsgah.hinting.calibration_tasks import CalibrationTasks
from darsgah.hinting.example_judge import example_judge
from darsgah.hinting.rephrasers import READ_SECONDS, Rephrasers
from darsgah.hinting.tasks import IN_OTHER_WORDS, HintTasks
from darsgah.jobs.ending import end
from darsgah.jobs.worker import JobWorker, WorkerTiming, stopped_by_signals
from darsgah.lab_checks.tasks import AT_ONCE, LabCheckTasks
from darsgah.notices.mail_server import MailServer
from darsgah.notices.tasks import NoticeTasks
from darsgah.organisations.tasks import Follower, OrganisationTasks
from darsgah.projects import reminders
from darsgah.settings import Settings
from darsgah.tutoring import calibrations
from darsgah.ui.language import Languages
from darsgah_grader.sandbox.levels import probe
from darsgah_grader.types import SandboxLevel

HOUSEKEEPING_SECONDS = 3600.0
LETTERS_AT_ONCE = 2
FOLLOWERS: tuple[Follower, ...] = (briefs.rest_unverified,)
"""What follows when an organisation or a mentor of it loses or gets back a verification or a place."""


class NoSandbox(DarsgahError):  # noqa: N818 - says what is wrong
    """This machine cannot contain a learner's code, so nothing is taken from the queue."""

    code = "no_sandbox"


logger = structlog.get_logger("darsgah.worker")


def chores(database: Database, *, measures: bool) -> Mapping[str, Callable[[], Awaitable[None]]]:
    """What a worker does once an hour beside its jobs, by name; several workers doing it do no harm.

    Args:
        measures: this worker checks and measures labs, so it also asks for what was published before labs
            were measured.
    """
    languages = Languages.load()

    async def forget() -> None:
        async with database.begin() as session:
            await accounts.delete_expired(session, now())

    async def expire() -> None:
        async with database.begin() as session:
            await briefs.expire_due(session, now())

    async def remind() -> None:
        await reminders.remind(database, languages, now())

    async def measure() -> None:
        async with database.begin() as session:
            if asked := await calibrations.ask_where_missing(session):
                logger.info("labs_to_measure", asked=asked)

    found = {"what has expired": forget, "briefs past their time": expire, "reminders of projects": remind}
    return found | {"labs to measure": measure} if measures else found


async def hourly(name: str, chore: Callable[[], Awaitable[None]]) -> None:
    """Do it once an hour for ever. What fails is said in the log, and an hour later it is tried again."""
    while True:
        try:
            await chore()
        except ServiceUnavailable as error:
            logger.warning("chore_put_off", chore=name, reason=error.message)
        except Exception:
            logger.exception("chore_failed", chore=name)
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


async def _with_more_hands(worker: JobWorker, rephrasers: Rephrasers, stop: asyncio.Event) -> None:
    """Take more hints at once as soon as a language model says them: who waits for it takes no core."""
    while not rephrasers.any and not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), READ_SECONDS)
    await worker.run(stop)


async def _run(settings: Settings, url: str) -> None:
    mail_server = MailServer.of(settings)
    database = Database(url, pool=settings.database_pool, application="darsgah worker")
    concurrency = settings.worker_concurrency or len(os.sched_getaffinity(0))
    timing = WorkerTiming(
        heartbeat=settings.worker_heartbeat, silence=settings.worker_silence, grace=settings.worker_grace
    )
    try:
        with grader_of(settings) as grader, Rephrasers(settings) as rephrasers, stopped_by_signals() as stop:
            blobs = open_blobs(settings)
            grading = GradingTasks(database, blobs, grader)
            hints = HintTasks(database, blobs, grader, rephrasers=rephrasers, studies=concurrency)
            checks = LabCheckTasks(
                database, blobs, grader, lambda: grading.under_way + hints.under_way > 0, example_judge
            )
            measuring = CalibrationTasks(database, blobs, grader, checks.give_way)
            beside = [asyncio.create_task(rephrasers.follow(database), name="tutor nodes")]
            beside += [
                asyncio.create_task(hourly(name, chore), name=name)
                for name, chore in chores(database, measures=settings.worker_lab_checks).items()
            ]
            work = [JobWorker(url, grading.tasks(), concurrency=concurrency, timing=timing).run(stop)]
            work.append(JobWorker(url, hints.tasks(), concurrency=concurrency, timing=timing).run(stop))
            letters = NoticeTasks(database, mail_server, settings.site)
            issuing = Issuing.of(settings)
            awards = CredentialTasks(database, issuing)
            hackathons = HackathonTasks(database, issuing, settings.site)
            told = [*letters.tasks(), *OrganisationTasks(database, FOLLOWERS).tasks()]
            told += [*awards.tasks(), *hackathons.tasks()]
            work.append(JobWorker(url, told, concurrency=LETTERS_AT_ONCE, timing=timing).run(stop))
            more = JobWorker(url, hints.tasks(), concurrency=IN_OTHER_WORDS, timing=timing)
            work.append(_with_more_hands(more, rephrasers, stop))
            if settings.worker_lab_checks:
                unhurried = [*checks.tasks(), *measuring.tasks()]
                checker = JobWorker(url, unhurried, concurrency=AT_ONCE, timing=timing)
                work += [checker.run(stop), checks.stop_with(stop)]
            await asyncio.gather(*work)
            await end(beside)
    finally:
        await database.dispose()


def run_worker(settings: Settings, url: str) -> None:
    """Work until SIGINT or SIGTERM; running jobs end first, what does not end in time is handed back.

    Raises:
        NoSandbox: this machine contains no learner's code. It would fail every job that it took.
    """
    report = probe()
    if report.level is SandboxLevel.NONE:
        raise NoSandbox(
            f"This machine cannot contain a learner's code ({'; '.join(report.reasons)}), so nothing is "
            "taken from the queue: darsgah doctor says what mends it."
        )
    asyncio.run(_run(settings, url))
