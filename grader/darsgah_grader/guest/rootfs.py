"""What a learner's code can see of the file system.

The prepared root, built once in the warm process: a read-only tmpfs that holds the system's libraries
(``/usr``), the interpreter, the packages of its environment (each shown by itself where they lie in one
folder with others), five harmless devices, a handful of files in ``/etc``, and nothing else: no home, no
``/root``, ``/var``, ``/run`` or ``/tmp`` of the machine, no data of the platform. Everything is nosuid, and
nodev but for the devices.

Each run adds, in a mount namespace of its own: its own ``/proc``; one tmpfs with limits on size and
inodes that carries the work folder, ``/tmp`` and ``/dev/shm``; the job's data files, which no one can
change. The mounts of the prepared root come from a more privileged namespace, so the kernel lets nobody
in a run take them apart.

Everything is shown where it lies on the machine, because Python has its paths by heart. An installation
below ``/home`` is in nobody's way: the work folder is below ``/run``. One below ``/tmp`` is shown again
inside each run's own ``/tmp``.
"""

import contextlib
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from darsgah_grader.guest import linux

_WORK = "/run/work"
HOME = f"{_WORK}/learner"
LEARNER = 1000
"""User and group number of a learner's code, as it sees itself."""

NOBODY = 65534
"""A user with no rights and no files, known to every system."""

_SCAFFOLD = "/sys"  # every machine has it and nothing a sandbox shows lies below it
_DEVICES = ("null", "zero", "full", "random", "urandom")
_ETC_COPIED = ("ld.so.cache", "localtime", "timezone", "mime.types", "nsswitch.conf")
_ETC_BOUND = ("alternatives",)
_FILES = "/run/files"
_SHELTERED = "/run/visible"
_WORK_FOLDERS = (HOME, f"{_WORK}/tmp", f"{_WORK}/shm")  # noqa: S108 -- the sandbox's own
_TEMPORARY = ("tmp", "var/tmp")
_ETC_WRITTEN = {
    "passwd": f"learner:x:{LEARNER}:{LEARNER}::{HOME}:/bin/sh\nnobody:x:{NOBODY}:{NOBODY}::/:/bin/false\n",
    "group": f"learner:x:{LEARNER}:\nnogroup:x:{NOBODY}:\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "hostname": "lab\n",
}
_LINKS = {
    "tmp": f"{_WORK}/tmp",  # noqa: S108 -- the sandbox's own
    "var/tmp": f"{_WORK}/tmp",  # noqa: S108 -- the sandbox's own
    "dev/shm": f"{_WORK}/shm",
    "dev/fd": "/proc/self/fd",
    "dev/stdin": "/proc/self/fd/0",
    "dev/stdout": "/proc/self/fd/1",
    "dev/stderr": "/proc/self/fd/2",
}


@dataclass(frozen=True, slots=True)
class View:
    """What of the machine's files is shown besides ``/usr``.

    Attributes:
        visible: files and folders, shown whole.
        packages: names of entries by the folder they lie in; nothing else of that folder is shown.
    """

    visible: tuple[str, ...]
    packages: Mapping[str, tuple[str, ...]]

    @classmethod
    def of_interpreter(cls, packages: Mapping[str, Iterable[str]], *, own: bool) -> Self:
        """What this process's interpreter needs, with ``packages``; all of its prefix where it is ``own``."""
        shown = [sys.base_prefix, sys.prefix]
        if not own:
            shown[1:] = [f"{sys.prefix}/bin", f"{sys.prefix}/pyvenv.cfg"]
        return cls(tuple(outermost(shown)), {folder: tuple(entries) for folder, entries in packages.items()})

    @property
    def entries(self) -> tuple[str, ...]:
        """The paths of all that ``packages`` names."""
        return tuple(f"{folder}/{name}" for folder, names in self.packages.items() for name in names)

    @property
    def readable(self) -> tuple[str, ...]:
        """All that is shown, as paths."""
        return (*self.visible, *self.entries)

    def shows(self, path: str) -> bool:
        """Whether a folder on the interpreter's path has anything to offer."""
        return any(Path(path).is_relative_to(shown) for shown in ("/usr", *self.visible, *self.packages))

    def closed(self) -> str:
        """The first path that this process may not read, or nothing."""
        return next((path for path in (os.__file__, *self.readable) if not os.access(path, os.R_OK)), "")


