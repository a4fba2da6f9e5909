"""The browser's shell where it needs packages that no browser brings: figures, in an ordinary Python."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SHELL = Path(__file__).parents[2] / "labs" / "lab-page" / "python"
PROGRAM = """
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
out = sys.stdout
from lab_shell.shell import Shell
cells = json.load(sys.stdin)
shell = Shell(lambda message: out.write(message + "\\n"), None, waits=False)
for number, source in enumerate(cells, 1):
    asyncio.run(shell.run(source, number))
"""


def shown(*cells: str) -> list[dict[str, Any]]:
    """What the cells show, in order."""
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(SHELL)],
        input=json.dumps(cells),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return [json.loads(line) for line in finished.stdout.splitlines()]


def test_figures_become_pictures_once() -> None:
    outputs = shown(
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "figure, axes = plt.subplots()\naxes.plot([1])\nplt.show()",
        "figure, axes = plt.subplots()\nplt.close(figure)\nfigure",
    )
    assert ["image/png" in output["output"]["data"] for output in outputs] == [True, True, True]


def test_frames_are_tables() -> None:
    [output] = shown("import pandas\npandas.DataFrame({'a': [1]})")
    assert "<table" in output["output"]["data"]["text/html"]


def test_a_broken_repr_is_an_error_and_a_broken_richer_form_a_note() -> None:
    outputs = shown(
        "class A:\n    def __repr__(self):\n        raise ValueError('no')\nA()",
        "class B:\n    def _repr_html_(self):\n        raise ValueError('no')\n    def __repr__(self):\n"
        "        return 'b'\nB()",
    )
    assert outputs[0]["output"]["ename"] == "ValueError"
    assert "ValueError: no" in "".join(output["output"].get("text", "") for output in outputs[1:-1])
    assert outputs[-1]["output"]["data"] == {"text/plain": "b"}


def test_every_name_of_ipythons_display_is_there() -> None:
    [output] = shown(
        "import IPython.display\nfrom lab_shell import ipython_names\n"
        "ours = {*ipython_names.DISPLAY.split(), *ipython_names.ELSEWHERE.split()}\n"
        "[name for name in dir(IPython.display) if name[0] != '_' and name not in ours]"
    )
    assert output["output"]["data"] == {"text/plain": "[]"}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("Javascript('alert(1)')", "never run.]\nalert(1)"),
        ("Audio([0.1, 0.2], rate=8000)", "A sound. It is not played here"),
        ("Video('data/film.mp4', embed=True)", "A film (data/film.mp4). It is not played here"),
        ("YouTubeVideo('abc', 400, 300)", "https://www.youtube.com/watch?v=abc. Nothing from other sites"),
        ("FileLink('no-such-file')", "There is no file no-such-file."),
        ("FileLinks('no-such-folder')", "[Files in no-such-folder]"),
    ],
)
def test_what_is_not_run_played_or_fetched_says_so(made: str, said: str) -> None:
    [output] = shown(f"from lab_shell.display_elsewhere import *\n{made}")
    assert said in output["output"]["data"].pop("text/plain")
    assert not output["output"]["data"]


def test_a_loop_with_a_progress_bar_goes_through_all_steps() -> None:
    first, *others = shown(
        "from lab_shell.display_elsewhere import ProgressBar\nprint([*ProgressBar(2)])",
    )
    assert first["output"]["data"] == {"text/plain": f"[{' ' * 40}] 0/2"}
    assert [other["data"]["text/plain"][-3:] for other in others if other["kind"] == "update"] == [
        "0/2",
        "1/2",
        "2/2",
    ]
    assert "".join(other["output"]["text"] for other in others if "output" in other) == "[0, 1]\n"


def test_limits_of_what_a_cell_shows() -> None:
    outputs = shown(
        "for _ in range(30):\n    print('x' * 100_000)", "for step in range(3_000):\n    display(step)"
    )
    text = "".join(output["output"].get("text", "") for output in outputs)
    assert len(text) < 1_001_000
    assert "2,000,030 more characters were printed" in text
    assert "1,000 more displays were made" in text
