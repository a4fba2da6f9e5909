"""The browser's Python under Node: what `darsgah lab check` runs browser labs in."""

from pathlib import Path

import pytest

from darsgah_labs import browser_run
from darsgah_labs.browser_run import run_in_browser_runtime
from darsgah_labs.errors import BrowserRuntimeMissing
from darsgah_labs.lab_folder import load
from darsgah_labs.notebook import read_notebook
from darsgah_labs.shipped import shipped_labs
from tests.labs.lab_run import code_cells

SECONDS = 120.0
BROWSER_LABS = [
    folder for folder in shipped_labs() if 'runtime = "browser"' in (folder / "lab.toml").read_text()
]


def test_cells_share_names_files_and_the_shell_of_the_page() -> None:
    runs = run_in_browser_runtime(
        [
            "x = 20\nprint('one')",
            "x + len(open('data/a.txt').read())",
            "1 / 0",
            "await __import__('asyncio').sleep(0, x)",
        ],
        {"data/a.txt": b"ab"},
        SECONDS,
    )
    assert [run.status for run in runs] == ["ok", "ok", "error", "ok"]
    assert [run.text for run in runs] == ["one\n", "22", "", "20"]
    assert runs[2].error == "ZeroDivisionError: division by zero"


def test_a_cell_without_end_is_ended() -> None:
    runs = run_in_browser_runtime(["1", "while True: pass", "2"], {}, 5.0)
    assert [run.status for run in runs] == ["ok", "error"]
    assert runs[-1].error == "TimeoutError: stopped after 5 s"


def test_input_and_packages_that_are_not_there_are_errors_in_words() -> None:
    asked, numpy = run_in_browser_runtime(["input()", "import numpy"], {}, SECONDS)
    assert asked.error.startswith("AskingUnavailable: input() cannot ask here")
    assert numpy.error == "ModuleNotFoundError: No module named 'numpy'"


def test_without_node_or_pyodide_an_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_run, "PYODIDE", tmp_path)
    with pytest.raises(BrowserRuntimeMissing, match="make setup"):
        run_in_browser_runtime(["1"], {}, SECONDS)


@pytest.mark.parametrize("folder", BROWSER_LABS, ids=lambda folder: folder.name)
def test_the_reference_solution_of_a_shipped_lab_passes(folder: Path) -> None:
    lab = load(folder)
    [content] = lab.notebooks.values()
    cells = [source for _, source in code_cells(read_notebook(content, "lab", "lab.ipynb"), {})]
    runs = run_in_browser_runtime(cells, lab.files, SECONDS)
    assert [run.error for run in runs] == [""] * len(cells)
