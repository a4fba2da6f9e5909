"""`darsgah tutor evaluate`: how well the tutor does, as tables with their n and intervals.

Exit codes: 0 measured, 2 wrong use or data that cannot be read, 1 this machine cannot run the answers.
"""

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

import darsgah_tutor
from darsgah import __version__
from darsgah.commands.lab_reading import ExitCode, fail, open_grader
from darsgah.hinting.evaluation.cases import Answers
from darsgah.hinting.evaluation.nus_cases import FILE
from darsgah.hinting.evaluation.problem_cases import FILE as PROBLEMS
from darsgah.hinting.evaluation.running import (
    OF_OUTCOMES,
    Kept,
    KeptUnfitError,
    Part,
    Plan,
    Progress,
    leaks,
    memory,
    outcomes,
    requests,
    requests_folder,
)
from darsgah.hinting.evaluation.tables import (
    Table,
    document,
    gate_table,
    leak_table,
    line_tables,
    repair_table,
    request_table,
    time_table,
)
from darsgah.hinting.training_tasks import TasksUnreadableError
from darsgah.hinting.tutors import shipped_tutor
from darsgah_grader.types import GraderError
from darsgah_labs.errors import LabInvalid
from darsgah_labs.shipped import shipped_labs
from darsgah_tutor.causal.errors import CausalError
from darsgah_tutor.engine import THRESHOLD, Tutor


def tutor_evaluate_command(
    *,
    data: Annotated[
        Path | None,
        typer.Option(help=f"A folder with {FILE} and {PROBLEMS}; without it labs alone are measured on."),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="A folder that `darsgah tutor train` wrote, not the shipped model.")
    ] = None,
    only: Annotated[Part | None, typer.Option(help="One part alone.")] = None,
    lab: Annotated[
        list[str] | None,
        typer.Option(help="These shipped labs alone, by folder: those that took no part in training."),
    ] = None,
    answers: Annotated[
        list[Answers] | None, typer.Option(help="These sets of wrong answers alone; may be repeated.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many answers of each set; the figures get coarser.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which answers are drawn.")] = 0,
    keep: Annotated[
        Path | None, typer.Option(help="Keep outcomes in this file, and go on from those it has.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write the document there too.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, not Markdown.")] = False,
) -> None:
    """Measure the tutor on wrong answers whose faults are known. Needs no server and no network."""
    plan = Plan(data, _labs(lab or []), answers or list(Answers), limit, seed)
    tutor = _tutor(model)
    made = _made(plan, tutor, _tutor_files(model))
    parts = {only} if only else set(Part)
    try:
        tables = _measured(tutor, plan, parts, _opened(keep, made))
    except (LabInvalid, KeptUnfitError, TasksUnreadableError) as error:
        fail(ExitCode.WRONG_USE, str(error))
    except (OSError, ValueError, KeyError) as error:
        fail(ExitCode.WRONG_USE, f"The data cannot be read: {error!r}.")
    except GraderError as error:
        fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")
    text = document(made, tables)
    if output is not None:
        output.write_text(text, encoding="utf-8")
    typer.echo(msgspec.json.encode({"made": made, "tables": tables}).decode() if as_json else text)


def _tutor(model: Path | None) -> Tutor:
    """The shipped one, or with another model."""
    if model is None:
        return shipped_tutor()
    # Both need torch, which takes seconds to import; `--help` and a tutor without a model do not.
    from darsgah_tutor.diagnosing import Suspecting  # noqa: PLC0415 - see above
    from darsgah_tutor.loading import load, name_of  # noqa: PLC0415 - see above

    try:
        return replace(shipped_tutor(), model=Suspecting(load(model), name_of(model)))
    except CausalError as error:
        fail(ExitCode.WRONG_USE, str(error))


