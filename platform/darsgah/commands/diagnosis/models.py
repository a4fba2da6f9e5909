"""What a model could run on: processor, libraries, accelerators. Grading needs none of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from darsgah.commands.diagnosis.findings import Check, Finding, State, Value, in_bytes
from darsgah_tutor.devices import (
    Engine,
    NvidiaHardware,
    Processor,
    engine,
    nvidia_hardware,
    processor,
)

_VECTORS = {"avx2", "neon"}
_OTHERWISE = "Models run on the processor. Grading needs no GPU."
_DRIVER = {
    "ubuntu": ("sudo ubuntu-drivers install", "sudo reboot"),
    "debian": ("sudo apt-get install nvidia-driver  # from the section non-free", "sudo reboot"),
}


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """``distribution`` is the ID of /etc/os-release, which decides how a driver is installed."""

    processor: Processor
    hardware: NvidiaHardware
    engine: Engine
    distribution: str


def look(distribution: str) -> ModelFacts:
    """Ask the kernel, and torch in a process of its own, which takes seconds."""
    return ModelFacts(processor(), nvidia_hardware(), engine(), distribution)


def findings(facts: ModelFacts) -> Iterator[Finding]:
    """What the facts mean."""
    yield _processor(facts.processor)
    yield _libraries(facts.engine)
    if facts.engine.accelerators:
        yield from _accelerators(facts.engine)
    else:
        yield _no_accelerator(facts)


def _processor(facts: Processor) -> Finding:
    known = ", ".join(facts.instructions) or "no vector instructions that matter"
    values: dict[str, Value] = {
        "name": facts.name,
        "threads": facts.threads,
        "instructions": " ".join(facts.instructions),
    }
    found = f"{facts.name}, {facts.threads} threads, {known}"
    if _VECTORS.isdisjoint(facts.instructions):
        meaning = "Without AVX2 (or NEON) a model runs many times slower, and torch may not load at all."
        return Finding(Check.PROCESSOR, State.LIMITED, found, meaning, values=values)
    return Finding(Check.PROCESSOR, State.OK, found, "A small model runs here without a GPU.", values=values)


def _libraries(facts: Engine) -> Finding:
    versions: dict[str, Value] = {
        "torch": facts.torch,
        "transformers": facts.transformers,
        "build": facts.build,
    }
    lacking = [name for name in ("torch", "transformers") if not versions[name]]
    if lacking:
        return Finding(
            Check.LIBRARIES,
            State.LIMITED,
            f"{' and '.join(lacking)} not installed",
            "No model can run on this machine. Grading works.",
            ("make setup",),
            values=versions,
        )
    if facts.fault:
        return Finding(
            Check.LIBRARIES,
            State.LIMITED,
            f"torch {facts.torch} does not load: {facts.fault}",
            "No model can run on this machine. Grading works.",
            (".venv/bin/python -c 'import torch'  # shows all of it", "rm -f .venv/.torch && make setup"),
            values=versions,
        )
    found = f"torch {facts.torch}, built for {facts.build}; transformers {facts.transformers}"
    return Finding(Check.LIBRARIES, State.OK, found, "They load; a model can run.", values=versions)


def _accelerators(facts: Engine) -> Iterator[Finding]:
    for number, device in enumerate(facts.accelerators):
        values: dict[str, Value] = {
            "name": device.name,
            "memory_bytes": device.memory_bytes,
            "compute_capability": device.compute_capability,
            "bf16": device.bf16,
        }
        found = (
            f"{device.name}, {in_bytes(device.memory_bytes)}, compute capability {device.compute_capability}"
        )
        if device.fault:
            yield Finding(
                Check.ACCELERATOR,
                State.LIMITED,
                f"{found}, does not compute: {device.fault}",
                "Too old or too new for this build of torch, or in use. Models run on the processor.",
                (".venv/bin/python -c 'import torch; print(torch.cuda.get_arch_list())'",),
                subject=str(number),
                values=values,
            )
        else:
            meaning = f"Models run on it, in {'bfloat16' if device.bf16 else '16-bit floats'}."
            yield Finding(Check.ACCELERATOR, State.OK, found, meaning, subject=str(number), values=values)


def _no_accelerator(facts: ModelFacts) -> Finding:
    cards, driver, build = facts.hardware.cards, facts.hardware.driver, facts.engine.build
    values: dict[str, Value] = {"cards": cards, "driver": driver}
    if not cards and not driver:
        return Finding(Check.ACCELERATOR, State.NOTE, "none", _OTHERWISE, values=values)
    card = f"{cards or 'an'} NVIDIA card{'s' if cards > 1 else ''}"
    if not driver:
        mend = _DRIVER.get(facts.distribution, _DRIVER["debian"])
        return Finding(
            Check.ACCELERATOR, State.LIMITED, f"{card}, and no driver", _OTHERWISE, mend, values=values
        )
    if build == "cpu":
        version = (facts.engine.torch or "").partition("+")[0]
        return Finding(
            Check.ACCELERATOR,
            State.LIMITED,
            f"{card}, driver {driver}, and torch's CPU build",
            _OTHERWISE,
            (
                ".venv/bin/pip uninstall -y torch",
                f".venv/bin/pip install torch=={version}  # its CUDA build",
            ),
            values=values,
        )
    return Finding(
        Check.ACCELERATOR,
        State.LIMITED,
        f"{card}, driver {driver}, which torch ({build or 'not loaded'}) cannot use",
        f"The driver is too old for it, or the device files are not given to this user. {_OTHERWISE}",
        ("ls -l /dev/nvidia*", *_DRIVER.get(facts.distribution, _DRIVER["debian"])),
        values=values,
    )
