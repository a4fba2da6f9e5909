"""What a model could run on: read from this very machine, and torch that is missing, broken or stuck."""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from darsgah_tutor.devices import INSTRUCTIONS, Accelerator, engine, nvidia_hardware, processor

# Stands in for a torch that this machine cannot have: there may be no GPU here.
TORCH_WITH_GPUS = """
from contextlib import nullcontext
from types import SimpleNamespace

print("a greeting that torch prints")
version = SimpleNamespace(cuda="12.8", hip=None)

class Tensor:
    def __matmul__(self, other): return self
    def sum(self): return self
    def item(self): return 512.0

def ones(shape, device):
    if device == "cuda:1":
        raise RuntimeError("no kernel image is available for execution on the device\\nand more")
    return Tensor()

class cuda:
    device = staticmethod(lambda number: nullcontext())
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 2)
    is_bf16_supported = staticmethod(lambda including_emulation: True)
    get_device_properties = staticmethod(
        lambda number: SimpleNamespace(name=f"GPU {number}", total_memory=2**34, major=8, minor=number)
    )
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a torch that comes before the installed one."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    return tmp_path / "torch.py"


def test_importing_the_module_loads_no_torch() -> None:
    code = (
        "import sys; from darsgah_tutor import devices; "
        "devices.processor(); devices.nvidia_hardware(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_processor_is_this_one() -> None:
    found = processor()
    assert 1 <= found.threads <= len(os.sched_getaffinity(0))
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < found.memory_bytes <= physical
    described = Path("/proc/cpuinfo").read_text()
    flags = next(line for line in described.splitlines() if line.startswith(("flags", "Features"))).split()
    assert set(found.instructions) == {name for flag, name in INSTRUCTIONS.items() if flag in flags}


def test_threads_follow_the_affinity_mask() -> None:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert processor().threads == 1
    finally:
        os.sched_setaffinity(0, allowed)


def test_hardware_needs_no_program_of_nvidia() -> None:
    found = nvidia_hardware()
    assert found.cards >= 0
    assert bool(found.driver) == Path("/proc/driver/nvidia/version").exists()


def test_the_installed_torch_answers() -> None:
    found = engine()
    assert found.fault == ""
    assert found.torch == version("torch")
    assert found.transformers == version("transformers")
    assert found.build.split()[0] in {"cpu", "cuda", "rocm"}
    if not Path("/proc/driver/nvidia/version").exists() and not Path("/dev/kfd").exists():
        assert found.accelerators == ()


def test_accelerators_are_tried_one_by_one(stand_in: Path) -> None:
    stand_in.write_text(TORCH_WITH_GPUS)
    found = engine()
    assert found.build == "cuda 12.8"
    assert found.accelerators == (
        Accelerator("GPU 0", 2**34, "8.0", bf16=True),
        Accelerator("GPU 1", 2**34, "8.1", True, "no kernel image is available for execution on the device"),
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import a_library_that_is_gone", "No module named 'a_library_that_is_gone'"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "instructions that this processor lacks"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("import os; os._exit(7)", "status 7"),
    ],
)
def test_a_broken_torch_is_a_fault_in_one_line(stand_in: Path, source: str, said: str) -> None:
    stand_in.write_text(source)
    found = engine()
    assert said in found.fault
    assert "\n" not in found.fault
    assert found.accelerators == ()


def test_a_torch_that_hangs_is_given_up(stand_in: Path) -> None:
    stand_in.write_text("import time; time.sleep(60)")
    assert "did not load within 1 seconds" in engine(patience=1).fault


def test_no_torch_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no package lies on the path, as in an environment without torch."""
    monkeypatch.setattr(sys, "path", [])
    found = engine()
    assert (found.torch, found.transformers, found.fault) == (None, None, "")
