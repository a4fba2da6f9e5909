"""The author's reference is held against the code: fields, meanings, ranges, defaults and the examples."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import inspect as shapes

from darsgah_labs import folder_reading
from darsgah_labs.alternatives import read_alternative
from darsgah_labs.format import Level, Manifest, Runtime
from darsgah_labs.hint_bank import SLOTS, HintBank
from darsgah_labs.hint_bank_checks import check_hint_bank
from darsgah_labs.notebook import read_notebook
from darsgah_labs.toml_reading import read_toml
from tests.labs.lab_run import as_notebook
from tests.labs.small_lab import graded

DOCUMENT = Path(__file__).parents[2] / "docs" / "lab-format.md"


@pytest.fixture(scope="module")
def document() -> str:
    """The whole reference."""
    return DOCUMENT.read_text(encoding="utf-8")


def rows(kind: shapes.Type, path: str = "") -> Iterator[str]:
    """The table row of every field of a struct, tables inside it included, as the document has to have it."""
    while not isinstance(kind, shapes.StructType):
        assert isinstance(kind, shapes.Metadata | shapes.VarTupleType | shapes.UnionType)
        if isinstance(kind, shapes.UnionType):
            kind = kind.types[0]
        else:
            kind = kind.type if isinstance(kind, shapes.Metadata) else kind.item_type
    for field in kind.fields:
        assert isinstance(field.type, shapes.Metadata), field.encode_name
        name = path + field.encode_name
        meaning = (field.type.extra_json_schema or {})["description"]
        yield f"| `{name}` | {meaning} | {allowed(field.type)} | {default_of(field)} |"
        inner = field.type.type
        if isinstance(inner, shapes.StructType) and inner.cls.__name__ != "Text":
            yield from rows(inner, f"{name}.")
        elif isinstance(inner, shapes.VarTupleType) and isinstance(inner.item_type, shapes.StructType):
            yield from rows(inner, f"{name}[].")


def allowed(kind: shapes.Type) -> str:
    """What may be written, as the document says it."""
    while isinstance(kind, shapes.Metadata | shapes.UnionType):
        kind = kind.type if isinstance(kind, shapes.Metadata) else kind.types[0]
    said = "text"
    match kind:
        case shapes.IntType(ge=least, le=most) if least is not None:
            said = f"whole number, {least} to {most}" if least != most else f"`{least}`"
        case shapes.IntType():
            said = "whole number"
        case shapes.FloatType(gt=least, le=most):
            said = f"number above {least:g}, up to {most:g}"
        case shapes.BoolType():
            said = "`true` or `false`"
        case shapes.EnumType(cls=words):
            said = ", ".join(f"`{word}`" for word in words)
        case shapes.VarTupleType(item_type=item):
            said = "list of tables" if isinstance(item, shapes.StructType) else "list of texts"
        case shapes.StructType(cls=struct):
            said = "English and Urdu" if struct.__name__ == "Text" else "table"
    return said


def default_of(field: shapes.Field) -> str:
    """How the document gives a default."""
    if field.required:
        return "required"
    if field.default is None:
        return "none"
    if isinstance(field.default, msgspec.Struct):
        return "the defaults below"
    return f"`{msgspec.json.encode(field.default).decode()}`"


@pytest.mark.parametrize("shape", [Manifest, HintBank])
def test_every_field_is_documented(document: str, shape: type[msgspec.Struct]) -> None:
    expected = list(rows(shapes.type_info(shape)))
    assert len(expected) >= 12
    missing = [row for row in expected if row not in document.splitlines()]
    assert missing == []


def test_nothing_is_documented_that_does_not_exist(document: str) -> None:
    known = {*rows(shapes.type_info(Manifest)), *rows(shapes.type_info(HintBank))}
    documented = [line for line in document.splitlines() if line.startswith("| `")]
    fields = [line for line in documented if line.count("|") == 5]
    assert [line for line in fields if line not in known] == []


@pytest.mark.parametrize("word", [*Level, *Runtime, *(f"{{{slot}}}" for slot in sorted(SLOTS))])
def test_every_word_an_author_may_use_is_there(document: str, word: str) -> None:
    assert f"`{word}`" in document


def test_caps_are_those_of_the_code(document: str) -> None:
    assert f"{folder_reading.MAX_FILE_BYTES >> 20} MiB a file" in document
    assert f"{folder_reading.MAX_LAB_BYTES >> 20} MiB and {folder_reading.MAX_FILES} files" in document
    assert f"{folder_reading.MAX_DEPTH} folders deep" in document


def test_examples_are_valid(document: str) -> None:
    manifest, hints = re.findall(r"^```toml\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL)
    assert read_toml(manifest.encode(), "lab.toml", Manifest).points == 5
    bank = read_toml(hints.encode(), "hints.toml", HintBank)
    answer, test, alternative = re.findall(
        r"^```python\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL
    )
    notebook = read_notebook(
        as_notebook(
            [
                graded("code", answer, grade_id="fare", solution=True),
                graded("code", test, grade_id="test-fare", grade=True, points=5),
            ]
        ),
        "lab",
        "lab.ipynb",
    )
    check_hint_bank(bank, notebook, "hints.toml")
    solution = read_alternative(alternative.encode(), "solutions/a.py", notebook)
    for source in (answer, solution.cells["fare"]):
        exec(compile(source + test, "example", "exec"), {})  # noqa: S102 - the document's own example
