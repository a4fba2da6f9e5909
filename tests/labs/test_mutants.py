"""Mutants of small snippets: which there are, which there are not, and that they stay the same."""

import ast

import pytest

from darsgah_labs.mutation.kinds import CATCHING_TEST, Kind
from darsgah_labs.mutation.mutants import MOST_PER_ANSWER, mutants


def changed(source: str, kind: Kind | None = None) -> set[str]:
    """The changed lines of all mutants of a snippet, or of those of one kind."""
    return {mutant.after for mutant in mutants(source, most=None) if kind in (None, mutant.kind)}


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("x = a + b", Kind.ARITHMETIC, {"x = a - b", "x = a * b"}),
        ("x = a // b", Kind.ARITHMETIC, {"x = a / b", "x = a % b"}),
        ("x = a ** b", Kind.ARITHMETIC, {"x = a * b"}),
        ("x = -a", Kind.ARITHMETIC, {"x = a"}),
        ("x = (a) + (b)", Kind.ARITHMETIC, {"x = (a) - (b)", "x = (a) * (b)"}),
        ("x = 'a' + b", Kind.ARITHMETIC, set()),
        ("x += a", Kind.ARITHMETIC, {"x = a", "x -= a"}),
        ("x = a < b", Kind.COMPARISON, {"x = a <= b", "x = a >= b"}),
        ("x = a <= b", Kind.COMPARISON, {"x = a < b", "x = a > b"}),
        ("x = a == b", Kind.COMPARISON, {"x = a != b"}),
        ("x = a in b", Kind.COMPARISON, {"x = a not in b"}),
        ("x = a not in b", Kind.COMPARISON, {"x = a in b"}),
        ("x = a is None", Kind.COMPARISON, {"x = a is not None"}),
        ("x = a is not None", Kind.COMPARISON, {"x = a is None"}),
        (
            "x = 1 < a <= b",
            Kind.COMPARISON,
            {"x = 1 <= a <= b", "x = 1 >= a <= b", "x = 1 < a < b", "x = 1 < a > b"},
        ),
        ("x = a and b", Kind.BOOLEAN, {"x = a or b", "x = (a)", "x = (b)"}),
        ("x = a or b", Kind.BOOLEAN, {"x = a and b", "x = (a)", "x = (b)"}),
        ("x = not a", Kind.BOOLEAN, {"x = a"}),
        ("x = 7", Kind.CONSTANT, {"x = 8", "x = 6"}),
        ("x = 0", Kind.CONSTANT, {"x = 1", "x = -1"}),
        ("x = 'yes'", Kind.CONSTANT, {"x = ''", "x = 'YES'"}),
        ("x = ''", Kind.CONSTANT, {"x = 'x'"}),
        ("x = True", Kind.CONSTANT, {"x = False"}),
        ("x = None", Kind.CONSTANT, {"x = 0"}),
        ("if a:\n    b()", Kind.CONDITION, {"if not (a):", "if True:", "if False:"}),
        (
            "x = [b for b in c if b]",
            Kind.CONDITION,
            {"x = [b for b in c if not (b)]", "x = [b for b in c if True]"},
        ),
        ("while a:\n    b()", Kind.CONDITION, {"while False:"}),
        ("if a:\n    b()\nelse:\n    c()", Kind.BRANCH, {"pass"}),
        ("x = b if a else c", Kind.BRANCH, {"x = (b)", "x = (c)"}),
        ("x = min(a)", Kind.CALL, {"x = max(a)"}),
        ("x = any(a)", Kind.CALL, {"x = all(a)"}),
        ("x = sorted(a)", Kind.CALL, {"x = list(a)", "x = reversed(a)"}),
        ("x = a.strip()", Kind.CALL, {"x = a.lstrip()", "x = a.rstrip()", "x = a"}),
        ("a.append(b)", Kind.CALL, {"a.insert(0, b)"}),
        ("x = int(a)", Kind.CALL, {"x = round(a)", "x = a"}),
        ("x = int(a + b)", Kind.CALL, {"x = round(a + b)", "x = (a + b)"}),
        ("x = f(a, b)", Kind.ARGUMENT, {"x = f(b, a)", "x = f(a)"}),
        ("x = max(a, b)", Kind.ARGUMENT, {"x = max(a)"}),
        ("x = f(a, key=b)", Kind.ARGUMENT, {"x = f(a)"}),
        ("x = f(key=b, other=c)", Kind.ARGUMENT, {"x = f(other=c)", "x = f(key=b)"}),
        ("x = a[i]", Kind.SUBSCRIPT, {"x = a[i - 1]", "x = a[i + 1]"}),
        ("x = a[i:]", Kind.SUBSCRIPT, {"x = a[i + 1:]", "x = a[i - 1:]", "x = a[:]"}),
        ("x = a[0]", Kind.CONSTANT, {"x = a[1]", "x = a[-1]"}),
        ("def f(a):\n    return a", Kind.RETURN, {"return None", "a"}),
        ("x = a()\na.close()", Kind.STATEMENT, {"pass"}),
        ("def f(a, b):\n    return a", Kind.VARIABLE, {"return b"}),
        ("for a in b:\n    if a:\n        break\n    c()", Kind.LOOP, {"pass", "continue", "    break"}),
        (
            "for i in range(n):\n    f(i)",
            Kind.LOOP,
            {"for i in range(n - 1):", "for i in range(n + 1):", "for i in range(1, n):", "    break"},
        ),
        ("def f(a, b=2):\n    return a", Kind.DEFAULT, {"def f(a, b=3):", "def f(a, b=1):"}),
        ("raise ValueError('no')", Kind.EXCEPTION, {"raise TypeError('no')", "pass"}),
        ("x = t.mean()", Kind.TABLE, {"x = t.sum()", "x = t.median()"}),
        ("x = t.sum(axis=0)", Kind.TABLE, {"x = t.mean(axis=0)", "x = t.prod(axis=0)", "x = t.sum(axis=1)"}),
        ("x = t.merge(u, how='left')", Kind.TABLE, {"x = t.merge(u, how='inner')"}),
        ("x = t[(a) & (b)]", Kind.TABLE, {"x = t[(a) | (b)]"}),
        ("x = t[~a]", Kind.TABLE, {"x = t[a]"}),
        ("x = a @ b.T", Kind.TABLE, {"x = a @ b"}),
    ],
)
def test_the_mutants_of_a_snippet(source: str, kind: Kind, expected: set[str]) -> None:
    assert {line.strip() for line in changed(source, kind)} == {line.strip() for line in expected}


