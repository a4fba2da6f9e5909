"""The pool of warm processes: one start for all who ask, an end when nobody does, a budget, faults."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from darsgah_grader.sandbox.types import CellSource, Job
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, EnvironmentBroken
from darsgah_grader.warm_processes import Keeping, WarmProcesses, machine_share, resident_bytes

PLAIN, TEXTS, OTHERS = (Environment(name) for name in ("plain", "texts", "others"))
BROKEN = Environment("broken", preload=("no_such_module_anywhere",))
ROOMY = 10**12


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the environments in the order in which processes were really started for them."""
    names: list[str] = []
    start = Sandbox.start

    def counted(environment: Environment, **how: object) -> Sandbox:
        names.append(environment.name)
        return start(environment, **how)  # type: ignore[arg-type] # handed on as it came

    monkeypatch.setattr(Sandbox, "start", counted)
    return names


def answer(pool: WarmProcesses, environment: Environment, source: str = "6 * 7") -> str:
    """What one cell shows."""
    with pool.using(environment) as sandbox:
        (cell,) = sandbox.run(Job([CellSource(source)])).cells
    return str(cell.outputs[0]["data"]["text/plain"])


def eventually(condition: Callable[[], bool]) -> bool:
    """Whether it comes true within some seconds."""
    end = time.monotonic() + 15
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_ten_threads_at_once_start_one(starts: list[str]) -> None:
    with WarmProcesses() as pool, ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: answer(pool, PLAIN), range(10)))
    assert answers == ["42"] * 10
    assert starts == ["plain"]


def test_what_nothing_uses_is_ended_and_started_again_on_demand(starts: list[str]) -> None:
    with WarmProcesses(keeping=Keeping(idle_seconds=0.3, memory_bytes=ROOMY)) as pool:
        with pool.using(PLAIN) as sandbox:
            pid = sandbox.pid
            time.sleep(0.9)  # longer than it may be idle: but it is in use
            assert pool.running == (PLAIN,)
            assert sandbox.pid == pid
        assert eventually(lambda: not pool.running and not Path(f"/proc/{pid}").exists())
        assert answer(pool, PLAIN) == "42"
    assert starts == ["plain", "plain"]


def test_a_process_is_replaced_after_so_many_uses_and_ends_with_the_last_of_them(starts: list[str]) -> None:
    with WarmProcesses(keeping=Keeping(uses=2, memory_bytes=ROOMY)) as pool:
        with pool.using(PLAIN) as first:
            pid = first.pid
            with ThreadPoolExecutor(1) as other:
                assert other.submit(answer, pool, PLAIN).result() == "42"  # the second use
                assert other.submit(answer, pool, PLAIN).result() == "42"  # of a fresh one
            assert starts == ["plain", "plain"]
            assert first.pid == pid
            (cell,) = first.run(Job([CellSource("1")])).cells
            assert cell.outputs
        assert not Path(f"/proc/{pid}").exists()


def test_room_is_made_of_the_longest_unused(starts: list[str]) -> None:
    with WarmProcesses(keeping=Keeping(memory_bytes=ROOMY)) as pool, pool.using(PLAIN) as sandbox:
        size = resident_bytes(sandbox.pid)
    assert size > 10 * 1024 * 1024
    with WarmProcesses(keeping=Keeping(memory_bytes=2 * size + 110 * 1024 * 1024)) as pool:
        for environment in (PLAIN, TEXTS, PLAIN, OTHERS):
            assert answer(pool, environment) == "42"
        assert len(pool.running) == 3
    starts.clear()
    with WarmProcesses(keeping=Keeping(memory_bytes=int(2.5 * size))) as pool:
        for environment in (PLAIN, TEXTS, PLAIN, OTHERS):
            assert answer(pool, environment) == "42"
        assert set(pool.running) == {PLAIN, OTHERS} or pool.running == (OTHERS,)
        assert TEXTS not in pool.running
    assert starts[-1] == "others"


