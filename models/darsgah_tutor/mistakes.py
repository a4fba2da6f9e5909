"""Rewrites of correct programs into what learners write who hold something for true that is not so.

Small slips are the mutants' (``darsgah_labs.mutation``); these are the larger ones, which no change of one
token makes: a statement on the wrong side of a loop's end, a value printed instead of returned, a special
case forgotten, a line that is no Python. Each carries the name of the general bank where one fits.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
Rewrite = Callable[[ast.Module], Iterator[ast.Module]]
"""Every program with one mistake of a sort; its name says which."""
_BLOCKS = ("body", "orelse", "finalbody")
_IN_PLACE = {"sorted": "sort", "reversed": "reverse"}
_RETURN_NOTHING = frozenset({"append", "extend", "sort", "add", "reverse"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A program with one mistake.

    Attributes:
        kind: what sort of mistake it is.
        misconception: of the general bank; empty where many lead to the same.
        source: as ``ast.unparse`` writes it; that of a line that is no Python has this line changed.
    """

    kind: str
    misconception: str
    source: str


def mistakes(source: str) -> list[Mistake]:
    """Every rewrite of a program, each once; none of one that does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    seen = {ast.unparse(tree)}
    found = []
    for name, rewrite in _REWRITES:
        kind = rewrite.__name__.strip("_").replace("_", " ")
        for changed in rewrite(tree):
            text = ast.unparse(changed)
            if text not in seen:
                seen.add(text)
                found.append(Mistake(kind, name, text))
    return found + [one for one in _unparsable(ast.unparse(tree)) if one.source not in seen]


def _prints(tree: ast.Module) -> Iterator[ast.Module]:
    for at, node in _numbered(tree, ast.Return):
        if node.value is not None:
            yield _exchanged(tree, at, ast.Expr(_call("print", node.value)))


def _into_loop(tree: ast.Module) -> Iterator[ast.Module]:
    """The return behind a loop is indented into it."""
    for block, at in _places(tree):
        if isinstance(block[at], ast.Return) and at and isinstance(block[at - 1], ast.For | ast.While):
            copied, same = _copied(tree, block)
            moved = same.pop(at)
            _block(same[at - 1]).append(moved)
            yield copied


def _begins_anew(tree: ast.Module) -> Iterator[ast.Module]:
    """What is set before a loop is set in each round."""
    for block, at in _places(tree):
        if isinstance(block[at], ast.For | ast.While) and at and isinstance(block[at - 1], ast.Assign):
            copied, same = _copied(tree, block)
            moved = same.pop(at - 1)
            _block(same[at - 1]).insert(0, moved)
            yield copied


def _out_of_block(tree: ast.Module) -> Iterator[ast.Module]:
    """The last statement of a loop or a branch stands behind it."""
    for block, at in _places(tree):
        inner = block[at]
        if isinstance(inner, ast.For | ast.While | ast.If) and len(inner.body) > 1:
            copied, same = _copied(tree, block)
            moved = _block(same[at]).pop()
            same.insert(at + 1, moved)
            yield copied


def _forgotten_case(tree: ast.Module) -> Iterator[ast.Module]:
    """A branch that answers at once is not there; where it had another, that one always runs."""
    for block, at in _places(tree):
        inner = block[at]
        if isinstance(inner, ast.If) and isinstance(inner.body[-1], ast.Return | ast.Raise):
            copied, same = _copied(tree, block)
            same[at : at + 1] = _of(same[at], ast.If).orelse
            if same:
                yield copied


def _forgotten_statement(tree: ast.Module) -> Iterator[ast.Module]:
    for block, at in _places(tree):
        if len(block) > 1 and isinstance(block[at], ast.Assign | ast.AugAssign | ast.Expr | ast.Return):
            copied, same = _copied(tree, block)
            del same[at]
            yield copied


def _swapped_statements(tree: ast.Module) -> Iterator[ast.Module]:
    simple = ast.Assign | ast.AugAssign | ast.Expr
    for block, at in _places(tree):
        if at and isinstance(block[at], simple) and isinstance(block[at - 1], simple):
            copied, same = _copied(tree, block)
            same[at - 1], same[at] = same[at], same[at - 1]
            yield copied


def _swapped_cases(tree: ast.Module) -> Iterator[ast.Module]:
    """Of an if and its elif the second comes first."""
    for at, node in _numbered(tree, ast.If):
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            copied = copy.deepcopy(tree)
            first = _at(copied, at, ast.If)
            second = _of(first.orelse[0], ast.If)
            first.test, second.test = second.test, first.test
            first.body, second.body = second.body, first.body
            yield copied


def _elements_for_places(tree: ast.Module) -> Iterator[ast.Module]:
    """``for i in x`` for ``for i in range(len(x))``."""
    for at, node in _numbered(tree, ast.For):
        call = node.iter
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range":
            walked = call.args[-1]
            if isinstance(walked, ast.Call) and isinstance(walked.func, ast.Name) and walked.func.id == "len":
                copied = copy.deepcopy(tree)
                _at(copied, at, ast.For).iter = walked.args[0]
                yield copied


def _in_place_kept(tree: ast.Module) -> Iterator[ast.Module]:
    """``x = x.append(y)``, and ``x = y.sort()`` for ``x = sorted(y)``."""
    for at, node in _numbered(tree, ast.Expr):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            kept = call.func.value
            if call.func.attr in _RETURN_NOTHING and isinstance(kept, ast.Name):
                yield _exchanged(tree, at, ast.Assign([ast.Name(kept.id, ast.Store())], call, lineno=0))
    for at, called in _numbered(tree, ast.Call):
        if isinstance(called.func, ast.Name) and called.func.id in _IN_PLACE and len(called.args) == 1:
            method = ast.Attribute(called.args[0], _IN_PLACE[called.func.id], ast.Load())
            yield _exchanged(tree, at, ast.Call(method, [], called.keywords))


def _value_dropped(tree: ast.Module) -> Iterator[ast.Module]:
    """``x.strip()`` for ``x = x.strip()``."""
    for at, node in _numbered(tree, ast.Assign):
        if isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node.value)):
                yield _exchanged(tree, at, ast.Expr(node.value))


def _text_for_name(tree: ast.Module) -> Iterator[ast.Module]:
    for at, node in _numbered(tree, ast.Name):
        if isinstance(node.ctx, ast.Load) and _is_local(tree, node.id):
            yield _exchanged(tree, at, ast.Constant(node.id))


def _misspelt(tree: ast.Module) -> Iterator[ast.Module]:
    for at, node in _numbered(tree, ast.Name):
        if isinstance(node.ctx, ast.Load) and _is_local(tree, node.id):
            other = node.id[:-1] if len(node.id) > 3 else node.id + "s"
            yield _exchanged(tree, at, ast.Name(other, ast.Load()))


def _same_object(tree: ast.Module) -> Iterator[ast.Module]:
    for at, node in _numbered(tree, ast.Compare):
        if len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            yield _exchanged(tree, at, ast.Compare(node.left, [ast.Is()], node.comparators))


def _calls_itself_unchanged(tree: ast.Module) -> Iterator[ast.Module]:
    """A function calls itself with the arguments that it was given."""
    for function in ast.walk(tree):
        if not isinstance(function, _FUNCTIONS):
            continue
        given = [arg.arg for arg in function.args.args]
        for at, node in _numbered(tree, ast.Call):
            named = isinstance(node.func, ast.Name) and node.func.id == function.name
            if named and given and len(node.args) == len(given):
                again = [ast.Name(name, ast.Load()) for name in given]
                yield _exchanged(tree, at, ast.Call(node.func, list(again), node.keywords))


def _element_for_list(tree: ast.Module) -> Iterator[ast.Module]:
    """``x += y`` for ``x.append(y)``, and ``x.extend(y)``."""
    for at, node in _numbered(tree, ast.Expr):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "append":
            held = call.func.value
            if isinstance(held, ast.Name) and len(call.args) == 1:
                extended = ast.Attribute(held, "extend", ast.Load())
                yield _exchanged(tree, at, ast.Expr(ast.Call(extended, call.args, [])))
                target = ast.Name(held.id, ast.Store())
                yield _exchanged(tree, at, ast.AugAssign(target, ast.Add(), call.args[0]))


def _needless_case(tree: ast.Module) -> Iterator[ast.Module]:
    """A special case that nobody asked for, answered wrongly."""
    for at, node in _numbered(tree, ast.FunctionDef):
        for given in node.args.args:
            name = ast.Name(given.arg, ast.Load())
            answers = (ast.Constant(None), ast.Constant(0), ast.List([], ast.Load()), name)
            for answer in answers:
                copied = copy.deepcopy(tree)
                case = ast.If(ast.UnaryOp(ast.Not(), name), [ast.Return(answer)], [])
                _at(copied, at, ast.FunctionDef).body.insert(0, case)
                yield copied


def _half_a_case(tree: ast.Module) -> Iterator[ast.Module]:
    """``x == []`` for ``not x``, and ``x == ()``: other kinds of nothing are not thought of."""
    for at, node in _numbered(tree, ast.UnaryOp):
        if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Name):
            for nothing in (ast.List([], ast.Load()), ast.Tuple([], ast.Load()), ast.Constant("")):
                yield _exchanged(tree, at, ast.Compare(node.operand, [ast.Eq()], [nothing]))


def _first_answer_counts(tree: ast.Module) -> Iterator[ast.Module]:
    """A loop that looks for something gives up at the first that is not it."""
    for block, at in _places(tree):
        loop = block[at]
        if not isinstance(loop, ast.For) or at + 1 >= len(block) or not isinstance(block[at + 1], ast.Return):
            continue
        inner = loop.body[-1]
        if isinstance(inner, ast.If) and not inner.orelse and isinstance(inner.body[-1], ast.Return):
            copied, same = _copied(tree, block)
            _of(_block(same[at])[-1], ast.If).orelse = [same.pop(at + 1)]
            yield copied


_REWRITES: tuple[tuple[str, Rewrite], ...] = (
    ("prints-instead-of-returning", _prints),
    ("leaves-loop-in-first-round", _into_loop),
    ("total-begins-anew-each-round", _begins_anew),
    ("indentation-says-what-belongs", _out_of_block),
    ("", _forgotten_case),
    ("", _forgotten_statement),
    ("", _swapped_statements),
    ("wide-condition-comes-first", _swapped_cases),
    ("index-is-not-the-element", _elements_for_places),
    ("in-place-returns-none", _in_place_kept),
    ("functions-give-a-new-value", _value_dropped),
    ("quotes-make-it-a-text", _text_for_name),
    ("name-is-misspelt", _misspelt),
    ("is-asks-for-the-same-object", _same_object),
    ("recursion-does-not-shrink", _calls_itself_unchanged),
    ("append-adds-one-element", _element_for_list),
    ("", _needless_case),
    ("", _half_a_case),
    ("leaves-loop-in-first-round", _first_answer_counts),
)


def _unparsable(source: str) -> Iterator[Mistake]:
    """Programs with one line that is no Python."""
    lines = source.split("\n")
    for at, line in enumerate(lines):
        if line.endswith(":"):
            yield Mistake("line", "colon-missing", _with_line(lines, at, line[:-1]))
        if line.endswith(":") and "==" in line:
            yield Mistake("line", "equals-sign-compares", _with_line(lines, at, line.replace("==", "=", 1)))
        if line.endswith(")"):
            yield Mistake("line", "bracket-not-closed", _with_line(lines, at, line[:-1]))


def _with_line(lines: list[str], at: int, line: str) -> str:
    return "\n".join([*lines[:at], line, *lines[at + 1 :]])


def _places(tree: ast.Module) -> Iterator[tuple[list[ast.stmt], int]]:
    """Every statement as the block that holds it and its place there."""
    for node in ast.walk(tree):
        for name in _BLOCKS:
            block = getattr(node, name, None)
            if isinstance(block, list):
                for at in range(len(block)):
                    yield block, at


def _copied(tree: ast.Module, block: list[ast.stmt]) -> tuple[ast.Module, list[ast.stmt]]:
    """A copy of the tree with the block in it that stands where ``block`` does."""
    memory: dict[int, list[ast.stmt]] = {}
    copied = copy.deepcopy(tree, memory)
    return copied, memory[id(block)]


def _block(statement: ast.stmt) -> list[ast.stmt]:
    """What a loop or a branch holds."""
    if not isinstance(statement, ast.For | ast.While | ast.If):
        raise TypeError(f"{statement!r} holds no block")
    return statement.body


def _numbered(tree: ast.Module, kind: type[Node]) -> Iterator[tuple[int, Node]]:
    """The nodes of a kind, each with its place in a walk."""
    for at, node in enumerate(ast.walk(tree)):
        if isinstance(node, kind):
            yield at, node


def _at(tree: ast.Module, place: int, kind: type[Node]) -> Node:
    return _of(next(islice(ast.walk(tree), place, None)), kind)


def _of(node: ast.AST, kind: type[Node]) -> Node:
    """The node itself, which is known to be of that kind."""
    if not isinstance(node, kind):
        raise TypeError(f"{node!r} is no {kind.__name__}")
    return node


def _exchanged(tree: ast.Module, place: int, new: ast.AST) -> ast.Module:
    """The tree with another node at a place of the walk; what is not on the way there, both share."""
    return _of(_with(tree, _at(tree, place, ast.AST), new), ast.Module)


def _with(node: ast.AST, old: ast.AST, new: ast.AST) -> ast.AST:
    if node is old:
        return new
    changes: dict[str, object] = {}
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            other = _with(value, old, new)
            if other is not value:
                changes[name] = other
        elif isinstance(value, list):
            others = [_with(one, old, new) if isinstance(one, ast.AST) else one for one in value]
            if any(one is not other for one, other in zip(value, others, strict=True)):
                changes[name] = others
    if not changes:
        return node
    changed = copy.copy(node)
    for name, value in changes.items():
        setattr(changed, name, value)
    return changed


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _is_local(tree: ast.Module, name: str) -> bool:
    """Whether the program itself gives the name a value."""
    return any(
        (isinstance(node, ast.arg) and node.arg == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        for node in ast.walk(tree)
    )
