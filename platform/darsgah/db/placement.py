"""Where the embedded server's folder is: inside the home folder, or for root in one of the service user's."""

import os
import pwd
import re
import secrets
from pathlib import Path

from darsgah.db.programs import service_folder
from darsgah.errors import SettingsInvalid


def server_folder(home: Path, service_user: pwd.struct_passwd | None) -> Path:
    """The folder, made on first use and private to the user that runs the server.

    Raises:
        SettingsInvalid: it was made by another user, is gone, or can't be made.
    """
    inside, pointer = home / "postgres", home / "postgres.folder"
    try:
        if service_user:
            return _of_service_user(home, inside, pointer, service_user)
        if pointer.exists():
            raise SettingsInvalid(
                f"The database of {home} was made by root: run Darsgah as root there, set DARSGAH_HOME to "
                "another folder, or DARSGAH_DATABASE_URL to a server of your own."
            )
        inside.mkdir(mode=0o700, exist_ok=True)
        if inside.stat().st_uid != os.geteuid():
            raise SettingsInvalid(_other_users(home, inside))
    except OSError as error:
        raise SettingsInvalid(
            f"The folder of the database in {home} cannot be made ({error.strerror}): "
            "set DARSGAH_HOME to a folder you may write."
        ) from error
    return inside


def _of_service_user(home: Path, inside: Path, pointer: Path, user: pwd.struct_passwd) -> Path:
    if (inside / "data").exists():
        raise SettingsInvalid(_other_users(home, inside))
    if pointer.exists():
        folder = Path(pointer.read_text(encoding="utf-8").strip())
        if not folder.is_dir():
            raise SettingsInvalid(
                f"{pointer} says that the database is in {folder}, which is gone: restore it from a backup, "
                f"or delete {pointer} to begin with an empty database."
            )
        return folder
    # Part of the name is random: a home folder deleted and made anew must not meet the data of the old one.
    name = re.sub(r"[^A-Za-z0-9_.]+", "-", home.name)[:32]
    folder = service_folder() / f"{name}-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o700)
    os.chown(folder, user.pw_uid, user.pw_gid)
    pointer.write_text(f"{folder}\n", encoding="utf-8")
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
