"""Where there is code in a hint, and its tokens: fenced blocks, code spans, and statements in plain prose.

A hint may come from an operator's model, so nothing is taken on trust: a line of prose that reads as a Python
statement is code, fence or not.
"""

import ast
import builtins
import keyword
import re

_FENCE = re.compile(
    r"^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n(?P<code>.*?)(?:^[ ]{0,3}(?P=fence)|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SPAN = re.compile(r"(?<!`)(?P<ticks>`{1,2})(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL)
_STATEMENT = re.compile(
    r"""(?x)
    (?<![\w=!<>+*/%&|^-]) [A-Za-z_][\w.]* (?:\[[^\]\n]*\])?
        \s* (?:[-+*/%&|^@]|//|\*\*|<<|>>)? = (?!=) \s* [\w"'(\[{-]
    | \b def \s+ \w+ \s* \(
    | \b class \s+ \w+ \s* [(:]
    | \b for \s+ [\w, ()]+ \s+ in \s+ [^\n]* : (?=\s|$)
    | \b (?:if|elif|while) \s [^\n]*? (?:==|!=|<=|>=|<|>|\(|\[) [^\n]* : (?=\s|$)
    | \b return \s+ [\w.]* \s* [-+*/%(\[{]
    | \b lambda \b [^\n]* :
    | \b (?:import \s+ \w+ | from \s+ [\w.]+ \s+ import) \b
    """
)
_TOKEN = re.compile(
    r"""(?x)
    [rbfuRBFU]{0,2} (?: \"{3}(?s:.*?)\"{3} | '{3}(?s:.*?)'{3} | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
    | [^\W\d]\w*
    | \d[\w.]*
    | \*\*=? | //=? | <<=? | >>=? | -> | := | [-+*/%@&|^<>=!]= | [^\w\s]
    """
)
_COMMENT = re.compile(r"#[^\n]*")
_MARKDOWN_ALONE = frozenset("`~\u2066\u2069")
_STATEMENTS = (
    ast.Assign,
    ast.AugAssign,
    ast.AnnAssign,
    ast.Return,
    ast.Delete,
    ast.FunctionDef,
    ast.ClassDef,
    ast.For,
    ast.While,
    ast.If,
    ast.With,
    ast.Raise,
    ast.Try,
    ast.Assert,
    ast.Import,
    ast.ImportFrom,
    ast.Match,
    ast.AsyncFunctionDef,
)


def blocks(text: str) -> list[str]:
    """The code of every fenced block; one that is never closed runs to the end."""
    return [found["code"] for found in _FENCE.finditer(text)]


def spans(text: str) -> list[str]:
    """The code of every span outside the blocks."""
    return [found["code"].strip() for found in _SPAN.finditer(_FENCE.sub("\n", text))]


def prose(text: str) -> str:
    """What is neither in a block nor in a span."""
    return _SPAN.sub(" … ", _FENCE.sub("\n", text))


def statements(text: str) -> list[str]:
    """Pieces of a hint that do something in Python: blocks, spans and lines of prose that are statements.

    An expression in a span, ``len(names)`` say, is a name for something and no code.
    """
    found = [code for code in blocks(text) if code.strip()]
    found += [code for code in spans(text) if is_statement(code)]
    found += [line.strip() for line in prose(text).splitlines() if _STATEMENT.search(line)]
    return found


def is_statement(code: str) -> bool:
    """Whether it is more than an expression; what does not parse is judged by how it looks."""
    try:
        tree = ast.parse(code.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return bool(_STATEMENT.search(code))
    return any(isinstance(node, _STATEMENTS) for node in tree.body) or len(tree.body) > 1


def tokens(code: str) -> list[str]:
    """Tokens of Python or of prose; comments, line ends and Markdown's fences are none."""
    return [token for token in _TOKEN.findall(_COMMENT.sub("", code)) if token not in _MARKDOWN_ALONE]


def renamed_runs(code: str, length: int) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Every run of so many tokens with its names numbered as they appear, and what it was before.

    Built-in names, attributes and keywords stay; a number is any number and a text any text, so that the same
    code about other data is the same run.
    """
    found = tokens(code)
    kinds = [_kind(token, found[place - 1] if place else "") for place, token in enumerate(found)]
    runs = {}
    for start in range(len(found) - length + 1):
        numbers: dict[str, str] = {}
        run = tuple(
            numbers.setdefault(token, f"name {len(numbers)}") if kind == "name" else kind
            for token, kind in zip(found[start : start + length], kinds[start : start + length], strict=True)
        )
        runs[run] = tuple(found[start : start + length])
    return runs


def _kind(token: str, before: str) -> str:
    if token[-1] in "\"'":
        return "text"
    if token[0].isdigit():
        return "number"
    if not token.isidentifier() or keyword.iskeyword(token) or hasattr(builtins, token) or before == ".":
        return token
    return "name"
