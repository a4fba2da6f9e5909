"""What a learner is told of outputs that the hub's kernel did not keep while the page was away."""

from tests.lab_page.scripts import evaluate

GAP = '{ afterAGap } from "../../tests/lab_page/kernel_gap"'


def test_each_cell_says_where_outputs_are_missing_and_no_other_does() -> None:
    told, statuses = evaluate(GAP, "await afterAGap()")
    assert told["first"] == ["started", "seen", "lost", "end"]
    assert told["second"] == ["started", "lost"], "all of it went by"
    assert told["third"] == ["started", "lost", "middle"]
    assert told["fourth"] == ["started"], "it began when the page was back"
    assert told["another window's"] == ["started", "lost", "theirs"]
    assert statuses == ["ok", "aborted", "ok", "ok"]
