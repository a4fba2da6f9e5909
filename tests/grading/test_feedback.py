"""What a learner's copy of an executed notebook holds, whatever the outputs are."""

import json
from typing import Any

import pytest

from darsgah_grader.feedback import learner_notebook
from tests.grading.notebooks import code, notebook

LEAK = "assert shout('Gulshan') == 'GULSHAN'"
TEST = f"assert shout('a') == 'A'\n### BEGIN HIDDEN TESTS\n{LEAK}\n### END HIDDEN TESTS"


def executed(output: dict[str, Any]) -> bytes:
    test = code(TEST)
    test["metadata"] = {"darsgah": {"role": "test", "grade_id": "t", "hidden": True, "verdict": "failed"}}
    test["outputs"] = [{"output_type": "stream", "name": "stdout", "text": LEAK}]
    own = code("print(1)")
    own["metadata"] = {"darsgah": {"role": "own"}}
    own["outputs"] = [output]
    task = {
        "cell_type": "markdown",
        "source": "Draw.\n### BEGIN MARK SCHEME\nany map\n### END MARK SCHEME",
        "metadata": {"darsgah": {"role": "task", "grade_id": "d", "hidden": False, "verdict": "manual"}},
    }
    return notebook(test, own, task)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": f"In = {[TEST]!r}"},
        {"output_type": "stream", "name": "stdout", "text": [LEAK[:10], LEAK[10:]]},
        {"output_type": "execute_result", "data": {"text/plain": f"    {LEAK}"}, "metadata": {}},
        {"output_type": "display_data", "data": {"application/json": {"deep": [{LEAK: 1}]}}, "metadata": {}},
        {
            "output_type": "error",
            "ename": "E",
            "evalue": "",
            "traceback": [
                f"\x1b[1;31m-> 3\x1b[0m \x1b[38;5;28;01massert\x1b[39;00m {LEAK.removeprefix('assert ')}"
            ],
        },
    ],
)
def test_hidden_text_is_withheld_in_every_form(output: dict[str, Any]) -> None:
    seen = learner_notebook(executed(output)).decode()
    assert "Gulshan" not in seen
    assert "GULSHAN" not in seen
    assert "any map" not in seen
    assert "not shown" in seen


def test_other_outputs_and_verdicts_stay() -> None:
    harmless = {"output_type": "stream", "name": "stdout", "text": "assert shout('a') == 'A'\n"}
    seen = json.loads(learner_notebook(executed(harmless)))
    assert seen["cells"][1]["outputs"] == [harmless]
    assert seen["cells"][0]["source"] == "assert shout('a') == 'A'"
    assert seen["cells"][0]["metadata"]["darsgah"]["verdict"] == "failed"
