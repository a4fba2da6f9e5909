"""The browser's Python under Node: what `darsgah lab check` runs browser labs in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from darsgah_grader.sandbox.walled_program import behind_walls
from darsgah_labs import browser_run
from darsgah_labs.browser_run import CellRun, run_in_browser_runtime
from darsgah_labs.errors import BrowserRuntimeMissing
from darsgah_labs.lab_folder import load
from darsgah_labs.notebook import read_notebook
from darsgah_labs.shipped import shipped_labs
from tests.labs.lab_run import code_cells

SECONDS = 120.0
MEMORY = 256 * 1024 * 1024
OUTSIDE = """\
import js
from pyodide.code import run_js
from pyodide.ffi import JsException

node = js.process.getBuiltinModule

def refused(do):
    try:
        return do() or "done"
    except JsException as error:
        return error.code

print(refused(lambda: node("fs").readFileSync("/etc/passwd")))
print(refused(lambda: node("fs").readdirSync("/")))
print(refused(lambda: node("fs").writeFileSync("/tmp/from-a-lab", "")))
print(node("child_process").spawnSync("/bin/true").error.code)
print(refused(lambda: js.process.kill(js.process.ppid, 0)))
print(len(js.Object.keys(js.process.env)))
connect = "process.getBuiltinModule('net').connect(9, '127.0.0.1')"
print(await run_js(f"new Promise(done => {connect}.on('error', error => done(error.code)))"))
"""
KEEP_NAMES = "import builtins; builtins.names_at_first = set(globals())"
FORGET_NAMES = "(lambda all: [all.pop(name) for name in set(all) - names_at_first])(globals())"


def run(cells: Sequence[str], files: Mapping[str, bytes], seconds: float = SECONDS) -> tuple[CellRun, ...]:
    """Run cells behind the sandbox's walls."""
    return run_in_browser_runtime(cells, files, seconds, MEMORY, behind_walls)


def test_cells_share_names_and_files_and_reach_nothing_else() -> None:
    cells = {
        "x = 20\nprint('one')": "one\n",
        "x + len(open('data/a.txt').read())": "22",
        "1 / 0": "ZeroDivisionError: division by zero",
        "await __import__('asyncio').sleep(0, x)": "20",
        "input()": "AskingUnavailable: input() cannot ask here",
        "import numpy": "ModuleNotFoundError: No module named 'numpy'",
        OUTSIDE: "EACCES\nEACCES\nEACCES\nEPERM\nEPERM\n0\nEPERM\n",
        "bytearray(1024 ** 3)": "MemoryError: ",
    }
    runs = run(list(cells), {"data/a.txt": b"ab"})
    for each, told in zip(runs, cells.values(), strict=True):
        assert (each.error or each.text).startswith(told)
        assert (each.status == "error") is bool(each.error)


def test_a_cell_without_end_is_ended() -> None:
    runs = run(["1", "while True: pass", "2"], {}, 2.0)
    assert [run.status for run in runs] == ["ok", "error"]
    assert runs[-1].error == "TimeoutError: stopped after 2 s"


@pytest.mark.parametrize("said", ["process.exit(0)", "process.stdout.write('nonsense' + chr(10))"])
def test_a_run_that_is_cut_short_is_an_error_whatever_it_says_of_itself(said: str) -> None:
    runs = run(["1", f"from js import process; {said}", "2"], {})
    error = "SystemExit: Python ended: it said nothing"
    assert [(each.status, each.error) for each in runs] == [("ok", ""), ("error", error)]


def test_without_node_or_pyodide_an_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser_run, "PYODIDE", tmp_path)
    with pytest.raises(BrowserRuntimeMissing, match="make setup"):
        run(["1"], {})


def test_what_does_not_start_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(browser_run, "SCRIPT", tmp_path / "nothing.mjs")
    with pytest.raises(BrowserRuntimeMissing, match="Cannot find module"):
        run(["1" * 200_000], {})


def test_the_reference_solutions_of_the_shipped_labs_pass() -> None:
    """All in one Python, which forgets a lab's names before the next: a start takes longer than a lab."""
    cells, places = [KEEP_NAMES], ["before all labs"]
    files: dict[str, bytes] = {}
    for folder in shipped_labs():
        lab = load(folder)
        if 'runtime = "browser"' not in (folder / "lab.toml").read_text():
            continue
        assert not files.keys() & lab.files.keys()
        files |= lab.files
        for place, source in code_cells(read_notebook(lab.notebooks["lab"], "lab", "lab.ipynb"), {}):
            cells.append(source)
            places.append(f"{folder.name}, cell {place}")
        cells.append(FORGET_NAMES)
        places.append(f"after {folder.name}")
    runs = run(cells, files)
    assert len(runs) == len(cells) > 20
    assert {place: each.error for place, each in zip(places, runs, strict=True) if each.error} == {}
