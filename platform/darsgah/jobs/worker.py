"""The far side of the queue: takes jobs, runs them, tries again, gives up in the open.

A job runs at least once. Its worker may die after the work and before the queue knows, so what a task does
must be safe to do again. A job that has failed ``ATTEMPTS`` times is not run any more: its task is told why,
so that what waits for it learns of it, and the row stays as ``given_up`` in the queue's depth.
Every failed attempt is one line of the log, with the traceback when it is not the one of the attempt before,
and without where the database or the store of files was away: that is no fault of the task.
"""

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import psycopg
import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from darsgah.db.columns import now
from darsgah.db.session import CONNECT_SECONDS
from darsgah.errors import DarsgahError, ServiceUnavailable
from darsgah.jobs.ending import end
from darsgah.jobs.queue import ATTEMPTS, JobKind
from darsgah.jobs.recovery import hand_back_forgotten, hand_back_orphans, marked_as_running

_log = structlog.get_logger(__name__)
_LONGEST_PAUSE = 60
_RECONNECT_SECONDS = 1.0
# After the last attempt the task is told; if the telling fails it is repeated this often.
_TELLINGS = 5
_REASON_LENGTH = 300
_NO_REASON = "its worker ended while it ran, without a word"

Run = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Task:
    """How jobs of one kind are run.

    Attributes:
        run: takes the job's values by name; must be safe to repeat. An exception means "try again later".
        give_up: takes the same values after the last attempt, and as ``reason`` why that one failed, in one
            line: records that this will not happen. Must be safe to repeat as well.
    """

    kind: JobKind
    run: Run
    give_up: Run


@dataclass(frozen=True)
class WorkerTiming:
    """Seconds.

    Attributes:
        heartbeat: between two signs of life, and between two looks for work that nobody announced.
        silence: without a sign of life until a worker counts as dead; several heartbeats.
        grace: that a stopping worker gives its running jobs.
        pause: before a failed job's second attempt; doubled before each further one.
    """

    heartbeat: float = 2.0
    silence: float = 15.0
    grace: float = 30.0
    pause: float = 1.0


class JobGivenUp(DarsgahError):  # noqa: N818 - says what is wrong
    """This job has failed as often as is allowed and is not tried again."""

    code = "job_given_up"


def outline(error: BaseException) -> str:
    """Why something failed in one line that a person can read: the message may be somebody's traceback."""
    lines = str(error).strip().splitlines()
    said = f"{type(error).__name__}: {lines[-1].strip()}" if lines else type(error).__name__
    return said if len(said) <= _REASON_LENGTH else said[: _REASON_LENGTH - 1] + "…"


def _is_news(record: logging.LogRecord) -> bool:
    """Whether the library's line says more than ours: it adds a traceback to a job that we gave up."""
    return not (record.exc_info and isinstance(record.exc_info[1], JobGivenUp))


class _Retry(BaseRetryStrategy):
    """Pauses that double; none when the worker is stopping and hands its job back."""

    def __init__(self, pause: float) -> None:
        self._pause = pause

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_at=now())
        if isinstance(exception, JobGivenUp) or job.attempts >= ATTEMPTS + _TELLINGS:
            return None
        pause = min(self._pause * 2**job.attempts, _LONGEST_PAUSE)
        return RetryDecision(retry_at=now() + timedelta(seconds=pause))


class _Connector(PsycopgConnector):
    """Listens again after an outage, where the library's own gives up and polls from then on."""

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        names = list(channels)
        while True:
            try:
                await super().listen_notify(on_notification, names)
            except ConnectorException:
                await asyncio.sleep(_RECONNECT_SECONDS)


