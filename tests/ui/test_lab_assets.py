"""The lab page's script: built without a network, split into pieces that keep their names, packed once."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient

from darsgah.ui import assets, lab_assets
from darsgah.ui.static_files import StaticFiles, static_file

LAB = assets.VENDOR / lab_assets.FOLDER
PIECE = re.compile(r'"\./([a-z_]+-[A-Z0-9]{8}\.js)"')


def test_a_changed_source_needs_esbuild_and_no_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "_npm_ci", lambda project: pytest.fail("npm was asked"))
    for name in ("package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((assets.PROJECT / name).read_bytes())
    (tmp_path / "node_modules").symlink_to(assets.PROJECT / "node_modules")
    sources = tmp_path / "labs" / "lab-page"
    sources.mkdir(parents=True)
    page = sources / lab_assets.PAGE
    page.write_text('export const said: string = "one";\nconsole.log(said);\n')
    vendor = tmp_path / "vendor"
    vendor.mkdir()
    wanted = assets._fingerprint(
        [tmp_path / "package.json", tmp_path / "package-lock.json", Path(assets.__file__)]
    )
    (vendor / ".stamp").write_text(wanted)
    assert assets.build(tmp_path, vendor)
    assert not assets.build(tmp_path, vendor)
    page.write_text('console.log("two");\n')
    assert assets.build(tmp_path, vendor)
    assert "two" in (vendor / "lab" / "page.js").read_text()
    page.write_text("console.log(\n")
    with pytest.raises(lab_assets.ScriptError, match="does not build"):
        assets.build(tmp_path, vendor)


def test_every_piece_that_the_page_loads_is_there_under_its_name() -> None:
    files = StaticFiles()
    pieces = set(PIECE.findall((LAB / "page.js").read_text()))
    assert len(pieces) > 3
    for piece in pieces:
        assert files.url(f"vendor/lab/{piece}") == f"/static/vendor/lab/{piece}"
    assert re.fullmatch(r"/static/vendor/lab/page\.[0-9a-f]{12}\.js", files.url("vendor/lab/page.js"))


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br, zstd", "br"), ("gzip;q=1.0", "gzip"), ("identity", None), ("brotli", None)],
)
def test_the_best_packing_that_the_browser_takes_is_sent(accepted: str, encoding: str | None) -> None:
    files = StaticFiles()
    with TestClient(Litestar([static_file], state=State({"static_files": files}))) as client:
        headers = {"Accept-Encoding": accepted}
        with client.stream("GET", files.url("vendor/lab/page.js"), headers=headers) as answer:
            sent = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert "immutable" in answer.headers["cache-control"]
    unpacked = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)(sent)
    assert unpacked == (LAB / "page.js").read_bytes()


def test_the_licences_of_what_is_in_the_script_are_beside_it() -> None:
    text = (LAB / "LICENSES.txt").read_text()
    for package in ("@codemirror/view", "@lezer/python", "dompurify", "marked", "temml"):
        assert f"{package}\n" in text
