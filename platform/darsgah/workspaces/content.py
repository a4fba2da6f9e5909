"""The bytes of a draft: checked as lightly as an editor needs, and packed for the database.

Nothing is normalised: what comes back are the bytes that were saved, with all metadata of other editors in
them. Grading reads what is handed in much more strictly (`darsgah_grader.intake`).
"""

import hashlib
import re
import zlib
from dataclasses import dataclass

import msgspec

from darsgah.workspaces.errors import DraftTooLarge, NotANotebook

_LEVEL = 6
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class _Cell(msgspec.Struct):
    """What every cell of nbformat 4 has; the rest is skipped unread."""

    cell_type: str
    source: str | list[str]


class _Notebook(msgspec.Struct):
    """What every notebook of nbformat 4 has."""

    nbformat: int
    cells: list[_Cell]


_HALF = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""Half of a character of two UTF-16 units, as JSON escapes it. An output that was cut off may hold one alone,
which is JSON to every browser and not to this decoder: they are looked past."""
_DECODER = msgspec.json.Decoder(_Notebook)


@dataclass(frozen=True, slots=True)
class Content:
    """A notebook ready to be kept: ``size`` and ``sha256`` are of the bytes as they came."""

    packed: bytes
    size: int
    sha256: str


def checked(notebook: bytes, limit: int) -> Content:
    """A notebook's bytes for the database; takes tens of milliseconds for each megabyte.

    Args:
        notebook: as the editor sent it.
        limit: what the lab takes at most, in bytes.

    Raises:
        DraftTooLarge, NotANotebook: it is not kept.
    """
    if len(notebook) > limit:
        raise DraftTooLarge
    try:
        notebook.decode()
        read = _DECODER.decode(_HALF.sub(rb"\\u0020", notebook.removeprefix(_BYTE_ORDER_MARK)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotANotebook from error
    if read.nbformat != 4:
        raise NotANotebook
    return Content(zlib.compress(notebook, _LEVEL), len(notebook), hashlib.sha256(notebook).hexdigest())


def unpacked(packed: bytes) -> bytes:
    """The bytes as they came."""
    return zlib.decompress(packed)
