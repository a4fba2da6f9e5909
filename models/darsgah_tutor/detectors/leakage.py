"""What a model may have seen: rows to test on that shape the scale, are learnt from, or hold the answer."""

import ast
import re
from collections.abc import Iterator, Sequence

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.detectors.reading import (
    Function,
    called,
    dotted,
    is_text,
    mentions,
    names_in,
    own_nodes,
    parameters,
    same,
    text_of,
)
from darsgah_tutor.types import Finding

_TEST = re.compile(r"(^|_)(test|valid|validation|val|new|unseen|held_out)(_|$)", re.IGNORECASE)
_TRAIN = re.compile(r"(^|_)(train|training|fit)(_|$)", re.IGNORECASE)
_ROWS = re.compile(r"(X|x|rows|features|inputs|images|data)(_|$)")
_LABELS = re.compile(r"(y|labels?|targets?)(_|$)")
_SPREAD = frozenset({"mean", "std", "min", "max", "median", "var"})
_SCALES = frozenset({"fit", "fit_transform"})
_SCALER = re.compile(r"scal|normal|imput|encod|pca|standard", re.IGNORECASE)


def scaled_before_split(answer: Answer) -> Iterator[Finding]:
    """Mean, deviation or a scaler taken from all rows, and the rows split after."""
    for held in (answer.tree, *answer.functions):
        if held is None:
            continue
        splits = [node for node in own_nodes(held) if _splits(node)]
        for node in own_nodes(held):
            at = getattr(node, "lineno", 0)
            later = [split for split in splits if getattr(split, "lineno", 0) > at]
            if later and (_fits_scaler(node) or _scales_itself(node)):
                same_rows = any(mentions(split, frozenset(_scaled_names(node))) for split in later)
                if same_rows:
                    yield answer.finding("test-rows-shape-the-scale", node, Sign.BLUNDER, agrees=True)


def _splits(node: ast.AST) -> bool:
    """A split into rows to learn from and rows to test on."""
    if called(node) == "train_test_split":
        return True
    return (
        isinstance(node, ast.Assign)
        and any(_TEST.search(name) for target in node.targets for name in names_in(target))
        and any(isinstance(one, ast.Subscript) for one in ast.walk(node.value))
    )


def _fits_scaler(node: ast.AST) -> bool:
    call = node.value if isinstance(node, ast.Assign | ast.Expr) else None
    if not isinstance(call, ast.Call) or called(call) not in _SCALES:
        return False
    owner = call.func.value if isinstance(call.func, ast.Attribute) else call
    return bool(_SCALER.search(ast.unparse(owner)))


def _scales_itself(node: ast.AST) -> bool:
    """``X = (X - X.mean(axis=0)) / X.std(axis=0)``, or with means taken before."""
    if not (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.BinOp)
        and isinstance(node.value.op, ast.Div | ast.Sub)
    ):
        return False
    return any(
        isinstance(one, ast.Call) and called(one) in _SPREAD for one in ast.walk(node.value)
    ) and isinstance(node.targets[0], ast.Name)


def _scaled_names(node: ast.AST) -> set[str]:
    names = {target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)}
    call = getattr(node, "value", None)
    if isinstance(call, ast.Call):
        names |= {name for argument in call.args for name in names_in(argument)}
    return names


def test_scaled_by_itself(answer: Answer) -> Iterator[Finding]:
    """New rows scaled with their own mean, where training rows are at hand."""
    for node in answer.every(ast.AST):
        if (
            isinstance(node, ast.Call)
            and called(node) == "fit_transform"
            and node.args
            and any(map(_TEST.search, names_in(node.args[0])))
        ):
            yield answer.finding("new-rows-scale-themselves", node, Sign.BLUNDER, agrees=True)
        elif (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Sub)
            and isinstance(node.right, ast.Call)
            and called(node.right) in _SPREAD
        ):
            names = names_in(node.left)
            of_same = [
                name for name in names if _TEST.search(name) and mentions(node.right, frozenset({name}))
            ]
            if of_same and any(_TRAIN.search(one.id) for one in answer.every(ast.Name)):
                yield answer.finding(
                    "new-rows-scale-themselves", node, Sign.BLUNDER, agrees=True, name=of_same[0]
                )
    for node in answer.every(ast.Call):
        if called(node) in _SPREAD | {"concatenate", "concat", "vstack"}:
            names = names_in(node)
            together = any(map(_TEST.search, names)) and any(map(_TRAIN.search, names))
            if (
                together
                and called(node) in {"concatenate", "concat", "vstack"}
                and _spread_taken(answer, node)
            ):
                yield answer.finding("test-rows-shape-the-scale", node, Sign.BLUNDER, agrees=True)


