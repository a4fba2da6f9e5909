"""The Linux system calls that the sandbox needs and Python does not offer, through ctypes.

Every function raises OSError with what it tried. Numbers are those of x86_64 and aarch64; on another
architecture ``ARCHITECTURE`` is None and the sandbox is not to be had.
"""

import ctypes
import errno
import os
import platform
import socket
from dataclasses import dataclass

CLONE_PIDFD = 0x1000
CLONE_PARENT = 0x8000
CLONE_NEWNS = 0x20000
CLONE_CHILD_CLEARTID = 0x200000
CLONE_CHILD_SETTID = 0x1000000
CLONE_NEWCGROUP = 0x2000000
CLONE_NEWUTS = 0x4000000
CLONE_NEWIPC = 0x8000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
_SIGCHLD = 17

NAMESPACES = {
    "user": CLONE_NEWUSER,
    "mount": CLONE_NEWNS,
    "pid": CLONE_NEWPID,
    "net": CLONE_NEWNET,
    "ipc": CLONE_NEWIPC,
    "uts": CLONE_NEWUTS,
}

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
_MNT_DETACH = 2

MOUNT_ATTR_RDONLY = 0x1
MOUNT_ATTR_NOSUID = 0x2
MOUNT_ATTR_NODEV = 0x4
_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_CAPBSET_DROP = 24
_PR_SET_SECUREBITS = 28
_PR_SET_NO_NEW_PRIVS = 38
_PR_GET_TID_ADDRESS = 40
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
# noroot, no_setuid_fixup, no_cap_ambient_raise, each locked, and keep_caps locked off
_SECUREBITS = 0xEF
_CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True, slots=True)
class Architecture:
    """What differs between processors; ``child_tid`` is the argument of clone that holds that address."""

    name: str
    audit: int
    clone: int
    pivot_root: int
    capset: int
    seccomp: int
    child_tid: int


_ARCHITECTURES = {
    "x86_64": Architecture("x86_64", 0xC000003E, 56, 155, 126, 317, child_tid=3),
    "aarch64": Architecture("aarch64", 0xC00000B7, 220, 41, 91, 277, child_tid=4),
}
_MOUNT_SETATTR = 442

ARCHITECTURE = _ARCHITECTURES.get(platform.machine())

_libc = ctypes.CDLL(None, use_errno=True)
# The same library without letting go of the interpreter lock: a fork must not.
_libc_locked = ctypes.PyDLL(None, use_errno=True)
_before_fork = ctypes.pythonapi.PyOS_BeforeFork
_after_fork_child = ctypes.pythonapi.PyOS_AfterFork_Child
_after_fork_parent = ctypes.pythonapi.PyOS_AfterFork_Parent
for _hook in (_before_fork, _after_fork_child, _after_fork_parent):
    _hook.argtypes = []
    _hook.restype = None
_libc.syscall.restype = ctypes.c_long
_libc_locked.syscall.restype = ctypes.c_long


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def architecture() -> Architecture:
    """The processor's numbers; OSError where they are not known."""
    if ARCHITECTURE is None:
        raise OSError(errno.ENOSYS, f"the sandbox does not know the processor {platform.machine()}")
    return ARCHITECTURE


def syscall(number: int, *arguments: object, what: str) -> int:
    """Any system call by number, for those whose arguments only the caller understands."""
    return _checked(_libc.syscall(number, *arguments), what)


def unshare(flags: int) -> None:
    """Leave the namespaces named by the CLONE_NEW flags."""
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def mount(source: str, target: str, kind: str | None = None, flags: int = 0, data: str | None = None) -> None:
    """Mount a file system; ``kind`` is None for binds and for changes to an existing mount."""
    _checked(
        _libc.mount(
            source.encode(),
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            data.encode() if data else None,
        ),
        f"mount {kind or source} on {target}",
    )


def unmount(target: str) -> None:
    """Take a mount away with all that is mounted below it; open files in it go on."""
    _checked(_libc.umount2(target.encode(), _MNT_DETACH), f"umount of {target}")


