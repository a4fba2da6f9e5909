"""Runs the benchmarks: ``python -m bench [NAME]``; without one those of ``EVERY``. ``--help`` lists all."""

import argparse
import json
import platform
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench.attacks import attacks
from bench.browser import browser
from bench.grading import measure
from bench.kernels import kernels
from bench.report import table
from bench.rivals import OTTER
from bench.stages import profile

RESULTS = Path(__file__).parent / "results.json"
LABS = ("python", "frames", "pandas")
EVERY = ("grading", "kernels", "hints", "tutor-model")
"""What ``make bench`` measures, in this order."""


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="The project's benchmarks.")
    commands = parser.add_subparsers(dest="command")
    grading = commands.add_parser("grading", help="Darsgah, nbgrader, Otter and the floor, side by side")
    grading.add_argument("--submissions", type=int, default=100, help="submissions a lab (default 100)")
    grading.add_argument("--rounds", type=int, default=3, help="rounds; medians are reported (default 3)")
    grading.add_argument("--labs", nargs="+", choices=LABS, default=LABS, help="which labs (default all)")
    opened = commands.add_parser("browser", help="the lab page and JupyterLite in Chromium, side by side")
    opened.add_argument("--rounds", type=int, default=3, help="rounds; medians are reported (default 3)")
    opened.add_argument("--slow", action="store_true", help="a round at 1 Mbit/s as well (some minutes)")
    stages = commands.add_parser("profile", help="where the milliseconds of one grading go")
    stages.add_argument("--lab", choices=LABS, default="python")
    stages.add_argument("--mode", choices=("in-process", "split"), default="in-process")
    stages.add_argument("--submissions", type=int, default=8, help="different submissions (default 8)")
    stages.add_argument("--rounds", type=int, default=5, help="times that each is graded (default 5)")
    many = commands.add_parser("kernels", help="kernels of the hub and plain ipykernels, side by side")
    many.add_argument("--rounds", type=int, default=15, help="kernels opened one by one (default 15)")
    many.add_argument("--kernels", type=int, default=400, help="kernels at once (default 400)")
    many.add_argument("--ipykernels", type=int, default=4, help="plain ipykernels started (default 4)")
    attacked = commands.add_parser(
        "attacks", help="what nbgrader, Otter and Darsgah make of the same attacks"
    )
    attacked.add_argument(
        "--cases", nargs="+", default=[], help="only these of the lines in docs/security.md (default all)"
    )
    asked = commands.add_parser("hints", help="time to a hint and where it goes, beside plain sandbox runs")
    asked.add_argument("--answers", type=int, default=64, help="wrong answers (default 64)")
    asked.add_argument("--crowds", nargs="+", type=int, default=[1, 8, 32], help="how many ask at once")
    causal = commands.add_parser("tutor-model", help="a causal model of 0.5 B against the memory's speed")
    causal.add_argument("--tokens", type=int, default=60, help="tokens of an answer (default 60)")
    arguments = parser.parse_args()
    console = Console()
    benchmarks = {
        "grading": _grading,
        "kernels": _kernels,
        "profile": profile,
        "attacks": attacks,
        "browser": browser,
        "hints": _hints,
        "tutor-model": _tutor_model,
    }
    for name in [arguments.command] if arguments.command else EVERY:
        chosen = arguments if arguments.command else parser.parse_args([name])
        benchmarks[name](chosen, console)


def _grading(arguments: argparse.Namespace, console: Console) -> None:
    """Measure, print and write ``results.json``."""
    found = measure(arguments.labs, arguments.submissions, arguments.rounds, console)
    console.print(table(found))
    if not OTTER.exists():
        console.print("Otter is not installed: make otter")
    _write({"grading": found}, console)


def _kernels(arguments: argparse.Namespace, console: Console) -> None:
    """Measure, print and write beside the other figures of ``results.json``."""
    _write({"kernels": kernels(arguments, console)}, console)


def _hints(arguments: argparse.Namespace, console: Console) -> None:
    """Measure, print and write beside the other figures of ``results.json``."""
    from bench.hints import hints  # noqa: PLC0415 - other benchmarks are measured without the tutor

    _write({"hints": hints(arguments, console)}, console)


def _tutor_model(arguments: argparse.Namespace, console: Console) -> None:
    """Measure, print and write beside the other figures of ``results.json``."""
    from bench.tutor_model import tutor_model  # noqa: PLC0415 - other benchmarks are measured without torch

    _write({"tutor_model": tutor_model(arguments, console)}, console)


def _write(found: dict[str, object], console: Console) -> None:
    """Put figures into ``results.json``; those of other benchmarks stay as they are."""
    written: dict[str, object] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    written |= {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    RESULTS.write_text(json.dumps(written | found, indent=2) + "\n")
    console.print(f"Written to {RESULTS}")


if __name__ == "__main__":
    main()
