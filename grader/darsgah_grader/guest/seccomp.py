"""The system call filter of a learner's process: classic BPF, built once, put in place last.

A denied call fails with EPERM; a call of another ABI than the processor's own (i386, x32) kills the
process. The list is a deny list on purpose: scientific libraries use more of the kernel than anybody can
enumerate, and what a learner gains from an allowed call is bounded by the namespaces, the missing
capabilities and the read-only root. What is denied is what has no use in a notebook and a record of
kernel holes, or what would reach around those walls: debugging other processes, keyrings, bpf,
performance counters, io_uring, userfaultfd, the mount interfaces, namespaces, modules, clocks, sockets
other than UNIX and Internet ones, pushing input into terminals, watches on files that several sandboxes
share, and ``kill(-1)``.

Locks on files (``flock``, ``fcntl``) are said to be taken and are not. Databases in a work folder want them,
and nobody else can open these files; but a lock on a device or a library, which all sandboxes share, would
tell one learner's code what another's does.

Landlock, which stands for a private root at the reduced level, has no say over modes, owners and times of
files, nor before its third version over cutting them off. An ordinary user's run is that user, to whom the
platform's files belong: so there modes and times are said to be set and are not, and files are cut off only
when they are opened for writing, over which Landlock does have a say.
"""

import ctypes
import errno
import struct
from collections.abc import Iterable

from darsgah_grader.guest.linux import CLONE_NEWCGROUP, NAMESPACES, architecture, syscall

_LD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
_JUMP_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
_ALLOW = 0x7FFF0000
_KILL_PROCESS = 0x80000000
_ERRNO = 0x00050000
_DENY = _ERRNO | errno.EPERM
_NOT_THERE = _ERRNO | errno.ENOSYS
_DONE_NOTHING = _ERRNO  # the caller is told of success
_SET_MODE_FILTER = 1
_X32_BIT = 0x40000000

_NUMBER = 0  # offsets in struct seccomp_data
_ARCH = 4
_ARGUMENTS = 16

_AF_ALLOWED = (1, 2, 10)  # UNIX, INET, INET6
_TIOCSTI = 0x5412
_TIOCLINUX = 0x541C
_NAMESPACE_FLAGS = CLONE_NEWCGROUP
for _flag in NAMESPACES.values():
    _NAMESPACE_FLAGS |= _flag

# name: (x86_64, aarch64); None where the architecture doesn't have it
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "userfaultfd": (323, 282),
    "memfd_secret": (447, 447),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "open_tree_attr": (467, 467),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "unshare": (272, 97),
    "setns": (308, 268),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "create_module": (174, None),
    "query_module": (178, None),
    "get_kernel_syms": (177, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "reboot": (169, 142),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "clock_adjtime": (305, 266),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
    "vhangup": (153, 58),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    "inotify_add_watch": (254, 27),
}

# Without namespaces these reach other processes of the machine, so the reduced level denies them as well.
_DENIED_REDUCED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "setpgid": (109, 154),
}
_DENIED_ON_FILES: dict[str, tuple[int | None, int | None]] = {
    "truncate": (76, 45),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
_NOT_DONE_ON_FILES: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}
_OPEN = ((2, None), 1)  # numbers, and which argument has the flags
_OPENAT = ((257, 56), 2)
_OPENAT2 = 437  # its flags can't be read
_TRUNCATE, _ACCESS, _WRITE, _READ_AND_WRITE = 0x200, 3, 1, 2
# Signals by process number: allowed to oneself only.
_SIGNALS: dict[str, tuple[int, int]] = {
    "kill": (62, 129),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130),
}
_CLONE = (56, 220)
_CLONE3 = 435
_IOCTL = (16, 29)
_SOCKET = (41, 198)
_KILL = (62, 129)
_FCNTL = (72, 25)
_FLOCK = (73, 32)
_LOCK_COMMANDS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
_WATCH_COMMANDS = (1024, 1025, 1026)  # F_SETLEASE, F_GETLEASE, F_NOTIFY
_PRLIMIT = (302, 261)
_PRCTL = (157, 167)
_PR_SET_PDEATHSIG = 1
_CLONE_THREAD = 0x10000


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value & 0xFFFFFFFF)


def _load(offset: int) -> bytes:
    return _instruction(_LD_WORD, offset)


def _argument(index: int) -> bytes:
    """The low 32 bits of an argument: enough for flags, families, requests and process numbers."""
    return _load(_ARGUMENTS + 8 * index)


def _answer(value: int) -> bytes:
    return _instruction(_RETURN, value)


def _when_call(number: int, block: Iterable[bytes]) -> list[bytes]:
    """Run ``block``, which must return, when the number loaded is ``number``; skip it otherwise."""
    body = list(block)
    return [_instruction(_JUMP_EQUAL, number, 0, len(body)), *body]


def _numbers(table: dict[str, tuple[int | None, int | None]], column: int) -> list[int]:
    return sorted(number for pair in table.values() if (number := pair[column]) is not None)


def _answer_all(numbers: list[int], answer: int = _DENY) -> list[bytes]:
    """Give that answer to any of the numbers; jumps go to one shared return, in groups a byte can span."""
    program: list[bytes] = []
    for start in range(0, len(numbers), 200):
        group = numbers[start : start + 200]
        jumps = [_instruction(_JUMP_EQUAL, n, len(group) - i, 0) for i, n in enumerate(group)]
        program += [*jumps, _instruction(0x05, 1), _answer(answer)]  # 0x05: jump always
    return program


