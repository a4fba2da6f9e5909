"""The kinds of mutants, each with what a learner would have got wrong and the test that would notice."""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of change a mutant is."""

    ARITHMETIC = "arithmetic"
    COMPARISON = "comparison"
    BOOLEAN = "boolean"
    CONSTANT = "constant"
    CONDITION = "condition"
    BRANCH = "branch"
    CALL = "call"
    ARGUMENT = "argument"
    SUBSCRIPT = "subscript"
    RETURN = "return"
    STATEMENT = "statement"
    VARIABLE = "variable"
    LOOP = "loop"
    DEFAULT = "default"
    EXCEPTION = "exception"
    TABLE = "table"


CATCHING_TEST = {
    Kind.ARITHMETIC: "Test values for which the two operators give different results; avoid 0, 1 and 2.",
    Kind.COMPARISON: "Test the boundary itself, and the values just below and just above it.",
    Kind.BOOLEAN: "Test a case in which exactly one of the two conditions holds.",
    Kind.CONSTANT: "Test a value that shows this constant: the boundary, or a result that it decides.",
    Kind.CONDITION: "Test one case for which the condition holds and one for which it does not.",
    Kind.BRANCH: "Test a case that needs this branch.",
    Kind.CALL: "Test an input for which the two functions differ: out of order, with spaces, negative.",
    Kind.ARGUMENT: "Test an input for which this argument matters.",
    Kind.SUBSCRIPT: "Test the first and the last element, and a sequence of one.",
    Kind.RETURN: "Test what is returned in this case.",
    Kind.STATEMENT: "Test an effect of this line: the value that it sets, or a second call.",
    Kind.VARIABLE: "Test values that differ from each other, so that one variable cannot stand for another.",
    Kind.LOOP: "Test several elements, with the decisive one first, in the middle, and last.",
    Kind.DEFAULT: "Test a call that leaves this argument out.",
    Kind.EXCEPTION: "Test that exactly this exception is raised.",
    Kind.TABLE: "Test a small table in which this choice changes the result: gaps, ties, unmatched rows.",
}
"""In a sentence, the test that would catch a survivor of the kind."""
