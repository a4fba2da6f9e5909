"""Puts a diagnosis into words that people wrote: the lab's own hints, the general bank, else the construct's.

The places in a text are filled from what was seen; a text with a place of which nothing is known is not used.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from darsgah_tutor.constructs import Kind, construct_on_line, text_of
from darsgah_tutor.directions import left_to_right
from darsgah_tutor.evidence_text import first_failing
from darsgah_tutor.misconceptions import Misconception
from darsgah_tutor.phrases import Code, Filling, fill, say
from darsgah_tutor.types import Evidence, Level

_FENCE = re.compile(r"(^[ ]{0,3}`{3}.*?(?:^[ ]{0,3}`{3}[ ]*$|\Z))", re.MULTILINE | re.DOTALL)
_PLACE_IN_SPAN = re.compile(r"(?<!`)`(\{[a-z_]+\})`(?!`)")
_PLACE = re.compile(r"`?\{([a-z_]+)\}`?")
_NEARBY = re.compile(r",? near line \{line\}|\u060c?\s*سطر \{line\} کے آس پاس")
"""How authors name a line that is only likely."""
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


@dataclass(frozen=True, slots=True)
class Realised:
    """A hint before the gate.

    Attributes:
        written: the author's words, places unfilled: what may stand in a hint because somebody put it there.
        fillings: what went into the places, for the gate to look at.
    """

    text: Mapping[str, str]
    written: str
    fillings: Mapping[str, str] = field(default_factory=dict)


def realise(
    level: Level,
    evidence: Evidence,
    lines: Sequence[int],
    entry: Misconception | None,
    slots: Mapping[str, str],
    *,
    placed: bool = True,
) -> Realised | None:
    """The hint of a level above the evidence; None where there are no words for it.

    A misconception without an example gets the one of the construct on its line. Where no line stands out
    (``placed``), what authors say of being near one is left out.
    """
    known = _known(evidence, lines, slots)
    written = entry.hints.get(level) if entry is not None else None
    if written is not None and not placed:
        written = {language: _NEARBY.sub("", words) for language, words in written.items()}
    if written is not None and _places(written) <= known.keys():
        return _filled(written, known)
    return _without_misconception(level, evidence, lines, known)


def _without_misconception(
    level: Level, evidence: Evidence, lines: Sequence[int], known: Mapping[str, str]
) -> Realised | None:
    if not lines:
        return None
    if level is Level.WHERE:
        return _pointing(evidence, lines)
    if level is Level.QUESTION:
        key = "ask-trace" if known.get("call") else "ask-line"
        fillings = {"line": str(lines[0]), "call": known.get("call", "")}
        return Realised(say(key, line=lines[0], call=Code(fillings["call"])), "", fillings)
    construct = construct_on_line(evidence.source, int(known["line"]))
    kind: Kind = "example" if level is Level.EXAMPLE else "concept"
    return None if construct is None else _filled(text_of(construct, kind), known)


def _pointing(evidence: Evidence, lines: Sequence[int]) -> Realised:
    rows = evidence.source.splitlines()
    code = rows[lines[0] - 1] if 1 <= lines[0] <= len(rows) else ""
    if len(lines) > 1:
        text = say("where-lines", line=lines[0], code=Code(code), second=lines[1])
    else:
        text = say("where-line", line=lines[0], code=Code(code))
    return Realised(text, "", {"line": str(lines[0])})


def _filled(written: Mapping[str, str], known: Mapping[str, str]) -> Realised:
    """Outside of blocks: places filled, and in Urdu code kept left to right."""
    used = {name: known[name] for name in _places(written)}
    fillings: dict[str, Filling] = {
        name: value if name == "line" else Code(value) for name, value in used.items()
    }
    text = {}
    for language, words in written.items():
        pieces = _FENCE.split(left_to_right(words.strip()) if language == "ur" else words.strip())
        for number in range(0, len(pieces), 2):
            # A place that its author set in a span already brings a span of its own.
            pieces[number] = fill(_PLACE_IN_SPAN.sub(r"\1", pieces[number]), fillings, language)
        text[language] = "".join(pieces)
    return Realised(text, "\n".join(written.values()), used)


def _places(written: Mapping[str, str]) -> set[str]:
    """Names of the places outside of blocks, where braces are Python's."""
    return {name for words in written.values() for name in _PLACE.findall(_FENCE.sub("", words))}


def _known(evidence: Evidence, lines: Sequence[int], slots: Mapping[str, str]) -> dict[str, str]:
    """What can stand in a place: what the detector or model gave, else what the run showed."""
    known: dict[str, str] = {}
    failing = first_failing(evidence)
    raised = evidence.raised or (failing.raised if failing else None)
    if failing is not None:
        known |= {"input": failing.call, "call": failing.call, "value": failing.got}
    if raised is not None and (quoted := _QUOTED.findall(raised.message)):
        known["value"] = quoted[-1]
    if lines:
        line = int(slots["line"]) if slots.get("line", "").isdecimal() else lines[0]
        known |= {"line": str(line), "name": _name_on(evidence.source, line)}
    known |= slots
    return {name: value for name, value in known.items() if value}


def _name_on(source: str, line: int) -> str:
    """The name that a line writes to, else the first that it reads; nothing where it has none."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.lineno == line]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign) and node.lineno == line:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            names = [inner for inner in ast.walk(target) if isinstance(inner, ast.Name)] + names
    return names[0].id if names else ""
