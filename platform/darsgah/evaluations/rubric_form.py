"""The form of a rubric: a row of fields for each criterion, the two languages apart."""

from collections.abc import Mapping, Sequence

import msgspec

from darsgah.errors import MalformedInput
from darsgah.evaluations.schemas import MOST_CRITERIA, Criterion, NewRubric, Version
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message

ROWS = range(1, MOST_CRITERIA + 1)
"""The numbers that the fields of a row end with: ``name_1``, ``name_ur_1`` and so on."""
FIELDS = Criterion.__struct_fields__


class SeenNumber(msgspec.Struct, frozen=True):
    """The version that was on the page."""

    number: Version


def read(values: Mapping[str, str]) -> NewRubric:
    """The rubric of a form; rows without a word are left out.

    Raises:
        MalformedInput: names the fields at fault.
    """
    number = read_form(values, SeenNumber).number
    criteria, fields = [], dict[str, Message]()
    for row in ROWS:
        texts = {name: " ".join(values.get(f"{name}_{row}", "").split()) for name in FIELDS}
        if not any(texts.values()):
            continue
        try:
            criteria.append(read_form(texts, Criterion))
        except MalformedInput as error:
            fields |= {f"{name}_{row}": text for name, text in error.details["fields"].items()}
    if not criteria and not fields:
        fields["name_1"] = Message("This is needed.")
    if fields:
        raise MalformedInput(fields=fields)
    return NewRubric(criteria, number)


def written(criteria: Sequence[Criterion]) -> dict[str, str]:
    """The form's values for criteria that there are."""
    return {
        f"{name}_{row}": getattr(one, name)
        for row, one in zip(ROWS, criteria, strict=False)
        for name in FIELDS
    }
