"""Where the embedded server's folder is: inside the home folder, or for root in one of the service user's."""

import os
import pwd
import re
import secrets
from pathlib import Path

from darsgah.db.programs import service_folder
from darsgah.errors import SettingsInvalid


def existing_folder(home: Path, *, for_service_user: bool) -> Path | None:
    """The folder that an earlier start made; None before the first. Changes nothing.

    Raises:
        SettingsInvalid: it was made by another user, or is gone.
    """
    inside, pointer = home / "postgres", home / "postgres.folder"
    if for_service_user:
        if (inside / "data").exists():
            raise SettingsInvalid(_other_users(home, inside))
        if not pointer.exists():
            return None
        folder = Path(pointer.read_text(encoding="utf-8").strip())
        if not folder.is_dir():
            raise SettingsInvalid(
                f"{pointer} says that the database is in {folder}, which is gone: restore it from a backup, "
                f"or delete {pointer} to begin with an empty database."
            )
        return folder
    if pointer.exists():
        raise SettingsInvalid(
            f"The database of {home} was made by root: run Darsgah as root there, set DARSGAH_HOME to "
            "another folder, or DARSGAH_DATABASE_URL to a server of your own."
        )
    if not inside.exists():
        return None
    if inside.stat().st_uid != os.geteuid():
        raise SettingsInvalid(_other_users(home, inside))
    return inside


def server_folder(home: Path, service_user: pwd.struct_passwd | None) -> Path:
    """The folder, made on first use and private to the user that runs the server.

    Raises:
        SettingsInvalid: it was made by another user, is gone, or can't be made.
    """
    try:
        existing = existing_folder(home, for_service_user=service_user is not None)
        if existing:
            return existing
        if service_user:
            return _made_for_service_user(home, service_user)
        inside = home / "postgres"
        inside.mkdir(mode=0o700)
    except OSError as error:
        raise SettingsInvalid(
            f"The folder of the database in {home} cannot be made ({error.strerror}): "
            "set DARSGAH_HOME to a folder you may write."
        ) from error
    return inside


def _made_for_service_user(home: Path, user: pwd.struct_passwd) -> Path:
    # Part of the name is random: a home folder deleted and made anew must not meet the data of the old one.
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", home.name)[:32]
    folder = service_folder() / f"{name}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    os.chown(folder, user.pw_uid, user.pw_gid)
    (home / "postgres.folder").write_text(f"{folder}\n", encoding="utf-8")
    return folder


def _other_users(home: Path, inside: Path) -> str:
    owner = inside.stat().st_uid
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = f"number {owner}"
    return (
        f"The database of {home} belongs to the user {name}: run Darsgah as that user, set DARSGAH_HOME to "
        "another folder, or DARSGAH_DATABASE_URL to a server of your own."
    )
