"""An answer of the page to JupyterLite's worker is seen by it whole, or not at all."""

from tests.lab_page.scripts import evaluate

LINK = '{ answered } from "../../tests/lab_page/worker_link"'


def test_an_answer_appears_when_it_is_complete() -> None:
    told = evaluate(LINK, """answered('{"line":"x"}')""")
    assert told["text"] == '{"line":"x"}'
    assert set(told["meanwhile"]) == {0}, "the worker stops waiting when the first number changes"
    assert told["others"] == 1, "other messages arrive as before, and none after leaving"
