"""What a notebook author sees: outputs, values, exceptions, magics, one state for all cells."""

import pytest

from darsgah_grader.sandbox.types import UNUSABLE, CellSource, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from tests.grading.sandbox.conftest import QUICK, cells, run_one, text


def test_cells_share_their_names_and_show_what_they_print(sandbox: Sandbox) -> None:
    run = sandbox.run(Job(cells("x = 20\nprint('one')", "import sys\nprint('two', file=sys.stderr)\nx + 22")))
    first, second = run.cells
    assert first.outputs == ({"output_type": "stream", "name": "stdout", "text": "one\n"},)
    assert [output["output_type"] for output in second.outputs] == ["stream", "execute_result"]
    assert second.outputs[0]["name"] == "stderr"
    assert second.outputs[1]["data"]["text/plain"] == "42"
    assert second.partial == 42


def test_a_test_cell_passes_fails_and_gives_partial_credit(sandbox: Sandbox) -> None:
    run = sandbox.run(
        Job(
            [
                CellSource("def half(n):\n    return n / 2"),
                CellSource("assert half(4) == 2", graded=True),
                CellSource("assert half(4) == 3, 'not three'", graded=True),
                CellSource("score = 1.5\nscore", graded=True),
            ]
        )
    )
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.OK, Outcome.ERROR, Outcome.OK]
    assert (run.cells[2].error_name, run.cells[2].error_value) == ("AssertionError", "not three")
    assert len([o for o in run.cells[2].outputs if o["output_type"] == "error"]) == 1
    assert run.cells[3].partial == 1.5
    assert run.cells[1].has_result is False


@pytest.mark.parametrize(
    "value", ["True", "float('nan')", "float('inf')", "'5'", "type('I', (int,), {})(5)", "10**40"]
)
def test_only_a_plain_finite_number_is_partial_credit(sandbox: Sandbox, value: str) -> None:
    assert run_one(sandbox, value, graded=True).partial == UNUSABLE


def test_magics_commands_and_await_work_in_answers(sandbox: Sandbox) -> None:
    run = sandbox.run(
        Job(
            cells(
                "%%time\ntotal = sum(range(10))",
                "!echo from the shell",
                "import asyncio\nawait asyncio.sleep(0)\ntotal",
                "there = !echo listed\nthere[0]",
            )
        )
    )
    assert {cell.outcome for cell in run.cells} == {Outcome.OK}
    assert "Wall time" in text(run.cells[0])
    assert text(run.cells[1]) == "from the shell\n"
    assert text(run.cells[2]) == "45\n"
    assert text(run.cells[3]) == "'listed'\n"


def test_a_test_cell_may_use_magics_and_await(sandbox: Sandbox) -> None:
    run = sandbox.run(
        Job(cells("import asyncio", "%pwd\nawait asyncio.sleep(0)\nassert 1 == 1", graded=True))
    )
    assert run.cells[1].outcome is Outcome.OK


def test_a_test_runs_with_the_builtins_of_before(sandbox: Sandbox) -> None:
    run = sandbox.run(
        Job(
            [
                CellSource(
                    "import builtins\nbuiltins.len = lambda _: 3\nbuiltins.compile = None\nbuiltins.exec = None"  # noqa: E501 -- a learner's code in one string
                ),
                CellSource("assert len([]) == 3", graded=True),
                CellSource("assert len([]) == 0", graded=True),
            ]
        )
    )
    assert [cell.outcome for cell in run.cells] == [Outcome.OK, Outcome.ERROR, Outcome.OK]


def test_hooks_on_the_shell_do_not_reach_a_test(sandbox: Sandbox) -> None:
    tamper = (
        "ip = get_ipython()\n"
        "ip.run_cell = ip.run_code = ip.run_ast_nodes = lambda *a, **k: None\n"
        "ip.input_transformers_post.append(lambda lines: ['pass\\n'])\n"
        "ip.set_custom_exc((AssertionError,), lambda *a: None)\n"
        "import sys\nsys.displayhook = lambda *a: None"
    )
    run = sandbox.run(Job([CellSource(tamper), CellSource("assert 1 == 2", graded=True)]))
    assert run.cells[1].outcome is Outcome.ERROR


@pytest.mark.parametrize(
    "source", ["raise SystemExit", "exit()\nraise KeyboardInterrupt", "raise BaseException('x')"]
)
def test_every_exception_is_an_error_and_the_next_cell_runs(sandbox: Sandbox, source: str) -> None:
    run = sandbox.run(Job([*cells(source), CellSource(source, graded=True), *cells("1 + 1")]))
    assert [cell.outcome for cell in run.cells] == [Outcome.ERROR, Outcome.ERROR, Outcome.OK]


def test_a_syntax_error_is_shown_and_is_an_error(sandbox: Sandbox) -> None:
    for graded in (False, True):
        cell = run_one(sandbox, "def broken(:", graded=graded)
        assert (cell.outcome, cell.error_name) == (Outcome.ERROR, "SyntaxError")
        assert cell.outputs


