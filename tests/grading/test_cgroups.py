"""The groups that runs are counted and limited in."""

import os
import subprocess
import sys

import pytest

from darsgah_grader.sandbox.cgroups import examine, prepare
from tests.grading.sandbox.machine import groups


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user may make no groups here")
def test_what_a_killed_host_left_goes_although_its_processes_take_a_moment_to_end() -> None:
    found = examine()
    if not found.usable:
        pytest.skip(found.detail)
    with subprocess.Popen([sys.executable, "-c", "pass"]) as host:
        pass  # nobody has its number now
    fill = "held = bytearray(300_000_000); print(flush=True); import time; time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", fill], stdout=subprocess.PIPE) as left:
        assert left.stdout is not None
        left.stdout.readline()
        for _, folder in found.folders:
            group = folder / f"darsgah-{host.pid}-1"
            group.mkdir()
            (group / "cgroup.procs").write_text(str(left.pid))
        assert prepare(found)
    assert groups(host.pid) == set()
