"""What the workspaces slice takes and shows."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec


class SavedDraft(msgspec.Struct, frozen=True):
    """The version of a draft that the server has; ``size`` and ``sha256`` are of its exact bytes."""

    version: int
    saved_at: datetime
    size: int
    sha256: str


class DraftView(msgspec.Struct, frozen=True):
    """A notebook of the lab as the learner has it.

    ``version`` 0 is the notebook as it was given out, which nobody has saved.
    """

    name: str
    version: int
    saved_at: datetime | None
    size: int
    sha256: str


class DraftContent(msgspec.Struct, frozen=True):
    """A notebook with its exact bytes."""

    version: int
    saved_at: datetime | None
    notebook: bytes


class PageAccount(msgspec.Struct, frozen=True, rename="camel"):
    """Who works: ``key`` names what the browser keeps for them, ``secret`` is what it is kept under."""

    key: str
    secret: str
    name: str


class PageAssignment(msgspec.Struct, frozen=True, rename="camel"):
    """The assignment: addresses of pages, its window, and why nothing may be handed in now, in words."""

    id: UUID
    title: str
    page: str
    course: str
    submit: str
    due_at: datetime | None
    window: str
    attempts_left: int | None
    refusal: str
    submission_bytes: int


class PageNotebook(msgspec.Struct, frozen=True, rename="camel"):
    """One notebook of the lab, and where it is shown, saved, and found as it was given out."""

    name: str
    url: str
    draft_url: str
    original_url: str


class PageFile(msgspec.Struct, frozen=True, rename="camel"):
    """A data file: the path that a notebook reads it by, and where it is fetched."""

    path: str
    url: str
    size: int


class PageKernel(msgspec.Struct, frozen=True, rename="camel"):
    """Where the lab's code runs and what that needs; addresses are empty where nothing is built for it."""

    runtime: str
    assignment_id: UUID
    notebook: str
    files: tuple[PageFile, ...]
    memory_bytes: int
    runtime_url: str
    worker_url: str


class LabData(msgspec.Struct, frozen=True, rename="camel"):
    """What the server tells the lab page's script: `labs/lab-page/lab_data.ts` is the other side of it."""

    account: PageAccount
    assignment: PageAssignment
    notebooks: tuple[PageNotebook, ...]
    notebook: str
    kernel: PageKernel
    hint_url: str
    full_notebook_url: str
    csrf_token: str
    language: str
    direction: Literal["ltr", "rtl"]
    texts: dict[str, str]
