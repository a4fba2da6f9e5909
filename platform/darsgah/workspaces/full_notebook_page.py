"""The "full notebook": JupyterLite on the learner's drafts, with Submit and Hint in its toolbar.

JupyterLite's own page holds inline script and gathers its configuration from several files; this one holds
none, and the whole configuration. Its kernel is the browser's, so it is offered for labs of that runtime.
"""

from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, signed_in
from darsgah.enrolments.schemas import AssignmentView, Window
from darsgah.enrolments.service import LabNotOpen
from darsgah.errors import NotFound
from darsgah.settings import Settings
from darsgah.submissions import service as submissions
from darsgah.ui.account_key import account_key
from darsgah.ui.browser_runtime import BrowserRuntime
from darsgah.ui.full_notebook import FullNotebook
from darsgah.ui.headers import content_policy
from darsgah.ui.language import Language, Message
from darsgah.ui.templating import Pages
from darsgah.workspaces import service
from darsgah.workspaces.page_data import refusal

HEADERS: Final = {
    "Content-Security-Policy": content_policy(
        {
            "script-src": "'self' 'unsafe-eval' 'wasm-unsafe-eval'",
            "style-src": "'self' 'unsafe-inline'",
            "img-src": "'self' data: blob:",
            "font-src": "'self' data:",
            "worker-src": "'self' blob:",
        }
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
"""JupyterLab turns the schemas of its settings into code and writes its styles into the page, so here alone
text may become code and styles may be inline. No script is inline, and all comes from this origin."""

TEXTS: Final = (
    Message("Submit"),
    Message("Hint"),
    Message("Close"),
    Message("Not yet"),
    Message("Hand in and grade"),
    Message("Save, hand in and grade"),
    Message("Ask for a hint on the chosen cell"),
    Message("Your notebook is saved, handed in as it is now, and graded with the hidden tests."),
    Message("Nothing was handed in"),
    Message("The notebook {name} is open in another window too, which could not send it. {reason}"),
    Message("Attempt {attempt} is handed in. Receipt: {receipt}"),
    Message("See the result"),
    Message("Choose a cell first."),
    Message("No hint can be had now: {reason}"),
    Message("There is no such file in this lab."),
    Message("The link is gone. Your work is still in this window: save again when it is back."),
    Message(
        "Only the lab's notebooks can be changed here; what your code writes lives until it is restarted."
    ),
)
"""The extension's words; `labs/full-notebook` names the same, and a test holds the two equal."""


class Setup(msgspec.Struct, frozen=True, rename="camel"):
    """What the extension knows of the lab; `labs/full-notebook/setup.ts` is the other side."""

    account: str
    assignment_id: UUID
    lab_url: str
    result_url: str
    drafts_url: str
    submit_url: str
    hint_url: str
    csrf_token: str
    notebooks: tuple[str, ...]
    files: tuple[dict[str, Any], ...]
    refusal: str
    texts: dict[str, str]


def full_notebook_url(assignment: AssignmentView, notebook: str, built: FullNotebook) -> str:
    """Where a notebook is open in JupyterLite; empty where it is not built or has no kernel for the lab."""
    if not built.present or assignment.lab.runtime != "browser":
        return ""
    return f"/full-notebook/notebooks/{assignment.id}?{urlencode({'path': f'{notebook}.ipynb'})}"


@get("/full-notebook/notebooks/{assignment_id:uuid}", guards=[signed_in])
async def full_notebook_page(
    assignment_id: FromPath[UUID],
    request: Request[Actor, str, Any],
    session: NamedDependency[AsyncSession],
    settings: NamedDependency[Settings],
    pages: NamedDependency[Pages],
) -> Response[str]:
    """JupyterLite with the notebook that ``path`` names; its own router reads that."""
    await service.learners_assignment(session, request.user, assignment_id)
    page = await submissions.assignment_page(session, request.user, assignment_id)
    if page.assignment.window is Window.NOT_OPEN:
        raise LabNotOpen
    built: FullNotebook = request.app.state.full_notebook
    runtime: BrowserRuntime = request.app.state.browser_runtime
    if not full_notebook_url(page.assignment, "", built):
        raise NotFound
    language = pages.language_of(request)
    setup = _setup(
        page.assignment,
        refusal(page, language),
        language,
        account=account_key(settings.cookie_key, request.user.account_id),
        csrf_token=pages.context(request).csrf_token,
    )
    configuration = built.configuration(runtime.runtime_url) | {"darsgah": setup}
    text = msgspec.json.encode(configuration).decode().replace("<", "\\u003c")
    return pages.respond(
        request,
        "workspaces/full_notebook.html",
        headers=HEADERS,
        assignment=page.assignment,
        configuration=Markup(text),  # noqa: S704 # it holds no "<" now
        script=built.script,
    )


def _setup(
    assignment: AssignmentView, refused: str, language: Language, *, account: str, csrf_token: str
) -> Setup:
    api = f"/api/v1/assignments/{assignment.id}"
    return Setup(
        account=account,
        assignment_id=assignment.id,
        lab_url=f"/assignments/{assignment.id}/lab",
        result_url="/submissions/{id}",
        drafts_url=f"{api}/drafts",
        submit_url=f"{api}/submissions",
        hint_url=f"{api}/hints",
        csrf_token=csrf_token,
        notebooks=tuple(file.name for file in assignment.lab.notebooks),
        files=tuple(
            {
                "path": file.name,
                "url": f"/assignments/{assignment.id}/files/{quote(file.name)}",
                "size": file.size,
            }
            for file in assignment.lab.files
        ),
        refusal=refused,
        texts={message.text: language.translations.gettext(message.text) for message in TEXTS},
    )


router = Router(path="/", route_handlers=[full_notebook_page], include_in_schema=False)