def set_mount_attributes(target: str, attributes: int) -> None:
    """Add MOUNT_ATTR flags to a mount and everything below it, in one step (Linux 5.12)."""

    class Attributes(ctypes.Structure):
        _fields_ = (
            ("attr_set", ctypes.c_uint64),
            ("attr_clr", ctypes.c_uint64),
            ("propagation", ctypes.c_uint64),
            ("userns_fd", ctypes.c_uint64),
        )

    wanted = Attributes(attributes, 0, 0, 0)
    syscall(
        _MOUNT_SETATTR,
        ctypes.c_int(_AT_FDCWD),
        target.encode(),
        ctypes.c_uint(_AT_RECURSIVE),
        ctypes.byref(wanted),
        ctypes.c_size_t(ctypes.sizeof(wanted)),
        what=f"make {target} read-only",
    )


def enter_root(new_root: str) -> None:
    """Make a mount the root of the mount namespace and let go of the old root."""
    os.chdir(new_root)
    syscall(architecture().pivot_root, b".", b".", what="pivot_root")
    _checked(_libc.umount2(b".", _MNT_DETACH), "umount of the old root")
    os.chdir("/")


def _tid_address() -> int:
    """Where the C library keeps this thread's number; 0 where the kernel doesn't tell."""
    address = ctypes.c_void_p()
    if _libc.prctl(_PR_GET_TID_ADDRESS, ctypes.byref(address), 0, 0, 0) != 0:
        return 0
    return address.value or 0


def clone(flags: int) -> tuple[int, int]:
    """Fork into new namespaces or the like; (0, -1) in the child, (pid, pidfd) in the parent.

    Does what ``os.fork`` does around the call, hooks of ``os.register_at_fork`` included, and keeps the C
    library's idea of its thread number right. The caller has one thread.
    """
    machine = architecture()
    pidfd = ctypes.c_int(-1)
    address = _tid_address()
    if address:
        flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID
    arguments = [ctypes.c_long(0), ctypes.byref(pidfd), ctypes.c_long(0), ctypes.c_long(0)]
    arguments[machine.child_tid - 1] = ctypes.c_long(address)
    number = ctypes.c_long(machine.clone)
    word = ctypes.c_ulong(flags | CLONE_PIDFD | _SIGCHLD)
    _before_fork()
    pid = _libc_locked.syscall(number, word, *arguments)
    if pid == 0:
        _after_fork_child()
        return 0, -1
    code = ctypes.get_errno()
    _after_fork_parent()
    if pid < 0:
        raise OSError(code, f"clone: {os.strerror(code)}")
    return pid, pidfd.value


def _prctl(option: int, first: int, what: str) -> None:
    _checked(
        _libc.prctl(option, ctypes.c_ulong(first), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0)),
        what,
    )


def die_with_parent(signal_number: int) -> None:
    """Get a signal when the thread that made this process ends; a change of user cancels it."""
    _prctl(_PR_SET_PDEATHSIG, signal_number, "prctl PDEATHSIG")


def set_dumpable(dumpable: bool) -> None:
    """Whether others with the same user number may look into this process through /proc."""
    _prctl(_PR_SET_DUMPABLE, int(dumpable), "prctl DUMPABLE")


def forbid_new_privileges() -> None:
    """No set-user-id program or file capability gives this process or its children anything."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1, "prctl NO_NEW_PRIVS")


def drop_capabilities() -> None:
    """Empty every capability set, the bounding set too, and lock the secure bits where allowed."""
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) != 0:
            if ctypes.get_errno() == errno.EINVAL:
                break  # past the last capability of this kernel
            if ctypes.get_errno() == errno.EPERM:
                break  # an ordinary user outside a user namespace: there is nothing to drop
    _libc.prctl(_PR_CAP_AMBIENT, ctypes.c_ulong(_PR_CAP_AMBIENT_CLEAR_ALL), 0, 0, 0)
    _libc.prctl(_PR_SET_SECUREBITS, ctypes.c_ulong(_SECUREBITS), 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    syscall(architecture().capset, ctypes.byref(header), ctypes.byref(nothing), what="capset")


def rename_host(name: str) -> None:
    """What this UTS namespace calls the machine."""
    socket.sethostname(name)
