"""Training: which way a model steps and how far, what is averaged, and what chance does."""

import ast
import re
from collections.abc import Iterator

from darsgah_tutor.detectors.answer import Answer, Comparison, Pattern, Sign, parse
from darsgah_tutor.detectors.arrays import reduction_axis, uses_arrays
from darsgah_tutor.detectors.reading import (
    called,
    dotted,
    in_statements,
    mentions,
    names_in,
    parameters,
    reads,
    stores,
    text_of,
)
from darsgah_tutor.types import Finding

_TEST = re.compile(r"(^|_)(test|valid|validation|val|new|unseen|held_out)(_|$)", re.IGNORECASE)
_TRAIN = re.compile(r"(^|_)(train|training|fit)(_|$)", re.IGNORECASE)
_GRADIENT = re.compile(r"(^|_)(grad|gradient|gradients|grads|slope|slopes|d[wb]|dW|dB)(_|$|\d)")
_TRUTH = re.compile(r"y|target|truth")
_MOST_VALUES = 50
_UPWARDS = re.compile(r"ascent|likelihood|maximi|reward|uphill", re.IGNORECASE)
_SPREAD = frozenset({"mean", "std", "min", "max", "median", "var"})
_SCALES = frozenset({"fit", "fit_transform"})
_SCALER = re.compile(r"scal|normal|imput|encod|pca|standard", re.IGNORECASE)


def uphill(answer: Answer) -> Iterator[Finding]:
    """``w += rate * gradient``, where the loss is to become smaller."""
    if _UPWARDS.search(answer.question.description + answer.source):
        return
    for node in answer.every(ast.AST):
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
            step: ast.expr | None = node.value
            target = text_of(node.target)
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.BinOp)
            and isinstance(node.value.op, ast.Add)
        ):
            target = text_of(node.targets[0])
            step = node.value.right if text_of(node.value.left) == target else None
        elif isinstance(node, ast.DictComp) and isinstance(node.value, ast.BinOp):
            added = isinstance(node.value.op, ast.Add)
            target, step = text_of(node.value.left), node.value.right if added else None
        else:
            continue
        if (
            (
                step is not None
                and isinstance(step, ast.BinOp)
                and isinstance(step.op, ast.Mult)
                and any(map(_GRADIENT.search, names_in(step)))
            )
            and not _GRADIENT.search(target)
            and not _negated(answer, step)
        ):
            yield answer.finding("steps-go-uphill", node, Sign.BLUNDER, agrees=True, name=target)


def _negated(answer: Answer, step: ast.expr) -> bool:
    """Whether the step, or the gradient in it, has a minus already."""
    if any(isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) for node in ast.walk(step)):
        return True
    gradients = filter(_GRADIENT.search, names_in(step))
    values = [value for name in gradients for value in answer.assigned.get(name, ())[:_MOST_VALUES]]
    for one in (one for value in values for one in ast.walk(value)):
        negative = isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.USub)
        taken_off = isinstance(one, ast.BinOp) and isinstance(one.op, ast.Sub)
        if negative or (isinstance(one, ast.BinOp) and taken_off and _TRUTH.match(text_of(one.left))):
            return True
    return False


def _multiple(one: Comparison) -> bool:
    """The expected number times a whole number."""
    expected, got = one.expected.number, one.got.number
    if not expected or got is None:
        return False
    ratio = got / expected
    return ratio > 1.5 and abs(ratio - round(ratio)) < 1e-6 and round(ratio) < 100_000


def _fraction(one: Comparison) -> bool:
    return (
        bool(one.got.number)
        and one.expected.number is not None
        and _multiple(Comparison(one.check, one.got, one.expected))
    )


def sum_for_mean(answer: Answer) -> Iterator[Finding]:
    """A sum where a mean is meant, or the reverse."""
    if not uses_arrays(answer):
        return
    reference = parse(answer.question.references[0]) if answer.question.references else None
    wanted = {called(node) for node in ast.walk(reference)} if reference else set()
    for call in answer.every(ast.Call):
        if called(call) in wanted:
            continue
        if called(call) == "sum" and not any(
            isinstance(held, ast.BinOp) and isinstance(held.op, ast.Div) for held in answer.around(call)
        ):
            yield answer.finding("sum-is-no-mean", call, Sign.HABIT, agrees=answer.got_everywhere(_multiple))
        elif called(call) == "mean":
            yield answer.finding("sum-is-no-mean", call, Sign.HABIT, agrees=answer.got_everywhere(_fraction))


def softmax_over_all(answer: Answer) -> Iterator[Finding]:
    """``exp(x) / exp(x).sum()`` of a table, without an axis."""
    tables = any("[[" in check.call + check.expected for check in answer.failing)
    for node in answer.every(ast.BinOp):
        if not isinstance(node.op, ast.Div):
            continue
        reduces, axis = reduction_axis(node.right)
        exponential = _comes_from_exp(answer, node.left) and _comes_from_exp(answer, node.right)
        if reduces and axis is None and called(node.right) == "sum" and exponential:
            yield answer.finding("softmax-over-the-whole-table", node, Sign.BLUNDER, agrees=tables)


