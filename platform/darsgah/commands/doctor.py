"""`darsgah doctor`: what this machine can do, what is missing, and the command that mends it.

It changes nothing: no folder and no database is made, and an embedded server at rest is left at rest. Exit
codes: 0 the platform can run safely here, 1 something it needs is missing.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from darsgah import __version__
from darsgah.commands.diagnosis import (
    configuration,
    database,
    kernels,
    machine,
    models,
    sandbox,
    storage,
    tutor_model,
    web,
)
from darsgah.commands.diagnosis.findings import Check, Finding, Group, State, Value
from darsgah.grading_setup import environments_of
from darsgah.settings import Settings

_STYLES = {State.OK: "green", State.NOTE: "cyan", State.LIMITED: "yellow", State.MISSING: "bold red"}
_SHAPES = {State.OK: "✓", State.NOTE: "•", State.LIMITED: "▲", State.MISSING: "✗"}
_PLAIN_SHAPES = {State.OK: "+", State.NOTE: "-", State.LIMITED: "!", State.MISSING: "x"}
_INDENT = 31
"""Columns before a line's text: two, shape, word, title."""


class FindingLine(msgspec.Struct, frozen=True):
    """A finding in the JSON of ``doctor``."""

    check: str
    state: str
    title: str
    found: str
    meaning: str
    mend: list[str]
    values: dict[str, Value]


class GroupLine(msgspec.Struct, frozen=True):
    """The findings of one part of the machine."""

    name: str
    title: str
    findings: list[FindingLine]


class Report(msgspec.Struct, frozen=True):
    """The one object that ``doctor --json`` prints; docs/operations.md describes it."""

    version: str
    ok: bool
    seconds: float
    groups: list[GroupLine]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the machine; ``doing`` is shown while ``examine`` looks and judges."""

    name: str
    title: str
    doing: str
    examine: Callable[[], Iterable[Finding]]

    def group(self) -> Group:
        """Examine it. A fault of the examination itself is a finding as well, and no reason to feel safe."""
        try:
            found = tuple(self.examine())
        except Exception as error:  # noqa: BLE001 - whatever it is, the other parts are still examined
            found = (
                Finding(
                    Check.UNCHECKED,
                    State.MISSING,
                    f"{type(error).__name__}: {error}",
                    "This part could not be examined, so nothing is known of it.",
                    subject=self.name,
                ),
            )
        return Group(self.name, self.title, found)


def parts() -> Iterator[Part]:
    """The parts in the order they are shown: quick ones first, torch last."""
    settings, chosen = configuration.read_settings()
    distribution = ""

    def examine_machine() -> Iterator[Finding]:
        nonlocal distribution
        facts = machine.look(settings)
        distribution = facts.distribution
        return machine.findings(facts)

    yield Part("settings", "Settings", "Reading the settings", lambda: configuration.findings(chosen))
    yield Part("machine", "Machine", "Looking at the machine", examine_machine)
    yield from _service_parts(settings)
    yield Part(
        "models",
        "Models and GPU",
        "Asking torch what it can run on (some seconds)",
        lambda: [
            *models.findings(models.look(distribution)),
            *tutor_model.findings(tutor_model.look(settings)),
        ],
    )


def _service_parts(settings: Settings) -> Iterator[Part]:
    yield Part(
        "storage",
        "Storage",
        "Trying the disks",
        lambda: storage.findings(storage.look(settings)),
    )
    yield Part(
        "database",
        "Database",
        "Asking the database",
        lambda: database.findings(database.look(settings)),
    )
    yield Part("web", "Web", "Trying the port", lambda: web.findings(web.look(settings)))
    yield Part(
        "sandbox",
        "Sandbox",
        "Running a notebook in every environment",
        lambda: sandbox.findings(sandbox.look(environments_of(settings))),
    )
    yield Part(
        "kernels",
        "Kernels of labs",
        "Asking the hosts of kernels, and starting one",
        lambda: kernels.findings(kernels.look(settings)),
    )


def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, for machines.")] = False,
) -> None:
    """Say what this machine can do, what is missing, and the command that mends it. Changes nothing."""
    began = time.monotonic()
    out = Console(highlight=False)
    err = Console(stderr=True)
    groups = []
    for part in parts():
        with _progress(err, part.doing):
            group = part.group()
        groups.append(group)
        if not as_json:
            _show(out, group)
    seconds = time.monotonic() - began
    ok = safe(groups)
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(report(groups, seconds)), indent=2).decode())
    else:
        _conclude(out, groups, seconds)
    if not ok:
        raise typer.Exit(1)


def safe(groups: Iterable[Group]) -> bool:
    """Whether the platform can run safely: nothing is missing."""
    return all(finding.state is not State.MISSING for group in groups for finding in group.findings)


def report(groups: Iterable[Group], seconds: float) -> Report:
    """The groups as the JSON object."""
    groups = list(groups)
    return Report(
        version=__version__,
        ok=safe(groups),
        seconds=round(seconds, 2),
        groups=[
            GroupLine(group.name, group.title, [_line(finding) for finding in group.findings])
            for group in groups
        ],
    )


def _line(finding: Finding) -> FindingLine:
    return FindingLine(
        check=finding.name,
        state=finding.state.value,
        title=finding.title,
        found=finding.found,
        meaning=finding.meaning,
        mend=list(finding.mend),
        values=dict(finding.values),
    )


def _progress(err: Console, doing: str) -> AbstractContextManager[object]:
    return err.status(doing) if err.is_terminal else nullcontext()


def _show(out: Console, group: Group) -> None:
    """One group: a line a finding, its meaning under it, and each command on a line that can be copied."""
    unicode = out.encoding.startswith("utf")
    out.print(Text(f"\n{group.title}", "bold"))
    for finding in group.findings:
        style = _STYLES[finding.state]
        shape = (_SHAPES if unicode else _PLAIN_SHAPES)[finding.state]
        head = Text.assemble(
            (f"{shape} {finding.state:<8}", style), (f"{finding.title:<19}", "bold"), finding.found
        )
        _print_hanging(out, head)
        out.print(Padding(Text(finding.meaning, "dim"), (0, 0, 0, _INDENT), expand=False))
        for command in finding.mend:
            arrow = ("→ " if unicode else "> ", style)
            out.print(Text.assemble(" " * (_INDENT - 2), arrow, command), soft_wrap=True)


def _print_hanging(out: Console, head: Text) -> None:
    """The line, with what does not fit continued under its text and not under its shape."""
    column = _INDENT - 2
    lines = head[column:].wrap(out, max(20, out.width - _INDENT))
    out.print(Text.assemble("  ", head[:column], lines[0] if lines else ""), soft_wrap=True)
    for line in lines[1:]:
        out.print(Padding(line, (0, 0, 0, _INDENT)), soft_wrap=True)


def _conclude(out: Console, groups: list[Group], seconds: float) -> None:
    found = [finding for group in groups for finding in group.findings]
    missing = [finding.title for finding in found if finding.state is State.MISSING]
    limited = [finding.title for finding in found if finding.state is State.LIMITED]
    out.print()
    if missing:
        out.print(Text(f"Darsgah cannot run safely here yet. Missing: {', '.join(missing)}.", "bold red"))
    else:
        out.print(Text("Darsgah can run safely on this machine.", "bold green"))
    if limited:
        out.print(Text(f"Limited, and it works: {', '.join(limited)}.", "yellow"))
    out.print(Text(f"Nothing was changed. {seconds:.1f} s.", "dim"))
    sys.stdout.flush()
