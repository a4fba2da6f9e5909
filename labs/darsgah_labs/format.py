"""The lab format: the shape of ``lab.toml`` and of a lab that has been read.

The structs below are the format: field names are the keys of the file, the constraints and the descriptions
on them are what authors are told (``docs/lab-format.md`` is held against them by a test). Nothing here reads
a file; ``darsgah_labs.lab_folder`` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from darsgah_labs.hint_bank import HintBank
from darsgah_labs.text import Text

MIB = 1024 * 1024
KIB = 1024

FORMAT_VERSION = 1
"""The version of the format that this code reads and that ``lab.toml`` and ``hints.toml`` state."""


class Level(StrEnum):
    """What a learner should bring along."""

    FOUNDATION = "foundation"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class Runtime(StrEnum):
    """Where the learner's code runs while they work; grades are made on the server whatever it says."""

    BROWSER = "browser"
    HUB = "hub"
    GPU = "gpu"


class LabKind(StrEnum):
    """Which of the three sorts of lab was read."""

    FOLDER = "folder"
    NOTEBOOK = "notebook"
    ASSIGNMENT = "assignment"


class LimitsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[limits]`` table: what one submission may use, in the units that authors write."""

    cell_seconds: Annotated[
        float, Meta(gt=0, le=600, description="Wall-clock seconds one cell may run.", examples=[10])
    ] = 30.0
    total_seconds: Annotated[
        float, Meta(gt=0, le=3600, description="Wall-clock seconds a submission may run.", examples=[60])
    ] = 300.0
    memory_mib: Annotated[
        int, Meta(ge=32, le=65536, description="Memory of a submission in MiB.", examples=[512])
    ] = 1024
    work_mib: Annotated[
        int, Meta(ge=1, le=4096, description="Files that the code may write, in MiB.", examples=[16])
    ] = 64
    output_kib: Annotated[
        int, Meta(ge=1, le=16384, description="Output kept of a submission, in KiB.", examples=[256])
    ] = 256
    submission_mib: Annotated[
        int, Meta(ge=1, le=100, description="Largest notebook accepted, in MiB.", examples=[5])
    ] = 20
    cells: Annotated[
        int, Meta(ge=1, le=10000, description="Most cells a submitted notebook may have.", examples=[300])
    ] = 2000


class HintPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[hints]`` table: what the tutor may do in this lab."""

    enabled: Annotated[
        bool, Meta(description="Whether learners may ask for hints at all.", examples=[True])
    ] = True
    max_level: Annotated[
        int,
        Meta(
            ge=0,
            le=4,
            description="Highest level: 0 evidence, 1 where, 2 question, 3 concept, 4 example.",
            examples=[4],
        ),
    ] = 4
    per_day: Annotated[
        int, Meta(ge=0, le=200, description="Hints a learner may ask for in a day.", examples=[12])
    ] = 20


class DataFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[data]]`` entry: a file under ``data/`` and where it comes from."""

    path: Annotated[
        str,
        Meta(
            pattern=r"^data/[^\\]+$",
            max_length=200,
            description="The file, relative to the lab folder.",
            examples=["data/fares.csv"],
        ),
    ]
    description: Annotated[
        str, Meta(min_length=10, max_length=600, description="What is in it.", examples=["Daily fares, PKR"])
    ]
    licence: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$",
            max_length=60,
            description="SPDX identifier of its licence.",
            examples=["CC0-1.0"],
        ),
    ]
    source: Annotated[
        str,
        Meta(
            min_length=5,
            max_length=600,
            description="Where it comes from: a publication with its address, or how it was made.",
            examples=["Synthetic, made by make_data.py"],
        ),
    ]
    made_by: Annotated[
        str | None,
        Meta(
            description="The Python script in the lab folder that writes it into the folder it is given.",
            examples=["make_data.py"],
        ),
    ] = None
    seed: Annotated[int | None, Meta(description="The seed that script uses.", examples=[20260301])] = None


class Equivalent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ``[[equivalent]]`` entry: a mutant that no test can tell from the solution, and why."""

    answer: Annotated[str, Meta(min_length=1, description="grade_id of the answer cell.", examples=["fare"])]
    mutant: Annotated[
        str,
        Meta(
            max_length=4000,
            description="The changed line as `darsgah lab check` shows it, after the `+`.",
            examples=["return max(a, b, 0)"],
        ),
    ]
    reason: Annotated[
        str,
        Meta(
            min_length=15,
            max_length=600,
            description="Why it means the same as the solution.",
            examples=["The loop adds 0 for empty rows, so starting one row later changes nothing."],
        ),
    ]
    was: Annotated[
        str | None,
        Meta(
            description="The line as it was, after the `-`; needed where `mutant` alone names several.",
            examples=["return max(a, b)"],
        ),
    ] = None


