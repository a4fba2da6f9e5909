"""What a learner's code cannot see, reach or do, asked from inside."""

import os
import platform
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from darsgah_grader.sandbox.types import CellSource, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment
from tests.grading.sandbox.conftest import QUICK, cells, run_one, text
from tests.grading.sandbox.machine import descendants, user_of


def test_no_process_of_the_machine_is_seen(sandbox: Sandbox) -> None:
    printed = text(
        run_one(
            sandbox,
            "import os\nprint(os.getpid(), *sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))",
        )
    )
    own, *seen = map(int, printed.split())
    assert own in seen
    assert seen[0] == 1
    assert len(seen) <= 3


@pytest.mark.parametrize("name", ["environ", "mem", "maps", "fd", "root"])
def test_the_supervisor_cannot_be_looked_into(sandbox: Sandbox, name: str) -> None:
    cell = run_one(
        sandbox,
        f"import os\nos.listdir('/proc/1/{name}') if '{name}' in ('fd', 'root') else open('/proc/1/{name}').read(1)",  # noqa: E501 -- a learner's code in one string
    )
    assert cell.error_name == "PermissionError"


def test_there_is_no_network(sandbox: Sandbox) -> None:
    source = (
        "import socket\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "import fcntl, struct\n"
        "n = struct.unpack('iL', fcntl.ioctl(s, 0x8912, struct.pack('iL', 0, 0)))[0]  # SIOCGIFCONF\n"
        "print('addresses', n)\n"
        "socket.create_connection(('127.0.0.1', {port}), timeout=3)"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        cell = run_one(sandbox, source.format(port=server.getsockname()[1]))
    assert text(cell).startswith("addresses 0\n")
    assert (cell.outcome, cell.error_name) == (Outcome.ERROR, "OSError")


def test_files_of_the_machine_are_not_there(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    paths = [
        "/etc/shadow",
        str(secret),
        str(Path(__file__)),
        "/var/lib",
        "/sys/kernel",
        "/dev/tty",
        "/boot",
        "/mnt",
    ]
    printed = text(
        run_one(
            sandbox,
            f"import os\nprint([p for p in {paths!r} if os.path.exists(p)], sorted(os.listdir('/run/work')))",
        )
    )
    assert printed.strip() == "[] ['learner', 'shm', 'tmp']"


def test_the_root_is_read_only(sandbox: Sandbox) -> None:
    source = (
        "import os, sys\n"
        "def writable(folder):\n"
        "    try:\n        open(os.path.join(folder, 'x'), 'w')\n        return True\n"
        "    except OSError:\n        return False\n"
        "places = ['/', '/usr', '/usr/lib', '/etc', '/dev', '/run', '/home', '/run/work', '/var', '/proc', sys.prefix, sys.base_prefix,\n"  # noqa: E501 -- a learner's code in one string
        "          os.path.dirname(os.__file__), '/tmp', '/dev/shm', '.']\n"
        "print([place for place in places if writable(place)])"
    )
    assert text(run_one(sandbox, source)).strip() == "['/run/work', '/tmp', '/dev/shm', '.']"


def test_the_work_folder_has_a_size_and_a_number_of_files(sandbox: Sandbox) -> None:
    source = (
        "import errno, os\n"
        "for folder in ('.', '/tmp', '/dev/shm'):\n"
        "    try:\n        with open(folder + '/big', 'wb') as f:\n            f.write(bytes(70_000_000))\n"
        "    except OSError as error:\n        print(errno.errorcode[error.errno])\n"
        "    os.remove(folder + '/big')\n"
        "made = 0\n"
        "try:\n    while True:\n        open(f'f{made}', 'w').close()\n        made += 1\n"
        "except OSError as error:\n    print(errno.errorcode[error.errno], made < 5000)"
    )
    limits = type(QUICK)(file_bytes=10**9, memory_bytes=512 * 1024 * 1024)
    assert text(run_one(sandbox, source, limits)).split() == ["ENOSPC"] * 4 + ["True"]


def test_a_file_has_a_size(sandbox: Sandbox) -> None:
    source = "import os, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nos.truncate(os.open('s', os.O_CREAT | os.O_RDWR), 10**12)"  # noqa: E501 -- a learner's code in one string
    assert run_one(sandbox, source).error_name == "OSError"


def test_no_right_is_left(sandbox: Sandbox) -> None:
    printed = text(run_one(sandbox, "print(open('/proc/self/status').read())"))
    status = dict(line.split(":\t", 1) for line in printed.splitlines() if ":\t" in line)
    assert {status[f"Cap{which}"] for which in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    assert status["Uid"].split() == ["1000"] * 4
    assert status["Gid"].split() == ["1000"] * 4


def test_the_environment_is_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DARSGAH_SECRET_KEY", "hush")
    with Sandbox.start(Environment("python")) as fresh:
        printed = text(
            run_one(fresh, "import os\nprint(dict(os.environ), open('/proc/self/environ').read())")
        )
    assert "HOME" in printed
    assert "DARSGAH" not in printed
    assert "hush" not in printed


def test_no_descriptor_is_inherited(sandbox: Sandbox) -> None:
    source = "import os\nfor n in sorted(map(int, os.listdir('/proc/self/fd'))):\n    try:\n        print(n, os.readlink(f'/proc/self/fd/{n}'))\n    except OSError: pass"  # noqa: E501 -- a learner's code in one string
    seen = dict(line.split(" ", 1) for line in text(run_one(sandbox, source)).splitlines())
    assert seen.pop("0") == "/dev/null"
    assert seen.pop("1").startswith("pipe:")
    assert seen.pop("2").startswith("pipe:")
    spare = [kind for kind in seen.values() if kind == "/dev/null"]  # kept by the runner
    assert len(spare) == 3
    assert [kind.split(":")[0] for kind in seen.values() if kind not in spare] == ["socket"]


def test_the_learner_is_nobody_of_the_machine(sandbox: Sandbox) -> None:
    users: set[int] = set()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run_one, sandbox, "import time\ntime.sleep(1)")
        while not running.done():
            users |= {user for pid in descendants(sandbox.pid or 0) if (user := user_of(pid)) is not None}
            time.sleep(0.02)
    if os.geteuid() == 0:
        assert len(users) == 1
        assert users.pop() >= 1000
    else:
        assert users == {os.geteuid()}


_CALLS = {
    "ptrace": (101, 117, "0, 0, 0, 0"),
    "process_vm_readv": (310, 270, "1, 0, 0, 0, 0, 0"),
    "keyctl": (250, 219, "0, 0, 0"),
    "bpf": (321, 280, "0, 0, 0"),
    "perf_event_open": (298, 241, "0, 0, -1, -1, 0"),
    "io_uring_setup": (425, 425, "1, 0"),
    "userfaultfd": (323, 282, "0"),
    "unshare user": (272, 97, "0x10000000"),
    "setns": (308, 268, "0, 0"),
    "mount": (165, 40, "0, 0, 0, 0, 0"),
    "fsopen": (430, 430, "0, 0"),
    "clone user": (56, 220, "0x10000011, 0, 0, 0, 0"),
    "kexec_load": (246, 104, "0, 0, 0, 0"),
    "init_module": (175, 105, "0, 0, 0"),
    "kill all": (62, 129, "-1, 9"),
    "personality": (135, 92, "0x0400000"),
    "sethostname": (170, 161, "b'x', 1"),
    "tiocsti": (16, 29, "0, 0x5412, 0"),
    "netlink": (41, 198, "16, 3, 0"),
    "packet": (41, 198, "17, 3, 0"),
    "vsock": (41, 198, "40, 1, 0"),
    "alg": (41, 198, "38, 5, 0"),
}


def test_calls_that_reach_around_the_walls_are_denied(sandbox: Sandbox) -> None:
    column = 0 if platform.machine() == "x86_64" else 1
    lines = ["import ctypes", "c = ctypes.CDLL(None, use_errno=True)"]
    for name, call in _CALLS.items():
        lines.append(
            f"r = c.syscall({call[column]}, {call[2]}); print({name!r}, r, ctypes.get_errno(), sep=';')"
        )
    lines.append("r = c.syscall(435, 0, 0); print('clone3', r, ctypes.get_errno(), sep=';')")
    answers = [line.split(";") for line in text(run_one(sandbox, "\n".join(lines))).splitlines()]
    assert {name for name, *answer in answers if answer != ["-1", "1"]} == {"clone3"}
    assert answers[-1] == ["clone3", "-1", "38"]
    assert len(answers) == len(_CALLS) + 1


@pytest.mark.skipif(
    platform.machine() != "x86_64", reason="only this processor has a second system call table"
)
def test_the_other_call_table_kills(sandbox: Sandbox) -> None:
    source = (
        "import ctypes, mmap\n"
        "code = mmap.mmap(-1, 4096, prot=7)\n"
        "code.write(bytes.fromhex('b814000000cd80c3'))  # getpid through int 0x80\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()"
    )
    run = sandbox.run(Job([*cells(source), CellSource("1 + 1")], limits=QUICK))
    assert [cell.outcome for cell in run.cells] == [Outcome.DIED, Outcome.OK]
    assert "signal 31" in run.notes[0]


def test_set_user_id_programs_give_nothing(sandbox: Sandbox) -> None:
    source = "import os\nprint(os.statvfs('/usr').f_flag & os.ST_NOSUID != 0, os.statvfs('/usr').f_flag & os.ST_RDONLY != 0)"  # noqa: E501 -- a learner's code in one string
    assert text(run_one(sandbox, source)).strip() == "True True"


def test_nothing_stays_for_the_next_learner(sandbox: Sandbox) -> None:
    run_one(
        sandbox,
        "open('/tmp/left', 'w').write('x'); open('/dev/shm/left', 'w'); import random; random.left = 1",
    )
    printed = text(
        run_one(
            sandbox,
            "import os, random\nprint('left' in os.listdir('/tmp'), os.listdir('/dev/shm'), os.listdir('.'), hasattr(random, 'left'))",  # noqa: E501 -- a learner's code in one string
        )
    )
    assert printed.strip() == "False [] [] False"
