"""Published labs as the tutor wants them: read from what publishing kept, for the worker."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from uuid import UUID

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import StoredFile
from darsgah.catalog import service as catalog
from darsgah.db.session import Database
from darsgah.hinting.lab_hints import lab_bank
from darsgah.lab_checks.limits import limits_of
from darsgah_grader.grading import Grader
from darsgah_grader.types import Assignment, Master
from darsgah_labs.format import Lab
from darsgah_labs.lab_folder import lab_of_files
from darsgah_tutor.misconceptions import Bank

_KEPT = 32


@dataclass(frozen=True, slots=True)
class PublishedLab:
    """A published lab version; ``bank`` is its authors'."""

    lab: Lab
    assignment: Assignment
    bank: Bank


class PublishedLabs:
    """Reads lab versions; one never changes, so the last ones read are kept."""

    def __init__(self, database: Database, blobs: BlobStore, grader: Grader) -> None:
        self._database = database
        self._blobs = blobs
        self._grader = grader
        self._read: OrderedDict[UUID, PublishedLab] = OrderedDict()

    async def read(self, lab_version_id: UUID) -> PublishedLab:
        """One lab version.

        Raises:
            LabInvalid, GraderError: it cannot be read, or this machine lacks its environment.
        """
        if lab_version_id in self._read:
            self._read.move_to_end(lab_version_id)
            return self._read[lab_version_id]
        async with self._database.begin() as session:
            material = await catalog.grading_material(session, lab_version_id)
        sources = {f"{file.name}.ipynb": await self._blobs.get(file.sha256) for file in material.sources}
        others = await self._contents((*material.files, *material.authored))
        lab = await asyncio.to_thread(lab_of_files, material.slug, sources | others)
        assignment = Assignment(
            masters=tuple(Master(name, content) for name, content in lab.notebooks.items()),
            environment=self._grader.environments.named(material.environment),
            limits=limits_of(lab.limits),
            files=lab.files,
        )
        self._read[lab_version_id] = found = PublishedLab(lab, assignment, lab_bank(lab))
        while len(self._read) > _KEPT:
            self._read.popitem(last=False)
        return found

    async def _contents(self, files: tuple[StoredFile, ...]) -> dict[str, bytes]:
        return {file.name: await self._blobs.get(file.sha256) for file in files}
