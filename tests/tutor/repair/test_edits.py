"""What is one edit away: each slip here has its mending among the candidates."""

import ast

import pytest

from darsgah_tutor.repair.edits import one_edit
from darsgah_tutor.repair.soundness import faults, has_endless_loop
from darsgah_tutor.repair.stock import stock
from darsgah_tutor.repair.trees import canonical, size, without_docstrings

SLIPS = (
    ("return a > b", "return a >= b"),
    ("return len(a)", "return len(a) - 1"),
    ("return a - b", "return b - a"),
    ("return a[b + 1]", "return a[b]"),
    ("return not a", "return a"),
    ("return a and b", "return a or b"),
    ("return a[0] > b and a", "return a and a[0] > b"),
    ("return aa", "return a"),
    ("return a.appendd(b)", "return a.append(b)"),
    ("return sorted(a)", "return sorted(a, reverse=True)"),
    ("return sorted(a, len)", "return sorted(a, key=len)"),
    ("return b + a", "return b + [a]"),
    ("print(a)", "return a"),
    ("a == b\nreturn a", "a = b\nreturn a"),
    ("c = a\na = b", "c = a"),
    ("a = b\nb = a", "a, b = b, a"),
    ("a = a.append(b)\nreturn a", "a.append(b)\nreturn a"),
    ("sorted(a)\nreturn a", "a = sorted(a)\nreturn a"),
    ("a = b\nreturn a", "b = a\nreturn a"),
    ("for c in a:\n    return c", "for c in range(len(a)):\n    return c"),
    ("for c in a:\n    b += c\n    return b", "for c in a:\n    b += c\nreturn b"),
    ("for c in a:\n    b += c\nreturn b", "for c in a:\n    b += c\n    return b"),
    ("while a:\n    b += 1", "while a:\n    b += 1\n    a -= 1"),
    ("if a[0] > b:\n    return a", "if not a or a[0] > b:\n    return a"),
    ("if a:\n    return 1\nelif b:\n    return 2", "if b:\n    return 2\nelif a:\n    return 1"),
    ("if a:\n    return 1\nif b:\n    return 2", "if a:\n    return 1\nelse:\n    if b:\n        return 2"),
    (
        "for c in a:\n    if c:\n        return 1\n    else:\n        return 2",
        "for c in a:\n    if c:\n        return 1\nreturn 2",
    ),
    ("c = 0\nfor b in a:\n    c += b", "for b in a:\n    c = 0\n    c += b"),
    ("return 0 < a <= b", "return 0 <= a <= b"),
    ("if a < b:\n    return a", "if a[1] > b[1]:\n    return a"),
    ("return max(a)", "return max(a, key=lambda item: item[1])"),
    ("return sorted(a)", "return sorted(a, key=lambda item: item[1], reverse=True)"),
    ("return a.sort()", "a.sort()\nreturn a"),
    ("return [b] + work(a.remove(b), b)", "a.remove(b)\nreturn [b] + work(a, b)"),
    ("return 'b'", "return b"),
    ("if True:\n    return b", "if a in b:\n    return b"),
    ("return a & b", "return a | b"),
    ("return a * b", "return a @ b"),
    ("return a.loc[b]", "return a.iloc[b]"),
    ("return a.strip()", "return a.rstrip()"),
    ("return a", "return a.strip()"),
    ("return a - b", "return abs(a - b)"),
    ("return a.sum(axis=0)", "return a.sum(axis=1)"),
    ("return sorted(a, key=len)", "return sorted(a)"),
    ("return range(b)", "return range(1, b)"),
    ("return a[:1]", "return a[:b]"),
    ("return 'Yes'", "return 'yes'"),
    ("return 1 if a else b", "return b if a else 1"),
    ("return a", "return not a"),
    ("return a", "return -a"),
    ("return None", "return b"),
    ("a.append(b)", "a.insert(0, b)"),
    ("raise ValueError(a)", "raise TypeError(a)"),
    ("a + b", "return a + b"),
    ("for c in a:\n    b += c", "for c in a:\n    b *= c"),
    ("for c in a:\n    if c:\n        pass\n    b += c", "for c in a:\n    if c:\n        break\n    b += c"),
    ("for c in a:\n    d += c", "d = 0\nfor c in a:\n    d += c"),
    ("for c in a:\n    d = d + c", "d = 0\nfor c in a:\n    d = d + c"),
    ("for c in a:\n    d.append(c)", "d = []\nfor c in a:\n    d.append(c)"),
    ("return a(T)", "return a(True)"),
    ("return a[0]", "if not a:\n    return []\nreturn a[0]"),
    ("c = []\nfor d in a:\n    b += d", "c = []\nfor d in a:\n    b += d\n    c.append(d)"),
    (
        "c = 0\nfor d in a:\n    if d:\n        b += d",
        "c = 0\nfor d in a:\n    if d:\n        b += d\n        c += 1",
    ),
)


def function(body: str) -> ast.Module:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return without_docstrings(ast.parse(f"def work(a, b):\n{lines}\n"))