def _spread_taken(answer: Answer, call: ast.Call) -> bool:
    """Whether means or deviations are taken of the rows that were put together."""
    function = answer.function_of(call)
    nodes = own_nodes(function) if function else answer.every(ast.AST)
    return any(called(node) in _SPREAD for node in nodes)


def learns_from_test(answer: Answer) -> Iterator[Finding]:
    """A model fitted to test rows, or to all of them after a split; or judged by the rows it learnt from."""
    split = any(_splits(node) for node in answer.every(ast.AST)) or any(
        _TEST.search(name) for function in answer.functions for name in parameters(function)
    )
    for call in answer.every(ast.Call):
        owner = dotted(call.func).partition(".")[0]
        names = [name for argument in call.args for name in names_in(argument)]
        if called(call) in {"fit", "train"} and not _SCALER.search(owner):
            if any(map(_TEST.search, names)):
                yield answer.finding("model-learns-from-test-rows", call, Sign.BLUNDER, agrees=True)
        elif called(call) in {"score", "accuracy", "accuracy_score", "evaluate"} and split and names:
            only_train = all(_TRAIN.search(name) for name in names if re.match(r"[Xy]", name)) and any(
                map(_TRAIN.search, names)
            )
            judged = [one for one in answer.every(ast.Call) if called(one) == called(call)]
            if only_train and len(judged) == 1:
                yield answer.finding("judged-by-rows-it-learnt-from", call, Sign.BLUNDER, agrees=True)


def parted(answer: Answer) -> Iterator[Finding]:
    """Rows shuffled without their labels, or both, each in another order."""
    for held in (answer.tree, *answer.functions):
        if held is None:
            continue
        at_hand = {*names_in(held), *(parameters(held) if isinstance(held, Function) else ())}
        if not any(map(_LABELS.match, at_hand)):
            continue
        nodes = [*own_nodes(held)]
        for node in nodes:
            in_place = isinstance(node, ast.Call) and called(node) == "shuffle" and node.args
            if in_place and isinstance(node, ast.Call) and _is_rows(node.args[0]):
                yield answer.finding("rows-and-labels-are-parted", node, Sign.BLUNDER, agrees=True)
        yield from _reordered_alone(answer, nodes)


def _is_rows(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and bool(_ROWS.match(node.id))


def _reordered_alone(answer: Answer, nodes: Sequence[ast.AST]) -> Iterator[Finding]:
    """``X[order]`` where the labels are never taken in that order."""
    orders = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and called(node.value) == "permutation"
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes:
        if not (isinstance(node, ast.Subscript) and _is_rows(node.value) and isinstance(node.ctx, ast.Load)):
            continue
        fresh = called(node.slice) == "permutation"
        named = isinstance(node.slice, ast.Name) and node.slice.id in orders
        together = named and any(
            isinstance(one, ast.Subscript) and not _is_rows(one.value) and same(one.slice, node.slice)
            for one in nodes
        )
        if fresh or (named and not together):
            yield answer.finding("rows-and-labels-are-parted", node, Sign.BLUNDER, agrees=True)


def target_among_features(answer: Answer) -> Iterator[Finding]:
    """``y = table["passed"]`` and X made of the whole table, that column included."""
    for held in (answer.tree, *answer.functions):
        if held is None:
            continue
        taken: dict[str, str] = {}
        for node in own_nodes(held):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.value, ast.Subscript | ast.Call)
                and isinstance(node.targets[0], ast.Name)
            ):
                part = next(
                    (
                        one
                        for one in ast.walk(node.value)
                        if isinstance(one, ast.Subscript)
                        and is_text(one.slice)
                        and isinstance(one.value, ast.Name)
                    ),
                    None,
                )
                if (
                    part is not None
                    and re.match(r"(y|target|labels?)(_|$)", node.targets[0].id)
                    and isinstance(part.value, ast.Name)
                ):
                    taken[part.value.id] = text_of(part.slice)
        for node in own_nodes(held):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Name)
                and re.match(r"(X|features|inputs)(_|$)", node.targets[0].id)
            ):
                whole = _whole_table(node.value)
                if whole in taken:
                    yield answer.finding(
                        "target-is-among-the-features",
                        node,
                        Sign.BLUNDER,
                        agrees=True,
                        name=taken[whole].strip("'\""),
                    )


def _whole_table(value: ast.expr) -> str:
    """The table that is taken as it stands, as an array or a copy."""
    if isinstance(value, ast.Attribute) and value.attr == "values":
        value = value.value
    elif (
        isinstance(value, ast.Call)
        and called(value) in {"to_numpy", "copy"}
        and isinstance(value.func, ast.Attribute)
    ):
        value = value.func.value
    return value.id if isinstance(value, ast.Name) else ""


PATTERNS: tuple[Pattern, ...] = (
    scaled_before_split,
    test_scaled_by_itself,
    learns_from_test,
    parted,
    target_among_features,
)
