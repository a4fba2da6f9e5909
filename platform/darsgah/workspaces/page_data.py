"""What the lab page tells its script, as JSON inside the page."""

from dataclasses import dataclass
from typing import Final, Literal, cast
from urllib.parse import quote, urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from markupsafe import Markup

from darsgah.access import Actor
from darsgah.enrolments.schemas import AssignmentView
from darsgah.submissions.schemas import Allowance, AssignmentPage
from darsgah.ui import formats
from darsgah.ui.account_key import account_key, derived
from darsgah.ui.language import Language, Message, translate
from darsgah.workspaces.page_texts import texts
from darsgah.workspaces.schemas import (
    LabData,
    PageAccount,
    PageAssignment,
    PageFile,
    PageKernel,
    PageNotebook,
)

REFUSALS: Final = {
    "not_open": Message("This lab has not opened yet."),
    "deadline_passed": Message("The deadline has passed. Your instructor can give an extension."),
    "no_attempts_left": Message("You have used every attempt. Your results are kept."),
}
_COOLING_DOWN: Final = "cooling_down"


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where the browser's Python is: its folder and its worker's script, both empty when it is not built."""

    url: str
    worker_url: str


def lab_data(
    page: AssignmentPage,
    notebook: str,
    actor: Actor,
    *,
    language: Language,
    key: str,
    csrf_token: str,
    runtime: Runtime,
    full_notebook_url: str,
) -> LabData:
    """Everything that the script knows of the lab.

    Args:
        notebook: the name of the one that is shown.
        key: the platform's own, from which what the browser keeps for the learner is named and locked.
        full_notebook_url: where the notebook is open in JupyterLite; empty where it cannot be.
    """
    return LabData(
        account=PageAccount(
            key=account_key(key, actor.account_id),
            secret=derived(key, b"lab-store:", actor.account_id),
            name=actor.display_name,
        ),
        assignment=_assignment(page, language),
        notebooks=tuple(_notebook(page.assignment.id, file.name) for file in page.assignment.lab.notebooks),
        notebook=notebook,
        kernel=_kernel(page.assignment, notebook, runtime),
        hint_url=f"/api/v1/assignments/{page.assignment.id}/hints",
        full_notebook_url=full_notebook_url,
        csrf_token=csrf_token,
        language=language.code,
        direction=cast("Literal['ltr', 'rtl']", language.direction),
        texts=texts(language),
    )


def embedded(data: LabData) -> Markup:
    """The data as the content of a script element: no text in it can end the element."""
    return Markup(msgspec.json.encode(data).decode().replace("<", "\\u003c"))  # noqa: S704 # it holds no "<" now


def refusal(page: AssignmentPage, language: Language) -> str:
    """Why nothing may be handed in now, in words; empty when something may."""
    verdict: Allowance = page.allowance
    if verdict.refusal == _COOLING_DOWN and verdict.next_at is not None:
        when = formats.absolute(verdict.next_at, locale=language.locale, zone=ZoneInfo(page.cohort.timezone))
        text = Message(
            "There is a pause between two attempts. The next one is taken from {when}", when=when.striptags()
        )
        return translate(text, language)
    return translate(REFUSALS[verdict.refusal], language) if verdict.refusal else ""


def _assignment(page: AssignmentPage, language: Language) -> PageAssignment:
    lab, assignment = page.assignment.lab, page.assignment
    title = lab.title_ur if language.code == "ur" and lab.title_ur else lab.title
    return PageAssignment(
        id=assignment.id,
        title=title,
        page=f"/assignments/{assignment.id}",
        course=f"/cohorts/{assignment.cohort_id}",
        submit=f"/api/v1/assignments/{assignment.id}/submissions",
        due_at=assignment.due_at,
        window=assignment.window,
        attempts_left=page.allowance.attempts_left,
        refusal=refusal(page, language),
        submission_bytes=lab.submission_bytes,
    )


def _notebook(assignment_id: UUID, name: str) -> PageNotebook:
    draft = f"/api/v1/assignments/{assignment_id}/drafts/{quote(name, safe='')}"
    return PageNotebook(
        name=name,
        url=f"/assignments/{assignment_id}/lab?{urlencode({'notebook': name})}",
        draft_url=draft,
        original_url=f"{draft}/original",
    )


def _kernel(assignment: AssignmentView, notebook: str, runtime: Runtime) -> PageKernel:
    return PageKernel(
        runtime=assignment.lab.runtime,
        assignment_id=assignment.id,
        notebook=notebook,
        files=tuple(
            PageFile(
                path=file.name, url=f"/assignments/{assignment.id}/files/{quote(file.name)}", size=file.size
            )
            for file in assignment.lab.files
        ),
        memory_bytes=assignment.lab.memory_bytes,
        runtime_url=runtime.url,
        worker_url=runtime.worker_url,
    )