@pytest.mark.parametrize(("wrong", "right"), SLIPS)
def test_slips_are_one_edit_away(wrong: str, right: str) -> None:
    program = function(wrong)
    before = canonical(function(wrong))
    candidates = one_edit(program, stock(program, [], frozenset()), {2: 1.0})
    assert canonical(function(right)) in {canonical(candidate.built()) for candidate in candidates}
    assert canonical(ast.parse(ast.unparse(program))) == before, "a candidate changed the program"


def test_suspect_lines_come_first() -> None:
    program = function("c = a > b\nd = a > b\nreturn d")
    first = one_edit(program, stock(program, [], frozenset()), {3: 1.0})[0]
    assert first.line == 3


def test_expressions_of_the_reference_are_offered() -> None:
    program, reference = function("return a"), function("return max(a, key=len)[b]")
    candidates = one_edit(program, stock(program, [reference], frozenset()), {})
    assert canonical(reference) in {canonical(candidate.built()) for candidate in candidates}


@pytest.mark.parametrize(
    ("body", "given", "expected"),
    [
        ("c = len(a)\nreturn c", (), 0),
        ("c = len(a)", (), 1),
        ("c = lenn(a)\na.apend(d)\nreturn c", (), 3),
        ("c = lenn(a)\na.apend(d)\nreturn c", ("lenn", "d"), 1),
        ("return a.somewhere_else()", (), 0),
    ],
)
def test_faults_show_without_running(body: str, given: tuple[str, ...], expected: int) -> None:
    program, reference = function(body), function("return a")
    assert faults(program, stock(program, [reference], frozenset(given))) == expected


@pytest.mark.parametrize(
    ("body", "endless"),
    [
        ("while a:\n    b += 1", True),
        ("while len(a) > b:\n    c = a[0]", True),
        ("while a:\n    b = a\n    b.pop()", False),
        ("while a:\n    a -= 1", False),
        ("while a:\n    if b:\n        break", False),
        ("while True:\n    b += 1", True),
        ("while a():\n    b += 1", False),
        ("while a:\n    a.pop()", False),
        ("while a:\n    del a[0]", False),
    ],
)
def test_loops_without_an_end_are_seen(body: str, *, endless: bool) -> None:
    assert has_endless_loop(function(body)) is endless


def test_sizes_count_what_is_written() -> None:
    assert size(ast.parse("a + 1", mode="eval").body) == 4


def test_statements_and_conditions_of_the_reference_are_offered() -> None:
    program = function("for c in a:\n    b += c\nreturn b")
    reference = function("for c in a:\n    if c in b:\n        continue\n    b += [c]\nreturn b")
    candidates = one_edit(program, stock(program, [reference], frozenset()), {})
    built = {canonical(candidate.built()) for candidate in candidates}
    guarded = "for c in a:\n    if c in b:\n        b += c\nreturn b"
    taken_over = "for c in a:\n    if c in b:\n        continue\n    b += c\nreturn b"
    replaced = "for c in a:\n    b += [c]\nreturn b"
    for wanted in (guarded, taken_over, replaced):
        assert canonical(function(wanted)) in built


def test_a_first_value_that_is_missing_goes_before_what_is_only_suspect() -> None:
    program = function("for c in a:\n    d += c\nreturn d")
    first = one_edit(program, stock(program, [], frozenset()), {3: 1.0})[0]
    assert canonical(first.built()) == canonical(function("d = 0\nfor c in a:\n    d += c\nreturn d"))


def test_what_the_reference_assigns_is_offered_for_a_variable_without_a_value() -> None:
    program = function("for c in a:\n    b += met[c]\nreturn b")
    reference = function("known = {one: 1 for one in a}\nother = far\nreturn known")
    candidates = one_edit(program, stock(program, [reference], frozenset()), {})
    built = {canonical(candidate.built()) for candidate in candidates[:20]}
    right = "met = {one: 1 for one in a}\nfor c in a:\n    b += met[c]\nreturn b"
    assert canonical(function(right)) in built
    assert canonical(function(right.replace("{one: 1 for one in a}", "far"))) not in built


def test_names_that_are_bound_before_the_answer_are_no_faults() -> None:
    program = function("return far(a)")
    first = one_edit(program, stock(program, [], frozenset({"far"})), {})[0]
    second = one_edit(program, stock(program, [], frozenset()), {})[0]
    assert first.score < second.score


def test_arguments_of_other_calls_are_offered() -> None:
    program, reference = function("return max(a)"), function("return max(a, key=len)")
    candidates = one_edit(program, stock(program, [reference], frozenset()), {})
    assert canonical(reference) in {canonical(candidate.built()) for candidate in candidates}


def test_defaults_of_parameters_are_edited() -> None:
    program = without_docstrings(ast.parse("def work(a, b=1):\n    return a + b\n"))
    right = without_docstrings(ast.parse("def work(a, b=0):\n    return a + b\n"))
    candidates = one_edit(program, stock(program, [], frozenset()), {})
    assert canonical(right) in {canonical(candidate.built()) for candidate in candidates}


def test_a_name_that_is_only_read_gets_no_first_value_out_of_nothing() -> None:
    program = function("return [c for c in a if c > d]")
    candidates = one_edit(program, stock(program, [], frozenset()), {})
    wrong = {canonical(function(f"{name} = 0\nreturn [c for c in a if c > d]")) for name in "cd"}
    assert wrong.isdisjoint(canonical(candidate.built()) for candidate in candidates)
