"""Wrong programs that the model learns from."""

import ast
from collections.abc import Sequence
from pathlib import Path

import pytest

from darsgah.hinting.training_tasks import TasksUnreadableError, TrainingTask, make_examples, problem_tasks
from darsgah_grader.grading import Grader
from darsgah_tutor.examples import (
    Example,
    ExamplesUnreadableError,
    Part,
    blamed_lines,
    part_of,
    read_examples,
    write_examples,
)
from darsgah_tutor.misconceptions import general_bank
from darsgah_tutor.mistakes import mistakes
from darsgah_tutor.spectrum import code_lines
from tests.tutor.model.conftest import COUNT, LARGEST


def test_every_example_is_wrong_and_blames_lines_that_are_there(examples: Sequence[Example]) -> None:
    assert len(examples) > 20
    for example in examples:
        assert not example.evidence.correct
        assert set(example.lines) <= set(code_lines(example.evidence.source))
        assert example.misconception in {*general_bank(), ""}
    assert len({example.evidence.source for example in examples}) == len(examples)


def test_some_are_of_which_nobody_could_say(examples: Sequence[Example]) -> None:
    far = [example for example in examples if not example.lines]
    assert far
    assert all("largest" in one.evidence.source for one in far if one.group == "largest")


def test_no_example_shows_that_a_mutant_was_made(examples: Sequence[Example]) -> None:
    for example in examples:
        assert "pass" not in example.evidence.source
        assert "if True" not in example.evidence.source


def test_the_same_seed_makes_the_same_programs(
    tasks: Sequence[TrainingTask], examples: Sequence[Example]
) -> None:
    again = [example for some in make_examples(tasks, most=14, seed=3) for example in some]
    assert [one.evidence.source for one in again] == [one.evidence.source for one in examples]


def test_examples_are_kept_whole(examples: Sequence[Example], tmp_path: Path) -> None:
    assert write_examples(tmp_path / "kept.gz", examples) == len(examples)
    assert read_examples(tmp_path / "kept.gz") == examples


@pytest.mark.parametrize("content", [None, b"", b"no gzip", b"\x1f\x8b\x08"])
def test_a_file_that_is_none_is_said_to_be_none(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "kept.gz"
    if content is not None:
        file.write_bytes(content)
    if content == b"":
        assert read_examples(file) == []
        return
    with pytest.raises(ExamplesUnreadableError, match="made again"):
        read_examples(file)


def test_a_file_that_was_cut_short_is_said_to_be(examples: Sequence[Example], tmp_path: Path) -> None:
    write_examples(tmp_path / "kept.gz", examples)
    content = (tmp_path / "kept.gz").read_bytes()
    (tmp_path / "kept.gz").write_bytes(content[: len(content) // 2])
    with pytest.raises(ExamplesUnreadableError, match="remove the file"):
        read_examples(tmp_path / "kept.gz")


@pytest.mark.parametrize("content", ["[", "{}", '[{"id": "x"}]'])
def test_problems_of_another_shape_are_refused(tmp_path: Path, content: str, grader: Grader) -> None:
    (tmp_path / "problems.json").write_text(content)
    with pytest.raises(TasksUnreadableError, match="cannot be read"):
        problem_tasks(tmp_path / "problems.json", grader)


def test_a_missing_line_is_blamed_on_the_one_behind_it() -> None:
    assert blamed_lines("a = 1\nb = 2\nc = 3", "a = 1\nc = 3") == (2,)
    assert blamed_lines("a = 1\nb = 2", "a = 1") == (1,)
    assert blamed_lines("a = 1\nb = 2\nc = 3", "a = 1\nb = 3\nc = 3") == (2,)


def test_tasks_are_held_out_as_a_whole() -> None:
    parts = [part_of(f"problem-{number}") for number in range(1000)]
    assert 700 < parts.count(Part.TRAINING) < 900
    assert {part_of("problem-1") for _ in range(5)} == {part_of("problem-1")}


def test_mistakes_name_what_is_in_the_bank_and_leave_python_unless_they_say_so() -> None:
    made = [*mistakes(LARGEST), *mistakes(COUNT)]
    assert {mistake.misconception for mistake in made} <= {*general_bank(), ""}
    for mistake in made:
        if mistake.kind != "line":
            ast.parse(mistake.source)
    assert {"into loop", "prints", "begins anew", "misspelt", "forgotten statement"} <= {
        one.kind for one in made
    }
    assert mistakes("def f(:") == []


def test_a_return_behind_a_loop_is_indented_into_it() -> None:
    wrong = [one.source for one in mistakes(COUNT) if one.kind == "into loop"]
    assert wrong == [ast.unparse(ast.parse(COUNT.replace("\n    return", "\n        return")))]
