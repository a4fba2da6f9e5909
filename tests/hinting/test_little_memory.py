"""The tutor's own model where there is no memory for it: hints go on without one, and the log says why."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import resource
import sys
from pathlib import Path

from darsgah.hinting.tutors import ShippedModel
from darsgah_tutor.types import Check, Ended, Evidence, Question

used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 100_000_000,) * 2)
check = Check(test="1", line=1, visible=True, passed=False, lines=frozenset({2}))
evidence = Evidence("def f(x):\\n    return x", Ended.RAN, (check,))
said = ShippedModel(Path(sys.argv[1])).diagnose(Question("f", "", "", (), "", ()), evidence, ())
print(said.model, said.lines[0])
"""


def test_without_memory_for_the_model_what_ran_when_points(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, tmp_path], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "spectrum 2"
    assert "tutor_model_not_read" in ran.stdout + ran.stderr
    assert "is no JSON" not in ran.stdout + ran.stderr, "it is for want of memory that it was not read"
