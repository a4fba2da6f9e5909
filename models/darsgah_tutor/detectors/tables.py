"""pandas: choosing and assigning, joining and grouping, missing values and the index."""

import ast
import re
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Comparison, Pattern, Sign
from darsgah_tutor.detectors.mutables import asks_for_unchanged
from darsgah_tutor.detectors.reading import (
    Function,
    called,
    dotted,
    is_number,
    is_text,
    keyword,
    own_nodes,
    parameters,
)
from darsgah_tutor.detectors.values import numbers
from darsgah_tutor.types import Finding

_GIVE_NEW_FRAME = frozenset(
    {"dropna", "fillna", "drop", "drop_duplicates", "sort_values", "sort_index", "rename", "reset_index"}
    | {
        "set_index",
        "replace",
        "merge",
        "astype",
        "assign",
        "query",
        "reindex",
        "interpolate",
        "ffill",
        "bfill",
    }
)
_NUMBERS_FROM_TEXT = re.compile(
    r"Could not convert|can only concatenate str|unsupported operand type.*str|agg function failed"
    r"|not supported between instances of '(str|int|float)'|Cannot perform reduction"
)


_TABLES = re.compile(r"\bpd\.|\b(data)?frame\b|groupby|\.loc\b|\.merge\(", re.IGNORECASE)


def uses_tables(answer: Answer) -> bool:
    """Whether pandas is at hand in the answer."""
    text = answer.source + answer.question.setup
    text += "".join(answer.question.references)
    return "pandas" in text or bool(_TABLES.search(text))


def chained(answer: Answer) -> Iterator[Finding]:
    """``table[rows]["column"] = value``, which assigns to a copy."""
    if not uses_tables(answer):
        return
    for statement in answer.every(ast.AST):
        if not isinstance(statement, ast.Assign | ast.AugAssign):
            continue
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Subscript):
            inner, outer = target.value.slice, target.slice
            by_column = is_text(inner) and isinstance(outer, ast.Compare | ast.Name | ast.BinOp | ast.UnaryOp)
            by_rows = is_text(outer) and isinstance(inner, ast.Compare | ast.BinOp | ast.UnaryOp)
            located = is_text(inner) and isinstance(target.value.value, ast.Attribute)
            if by_rows or (by_column and not located and _looks_like_frame(answer, target.value.value)):
                yield answer.finding("chained-assignment", statement, Sign.BLUNDER, agrees=True)
        elif (
            isinstance(target, ast.Subscript)
            and isinstance(target.value, ast.Attribute)
            and target.value.attr in {"loc", "iloc"}
        ) and isinstance(target.value.value, ast.Subscript):
            yield answer.finding("chained-assignment", statement, Sign.BLUNDER, agrees=True)


def _looks_like_frame(answer: Answer, node: ast.expr) -> bool:
    """Whether the name is used as a table elsewhere: by a method of tables, or as one by its name."""
    name = node.id if isinstance(node, ast.Name) else ""
    used = any(
        isinstance(one.value, ast.Name)
        and one.value.id == name
        and one.attr in {"loc", "iloc", "copy", "columns", "groupby", "dropna", "assign"}
        for one in answer.every(ast.Attribute)
    )
    return used or bool(re.search(r"^df|frame|table|data", name))


def frame_result_dropped(answer: Answer) -> Iterator[Finding]:
    """``table.dropna()`` on a line of its own, and ``table = table.dropna(inplace=True)``."""
    if not uses_tables(answer):
        return
    for statement in answer.every(ast.AST):
        if not isinstance(statement, ast.Expr | ast.Assign | ast.Return):
            continue
        call = statement.value
        if not (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr in _GIVE_NEW_FRAME
        ):
            continue
        inplace = keyword(call, "inplace")
        changes = isinstance(inplace, ast.Constant) and inplace.value is True
        if (
            isinstance(statement, ast.Expr)
            and not changes
            and not (call.func.attr == "replace" and len(call.args) == 2)
        ):
            yield answer.finding(
                "table-methods-give-a-new-table", statement, Sign.BLUNDER, agrees=True, name=call.func.attr
            )
        elif not isinstance(statement, ast.Expr) and changes:
            yield answer.finding(
                "in-place-returns-none", statement, Sign.BLUNDER, agrees=True, name=call.func.attr
            )


