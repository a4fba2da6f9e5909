"""What a result beside the expected one tells by itself: kind, order, spelling, sign.

The line is that of the last ``return`` which a failing check ran: there the result left the answer.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from darsgah_tutor.detectors.answer import Answer, Comparison, Pattern, Sign
from darsgah_tutor.detectors.reading import called
from darsgah_tutor.detectors.values import Value, close
from darsgah_tutor.types import Finding

_LAZY = (
    "<map",
    "<filter",
    "<generator",
    "<zip",
    "<enumerate",
    "<reversed",
    "dict_keys",
    "dict_values",
    "dict_items",
    "range(",
    "<list_reverse",
    "<itertools",
    "<dict_",
)
_UNCALLED = ("<function", "<bound method", "<built-in", "<class", "<method")

ALIKE = 2
"""Kinds of elements, such as marks of two classes, that stand in other places though no order is asked."""


def _leaves_at(answer: Answer) -> ast.AST | int:
    """The last return statement that a failing check ran; the first function where there is none."""
    returns = [node for node in answer.every(ast.Return) if answer.suspect(node)]
    if returns:
        return max(returns, key=lambda node: node.lineno)
    return answer.functions[0] if answer.functions else 1


def _shown(answer: Answer, misconception: str, sign: Sign = Sign.SYMPTOM) -> Finding:
    return replace(answer.finding(misconception, _leaves_at(answer), sign, agrees=True), shows=True)


def _is_a_pair(one: Comparison) -> bool:
    """Two elements stand the other way round for many reasons."""
    return len(one.expected.elements or ()) == 2


def shown_as_object(answer: Answer) -> Iterator[Finding]:
    """Got a function or something lazy in place of values."""
    for starts, misconception in (
        (_LAZY, "lazy-objects-are-no-lists"),
        (_UNCALLED, "function-is-not-called"),
    ):
        if any(
            check.got.startswith(starts) and not check.expected.startswith(starts) for check in answer.failing
        ):
            yield _shown(answer, misconception)


def _as_text(one: Comparison) -> bool:
    expected, got = one.expected.content, one.got.content
    return (
        isinstance(got, str)
        and isinstance(expected, int | float)
        and (got.strip() == str(expected) or got.strip().isdigit())
    )


def _as_number(one: Comparison) -> bool:
    expected, got = one.expected.content, one.got.content
    return isinstance(expected, str) and isinstance(got, int | float) and expected == str(got)


def _other_collection(one: Comparison) -> bool:
    expected, got = one.expected.content, one.got.content
    kinds = (list, tuple, set)
    if (
        not (isinstance(expected, kinds) and isinstance(got, kinds))
        or type(expected) is type(got)
        or one.got.array
    ):
        return False
    return _unordered(expected) == _unordered(got) and not _wrapped(one)


def _unordered(content: object) -> list[str]:
    return sorted(map(repr, content)) if isinstance(content, list | tuple | set) else []


def _wrapped(one: Comparison) -> bool:
    got = one.got.content
    return isinstance(got, tuple) and len(got) == 1 and got[0] == one.expected.content


def _runs(elements: list[object]) -> int:
    """1 where numbers, or the last ones of pairs, become larger all along, -1 where smaller, else 0."""
    last = [one[-1] if isinstance(one, tuple) and one else one for one in elements]
    numbers = [one for one in last if isinstance(one, int | float)]
    if len(numbers) < max(2, len(last)) or len(set(numbers)) == 1:
        return 0
    return (numbers == sorted(numbers)) - (numbers == sorted(numbers, reverse=True))


def _are_answers(elements: Sequence[object]) -> bool:
    """Whether they are yes or no all along: where these differ, each place was judged wrong."""
    return all(isinstance(one, bool) for one in elements)


def _turned(one: Comparison) -> bool:
    expected, got = one.expected.elements, one.got.elements
    if isinstance(one.expected.content, str) and isinstance(one.got.content, str):
        return one.got.content == one.expected.content[::-1]
    if expected is None or got is None or len(got) < 2 or _are_answers(expected):
        return False
    return got == expected[::-1] or _runs(expected) * _runs(got) == -1


def _other_order(one: Comparison) -> bool:
    """The same elements in other places, and more than two kinds of them: a few alike agree by chance."""
    same_kind = type(one.expected.content) is type(one.got.content) and one.got.elements is not None
    elements = _unordered(one.got.content)
    return (
        same_kind
        and one.got.content != one.expected.content
        and elements == _unordered(one.expected.content)
        and len(set(elements)) > ALIKE
        and not _are_answers(one.expected.elements or [])
    )


def _kept_twice(one: Comparison) -> bool:
    expected, got = _unordered(one.expected.content), _unordered(one.got.content)
    listed = not one.check.call.endswith(".shape") and len(set(expected)) == len(expected)
    return listed and len(got) > len(expected) > 0 and set(got) == set(expected)


def _spelling(one: Comparison) -> bool:
    expected, got = one.expected.content, one.got.content
    if not (isinstance(expected, str) and isinstance(got, str)) or expected == got:
        return False
    return "".join(expected.split()).casefold() == "".join(got.split()).casefold()


def _opposite_sign(one: Comparison) -> bool:
    expected, got = one.expected.number, one.got.number
    return expected is not None and got is not None and got != 0 and close(expected, -got)


def _opposite(one: Comparison) -> bool:
    """A yes for each no, and a no for each yes."""
    expected, got = _yes_and_no(one.expected), _yes_and_no(one.got)
    return len(expected) > 0 and got == [not answer for answer in expected]


def _yes_and_no(value: Value) -> list[bool]:
    """The answers that a value holds, where it holds nothing else."""
    answers: Sequence[object] = [value.content] if isinstance(value.content, bool) else value.elements or []
    return [one for one in answers if isinstance(one, bool)] if _are_answers(answers) else []


_LOOKS = (
    (_as_text, "text-is-no-number"),
    (_as_number, "text-is-no-number"),
    (_other_collection, "other-kind-of-collection"),
    (_turned, "order-is-turned-round"),
    (_kept_twice, "duplicates-are-kept"),
    (_spelling, "every-letter-and-space-counts"),
    (_opposite_sign, "sign-is-turned-round"),
)


def compared(answer: Answer) -> Iterator[Finding]:
    """What got differs in from what was expected."""
    for look, misconception in _LOOKS:
        if answer.got_everywhere(look):
            by_chance = look is _turned and all(map(_is_a_pair, answer.comparisons))
            yield _shown(answer, misconception, Sign.VAGUE_SYMPTOM if by_chance else Sign.SYMPTOM)
    visible = [check for check in answer.evidence.checks if check.visible]
    turned = len(answer.comparisons) == len(visible) and all(map(_opposite, answer.comparisons))
    if turned and {said for one in answer.comparisons for said in _yes_and_no(one.expected)} == {True, False}:
        yield _shown(answer, "yes-and-no-are-swapped")


def trailing_comma(answer: Answer) -> Iterator[Finding]:
    """``x = 5,`` or ``return x,``: a tuple of one."""
    for node in answer.every(ast.AST):
        if (
            isinstance(node, ast.Assign | ast.Return)
            and isinstance(node.value, ast.Tuple)
            and len(node.value.elts) == 1
        ):
            value = node.value
            if value.col_offset == value.elts[0].col_offset and value.lineno == value.elts[0].lineno:
                yield answer.finding(
                    "comma-makes-a-tuple", node, Sign.BLUNDER, agrees=answer.got_everywhere(_wrapped)
                )


def nested_by_append(answer: Answer) -> Iterator[Finding]:
    """A list put into a list where its elements are wanted."""

    def nested(one: Comparison) -> bool:
        expected, got = one.expected.elements, one.got.elements
        if expected is None or got is None or got == expected or one.got.array:
            return False
        flat = [inner for element in got for inner in (element if isinstance(element, list) else [element])]
        return len(flat) > 0 and flat == expected

    for call in answer.every(ast.Call):
        if called(call) in {"append", "insert"} and answer.got_everywhere(nested):
            yield answer.finding("append-adds-one-element", call, Sign.SYMPTOM, agrees=True)


def order_lost(answer: Answer) -> Iterator[Finding]:
    """A set, which keeps neither order nor duplicates; or an order nobody made."""
    lost = answer.got_everywhere(lambda one: _other_order(one) and not _turned(one))
    sets = [
        node
        for node in answer.every(ast.AST)
        if called(node) == "set" or isinstance(node, ast.Set | ast.SetComp)
    ]
    fewer = answer.got_everywhere(
        lambda one: (
            len(set(_unordered(one.expected.content)))
            == len(_unordered(one.got.content))
            < len(_unordered(one.expected.content))
        )
    )
    for node in sets:
        yield answer.finding("sets-forget-order-and-number", node, Sign.HABIT, agrees=lost or fewer)
    if lost and not sets:
        yield _shown(answer, "order-is-not-the-asked-one")


PATTERNS: tuple[Pattern, ...] = (shown_as_object, compared, trailing_comma, nested_by_append, order_lost)