def test_where_all_are_in_use_the_newcomer_waits_and_is_not_passed_for_ever(
    starts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("darsgah_grader.warm_processes._PATIENCE", 0.3)
    stop, change = threading.Event(), threading.Condition()
    inside: list[int] = []

    def relay(number: int) -> int:
        """Use it again and again, and leave when another has come: so it is never unused."""
        count = 0
        while not stop.is_set():
            with pool.using(PLAIN), change:
                inside.append(number)
                change.notify_all()
                change.wait_for(lambda: (inside[0] == number and len(inside) > 1) or stop.is_set(), timeout=2)
                inside.remove(number)
                change.notify_all()
            count += 1
            time.sleep(0.01)
        return count

    keeping = Keeping(memory_bytes=1, uses=10**9)
    with WarmProcesses(keeping=keeping) as pool, ThreadPoolExecutor(4) as threads:
        busy = [threads.submit(relay, number) for number in range(3)]
        try:
            assert eventually(lambda: pool.running == (PLAIN,) and bool(inside))
            assert threads.submit(answer, pool, TEXTS).result(timeout=30) == "42"
            assert eventually(lambda: starts.count("plain") == 2)  # and the others come back after it
        finally:
            stop.set()
        assert all(one.result(timeout=30) > 0 for one in busy)
    assert starts[:2] == ["plain", "texts"]


def test_one_that_needs_more_than_there_is_runs_alone(caplog: pytest.LogCaptureFixture) -> None:
    with WarmProcesses(keeping=Keeping(memory_bytes=1)) as pool:
        assert answer(pool, PLAIN) == "42"
        assert answer(pool, TEXTS) == "42"
        assert pool.running == (TEXTS,)
    assert "more than the" in caplog.text


def test_a_broken_environment_is_told_of_and_tried_again_later_and_the_others_go_on(
    starts: list[str],
) -> None:
    with WarmProcesses(keeping=Keeping(retry_seconds=1.0, memory_bytes=ROOMY)) as pool:
        for _ in range(5):
            with pytest.raises(EnvironmentBroken, match="no_such_module_anywhere"), pool.using(BROKEN):
                pass
            assert answer(pool, PLAIN) == "42"
        assert starts.count("broken") == 2  # at once a second time, in case it was killed, and not again
        assert starts.count("plain") == 1
        time.sleep(1.1)
        with pytest.raises(EnvironmentBroken, match="no_such_module_anywhere"), pool.using(BROKEN):
            pass
        assert starts.count("broken") == 4


def test_ten_threads_that_want_a_broken_one_try_it_once(starts: list[str]) -> None:
    def attempt(_: int) -> str:
        with pytest.raises(EnvironmentBroken) as error, pool.using(BROKEN):
            pass
        return str(error.value)

    with WarmProcesses(keeping=Keeping(memory_bytes=ROOMY)) as pool, ThreadPoolExecutor(10) as threads:
        said = list(threads.map(attempt, range(10)))
    assert len(set(said)) == 1
    assert starts == ["broken", "broken"]


def test_one_that_hangs_at_the_start_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("darsgah_grader.sandbox.process._BOOT_SECONDS", 1.0)
    monkeypatch.setattr("darsgah_grader.warm_processes._SOON", 0.1)
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexec sleep 1000\n")
    python.chmod(0o755)
    hanging = Environment("hanging", python=str(python))
    with WarmProcesses() as pool:
        began = time.monotonic()
        with pytest.raises(EnvironmentBroken, match="not warm after"), pool.using(hanging):
            pass
        assert time.monotonic() - began < 10
        assert answer(pool, PLAIN) == "42"


def test_a_killed_process_is_replaced_at_the_next_use() -> None:
    with WarmProcesses() as pool:
        with pool.using(PLAIN) as sandbox:
            assert sandbox.pid is not None
            os.kill(sandbox.pid, signal.SIGKILL)
        assert answer(pool, PLAIN) == "42"


def test_a_closed_pool_starts_nothing_and_leaves_nothing() -> None:
    pool = WarmProcesses()
    with pool.using(PLAIN) as sandbox:
        pid = sandbox.pid
    pool.close()
    assert not Path(f"/proc/{pid}").exists()
    with pytest.raises(EnvironmentBroken, match="ended"), pool.using(PLAIN):
        pass


def test_the_budget_is_a_quarter_of_the_machine_where_nothing_is_said() -> None:
    assert Keeping().memory_bytes == machine_share()
    assert 0 < machine_share() < os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
