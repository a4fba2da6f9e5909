"""Figures appear below their cell, at each level, and leave nothing behind on the machine."""

import base64
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from darsgah_grader.environments import environment_named
from darsgah_grader.sandbox.types import CellRun, CellSource, Job
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import SandboxLevel
from tests.grading.sandbox.conftest import cells, text

_DRAW = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('حب');"
_EXPLICIT = "figure, axes = plt.subplots()\naxes.hist([1, 2, 2])\nplt.show()\nprint('after')"
_MAGIC = "%matplotlib inline\nimport pandas as pd\npd.Series([1, 2]).plot();"
_PLACES = "import os, tempfile\nos.path.expanduser('~') == os.environ['HOME'] and tempfile.gettempdir()"
_PNG = b"\x89PNG\r\n"


@pytest.fixture(scope="module")
def drawing() -> Iterator[Sandbox]:
    """The environment with figures, with namespaces."""
    with Sandbox.start(environment_named("plots"), level=SandboxLevel.NAMESPACES) as started:
        yield started


def _pictures(cell: CellRun) -> list[bytes]:
    """The PNG images that a cell showed."""
    shown = (output["data"].get("image/png") for output in cell.outputs if "data" in output)
    return [base64.b64decode(picture) for picture in shown if picture]


def _check_figures(sandbox: Sandbox) -> None:
    run = sandbox.run(
        Job([*cells(_DRAW, _EXPLICIT, _MAGIC, _PLACES), CellSource("plt.plot([1])\nassert False", True)])
    )
    assert not run.notes
    drawn, explicit, magic, places, test = run.cells
    for cell in (drawn, explicit, magic, test):
        (picture,) = _pictures(cell)
        assert picture.startswith(_PNG)
        assert not cell.oddities
    assert [output["output_type"] for output in explicit.outputs] == ["display_data", "stream"]
    assert "tmp" in text(places)
    assert "font" not in "".join(text(cell) for cell in run.cells).lower()
    assert test.error_name == "AssertionError"


def test_a_figure_is_shown_below_its_cell(drawing: Sandbox) -> None:
    _check_figures(drawing)


def test_the_reduced_level_draws_too_and_leaves_no_folder(reduced: Sandbox) -> None:
    before = set(Path(tempfile.gettempdir()).iterdir())
    with Sandbox.start(environment_named("plots"), level=reduced.level) as started:
        _check_figures(started)
    left = {path for path in set(Path(tempfile.gettempdir()).iterdir()) - before if "matplotlib" in path.name}
    assert not left
    assert not Path("/run/work").exists()


def test_a_figure_that_cannot_be_drawn_is_no_matter_for_a_test(drawing: Sandbox) -> None:
    broken = (
        "import matplotlib.figure\n"
        "def draw(self, renderer): raise SystemExit\n"
        "matplotlib.figure.Figure.draw = draw"
    )
    graded = CellSource("import matplotlib.pyplot as plt\nplt.plot([1])\nassert True", graded=True)
    patched, test = drawing.run(Job([*cells(broken), graded])).cells
    assert (patched.outcome, test.outcome) == ("ok", "ok")
