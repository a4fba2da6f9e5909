"""``docs/security.md`` says of every row of the catalogue what the cases show."""

from tests.grading.security_document import CATALOGUE, between, catalogue_table


def test_the_table_of_the_catalogue_is_that_of_the_cases() -> None:
    written, due = between(CATALOGUE).splitlines(), catalogue_table().splitlines()
    assert len(due) > 101
    differing = [line for line in due if line not in written] + [line for line in written if line not in due]
    assert differing == [], "python -m tests.grading.security_document writes it"
    assert all("`" in line for line in due if line[2].isdigit()), "a row without a case"
