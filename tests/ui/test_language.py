"""Which language a request gets, and that every word of the pages exists in each."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from darsgah.errors import Conflict, NotFound, TooMany
from darsgah.submissions.errors import NotebookRefused
from darsgah.ui import extraction
from darsgah.ui.language import Languages, Message, catalogue_path, explain, preferred, translate
from darsgah_grader.intake import read_notebook
from darsgah_grader.types import Limits, SubmissionRejected

LANGUAGES = Languages.load()
PLACEHOLDERS = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>")


@pytest.mark.parametrize(
    ("account", "cookie", "accepted", "chosen"),
    [
        ("ur", "en", "en", "ur"),
        (None, "ur", "en", "ur"),
        (None, None, "ur-PK,en;q=0.8", "ur"),
        (None, None, "de, ur;q=0.5, en;q=0.4", "ur"),
        (None, None, "ur;q=0", "en"),
        (None, "xx", "*", "en"),
        (None, None, ";;q=,,=\x00ur;q=nan", "en"),
        (None, None, "", "en"),
    ],
)
def test_the_account_comes_first_then_the_cookie_then_the_browser(
    account: str | None, cookie: str | None, accepted: str, chosen: str
) -> None:
    assert LANGUAGES.choose(account=account, cookie=cookie, accepted=accepted).code == chosen


def test_browsers_weigh_their_languages() -> None:
    assert preferred("en;q=0.2, ur-PK;q=0.9, pa") == ["pa", "ur", "en"]


def test_urdu_reads_from_the_right() -> None:
    assert [(language.code, language.direction) for language in LANGUAGES] == [("en", "ltr"), ("ur", "rtl")]


@pytest.mark.parametrize("code", extraction.TRANSLATED)
def test_the_catalogue_holds_exactly_the_words_of_the_pages(code: str) -> None:
    """``make messages`` brings it up to date."""
    with catalogue_path(code).open("rb") as source:
        catalogue = read_po(source, locale=code)
    there = {message.id for message in catalogue if message.id}
    wanted = {message.id for message in extraction.extracted() if message.id}
    assert there == wanted
    assert extraction.untranslated(catalogue) == []


@pytest.mark.parametrize("code", extraction.TRANSLATED)
def test_translations_keep_every_placeholder_and_tag(code: str) -> None:
    with catalogue_path(code).open("rb") as source:
        catalogue = read_po(source, locale=code)
    for message in catalogue:
        sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
        forms = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
        known = {found for text in sources for found in PLACEHOLDERS.findall(text)}
        for form in forms if message.id else ():
            used = set(PLACEHOLDERS.findall(form))
            assert used <= known, message.id
            assert used == known or len(sources) > 1, message.id


def test_messages_are_translated_when_they_are_shown() -> None:
    message = Message("At least {count} characters.", count=10)
    assert translate(message, LANGUAGES["en"]) == "At least 10 characters."
    assert translate(message, LANGUAGES["ur"]) == "کم از کم 10 حروف۔"  # noqa: RUF001 - Urdu
    assert translate("A hub's own words", LANGUAGES["ur"]) == "A hub's own words"


def test_errors_speak_the_readers_language() -> None:
    assert explain(NotFound(), LANGUAGES["en"]).startswith("There is nothing here")
    assert explain(NotFound(), LANGUAGES["ur"]).startswith("یہاں کچھ نہیں")
    assert explain(TooMany(retry_after=3), LANGUAGES["ur"]) != TooMany().message
    assert explain(Conflict("Room for {places} more.", places=2), LANGUAGES["ur"]) == "Room for 2 more."
    assert explain(Conflict("A {brace of braces", places=2), LANGUAGES["en"]) == "A {brace of braces"


@pytest.mark.parametrize(
    "sentence",
    ["There is no answer here yet.", "This test needed more memory than the lab allows."],
)
def test_the_graders_fixed_sentences_are_translated(sentence: str) -> None:
    assert translate(sentence, LANGUAGES["en"]) == sentence
    assert translate(sentence, LANGUAGES["ur"]) != sentence


def test_why_an_upload_is_refused_is_translated_whole() -> None:
    with pytest.raises(SubmissionRejected) as refused:
        read_notebook(b"PK\x03\x04", Limits())
    error = NotebookRefused("{refusal} Nothing was recorded.", refusal=refused.value.message)
    assert explain(error, LANGUAGES["en"]).startswith("This is a packed archive.")
    assert not re.search("packed|Nothing", explain(error, LANGUAGES["ur"]))


@pytest.mark.parametrize("code", extraction.TRANSLATED)
def test_names_that_begin_with_a_sign_keep_their_order(code: str) -> None:
    """The stop of ``.ipynb`` goes to its other end in text from right to left, unless it is kept apart."""
    with catalogue_path(code).open("rb") as source:
        texts = [
            str(message.string) for message in read_po(source, locale=code) if ".ipynb" in str(message.id)
        ]
    assert texts
    for text in texts:
        assert not re.search(r"(?<![\w\u2066\u200e)])\.ipynb", text), text


def test_what_a_person_sent_is_quoted_and_never_a_format() -> None:
    """A cell type or a file name of an upload stands in the message as it came."""
    for sent in ("{reason:>9999999999}", "{reason.__class__}", "{reason!r:>99}", "{0}", "{}"):
        error = Conflict(f"The cell type {sent!r} is not known.", reason="unknown")
        assert explain(error, LANGUAGES["en"]) == f"The cell type '{sent}' is not known."


def test_no_text_is_written_where_extraction_cannot_find_it() -> None:
    """A message put together in place has no entry in any catalogue."""
    composed = []
    for path in extraction.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message"
            )
            if named and isinstance(node, ast.Call) and not isinstance(node.args[0], ast.Constant):
                composed.append(f"{path.relative_to(extraction.PACKAGE)}:{node.lineno}")
    assert composed == []


def test_extraction_finds_templates_messages_and_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.html").write_text(
        '{{ _("From a template") }}{% trans n=1 %}One{% pluralize %}Many{% endtrans %}'
    )
    (tmp_path / "b.py").write_text(
        'class Full(Conflict):\n    """No room."""\n\n'
        'class Conflict(DarsgahError):\n    """Clash.\n\n    Not this."""\n'
        'class Other(Exception):\n    """Not for people."""\n'
        'raise Full("None at all.")\nMessage("Later", n=1)\nOther("Never")\n'
    )
    monkeypatch.setattr(extraction, "GRADER", ())
    monkeypatch.setattr(extraction, "PACKAGE", tmp_path)
    extraction._error_names.cache_clear()
    try:
        found = [message.id for message in extraction.extracted() if message.id]
    finally:
        extraction._error_names.cache_clear()
    assert sorted(map(str, found)) == sorted(
        map(str, ["From a template", ("One", "Many"), "No room.", "Clash.", "None at all.", "Later"])
    )
