"""Notebooks made elsewhere open, and come back with everything in them that the page does not know."""

import copy
from typing import Any

import nbformat
import pytest

from tests.lab_page.hostile import MALFORMED
from tests.lab_page.scripts import evaluate

FORMAT = '{ readNotebook, writeNotebook } from "./notebook_format"'
JUPYTERLAB = {
    "jupyter": {"source_hidden": True},
    "collapsed": False,
    "scrolled": "auto",
    "tags": ["remember"],
}
COLAB = {"id": "8Yd1", "colab": {"base_uri": "https://localhost:8080/", "height": 35}, "outputId": "aa"}
VSCODE = {"vscode": {"languageId": "python"}, "datalore": {"node_id": "x", "sheet_delimiter": False}}


def elsewhere() -> dict[str, Any]:
    """A notebook of format 4.4 with what JupyterLab, Colab and Visual Studio Code leave in one."""
    return {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"colab": {"provenance": []}, "accelerator": "GPU", "widgets": {"state": {"a": [1]}}},
        "cells": [
            {
                "cell_type": "markdown",
                "metadata": COLAB,
                "source": ["# Title\n", "\n", "![a](attachment:a.png)"],
                "attachments": {"a.png": {"image/png": "aGk="}},
            },
            {
                "cell_type": "code",
                "metadata": JUPYTERLAB | VSCODE,
                "execution_count": 7,
                "source": "print('اردو')\n1",
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": ["اردو\n", "x"]},
                    {
                        "output_type": "execute_result",
                        "execution_count": 7,
                        "metadata": {"image/png": {"width": 10}},
                        "data": {
                            "text/html": ["<b>1</b>\n", "<i>2</i>"],
                            "application/json": [1, {"a": None}],
                            "image/png": "aGk=",
                        },
                    },
                    {
                        "output_type": "error",
                        "ename": "ValueError",
                        "evalue": "no",
                        "traceback": ["one", "two"],
                    },
                ],
            },
            {"cell_type": "raw", "metadata": {"format": "text/latex"}, "source": []},
        ],
    }


def there_and_back(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as the page would save it unchanged."""
    read: dict[str, Any] = evaluate(
        FORMAT, "JSON.parse(writeNotebook(readNotebook(JSON.stringify(given))))", notebook
    )
    return read


def test_what_is_no_output_of_the_format_comes_back_too() -> None:
    before = elsewhere()
    before["cells"] = [{**code, "outputs": list(MALFORMED)} for code in before["cells"] if "outputs" in code]
    after = there_and_back(copy.deepcopy(before))
    for cell in after["cells"]:
        kinds = [output["output_type"] for output in cell["outputs"]]
        assert kinds == [output["output_type"] for output in MALFORMED]
        assert cell["outputs"][0] == MALFORMED[0]


def test_unknown_metadata_outputs_and_attachments_come_back_untouched() -> None:
    before = elsewhere()
    after = there_and_back(copy.deepcopy(before))
    nbformat.validate(after)
    assert after["metadata"] == before["metadata"]
    for old, new in zip(before["cells"], after["cells"], strict=True):
        assert new["metadata"] == old["metadata"]
        assert "".join(new["source"]) == "".join(old["source"])
        assert new.get("attachments") == old.get("attachments")
        assert new.get("execution_count") == old.get("execution_count")
    stream, result, error = after["cells"][1]["outputs"]
    assert "".join(stream["text"]) == "اردو\nx"
    assert "".join(result["data"]["text/html"]) == "<b>1</b>\n<i>2</i>"
    assert result["data"]["application/json"] == [1, {"a": None}], "JSON that is a list is no text"
    assert result["data"]["image/png"] == "aGk="
    assert result["metadata"] == {"image/png": {"width": 10}}
    assert error == before["cells"][1]["outputs"][2]


def test_cells_of_an_unknown_kind_come_back_as_they_were_and_are_only_read() -> None:
    foreign: list[Any] = [
        {"cell_type": "sql", "id": "not ok!", "source": ["SELECT 1"], "metadata": {"nbgrader": 5}},
        {"cell_type": "sql", "source": "SELECT 1", "given": None, "deep": [{"a": 1.5}]},
        {"id": "bare"},
        None,
        ["cell"],
    ]
    before = elsewhere()
    before["cells"][1:1] = foreign
    after = there_and_back(copy.deepcopy(before))
    assert after["cells"][1 : 1 + len(foreign)] == foreign
    assert there_and_back(after) == after
    names = FORMAT + '\n{ isEditable, isOwn } from "./questions"'
    told = "[cell.id, cell.source, isEditable(cell), isOwn(cell)]"
    cells = evaluate(names, f"readNotebook(JSON.stringify(given)).cells.map((cell) => {told})", before)
    assert len({identifier for identifier, *_ in cells}) == len(cells)
    assert [cell[1:] for cell in cells[1:3]] == [["SELECT 1", False, False]] * 2
    assert cells[4][1] == "null"


def test_a_second_reading_changes_nothing() -> None:
    once = there_and_back(elsewhere())
    assert there_and_back(once) == once


def test_every_cell_gets_a_name_that_is_the_same_on_every_device() -> None:
    notebook = elsewhere()
    notebook["cells"] += [notebook["cells"][1], notebook["cells"][1]]
    notebook["cells"].append(
        {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "answer"}}, "source": "", "outputs": []}
    )
    names = [cell["id"] for cell in there_and_back(notebook)["cells"]]
    assert names == [cell["id"] for cell in there_and_back(notebook)["cells"]]
    assert len(set(names)) == len(names)
    assert names[-1] == "answer"


def test_names_that_are_there_stay_and_broken_ones_are_mended() -> None:
    cells: list[dict[str, object]] = [
        {"cell_type": "markdown", "metadata": {}, "source": "a", "id": name} for name in ("x", "x", "not ok")
    ]
    after = there_and_back({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    nbformat.validate(after)
    assert after["cells"][0]["id"] == "x"
    assert len({cell["id"] for cell in after["cells"]}) == 3


@pytest.mark.parametrize("content", ["", "[]", '{"nbformat": 3, "worksheets": []}', '{"nbformat": 4}'])
def test_what_is_no_notebook_is_refused(content: str) -> None:
    names = f"{FORMAT}\n{{ NotUnderstood }} from './notebook_format'"
    refused = "(() => { try { readNotebook(given); } catch (e) { return e instanceof NotUnderstood; } })()"
    assert evaluate(names, refused, content) is True
