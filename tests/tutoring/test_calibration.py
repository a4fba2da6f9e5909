"""What a threshold means for a lab: measured by a worker or a command, shown where it is set."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from darsgah.catalog import service as catalog
from darsgah.cli import application
from darsgah.enrolments import service as enrolments
from darsgah.hinting.calibrating import Extent, points_right
from darsgah.hinting.calibration_tasks import CalibrationTasks
from darsgah.hinting.evaluation.cases import Answers, Case
from darsgah.hinting.trials import SandboxTrials
from darsgah.jobs.queue import under_way
from darsgah.tutoring import calibrations
from darsgah.tutoring.gate_figures import Measured, MeasuredAnswer, figures_at, proposed, table
from darsgah_grader.grading import Grader
from darsgah_tutor.evaluate import Outcome
from darsgah_tutor.misconceptions import Misconception
from darsgah_tutor.types import Question
from tests.labs.small_lab import write_lab
from tests.network import Platform
from tests.tutoring.tea_lab import publish_tea

SURE = [MeasuredAnswer(0.9, told=True, right=True)] * 19 + [MeasuredAnswer(0.9, told=True, right=False)]
UNSURE = [MeasuredAnswer(0.52, told=True, right=False)] * 6
HELD_BACK = [MeasuredAnswer(0.99, told=False, right=True)] * 4
ANSWERS = (*SURE, *UNSURE, *HELD_BACK)


def test_a_threshold_tells_how_much_is_told_and_how_much_of_it_is_right() -> None:
    low, high = figures_at(ANSWERS, 0.5), figures_at(ANSWERS, 0.55)
    assert (low.precision.hits, low.precision.n, low.coverage.n) == (19, 26, 30)
    assert (high.precision.value, high.coverage.hits) == (0.95, 20)
    assert high.precision.low == pytest.approx(0.764, abs=0.001)
    assert [row.threshold for row in table(ANSWERS, 0.77, None)][4:7] == [0.7, 0.77, 0.8]


def test_the_least_that_reaches_it_is_proposed_but_not_on_a_handful() -> None:
    least = proposed(ANSWERS)
    assert least is not None
    assert least.threshold == 0.55
    assert proposed(SURE[:9]) is None
    assert proposed(UNSURE * 3) is None
    assert proposed(()) is None


def test_a_misconception_of_the_labs_own_is_judged_by_its_line() -> None:
    question = Question("q", "", "", (), "", ())
    own = Misconception("own", "", (), (), {})

    def unopened() -> SandboxTrials:
        raise AssertionError("nothing runs here")

    def points(line: int, named: str) -> bool:
        found = Outcome(
            *("mistakes", "lab", "case", (1, 2), (2,), False, 1, {}, "", 0, True, 0.9),
            line=line,
            misconception=named,
            believed="general",
        )
        case = Case(Answers.MISTAKES, "lab", "case", question, unopened, "", {"own": own})
        return points_right(found, case)

    assert points(2, "own")
    assert points(2, "general")
    assert points(2, "")
    assert not points(2, "another")
    assert not points(1, "own")


async def test_the_course_page_says_what_the_threshold_means(platform: Platform) -> None:
    network = platform.network
    place = f"/teach/cohorts/{network.cohort_id}/tutor"
    api = f"/api/v1/assignments/{network.assignment_id}/tutoring"
    async with platform.browser("instructor") as teacher:
        before = (await teacher.get(place)).text
        assert "Nobody has measured yet" in before or "A worker measures it" in before
        async with platform.database.begin() as session:
            measured = Measured("1.0 Pointing abc", 0.5, 2, ANSWERS)
            await calibrations.record(session, network.lab_version_id, measured)
        page = " ".join((await teacher.get(place)).text.split())
        assert "At 50 %: of the hints told about 73 % pointed right (n = 26), and 86 % are told." in page
        assert "The least that reaches 95 % right is 55 % (n = 20); 66 % are told then." in page
        assert '<option value="0.55">55 %: 95 % right, 66 % told</option>' in page
        assert (await teacher.put(api, json={"threshold": 0.95})).status_code == 200
        assert "At 95 % nothing is told" in (await teacher.get(place)).text
        found = (await teacher.get(f"{api}/calibration")).json()["calibration"]
        assert (found["own"]["threshold"], found["current"]["threshold"]) == (0.5, 0.95)
        assert found["own"]["precision"]["low"] == pytest.approx(0.539, abs=0.001)
        await teacher.put(api, json={})
        async with platform.database.begin() as session:
            await calibrations.record(session, network.lab_version_id, Measured("1.0", 0.5, 0, ()))
        assert "no question of this lab has a second solution" in (await teacher.get(place)).text
    async with platform.program("learner") as learner:
        assert (await learner.get(f"{api}/calibration")).status_code == 403


async def test_asking_twice_makes_one_job(platform: Platform) -> None:
    network = platform.network
    async with platform.database.begin() as session:
        await session.execute(sa.text("DELETE FROM procrastinate_jobs WHERE queue_name = 'checks'"))
    async with platform.browser("instructor") as teacher:
        place = f"/teach/cohorts/{network.cohort_id}/tutor"
        assert "Measure" in (await teacher.get(place)).text
        asked = await teacher.post(f"{place}/{network.assignment_id}/measure")
        assert asked.status_code == 303
        api = f"/api/v1/assignments/{network.assignment_id}/tutoring/calibration"
        assert (await teacher.post(api)).json()["under_way"] is True
        assert "A worker measures it" in (await teacher.get(place)).text
    async with platform.database.begin() as session:
        jobs = (await session.execute(sa.text("SELECT args FROM procrastinate_jobs"))).scalars().all()
    ours = [job for job in jobs if job.get("again")]
    assert ours == [{"lab_version_id": str(network.lab_version_id), "again": True}]


async def test_a_worker_measures_a_published_lab_once(platform: Platform, grader: Grader) -> None:
    _, assignment_id = await publish_tea(platform, grader)
    waited: list[int] = []
    tasks = CalibrationTasks(
        platform.database, platform.blobs, grader, lambda: waited.append(1), extent=Extent(most=4)
    )
    async with platform.database.begin() as session:
        version = await enrolments.lab_version_of(session, assignment_id)
        asked = await under_way(session, catalog.CALIBRATE, "lab_version_id", [str(version)])
        assert asked == {str(version)}, "publishing asked for it"
    await tasks.calibrate(str(version))
    tried = len(waited)
    assert tried >= 4
    await tasks.calibrate(str(version))
    assert len(waited) == tried
    found = await newest(platform, version)
    assert (found["questions"], len(found["answers"]), found["threshold"]) == (2, 4, 0.5)
    assert found["tutor"].split()[0].count(".") >= 1
    await tasks.calibrate(str(version), again=True)
    assert (await newest(platform, version))["made_at"] > found["made_at"]


async def test_labs_that_nobody_measured_are_asked_for_once(platform: Platform, grader: Grader) -> None:
    """As those that were published before labs were measured, or whose job was given up."""
    _, assignment_id = await publish_tea(platform, grader)
    async with platform.database.begin() as session:
        version = str(await enrolments.lab_version_of(session, assignment_id))
    of_ours = sa.text("SELECT status FROM procrastinate_jobs WHERE args->>'lab_version_id' = :lab")
    forget = sa.text("DELETE FROM procrastinate_jobs WHERE queue_name = 'checks'")
    fail = sa.text("UPDATE procrastinate_jobs SET status = 'failed' WHERE args->>'lab_version_id' = :lab")
    unmeasured = sa.text("DELETE FROM lab_calibration WHERE lab_version_id = :lab")
    async with platform.database.begin() as session:
        await session.execute(forget)
        await session.execute(unmeasured, {"lab": version})
        assert await calibrations.ask_where_missing(session) >= 1
        assert await calibrations.ask_where_missing(session) == 0
        assert (await session.execute(of_ours, {"lab": version})).scalars().all() == ["todo"]
        await session.execute(fail, {"lab": version})
        assert await calibrations.ask_where_missing(session) == 0
        await session.execute(forget)
        await calibrations.record(session, UUID(version), Measured("1 Any", 0.5, 0, ()))
        await calibrations.ask_where_missing(session)
        assert (await session.execute(of_ours, {"lab": version})).scalars().all() == []
        await session.execute(forget)


async def newest(platform: Platform, lab_version_id: UUID) -> dict[str, Any]:
    async with platform.database.begin() as session:
        statement = "SELECT * FROM lab_calibration WHERE lab_version_id = :id ORDER BY made_at DESC LIMIT 1"
        row = (await session.execute(sa.text(statement), {"id": lab_version_id})).mappings().one()
    return dict(row)


async def test_the_command_measures_a_lab_folder(tmp_path: Path) -> None:
    lab = write_lab(tmp_path / "doubling")
    asked = ["tutor", "calibrate", str(lab), "--most", "3", "--json"]
    made = await asyncio.to_thread(CliRunner().invoke, application, asked)
    assert made.exit_code == 0, made.output
    printed = json.loads(made.stdout)
    assert (printed["lab"], printed["questions"], printed["answers"]) == ("doubling", 1, 3)
    assert printed["rows"][0]["coverage"]["n"] == 3
    (lab / "solutions" / "adding.py").unlink()
    refused = await asyncio.to_thread(CliRunner().invoke, application, asked)
    assert refused.exit_code == 2
    assert "second solution" in refused.output
