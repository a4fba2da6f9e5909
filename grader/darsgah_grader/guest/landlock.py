"""Landlock: what the reduced level has in place of a root of its own.

Only the folders named may be read and executed, only the work folder written; from ABI 6 (Linux 6.12) on, no
signal and no abstract UNIX socket reaches anyone outside. It survives everything, cannot be taken off and
needs no rights but no_new_privs.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

from darsgah_grader.guest.linux import syscall

_CREATE_RULESET = 444
_ADD_RULE = 445
_RESTRICT_SELF = 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE = 1 << 14
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_NET = 3  # bind and connect, TCP
_SCOPE = 3  # abstract UNIX sockets, signals
# The highest access right bit each ABI knows: 1 up to making symlinks, 2 linking across folders,
# 3 truncation, 4 networks, 5 device ioctls.
_FS_BITS = {1: 13, 2: 14, 3: 15, 4: 15}
_FS_BITS_LATER = 16


def abi() -> int:
    """The version of Landlock that this kernel offers; 0 for none."""
    try:
        return syscall(
            _CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION_FLAG), what="landlock"
        )
    except OSError:
        return 0


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathRule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _allow(ruleset: int, path: str, access: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _PathRule(access, descriptor)
        syscall(
            _ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint(0),
            what=f"landlock rule for {path}",
        )
    finally:
        os.close(descriptor)


def restrict(readable: Iterable[str], writable: Iterable[str], listed: Iterable[str] = ()) -> None:
    """Confine this thread and all it starts; OSError where the kernel has no Landlock. Needs no_new_privs.

    Of ``listed`` folders, and those below, the names can be seen: an import looks into its folders first.

    Paths that do not exist are passed over: nothing can be reached through them.
    """
    version = abi()
    everything = (1 << _FS_BITS.get(version, _FS_BITS_LATER)) - 1
    wanted = _Ruleset(everything, _NET if version >= 4 else 0, _SCOPE if version >= 6 else 0)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = syscall(
        _CREATE_RULESET, ctypes.byref(wanted), ctypes.c_size_t(size), ctypes.c_uint(0), what="landlock"
    )
    try:
        for path in filter(os.path.exists, readable):
            _allow(ruleset, path, _READ if Path(path).is_dir() else _EXECUTE | _READ_FILE)
        for path in filter(os.path.exists, listed):
            _allow(ruleset, path, _READ_DIR)
        for path in filter(os.path.exists, writable):
            file_access = _EXECUTE | _READ_FILE | _WRITE_FILE | (_TRUNCATE if version >= 3 else 0)
            _allow(ruleset, path, everything if Path(path).is_dir() else file_access)
        syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0), what="landlock")
    finally:
        os.close(ruleset)
