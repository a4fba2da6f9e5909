"""The words of each code line of an answer, with the names that its author chose taken out.

A model that reads ``fibonacci`` learns the task; one that reads ``function 1`` learns what is done wrong.
What Python and its libraries name keeps its name. Statements are spelt as ``ast.unparse`` spells them, those
that hold others by their head alone, so that comments, brackets nobody needs and lines broken in two make no
difference.
"""

import ast
import builtins
import io
import keyword
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Mapping

from darsgah_tutor.spectrum import code_lines

BUILTINS = frozenset(dir(builtins))
"""Names that Python itself gives a value."""
_MOST_NAMES = 15
"""Names of a role that are told apart; the rest share the last number."""
_NUMBER = re.compile(r"\d+")
_NO_WORDS = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)
_Functions = ast.FunctionDef | ast.AsyncFunctionDef


def words_of_lines(source: str, tree: ast.Module | None) -> dict[int, list[str]]:
    """Words by code line, in the order of the lines.

    Args:
        tree: of the source; None where it does not parse, and then the lines are taken as they are written.
    """
    lines = code_lines(source)
    if tree is None:
        written = source.split("\n")
        return {line: list(_words(written[line - 1].strip(), {})) for line in lines}
    names = roles(tree)
    wanted = set(lines)
    found: defaultdict[int, list[str]] = defaultdict(list)
    for statement, opening in _statements(tree.body, ""):
        if statement.lineno in wanted:
            found[statement.lineno] += [*opening.split(), *_words(_head(statement), names)]
    return {line: found[line] for line in lines}


def roles(tree: ast.Module) -> dict[str, str]:
    """What the answer's own names are: ``parameter 1``, ``function 2``, ``local 3``, numbered as they come.

    Those of imports stay as they are: ``import np``.
    """
    counts: defaultdict[str, int] = defaultdict(int)
    names = {name: f"import {name}" for name in _imported(tree)}
    for role, name in _bound(tree):
        if name not in names:
            counts[role] = min(counts[role] + 1, _MOST_NAMES)
            names[name] = f"{role} {counts[role]}"
    return names


def _bound(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, _Functions):
            yield "function", node.name
        elif isinstance(node, ast.ClassDef):
            yield "class", node.name
        elif isinstance(node, ast.arg):
            yield "parameter", node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield "local", node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield "attribute", node.attr
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield "local", node.name


def _imported(tree: ast.Module) -> set[str]:
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _statements(block: list[ast.stmt], opening: str) -> Iterator[tuple[ast.stmt, str]]:
    """Every statement with the word that stands before it: ``else``, ``except``, ``finally``."""
    for at, statement in enumerate(block):
        yield statement, opening if at == 0 else ""
        yield from _statements(getattr(statement, "body", []), "")
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body, "except")
        yield from _statements(getattr(statement, "orelse", []), "else")
        yield from _statements(getattr(statement, "finalbody", []), "finally")
        for case in getattr(statement, "cases", []):
            yield from _statements(case.body, "case")


def _head(statement: ast.stmt) -> str:
    """The statement, without those that it holds."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            head = f"def {statement.name}({ast.unparse(statement.args)}):"
        case ast.ClassDef():
            head = f"class {statement.name}({', '.join(ast.unparse(base) for base in statement.bases)}):"
        case ast.If():
            head = f"if {ast.unparse(statement.test)}:"
        case ast.While():
            head = f"while {ast.unparse(statement.test)}:"
        case ast.For() | ast.AsyncFor():
            head = f"for {ast.unparse(statement.target)} in {ast.unparse(statement.iter)}:"
        case ast.With() | ast.AsyncWith():
            head = f"with {', '.join(ast.unparse(item) for item in statement.items)}:"
        case ast.Match():
            head = f"match {ast.unparse(statement.subject)}:"
        case ast.Try() | ast.TryStar():
            head = "try:"
        case _:
            head = ast.unparse(statement)
    return head


def _words(text: str, names: Mapping[str, str]) -> Iterator[str]:
    """The words of one line; of a line that cannot be read to its end, those up to there."""
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in _NO_WORDS:
                continue
            yield _word(token, before, names)
            before = token.string
    except (tokenize.TokenError, SyntaxError):
        return


def _word(token: tokenize.TokenInfo, before: str, names: Mapping[str, str]) -> str:
    written = token.string
    if token.type == tokenize.NAME:
        return _name(written, before, names)
    if token.type == tokenize.NUMBER:
        small = _NUMBER.fullmatch(written) and int(written) <= 10
        return f"number {written}" if small else "number many" if written.isdigit() else "number real"
    if token.type == tokenize.STRING:
        return f"text {_kind_of_text(written)}"
    return written


def _name(written: str, before: str, names: Mapping[str, str]) -> str:
    if before == ".":
        own = names.get(written, "")
        return own if own.startswith(("attribute", "function")) else f"method {written}"
    if keyword.iskeyword(written):
        return written
    if written in names:
        return f"{names[written]}{' builtin' if written in BUILTINS else ''}"
    return f"builtin {written}" if written in BUILTINS else "unknown"


def _kind_of_text(written: str) -> str:
    inside = written.lstrip("rRbBuUfF").strip("'\"")
    if not inside:
        return "empty"
    if "f" in written[:2].lower():
        return "formatted"
    if len(inside) == 1:
        return "space" if inside == " " else "sign"
    return "word" if inside.isidentifier() else "long"
