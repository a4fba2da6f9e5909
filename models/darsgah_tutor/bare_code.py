"""An answer without what can speak: comments, docstrings, sentences in texts, and names that are sentences.

That is all a causal model is given of a learner's code. Lines keep their numbers.
"""

import ast
import io
import re
import tokenize

LONGEST_TEXT = 24
"""Signs of a text in the code that are handed on, quotation marks among them."""
MOST_WORDS = 3
"""Words of a text or a name that are handed on; of a longer name a number is left."""
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
_CAN_SPEAK = re.compile(r"(?s)\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|\"[^\"\n]*\"?|'[^'\n]*'?|#[^\n]*")
_TEXTS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}


def bare_code(source: str) -> str:
    """The code with the same lines, bare; of what does not parse, without any text at all."""
    try:
        ast.parse(source)
        pieces = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return _tidy(_CAN_SPEAK.sub(lambda found: "\n" * found[0].count("\n"), source))
    rows = source.splitlines(keepends=True)
    names: dict[str, str] = {}
    documentation = _docstrings(pieces)
    for piece in reversed(pieces):
        if piece.type == tokenize.COMMENT:
            _put(rows, piece, "")
        elif piece.type in _TEXTS and (piece.start in documentation or _speaks(piece.string)):
            _put(rows, piece, _silent(piece))
        elif piece.type == tokenize.NAME and len(_WORD.findall(piece.string)) > MOST_WORDS:
            _put(rows, piece, names.setdefault(piece.string, f"name_{len(names) + 1}"))
    return _tidy("".join(rows))


def _docstrings(pieces: list[tokenize.TokenInfo]) -> set[tuple[int, int]]:
    """Where texts begin that stand alone as a statement: nothing comes of them but reading."""
    begins = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT}
    return {
        piece.start
        for number, piece in enumerate(pieces)
        if piece.type == tokenize.STRING and (number == 0 or pieces[number - 1].type in begins)
    }


def _speaks(text: str) -> bool:
    return len(text) > LONGEST_TEXT or "\n" in text or len(_WORD.findall(text)) > MOST_WORDS


def _silent(piece: tokenize.TokenInfo) -> str:
    """A text that says nothing and takes as many lines."""
    if piece.type != tokenize.STRING:
        return "…"
    lines = piece.string.count("\n")
    return f'"""…{chr(10) * lines}"""' if lines else '"…"'


def _put(rows: list[str], piece: tokenize.TokenInfo, said: str) -> None:
    (first, begin), (last, end) = piece.start, piece.end
    whole = rows[first - 1][:begin] + said + rows[last - 1][end:]
    rows[first - 1 : last] = whole.splitlines(keepends=True) or [""]


def _tidy(code: str) -> str:
    return "\n".join(line.rstrip() for line in code.splitlines())