def _family_rule() -> list[bytes]:
    families = len(_AF_ALLOWED)
    return [
        _argument(0),
        *(_instruction(_JUMP_EQUAL, family, families - i, 0) for i, family in enumerate(_AF_ALLOWED)),
        _answer(_DENY),
        _answer(_ALLOW),
    ]


def _own_process_rule(own_pid: int) -> list[bytes]:
    return [
        _argument(0),
        _instruction(_JUMP_EQUAL, own_pid, 2, 0),
        _instruction(_JUMP_EQUAL, 0, 1, 0),
        _answer(_DENY),
        _answer(_ALLOW),
    ]


def _common_rules(column: int) -> list[bytes]:
    program = _answer_all(_numbers(_DENIED, column))
    program += _when_call(_CLONE3, [_answer(_NOT_THERE)])  # its flags can't be read; the C library falls back
    program += _when_call(
        _CLONE[column],
        [_argument(0), _instruction(_JUMP_ANY_BIT, _NAMESPACE_FLAGS, 0, 1), _answer(_DENY), _answer(_ALLOW)],
    )
    program += _when_call(
        _IOCTL[column],
        [
            _argument(1),
            _instruction(_JUMP_EQUAL, _TIOCSTI, 1, 0),
            _instruction(_JUMP_EQUAL, _TIOCLINUX, 0, 1),
            _answer(_DENY),
            _answer(_ALLOW),
        ],
    )
    program += _when_call(_FLOCK[column], [_answer(_DONE_NOTHING)])
    program += _when_call(_FCNTL[column], _lock_rule())
    program += _when_call(_SOCKET[column], _family_rule())
    return program


def _lock_rule() -> list[bytes]:
    """Locks on a file all sandboxes share, a device above all, would carry messages from one to another."""
    wanted = [*_LOCK_COMMANDS, *_WATCH_COMMANDS]
    answers = [_ALLOW, _DONE_NOTHING, _DENY]
    return [
        _argument(1),
        *(
            _instruction(_JUMP_EQUAL, command, len(wanted) - i + (command in _WATCH_COMMANDS), 0)
            for i, command in enumerate(wanted)
        ),
        *map(_answer, answers),
    ]


def _cut_off_rule(flags: int) -> list[bytes]:
    """Cutting a file off while opening it is for those who open it to write."""
    return [
        _argument(flags),
        _instruction(_JUMP_ANY_BIT, _TRUNCATE, 0, 4),
        _instruction(_AND, _ACCESS),
        _instruction(_JUMP_EQUAL, _WRITE, 2, 0),
        _instruction(_JUMP_EQUAL, _READ_AND_WRITE, 1, 0),
        _answer(_DENY),
        _answer(_ALLOW),
    ]


def _reduced_rules(column: int, own_pid: int, *, becoming: bool) -> list[bytes]:
    denied = {name: pair for name, pair in _DENIED_REDUCED.items() if not (becoming and name == "execve")}
    program = _answer_all(_numbers(denied, column))
    program += _answer_all(_numbers(_DENIED_ON_FILES, column))
    program += _answer_all(_numbers(_NOT_DONE_ON_FILES, column), _DONE_NOTHING)
    program += _when_call(_OPENAT2, [_answer(_NOT_THERE)])
    for numbers, flags in (_OPEN, _OPENAT):
        if (number := numbers[column]) is not None:
            program += _when_call(number, _cut_off_rule(flags))
    program += _when_call(
        _CLONE[column],
        [_argument(0), _instruction(_JUMP_ANY_BIT, _CLONE_THREAD, 1, 0), _answer(_DENY), _answer(_ALLOW)],
    )
    for pair in _SIGNALS.values():
        program += _when_call(pair[column], _own_process_rule(own_pid))
    program += _when_call(_PRLIMIT[column], _own_process_rule(own_pid))
    program += _when_call(
        _PRCTL[column],  # the runner ends with its supervisor; nobody takes that off
        [_argument(0), _instruction(_JUMP_EQUAL, _PR_SET_PDEATHSIG, 0, 1), _answer(_DENY), _answer(_ALLOW)],
    )
    return program


def program(own_pid: int | None = None, *, becoming: bool = False) -> bytes:
    """The filter for this processor.

    With ``own_pid`` it is the reduced level's: no new process, no socket, no signal to anyone else. A process
    that is ``becoming`` another program may still do that.
    """
    machine = architecture()
    column = 0 if machine.name == "x86_64" else 1
    parts = [
        _load(_ARCH),
        _instruction(_JUMP_EQUAL, machine.audit, 1, 0),
        _answer(_KILL_PROCESS),
        _load(_NUMBER),
    ]
    if column == 0:
        parts += [_instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1), _answer(_KILL_PROCESS)]
    if own_pid is not None:
        parts += _reduced_rules(column, own_pid, becoming=becoming)
    parts += _common_rules(column)
    parts += _when_call(
        _KILL[column],
        [_argument(0), _instruction(_JUMP_EQUAL, 0xFFFFFFFF, 0, 1), _answer(_DENY), _answer(_ALLOW)],
    )
    parts.append(_answer(_ALLOW))
    return b"".join(parts)


def install(filter_program: bytes) -> None:
    """Put the filter in place for this thread and all it starts; needs no_new_privs. There is no way back."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    described = Program(len(filter_program) // 8, filter_program)
    syscall(
        architecture().seccomp,
        ctypes.c_uint(_SET_MODE_FILTER),
        ctypes.c_uint(0),
        ctypes.byref(described),
        what="seccomp",
    )
