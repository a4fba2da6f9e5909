"""What the catalog slice takes and shows. Titles come in both languages; an empty Urdu text means none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from darsgah.blobs.stored_file import StoredFile


@dataclass(frozen=True, slots=True)
class LabPackage:
    """A checked lab, ready to be published.

    Attributes:
        digest: SHA-256 over everything the lab is made of; publishing it twice makes no new version.
        sources: the instructor's notebooks by name (without ``.ipynb``), hidden tests and solutions included.
        releases: the learner's versions of the same notebooks.
        files: data files by relative path.
        authored: what the author wrote beside the notebook (``lab.toml``, hints, other solutions), by path.
        limits: the grader's limits by name, in seconds and bytes.
        units: codes of qualification units that it gives evidence for.
    """

    slug: str
    digest: str
    title: str
    runtime: str
    environment: str
    points: float
    sources: Mapping[str, bytes]
    releases: Mapping[str, bytes]
    files: Mapping[str, bytes] = field(default_factory=dict)
    authored: Mapping[str, bytes] = field(default_factory=dict)
    title_ur: str = ""
    summary: str = ""
    summary_ur: str = ""
    level: str = ""
    minutes: int | None = None
    skills: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PagePlan:
    """A page to publish; the bodies are Markdown without the title."""

    title: str
    body: str
    title_ur: str = ""
    body_ur: str = ""


@dataclass(frozen=True, slots=True)
class ModulePlan:
    """A module to publish: its title and what is in it, in order; a lab stands there by its version's id."""

    title: str
    items: tuple[UUID | PagePlan, ...]
    title_ur: str = ""


@dataclass(frozen=True, slots=True)
class CoursePlan:
    """A course version to publish."""

    slug: str
    title: str
    modules: tuple[ModulePlan, ...]
    title_ur: str = ""
    summary: str = ""
    summary_ur: str = ""


class LabVersionView(msgspec.Struct, frozen=True):
    """A lab version as everybody may see it: nothing of its sources."""

    id: UUID
    lab_id: UUID
    slug: str
    number: int
    title: str
    title_ur: str
    summary: str
    summary_ur: str
    level: str
    minutes: int | None
    runtime: str
    environment: str
    points: float
    skills: tuple[str, ...]
    notebooks: tuple[StoredFile, ...]
    files: tuple[StoredFile, ...]
    cell_seconds: float
    total_seconds: float
    memory_bytes: int
    submission_bytes: int


class GradingMaterial(msgspec.Struct, frozen=True):
    """What a worker needs to grade a lab version, and to check it: by content, for trusted eyes only."""

    environment: str
    limits: dict[str, Any]
    sources: tuple[StoredFile, ...]
    files: tuple[StoredFile, ...]
    slug: str = ""
    authored: tuple[StoredFile, ...] = ()


class PageHeading(msgspec.Struct, frozen=True):
    """A page as a list shows it; ``minutes`` is how long it takes to read."""

    id: UUID
    title: str
    title_ur: str
    minutes: int


class PageView(msgspec.Struct, frozen=True):
    """A page with its text, in Markdown."""

    id: UUID
    title: str
    title_ur: str
    minutes: int
    body: str
    body_ur: str


class LabItem(msgspec.Struct, frozen=True):
    """A lab's place in a module: the lab, and the version of it that the course version was made with."""

    lab_id: UUID
    lab_version_id: UUID


class ModuleItem(msgspec.Struct, frozen=True):
    """One step of a module: either a page or a lab."""

    page: PageHeading | None = None
    lab: LabItem | None = None


class ModuleView(msgspec.Struct, frozen=True):
    """A module with what is in it, in order."""

    id: UUID
    title: str
    title_ur: str
    items: tuple[ModuleItem, ...]

    @property
    def lab_version_ids(self) -> tuple[UUID, ...]:
        """The lab versions in it, in order."""
        return tuple(item.lab.lab_version_id for item in self.items if item.lab is not None)


class CourseVersionView(msgspec.Struct, frozen=True):
    """A course version as everybody may see it."""

    id: UUID
    course_id: UUID
    slug: str
    number: int
    title: str
    title_ur: str
    summary: str
    summary_ur: str


class CourseOutline(msgspec.Struct, frozen=True):
    """A course version with its modules."""

    course: CourseVersionView
    modules: tuple[ModuleView, ...]
