"""`darsgah tutor train`: the tutor's own model, from labs' solutions and a file of problems.

Exit codes: 0 the model is in its folder, 2 wrong use or data that cannot be read, 1 this machine cannot run
the answers.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from darsgah.commands.lab_reading import ExitCode, fail, open_grader
from darsgah.hinting.training_tasks import (
    TasksUnreadableError,
    TrainingTask,
    lab_tasks,
    make_examples,
    problem_tasks,
)
from darsgah_grader.grading import Grader
from darsgah_grader.types import GraderError
from darsgah_tutor.examples import Example, ExamplesUnreadableError, read_examples, write_examples

if TYPE_CHECKING:
    from darsgah_tutor.train import Trained


def tutor_train_command(
    to: Annotated[Path, typer.Option(help="Folder for the model and the record of its training.")],
    *,
    problems: Annotated[
        Path | None,
        typer.Option(help="JSON list of problems: id, description, solutions, unit_tests; may be .gz."),
    ] = None,
    labs: Annotated[Path | None, typer.Option(help="Folder of lab folders.")] = None,
    examples: Annotated[
        Path | None,
        typer.Option(help="File of examples: read where it exists, else made and kept there."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Examples of each question at most.")] = 24,
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 1,
    epochs: Annotated[int, typer.Option(min=1, help="Times that each example is read.")] = 10,
    width: Annotated[int, typer.Option(min=32, help="Of the model; a multiple of 16.")] = 256,
    threads: Annotated[int, typer.Option(min=0, help="Of the processor; 0 for all.")] = 0,
) -> None:
    """Train the tutor's own model. Tasks held out from training say how good it is."""
    if width % 16:
        fail(ExitCode.WRONG_USE, f"--width {width} is no multiple of 16.")
    known = _examples(problems, labs, examples or to / "examples.jsonl.gz", most, seed)
    # torch takes seconds to load and nobody needs it before there is something to learn.
    import torch  # noqa: PLC0415 - see above

    from darsgah_tutor.train import Plan, TooFewExamplesError, train  # noqa: PLC0415 - see above

    if threads:
        torch.set_num_threads(threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        trained = train(known, to, Plan(seed=seed, epochs=epochs, width=width), device)
    except TooFewExamplesError as error:
        fail(ExitCode.WRONG_USE, str(error))
    except OSError as error:
        fail(ExitCode.WRONG_USE, f"The model cannot be written to {to}: {error.strerror}.")
    _say(to, trained)


def _examples(problems: Path | None, labs: Path | None, kept: Path, most: int, seed: int) -> list[Example]:
    """Those of the file where it exists, else new ones, kept there."""
    try:
        if not kept.exists():
            if problems is None and labs is None:
                fail(ExitCode.WRONG_USE, "Name --problems or --labs, or --examples of an earlier training.")
            kept.parent.mkdir(parents=True, exist_ok=True)
            with open_grader() as grader:
                _make(_tasks(problems, labs, grader), kept, most, seed)
        return read_examples(kept)
    except (TasksUnreadableError, ExamplesUnreadableError) as error:
        fail(ExitCode.WRONG_USE, str(error))
    except OSError as error:
        fail(ExitCode.WRONG_USE, f"The examples cannot be kept in {kept}: {error.strerror}.")
    except GraderError as error:
        fail(ExitCode.MACHINE, f"{error} `darsgah doctor` says what this machine needs.")


def _tasks(problems: Path | None, labs: Path | None, grader: Grader) -> list[TrainingTask]:
    tasks = problem_tasks(problems, grader) if problems is not None else []
    return tasks + (lab_tasks(labs, grader) if labs is not None else [])


def _make(tasks: list[TrainingTask], kept: Path, most: int, seed: int) -> None:
    """Write the examples beside their place first: a file that was broken off is no file of examples."""
    begun = kept.with_name(kept.name + ".part")
    with Progress() as progress:
        made = progress.track(make_examples(tasks, most=most, seed=seed), len(tasks), description="examples")
        write_examples(begun, (example for some in made for example in some))
    begun.replace(kept)


def _say(to: Path, trained: "Trained") -> None:
    marks = trained.held_out
    console = Console()
    console.print(f"{trained.parameters:,} numbers, in {to}. Examples: {trained.examples}.")
    console.print(
        f"On {marks.answers} wrong answers to tasks that were held out, the first line is right in "
        f"{marks.first:.1%}, one of the first three in {marks.first_three:.1%}; by what ran when it is "
        f"{marks.spectrum_first:.1%} and {marks.spectrum_first_three:.1%}."
    )
