"""nbgrader's marked regions in a cell's source: solutions, hidden tests and marking schemes.

The markers and what stands in a removed region's place are those of nbgrader's ``ClearSolutions``,
``ClearHiddenTests`` and ``ClearMarkScheme`` with their default settings; the tests hold the two against each
other. They are written out here because grading must not wait for nbgrader's import.
"""

from darsgah_grader.notebook import CellKind

_STUBS = {
    CellKind.CODE: "# YOUR CODE HERE\nraise NotImplementedError()",
    CellKind.MARKDOWN: "YOUR ANSWER HERE",
}


class UnbalancedRegionError(ValueError):
    """A region begins inside another of its kind, or never ends."""


def without_solution(source: str, kind: CellKind) -> str:
    """The source of an answer cell as learners get it: each solution region, or else all of it, a stub."""
    stub = _STUBS.get(kind, _STUBS[CellKind.MARKDOWN])
    kept, removed = _cut(source, "SOLUTION", stub)
    return kept if removed else stub


def has_solution(source: str) -> bool:
    """Whether a solution region is marked."""
    return _cut(source, "SOLUTION")[1]


def without_hidden_tests(source: str) -> str:
    """The source of a test cell as learners get it."""
    return _cut(source, "HIDDEN TESTS")[0]


def visible_test_line(source: str, number: int) -> str:
    """The line of that number, from 1, where learners can read it too; empty in a hidden region."""
    inside = False
    for place, line in enumerate(source.split("\n"), start=1):
        marker = "BEGIN HIDDEN TESTS" in line or "END HIDDEN TESTS" in line
        inside = "BEGIN HIDDEN TESTS" in line or (inside and not marker)
        if place == number:
            return "" if inside or marker else line.strip()
    return ""


def has_hidden_tests(source: str) -> bool:
    """Whether a region of hidden tests is marked."""
    return _cut(source, "HIDDEN TESTS")[1]


def without_mark_scheme(source: str) -> str:
    """The source of a task cell as learners get it."""
    return _cut(source, "MARK SCHEME")[0]


def has_mark_scheme(source: str) -> bool:
    """Whether a marking scheme is marked."""
    return _cut(source, "MARK SCHEME")[1]


def _cut(source: str, name: str, stub: str = "") -> tuple[str, bool]:
    """Take the regions of that name out, the stub in their place with the marker's indentation."""
    begin, end = f"BEGIN {name}", f"END {name}"
    if begin not in source and end not in source:
        return source, False
    kept: list[str] = []
    inside = removed = False
    for line in source.split("\n"):
        if begin in line:
            if inside:
                raise UnbalancedRegionError(f"a region {begin!r} begins inside another")
            inside = removed = True
            if stub:
                indent = line[: len(line) - len(line.lstrip())]
                kept.extend(indent + stub_line for stub_line in stub.split("\n"))
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise UnbalancedRegionError(f"a region {begin!r} has no {f'END {name}'!r}")
    return "\n".join(kept), removed
