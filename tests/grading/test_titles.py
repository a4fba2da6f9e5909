"""What a learner is told a cell is about."""

from darsgah_grader.intake import read_notebook
from darsgah_grader.titles import titles_of
from darsgah_grader.types import Limits
from tests.grading.notebooks import answer, check, manual, markdown, notebook


def test_titles_come_from_the_author_then_the_heading_then_the_id() -> None:
    named = check("q4", "pass")
    named["metadata"]["darsgah"] = {"title": "Empty lists"}
    read = read_notebook(
        notebook(
            check("warm_up-test", "pass"),
            markdown("# Lab\n\n## Part *A*: `squares` [see](x) ##\n\n```\n# no heading\n```\ntext"),
            answer("a", ""),
            check("q1", "pass"),
            check("q2", "pass"),
            markdown("text only"),
            check("q3", "pass"),
            named,
            markdown("### Why?"),
            manual("why", "## My own heading"),
        ),
        Limits(),
    )
    titles = titles_of(read)
    assert titles["warm_up-test"] == "Warm up test"
    assert [titles[name] for name in ("q1", "q2", "q3")] == [
        f"Part A: squares see ({number})" for number in (1, 2, 3)
    ]
    assert titles["q4"] == "Empty lists"
    assert titles["why"] == "Why?"
