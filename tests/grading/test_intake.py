"""What may be handed in, and how a refusal reads."""

import json
import subprocess
import sys
import zipfile
from contextlib import suppress
from io import BytesIO
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darsgah_grader.intake import read_notebook
from darsgah_grader.notebook import CellKind
from darsgah_grader.types import Limits, SubmissionRejected
from tests.grading.notebooks import answer, code, markdown, notebook

LIMITS = Limits(submission_bytes=2_000_000, cells=50)


def archive() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("lab.ipynb", notebook())
    return packed.getvalue()


def in_a_cell(text: str) -> bytes:
    return b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "code", ' + text.encode() + b"}]}"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", "not_json"),
        (b"def f():\n    return 1\n", "not_json"),
        (notebook(code("x = 1"))[:-20], "not_json"),
        (in_a_cell('"source": "", "outputs": [NaN]'), "not_json"),
        (in_a_cell('"source": "", "outputs": [Infinity]'), "not_json"),
        (in_a_cell('"source": "\\ud800"'), "not_json"),
        (archive(), "zip"),
        (b"\x1f\x8b\x08\x00rest", "zip"),
        (b"null", "not_a_notebook"),
        (b"[]", "not_a_notebook"),
        (b"{}", "not_a_notebook"),
        (notebook(cells={}), "not_a_notebook"),
        (notebook(cells=None), "not_a_notebook"),
        (notebook(cells=[1]), "not_a_notebook"),
        (notebook(nbformat=3), "not_a_notebook"),
        (notebook({"cell_type": "code", "source": 5}), "not_a_notebook"),
        (notebook({"cell_type": "code", "source": [1]}), "not_a_notebook"),
        (notebook({"cell_type": "code", "source": "", "metadata": []}), "not_a_notebook"),
        (notebook({"cell_type": "heading", "source": ""}), "not_a_notebook"),
        (notebook({"source": ""}), "not_a_notebook"),
        (notebook(nbformat=True), "not_a_notebook"),
        (notebook(nbformat="4"), "not_a_notebook"),
        (notebook(nbformat=5), "unsupported_format"),
        (notebook(nbformat=1), "unsupported_format"),
        (notebook(nbformat=-4), "unsupported_format"),
        (in_a_cell('"source": "", "metadata": {"x": ' + "9" * 5000 + "}"), "not_a_notebook"),
        (in_a_cell('"source": "", "metadata": {"x": 1e999}'), "not_a_notebook"),
        (in_a_cell('"source": "", "outputs": ' + "[" * 100_000 + "]" * 100_000), "too_deep"),
        (in_a_cell('"source": "", "metadata": ' + '{"a":' * 100_000 + "1" + "}" * 100_000), "too_deep"),
        (in_a_cell('"source": "\xff"').replace(b"\xc3", b""), "not_text"),
        (notebook(code("x")).decode().encode("utf-16"), "not_text"),
        (notebook(code("x")).decode().encode("utf-16-be"), "not_text"),
        (notebook(code("x")).decode().encode("utf-32-le"), "not_text"),
        (b"\x89PNG\r\n", "not_text"),
        (notebook(code("x")) + "ب".encode()[:1], "not_json"),
        (notebook(*[code("x")] * 51), "too_many_cells"),
        (notebook(code("x = 'a\0b'")), "forbidden_character"),
        (b" " * 2_000_001, "too_large"),
        (
            notebook(
                {"cell_type": "markdown", "source": "", "attachments": {str(n): {} for n in range(1001)}}
            ),
            "too_many_attachments",
        ),
    ],
)
def test_refusals_have_a_code_and_say_what_to_do(content: bytes, refusal: str) -> None:
    with pytest.raises(SubmissionRejected) as caught:
        read_notebook(content, LIMITS)
    assert caught.value.code == refusal
    assert len(caught.value.message) > 30


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with pytest.raises(SubmissionRejected):
        read_notebook(content, LIMITS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(
    st.fixed_dictionaries(
        {
            "nbformat": st.sampled_from([2, 3, 4]) | JSON,
            "metadata": JSON,
            "cells": JSON | st.lists(st.fixed_dictionaries({"cell_type": st.just("code"), "metadata": JSON})),
            "worksheets": JSON,
        }
    )
)
def test_any_json_is_read_or_refused(value: dict[str, Any]) -> None:
    with suppress(SubmissionRejected):
        read_notebook(json.dumps(value, ensure_ascii=False).encode(errors="replace"), LIMITS)


def test_a_cells_source_may_be_text_or_lines() -> None:
    listed = code("")
    listed["source"] = ["a = 1\n", "b = 2"]
    read = read_notebook(notebook(listed, code("a = 1\nb = 2")), LIMITS)
    assert read.cells[0].source == read.cells[1].source


def test_a_byte_order_mark_is_no_reason_to_refuse() -> None:
    assert read_notebook(b"\xef\xbb\xbf" + notebook(code("x")), LIMITS).cells[0].source == "x"


def test_strange_metadata_is_not_believed() -> None:
    odd = code("x = 1")
    odd["metadata"] = {"nbgrader": "yes", "tags": "skip-execution", "darsgah": [1]}
    read = read_notebook(
        notebook(odd, {**answer("a", ""), "metadata": {"nbgrader": {"grade_id": 7}}}), LIMITS
    )
    assert [found.grade_id for found in read.cells] == [None, None]
    assert read.cells[0].tags == ()


def test_attachments_of_an_answer_are_kept() -> None:
    shown = {**markdown("![](a.png)"), "attachments": {"a.png": {"image/png": "QUJD"}}}
    assert read_notebook(notebook(shown), LIMITS).cells[0].attachments == {"a.png": {"image/png": "QUJD"}}


def test_format_3_reads_as_nbformat_upgrades_it() -> None:
    marked = {"nbgrader": {"grade": False, "grade_id": "f", "locked": False, "solution": True}}
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Part A\n", "and on"]},
                    {"cell_type": "markdown", "metadata": {}, "source": "Text"},
                    {
                        "cell_type": "code",
                        "collapsed": False,
                        "input": ["def f():\n", "    return 1"],
                        "language": "python",
                        "metadata": marked,
                        "outputs": [],
                        "prompt_number": 3,
                    },
                    {"cell_type": "raw", "metadata": {}, "source": "raw"},
                ],
            }
        ],
    }
    read = read_notebook(json.dumps(old).encode(), LIMITS)
    upgraded = nbformat.reads(json.dumps(old), as_version=4)  # type: ignore[no-untyped-call] # untyped package
    assert [(found.kind.value, found.source) for found in read.cells] == [
        (found.cell_type, found.source) for found in upgraded.cells
    ]
    assert read.cells[2].grade_id == "f"
    assert read.cells[2].kind is CellKind.CODE


def test_the_web_process_gets_intake_and_feedback_without_the_heavy_parts() -> None:
    heavy = {"nbgrader", "IPython", "numpy", "nbformat", "darsgah_grader.sandbox.zygote"}
    program = f"import sys, darsgah_grader.intake, darsgah_grader.feedback; print({heavy} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