def _comes_from_exp(answer: Answer, node: ast.expr) -> bool:
    made = [value for name in names_in(node) for value in answer.assigned.get(name, ())[:_MOST_VALUES]]
    return any(called(one) == "exp" for held in (node, *made) for one in ast.walk(held))


def step_size(answer: Answer) -> Iterator[Finding]:
    """Steps so large that the numbers grow without end."""
    grown = (
        any(re.search(r"\b(nan|inf)\b|e\+\d{2,}", check.got) for check in answer.failing)
        or next(answer.raised_named("OverflowError"), None) is not None
    )
    for node in answer.every(ast.Assign):
        target = node.targets[0]
        if (
            isinstance(target, ast.Name)
            and re.fullmatch(r"lr|learning_rate|rate|eta|step_size", target.id)
            and isinstance(node.value, ast.Constant)
        ):
            value = node.value.value
            if isinstance(value, int | float) and value >= 1:
                yield answer.finding("steps-are-too-large", node, Sign.PATTERN, agrees=grown)


def slopes_from_two_places(answer: Answer) -> Iterator[Finding]:
    """A gradient calculated behind the step that already moved what it is calculated from."""
    for loop in answer.every(ast.For):
        moved: dict[str, ast.stmt] = {}
        for node in loop.body:
            if isinstance(node, ast.Assign) and any(
                isinstance(one, ast.Name) and _GRADIENT.search(one.id) for one in node.targets
            ):
                used = [name for name in moved if reads(node.value, name)]
                if used:
                    yield answer.finding(
                        "slopes-from-two-places", node, Sign.BLUNDER, agrees=True, name=used[0]
                    )
            for name in _stepped(node):
                moved[name] = node


def _stepped(node: ast.stmt) -> list[str]:
    """The parameter that a statement moves by a gradient."""
    if (
        isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Name)
        and any(map(_GRADIENT.search, names_in(node.value)))
    ):
        return [node.target.id]
    if (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and reads(node.value, node.targets[0].id)
        and any(map(_GRADIENT.search, names_in(node.value)))
    ):
        return [node.targets[0].id]
    return []


def chance(answer: Answer) -> Iterator[Finding]:
    """A generator made without the seed that is at hand, or made anew in each round."""
    for call in answer.every(ast.Call):
        name = dotted(call.func)
        if name not in {
            "np.random.default_rng",
            "default_rng",
            "random.seed",
            "np.random.seed",
            "random.Random",
            "numpy.random.default_rng",
        }:
            continue
        function = answer.function_of(call)
        handed = set(parameters(function)) if function else set()
        if not call.args and not call.keywords and handed & {"seed", "rng", "generator", "random_state"}:
            yield answer.finding("generator-without-its-seed", call, Sign.BLUNDER, agrees=True)
        elif any(isinstance(held, ast.For | ast.While) for held in answer.around(call)) and call.args:
            given = call.args[0]
            targets = {
                name
                for held in answer.around(call)
                if isinstance(held, ast.For)
                for name in names_in(held.target)
            }
            if not mentions(given, frozenset(targets)):
                yield answer.finding(
                    "generator-is-made-anew", call, Sign.PATTERN, agrees=bool(answer.failing), touches=call
                )


def weights_alike(answer: Answer) -> Iterator[Finding]:
    """Weights of several layers that all begin at 0."""
    layers = re.search(r"hidden|layer|network", answer.question.description + answer.source)
    for node in answer.every(ast.Assign):
        target = node.targets[0]
        if (
            isinstance(target, ast.Name)
            and re.match(r"W\d|W$|weights?_?(in|hidden|out|\d)", target.id)
            and called(node.value) in {"zeros", "ones", "full"}
            and layers
        ):
            yield answer.finding("weights-begin-alike", node, Sign.BLUNDER, agrees=True, name=target.id)


def rate_forgotten(answer: Answer) -> Iterator[Finding]:
    """``w -= gradient`` with no step size at all."""
    for loop in answer.every(ast.For):
        for node in in_statements(loop.body):
            if (
                isinstance(node, ast.AugAssign)
                and isinstance(node.op, ast.Sub)
                and isinstance(node.value, ast.Name)
                and _GRADIENT.search(node.value.id)
            ):
                made = [one.value for one in answer.every(ast.Assign) if stores(one, node.value.id)]
                if not any(
                    re.search(r"rate|lr|eta|step|alpha", name) for value in made for name in names_in(value)
                ):
                    yield answer.finding("learning-rate-is-not-used", node, Sign.BLUNDER, agrees=True)


PATTERNS: tuple[Pattern, ...] = (
    uphill,
    sum_for_mean,
    softmax_over_all,
    step_size,
    slopes_from_two_places,
    chance,
    weights_alike,
    rate_forgotten,
)
