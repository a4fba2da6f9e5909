"""Whether a file is what its name says, and a name under which it can be kept and saved by anyone.

A file is taken when its extension is on the list, its content is that kind and no second one at the same time
(a picture with an archive behind it, a document that a browser would read as a page), and it is not larger
than allowed. It is never shown by this site, only saved; what is refused here is what would harm or mislead
whoever saves it. What is inside an archive is not searched beyond the paths of its entries.
"""

import re
import unicodedata
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Final

import msgspec
import puremagic

from darsgah.projects.errors import FileRefused, FilesTooLarge

FILE_BYTES: Final = 25 * 1024 * 1024
"""What one file may have."""
LONGEST_NAME: Final = 120

TEXTS: Final = frozenset(
    {"csv", "ipynb", "json", "md", "py", "r", "sql", "tex", "toml", "tsv", "txt", "yaml", "yml"}
)
BINARIES: Final[Mapping[str, frozenset[str]]] = {
    "pdf": frozenset({".pdf"}),
    "png": frozenset({".png"}),
    "jpg": frozenset({".jpg", ".jpeg", ".jfif", ".jpe"}),
    "jpeg": frozenset({".jpg", ".jpeg", ".jfif", ".jpe"}),
    "gif": frozenset({".gif"}),
    "webp": frozenset({".webp"}),
    "mp4": frozenset({".mp4", ".m4v", ".m4a", ".mov"}),
    "webm": frozenset({".webm", ".mkv"}),
    "gz": frozenset({".gz", ".tar.gz", ".tgz"}),
    "parquet": frozenset({".parquet"}),
}
"""Kinds with a signature, and what ``puremagic`` may call them."""
ZIPPED: Final[Mapping[str, str]] = {
    "zip": "",
    "docx": "word/",
    "xlsx": "xl/",
    "pptx": "ppt/",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}
"""Archives, and what tells one kind from another: a folder in it, or what its ``mimetype`` entry says."""
TAKEN: Final = tuple(sorted({*TEXTS, *BINARIES, *ZIPPED}))
"""Every extension that is taken."""

_SIGNATURES: Final[Mapping[str, tuple[int, bytes]]] = {
    "pdf": (0, b"%PDF-"),
    "png": (0, b"\x89PNG\r\n\x1a\n"),
    "jpg": (0, b"\xff\xd8\xff"),
    "jpeg": (0, b"\xff\xd8\xff"),
    "gif": (0, b"GIF8"),
    "webp": (8, b"WEBP"),
    "mp4": (4, b"ftyp"),
    "webm": (0, b"\x1a\x45\xdf\xa3"),
    "gz": (0, b"\x1f\x8b\x08"),
    "parquet": (0, b"PAR1"),
}
_MARKUP = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|\?php|\?xml-stylesheet)", re.IGNORECASE
)
_HEAD = 4096
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_UNSAFE = re.compile(r'[<>:"|?*]')


def safe_name(name: str) -> str:
    """The name without folders, signs that steer text or shells, and what some systems take for a device.

    Raises:
        FileRefused: nothing is left of it, or it has no extension.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    kept = " ".join(_UNSAFE.sub("_", kept).split()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    stem, extension = stem.strip(". "), extension.strip().lower()
    if not dot or not stem or not extension:
        raise FileRefused(
            "The file {name} has no name with an extension, such as report.pdf.", name=last[:80]
        )
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem[: LONGEST_NAME - len(extension) - 1].rstrip('. ')}.{extension[:20]}"


def check(name: str, content: bytes) -> None:
    """Return when a file of that safe name is taken.

    Raises:
        FilesTooLarge, FileRefused: it is not; the message says why.
    """
    kind = name.rpartition(".")[2]
    if kind not in TAKEN:
        raise FileRefused(
            "Files like {name} are not taken. Pack it into a zip file, or hand in a link. "
            "Taken are: {kinds}.",
            name=name,
            kinds=", ".join(TAKEN),
        )
    if not content:
        raise FileRefused("The file {name} is empty.", name=name)
    if len(content) > FILE_BYTES:
        raise FilesTooLarge(name=name)
    if kind in TEXTS:
        fits = _is_text(kind, content)
    elif kind in ZIPPED:
        fits = _is_archive(ZIPPED[kind], content)
    else:
        fits = _is_binary(kind, content)
    if not fits:
        raise FileRefused(
            "The file {name} is not what its name says, or is two kinds of file at once. Save it again in "
            "its program, under the extension of its kind.",
            name=name,
        )


def _is_text(kind: str, content: bytes) -> bool:
    """Text in UTF-8 that no program would take for something else."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if any(unicodedata.category(sign) == "Cc" and sign not in "\t\n\r\f" for sign in set(text)):
        return False
    if _MARKUP.match(text.lstrip().encode()[:_HEAD]) or zipfile.is_zipfile(BytesIO(content)):
        return False
    if kind in {"json", "ipynb"}:
        try:
            read = msgspec.json.decode(text)
        except (msgspec.DecodeError, RecursionError):
            return False
        return kind == "json" or (isinstance(read, dict) and isinstance(read.get("cells"), list))
    return True


def _is_binary(kind: str, content: bytes) -> bool:
    """One kind, from the first byte, and no other behind or inside its head."""
    offset, signature = _SIGNATURES[kind]
    if content[offset : offset + len(signature)] != signature:
        return False
    try:
        found = {
            match.extension.lower() for match in puremagic.magic_string(content) if match.confidence >= 0.3
        }
    except puremagic.PureError:
        return False
    if not found & BINARIES[kind]:
        return False
    head = content[:_HEAD]
    if kind != "pdf" and b"%PDF-" in head:
        return False
    return not _MARKUP.search(head if kind != "pdf" else head[:1024]) and not zipfile.is_zipfile(
        BytesIO(content)
    )


def _is_archive(mark: str, content: bytes) -> bool:
    """A zip archive from its first byte whose entries stay in its folder, of the kind that the mark says."""
    if not content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
            if not all(map(_stays_inside, names)):
                return False
            if not mark:
                return True
            if mark.endswith("/"):
                return "[Content_Types].xml" in names and any(name.startswith(mark) for name in names)
            with archive.open("mimetype") as entry:
                return entry.read(len(mark) + 1).decode("ascii", "replace") == mark
    except (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, ValueError, OSError, EOFError):
        return False


def _stays_inside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return not name.startswith(("/", "\\")) and ".." not in parts and ":" not in parts[0]
