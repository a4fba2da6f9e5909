"""What a team hands in, read from a multipart form: files, links and a note."""

import asyncio
from typing import Any, Final

from litestar import Request
from litestar.datastructures import UploadFile

from darsgah.blobs.store import BlobStore
from darsgah.blobs.stored_file import store
from darsgah.errors import MalformedInput
from darsgah.projects.errors import FileRefused
from darsgah.projects.file_checks import FILE_BYTES, check, safe_name
from darsgah.projects.links import safe_link
from darsgah.projects.milestones import HandedIn
from darsgah.projects.schemas import LONGEST_NOTE, MOST_FILES
from darsgah.ui.form_data import stray_file
from darsgah.ui.language import Message

UPLOAD_BYTES: Final = 4 * FILE_BYTES
"""What the server reads of an upload at most."""
FILE, LINK, NOTE, AFTER = "file", "link", "note", "after"
"""The fields of the form; ``after`` is how many submissions the sender has seen."""


async def read_handed_in(request: Request[Any, Any, Any], blobs: BlobStore) -> HandedIn:
    """The files checked and kept, the links checked. A file that no row names later does no harm.

    Raises:
        FileRefused, FilesTooLarge, MalformedInput: nothing was kept of it.
    """
    form = await request.form()
    stray = stray_file(form, FILE)
    if stray is not None:
        raise FileRefused(
            "There is a file in the field {field}, and files go each into a field named file of the "
            "multipart/form-data; nothing was handed in.",
            field=stray,
        )
    uploads = [item for item in form.getall(FILE, []) if isinstance(item, UploadFile) and item.filename]
    written = [str(item) for item in form.getall(LINK, []) if isinstance(item, str)]
    links = [safe_link(address, LINK) for address in written if address.strip()]
    if len(uploads) + len(links) > MOST_FILES:
        raise FileRefused(
            "At most {most} files and links in one go; pack them into a zip file.", most=MOST_FILES
        )
    contents: dict[str, bytes] = {}
    for upload in uploads:
        name, content = safe_name(upload.filename), await upload.read()
        await asyncio.to_thread(check, name, content)
        if name in contents:
            raise FileRefused("Two of the files are called {name}. Give each a name of its own.", name=name)
        contents[name] = content
    note = str(form.get(NOTE, "") or "").replace("\0", "")
    if len(note) > LONGEST_NOTE:
        raise MalformedInput(fields={NOTE: Message("At most {count} characters.", count=LONGEST_NOTE)})
    note = note.encode("utf-8", "replace").decode()
    return HandedIn(await store(blobs, contents), links, note, _count(form.get(AFTER)))


def _count(value: object) -> int | None:
    if not isinstance(value, str) or not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise MalformedInput(fields={AFTER: Message("This is not one of the choices.")})
    return int(value)
