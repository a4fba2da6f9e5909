"""The course format: what is read, every way it can be wrong, the reference, and the shipped courses."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec import inspect as shapes

from darsgah_labs.course_folder import course_of_files, load_course
from darsgah_labs.course_format import CourseManifest, CoursePage
from darsgah_labs.course_pages import PAGE_BYTES
from darsgah_labs.errors import LabInvalid
from darsgah_labs.shipped import shipped_courses, shipped_labs
from tests.labs.test_lab_format_document import rows

DOCUMENT = Path(__file__).parents[2] / "docs" / "course-format.md"
MANIFEST = """
format = 1
title = { en = "First steps", ur = "پہلے قدم" }
summary = { en = "Functions, then files.", ur = "پہلے فنکشن، پھر فائلیں" }

[[modules]]
title = { en = "Rules", ur = "اصول" }
items = [{ page = "why" }, { lab = "a-lab" }]
"""
ENGLISH = "# Why\n\nBecause.\n\n## More\n\n```python\nx = '<b>'\n```\n"
URDU = "# کیوں\n\nاس لیے کہ `return` قیمت واپس دیتا ہے\n"  # noqa: RUF001 - Urdu
FILES: Mapping[str, str] = {"course.toml": MANIFEST, "pages/why.en.md": ENGLISH, "pages/why.ur.md": URDU}


def read(files: Mapping[str, str], name: str = "first-steps") -> object:
    """The course of these files, where there is the lab ``a-lab``."""
    return course_of_files(name, {path: text.encode() for path, text in files.items()}, {"a-lab"})


def test_a_course_is_read() -> None:
    course = course_of_files("first-steps", {path: text.encode() for path, text in FILES.items()}, {"a-lab"})
    assert (course.slug, course.title.en, course.title.ur) == ("first-steps", "First steps", "پہلے قدم")
    assert course.labs == ("a-lab",)
    (module,) = course.modules
    page, lab = module.items
    assert lab == "a-lab"
    assert isinstance(page, CoursePage)
    assert (page.name, page.title.en, page.title.ur) == ("why", "Why", "کیوں")
    assert page.body.en == "Because.\n\n## More\n\n```python\nx = '<b>'\n```"


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("format = 1", "format = 2", "format", "version of this format"),
        (
            'summary = { en = "Functions, then files.", ur = "پہلے فنکشن، پھر فائلیں" }',
            "",
            "summary",
            "missing",
        ),
        ('items = [{ page = "why" }, { lab = "a-lab" }]', "", "modules[0].items", "missing"),
        ("items = [", "colour = 1\nitems = [", "modules[0].colour", "no such field"),
        ("پہلے قدم", "Pehle qadam", "title.ur", "Urdu"),
        ("First steps", " ", "title.en", "empty"),
        ("اصول", "", "modules[0].title.ur", "Urdu"),
        ('{ page = "why" }, { lab = "a-lab" }', "", "modules[0].items", "length"),
        ('{ page = "why" }', '{ page = "why", lab = "a-lab" }', "modules[0].items[0]", "either a page or"),
        ('{ page = "why" }', "{}", "modules[0].items[0]", "either a page or a lab"),
        ('{ page = "why" }', '{ page = "why.md" }', "modules[0].items[0].page", "no name for a page"),
        ('{ page = "why" }', '{ page = "../why" }', "modules[0].items[0].page", "no name for a page"),
        ('{ page = "why" }', '{ page = "how" }', "modules[0].items[0].page", "pages/how.en.md"),
        ('{ lab = "a-lab" }', '{ page = "why" }', "modules[0].items[1].page", "twice"),
        ('{ lab = "a-lab" }', '{ lab = "other" }', "modules[0].items[1].lab", "the labs are: a-lab"),
        ('{ lab = "a-lab" }', "{ lab = 7 }", "modules[0].items[1].lab", "text in quotes"),
    ],
)
def test_what_is_wrong_in_the_manifest(old: str, new: str, field: str, words: str) -> None:
    assert old in MANIFEST
    with pytest.raises(LabInvalid) as found:
        read({**FILES, "course.toml": MANIFEST.replace(old, new, 1)})
    assert (found.value.file, found.value.field) == ("course.toml", field)
    assert words in str(found.value)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("", "no title"),
        ("Why\n\nText", "no title"),
        ("## Why\n\nText", "no title"),
        ("#\n\nText", "no title"),
        ("# Why\n", "nothing to read"),
        ("# Why\n\n```python\nx = 1\n```\n", "nothing to read"),
        ("# Why\n\n# Again\n\nText", "second heading"),
        ("# Why\n\n![a](b.png) text", "picture"),
        ("# Why\n\n<div>text</div>", "HTML"),
        ("# Why\n\nA <b>word</b>", "HTML"),
        ("# Why\n\n[there](other.md)", "leads to a file"),
        ("# Why\n\n[there](/today)", "leads to a file"),
        ("# Why\n\n" + "word " * PAGE_BYTES, "larger"),
    ],
)
def test_what_is_wrong_in_a_page(page: str, words: str) -> None:
    with pytest.raises(LabInvalid, match=words) as found:
        read({**FILES, "pages/why.en.md": page})
    assert found.value.file == "pages/why.en.md"


@pytest.mark.parametrize("page", ["# کیوں\n\nOnly English here.", "# Why\n\nاردو میں"])  # noqa: RUF001 - Urdu
def test_a_page_in_the_wrong_language(page: str) -> None:
    with pytest.raises(LabInvalid, match="Urdu"):
        read({**FILES, "pages/why.ur.md": page})


def test_bytes_that_are_no_text() -> None:
    files = {path: text.encode() for path, text in FILES.items()}
    with pytest.raises(LabInvalid, match="not UTF-8"):
        course_of_files("first-steps", files | {"pages/why.en.md": b"# Why\n\n\xff"}, {"a-lab"})


@pytest.mark.parametrize("path", ["pages/other.en.md", "notes.txt", "pages/why.md"])
def test_nothing_else_lies_around(path: str) -> None:
    with pytest.raises(LabInvalid, match="not part of the course") as found:
        read({**FILES, path: "text"})
    assert found.value.file == path


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(LabInvalid, match="is the course's slug"):
        read(FILES, "First Steps")
    with pytest.raises(LabInvalid, match=r"no course\.toml"):
        read({"pages/why.en.md": ENGLISH})
    with pytest.raises(LabInvalid, match="cannot be read"):
        load_course(tmp_path / "nowhere", ())


@pytest.mark.parametrize("folder", shipped_courses(), ids=lambda folder: folder.name)
def test_shipped_courses_teach_between_their_labs(folder: Path) -> None:
    course = load_course(folder, {lab.name for lab in shipped_labs()})
    for module in course.modules:
        pages = [item for item in module.items if isinstance(item, CoursePage)]
        assert len(pages) >= 2
        for page in pages:
            for text in (page.body.en, page.body.ur):
                assert 300 <= len(text.split()) <= 700, page.name


def test_every_shipped_lab_stands_in_one_course() -> None:
    labs = {lab.name for lab in shipped_labs()}
    placed = [slug for folder in shipped_courses() for slug in load_course(folder, labs).labs]
    assert len(shipped_courses()) == 3
    assert sorted(placed) == sorted(labs)


@pytest.fixture(scope="module")
def document() -> str:
    """The whole reference."""
    return DOCUMENT.read_text(encoding="utf-8")


def test_every_field_is_documented_and_no_other(document: str) -> None:
    expected = list(rows(shapes.type_info(CourseManifest)))
    documented = [line for line in document.splitlines() if line.startswith("| `")]
    assert documented == expected


def test_the_examples_of_the_reference_are_valid(document: str) -> None:
    (manifest,) = re.findall(r"^```toml\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL)
    (page,) = re.findall(r"^```markdown\n(.*?)^```$", document, flags=re.MULTILINE | re.DOTALL)
    files = {
        "course.toml": manifest,
        "pages/how-to-work-here.en.md": page,
        "pages/how-to-work-here.ur.md": URDU,
    }
    course = course_of_files(
        "first-steps",
        {path: text.encode() for path, text in files.items()},
        {"python-functions-and-data"},
    )
    assert course.labs == ("python-functions-and-data",)
    assert f"{PAGE_BYTES >> 10} KiB" in document
