"""Runs every benchmark: ``python -m bench [--submissions 40] [--rounds 3]``."""

import argparse
import json
import platform
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from bench.grading import measure, table

RESULTS = Path(__file__).parent / "results.json"


def main() -> None:
    """Measure, print and write ``results.json``."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="The project's benchmarks.")
    parser.add_argument("--submissions", type=int, default=40, help="submissions a round (default 40)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds; medians are reported (default 3)")
    arguments = parser.parse_args()
    console = Console()
    grading = measure(arguments.submissions, arguments.rounds, console)
    console.print(table(grading))
    written = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "grading": grading,
    }
    RESULTS.write_text(json.dumps(written, indent=2) + "\n")
    console.print(
        f"Written to {RESULTS.relative_to(Path.cwd()) if RESULTS.is_relative_to(Path.cwd()) else RESULTS}"
    )


if __name__ == "__main__":
    main()