def test_ascending_is_turned() -> None:
    assert "x = t.sort_values('a', ascending=True)" in changed("x = t.sort_values('a', ascending=False)")


@pytest.mark.parametrize(
    "source",
    [
        '"""What it does, in 2 sentences."""',
        "print('Total:', 3)",
        "def f(a: 'int') -> 'str': ...",
        "pass",
    ],
)
def test_what_is_for_people_alone_has_no_mutants(source: str) -> None:
    assert mutants(source, most=None) == []


def test_texts_of_errors_stay_as_they_are() -> None:
    lines = changed("raise ValueError('too small')")
    assert all("too small" in line or line == "pass" for line in lines)


def test_only_the_solution_is_changed() -> None:
    source = "def f(a, b=1):\n    ### BEGIN SOLUTION\n    return a + b\n    ### END SOLUTION"
    found = mutants(source, most=None)
    assert {mutant.line for mutant in found} == {2}
    assert all(mutant.source.startswith("def f(a, b=1):\n") for mutant in found)
    assert all("SOLUTION" not in mutant.source for mutant in found)


def test_every_mutant_is_python_and_another_program() -> None:
    source = "def f(a, b):\n    c = [d for d in a if d > b]\n    return sum(c) / len(c) if c else None"
    trees = [ast.dump(ast.parse(mutant.source)) for mutant in mutants(source, most=None)]
    assert len(set(trees)) == len(trees) >= 15
    assert ast.dump(ast.parse(source)) not in trees


def test_a_mutant_is_shown_as_the_line_that_differs() -> None:
    source = "x = 1\nif x < 2:\n    y = 'گھر'\n"
    found = next(mutant for mutant in mutants(source, most=None) if mutant.after == "if x <= 2:")
    assert (found.line, found.before, found.kind) == (2, "if x < 2:", Kind.COMPARISON)
    assert found.diff == "-if x < 2:\n+if x <= 2:"
    assert found.source == "x = 1\nif x <= 2:\n    y = 'گھر'\n"


def test_letters_of_several_bytes_do_not_move_the_change() -> None:
    assert "x = {'کپ': 200, 'b': 2} | a" in changed("x = {'کپ': 200, 'b': 1} | a")


def test_an_id_depends_on_the_line_alone() -> None:
    before = {mutant.id: mutant.after for mutant in mutants("x = a + b", most=None)}
    after = {mutant.id: mutant.after for mutant in mutants("y = 1\nx = a + b\nz = 2", most=None)}
    assert before.items() <= after.items()


def test_the_same_line_twice_has_two_ids() -> None:
    found = [mutant for mutant in mutants("x = 3\nx = 3", most=None) if mutant.after == "x = 4"]
    assert [mutant.line for mutant in found] == [1, 2]
    assert len({mutant.id for mutant in found}) == 2


def test_many_are_cut_to_a_share_of_every_kind() -> None:
    source = "\n".join(f"x{number} = a + {number}" for number in range(60)) + "\nif a < b:\n    c = f(a, b)"
    found = mutants(source)
    assert len(found) == MOST_PER_ANSWER
    assert found == mutants(source)
    assert {Kind.COMPARISON, Kind.CONDITION, Kind.ARGUMENT, Kind.ARITHMETIC} <= {
        mutant.kind for mutant in found
    }
    assert found == sorted(found, key=lambda mutant: mutant.line)


def test_lines_of_ipython_are_kept_and_not_changed() -> None:
    source = "%matplotlib inline\nx = 1\n!ls -l"
    found = mutants(source, most=None)
    assert {mutant.line for mutant in found} == {2}
    assert all(mutant.source.startswith("%matplotlib inline\n") for mutant in found)
    assert all(mutant.source.endswith("\n!ls -l") for mutant in found)


def test_what_is_not_python_is_refused() -> None:
    with pytest.raises(SyntaxError):
        mutants("files = !ls")


def test_every_kind_has_its_advice() -> None:
    assert set(CATCHING_TEST) == set(Kind)
