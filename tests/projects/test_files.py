"""Files that are handed in: names that steer nothing, and content that is what the name says."""

import gzip
import struct
import zipfile
import zlib
from io import BytesIO

import pytest

from darsgah.errors import MalformedInput
from darsgah.projects.errors import FileRefused, FilesTooLarge
from darsgah.projects.file_checks import FILE_BYTES, LONGEST_NAME, check, safe_name
from darsgah.projects.links import safe_link


def archive(**entries: bytes) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return content.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00"
    + bytes(3)
    + b"\xff" * 3
    + b","
    + bytes(4)
    + b"\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
WORD = archive(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
ODT = archive(**{"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"})
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(40)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PNG),
        ("a.pdf", PDF),
        ("a.gif", GIF),
        ("a.jpg", JPG),
        ("a.docx", WORD),
        ("a.odt", ODT),
        ("a.zip", archive(a=b"1")),
        ("a.gz", gzip.compress(b"x", mtime=0)),
        ("a.mp4", MP4),
        ("a.md", "# Report\nرپورٹ\n".encode()),
        ("a.md", b"About `<script>` in text"),
        ("a.csv", b"\xef\xbb\xbfa,b\r\n1,2\r\n"),
        ("a.json", b'{"a": [1]}'),
        ("a.ipynb", b'{"cells": [], "nbformat": 4}'),
        ("a.py", b"print('<html>')\n"),
    ],
)
def test_what_is_what_it_says_is_taken(name: str, content: bytes) -> None:
    check(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ" + bytes(100)),
        ("a.html", HTML),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.png", JPG),
        ("a.png", HTML),
        ("a.png", PNG + archive(evil=b"1")),
        ("a.png", PNG[:8] + PDF),
        ("a.gif", b"GIF89a/*" + HTML + b"*/"),
        ("a.jpg", JPG + archive(run=b"1")),
        ("a.pdf", b"MZ" + PDF),
        ("a.pdf", PDF + archive(a=b"1")),
        ("a.pdf", b"%PDF-1.4\n" + HTML),
        ("a.docx", archive(a=b"1")),
        ("a.docx", ODT),
        ("a.odt", WORD),
        ("a.zip", b"#!/bin/sh\n" + archive(a=b"1")),
        ("a.zip", archive(**{"../../etc/passwd": b"1"})),
        ("a.zip", archive(**{"/etc/passwd": b"1"})),
        ("a.zip", archive(**{"C:\\evil.exe": b"1"})),
        ("a.zip", b"PK\x03\x04 and nothing else"),
        ("a.txt", b"a\0b"),
        ("a.txt", b"\xff\xfe\x00"),
        ("a.txt", HTML),
        ("a.md", b"  \n<html><body onload=alert(1)>"),
        ("a.csv", PNG),
        ("a.json", b"{"),
        ("a.ipynb", b"[]"),
        ("a.json", b"[" * 100_000),
        ("a.md", b""),
        ("a.mp4", MP4[:4] + b"nope" + MP4[8:]),
    ],
)
def test_what_is_something_else_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(FileRefused):
        check(name, content)


def test_too_much_is_refused() -> None:
    with pytest.raises(FilesTooLarge):
        check("a.txt", b"x" * (FILE_BYTES + 1))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Report 1.PDF", "Report 1.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\a.docx", "a.docx"),
        ("<script>alert(1)</script>.md", "script_.md"),
        ("a\u202egnp.exe.txt", "agnp.exe.txt"),
        ("a\0\r\nb.txt", "ab.txt"),
        ("رپورٹ.pdf", "رپورٹ.pdf"),
        ("con.txt", "_con.txt"),
        ('"quoted"?.csv', "_quoted__.csv"),
        (".hidden.txt", "hidden.txt"),
        ("a.txt. . ", "a.txt"),
        ("x" * 400 + ".csv", "x" * (LONGEST_NAME - 4) + ".csv"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.parametrize("name", ["", "report", ".pdf", "...", "\u202e.\u202e", "a."])
def test_names_without_a_kind_are_refused(name: str) -> None:
    with pytest.raises(FileRefused):
        safe_name(name)


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript://example.org/%0aalert(1)",
        "data:text/html,x",
        "https://user:secret@example.org/",
        "https:///path",
        "//example.org",
        "ftp://example.org",
        "https://[::1",
        "https://example.org\\@evil.example",
        "https://exa mple.org",
        "https://example.org/\u202e",
        "https://example.org/" + "x" * 600,
    ],
)
def test_links_that_act_or_mislead_are_refused(address: str) -> None:
    with pytest.raises(MalformedInput):
        safe_link(address)


def test_a_plain_link_is_kept() -> None:
    assert safe_link(" https://example.org/a?b=1#c ") == "https://example.org/a?b=1#c"
