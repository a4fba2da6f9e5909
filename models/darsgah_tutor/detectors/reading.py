"""Questions that patterns ask of a syntax tree again and again: names, calls, what belongs to a function.

Nothing here recurses: a learner's expression may be nested as deep as the parser allows.
"""

import ast
from collections.abc import Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While
NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

CHANGES_IN_PLACE = frozenset(
    {"append", "extend", "insert", "remove", "sort", "reverse", "clear", "update", "add", "discard"}
)
"""Methods of lists, sets and dictionaries that change their object and return None."""


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function, loop or module, without the insides of functions and classes in it."""
    waiting = [*ast.iter_child_nodes(node)][::-1]
    while waiting:
        current = waiting.pop()
        yield current
        if not isinstance(current, NESTED):
            waiting.extend([*ast.iter_child_nodes(current)][::-1])


def in_statements(statements: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The statements and what stands in them, without the insides of functions and classes."""
    for statement in statements:
        yield statement
        if not isinstance(statement, NESTED):
            yield from own_nodes(statement)


def same(left: ast.AST, right: ast.AST) -> bool:
    """Whether two expressions are written alike; those too deep to compare are not."""
    try:
        return ast.dump(left).replace("Store()", "Load()") == ast.dump(right).replace("Store()", "Load()")
    except RecursionError:
        return False


def text_of(node: ast.AST) -> str:
    """The expression as Python writes it; empty where it is too deep or too long to be named in a hint."""
    try:
        text = ast.unparse(node)
    except (RecursionError, ValueError):
        return ""
    return text if len(text) <= 40 and "\n" not in text else ""


def dotted(node: ast.AST) -> str:
    """``np.random.seed`` for such an expression; where its root is no name the first part is empty."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    parts.append(node.id if isinstance(node, ast.Name) else "")
    return ".".join(reversed(parts))


def called(node: ast.AST) -> str:
    """The last part of what is called: ``mean`` for ``np.mean(x)`` and ``x.mean()``; else empty."""
    return dotted(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def is_method_call(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether it is ``something.method(...)`` with one of these methods."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value given by that keyword."""
    return next((one.value for one in call.keywords if one.arg == name), None)


def is_number(node: ast.AST | None, *values: float) -> bool:
    """Whether it is a number in the source, one of ``values`` where some are named; not True or False."""
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    inner = node.operand if isinstance(node, ast.UnaryOp) and negative else node
    value = inner.value if isinstance(inner, ast.Constant) else None
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return not values or (-value if negative else value) in values


def is_text(node: ast.AST | None) -> bool:
    """Whether it is a text in the source."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_empty_list(node: ast.AST | None) -> bool:
    """Whether it makes a new empty list, dictionary or set."""
    if isinstance(node, ast.List):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    return called(node) in {"list", "dict", "set"} and not node.args if isinstance(node, ast.Call) else False


def parameters(function: Function) -> list[str]:
    """Its parameters by name, in order."""
    every = function.args
    return [one.arg for one in (*every.posonlyargs, *every.args, *every.kwonlyargs)]


def loads(nodes: Iterator[ast.AST]) -> Iterator[ast.Name]:
    """Names that are read."""
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node


def reads(node: ast.AST, name: str) -> bool:
    """Whether the name is read anywhere in it."""
    return any(one.id == name for one in loads(ast.walk(node)))


def mentions(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether any of the names is written in it."""
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))


def targets(statement: ast.AST) -> Iterator[ast.expr]:
    """What a statement assigns to, tuples taken apart."""
    waiting: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        waiting.extend(statement.targets)
    elif isinstance(statement, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor):
        waiting.append(statement.target)
    while waiting:
        target = waiting.pop(0)
        if isinstance(target, ast.Tuple | ast.List):
            waiting.extend(target.elts)
        else:
            yield target


def stores(statement: ast.AST, name: str) -> bool:
    """Whether the statement gives that name a value."""
    return any(isinstance(target, ast.Name) and target.id == name for target in targets(statement))


def returns_value(node: ast.AST) -> bool:
    """Whether it is a ``return`` of something that is not plainly None."""
    return (
        isinstance(node, ast.Return)
        and node.value is not None
        and not (isinstance(node.value, ast.Constant) and node.value.value is None)
    )


def always_leaves(statements: Sequence[ast.stmt]) -> bool:
    """Whether a block never goes on past its end: return, raise, or an ``if`` all of whose ways leave."""
    while statements:
        last = statements[-1]
        if isinstance(last, ast.Return | ast.Raise):
            return True
        if isinstance(last, ast.With | ast.AsyncWith):
            statements = last.body
        elif isinstance(last, ast.If) and last.orelse:
            if not _leaves_simply(last.body):
                return False
            statements = last.orelse
        elif isinstance(last, ast.While) and isinstance(last.test, ast.Constant) and last.test.value:
            return not any(isinstance(node, ast.Break) for node in own_nodes(last))
        else:
            return isinstance(last, ast.Try | ast.Match)
    return False


def _leaves_simply(statements: Sequence[ast.stmt]) -> bool:
    """As ``always_leaves``, for the first way of an ``if``: looks two ``if`` deep and not further."""
    last = statements[-1]
    if isinstance(last, ast.If) and last.orelse:
        return all(isinstance(way[-1], ast.Return | ast.Raise) for way in (last.body, last.orelse))
    return isinstance(last, ast.Return | ast.Raise)


def calls_to(node: ast.AST, name: str) -> Iterator[ast.Call]:
    """Calls of a plain name."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == name:
            yield one


def is_length(node: ast.AST | None) -> bool:
    """Whether it is ``len(...)`` or an array's shape or size."""
    if isinstance(node, ast.Subscript):
        node = node.value
    return (
        called(node) == "len"
        if isinstance(node, ast.Call)
        else isinstance(node, ast.Attribute) and node.attr in {"shape", "size"}
    )


def range_over_length(loop: ast.AST) -> ast.expr | None:
    """The sequence of ``for i in range(len(sequence))``, whatever is added to or taken from the length."""
    if not (isinstance(loop, ast.For) and isinstance(loop.iter, ast.Call) and called(loop.iter) == "range"):
        return None
    for node in ast.walk(loop.iter):
        if isinstance(node, ast.Call) and called(node) == "len" and node.args:
            return node.args[0]
    return None


def names_in(node: ast.AST) -> list[str]:
    """All names that are written in it."""
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