def test_displays_keep_the_allowed_types_only(sandbox: Sandbox) -> None:
    cell = run_one(
        sandbox,
        "display({'text/plain': 'p', 'text/html': '<b>h</b>', 'application/javascript': 'alert(1)'}, raw=True)\n"  # noqa: E501 -- a learner's code in one string
        "display({'image/png': b'\\x89PNG'}, raw=True)",
    )
    assert cell.outputs[0]["data"] == {"text/plain": "p", "text/html": "<b>h</b>"}
    assert cell.outputs[1]["data"] == {"image/png": "iVBORw=="}


def test_what_programs_and_forks_write_is_seen(sandbox: Sandbox) -> None:
    source = (
        "import os, subprocess, sys\n"
        "os.write(1, b'raw\\n')\n"
        "subprocess.run([sys.executable, '-c', 'print(\"child\")'])\n"
        "if os.fork() == 0:\n    print('forked', flush=True)\n    os._exit(0)\n"
        "os.wait()"
    )
    printed = text(run_one(sandbox, source))
    assert {"raw", "child", "forked"} <= set(printed.split())


def test_files_lie_beside_the_notebook_and_nobody_changes_them(sandbox: Sandbox) -> None:
    source = (
        "import os\n"
        "print(open('data/a.csv').read())\n"
        "for attempt in (\n"
        "    lambda: open('data/a.csv', 'w'), lambda: os.chmod('data/a.csv', 0o777),\n"
        "    lambda: os.remove('data/a.csv'), lambda: os.rename('data/a.csv', 'b'),\n"
        "    lambda: os.link('data/a.csv', 'c'), lambda: open('/run/files/x', 'w'),\n"
        "):\n"
        "    try:\n        attempt()\n        print('CHANGED')\n"
        "    except OSError:\n        print('refused')\n"
        "open('mine.txt', 'w').write('ok')"
    )
    (cell,) = sandbox.run(
        Job(cells(source), files={"data/a.csv": b"1,2", "b.bin": b"\0" * 300_000}, limits=QUICK)
    ).cells
    assert cell.outcome is Outcome.OK, text(cell)
    assert text(cell).split() == ["1,2", *["refused"] * 6, "2"]


def test_two_runs_have_different_random_numbers(sandbox: Sandbox) -> None:
    source = "import random\nrandom.random()"
    assert text(run_one(sandbox, source)) != text(run_one(sandbox, source))


def test_cell_numbers_start_at_one_and_nothing_of_the_warming_is_left(sandbox: Sandbox) -> None:
    cell = run_one(sandbox, "import sys\n('broken' in globals(), hasattr(sys, 'last_value'), len(In), Out)")
    assert cell.outputs[0]["execution_count"] == 1
    assert text(cell) == "(False, False, 2, {})\n"


def test_modules_beside_the_notebook_are_found_and_shadow_nothing(sandbox: Sandbox) -> None:
    files = {"beside.py": b"VALUE = 5", "colorsys.py": b"VALUE = 6"}
    source = "import beside, colorsys, sys\nprint(beside.VALUE, hasattr(colorsys, 'VALUE'), sys.argv)"
    (cell,) = sandbox.run(Job(cells(source), files=files, limits=QUICK)).cells
    assert text(cell) == "5 False ['notebook']\n"


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("import pickle\nclass C: pass\ntype(pickle.loads(pickle.dumps(C()))) is C", "True\n"),
        ("import multiprocessing as m\nwith m.Pool(2) as p: print(p.map(abs, [-1, -2]))", "[1, 2]\n"),
        ("%%bash\necho one", "one\n"),
        ("import sqlite3\nc = sqlite3.connect('a.db')\nc.execute('create table t(a)')\nc.commit()\n1", "1\n"),
        (
            "import sqlite3\nc = sqlite3.connect('w.db')\nc.execute('pragma journal_mode=wal').fetchone()",
            "('wal',)\n",
        ),
        ("import fcntl\nwith open('f', 'w') as f: fcntl.flock(f, 2); fcntl.lockf(f, 2)\n1", "1\n"),
        ("import tempfile\nwith tempfile.NamedTemporaryFile() as f: print(f.name[:5])", "/tmp/\n"),  # noqa: S108 -- the sandbox's own
        ("import threading\nt = threading.Thread(target=print, args=('t',))\nt.start(); t.join()", "t\n"),
    ],
)
def test_what_notebooks_do_works(sandbox: Sandbox, source: str, shown: str) -> None:
    cell = run_one(sandbox, source)
    assert (cell.outcome, text(cell)) == (Outcome.OK, shown)


def test_asking_the_learner_is_a_plain_error(sandbox: Sandbox) -> None:
    assert run_one(sandbox, "input('name? ')").error_name == "EOFError"
