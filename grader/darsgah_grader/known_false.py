"""The statements that have to fail, by what a test calls: one for each way in which a test may say no.

``{f}`` stands for the name as the test writes it, ``{a}`` and ``{b}`` for two numbers, the first smaller by
far. Where nothing else is said, a statement has to end with AssertionError.
"""

import builtins
import re
from collections.abc import Mapping
from typing import Final

ASSERT: Final = "assert {a} == {b}"
"""Beside every test."""

HANDLER: Final = "try:\n    assert {a} == {b}\nexcept {f}:\n    pass"
"""Beside a test that catches this exception: the name may have come to mean another, which catches more."""

RAISES: Final = {"pytest.raises": "Failed"}
"""The exception of statements that do not end with AssertionError."""

_UNITTEST: Mapping[str, str] = {
    "assertEqual": "{a}, {b}",
    "assertNotEqual": "{a}, {a}",
    "assertTrue": "{a} == {b}",
    "assertFalse": "{a} < {b}",
    "assertIs": "{a}, None",
    "assertIsNot": "None, None",
    "assertIsNone": "{a}",
    "assertIsNotNone": "None",
    "assertIn": "{a}, [{b}]",
    "assertNotIn": "{a}, [{a}]",
    "assertIsInstance": "{a}, str",
    "assertNotIsInstance": "{a}, int",
    "assertAlmostEqual": "{a}, {b}",
    "assertNotAlmostEqual": "{a}, {a}",
    "assertGreater": "{a}, {b}",
    "assertGreaterEqual": "{a}, {b}",
    "assertLess": "{b}, {a}",
    "assertLessEqual": "{b}, {a}",
    "assertListEqual": "[{a}], [{b}]",
    "assertTupleEqual": "({a},), ({b},)",
    "assertSetEqual": "{{{a}}}, {{{b}}}",
    "assertDictEqual": "{{{a}: 1}}, {{{b}: 1}}",
    "assertSequenceEqual": "[{a}], [{b}]",
    "assertCountEqual": "[{a}], [{b}]",
    "assertMultiLineEqual": "'{a}', '{b}'",
    "assertRegex": "'{a}', '{b}'",
    "assertRaises": "ValueError, int, {a}",
    "fail": "",
}

_BUILTINS: Mapping[str, str] = {
    "abs": "{f}(-{b}) < {a}",
    "all": "{f}([{a}, 0])",
    "any": "{f}([0, 0])",
    "bool": "{f}({a} - {a})",
    "callable": "{f}({a})",
    "dict": "{f}([({a}, 1)]) == {f}([({b}, 1)])",
    "float": "{f}({a}) == {f}({b})",
    "hasattr": "{f}({a}, 'append')",
    "int": "{f}('{a}') == {f}('{b}')",
    "isinstance": "{f}({a}, (str, list))",
    "issubclass": "{f}(int, str)",
    "len": "{f}([{a}, {b}]) == 3",
    "list": "{f}(({a},)) == {f}(({b},))",
    "max": "{f}([{a}, {b}]) == {a}",
    "min": "{f}([{a}, {b}]) == {b}",
    "repr": "{f}({a}) == {f}({b})",
    "round": "{f}({a}.25) == {b}",
    "set": "{f}([{a}]) == {f}([{b}])",
    "sorted": "{f}([{b}, {a}]) == [{b}, {a}]",
    "str": "{f}({a}) == {f}({b})",
    "sum": "{f}([{a}, 1]) == {b}",
    "tuple": "{f}([{a}]) == {f}([{b}])",
    "type": "{f}({a}) == {f}('{b}')",
}

_PREDICATES: Mapping[str, str] = {
    "math.isclose": "{f}({a}, {b})",
    "math.isnan": "{f}({a})",
    "math.isfinite": "{f}(-1e999)",
    "math.fabs": "{f}(-{b}) < {a}",
    "math.floor": "{f}({a}.5) == {b}",
    "cmath.isclose": "{f}({a}, {b})",
    "numpy.abs": "{f}(-{b}) < {a}",
    "numpy.absolute": "{f}(-{b}) < {a}",
    "numpy.all": "{f}([{a}, 0])",
    "numpy.allclose": "{f}({a}, {b})",
    "numpy.any": "{f}([0, 0])",
    "numpy.array_equal": "{f}([{a}], [{b}])",
    "numpy.array_equiv": "{f}([{a}], [{b}])",
    "numpy.isclose": "{f}({a}, {b})",
    "numpy.isfinite": "{f}(-1e999)",
    "numpy.max": "{f}([{a}, {b}]) == {a}",
    "numpy.min": "{f}([{a}, {b}]) == {b}",
    "numpy.mean": "{f}([{a}, {a}]) == {b}",
    "numpy.round": "{f}({a}.25) == {b}",
    "numpy.sum": "{f}([{a}, 1]) == {b}",
    "numpy.linalg.norm": "{f}([{b}]) < {a}",
    "operator.eq": "{f}({a}, {b})",
}

