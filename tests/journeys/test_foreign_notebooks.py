"""A notebook made elsewhere opens, runs and comes back with all that the page does not know untouched."""

import copy
import json
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SignIn
from tests.journeys.lab_work import assignment, open_lab, save_draft, until

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

LAB = "python-files-and-urdu-text"
Fields = dict[str, Any]
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
KERNEL = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}


def code(source: str | list[str], metadata: Fields, **more: Any) -> Fields:  # noqa: ANN401 - nbformat's own
    """A code cell as an editor writes it; without an identifier unless one is given."""
    cell: Fields = {"cell_type": "code", "execution_count": None, "metadata": metadata, "outputs": []}
    return cell | {"source": source} | more


def text(source: str | list[str], metadata: Fields, **more: Any) -> Fields:  # noqa: ANN401 - nbformat's own
    """A Markdown cell as an editor writes it."""
    return {"cell_type": "markdown", "metadata": metadata, "source": source} | more


JUPYTERLAB: Fields = {
    "cells": [
        text(
            ["# A picture\n", "![it](attachment:dot.png)"],
            {"editable": True, "slideshow": {"slide_type": "slide"}, "tags": ["intro"]},
            id="5c1d52a0-8d6c-4a4e-b0a4-1c4d4ff0a7a1",
            attachments={"dot.png": {"image/png": PICTURE}},
        ),
        code(
            ["one = 1\n", "print('run', one)"],
            {
                "execution": {"iopub.execute_input": "2026-01-05T08:00:00.000000Z"},
                "jupyter": {"outputs_hidden": False, "source_hidden": False},
                "scrolled": True,
            },
            id="run-me",
        ),
        code(["change = 'me'"], {"trusted": True, "collapsed": False}, id="change-me"),
        code(
            "kept",
            {},
            id="kept",
            execution_count=7,
            outputs=[
                {
                    "output_type": "execute_result",
                    "execution_count": 7,
                    "data": {
                        "text/plain": ["'kept'"],
                        "application/vnd.other+json": {"deep": [1, {"a": None}]},
                    },
                    "metadata": {"application/vnd.other+json": {"expanded": True}},
                }
            ],
        ),
        {
            "cell_type": "raw",
            "id": "raw",
            "metadata": {"raw_mimetype": "text/restructuredtext"},
            "source": "*r*",
        },
    ],
    "metadata": KERNEL
    | {
        "language_info": {"codemirror_mode": {"name": "ipython", "version": 3}, "name": "python"},
        "toc-autonumbering": True,
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}},
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}
COLAB: Fields = {
    "nbformat": 4,
    "nbformat_minor": 0,
    "metadata": KERNEL | {"colab": {"provenance": [], "toc_visible": True}, "accelerator": "GPU"},
    "cells": [
        text(["From Colab\n", "\n", "سلام"], {"id": "view-in-github", "colab_type": "text"}),
        code(
            [
                '#@title Run { display-mode: "form" }\n',
                'one = 1 #@param {type:"integer"}\n',
                "print('run', one)",
            ],
            {"id": "aBcD3", "cellView": "form", "colab": {"base_uri": "x", "height": 35}},
        ),
        code(["change = 'me'"], {"id": "eFgH4", "outputId": "0a1b"}),
        code(
            ["kept"],
            {"id": "iJkL5"},
            execution_count=3,
            outputs=[{"output_type": "stream", "name": "stdout", "text": ["kept\n", "twice\n"]}],
        ),
    ],
}
VS_CODE: Fields = {
    "cells": [
        text("From VS Code", {"vscode": {"languageId": "markdown"}}),
        code(
            "one = 1\nprint('run', one)",
            {"vscode": {"languageId": "python"}, "notebookRunGroups": {"groupValue": "1"}},
        ),
        code("change = 'me'", {"vscode": {"languageId": "python"}}),
        code(
            "kept",
            {},
            outputs=[
                {
                    "output_type": "error",
                    "ename": "NameError",
                    "evalue": "name 'kept' is not defined",
                    "traceback": ["\u001b[31mNameError\u001b[0m: name 'kept' is not defined"],
                }
            ],
        ),
    ],
    "metadata": {
        "language_info": {"name": "python"},
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "31f2"}},
    },
    "nbformat": 4,
    "nbformat_minor": 2,
    "x_written_by": {"anything": ["at", "the", "top"]},
}


@pytest.mark.parametrize("notebook", [JUPYTERLAB, COLAB, VS_CODE], ids=["jupyterlab", "colab", "vs-code"])
def test_what_is_not_known_is_not_touched(sign_in: SignIn, notebook: Fields) -> None:
    page = sign_in("learner4@demo.example")
    address = urljoin(page.url, f"/api/v1{assignment(page, LAB)}/drafts/lab")
    save_draft(page, address, notebook)
    lab = open_lab(page, LAB)
    cells = page.locator(".lab-cell-code")
    assert cells.count() == len([cell for cell in notebook["cells"] if cell["cell_type"] == "code"])
    lab.button("Run this cell", cells.nth(0)).click()
    expect(cells.nth(0).locator(".lab-outputs")).to_contain_text("run 1", timeout=180_000)
    lab.answer((cells.nth(1).get_attribute("id") or "").removeprefix("cell-"), "change = 'changed'")
    lab.until_saved("change = 'changed'")
    until(lambda: "run 1" in json.dumps(lab.draft()), "the output is not saved")

    saved, expected = plain(lab.draft()), plain(notebook)
    identifiers = [cell.pop("id") for cell in saved["cells"]]
    assert len(set(identifiers)) == len(identifiers)
    given = [cell.pop("id", None) for cell in expected["cells"]]
    assert all(name in {None, identifier} for name, identifier in zip(given, identifiers, strict=True))
    [ran], [ran_before] = (
        [cell for cell in one["cells"] if "run" in cell["source"]] for one in (saved, expected)
    )
    assert ran.pop("outputs") == [{"name": "stdout", "output_type": "stream", "text": "run 1\n"}]
    assert (ran.pop("execution_count"), ran_before.pop("execution_count"), ran_before.pop("outputs")) == (
        1,
        None,
        [],
    )
    [changed] = [cell for cell in expected["cells"] if cell["source"] == "change = 'me'"]
    changed["source"] = "change = 'changed'"
    assert saved == expected


def plain(notebook: Fields) -> Fields:
    """The notebook with its texts in one piece, as nbformat 4.5: with identifiers it is no less."""
    notebook = copy.deepcopy(notebook) | {"nbformat_minor": 5}
    for cell in notebook["cells"]:
        cell["source"] = whole(cell["source"])
        for output in cell.get("outputs", []):
            for bundle, name in ((output, "text"), (output.get("data", {}), "text/plain")):
                if name in bundle:
                    bundle[name] = whole(bundle[name])
    return notebook


def whole(lines: str | list[str]) -> str:
    """A text that the format lets stand as a list of lines."""
    return lines if isinstance(lines, str) else "".join(lines)
