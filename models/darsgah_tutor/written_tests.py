"""The statements of tests, hidden ones included, as their authors wrote them: read here and shown nowhere."""

import ast

from darsgah_tutor.types import Check, Question


def statement_of(question: Question, check: Check) -> ast.stmt | None:
    """The statement that a check is; None where its test is not there or no Python."""
    source = next(
        (test.source for test in question.tests if (test.name, test.visible) == (check.test, check.visible)),
        "",
    )
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    within = (
        statement
        for statement in tree.body
        if statement.lineno <= check.line <= (statement.end_lineno or statement.lineno)
    )
    return next(within, None)


def message_of(question: Question, check: Check) -> str:
    """What the author wrote behind its asserts."""
    statement = statement_of(question, check)
    texts = [
        node.value
        for part in (ast.walk(statement) if statement is not None else ())
        if isinstance(part, ast.Assert) and part.msg is not None
        for node in ast.walk(part.msg)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return " ".join(texts)
