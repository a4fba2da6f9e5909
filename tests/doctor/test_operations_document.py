"""The operator's page is held against the code: every setting, every check, the shape of the JSON."""

import re
from pathlib import Path

import msgspec
import pytest
from pydantic_core import PydanticUndefined

from darsgah.commands import doctor
from darsgah.commands.diagnosis.findings import Check, State
from darsgah.db.programs import MAJOR, installed_programs
from darsgah.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


@pytest.fixture(scope="module")
def document() -> str:
    """The whole page."""
    return DOCUMENT.read_text(encoding="utf-8")


def setting_rows() -> list[str]:
    """The table row of every setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        assert field.default is not PydanticUndefined, name
        default = "none" if field.default is None else f"`{field.default}`"
        rows.append(f"| `DARSGAH_{name.upper()}` | {field.description} | {default} |")
    return rows


def test_every_setting_is_there_as_the_code_has_it(document: str) -> None:
    table = [line for line in document.splitlines() if line.startswith("| `DARSGAH_")]
    assert table == setting_rows()


def test_no_setting_is_named_that_does_not_exist(document: str) -> None:
    named = set(re.findall(r"DARSGAH_[A-Z_]+", document))
    assert named <= {f"DARSGAH_{name.upper()}" for name in Settings.model_fields}


def test_every_check_is_explained_once(document: str) -> None:
    explained = re.findall(r"^\| `([a-z_]+\.[a-z_]+)[.A-Z]*` \|", document, flags=re.MULTILINE)
    assert explained == [str(check) for check in Check]


def test_states_and_fields_of_the_json_are_there(document: str) -> None:
    for state in State:
        assert f"`{state}`" in document
    for shape in (doctor.Report, doctor.GroupLine, doctor.FindingLine):
        for field in msgspec.structs.fields(shape):
            assert f"`{field.name}`" in document


def test_the_embedded_programs_are_where_the_page_says(document: str) -> None:
    folder = f"{installed_programs().parent.parent.name}/pginstall{MAJOR}/bin"
    assert folder in document
    for program in ("pg_dump", "pg_restore"):
        assert f'"$bin/{program}"' in document
        assert (installed_programs() / program).exists()


def test_the_unit_file_delegates_its_group(document: str) -> None:
    units = re.findall(r"```ini\n(.*?)```", document, flags=re.DOTALL)
    assert all("Delegate=yes" in unit for unit in units)
    assert len(units) >= 2