def outermost(paths: Iterable[str]) -> list[str]:
    """What exists of ``paths``, resolved too, without what lies inside another."""
    found = {path for given in paths for path in (given, os.path.realpath(given)) if Path(path).exists()}
    return sorted(
        path
        for path in found
        if not any(path != other and Path(path).is_relative_to(other) for other in found)
    )


def build(view: View) -> None:
    """Build the prepared root out of ``view`` and ``/usr``, and make it this process's root.

    The caller has a mount namespace of its own and the right to mount in it.
    """
    linux.mount("none", "/", flags=linux.MS_REC | linux.MS_PRIVATE)
    folders = outermost(["/usr", *view.visible])
    linux.mount("root", _SCAFFOLD, "tmpfs", linux.MS_NOSUID, "size=4m,nr_inodes=16384,mode=755")
    root = Path(_SCAFFOLD)
    for folder in folders:
        _show(folder, f"{_SCAFFOLD}{folder}")
    for folder, names in view.packages.items():
        _show_entries(folder, names, inside=any(Path(folder).is_relative_to(shown) for shown in folders))
    _shelter(root, [path for path in outermost([*folders, *view.packages]) if _is_temporary(path)])
    _copy_system_links(root, folders)
    _write_etc(root)
    for folder in ("home", "proc", "dev", "run/files", "run/work", "var"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in _DEVICES:
        (root / "dev" / name).touch()
    for name, target in _LINKS.items():
        if not (root / name).is_dir():  # one that holds an installation is covered in each run
            (root / name).symlink_to(target)
    linux.set_mount_attributes(
        _SCAFFOLD, linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID | linux.MOUNT_ATTR_NODEV
    )
    for name in _DEVICES:
        linux.mount(f"/dev/{name}", f"{_SCAFFOLD}/dev/{name}", flags=linux.MS_BIND)
        linux.set_mount_attributes(
            f"{_SCAFFOLD}/dev/{name}", linux.MOUNT_ATTR_RDONLY | linux.MOUNT_ATTR_NOSUID
        )
    # A run may mount a /proc of its own only where one is visible already; the run's covers this one.
    linux.mount("/proc", f"{_SCAFFOLD}/proc", flags=linux.MS_BIND | linux.MS_REC)
    linux.enter_root(_SCAFFOLD)


def _show(path: str, place: str) -> None:
    """Show a file or a folder in another place, with all that is mounted below it."""
    if Path(path).is_dir():
        Path(place).mkdir(parents=True, exist_ok=True)
    else:
        Path(place).parent.mkdir(parents=True, exist_ok=True)
        Path(place).touch()
    linux.mount(path, place, flags=linux.MS_BIND | linux.MS_REC)


def _show_entries(folder: str, names: Iterable[str], *, inside: bool) -> None:
    """Show entries of a folder, each by itself; a folder ``inside`` one that is shown is covered first."""
    place = Path(f"{_SCAFFOLD}{folder}")
    sources = {name: f"{folder}/{name}" for name in names}
    place.mkdir(parents=True, exist_ok=True)
    if inside:
        linux.mount("packages", str(place), "tmpfs", linux.MS_NOSUID, "size=4m,mode=755")
    for name, source in sources.items():
        _show(source, str(place / name))


def _is_temporary(folder: str) -> bool:
    return any(Path(folder).is_relative_to(f"/{name}") for name in _TEMPORARY)


def _shelter(root: Path, folders: list[str]) -> None:
    """Show what is shown a second time, with a note of where it belongs, for runs that cover the first."""
    for number, folder in enumerate(folders):
        place = root / _SHELTERED.lstrip("/") / str(number)
        _show(f"{_SCAFFOLD}{folder}", str(place))
        place.with_suffix(".path").write_text(folder)


def _sheltered() -> dict[Path, str]:
    """Where the sheltered folders are, and where they belong."""
    return {note.with_suffix(""): note.read_text() for note in Path(_SHELTERED).glob("*.path")}


def _cover_temporary_folders() -> None:
    """Put the run's own ``/tmp`` over one that holds an installation, and the installation into it.

    The folders in between are mounts too, read-only ones, or modules could be laid beside the packages.
    """
    for name in _TEMPORARY:
        if not Path("/", name).is_symlink():
            linux.mount(f"{_WORK}/tmp", f"/{name}", flags=linux.MS_BIND)  # noqa: S108 -- the sandbox's own
    shown = _sheltered()
    holders = {str(Path("/tmp", _name_below_temporary(folder))) for folder in shown.values()}  # noqa: S108 -- as above
    for holder in holders:
        Path(holder).mkdir()
        linux.mount(holder, holder, flags=linux.MS_BIND)
    for place, folder in shown.items():
        _show(str(place), folder)
    for holder in holders:
        linux.set_mount_attributes(holder, linux.MOUNT_ATTR_RDONLY)


def _name_below_temporary(folder: str) -> str:
    """The first part of a path below ``/tmp`` or ``/var/tmp``, which are one folder in a run."""
    return Path(folder.removeprefix("/var")).parts[2]


def _copy_system_links(root: Path, folders: list[str]) -> None:
    """``/bin``, ``/lib`` and their like: links on a system with merged /usr, folders on an older one."""
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        source = Path("/", name)
        if source.is_symlink():
            (root / name).symlink_to(source.readlink())
        elif source.is_dir() and str(source) not in folders:
            (root / name).mkdir()
            linux.mount(str(source), str(root / name), flags=linux.MS_BIND | linux.MS_REC)


def _write_etc(root: Path) -> None:
    etc = root / "etc"
    etc.mkdir(exist_ok=True)
    for name, text in _ETC_WRITTEN.items():
        (etc / name).write_text(text)
    for name in _ETC_COPIED:
        source = Path("/etc", name)
        if source.is_file() and source.stat().st_mode & stat.S_IROTH:
            shutil.copyfile(source, etc / name)
    for name in _ETC_BOUND:
        if Path("/etc", name).is_dir():
            (etc / name).mkdir()
            linux.mount(f"/etc/{name}", str(etc / name), flags=linux.MS_BIND | linux.MS_REC)


def mount_proc() -> None:
    """The run's own /proc, over the one of the prepared root."""
    linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)


