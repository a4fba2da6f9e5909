"""NumPy: shapes, axes, broadcasting, views, kinds of numbers, and numbers that are none."""

import ast
import re
from collections.abc import Iterator
from math import isfinite, trunc

from darsgah_tutor.detectors.answer import Answer, Comparison, Pattern, Sign, parse
from darsgah_tutor.detectors.mutables import asks_for_unchanged
from darsgah_tutor.detectors.reading import (
    called,
    dotted,
    is_number,
    is_text,
    keyword,
    mentions,
    own_nodes,
    parameters,
)
from darsgah_tutor.detectors.values import Value, numbers, read_value
from darsgah_tutor.types import Finding

REDUCTIONS = frozenset(
    {"mean", "sum", "max", "min", "std", "var", "argmax", "argmin", "median", "prod", "any", "all", "cumsum"}
)
_MODULES = frozenset({"np", "numpy"})
_SHAPES = re.compile(
    r"could not (be )?broadcast|not aligned|mismatch in its core dimension|all the input array dim"
    r"|inhomogeneous|cannot reshape"
)
_TRUTH = re.compile(r"truth value of (an array|a Series|a DataFrame)")
_WHOLE = re.compile(r"Cannot cast ufunc .* from dtype\('float|same_kind")


def uses_arrays(answer: Answer) -> bool:
    """Whether NumPy is at hand in the answer."""
    return answer.question.environment != "python" or "numpy" in answer.source + answer.question.setup


def reduction_axis(call: ast.AST) -> tuple[bool, ast.expr | None]:
    """Whether it is a reduction of an array, and its axis where one is given."""
    if (
        not isinstance(call, ast.Call)
        or called(call) not in REDUCTIONS
        or not isinstance(call.func, ast.Attribute)
    ):
        return False, None
    by_module = isinstance(call.func.value, ast.Name) and call.func.value.id in _MODULES
    places = call.args[1:] if by_module else call.args
    return True, keyword(call, "axis") or (places[0] if places else None)


def _flatter(one: Comparison) -> bool:
    """One number, or fewer axes, where several were expected."""
    return len(one.got.shape) < len(one.expected.shape)


def _other_length(one: Comparison) -> bool:
    """As many as there are rows where one for each column was expected, or the reverse.

    What the call hands over tells, where it is written out there.
    """
    same_depth = len(one.got.shape) == len(one.expected.shape) > 0
    if not same_depth or one.got.shape == one.expected.shape:
        return False
    handed = read_value(f"({one.check.call.partition('(')[2].rpartition(')')[0]},)")
    if handed is None or handed.elements is None:
        return True
    tables = [shape for part in handed.elements if len(shape := Value(part).shape) > 1]
    return any({one.got.shape[0], one.expected.shape[0]} <= set(shape) for shape in tables)


def axes(answer: Answer) -> Iterator[Finding]:
    """Sums and means along no axis, or along the other one."""
    if not uses_arrays(answer):
        return
    for call in answer.every(ast.Call):
        reduces, axis = reduction_axis(call)
        if not reduces:
            continue
        if axis is None:
            flat = answer.got_everywhere(_flatter) or any(
                "np.float64" in check.got and "array" in check.expected for check in answer.failing
            )
            wanted = called(call) in _with_axis(answer)
            sign = Sign.PATTERN if wanted else Sign.HABIT
            yield answer.finding("axis-is-left-out", call, sign, agrees=flat or wanted)
        elif is_number(axis, 0, 1, -1, -2):
            other = answer.got_everywhere(_other_length) or answer.ends_at(
                call, "ValueError", message="broadcast"
            )
            yield answer.finding("wrong-axis", call, Sign.HABIT, agrees=other)


def _with_axis(answer: Answer) -> set[str]:
    """Reductions to which every correct answer that has them gives an axis."""
    given: dict[str, bool] = {}
    for reference in answer.question.references:
        for node in ast.walk(parse(reference) or ast.Module([], [])):
            reduces, axis = reduction_axis(node)
            if reduces:
                given[called(node)] = given.get(called(node), True) and axis is not None
    return {name for name, always in given.items() if always}


def keepdims(answer: Answer) -> Iterator[Finding]:
    """``X / X.sum(axis=1)``: the row sums are lined up with the columns."""
    for node in answer.every(ast.BinOp):
        if not isinstance(node.op, ast.Div | ast.Sub):
            continue
        reduces, axis = reduction_axis(node.right)
        if (
            reduces
            and is_number(axis, 1, -1)
            and isinstance(node.right, ast.Call)
            and keyword(node.right, "keepdims") is None
        ):
            whole = node.right.func.value if isinstance(node.right.func, ast.Attribute) else node.right
            of_same = any(
                isinstance(one, ast.Name) and mentions(node.left, frozenset({one.id}))
                for one in (whole, *node.right.args)
            )
            told = answer.ends_at(node, "ValueError", message="broadcast") or bool(answer.comparisons)
            reduced_first = reduction_axis(node.left)[0]
            if of_same and not reduced_first:
                yield answer.finding("reduced-axis-is-gone", node, Sign.BLUNDER, agrees=told)


