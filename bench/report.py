"""The figures as people read them, with what is aimed at beside what was measured."""

from typing import Any

from rich.table import Table

_RIVALS: tuple[tuple[str, str, str], ...] = (
    ("nbgrader autograde, batch, ms a submission", "nbgrader_batch_ms", ""),
    ("the same, ms of processor time, nbgrader's start included", "nbgrader_batch_processor_ms", ""),
    ("nbgrader autograde, one command, ms", "nbgrader_call_ms", ""),
    ("otter run, one command, ms", "otter_call_ms", ""),
    ("darsgah grade, one command, ms", "darsgah_call_ms", ""),
    ("floor: plain exec in a warm fork, ms", "floor_ms", ""),
    ("floor: private MB of the fork, at most", "floor_private_mb", ""),
)
_MODES: tuple[tuple[str, str, str], ...] = (
    ("ms a submission, one after the other", "ms", ""),
    ("ms a submission, median", "median_ms", "the line below"),
    ("twice the floor and 15 ms", "limit_ms", ""),
    ("times the floor", "times_the_floor", ""),
    ("times faster than nbgrader's batch", "times_faster_than_nbgrader", "40 and more"),
    ("ms of processor time a submission", "processor_ms", "under 33 for 60 a second on 2 cores"),
    ("submissions a second on all cores", "per_second", "60 and more on 2 cores"),
    ("ms of the trusted side (parse, rebuild, messages, score)", "trusted_ms", "under 10"),
    ("ms of the notebook's own cells, as the sandbox counts", "code_ms", ""),
    ("private MB of a process, at most", "private_mb", "under 10"),
    ("share graded at this level", "graded_split", ""),
    ("submissions with other verdicts than the floor's", "verdicts_unlike_the_floor", "0"),
)


def table(found: dict[str, Any]) -> Table:
    """All labs side by side."""
    labs: dict[str, dict[str, Any]] = found["labs"]
    shown = Table(
        title=f"{found['submissions']} submissions a lab, medians of {found['rounds']} rounds, "
        f"{found['cores']} cores",
        title_justify="left",
    )
    shown.add_column("Measure")
    for name in labs:
        shown.add_column(name, justify="right")
    shown.add_column("Aim", style="dim")
    for label, key, aim in _RIVALS:
        shown.add_row(label, *(_figure(lab[key]) for lab in labs.values()), aim)
    for mode in next(iter(labs.values()))["modes"]:
        shown.add_section()
        for label, key, aim in _MODES:
            if key != "graded_split" or mode == "split":
                values = (_figure(lab["modes"][mode][key]) for lab in labs.values())
                shown.add_row(f"{mode}: {label}", *values, aim)
    return shown


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    if isinstance(value, int):
        return str(value)
    return f"{value:,.0f}" if value >= 1000 else f"{value:.1f}"
