"""The embedded server: started by the first, joined by all, stopped by the last, found after a crash."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from darsgah.db.cluster import Cluster
from darsgah.db.embedded import DatabaseHandle, open_database
from darsgah.db.programs import SERVICE_FOLDER, Programs, installed_programs
from darsgah.errors import DarsgahError, ServiceUnavailable, SettingsInvalid
from darsgah.settings import Settings

NOBODY = 65534
# Opens the database of the folder given, says so, and waits to be told to end.
OTHER_PROCESS = """
import sys
from pathlib import Path
from darsgah.db.embedded import open_database
from darsgah.settings import Settings
with open_database(Settings(home=Path(sys.argv[1]), database_url=None)) as handle:
    print(handle.url, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(home=tmp_path / "home of the server", database_url=None)
    yield settings
    pointer = settings.home / "postgres.folder"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip())


def other_process(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def postmaster(handle: DatabaseHandle) -> int:
    assert handle.folder
    return int((handle.folder / "data" / "postmaster.pid").read_text().split()[0])


def test_starts_keeps_its_data_and_stops(settings: Settings) -> None:
    told: list[str] = []
    with open_database(settings, told.append) as first:
        assert first.embedded
        with psycopg.connect(first.url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
            shown = {
                name: connection.execute(f"SHOW {name}").fetchone()
                for name in ("fsync", "synchronous_commit", "listen_addresses", "server_encoding", "TimeZone")
            }
        assert [value for row in shown.values() if row for value in row] == ["on", "on", "", "UTF8", "UTC"]
    assert told == ["Creating the database (once)", "Starting the database", "Stopping the database"]
    assert not answers(first.url)
    with open_database(settings) as second, psycopg.connect(second.url) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_nobody_signs_in_without_the_password(settings: Settings) -> None:
    with open_database(settings) as handle:
        password = (settings.home / "postgres.password").read_text()
        assert (settings.home / "postgres.password").stat().st_mode & 0o777 == 0o600
        with pytest.raises(psycopg.OperationalError, match="authentication failed"):
            psycopg.connect(handle.url.replace(password, "guess"))


def test_two_starters_at_once_share_one_server(settings: Settings) -> None:
    pids: list[int] = []
    inside = threading.Barrier(3, timeout=60)

    def start() -> None:
        with open_database(settings) as handle:
            pids.append(postmaster(handle))
            inside.wait()

    starters = [threading.Thread(target=start) for _ in range(2)]
    process = other_process(settings.home)
    try:
        for starter in starters:
            starter.start()
        assert process.stdout
        assert process.stdout.readline()
        inside.wait()
        for starter in starters:
            starter.join()
        assert len(set(pids)) == 1
        # The other process still uses it, so the two that left did not stop it.
        with open_database(settings) as handle:
            assert [postmaster(handle)] == pids[:1]
    finally:
        process.communicate("\n", timeout=30)
    assert not answers(handle.url)


def test_a_server_whose_starter_was_killed_is_joined_and_later_stopped(settings: Settings) -> None:
    process = other_process(settings.home_folder)
    assert process.stdout
    url = process.stdout.readline().strip()
    process.kill()
    process.communicate()
    assert answers(url)
    with open_database(settings) as handle:
        assert handle.url == url
    assert not answers(url)


def test_ctrl_c_stops_the_server_with_the_process(settings: Settings) -> None:
    process = other_process(settings.home_folder)
    assert process.stdout
    url = process.stdout.readline().strip()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    assert not answers(url)


def test_starts_after_the_server_itself_was_killed(settings: Settings) -> None:
    with open_database(settings) as handle:
        killed = postmaster(handle)
        with psycopg.connect(handle.url) as connection:
            connection.execute("CREATE TABLE committed AS SELECT 1 AS one")
        os.kill(killed, signal.SIGKILL)
        with open_database(settings) as again:
            assert postmaster(again) != killed
            with psycopg.connect(again.url) as connection:
                assert connection.execute("SELECT one FROM committed").fetchone() == (1,)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_that_ends_while_it_is_used_is_started_again(
    settings: Settings, number: signal.Signals
) -> None:
    """Two who use it both look; it is started once, and stopped once by the last of them."""
    with open_database(settings) as handle, open_database(settings):
        ended = postmaster(handle)
        os.kill(ended, number)
        until = time.monotonic() + 60
        while Path("/proc", str(ended)).exists() or not answers(handle.url):
            assert time.monotonic() < until
            time.sleep(0.1)
        assert postmaster(handle) != ended
    assert not answers(handle.url)


def test_a_server_started_again_has_its_socket_where_it_was(tmp_path: Path) -> None:
    """Where the path is too long for a socket, everyone holds the address of another folder."""
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    cluster = Cluster(folder, Programs(installed_programs(), None), "darsgah", "password", lambda _: None)
    first = cluster._socket_folder()
    try:
        assert cluster._socket_folder() == first
        first.rmdir()  # as those do who clear temporary folders
        assert cluster._socket_folder() == first
        assert first.stat().st_mode & 0o777 == 0o700
        first.chmod(0o777)  # no longer ours alone
        second = cluster._socket_folder()
        assert second != first
        second.rmdir()
    finally:
        first.rmdir()


def test_a_number_left_by_a_power_cut_may_be_a_strangers(settings: Settings) -> None:
    with open_database(settings) as handle:
        file = handle.folder / "data" / "postmaster.pid" if handle.folder else Path()
        lines = file.read_text().splitlines()
    stranger = subprocess.Popen(
        ["sleep", "60"], user=file.parent.stat().st_uid if os.geteuid() == 0 else None
    )
    try:
        file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        if os.geteuid() == 0:
            os.chown(file, file.parent.stat().st_uid, file.parent.stat().st_gid)
        with open_database(settings) as again:
            assert answers(again.url)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_creation_is_begun_anew(settings: Settings) -> None:
    with open_database(settings) as handle:
        assert handle.folder
    (handle.folder / "data").rename(handle.folder / "data.unfinished")
    (handle.folder / "data.unfinished" / "PG_VERSION").unlink()
    with open_database(settings) as again:
        assert answers(again.url)
    assert not (handle.folder / "data.unfinished").exists()


def run_as_nobody(home: Path) -> subprocess.CompletedProcess[str]:
    """Runs ``OTHER_PROCESS`` as an ordinary user: rights are dropped once Python's modules are read."""
    dropped = (
        "import os, encodings.ascii, encodings.idna\n"
        f"os.setgroups([]); os.setgid({NOBODY}); os.setuid({NOBODY}); os.chdir('/')"
    )
    imports, rest = OTHER_PROCESS.split("with ", 1)
    return subprocess.run(
        [sys.executable, "-c", f"{imports}{dropped}\nwith {rest}", str(home)],
        input="\n",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def can_be_reached_by_nobody(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in path.resolve().parents)


def permissions(folder: Path) -> dict[Path, tuple[int, int, int]]:
    return {
        path: (path.stat().st_mode, path.stat().st_uid, path.stat().st_gid)
        for path in (folder, *folder.resolve().parents)
    }


def test_nobodys_folder_permissions_change(settings: Settings) -> None:
    settings.home.parent.chmod(0o700)
    settings.home.mkdir(mode=0o700)
    before = permissions(settings.home)
    with open_database(settings):
        pass
    assert permissions(settings.home) == before
    if os.geteuid() == 0:
        pointed = Path((settings.home / "postgres.folder").read_text().strip())
        assert pointed.parent == SERVICE_FOLDER
        assert pointed.stat().st_mode & 0o777 == 0o700
        assert pwd.getpwuid(pointed.stat().st_uid).pw_name == "darsgah"


@pytest.fixture
def nobodys_folder() -> Iterator[Path]:
    if os.geteuid() != 0 or not can_be_reached_by_nobody(installed_programs() / "postgres"):
        pytest.skip("taking on another user needs root, and the programs where that user can reach them")
    folder = Path(tempfile.gettempdir()) / f"darsgah-{time.monotonic_ns()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    "place",
    ["var", "a b+c%20d&e=f#g?h/var", "one, two/var", "a folder of the user/" * 8 + "var"],
    ids=["plain", "special characters", "comma", "longer than a socket's path may be"],
)
def test_an_ordinary_user_needs_no_rights(nobodys_folder: Path, place: str) -> None:
    home = nobodys_folder / place
    parents = permissions(nobodys_folder)
    for _ in range(2):
        done = run_as_nobody(home)
        assert done.stderr == ""
        assert done.returncode == 0
    assert permissions(nobodys_folder) == parents
    assert (home / "postgres").stat().st_mode & 0o777 == 0o700
    assert not (home / "postgres" / "socket-folder").exists()
    with (
        pytest.raises(SettingsInvalid, match="belongs to the user nobody"),
        open_database(Settings(home=home)),
    ):
        pass


def test_a_user_cannot_take_roots_database(nobodys_folder: Path) -> None:
    settings = Settings(home=nobodys_folder / "home", database_url=None)
    with open_database(settings) as handle:
        pass
    done = run_as_nobody(settings.home)
    assert done.returncode == 1
    assert "run Darsgah as the user it belongs to" in done.stderr or "cannot be written" in done.stderr
    assert handle.folder
    shutil.rmtree(handle.folder)


def test_another_major_version_is_named_and_left_alone(settings: Settings) -> None:
    with open_database(settings) as handle:
        assert handle.folder
    version = handle.folder / "data" / "PG_VERSION"
    version.write_text("17\n")
    with (
        pytest.raises(SettingsInvalid, match="is PostgreSQL 17, this Darsgah brings 18"),
        open_database(settings),
    ):
        pass
    version.write_text("18\n")


def test_data_that_are_gone_are_not_replaced_in_silence(settings: Settings) -> None:
    if os.geteuid() != 0:
        pytest.skip("an ordinary user's data are inside the home folder")
    settings.home_folder.joinpath("postgres.folder").write_text(f"{settings.home}/gone\n")
    with pytest.raises(SettingsInvalid, match="which is gone"), open_database(settings):
        pass
    settings.home.joinpath("postgres.folder").unlink()


def test_a_home_made_anew_gets_an_empty_database(settings: Settings) -> None:
    with open_database(settings) as first, psycopg.connect(first.url) as connection:
        connection.execute("CREATE TABLE old (id int)")
    shutil.rmtree(settings.home)
    with (
        open_database(Settings(home=settings.home, database_url=None)) as second,
        psycopg.connect(second.url) as connection,
    ):
        assert connection.execute("SELECT to_regclass('old')").fetchone() == (None,)
    if first.folder and first.folder.exists() and os.geteuid() == 0:
        shutil.rmtree(first.folder)


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    home, disk = tmp_path / "home", tmp_path / "disk"
    home.mkdir()
    disk.mkdir()
    owner = pwd.getpwnam("darsgah")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "darsgah-test", disk], check=True)
    try:
        os.chown(disk, owner.pw_uid, owner.pw_gid)
        (home / "postgres.folder").write_text(f"{disk}\n")
        with pytest.raises(ServiceUnavailable, match="make room"), open_database(Settings(home=home)):
            pass
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_server_that_does_not_start_says_why(settings: Settings) -> None:
    with open_database(settings) as handle:
        assert handle.folder
    configuration = handle.folder / "data" / "postgresql.conf"
    whole = configuration.read_text()
    configuration.write_text(whole + "shared_buffers = 'much'\n")
    with pytest.raises(ServiceUnavailable, match="invalid value for parameter"), open_database(settings):
        pass
    configuration.write_text(whole)
    with open_database(settings) as again:
        assert answers(again.url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://user:secret@host/name", "not the address of a PostgreSQL database"),
        ("postgresql://user:secret@[host/name", "not the address of a PostgreSQL database"),
        ("secret", "not the address of a PostgreSQL database"),
        (
            "postgresql://user:secret@127.0.0.1:1/name",
            "name on 127.0.0.1 of DARSGAH_DATABASE_URL does not answer",
        ),
    ],
)
def test_an_address_that_does_not_lead_to_a_database(url: str, message: str) -> None:
    with pytest.raises(DarsgahError, match=message) as caught, open_database(Settings(database_url=url)):
        pass
    assert "secret" not in caught.value.message


def test_a_server_of_your_own_is_used_as_it_is(settings: Settings) -> None:
    with open_database(settings) as embedded:
        own = Settings(
            home=settings.home / "other", database_url=embedded.url.replace("ql://", "ql+psycopg://")
        )
        with open_database(own) as handle:
            assert not handle.embedded
            assert answers(handle.url)
        assert not (settings.home / "other").exists()
        assert answers(embedded.url)
