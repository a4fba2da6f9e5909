"""The fonts and scripts of the pages: built once, offline afterwards, one clear line without a network."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from darsgah.ui import assets

OFFLINE = {"npm_config_registry": "http://127.0.0.1:9", "npm_config_fetch_timeout": "2000"}


def test_a_second_run_needs_no_network(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(assets, "_npm_ci", lambda project: pytest.fail("npm was asked again"))
    assert assets.main() == 0
    assert capsys.readouterr().out == "Fonts and scripts of the pages are up to date.\n"


def test_without_a_network_one_line_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(assets.PROJECT / name, tmp_path / name)
    for key, value in (OFFLINE | {"npm_config_cache": str(tmp_path / "cache")}).items():
        monkeypatch.setenv(key, value)
    with pytest.raises(assets.AssetsError, match="check the network") as refused:
        assets.build(tmp_path, tmp_path / "vendor")
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "vendor").exists()


def test_the_font_holds_urdu_and_no_more() -> None:
    font = TTFont(BytesIO((assets.VENDOR / "nastaliq.woff2").read_bytes()))
    letters = set(font.getBestCmap())
    urdu = "درسگاہ میں خوش آمدید۔ ٹھیک ہے؟ ڈاؤن لوڈ، ژالہ، ئ ۓ ۃ ۂ ء"  # noqa: RUF001 - Urdu
    assert {ord(letter) for letter in urdu} <= letters
    assert not letters & set(range(ord("A"), ord("z") + 1))
    assert {"GSUB", "GPOS"} <= set(font.keys())


def test_the_lock_names_no_address() -> None:
    lock = (assets.PROJECT / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/') > 3