def mount_work(size: int, inodes: int, files: Mapping[str, bytes]) -> None:
    """The run's work folder with ``files`` in it; ``size`` in bytes, both limits for all it writes."""
    quiet = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("work", _WORK, "tmpfs", quiet, f"size={size},nr_inodes={inodes},mode=755")
    for folder in _WORK_FOLDERS:
        Path(folder).mkdir(mode=0o700)
    _cover_temporary_folders()
    if files:
        total = sum(len(content) + 8192 for content in files.values()) + 65536
        linux.mount("files", _FILES, "tmpfs", quiet, f"size={total},nr_inodes={len(files) + 16},mode=755")
        for holder in _folders_of(files):
            # A folder that is a mount can be written, and neither moved nor removed with the files in it.
            holder.mkdir(exist_ok=True)
            linux.mount(str(holder), str(holder), flags=linux.MS_BIND)
        for number, (name, content) in enumerate(files.items()):
            _show_file(f"{_FILES}/{number}", Path(HOME, name), content)
        linux.mount("files", _FILES, flags=linux.MS_REMOUNT | linux.MS_RDONLY | quiet)
    os.chdir(HOME)


def unmount_work() -> None:
    """Take the work folder away again, with what is in it."""
    os.chdir("/")
    for name in _TEMPORARY:
        if not Path("/", name).is_symlink():
            linux.unmount(f"/{name}")
    linux.unmount(_WORK)


def empty_work() -> None:
    """Remove what a learner's code has written; what it made unremovable stays, to its own cost."""
    shown = {_name_below_temporary(folder) for folder in _sheltered().values()}
    for folder in _WORK_FOLDERS:
        for entry in [entry for entry in Path(folder).iterdir() if entry.name not in shown]:
            with contextlib.suppress(OSError, RecursionError):
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry, ignore_errors=True)  # the data files in it are mounts, and stay
                else:
                    entry.unlink()


def _folders_of(files: Iterable[str]) -> list[Path]:
    """The work folder and the folders in it that hold data files, outer ones first."""
    inside = {parent for name in files for parent in Path(name).parents}
    return [Path(HOME, folder) for folder in sorted(inside)]


def _show_file(source: str, target: Path, content: bytes) -> None:
    """Put one data file into the work folder as a mount of its own: not to be written, moved or removed."""
    Path(source).write_bytes(content)
    Path(source).chmod(0o444)
    target.touch()
    linux.mount(source, str(target), flags=linux.MS_BIND)
