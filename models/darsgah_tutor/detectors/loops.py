"""Loops: leaving them too early, counting wrongly, and what becomes of a total on the way."""

import ast
import re
from collections.abc import Iterator, Sequence

from darsgah_tutor.detectors.answer import Answer, Pattern, Sign
from darsgah_tutor.detectors.reading import (
    Loop,
    always_leaves,
    called,
    in_statements,
    is_empty_list,
    is_method_call,
    is_number,
    is_text,
    own_nodes,
    range_over_length,
    reads,
    same,
    stores,
    targets,
)
from darsgah_tutor.types import Finding

_REMOVES = frozenset({"remove", "pop", "append", "insert", "add", "discard"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)


def loops_of(answer: Answer) -> Iterator[Loop]:
    """All loops of the answer."""
    for node in answer.every(ast.AST):
        if isinstance(node, _LOOPS):
            yield node


def leaves_in_first_round(answer: Answer) -> Iterator[Finding]:
    """A loop that cannot reach its second round."""
    for loop in loops_of(answer):
        if any(isinstance(node, ast.Continue) for node in own_nodes(loop)):
            continue
        last = loop.body[-1]
        both_ways = isinstance(last, ast.If) and last.orelse and always_leaves([last]) and not _raises(last)
        if both_ways or isinstance(last, ast.Return | ast.Break):
            yield answer.finding(
                "leaves-loop-in-first-round", last, Sign.BLUNDER, agrees=_decides_too_early(answer)
            )


def _raises(last: ast.If) -> bool:
    return isinstance(last.body[-1], ast.Raise) or isinstance(last.orelse[-1], ast.Raise)


def _decides_too_early(answer: Answer) -> bool:
    """Whether results are yes or no, or less than was expected."""

    def less(got: object, expected: object) -> bool:
        if isinstance(got, bool) or got is None:
            return True
        if isinstance(got, int | float) and isinstance(expected, int | float):
            return abs(got) < abs(expected)
        return (
            isinstance(got, str | list | tuple)
            and isinstance(expected, str | list | tuple)
            and len(got) < len(expected)
        )

    return answer.got_everywhere(lambda one: less(one.got.content, one.expected.content))


def last_element_decides(answer: Answer) -> Iterator[Finding]:
    """``if ...: found = True`` with ``else: found = False`` in a loop that goes on."""
    for loop in loops_of(answer):
        if _leaves(loop):
            continue
        for node in loop.body:
            if (
                isinstance(node, ast.If)
                and len(node.orelse) == 1
                and (name := _flag(node.body[-1]))
                and name == _flag(node.orelse[-1])
            ) and not any(reads(one, name) for one in loop.body):
                yield answer.finding(
                    "last-element-decides",
                    node.orelse[-1],
                    Sign.BLUNDER,
                    agrees=True,
                    touches=node,
                    name=name,
                )


def _flag(statement: ast.stmt) -> str:
    """The name that is set to True or False."""
    if (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, bool)
    ):
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) else ""
    return ""


def loop_variable_changed(answer: Answer) -> Iterator[Finding]:
    """``i += 1`` inside ``for i in ...``: the next round takes no notice."""
    for loop in loops_of(answer):
        if (
            not isinstance(loop, ast.For)
            or called(loop.iter) != "range"
            or not isinstance(loop.target, ast.Name)
        ):
            continue
        for node in in_statements(loop.body):
            if isinstance(node, ast.AugAssign) and stores(node, loop.target.id):
                later = any(
                    isinstance(one, ast.Name)
                    and isinstance(one.ctx, ast.Load)
                    and one.id == loop.target.id
                    and one.lineno > node.lineno
                    for one in in_statements(loop.body)
                )
                yield answer.finding(
                    "for-takes-its-own-next",
                    node,
                    Sign.PATTERN if later else Sign.BLUNDER,
                    agrees=not later,
                    name=loop.target.id,
                )


def changed_while_walking(answer: Answer) -> Iterator[Finding]:
    """Elements taken out of, or put into, the list that the loop walks through."""
    for loop in loops_of(answer):
        if not isinstance(loop, ast.For) or not isinstance(loop.iter, ast.Name):
            continue
        for node in in_statements(loop.body):
            if (
                is_method_call(node, _REMOVES)
                and isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
            ):
                changed = same(node.func.value, loop.iter)
            else:
                changed = isinstance(node, ast.Delete) and any(
                    isinstance(one, ast.Subscript) and same(one.value, loop.iter) for one in node.targets
                )
            if changed and not _leaves_after(answer, node):
                yield answer.finding(
                    "changed-while-walking", node, Sign.BLUNDER, agrees=True, name=loop.iter.id
                )


