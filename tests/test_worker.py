"""The worker as a whole, beyond what its tasks and its queue are tried for."""

from pathlib import Path

import pytest

from darsgah import worker
from darsgah.settings import Settings
from darsgah.worker import NoSandbox, run_worker
from darsgah_grader.sandbox.cgroups import CgroupReport
from darsgah_grader.sandbox.levels import LevelReport
from darsgah_grader.types import SandboxLevel


def test_where_nothing_can_be_contained_no_job_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Submissions wait for a worker that can; this one would fail each of them until it is given up."""
    report = LevelReport(SandboxLevel.NONE, (), ("there is no Landlock",), CgroupReport(0, False, "", ""))
    monkeypatch.setattr(worker, "probe", lambda: report)
    with pytest.raises(NoSandbox, match=r"no Landlock.*doctor"):
        run_worker(Settings(home=tmp_path), "postgresql://nobody@127.0.0.1:1/nowhere")
