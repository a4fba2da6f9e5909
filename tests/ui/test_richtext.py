"""Other people's Markdown, HTML and notebooks on our pages: shown, never run."""

import json

import pytest

from darsgah.ui.cells import PAGE_LIMIT, SOURCE_LIMIT, TEXT_LIMIT, notebook_cells
from darsgah.ui.richtext import code, foreign_html, markdown
from tests.ui.gallery import executed_notebook

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><a href='javascript:alert(1)'>x</a></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='\x01da\nta:text/html,x'>x</a><a href='//[x/'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action='/sign-out' method=post><button>x</button></form>",
    "<table style='position:fixed;inset:0'><tr><td onclick=alert(1)>x</td></tr></table>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<base href='//elsewhere.example/'>",
    "<img src='https://elsewhere.example/pixel.png'>",
    "<div class='site-header'>x</div><input name=password>",
]


POISON = (
    *("<script", "<iframe", "<form", "<base", "<svg", "<input", "class=", "style=", "elsewhere.example"),
    *("onerror=", "onload=", "onclick=", "javascript:", "ta:text/html", "//["),
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_foreign_html_keeps_its_structure_and_loses_everything_else(attack: str) -> None:
    cleaned = foreign_html(attack).lower()
    inside = cleaned.removeprefix('<div class="foreign" dir="ltr">')
    for poison in POISON:
        assert poison not in inside.replace("&lt;", "")


def test_an_empty_corner_of_a_table_is_no_heading() -> None:
    frame = "<table><tr><th></th><th align=right> \n</th><th>mm</th></tr><tr><th>0</th></tr></table>"
    assert foreign_html(frame).count("<td") == 2
    assert foreign_html(frame).count("<th>") == 2
    assert "<td></td>\n<th>mm</th>" in markdown("| | mm |\n|-|-|\n| a | 1 |")
    assert "&lt;th&gt;&lt;/th&gt;" in foreign_html("&lt;th&gt;&lt;/th&gt;")


@pytest.mark.parametrize(
    "attack", [*ATTACKS, "[x](javascript:alert(1))", "![x](https://elsewhere.example/p.png)"]
)
def test_markdown_never_becomes_live_html(attack: str) -> None:
    shown = markdown(attack)
    for tag in (
        "<script",
        "<img src=x",
        "<svg",
        "<iframe",
        "<form",
        "<base",
        "<input",
        'src="https',
        'href="java',
    ):
        assert tag not in shown


def test_html_in_markdown_is_shown_as_text() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in markdown("<b>bold</b>")


def test_markdown_shows_tables_code_and_headings_below_the_pages_own() -> None:
    shown = markdown(
        "# Title\n\n|a|b|\n|-|-|\n|1|2|\n\n```python\ndef f(): pass\n```\n\n[x](https://example.org)"
    )
    assert "<h3>Title</h3>" in shown
    assert "<table>" in shown
    assert '<span class="k">def</span>' in shown
    assert 'rel="nofollow noopener noreferrer"' in shown


def test_code_is_escaped_and_left_to_right() -> None:
    shown = code("x = '</code><script>alert(1)</script>'")
    assert "<script" not in shown
    assert 'dir="ltr"' in shown
    assert "<script" not in code("<script>", "no-such-language")


def test_a_notebook_shows_every_kind_of_cell_and_output() -> None:
    cells = notebook_cells(executed_notebook())
    assert [cell.kind for cell in cells] == ["markdown", "code", "code", "markdown", "raw"]
    assert [cell.grade_id for cell in cells] == ["", "squares", "chart", "words", ""]
    assert [output.kind for cell in cells for output in cell.outputs] == [
        "text", "error", "html", "stderr", "image", "image",
    ]  # fmt: skip
    whole = "".join(cell.html + "".join(output.html for output in cell.outputs) for cell in cells)
    assert "alert" not in whole
    assert "\x1b" not in whole
    assert cells[2].outputs[2].html.startswith("data:image/svg+xml;base64,")


NONSENSE = [
    7,
    {"output_type": "error", "traceback": 1},
    {"output_type": "display_data", "data": {"image/png": "not base64!"}},
    {"output_type": "display_data", "data": 7},
    {"output_type": "stream", "text": None},
]


@pytest.mark.parametrize(
    "notebook",
    [
        *([], 7, None, {"cells": 3}, {"cells": [3, None, {}]}),
        {"cells": [{"cell_type": "code", "source": {"a": 1}, "outputs": 3, "metadata": []}]},
        {"cells": [{"cell_type": "code", "source": ["a", 1], "outputs": NONSENSE}]},
        {"cells": [{"cell_type": "markdown", "source": "![x](attachment:a)", "attachments": {"a": 7}}]},
    ],
)
def test_nonsense_that_calls_itself_a_notebook_is_shown_as_far_as_it_goes(notebook: object) -> None:
    for cell in notebook_cells(json.dumps(notebook).encode()):
        assert "<script" not in cell.html


def test_a_flood_of_output_is_shortened() -> None:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * (TEXT_LIMIT + 1)}
    cells = [{"cell_type": "code", "source": "", "outputs": [output]}]
    (cell,) = notebook_cells(json.dumps({"cells": cells}).encode())
    assert cell.outputs[0].shortened
    assert len(cell.outputs[0].html) < TEXT_LIMIT + 100


def test_a_flood_of_source_is_shortened_and_what_follows_it_stays() -> None:
    long = {"cell_type": "code", "source": "x = 1\n" * SOURCE_LIMIT}
    output = {"output_type": "stream", "name": "stdout", "text": "y" * TEXT_LIMIT}
    cells = [long, {"cell_type": "markdown", "source": "After it."}]
    first, second = notebook_cells(json.dumps({"cells": cells}).encode())
    assert (first.shortened, second.shortened) == (True, False)
    assert "After it." in second.html
    many = [{"cell_type": "code", "source": "x", "outputs": [output] * 300}, *cells]
    flooded, *_ = notebook_cells(json.dumps({"cells": many}).encode())
    assert flooded.outputs[-1].shortened
    assert sum(len(view.html) for view in flooded.outputs) <= PAGE_LIMIT


def test_an_attached_picture_is_embedded() -> None:
    cell = {
        "cell_type": "markdown",
        "source": "![dot](attachment:dot.png)",
        "attachments": {"dot.png": {"image/png": "aGVsbG8="}},
    }
    (shown,) = notebook_cells(json.dumps({"cells": [cell]}).encode())
    assert 'src="data:image/png;base64,aGVsbG8="' in shown.html