def _leaves_after(answer: Answer, node: ast.AST) -> bool:
    """Whether the block in which the node stands leaves the loop at its end."""
    for held in answer.around(node):
        if isinstance(held, ast.If):
            return any(
                isinstance(block[-1], ast.Return | ast.Break) for block in (held.body, held.orelse) if block
            )
        if isinstance(held, _LOOPS):
            return isinstance(held.body[-1], ast.Return | ast.Break)
    return False


def accumulators(answer: Answer) -> Iterator[Finding]:
    """A total that is begun anew in each round, or replaced in place of being added to."""
    for loop in loops_of(answer):
        block = _block_of(answer, loop)
        behind = block[block.index(loop) + 1 :] if loop in block else []
        ahead = block[: block.index(loop)] if loop in block else []
        for node in loop.body:
            name = _begun(node)
            if name and any(reads(one, name) for one in behind) and _only_grows(loop, node, name):
                yield answer.finding(
                    "total-begins-anew-each-round", node, Sign.BLUNDER, agrees=True, name=name
                )
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                yield from _replaced(answer, loop, node, (ahead, behind))


def _block_of(answer: Answer, loop: Loop) -> list[ast.stmt]:
    held = answer.parents.get(loop)
    for block in ("body", "orelse", "finalbody"):
        statements = getattr(held, block, None)
        if isinstance(statements, list) and loop in statements:
            return statements
    return []


