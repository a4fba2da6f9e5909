"""The notebooks in an upload, for both faces of the slice."""

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile

from darsgah.submissions.errors import NotebookRefused

FIELD = "notebook"
FILES = 50


async def read_uploads(request: Request[Any, Any, Any]) -> dict[str, bytes]:
    """The files of a multipart form's ``notebook`` fields, by file name; an empty field counts as nothing.

    Raises:
        NotebookRefused: too many files, or two of one name.
    """
    form = await request.form()
    uploads = [item for item in form.getall(FIELD, []) if isinstance(item, UploadFile) and item.filename]
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