Slug = Annotated[str, Meta(pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$", max_length=80)]
"""A short name in lower case, words joined by hyphens or dots."""

UnitCode = Annotated[str, Meta(pattern=r"^[A-Z0-9]+([.-][A-Z0-9]+)*$", max_length=40)]
"""The code of a qualification unit, as the hub's qualification data have it."""


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``lab.toml``: everything that is said about a lab outside its notebook."""

    format: Annotated[
        int, Meta(description="Version of this format.", examples=[FORMAT_VERSION], ge=1, le=FORMAT_VERSION)
    ]
    title: Annotated[Text, Meta(description="The lab's name, in English and Urdu.")]
    summary: Annotated[Text, Meta(description="Two or three sentences on what is learnt, in both.")]
    level: Annotated[Level, Meta(description="What a learner should bring along.", examples=["foundation"])]
    minutes: Annotated[
        int, Meta(ge=5, le=600, description="Minutes an average learner needs.", examples=[75])
    ]
    skills: Annotated[
        tuple[Slug, ...],
        Meta(min_length=1, max_length=20, description="What is practised.", examples=[["python.functions"]]),
    ]
    runtime: Annotated[
        Runtime, Meta(description="Where learners' code runs while they work.", examples=["browser"])
    ]
    environment: Annotated[
        str,
        Meta(
            pattern=r"^[a-z][a-z0-9-]{0,39}$",
            description="The set of packages the lab runs in.",
            examples=["python"],
        ),
    ]
    points: Annotated[
        float, Meta(gt=0, le=1000, description="Sum of the points in the notebook.", examples=[20])
    ]
    units: Annotated[
        tuple[UnitCode, ...],
        Meta(max_length=20, description="Qualification units it gives evidence for.", examples=[["AI-F-01"]]),
    ] = ()
    limits: Annotated[LimitsTable, Meta(description="What one submission may use.")] = LimitsTable()
    hints: Annotated[HintPolicy, Meta(description="What the tutor may do.")] = HintPolicy()
    data: Annotated[
        tuple[DataFile, ...], Meta(max_length=100, description="Every file under data/, with its licence.")
    ] = ()
    equivalent: Annotated[
        tuple[Equivalent, ...],
        Meta(max_length=100, description="Mutants that mean the same as the solution, each with the reason."),
    ] = ()


@dataclass(frozen=True, slots=True)
class LabLimits:
    """What one submission may use; seconds are wall-clock, sizes are bytes.

    The names are those of the grader's own limits, so that the platform joins the two by name.
    """

    cell_seconds: float
    total_seconds: float
    memory_bytes: int
    work_bytes: int
    output_bytes: int
    submission_bytes: int
    cells: int

    @classmethod
    def from_table(cls, table: LimitsTable) -> "LabLimits":
        """The table's MiB and KiB as bytes."""
        return cls(
            cell_seconds=table.cell_seconds,
            total_seconds=table.total_seconds,
            memory_bytes=table.memory_mib * MIB,
            work_bytes=table.work_mib * MIB,
            output_bytes=table.output_kib * KIB,
            submission_bytes=table.submission_mib * MIB,
            cells=table.cells,
        )


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another correct solution, given by the author so that the tests demand no one wording.

    Attributes:
        name: the file's name without its ending.
        note: what is different about it; the first paragraph of the file.
        cells: source of the whole answer cell by its grade_id.
    """

    name: str
    note: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab, whole and in memory: hidden tests and solutions included, so never for a learner's eyes.

    Attributes:
        slug: the folder's or the file's name, in lower case with hyphens.
        title, summary: Urdu is empty in a plain nbgrader lab, which has no place for it.
        notebooks: source notebooks by name (no ``.ipynb``), sorted by name, bytes as they were found.
        files: what the notebooks may read, by path relative to them.
        environment: name of the set of packages the notebooks run in.
        points: the sum over the notebooks' graded cells, tasks and manually graded ones included.
        digest: SHA-256 in hexadecimal over every file of the lab with its path; the slug is not in it.
        manifest: what ``lab.toml`` says; None for a plain nbgrader lab.
        hint_bank: the authored misconceptions; empty when there is no ``hints.toml``.
        alternatives: other correct solutions, by file name.
        authored: the files of a lab folder besides notebook and data, by path: what ``lab_of_files`` needs
            to make the same lab again. Empty for a plain nbgrader lab.
    """

    slug: str
    kind: LabKind
    title: Text
    summary: Text
    notebooks: Mapping[str, bytes]
    files: Mapping[str, bytes]
    environment: str
    limits: LabLimits
    points: float
    digest: str
    manifest: Manifest | None
    hint_bank: HintBank
    alternatives: tuple[Alternative, ...]
    authored: Mapping[str, bytes] = field(default_factory=dict)
