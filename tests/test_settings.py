"""Settings: what is wrong is named in one line, and secrets are made once."""

from pathlib import Path

import pytest

from darsgah.errors import SettingsInvalid
from darsgah.settings import Settings, load_settings


def test_a_value_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARSGAH_PORT", "abc")
    monkeypatch.setenv("DARSGAH_SESSION_DAYS", "0")
    with pytest.raises(SettingsInvalid, match=r"DARSGAH_PORT: .*integer.*DARSGAH_SESSION_DAYS: .*greater"):
        load_settings()


def test_the_cookie_key_is_made_once_and_is_the_owners_alone(tmp_path: Path) -> None:
    key = Settings(home=tmp_path).cookie_key
    assert len(key) >= 32
    assert Settings(home=tmp_path).cookie_key == key
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="DARSGAH_SECRET"):
        _ = Settings(home=tmp_path, secret="short").cookie_key  # too short to be one


def test_a_home_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsInvalid, match="DARSGAH_HOME"):
        _ = Settings(home=tmp_path / "file" / "home").home_folder


def test_a_new_home_is_its_owners_alone_and_one_that_was_there_stays_as_it_is(tmp_path: Path) -> None:
    """It holds people's work. Who made the folder has said who may read it."""
    assert Settings(home=tmp_path / "new").home_folder.stat().st_mode & 0o777 == 0o700
    there = tmp_path / "there"
    there.mkdir(mode=0o750)
    assert Settings(home=there).home_folder.stat().st_mode & 0o777 == 0o750