def shapes(answer: Answer) -> Iterator[Finding]:
    """Messages about shapes, and results that grew an axis."""
    for raised in answer.raised_named("ValueError", message=_SHAPES.pattern):
        yield answer.finding("shapes-do-not-fit", raised.line or 1, Sign.SYMPTOM, agrees=True)
    for raised in answer.raised_named(
        "TypeError",
        message="only integer scalar arrays|only length-1 arrays|cannot be interpreted as an integer",
    ):
        if any(
            called(node) in {"concatenate", "stack", "vstack", "hstack", "zeros", "ones"}
            and _line_holds(node, raised.line)
            for node in answer.every(ast.Call)
        ):
            yield answer.finding("arrays-go-in-one-list", raised.line, Sign.SYMPTOM, agrees=True)
    for node in answer.every(ast.Call):
        if _makes_column(node):
            square = any(
                _grew(check.expected, check.got) for check in answer.failing
            ) or answer.got_everywhere(lambda one: len(one.got.shape) > len(one.expected.shape))
            yield answer.finding("broadcast-by-accident", node, Sign.HABIT, agrees=square)


def _line_holds(node: ast.Call, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _makes_column(node: ast.Call) -> bool:
    if called(node) == "reshape":
        return any(is_number(one, 1) for one in node.args)
    return called(node) == "expand_dims"


def _grew(expected: str, got: str) -> bool:
    """Shapes such as (4,) and (4, 4)."""
    wanted, seen = re.fullmatch(r"\((\d+),\)", expected), re.fullmatch(r"\((\d+), (\d+)\)", got)
    return bool(wanted and seen and wanted[1] in {seen[1], seen[2]})


def masks(answer: Answer) -> Iterator[Finding]:
    """``and`` between arrays, and masks without brackets."""
    for raised in answer.raised_named("ValueError", message=_TRUTH.pattern):
        yield answer.finding("masks-need-their-own-and", raised.line or 1, Sign.SYMPTOM, agrees=True)
    for node in answer.every(ast.Compare):
        for side in (node.left, *node.comparators):
            if (
                isinstance(side, ast.BinOp)
                and isinstance(side.op, ast.BitAnd | ast.BitOr)
                and uses_arrays(answer)
                and len(node.ops) > 1
            ):
                yield answer.finding("masks-need-brackets", node, Sign.BLUNDER, agrees=bool(answer.raised))


def views(answer: Answer) -> Iterator[Finding]:
    """A slice that is changed and with it the whole; a parameter changed by ``-=`` or in its places."""
    if not uses_arrays(answer):
        return
    told = any(asks_for_unchanged(answer.question, check) for check in answer.failing)
    for function in answer.functions:
        handed = set(parameters(function))
        made = {
            node.targets[0].id: node
            for node in own_nodes(function)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for node in own_nodes(function):
            name = _changed_array(node)
            if name in handed and name not in made:
                yield answer.finding(
                    "array-of-the-caller-changes",
                    node,
                    Sign.PATTERN if isinstance(node, ast.AugAssign) else Sign.HABIT,
                    agrees=told,
                    name=name,
                )
            elif name in made and _is_view(made[name].value, handed):
                yield answer.finding(
                    "slice-is-a-window", made[name], Sign.PATTERN, agrees=told, touches=node, name=name
                )


def _changed_array(node: ast.AST) -> str:
    """The name whose array the statement changes where it stands."""
    if isinstance(node, ast.AugAssign):
        target: ast.expr = node.target
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        target = node.targets[0]
    else:
        return ""
    if isinstance(target, ast.Name) and isinstance(node, ast.AugAssign):
        return target.id if not is_number(node.value) else ""
    if isinstance(target, ast.Subscript) and is_text(target.slice):
        return ""  # a column of a table
    inner = target.value if isinstance(target, ast.Subscript) else target
    return inner.id if isinstance(inner, ast.Name) and isinstance(target, ast.Subscript) else ""


def _is_view(value: ast.expr, handed: set[str]) -> bool:
    """Whether it is a slice, a reshape or a transpose of a parameter, which shares its memory."""
    if isinstance(value, ast.Call) and called(value) in {"reshape", "ravel", "asarray"}:
        inner: ast.expr = (
            value.args[0] if dotted(value.func).partition(".")[0] in _MODULES and value.args else value.func
        )
    elif isinstance(value, ast.Subscript):
        parts = value.slice.elts if isinstance(value.slice, ast.Tuple) else [value.slice]
        if not any(isinstance(part, ast.Slice) for part in parts):
            return False
        inner = value.value
    elif isinstance(value, ast.Attribute) and value.attr == "T":
        inner = value.value
    else:
        return False
    root = dotted(inner).partition(".")[0]
    return root in handed


def whole_number_arrays(answer: Answer) -> Iterator[Finding]:
    """An array of whole numbers that fractions are put into."""
    if not uses_arrays(answer):
        return
    for raised in answer.raised_named(
        "UFuncTypeError",
        "_UFuncOutputCastingError",
        "UFuncOutputCastingError",
        "TypeError",
        message=_WHOLE.pattern,
    ):
        yield answer.finding("whole-number-arrays-cut-off", raised.line or 1, Sign.SYMPTOM, agrees=True)
    for node in answer.every(ast.Assign):
        call, target = node.value, node.targets[0]
        if not (isinstance(call, ast.Call) and isinstance(target, ast.Name)):
            continue
        kind = keyword(call, "dtype")
        whole = kind is not None and dotted(kind) in {"int", "np.int64", "np.int32", "numpy.int64"}
        like = called(call) in {"zeros_like", "empty_like", "copy"} and kind is None
        filled = any(
            isinstance(place, ast.Subscript) and dotted(place.value) == target.id
            for one in answer.every(ast.Assign)
            for place in one.targets
        )
        if (whole or like) and filled:
            cut = answer.got_everywhere(_all_cut)
            yield answer.finding("whole-number-arrays-cut-off", node, Sign.HABIT, agrees=cut, name=target.id)


def _all_cut(one: Comparison) -> bool:
    """The expected numbers with their fractions gone."""
    expected, got = numbers(one.expected), numbers(one.got)
    if len(expected) != len(got) or not all(map(isfinite, (*expected, *got))):
        return False
    fraction = any(not float(number).is_integer() for number in expected)
    return fraction and all(trunc(left) == right for left, right in zip(expected, got, strict=True))


def rearranged(answer: Answer) -> Iterator[Finding]:
    """``reshape`` in place of a transpose, and columns picked where one number of each row is meant."""
    for call in answer.every(ast.Call):
        if called(call) == "reshape":
            text = "".join(ast.unparse(one) for one in call.args[:3])
            if re.search(r"shape\[1\].*shape\[0\]", text) or re.search(r"shape\[::-1\]", text):
                yield answer.finding("reshape-does-not-transpose", call, Sign.BLUNDER, agrees=True)
    for node in answer.every(ast.Subscript):
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        if (
            len(parts) == 2
            and isinstance(parts[0], ast.Slice)
            and parts[0].lower is None
            and isinstance(parts[1], ast.Name)
        ) and re.fullmatch(r"y|y_\w+|labels?|targets?|truth|classes", parts[1].id):
            yield answer.finding("whole-columns-are-picked", node, Sign.BLUNDER, agrees=True)


def places_multiplied(answer: Answer) -> Iterator[Finding]:
    """``*`` where the product of matrices is meant."""
    told = re.search(r"matri|dot product|@|weighted sum", answer.question.description)
    for node in answer.every(ast.BinOp):
        if isinstance(node.op, ast.Mult) and uses_arrays(answer) and told:
            plain = all(
                isinstance(one, ast.Name) or (isinstance(one, ast.Attribute) and one.attr == "T")
                for one in (node.left, node.right)
            )
            deeper = answer.got_everywhere(lambda one: len(one.got.shape) > len(one.expected.shape))
            unfit = answer.ends_at(node, "ValueError", message="broadcast")
            summed = any(called(held) == "sum" for held in answer.around(node))
            if plain and not summed:
                yield answer.finding(
                    "star-multiplies-place-by-place", node, Sign.HABIT, agrees=deeper or unfit
                )


def result_thrown_away(answer: Answer) -> Iterator[Finding]:
    """``np.append(a, x)`` on a line of its own."""
    for statement in answer.every(ast.Expr):
        call = statement.value
        if isinstance(call, ast.Call) and dotted(call.func).partition(".")[0] in _MODULES:
            if called(call) in {
                "append",
                "sort",
                "concatenate",
                "delete",
                "insert",
                "reshape",
                "clip",
                "where",
                "round",
                "cumsum",
            }:
                yield answer.finding(
                    "arrays-do-not-grow", statement, Sign.BLUNDER, agrees=True, name=called(call)
                )
        elif isinstance(call, ast.Call) and called(call) in {
            "reshape",
            "astype",
            "flatten",
            "transpose",
            "clip",
        }:
            yield answer.finding(
                "arrays-do-not-grow", statement, Sign.BLUNDER, agrees=True, name=called(call)
            )


PATTERNS: tuple[Pattern, ...] = (
    axes,
    keepdims,
    shapes,
    masks,
    views,
    whole_number_arrays,
    rearranged,
    places_multiplied,
    result_thrown_away,
)
