"""What is served for the full notebook, and what its page says."""

import json
import re
from pathlib import Path

import pytest

from darsgah.errors import NotFound
from darsgah.ui.full_notebook import FullNotebook
from darsgah.workspaces.full_notebook_page import TEXTS

SOURCE = Path(__file__).parents[2] / "labs/full-notebook"


@pytest.fixture(scope="module")
def built() -> FullNotebook:
    """As ``make setup`` builds it."""
    full_notebook = FullNotebook()
    assert full_notebook.present
    return full_notebook


def test_nothing_names_another_host(built: FullNotebook) -> None:
    configuration = json.dumps(built.configuration("/runtime/1/"))
    assert "http" not in configuration.replace("https://jupyter.org", "")
    assert '"pyodideUrl": "/runtime/1/pyodide.mjs"' in configuration
    assert "{" + "files}" not in configuration


def test_files_are_packed_for_those_who_take_it(built: FullNotebook) -> None:
    address = built.script.removeprefix("/full-notebook/")
    plain, coding = built.find(address, "")
    assert (plain.suffix, coding) == (".js", "")
    packed, coding = built.find(address, "gzip, deflate, br")
    assert (packed.suffix, coding) == (".br", "br")
    assert packed.stat().st_size < plain.stat().st_size / 2
    assert built.lasts(address)
    assert not built.lasts("static/favicons/favicon-notebook.ico")


@pytest.mark.parametrize("address", ["", "../static_files.py", "0123/build/x.js", "build", "/etc/passwd"])
def test_nothing_else_is_served(built: FullNotebook, address: str) -> None:
    with pytest.raises(NotFound):
        built.find(address, "br")


def test_without_it_nothing_is_offered(tmp_path: Path) -> None:
    absent = FullNotebook(tmp_path / "absent")
    assert not absent.present
    with pytest.raises(NotFound):
        absent.find("build/notebooks/bundle.js", "")


def test_its_words_are_those_of_the_extension() -> None:
    source = "".join(path.read_text() for path in SOURCE.glob("*.ts"))
    asked = set(re.findall(r'words\(\s*(?:this\.)?setup,\s*"([^"]+)"', source))
    asked |= set(re.findall(r'this\.refusal\(\d+, "([^"]+)"', source))
    assert asked <= {message.text for message in TEXTS}
    assert {message.text for message in TEXTS} <= asked
