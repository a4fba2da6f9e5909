"""What a report's codes are called on pages: its own sentences name cells and files and stay in English."""

from darsgah.ui.language import Message
from darsgah_labs.check.report import Part
from darsgah_labs.mutation.kinds import Kind

PARTS = {
    Part.REFERENCE: Message("Reference solution"),
    Part.RELEASE: Message("Learner's version"),
    Part.MUTATION: Message("Mutants of the solutions"),
    Part.ALTERNATIVES: Message("Other solutions"),
    Part.TEXT: Message("Text"),
}

CODES = {
    "reference_refused": Message("The lab cannot be graded"),
    "reference_fails": Message("The reference solution does not get full marks"),
    "flaky_test": Message("A test decides differently each time"),
    "near_limits": Message("The reference solution comes near the limits"),
    "example_fails": Message("An example ends with an error"),
    "not_apart": Message("Tests that run in the learner's own process"),
    "browser_fails": Message("The reference solution fails in the browser's Python"),
    "browser_runtime_missing": Message("The browser's Python could not be tried"),
    "release_refused": Message("The learner's version cannot be made"),
    "release_scores": Message("Points without an answer"),
    "release_syntax": Message("The learner's version has a syntax error"),
    "solution_syntax": Message("A solution of which no mutants can be made"),
    "mutation_score": Message("The tests miss too many mistakes"),
    "weak_question": Message("A question's tests miss too many mistakes"),
    "equivalent_unknown": Message("A mutant marked as equivalent does not exist"),
    "equivalent_unclear": Message("A mark for an equivalent mutant fits several"),
    "alternative_fails": Message("A correct solution does not get full marks"),
    "reading_time": Message("Reading takes too much of the time"),
    "no_test": Message("A question has no test"),
    "nothing_visible": Message("A question shows neither a test nor an example"),
    "silent_assertion": Message("Tests that say nothing when they fail"),
    "image_without_text": Message("A picture has no alternative text"),
    "external_resource": Message("Something is loaded from another site"),
    "external_link": Message("The text links to other sites"),
    "broken_link": Message("A link leads nowhere"),
    "heading_order": Message("The headings are out of order"),
    "output_in_source": Message("The notebook was saved with outputs"),
    "urdu_summary": Message("There is no Urdu title and summary"),
    "few_misconceptions": Message("The bank of misconceptions is small"),
    "example_tells": Message("An example is too near the solution to be told"),
    "points": Message("The points do not add up"),
    "lab_invalid": Message("The lab cannot be read"),
}
"""Every code that a problem or a warning may have."""

KINDS = {
    Kind.ARITHMETIC: Message("arithmetic"),
    Kind.COMPARISON: Message("comparison"),
    Kind.BOOLEAN: Message("and, or, not"),
    Kind.CONSTANT: Message("constant"),
    Kind.CONDITION: Message("condition"),
    Kind.BRANCH: Message("missing branch"),
    Kind.CALL: Message("other function"),
    Kind.ARGUMENT: Message("argument"),
    Kind.SUBSCRIPT: Message("index or slice"),
    Kind.RETURN: Message("returned value"),
    Kind.STATEMENT: Message("missing line"),
    Kind.VARIABLE: Message("wrong variable"),
    Kind.LOOP: Message("loop"),
    Kind.DEFAULT: Message("default value"),
    Kind.EXCEPTION: Message("exception"),
    Kind.TABLE: Message("table operation"),
}

ADVICE = {
    Kind.ARITHMETIC: Message("Test values for which the two operators give different results."),
    Kind.COMPARISON: Message("Test the boundary itself, and the values just below and just above it."),
    Kind.BOOLEAN: Message("Test a case in which exactly one of the two conditions holds."),
    Kind.CONSTANT: Message("Test a value that shows this constant."),
    Kind.CONDITION: Message("Test one case for which the condition holds and one for which it does not."),
    Kind.BRANCH: Message("Test a case that needs this branch."),
    Kind.CALL: Message("Test an input for which the two functions differ."),
    Kind.ARGUMENT: Message("Test an input for which this argument matters."),
    Kind.SUBSCRIPT: Message("Test the first and the last element, and a sequence of one."),
    Kind.RETURN: Message("Test what is returned in this case."),
    Kind.STATEMENT: Message("Test an effect of this line: the value that it sets, or a second call."),
    Kind.VARIABLE: Message("Test values that differ from each other."),
    Kind.LOOP: Message("Test several elements, with the decisive one first, in the middle, and last."),
    Kind.DEFAULT: Message("Test a call that leaves this argument out."),
    Kind.EXCEPTION: Message("Test that exactly this exception is raised."),
    Kind.TABLE: Message("Test a small table in which this choice changes the result."),
}

WORDS = {"parts": PARTS, "codes": CODES, "kinds": KINDS, "advice": ADVICE}
"""All of them, as the page looks them up; a code that a newer checker has used is shown as it is."""
