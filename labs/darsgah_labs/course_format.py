"""The course format: the shape of ``course.toml`` and of a course that has been read.

As in ``darsgah_labs.format`` the structs are the format, and a test holds ``docs/course-format.md`` against
them. Nothing here reads a file; ``darsgah_labs.course_folder`` does.
"""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from msgspec import Meta

from darsgah_labs.text import Text

FORMAT_VERSION = 1
"""The version of the format that this code reads and that ``course.toml`` states."""

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
LANGUAGES = ("en", "ur")


class ItemTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One item of a module: ``page`` or ``lab``, never both."""

    page: Annotated[
        str | None,
        Meta(
            description="A page to read: its files are `pages/NAME.en.md` and `pages/NAME.ur.md`.",
            examples=["why-functions"],
        ),
    ] = None
    lab: Annotated[
        str | None, Meta(description="A lab, by its slug.", examples=["python-functions-and-data"])
    ] = None


class ModuleTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[modules]]`` entry: a part of the course."""

    title: Annotated[Text, Meta(description="What the module is called.")]
    items: Annotated[tuple[ItemTable, ...], Meta(min_length=1, description="What is in it, in order.")]


class CourseManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``course.toml``: what is said about a course, and what it is made of."""

    format: Annotated[
        int,
        Meta(ge=FORMAT_VERSION, le=FORMAT_VERSION, description="The version of this format.", examples=[1]),
    ]
    title: Annotated[Text, Meta(description="What the course is called.")]
    summary: Annotated[Text, Meta(description="What it teaches and for whom, in a few sentences.")]
    modules: Annotated[
        tuple[ModuleTable, ...], Meta(min_length=1, description="The parts of the course, in order.")
    ]


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A page that has been read: ``body`` is Markdown without the title."""

    name: str
    title: Text
    body: Text


@dataclass(frozen=True, slots=True)
class CourseModule:
    """A module that has been read; a lab stands among its items by its slug."""

    title: Text
    items: tuple[CoursePage | str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course that has been read and checked."""

    slug: str
    title: Text
    summary: Text
    modules: tuple[CourseModule, ...]

    @property
    def labs(self) -> tuple[str, ...]:
        """The slugs of its labs, in order."""
        return tuple(item for module in self.modules for item in module.items if isinstance(item, str))
