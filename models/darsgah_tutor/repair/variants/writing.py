"""How the rules read and write small pieces of programs."""

import ast
from collections.abc import Iterable, Mapping

from darsgah_tutor.repair.trees import canonical, clone

Statements = list[ast.stmt]


def name(text: str) -> ast.Name:
    """A variable that is read."""
    return ast.Name(text, ast.Load())


def target(text: str) -> ast.Name:
    """A variable that is bound."""
    return ast.Name(text, ast.Store())


def assigned(text: str, value: ast.expr) -> ast.Assign:
    """``text = value``."""
    return ast.Assign([target(text)], value, lineno=0)


def called(function: str, *arguments: ast.expr) -> ast.Call:
    """A call of a built-in function."""
    return ast.Call(name(function), list(arguments), [])


def method(owner: ast.expr, attribute: str, *arguments: ast.expr) -> ast.Expr:
    """A statement that calls a method."""
    return ast.Expr(ast.Call(ast.Attribute(owner, attribute, ast.Load()), list(arguments), []), lineno=0)


def if_(test: ast.expr, body: Statements, orelse: Statements | None = None) -> ast.If:
    """A branch."""
    return ast.If(test, body, orelse or [], lineno=0)


def each(variable: ast.expr, iterable: ast.expr, body: Statements) -> ast.For:
    """A loop without else."""
    return ast.For(variable, iterable, body, [], lineno=0)


def negated(test: ast.expr) -> ast.expr:
    """The opposite of a condition, by de Morgan where it is a conjunction or disjunction."""
    opposite = {
        ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq,
        ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    }  # fmt: skip
    match test:
        case ast.UnaryOp(op=ast.Not()):
            return test.operand
        case ast.Compare(ops=[op]):
            return ast.Compare(test.left, [opposite[type(op)]()], test.comparators)
        case ast.BoolOp():
            joint = ast.Or() if isinstance(test.op, ast.And) else ast.And()
            return ast.BoolOp(joint, [negated(value) for value in test.values])
        case ast.Constant(value=bool(value)):
            return ast.Constant(not value)
    return ast.UnaryOp(ast.Not(), test)


def replaced(statements: Iterable[ast.stmt], expressions: Mapping[str, ast.expr]) -> Statements:
    """The statements with other expressions for those of the given canonical texts, where they are read."""
    transformer = _Replaced(expressions)
    module = ast.Module([clone(statement) for statement in statements], [])
    transformer.generic_visit(module)
    return module.body


def fresh(text: str, around: Iterable[ast.AST]) -> str:
    """A name like ``text`` that nothing around uses."""
    used = {node.id for root in around for node in ast.walk(root) if isinstance(node, ast.Name)}
    while text in used:
        text += "_"
    return text


def reads(statements: Iterable[ast.AST], variable: str) -> int:
    """How often a variable is read."""
    return sum(
        isinstance(node, ast.Name) and node.id == variable and isinstance(node.ctx, ast.Load)
        for statement in statements
        for node in ast.walk(statement)
    )


def binds(statements: Iterable[ast.AST], variable: str) -> bool:
    """A variable is bound somewhere in the statements."""
    return any(
        isinstance(node, ast.Name) and node.id == variable and not isinstance(node.ctx, ast.Load)
        for statement in statements
        for node in ast.walk(statement)
    )


def ends(statements: Statements) -> bool:
    """Nothing behind these statements runs after them."""
    return bool(statements) and isinstance(statements[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def skips(statements: Iterable[ast.AST]) -> bool:
    """There is a ``continue``, of this loop or an inner one."""
    return any(isinstance(node, ast.Continue) for statement in statements for node in ast.walk(statement))


class _Replaced(ast.NodeTransformer):
    def __init__(self, expressions: Mapping[str, ast.expr]) -> None:
        self._expressions = expressions

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            new = self._expressions.get(canonical(clone(node)))
            if new is not None:
                return new
        self.generic_visit(node)
        return node
