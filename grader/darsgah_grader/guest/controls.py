"""Known-false controls: statements that have to fail, run beside a test in the learner's process.

A control goes the way of the test it stands beside: the same functions compile and execute it, in the same
namespace, under the test's file name, with the names and the builtins that the learner's code sees. One that
passes shows that what the test would use says yes to what is wrong. Which controls a test gets, and with
which numbers, the trusted side decides (``control_plan``); here they are only run and reported by position.
"""

from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, Final

PASSED: Final = "passed"
"""What is reported of a control that did not fail; of one that failed otherwise, its exception's name."""

_compile, _AssertionError, _isinstance, _type = compile, AssertionError, isinstance, type
_OUT_OF_ROOM = (MemoryError, RecursionError)

Execute = Callable[[CodeType, dict[str, Any]], object]


class Controls:
    """The controls of one test; the same code objects are run before and after it.

    Args:
        wanted: ``{"ways": [[reach, statement], ...], "raises": name, "costly": bool}`` each. ``reach`` is the
            expression by which a statement comes to what it tries; a way whose expression fails is not open.
        file_name: the test's file name in tracebacks.
        execute: what executes the test's own code.
    """

    def __init__(self, wanted: Sequence[dict[str, Any]], file_name: str, execute: Execute) -> None:
        self._wanted = wanted
        self._file_name = file_name
        self._execute = execute
        self._codes: dict[str, CodeType] = {}

    def broken(self, namespace: dict[str, Any], *, costly: bool = True) -> list[tuple[int, str]]:
        """Run them; positions of those that did not fail as they have to, and what they did instead."""
        found: list[tuple[int, str]] = []
        for position, control in enumerate(self._wanted):
            if control.get("costly") and not costly:
                continue
            for reach, statement in control["ways"]:
                said = self._said(statement, "exec", namespace, control["raises"])
                if not said:
                    break
                if said != PASSED and self._said(reach, "eval", namespace) != PASSED:
                    continue
                found.append((position, said))
                break
        return found

    def _said(self, source: str, mode: str, namespace: dict[str, Any], raises: str = "") -> str:
        """PASSED, the name of an exception, or nothing for the one that has to be raised."""
        try:
            code = self._codes.get(source) or self._codes.setdefault(
                source, _compile(source, self._file_name, mode)
            )
            self._execute(code, namespace)
        except _OUT_OF_ROOM:
            return ""  # says nothing about what was tried
        except BaseException as error:  # noqa: BLE001 -- which exception it is, is what is asked
            if _isinstance(error, _AssertionError):
                name = "AssertionError"
            else:
                name = str(_type(error).__name__)[:80]
            return "" if name == raises else name
        return PASSED
