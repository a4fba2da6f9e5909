"""What a learner is told about a cell that did not give full marks.

A failure is told as the line of the test that failed, with the error as it was raised, or with the message
that the test's author wrote out as a literal (``assert x == 3, "x is wrong"``).

Of a test with hidden parts, a failure in the hidden part is told by such a literal alone, and not when it
quotes a value that is only in the hidden part: a message put together when the test runs may carry hidden
values. A failure in the visible part is told in full, unless the error quotes such a value.
"""

import re
from functools import lru_cache

from darsgah_grader.literals import failure_messages, literal_values, parsed
from darsgah_grader.master import MasterCell
from darsgah_grader.regions import visible_test_line
from darsgah_grader.sandbox.types import CellRun, Outcome
from darsgah_grader.types import Limits, Verdict

TO_BE_REVIEWED = "A person looks at the result of this test."
"""Of a test that was tampered with: the learner is told no more than that."""
LATE_THREAD = (
    "Code that you had started was still running when this test ran, so a person looks at the result. "
    "Wait for your threads to end in the cell that starts them."
)
"""Of a test beside which threads of the learner's ran."""
_LONGEST = 500
_SHORTEST_EMBEDDED = 4


def message_for(cell: MasterCell, verdict: Verdict, run: CellRun | None, limits: Limits) -> str:
    """The sentence for the learner; empty when there is nothing to say."""
    said = {
        Verdict.TIMEOUT: (
            f"This test did not finish within {limits.cell_seconds:g} seconds. Look for an endless loop."
        ),
        Verdict.MEMORY: "This test needed more memory than the lab allows.",
        Verdict.DIED: "Python stopped while this test ran: the code under test crashed or ended the process.",
        Verdict.NOT_RUN: (
            "This test could not be run: the notebook stopped or used up its time before it was reached."
        ),
        Verdict.MISSING: "This cell is not in the notebook that was handed in.",
        Verdict.UNCHANGED: "There is no answer here yet.",
    }.get(verdict, "")
    if said or run is None or verdict is not Verdict.FAILED:
        return said
    if run.controls_passed:
        return TO_BE_REVIEWED
    written = _authors_message(cell, run.error_value.strip())
    line = visible_test_line(cell.source, run.error_line)
    if cell.hidden and not line:
        return written
    raised = f"{run.error_name}: {run.error_value}" if run.error_value else run.error_name
    if cell.hidden and _secrets(cell.source, cell.released).search(raised):
        raised = run.error_name
    told = written or raised
    for quote in "\"'":  # the author's words once, and not as code
        line = line.removesuffix(f", {quote}{written}{quote}")
    return _shortened(f"{line}\n{told}" if line else told)


def told_of_earlier(run: CellRun, limits: Limits, *, answer: bool) -> str:
    """What a learner reads before a test's own message when a cell that the test rests on did not go through.

    The cell is the learner's and ran before the test: its error is theirs to read, whatever the test hides.
    """
    which = "The cell that answers this question" if answer else "A cell before this test"
    error = _shortened(f"{run.error_name}: {run.error_value}" if run.error_value else run.error_name)
    ended = {
        Outcome.ERROR: f"ended with {error or 'an error'}",
        Outcome.TIMEOUT: f"did not finish within {limits.cell_seconds:g} seconds",
        Outcome.MEMORY: "needed more memory than the lab allows",
        Outcome.DIED: "ended Python: it crashed or left the process",
    }[run.outcome]
    return f"{which} {ended}. Mend that first."


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + " …"


def _authors_message(cell: MasterCell, raised: str) -> str:
    """The longest literal that the error's text is or, as with unittest's ``msg``, embeds."""
    fitting = [
        literal
        for literal in _showable_messages(cell.source, cell.released)
        if literal == raised or (len(literal) >= _SHORTEST_EMBEDDED and literal in raised)
    ]
    return _shortened(max(fitting, key=len, default=""))


@lru_cache(maxsize=512)
def _showable_messages(source: str, released: str) -> tuple[str, ...]:
    """The literal failure messages of a test that give away no value of its hidden part."""
    tree = parsed(source)
    if tree is None:
        return ()
    secrets = _secrets(source, released)
    messages = dict.fromkeys(failure_messages(tree))
    return tuple(text.strip() for text in messages if text.strip() and not secrets.search(text))


@lru_cache(maxsize=512)
def _secrets(source: str, released: str) -> re.Pattern[str]:
    """Finds every literal value that stands in the hidden part alone; where that is unknown, everything."""
    whole, visible = parsed(source), parsed(released)
    if whole is None or visible is None:
        return re.compile("")
    values = (literal_values(whole) - literal_values(visible)) - set(failure_messages(whole))
    quoted = "|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in values if value.strip())
    return re.compile(quoted or r"(?!)")
