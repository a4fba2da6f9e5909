"""Reads a course from disk: a folder with ``course.toml`` and the pages that stand between its labs."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from darsgah_labs.course_format import (
    LANGUAGES,
    SLUG,
    Course,
    CourseManifest,
    CourseModule,
    CoursePage,
    ItemTable,
    ModuleTable,
)
from darsgah_labs.course_pages import read_page
from darsgah_labs.errors import LabInvalid
from darsgah_labs.folder_reading import read_folder
from darsgah_labs.text import Text, check_both_languages
from darsgah_labs.toml_reading import read_toml

MANIFEST = "course.toml"
PAGES = "pages/"


def load_course(path: Path, labs: Collection[str]) -> Course:
    """The course at ``path``.

    Args:
        path: its folder.
        labs: the slugs of the labs that there are.

    Raises:
        LabInvalid: nothing there, or something in it is not as the format wants it.
    """
    folder = path.resolve()
    return course_of_files(folder.name, read_folder(folder), labs)


def course_of_files(name: str, files: Mapping[str, bytes], labs: Collection[str]) -> Course:
    """The course that a folder of that name with those files is, without looking at a disk.

    Raises:
        LabInvalid: something in it is not as the format wants it.
    """
    if not re.fullmatch(SLUG, name):
        problem = f"The folder's name {name!r} is the course's slug."
        raise LabInvalid(name, "", problem, "Rename it: lower case, digits and hyphens.")
    if MANIFEST not in files:
        raise LabInvalid(name, "", f"There is no {MANIFEST} in this folder.", "Name a course's folder.")
    manifest = read_toml(files[MANIFEST], MANIFEST, CourseManifest)
    check_both_languages(MANIFEST, _texts(manifest))
    _check_items(manifest, labs)
    _check_files(manifest, files)
    return Course(
        slug=name,
        title=manifest.title,
        summary=manifest.summary,
        modules=tuple(_module(table, files) for table in manifest.modules),
    )


def _module(table: ModuleTable, files: Mapping[str, bytes]) -> CourseModule:
    return CourseModule(
        table.title,
        tuple(_page(item.page, files) if item.page is not None else str(item.lab) for item in table.items),
    )


def _page(name: str, files: Mapping[str, bytes]) -> CoursePage:
    paths = [_file(name, language) for language in LANGUAGES]
    (title, body), (title_ur, body_ur) = (
        read_page(files[path], path, language) for path, language in zip(paths, LANGUAGES, strict=True)
    )
    return CoursePage(name, Text(title, title_ur), Text(body, body_ur))


def _file(page: str, language: str) -> str:
    return f"{PAGES}{page}.{language}.md"


def _items(manifest: CourseManifest) -> Iterator[tuple[str, ItemTable]]:
    """Every item with its place in the manifest."""
    for at, module in enumerate(manifest.modules):
        for place, item in enumerate(module.items):
            yield f"modules[{at}].items[{place}]", item


def _texts(manifest: CourseManifest) -> dict[str, Text]:
    """Every text of the manifest by the field that it stands in."""
    modules = {f"modules[{at}].title": module.title for at, module in enumerate(manifest.modules)}
    return {"title": manifest.title, "summary": manifest.summary, **modules}


def _check_items(manifest: CourseManifest, labs: Collection[str]) -> None:
    """Each item is a page or a lab, stands once, and names what can be one."""
    seen: set[tuple[str, str]] = set()
    for place, item in _items(manifest):
        if (item.page is None) == (item.lab is None):
            mend = "Write page = NAME for something to read, or lab = SLUG for a lab."
            raise LabInvalid(MANIFEST, place, "An item is either a page or a lab.", mend)
        kind, name = ("page", item.page) if item.page is not None else ("lab", item.lab or "")
        if not re.fullmatch(SLUG, name):
            problem = f"{name!r} is no name for a {kind}."
            raise LabInvalid(MANIFEST, f"{place}.{kind}", problem, "Use lower case, digits and hyphens.")
        if (kind, name) in seen:
            problem = f"The {kind} {name!r} stands in the course twice."
            raise LabInvalid(MANIFEST, f"{place}.{kind}", problem, "Leave one of the two out.")
        seen.add((kind, name))
        if kind == "lab" and name not in labs:
            mend = f"Leave it out until there is one; the labs are: {', '.join(sorted(labs))}."
            raise LabInvalid(MANIFEST, f"{place}.lab", f"There is no lab {name!r}.", mend)


def _check_files(manifest: CourseManifest, files: Mapping[str, bytes]) -> None:
    """Every page has its text in each language, and nothing else lies around."""
    known = {MANIFEST}
    for place, item in _items(manifest):
        if item.page is None:
            continue
        for language in LANGUAGES:
            path = _file(item.page, language)
            if path not in files:
                problem = f"There is no file {path!r} in the course."
                raise LabInvalid(
                    MANIFEST, f"{place}.page", problem, "Write it: every page is in both languages."
                )
            known.add(path)
    for path in files:
        if path not in known:
            mend = f"Name it in {MANIFEST} as a page, or take it out of the course."
            raise LabInvalid(path, "", "This file is not part of the course.", mend)