def callers_frame(answer: Answer) -> Iterator[Finding]:
    """A column assigned in a table that was handed over, without a copy."""
    if not uses_tables(answer):
        return
    told = any(asks_for_unchanged(answer.question, check) for check in answer.failing)
    for function in answer.functions:
        handed = set(parameters(function)) - _rebound(function)
        for node in own_nodes(function):
            target = node.targets[0] if isinstance(node, ast.Assign) else None
            if (
                isinstance(target, ast.Subscript)
                and is_text(target.slice)
                and isinstance(target.value, ast.Name)
                and target.value.id in handed
            ):
                yield answer.finding(
                    "table-of-the-caller-changes", node, Sign.HABIT, agrees=told, name=target.value.id
                )


def _rebound(function: Function) -> set[str]:
    return {
        node.id
        for node in own_nodes(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


def _counts_rows(one: Comparison) -> bool:
    """Whether the check is about how many rows there are: a length, a shape, or the rows themselves."""
    return one.expected.number is None or bool(re.search(r"\blen\(|\.shape", one.check.call))


def _sizes(one: Comparison) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Expected and got, as numbers that tell which is more; empty where they cannot be told apart so."""
    expected, got = one.expected.number, one.got.number
    if expected is not None and got is not None:
        return (expected,), (got,)
    if one.check.call.endswith(".shape"):
        return tuple(numbers(one.expected)), tuple(numbers(one.got))
    alike = len(one.got.shape) == len(one.expected.shape)
    return (one.expected.shape, one.got.shape) if alike else ((), ())


def _more(one: Comparison) -> bool:
    expected, got = _sizes(one)
    return got > expected


def _fewer(one: Comparison) -> bool:
    expected, got = _sizes(one)
    return got < expected


def _more_whole(one: Comparison) -> bool:
    return isinstance(one.expected.content, int) and _more(one)


def joins(answer: Answer) -> Iterator[Finding]:
    """Joins that multiply rows, or lose them."""
    for call in answer.every(ast.Call):
        if (
            called(call) not in {"merge", "join"}
            or not uses_tables(answer)
            or is_text(getattr(call.func, "value", None))
        ):
            continue
        if called(call) == "join" and keyword(call, "on") is None and keyword(call, "how") is None:
            continue
        inner = called(call) == "merge" and keyword(call, "how") is None and len(call.args) < 3
        if inner:
            lost = answer.got_everywhere(lambda one: _counts_rows(one) and _fewer(one))
            yield answer.finding("join-loses-rows", call, Sign.HABIT, agrees=lost)
        if keyword(call, "validate") is None:
            yield answer.finding(
                "join-multiplies-rows", call, Sign.HABIT, agrees=answer.got_everywhere(_more_whole)
            )


def groups(answer: Answer) -> Iterator[Finding]:
    """Group keys in the index, rows counted for different values, means of means."""
    if not uses_tables(answer):
        return
    keys = [
        one.value
        for call in answer.every(ast.Call)
        if called(call) == "groupby"
        for one in ast.walk(call)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    for raised in answer.raised_named("KeyError"):
        if raised.message.strip("'\"") in keys:
            yield answer.finding(
                "group-key-is-in-the-index",
                raised.line or 1,
                Sign.SYMPTOM,
                agrees=True,
                name=raised.message.strip("'\""),
            )
    for call in answer.every(ast.Call):
        chain = _methods_of(call)
        if chain[:1] == ["mean"] and "mean" in chain[1:] and "groupby" in chain:
            yield answer.finding("mean-of-means", call, Sign.BLUNDER, agrees=bool(answer.comparisons))
        elif chain[:1] in (["count"], ["size"]):
            yield answer.finding(
                "rows-counted-for-kinds", call, Sign.HABIT, agrees=answer.got_everywhere(_more_whole)
            )


def _methods_of(node: ast.expr) -> list[str]:
    """Names of the methods in a chain of calls, the last one first."""
    names: list[str] = []
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                names.append(node.func.attr)
            node = node.func
        else:
            node = node.value
    return names


def columns(answer: Answer) -> Iterator[Finding]:
    """A column that is not there, and one that holds texts."""
    if not uses_tables(answer):
        return
    written = {one.value: one for one in answer.every(ast.Constant) if isinstance(one.value, str)}
    for raised in answer.raised_named("KeyError"):
        name = raised.message.strip("'\"")
        if name in written and raised.line and not _walks_rows(answer, raised.line):
            yield answer.finding("column-name-differs", raised.line, Sign.SYMPTOM, agrees=True, name=name)
        elif re.fullmatch(r"-?\d+", name) and raised.line:
            yield answer.finding("labels-are-no-places", raised.line, Sign.SYMPTOM, agrees=True)
    for raised in answer.raised_named("TypeError", "ValueError", message=_NUMBERS_FROM_TEXT.pattern):
        if raised.line and answer.question.environment != "python":
            yield answer.finding("column-holds-texts", raised.line, Sign.SYMPTOM, agrees=True)


def _walks_rows(answer: Answer, line: int) -> bool:
    return any(
        called(call) == "apply" and call.lineno <= line <= (call.end_lineno or line)
        for call in answer.every(ast.Call)
    )


def row_by_row(answer: Answer) -> Iterator[Finding]:
    """Assigning to the row of iterrows, and apply that hands over columns."""
    for loop in answer.every(ast.For):
        if (
            called(loop.iter) == "iterrows"
            and isinstance(loop.target, ast.Tuple)
            and isinstance(loop.target.elts[-1], ast.Name)
        ):
            row = loop.target.elts[-1].id
            for node in own_nodes(loop):
                target = (
                    node.targets[0]
                    if isinstance(node, ast.Assign)
                    else node.target
                    if isinstance(node, ast.AugAssign)
                    else None
                )
                if (
                    isinstance(target, ast.Subscript)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == row
                ):
                    yield answer.finding("row-is-a-copy", node, Sign.BLUNDER, agrees=True, name=row)
    for call in answer.every(ast.Call):
        given = call.args[0] if called(call) == "apply" and call.args else None
        if (
            isinstance(given, ast.Lambda)
            and len(call.args) == 1
            and keyword(call, "axis") is None
            and given.args.args
        ):
            name = given.args.args[0].arg
            by_name = any(
                isinstance(node, ast.Subscript) and dotted(node.value) == name and is_text(node.slice)
                for node in ast.walk(given.body)
            )
            grouped = "groupby" in _methods_of(call)
            told = answer.ends_at(call, "KeyError")
            if by_name and not grouped:
                yield answer.finding(
                    "apply-goes-by-columns", call, Sign.BLUNDER if told else Sign.PATTERN, agrees=told
                )


def missing(answer: Answer) -> Iterator[Finding]:
    """Missing values filled with 0, and values lost because indexes do not meet."""
    if not uses_tables(answer):
        return
    lacking = any(re.search(r"nan|None|NaT|NA\b", check.call + check.source) for check in answer.failing)
    for call in answer.every(ast.Call):
        if called(call) in {"fillna", "nan_to_num"} and (
            not call.args or is_number(call.args[-1], 0) or called(call) == "nan_to_num"
        ):
            yield answer.finding(
                "missing-counts-as-zero", call, Sign.HABIT, agrees=lacking and answer.got_everywhere(_fewer)
            )
    spoilt = any(
        "nan" in check.got.lower() and "nan" not in check.expected.lower() for check in answer.failing
    )
    for node in answer.every(ast.Assign):
        target, value = node.targets[0], node.value
        if (
            isinstance(target, ast.Subscript)
            and is_text(target.slice)
            and isinstance(value, ast.Call)
            and dotted(value.func) in {"pd.Series", "pandas.Series"}
        ):
            yield answer.finding("rows-meet-by-index", node, Sign.PATTERN, agrees=spoilt)
        elif (
            spoilt
            and isinstance(value, ast.BinOp)
            and isinstance(value.op, ast.Add | ast.Sub | ast.Mult | ast.Div)
        ):
            yield answer.finding(
                "rows-meet-by-index",
                node,
                Sign.HABIT,
                agrees="index" in answer.source or "sort" in answer.source,
            )


PATTERNS: tuple[Pattern, ...] = (
    chained,
    frame_result_dropped,
    callers_frame,
    joins,
    groups,
    columns,
    row_by_row,
    missing,
)
