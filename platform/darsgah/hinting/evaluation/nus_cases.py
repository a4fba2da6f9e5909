"""Programs that learners of an introductory course handed in: the data of Refactory (Hu et al., 2019)."""

import gzip
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from darsgah.hinting.evaluation.cases import Answers, Case, taking_turns
from darsgah.hinting.plain_questions import plain_question
from darsgah.hinting.trials import open_trials
from darsgah_grader.grading import Grader

FILE = "nus-programs.jsonl.gz"


def nus_cases(folder: Path, grader: Grader, *, seed: int) -> Iterator[Case]:
    """Every wrong program, the tasks taking turns; those that pass all tests are not told apart here.

    Raises:
        OSError, ValueError, KeyError: the file is not there, or not what it should be.
    """
    with gzip.open(folder / FILE, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    groups = {f"task {row['task']}": partial(_cases, row, grader) for row in rows}
    most = max((len(row["wrong"]) for row in rows), default=0)
    return taking_turns(groups, seed=seed, each=most)


def _cases(row: dict[str, Any], grader: Grader) -> list[Case]:
    task = f"task {row['task']}"
    question = plain_question(
        f"nus-{row['task']}",
        row["description"],
        [row["reference"]],
        calls=[(test["call"], test["expected"]) for test in row["tests"]],
        setup=row["setup"],
    )
    peers = tuple(program["code"] for program in row["correct"])
    opened = partial(open_trials, grader, question)
    return [
        Case(Answers.NUS, task, program["name"], question, opened, program["code"], peers=peers)
        for program in row["wrong"]
    ]