def _begun(node: ast.stmt) -> str:
    """The name that a statement sets to 0, 1, an empty text or an empty list."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        value = node.value
        empty = (
            isinstance(value, ast.Constant)
            and value.value in {0, 1, ""}
            and not isinstance(value.value, bool)
        )
        if empty or is_empty_list(value):
            return node.targets[0].id
    return ""


def _only_grows(loop: Loop, begun: ast.stmt, name: str) -> bool:
    """Whether the rest of the round only adds to the name and never looks at it."""
    nodes = [*in_statements(loop.body)]
    grows = {id(node) for node in nodes if isinstance(node, ast.AugAssign) and stores(node, name)}
    receivers = {
        id(node.func.value)
        for node in nodes
        if _adds(node) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    looked_at = [
        node
        for node in nodes
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    kept_apart = all(id(node) in receivers for node in looked_at)
    again = any(isinstance(node, ast.Assign) and node is not begun and stores(node, name) for node in nodes)
    return (bool(grows) or bool(looked_at)) and kept_apart and not again


def _adds(node: ast.AST) -> bool:
    return is_method_call(node, frozenset({"append", "add", "extend"}))


def _leaves(loop: Loop) -> bool:
    return any(isinstance(node, ast.Break | ast.Return) for node in own_nodes(loop))


def _replaced(
    answer: Answer, loop: Loop, node: ast.Assign, around: tuple[Sequence[ast.stmt], Sequence[ast.stmt]]
) -> Iterator[Finding]:
    """``total = x`` in each round, where total was begun at 0 before and is used behind the loop."""
    target, (ahead, behind) = node.targets[0], around
    if not isinstance(target, ast.Name) or is_text(node.value) or isinstance(node.value, ast.Constant):
        return
    name = target.id
    used = any(reads(one, name) for one in behind)
    if used and any(_flag(one) == name for one in ahead) and not _leaves(loop) and not reads(loop, name):
        yield answer.finding("last-element-decides", node, Sign.BLUNDER, agrees=True, name=name)
        return
    begun = used and any(_begun(one) == name for one in ahead)
    read = any(reads(one, name) for one in loop.body) or any(
        isinstance(one, ast.Break) for one in own_nodes(loop)
    )
    if begun and not read:
        yield answer.finding(
            "total-is-replaced", node, Sign.PATTERN, agrees=_decides_too_early(answer), name=name
        )


def plus_behind_equals(answer: Answer) -> Iterator[Finding]:
    """``total =+ x``, which only sets the total to x."""
    for node in answer.every(ast.Assign):
        value = node.value
        if (
            isinstance(value, ast.UnaryOp)
            and isinstance(value.op, ast.UAdd | ast.USub)
            and 0 < node.lineno <= len(answer.rows)
        ) and re.search(r"=[+-]\s", answer.rows[node.lineno - 1]):
            yield answer.finding("plus-stands-before-equals", node, Sign.BLUNDER, agrees=True)


def extreme_begins_at_zero(answer: Answer) -> Iterator[Finding]:
    """A largest or smallest value that begins at 0."""
    for node in answer.every(ast.If):
        test = node.test
        if not (
            isinstance(test, ast.Compare)
            and len(test.ops) == 1
            and isinstance(test.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE)
        ):
            continue
        names = {one.id for one in (test.left, test.comparators[0]) if isinstance(one, ast.Name)}
        kept = {one.id for one in targets(node.body[0]) if isinstance(one, ast.Name)} & names
        if not (kept and isinstance(node.body[0], ast.Assign)) or not any(
            isinstance(held, ast.For) for held in answer.around(node)
        ):
            continue
        for begun in answer.every(ast.Assign):
            if (
                is_number(begun.value, 0)
                and any(stores(begun, name) for name in kept)
                and begun.lineno < node.lineno
            ):
                zero = any(
                    check.got in {"0", "0.0", "np.float64(0.0)"} or "-" in check.call
                    for check in answer.failing
                )
                yield answer.finding(
                    "extreme-begins-at-zero",
                    begun,
                    Sign.HABIT,
                    agrees=zero,
                    touches=node,
                    name=min(kept),
                )


def endless(answer: Answer) -> Iterator[Finding]:
    """A ``while`` whose condition nothing in its body can change."""
    seen = False
    for loop in answer.every(ast.While):
        body = [*in_statements(loop.body)]
        if any(isinstance(node, ast.Break | ast.Return | ast.Raise) for node in body):
            continue
        names = {node.id for node in ast.walk(loop.test) if isinstance(node, ast.Name)}
        changes = any(
            isinstance(node, ast.Name) and node.id in names and not isinstance(node.ctx, ast.Load)
            for node in body
        )
        works = any(
            isinstance(node, ast.Call | ast.Subscript | ast.Attribute) for node in ast.walk(loop.test)
        ) or any(isinstance(node, ast.Attribute) for node in body)
        if not changes and not works:
            seen = True
            yield answer.finding("while-never-ends", loop, Sign.BLUNDER, agrees=answer.timed_out)
    if answer.timed_out and not seen:
        whiles = [loop for loop in answer.every(ast.While) if answer.suspect(loop)]
        if whiles:
            standing = [loop for loop in whiles if _counter_stands_still(loop)]
            yield answer.finding("while-never-ends", (standing or whiles)[-1], Sign.SYMPTOM, agrees=True)
        else:
            yield answer.finding("takes-too-many-steps", _inmost_loop(answer), Sign.SYMPTOM, agrees=True)


def _counter_stands_still(loop: ast.While) -> bool:
    """Whether what is compared first is a name that the body never assigns."""
    first = loop.test.left if isinstance(loop.test, ast.Compare) else None
    return isinstance(first, ast.Name) and not any(stores(one, first.id) for one in in_statements(loop.body))


def _inmost_loop(answer: Answer) -> ast.AST | int:
    """The loop with most loops around it."""
    every = [
        (sum(isinstance(held, _LOOPS) for held in answer.around(loop)), -loop.lineno, loop)
        for loop in loops_of(answer)
    ]
    return max(every, key=lambda one: one[:2])[2] if every else 1


def index_for_element(answer: Answer) -> Iterator[Finding]:
    """``for i in range(len(x))`` that works with i as if it were the element, or the reverse."""
    for loop in loops_of(answer):
        if not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            continue
        name, sequence = loop.target.id, range_over_length(loop)
        indexed = [
            node
            for node in in_statements(loop.body)
            if isinstance(node, ast.Subscript) and reads(node.slice, name)
        ]
        if (
            isinstance(sequence, ast.Name)
            and not any(reads(one, sequence.id) for one in loop.body)
            and any(reads(one, name) for one in loop.body)
        ):
            if not indexed and not any(isinstance(node, ast.Call) for node in in_statements(loop.body)):
                yield answer.finding(
                    "index-is-not-the-element",
                    loop,
                    Sign.PATTERN,
                    agrees=bool(answer.comparisons),
                    touches=loop.body[0],
                    name=name,
                )
        elif isinstance(loop.iter, ast.Name):
            for node in indexed:
                if isinstance(node.slice, ast.Name) and same(node.value, loop.iter):
                    told = answer.ends_at(node, "IndexError", "TypeError")
                    yield answer.finding(
                        "element-is-not-its-index", node, Sign.PATTERN, agrees=told, name=name
                    )


PATTERNS: tuple[Pattern, ...] = (
    leaves_in_first_round,
    last_element_decides,
    loop_variable_changed,
    changed_while_walking,
    accumulators,
    plus_behind_equals,
    extreme_begins_at_zero,
    endless,
    index_for_element,
)
