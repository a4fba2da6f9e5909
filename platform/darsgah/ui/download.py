"""Files as answers: always saved, never shown, so that nothing a person uploaded runs on this origin."""

from urllib.parse import quote

from litestar import Response

NOTEBOOK = "application/x-ipynb+json"
ANY = "application/octet-stream"


def download(name: str, content: bytes, media_type: str = ANY) -> Response[bytes]:
    """The content as a file of that name, private to its reader (RFC 6266 for names beyond ASCII)."""
    plain = "".join(letter if letter.isascii() and letter.isprintable() else "_" for letter in name)
    plain = plain.replace("\\", "_").replace('"', "_")
    encoded = quote(name, safe="")
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}",
            "Cache-Control": "private, no-cache",
        },
    )


def notebook_download(name: str, content: bytes) -> Response[bytes]:
    """A notebook, by its name without ``.ipynb``."""
    return download(f"{name}.ipynb", content, NOTEBOOK)