class JobWorker:
    """Runs the jobs of its tasks' queues, several at once, until it is told to stop.

    Args:
        url: the database's, as ``open_database`` gives it.
        concurrency: jobs run at once; the tasks decide themselves what they do outside the event loop.
    """

    def __init__(
        self, url: str, tasks: Sequence[Task], *, concurrency: int, timing: WorkerTiming | None = None
    ) -> None:
        self._url = url
        self._tasks = tasks
        self._concurrency = concurrency
        self._timing = timing or WorkerTiming()
        self._running: set[int] = set()
        self._reasons: dict[int, str] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Works until ``stop`` is set, then lets running jobs end within the grace and hands back the rest.

        When the database goes away it waits for it and begins anew.
        """
        logging.getLogger(Worker.__module__).addFilter(_is_news)
        while not stop.is_set():
            try:
                await self._run_while_connected(stop)
            except (ConnectorException, psycopg.OperationalError) as error:
                _log.warning(
                    "The database is away; the worker waits for it", reason=str(error.__cause__ or error)
                )
            if not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _RECONNECT_SECONDS)

    async def _run_while_connected(self, stop: asyncio.Event) -> None:
        app = self._app()
        async with app.open_async():
            worker = Worker(
                app,
                queues=sorted({task.kind.queue.value for task in self._tasks}),
                name="darsgah",
                concurrency=self._concurrency,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                fetch_job_polling_interval=self._timing.heartbeat,
                update_heartbeat_interval=self._timing.heartbeat,
                stalled_worker_timeout=self._timing.silence,
                shutdown_graceful_timeout=self._timing.grace,
                install_signal_handlers=False,
            )
            working = asyncio.create_task(worker.run(), name="worker")  # type: ignore[no-untyped-call] # the library's
            others = [
                asyncio.create_task(stop.wait(), name="stop"),
                asyncio.create_task(self._recover_jobs(app, worker), name="recovery"),
            ]
            try:
                await asyncio.wait([working, *others], return_when=asyncio.FIRST_COMPLETED)
            finally:
                worker.stop()  # type: ignore[no-untyped-call] # the library's
                await end(others)
                await working

    async def _recover_jobs(self, app: App, worker: Worker) -> None:
        """Every heartbeat: jobs of dead workers, and jobs this one should run but twice in a row does not."""
        suspected: set[int] = set()
        while True:
            with suppress(ConnectorException):  # the database is away: the worker itself finds out
                found = await hand_back_orphans(
                    app.connector, own_worker=worker.worker_id, silence=self._timing.silence
                )
                if worker.worker_id is not None:
                    idle = await marked_as_running(app.connector, worker.worker_id) - self._running
                    forgotten = idle & suspected
                    if forgotten:
                        found += await hand_back_forgotten(
                            app.connector, worker=worker.worker_id, jobs=forgotten
                        )
                    suspected = idle - forgotten
                if found:
                    _log.warning("Handed back jobs that nobody runs", jobs=found)
            await asyncio.sleep(self._timing.heartbeat)

    def _app(self) -> App:
        app = App(
            connector=_Connector(
                conninfo=self._url,
                kwargs={"connect_timeout": CONNECT_SECONDS, "application_name": "darsgah queue"},
                min_size=1,
                max_size=4,
                timeout=2 * CONNECT_SECONDS,
            )
        )
        for task in self._tasks:
            app.task(
                name=task.kind.name,
                queue=task.kind.queue.value,
                retry=_Retry(self._timing.pause),
                pass_context=True,
            )(self._handler(task))
        return app

    def _handler(self, task: Task) -> Run:
        async def handle(context: JobContext, **values: Any) -> None:  # noqa: ANN401 # whatever the job carries
            number = context.job.id or 0
            self._running.add(number)
            try:
                if context.job.attempts < ATTEMPTS:
                    await self._attempt(task, context.job, values)
                else:
                    await self._give_up(task, number, values)
            finally:
                self._running.discard(number)

        return handle

    async def _attempt(self, task: Task, job: Job, values: dict[str, Any]) -> None:
        number, attempt = job.id or 0, job.attempts + 1
        try:
            await task.run(**values)
        except Exception as error:
            reason = outline(error)
            told = isinstance(error, ServiceUnavailable) or self._reasons.get(number) == reason
            _log.warning(
                "attempt_failed",
                task=task.kind.name,
                attempt=attempt,
                of=ATTEMPTS,
                reason=reason,
                exc_info=None if told else error,
                values=values,
            )
            self._reasons[number] = reason
            if attempt < ATTEMPTS:
                raise
            # At once and here, where the reason is known: the next attempt may be another worker's.
            await self._give_up(task, number, values)
        self._reasons.pop(number, None)

    async def _give_up(self, task: Task, number: int, values: dict[str, Any]) -> None:
        reason = self._reasons.get(number, _NO_REASON)
        try:
            await task.give_up(**values, reason=reason)
        except Exception as error:
            _log.warning("telling_failed", task=task.kind.name, reason=outline(error), values=values)
            raise
        self._reasons.pop(number, None)
        _log.error("job_given_up", task=task.kind.name, attempts=ATTEMPTS, reason=reason, values=values)
        raise JobGivenUp(f"{task.kind.name} failed {ATTEMPTS} times", **values)


@contextmanager
def stopped_by_signals() -> Iterator[asyncio.Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set, inside a running event loop; restored afterwards.

    What the starter of this process has it ignore, as ``nohup`` does, stays ignored.
    """
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in wanted}
    numbers = [number for number in wanted if before[number] is not signal.SIG_IGN]
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        yield stop
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
