"""Where a program can be edited: each expression with the role it plays, each block with what is around."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from darsgah_tutor.repair.trees import BLOCKS, Place, parts


class Role(Enum):
    """What an expression is for; expressions of one role may stand for each other."""

    CONDITION = "condition"
    ITERABLE = "iterable"
    RETURNED = "returned"
    ASSIGNED = "assigned"
    ARGUMENT = "argument"
    INDEX = "index"
    OPERAND = "operand"
    CALLEE = "callee"
    OWNER = "owner"
    OTHER = "other"


_ROLES = {
    (ast.If, "test"): Role.CONDITION,
    (ast.While, "test"): Role.CONDITION,
    (ast.IfExp, "test"): Role.CONDITION,
    (ast.BoolOp, "values"): Role.CONDITION,
    (ast.comprehension, "ifs"): Role.CONDITION,
    (ast.comprehension, "iter"): Role.ITERABLE,
    (ast.For, "iter"): Role.ITERABLE,
    (ast.Return, "value"): Role.RETURNED,
    (ast.Assign, "value"): Role.ASSIGNED,
    (ast.AugAssign, "value"): Role.ASSIGNED,
    (ast.Call, "func"): Role.CALLEE,
    (ast.Attribute, "value"): Role.OWNER,
    (ast.Subscript, "value"): Role.OWNER,
    (ast.Call, "args"): Role.ARGUMENT,
    (ast.keyword, "value"): Role.ARGUMENT,
    (ast.Subscript, "slice"): Role.INDEX,
    (ast.Slice, "lower"): Role.INDEX,
    (ast.Slice, "upper"): Role.INDEX,
    (ast.BinOp, "left"): Role.OPERAND,
    (ast.BinOp, "right"): Role.OPERAND,
    (ast.Compare, "left"): Role.OPERAND,
    (ast.Compare, "comparators"): Role.OPERAND,
}


@dataclass(frozen=True, slots=True)
class Site:
    """An expression of a program.

    Attributes:
        place: from the module.
        line: of the statement that it is in.
        function: the name of the function around it; empty on the module's own level.
        parent: the node that it is a part of.
    """

    node: ast.expr
    place: Place
    line: int
    function: str
    role: Role
    parent: ast.AST


@dataclass(frozen=True, slots=True)
class Block:
    """A list of statements of a program.

    Attributes:
        place: its owner's, from the module.
        name: the owner's field.
        above: the owner's own block, and its index there; None on the module's level.
        in_loop: a loop of the same function is around it.
    """

    statements: list[ast.stmt]
    owner: ast.stmt | ast.mod
    place: Place
    name: str
    function: str
    above: "tuple[Block, int] | None"
    in_loop: bool


def sites(module: ast.Module) -> Iterator[Site]:
    """All expressions that are read, in order."""
    yield from _sites(module, (), 0, "")


def blocks(module: ast.Module) -> Iterator[Block]:
    """All blocks, outer ones first."""
    yield from _blocks(Block(module.body, module, (), "body", "", None, in_loop=False))


def _sites(node: ast.AST, place: Place, line: int, function: str) -> Iterator[Site]:
    function = node.name if isinstance(node, ast.FunctionDef) else function
    for name, index, part in parts(node):
        here = (*place, (name, index))
        at = part.lineno if isinstance(part, ast.stmt) else line
        is_read = isinstance(getattr(part, "ctx", ast.Load()), ast.Load)
        in_text = isinstance(node, ast.JoinedStr | ast.FormattedValue)
        if isinstance(part, ast.expr) and is_read and not in_text:
            role = _ROLES.get((type(node), name), Role.OTHER)
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
                role = Role.CONDITION
            yield Site(part, here, at, function, role, node)
        yield from _sites(part, here, at, function)


def _blocks(block: Block) -> Iterator[Block]:
    yield block
    for index, statement in enumerate(block.statements):
        function = isinstance(statement, ast.FunctionDef)
        within = not function and (block.in_loop or isinstance(statement, ast.For | ast.While))
        for name in BLOCKS:
            inner = getattr(statement, name, None)
            if inner:
                place = (*block.place, (block.name, index))
                around = statement.name if isinstance(statement, ast.FunctionDef) else block.function
                yield from _blocks(
                    Block(inner, statement, place, name, around, (block, index), in_loop=within)
                )
