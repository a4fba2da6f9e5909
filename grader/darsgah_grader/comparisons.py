"""What a test compares: its statements rewritten so that they hand over both sides, in the test's own words.

``assert fare(km) == 190`` becomes a statement that means the same and tells ``__noted__`` what ``km`` was,
what ``fare`` gave and what was expected. From that a learner is told: ``fare(2.5)`` gave 145, expected 190.
Only tests that the learner can read are rewritten: what is noted comes back from the learner's process.
"""

import ast
import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from darsgah_grader.guest.trials import NOTED

_CLOSE = frozenset(
    {
        "isclose",
        "allclose",
        "array_equal",
        "array_equiv",
        "equals",
        "is_close",
        "almost_equal",
        "approx_equal",
    }
)
"""Functions of two values, and methods of one, that say whether they agree."""

_OPERATORS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "",
    ast.Is: "",
    ast.NotEq: "!= ",
    ast.IsNot: "is not ",
    ast.Lt: "< ",
    ast.LtE: "<= ",
    ast.Gt: "> ",
    ast.GtE: ">= ",
    ast.In: "in ",
    ast.NotIn: "not in ",
}
_SWAPPED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
_LONGEST_ARGUMENT = 100


@dataclass(frozen=True, slots=True)
class Site:
    """One place in a test where something is compared.

    Attributes:
        call: the side of the learner's code, with ``__a0__`` and so on where its arguments' values belong.
        arguments: the sources of those arguments, in order.
        before: what stands before the expected value: nothing where equality is asked, or an operator.
        expected: the expected side where it is written out; otherwise its value is noted.
    """

    call: str
    arguments: tuple[str, ...] = ()
    before: str = ""
    expected: str = ""

    def call_text(self, noted: Mapping[str, str]) -> str:
        """The call with the values that its arguments had."""
        text = self.call
        for number, source in enumerate(self.arguments):
            value = noted.get(f"a{number}", "")
            fits = value and len(value) <= _LONGEST_ARGUMENT and "\n" not in value
            text = text.replace(f"__a{number}__", value if fits else source)
        return text

    def expected_text(self, noted: Mapping[str, str]) -> str:
        """What was expected, as far as it is known."""
        value = self.expected or noted.get("expected", "")
        return f"{self.before}{value}" if value else ""


