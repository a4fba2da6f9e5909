"""The notebooks in an upload: read from the form, given the lab's names, checked before anything is kept."""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile

from darsgah.enrolments.schemas import AssignmentView
from darsgah.submissions.errors import NotebookRefused
from darsgah.ui.form_data import stray_file
from darsgah_grader.intake import read_notebook
from darsgah_grader.notebook import Notebook
from darsgah_grader.types import Limits, SubmissionRejected

FIELD = "notebook"
FILES = 50
_OWN = Limits(submission_bytes=200 * 1024 * 1024, cells=20_000)
"""Of what a lab gives out, as grading reads the lab itself."""


async def read_uploads(request: Request[Any, Any, Any]) -> dict[str, bytes]:
    """The files of a multipart form's ``notebook`` fields, by file name; an empty field counts as nothing.

    Raises:
        NotebookRefused: too many files, two of one name, one in another field, or no such field at all.
    """
    form = await request.form()
    stray = stray_file(form, FIELD)
    if stray is not None:
        raise NotebookRefused(
            "There is a file in the field {field}, and notebooks go each into a field named notebook of the "
            "multipart/form-data; nothing was recorded.",
            reason="wrong_field",
            field=stray,
        )
    fields = [item for item in form.getall(FIELD, []) if isinstance(item, UploadFile)]
    if not fields:
        raise NotebookRefused(
            "Choose the notebook to hand in. A program sends it as multipart/form-data, "
            "each file in a field named notebook; nothing was recorded.",
            reason="nothing_sent",
        )
    uploads = [item for item in fields if item.filename]
    if len(uploads) > FILES:
        raise NotebookRefused(
            "These are too many files. Send the lab's notebooks alone; nothing was recorded.",
            reason="too_many",
        )
    contents: dict[str, bytes] = {}
    for upload in uploads:
        name = upload.filename.replace("\\", "/").rpartition("/")[2]
        if name in contents:
            raise NotebookRefused(
                "Two of the files have the same name. Send each notebook once; nothing was recorded.",
                reason="same_name",
            )
        contents[name] = await upload.read()
    return contents


def named(assignment: AssignmentView, uploads: Mapping[str, bytes]) -> dict[str, bytes]:
    """The uploads by the lab's names of its notebooks; a lab of one notebook takes any name.

    Raises:
        NotebookRefused: nothing was sent, or something that the lab does not ask for.
    """
    expected = [file.name for file in assignment.lab.notebooks]
    if not uploads:
        raise NotebookRefused("Choose the notebook to hand in.", reason="nothing_sent")
    stems = {name.removesuffix(".ipynb"): content for name, content in uploads.items()}
    if len(expected) == 1 and len(stems) == 1:
        return {expected[0]: next(iter(stems.values()))}
    unknown = sorted(set(stems) - set(expected))
    if unknown:
        raise NotebookRefused(
            f"This lab has the notebooks {', '.join(expected)}, and {unknown[0]!r} is none of them. "
            "Hand in the files under the names they were downloaded with; nothing was recorded.",
            reason="unknown_notebook",
        )
    return {name: stems[name] for name in expected if name in stems}


def check(assignment: AssignmentView, notebooks: Mapping[str, bytes], releases: Mapping[str, bytes]) -> None:
    """Read every notebook as grading will; takes a while for large ones.

    A notebook without a single cell of its questions is not the lab's; where only some are missing, grading
    names them, and the others count.

    Args:
        releases: what the lab gives out, by the same names.

    Raises:
        NotebookRefused: one cannot be graded.
    """
    limits = Limits(submission_bytes=assignment.lab.submission_bytes)
    for name, content in notebooks.items():
        try:
            notebook = read_notebook(content, limits)
        except SubmissionRejected as error:
            raise NotebookRefused(
                "{refusal} Nothing was recorded.", refusal=error.message, reason=error.code, notebook=name
            ) from error
        questions = _question_cells(read_notebook(releases[name], _OWN))
        if questions and questions.isdisjoint(cell.grade_id for cell in notebook.cells):
            raise NotebookRefused(
                "The notebook {notebook} has none of the cells of this lab's questions. It is empty, belongs "
                "to another lab, or lost the cells' marks in another program. Put your answers into the "
                "lab's own notebook, on the lab page or downloaded anew, and hand that in. Nothing was "
                "recorded, and no attempt is used.",
                reason="no_questions",
                notebook=name,
            )


def _question_cells(notebook: Notebook) -> frozenset[str]:
    """The grade_ids of cells that are answered or graded; text that is only locked is no question."""
    return frozenset(
        cell.grade_id
        for cell in notebook.cells
        if cell.grade_id and any(cell.nbgrader.get(mark) is True for mark in ("solution", "grade", "task"))
    )
