"""Code in Urdu sentences stays left to right, and a text is in the language that it is said to be in."""

import pytest

from darsgah_tutor.directions import as_shown, is_in, left_to_right


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("سطر {line} میں `total` دیک\u06beیے\u06d4", "سطر {line} میں \u2066`total`\u2069 دیک\u06beیے\u06d4"),
        ("`{name}` کی قیمت، {input} پر", "`{name}` کی قیمت، {input} پر"),
        (
            "آخری جگہ n - 1 پر ہے، اور -1 آخر سے گنتا ہے\u06d4",
            "آخری جگہ \u2066n - 1\u2069 پر ہے، اور \u2066-1\u2069 آخر سے گنتا ہے\u06d4",
        ),
        (
            "(5, 3) کے table میں، text.replace(...) سے",
            "\u2066(5, 3)\u2069 کے table میں، \u2066text.replace(...)\u2069 سے",
        ),
        ("جواب 12 ہے، learning rate نہیں\u06d4", "جواب 12 ہے، learning rate نہیں\u06d4"),
        ("**یہ** (جیسے list) دیک\u06beیے", "**یہ** (جیسے list) دیک\u06beیے"),
        ("مثال:\n```python\na = b - 1\n```\nدیک\u06beیے", "مثال:\n```python\na = b - 1\n```\nدیک\u06beیے"),
    ],
)
def test_code_in_urdu_stays_left_to_right(written: str, shown: str) -> None:
    assert left_to_right(written) == shown


def test_what_a_model_writes_to_steer_direction_is_not_shown() -> None:
    mixed = "\u202eسطر \u20672\u2069 میں \u200e`x`\u202c دیک\u06beیے، نہ\u200cیں"
    assert as_shown(mixed, "ur") == "سطر 2 میں \u2066`x`\u2069 دیک\u06beیے، نہ\u200cیں"
    assert as_shown("See \u202e`x`.", "en") == "See `x`."


@pytest.mark.parametrize(
    ("text", "language", "fits"),
    [
        ("سطر 2 کا learning rate دیک\u06beیے\u06d4", "ur", True),
        ("Look at line 2.", "en", True),
        ("Look at line 2.", "ur", False),
        ("سطر 2 دیک\u06beیے\u06d4 Then look at what the loop does.", "ur", False),
        ("Look at the line، دیک\u06beیے", "ur", False),
        ("سطر 2 دیک\u06beیے\u06d4", "en", False),
        ("انظر إلى السطر 2.", "ur", False),
        ("पंक्ति 2 देखिए।", "ur", False),
        ("Посмотри на строку 2.", "en", False),
    ],
)
def test_the_language_of_a_text(text: str, language: str, fits: bool) -> None:
    assert is_in(text, language) is fits