def _measured(tutor: Tutor, plan: Plan, parts: set[Part], kept: Kept) -> list[Table]:
    tables: list[Table] = []
    with _progress() as progress:
        with open_grader() as grader:
            found = outcomes(tutor, grader, plan, kept, progress) if parts & OF_OUTCOMES else []
            hints = leaks(tutor, grader, plan, progress) if Part.LEAKS in parts else []
        if Part.LINES in parts:
            tables += line_tables(found)
        if Part.REPAIR in parts:
            tables.append(repair_table(found, tutor.repair_seconds))
        if Part.GATE in parts:
            tables.append(gate_table(found, THRESHOLD))
        if Part.LEAKS in parts:
            tables.append(leak_table(hints))
        folder = requests_folder()
        if Part.REQUESTS in parts and folder is not None:
            tables.append(request_table(requests(folder)))
        if Part.TIME in parts:
            tables.append(time_table(found, memory()))
    return tables


@contextmanager
def _progress() -> Iterator[Progress]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def tell(name: str, done: int, of: int | None) -> None:
            bar.update(task, description=name, completed=done, total=of)

        yield tell


def _labs(names: Sequence[str]) -> list[Path]:
    """The shipped labs of these names, or all."""
    shipped = {folder.name: folder for folder in shipped_labs()}
    unknown = sorted(set(names) - set(shipped))
    if unknown:
        fail(ExitCode.WRONG_USE, f"There is no lab {', '.join(unknown)}. There are: {', '.join(shipped)}.")
    return [shipped[name] for name in (names or shipped)]


def _opened(keep: Path | None, made: dict[str, str]) -> Kept:
    depends_on = "|".join(made[name] for name in ("tutor", "data", "labs", "seed"))
    return Kept(keep, hashlib.sha256(depends_on.encode()).hexdigest())


def _made(plan: Plan, tutor: Tutor, files: Sequence[Path]) -> dict[str, str]:
    """What the figures hold for."""
    load = os.getloadavg()[0]
    wanted = {Answers.NUS: FILE, Answers.PROBLEMS: PROBLEMS}
    names = [name for answers, name in wanted.items() if plan.data is not None and answers in plan.answers]
    programs = [plan.data / name for name in names] if plan.data is not None else []
    notebooks = [file for folder in plan.labs for file in sorted(folder.rglob("*")) if file.is_file()]
    return {
        "Darsgah": f"{__version__}, {_commit()}",
        "tutor": f"{type(tutor.model).__name__}, repair within {tutor.repair_seconds:g} s; its files' sha256 "
        f"{_digest(files)}",
        "data": f"{', '.join(names)}; sha256 {_digest(programs)}" if programs else "none but labs",
        "labs": f"{', '.join(folder.name for folder in plan.labs)}; sha256 {_digest(notebooks)}",
        "answers of each set": f"at most {plan.limit}" if plan.limit else "all that were drawn",
        "seed": str(plan.seed),
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f} at first",
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def _tutor_files(model: Path | None) -> list[Path]:
    """Code, words and weights of the tutor."""
    package = Path(darsgah_tutor.__file__).parent
    files = chain(package.rglob("*"), (model or package.parent / "weights").rglob("*"))
    return sorted(file for file in files if file.is_file() and file.suffix != ".pyc")


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        try:
            digest.update(file.read_bytes())
        except OSError as error:
            fail(ExitCode.WRONG_USE, f"{file} cannot be read: {error.strerror}.")
    return digest.hexdigest()[:16]


def _commit() -> str:
    """The commit of the checkout that runs, and whether files are changed in it."""
    git = shutil.which("git")
    if git is None:
        return "commit unknown"
    folder = Path(__file__).parent
    commands = (["rev-parse", "--short", "HEAD"], ["status", "--porcelain", "--untracked-files=no"])
    said = [
        subprocess.run([git, "-C", str(folder), *one], capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
        for one in commands
    ]
    if any(one.returncode for one in said):
        return "commit unknown"
    return f"commit {said[0].stdout.strip()}{' with changes' if said[1].stdout.strip() else ''}"