# Arrays and frames of different lengths: a difference in values costs ten times as much to put into words.
_CALLS: Mapping[str, str] = {
    "numpy.testing.assert_": "{f}({a} == {b})",
    "numpy.testing.assert_equal": "{f}({a}, {b})",
    "numpy.testing.assert_array_equal": "{f}([{a}], [{b}, {a}])",
    "numpy.testing.assert_almost_equal": "{f}({a}, {b})",
    "numpy.testing.assert_array_almost_equal": "{f}([{a}], [{b}, {a}])",
    "numpy.testing.assert_approx_equal": "{f}({a}, {b})",
    "numpy.testing.assert_allclose": "{f}([{a}], [{b}, {a}])",
    "numpy.testing.assert_array_less": "{f}([{b}], [{a}, {a}])",
    "numpy.testing.assert_string_equal": "{f}('{a}', '{b}')",
    "numpy.testing.assert_raises": "{f}(ValueError, int, {a})",
    "pandas.testing.assert_frame_equal": "{f}(__import__('sys').modules['pandas'].DataFrame([{a}]), __import__('sys').modules['pandas'].DataFrame([{b}, 1]))",  # noqa: E501 -- one statement
    "pandas.testing.assert_series_equal": "{f}(__import__('sys').modules['pandas'].Series([{a}]), __import__('sys').modules['pandas'].Series([{b}, 1]))",  # noqa: E501 -- one statement
    "pandas.testing.assert_index_equal": "{f}(__import__('sys').modules['pandas'].Index([{a}]), __import__('sys').modules['pandas'].Index([{b}, 1]))",  # noqa: E501 -- one statement
    "nose.tools.eq_": "{f}({a}, {b})",
    "nose.tools.ok_": "{f}({a} == {b})",
    "pytest.raises": "with {f}(ValueError):\n    pass",
    "pytest.approx": "assert {a} == {f}({b})",
}

COSTLY: Final = frozenset(
    name for name in _CALLS if "assert_array" in name or "allclose" in name or name.startswith("pandas.")
)
"""Those that take more than 20 microseconds, and are run once a test."""

EQUALS: Final = (
    "assert __import__('sys').modules['pandas'].{kind}([{{a}}])"
    ".equals(__import__('sys').modules['pandas'].{kind}([{{b}}]))"
)
"""Beside a test that calls a method ``equals``, for a frame and for a series."""

RUN_BY_UNITTEST: Final = (
    "assert (lambda case, seen: (case.run(seen), seen.wasSuccessful())[1])"
    "(__import__('unittest').FunctionTestCase(lambda: [][{a}]), __import__('unittest').TestResult())"
)
"""Beside a test that lets unittest run test cases."""


def _statements() -> dict[str, str]:
    found = {name: f"assert {claim}" for name, claim in _PREDICATES.items()}
    found |= {f"builtins.{name}": f"assert {claim}" for name, claim in _BUILTINS.items()}
    found |= _CALLS
    for method, arguments in _UNITTEST.items():
        words = re.sub(r"(?<!^)(?=[A-Z])", "_", method).lower()
        found[f"nose.tools.{words}"] = f"{{f}}({arguments})"
    return found


BY_NAME: Final[Mapping[str, str]] = _statements()
"""Full name of a function to the statement; those of the language are in ``builtins``."""

BY_METHOD: Final[Mapping[str, str]] = {
    method: f"{{f}}({arguments})" for method, arguments in _UNITTEST.items() if method != "fail"
}
"""Name of a method of ``unittest.TestCase`` to the statement."""

EXCEPTIONS: Final = frozenset(
    name
    for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, BaseException) and not issubclass(AssertionError, value)
)
"""The exceptions of the language that do not stand for AssertionError too."""