@dataclass(slots=True)
class Comparisons(ast.NodeTransformer):
    """Rewrites the statements of a test; what it found stands in ``sites``.

    Attributes:
        subjects: names that the answer binds.
        assigned: what the test has assigned to names of its own, so that ``got = fare(3)`` is known as such.
    """

    subjects: frozenset[str]
    assigned: dict[str, ast.expr] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)

    def rewritten(self, statement: ast.stmt) -> str:
        """The source of a statement that means the same and hands over what it compares."""
        tree = self.visit(copy.deepcopy(statement))
        self._remember(statement)
        return ast.unparse(ast.fix_missing_locations(tree))

    def mentions(self, node: ast.AST) -> bool:
        """Whether the learner's code has a part in it."""
        names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
        return bool(names & self.subjects) or any(
            self.mentions(self.assigned[name]) for name in names & self.assigned.keys()
        )

    def first_call(self, statements: Sequence[ast.stmt]) -> str:
        """The first call of the learner's code in some statements; empty where there is none."""
        calls = [
            node
            for statement in statements
            for node in ast.walk(statement)
            if isinstance(node, ast.Call) and _root(node.func) in self.subjects
        ]
        return ast.unparse(calls[0]) if calls else ""

    def _remember(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, ast.Name) and target.id not in _names(statement.value):
                self.assigned[target.id] = statement.value
                return
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                self.assigned.pop(node.id, None)

    # -- what the syntax tree's visitor calls ---------------------------------------------------------------

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        """An assertion."""
        node.test = self._condition(node.test)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        """``assertEqual(a, b)``, ``np.testing.assert_allclose(a, b)`` and their like."""
        self.generic_visit(node)
        if _last_name(node.func).startswith("assert") and len(node.args) >= 2 and not _raises(node):
            node.args[0], node.args[1] = self._sides(node.args[0], node.args[1], "")
        return node

    def visit_Try(self, node: ast.Try) -> ast.Try:
        """``try: fare(-1)`` ``except ValueError: pass``: what is expected is the exception."""
        self.generic_visit(node)
        names = [ast.unparse(handler.type) for handler in node.handlers if handler.type is not None]
        if names and (node.orelse or len(node.body) > 1):
            node.body[0] = self._expected_to_raise(node.body[0], names[0])
        return node

    def visit_With(self, node: ast.With) -> ast.With:
        """``with pytest.raises(ValueError): fare(-1)``."""
        self.generic_visit(node)
        manager = node.items[0].context_expr
        if isinstance(manager, ast.Call) and _raises(manager) and manager.args:
            node.body[0] = self._expected_to_raise(node.body[0], ast.unparse(manager.args[0]))
        return node

    # -- conditions -----------------------------------------------------------------------------------------

    def _condition(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.BoolOp):
            node.values = [self._condition(value) for value in node.values]
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node.operand = self._truth(node.operand, "False")
            return node
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call):
            return self._asked(node)
        return self._truth(node, "True")

    def _comparison(self, node: ast.Compare) -> ast.expr:
        if len(node.ops) > 1:
            return self._chain(node)
        left, operator, right = node.left, node.ops[0], node.comparators[0]
        difference = _difference(left)
        if difference is not None and isinstance(operator, ast.Lt | ast.LtE):
            difference.left, difference.right = self._sides(difference.left, difference.right, "")
            return node
        swapped = self.mentions(right) and not self.mentions(left)
        kind = _SWAPPED.get(type(operator), type(operator)) if swapped else type(operator)
        node.left, node.comparators[0] = self._sides(left, right, _OPERATORS[kind])
        return node

    def _chain(self, node: ast.Compare) -> ast.expr:
        """``0 <= share(3) <= 1``: the part that is the learner's, and the others as they are written."""
        places = [node.left, *node.comparators]
        mine = next((at for at, place in enumerate(places) if self.mentions(place)), None)
        if mine is None:
            return node
        words = [ast.unparse(place) if at != mine else "..." for at, place in enumerate(places)]
        for at, operator in enumerate(node.ops):
            words[at] += " " + {ast.Eq: "==", ast.Is: "is"}.get(
                type(operator), _OPERATORS[type(operator)].strip()
            )
        watched = self._watched(places[mine], len(self.sites), expected=" ".join(words))
        if mine:
            node.comparators[mine - 1] = watched
        else:
            node.left = watched
        return node

    def _asked(self, node: ast.Call) -> ast.expr:
        """A function that says yes or no."""
        name = _last_name(node.func)
        if name in _CLOSE and len(node.args) >= 2:
            node.args[0], node.args[1] = self._sides(node.args[0], node.args[1], "")
            return node
        if name in _CLOSE and isinstance(node.func, ast.Attribute) and node.args:
            node.func.value, node.args[0] = self._sides(node.func.value, node.args[0], "")
            return node
        if name in {"all", "any"} and len(node.args) == 1:
            node.args[0] = self._of_all(node.args[0])
            return node
        if name == "isinstance" and len(node.args) == 2:
            place = len(self.sites)
            node.args[0] = self._watched(
                node.args[0], place, before="type ", expected=ast.unparse(node.args[1])
            )
            return node
        return self._truth(node, "True")

    def _of_all(self, node: ast.expr) -> ast.expr:
        """What ``all`` and ``any`` go through: the last one asked for is the one that decided."""
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            node.elt = self._condition(node.elt)
            return node
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call):
            return self._asked(node)
        return self._truth(node, "True")

    def _truth(self, node: ast.expr, expected: str) -> ast.expr:
        return self._watched(node, len(self.sites), expected=expected)

    def _sides(self, left: ast.expr, right: ast.expr, before: str) -> tuple[ast.expr, ast.expr]:
        """Both sides, watched: the learner's, which is the left one in doubt, and the expected one."""
        place = len(self.sites)
        if self.mentions(right) and not self.mentions(left):
            mine, other = right, left
        else:
            mine, other = left, right
        literal = _is_literal(other)
        watched = self._watched(mine, place, before=before, expected=ast.unparse(other) if literal else "")
        if not literal:
            other = _noted(place, "expected", other)
        first, second = (watched, other) if mine is left else (other, watched)
        return _begun(place, first), second

    def _expected_to_raise(self, statement: ast.stmt, name: str) -> ast.stmt:
        value = getattr(statement, "value", None)
        if not isinstance(statement, ast.Expr | ast.Assign) or not isinstance(value, ast.expr):
            return statement
        if self.mentions(value):
            statement.value = self._watched(value, len(self.sites), expected=name)
        return statement

    def _watched(self, node: ast.expr, place: int, before: str = "", expected: str = "") -> ast.expr:
        """The learner's side, which tells its arguments and its value; its site is made here."""
        shown = self.assigned.get(node.id, node) if isinstance(node, ast.Name) else node
        call = _first_subject_call(node, self.subjects)
        arguments: list[str] = []
        shown = copy.deepcopy(shown)
        if call is not None and shown is not None:
            mirrored = _first_subject_call(shown, self.subjects)
            for at, argument in enumerate(call.args):
                if mirrored is None or _is_literal(argument) or isinstance(argument, ast.Starred):
                    continue
                name = f"a{len(arguments)}"
                arguments.append(ast.unparse(argument))
                call.args[at] = _noted(place, name, argument)
                mirrored.args[at] = ast.Name(f"__{name}__", ast.Load())
        self.sites.append(Site(ast.unparse(shown), tuple(arguments), before, expected))
        return _begun(place, _noted(place, "got", node))


def _noted(place: int, part: str, node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(NOTED, ast.Load()), [ast.Constant(place), ast.Constant(part), node], [])


def _begun(place: int, node: ast.expr) -> ast.expr:
    """``node``, before which the notes are told that the comparison begins."""
    begin = ast.Call(
        ast.Attribute(ast.Name(NOTED, ast.Load()), "begin", ast.Load()), [ast.Constant(place)], []
    )
    return ast.Subscript(ast.Tuple([begin, node], ast.Load()), ast.Constant(1), ast.Load())


def _first_subject_call(node: ast.expr, subjects: frozenset[str]) -> ast.Call | None:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and _root(inner.func) in subjects:
            return inner
    return None


def _difference(node: ast.expr) -> ast.BinOp | None:
    """The subtraction in ``abs(a - b)``."""
    if isinstance(node, ast.Call) and _last_name(node.func) in {"abs", "fabs", "norm"} and node.args:
        inner = node.args[0]
        if isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub):
            return inner
    return None


def _raises(call: ast.Call) -> bool:
    return _last_name(call.func) in {"raises", "assertRaises", "assertRaisesRegex", "assert_raises"}


def _root(node: ast.expr) -> str:
    """The variable at the bottom of ``a.b(c)[d].e``; empty where there is none."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last_name(node: ast.expr) -> str:
    """``c`` of ``a.b.c``, also where that is called."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True
