"""An interactive kernel: what it answers, and that its learner's code can do no more than in a grading."""

import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from darsgah_grader.guest.capture import DISPLAY, STDERR, STDOUT
from darsgah_grader.guest.confine import Confinement
from darsgah_grader.guest.frames import Channel
from darsgah_grader.guest.kernel import ANSWER, ASK, EXECUTE, INPUT, RESULT
from darsgah_grader.guest.kernel_watch import DIED, INTERRUPT, READY, RESTART, USAGE, KernelWatch
from darsgah_grader.guest.points import Point
from darsgah_grader.guest.shell import GuestShell
from darsgah_grader.sandbox import work_folders
from darsgah_grader.sandbox.berths import Berths
from darsgah_grader.sandbox.kernel_messages import json_object
from darsgah_grader.sandbox.kernel_places import KernelPlace
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Environment, Limits, SandboxLevel
from tests.grading.sandbox.conftest import QUICK
from tests.grading.sandbox.machine import descendants, user_of

_LIMITS = replace(QUICK, total_seconds=600, output_bytes=200_000)
_SECONDS = 20.0
_TRACE = "import ctypes, os\nif ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0) < 0: raise PermissionError"


@dataclass
class Talk:
    """A kernel as the host speaks with it; ``lines`` are typed when it asks."""

    place: KernelPlace
    lines: list[str] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)
    printed: str = ""
    died: dict[str, Any] | None = None

    def hear(self) -> tuple[bytes, dict[str, Any]]:
        """The next message that is no output."""
        self.place.channel.socket.settimeout(_SECONDS)
        while True:
            message = self.place.channel.receive()
            assert message is not None, "process 1 is gone"
            if message.kind in {STDOUT, STDERR}:
                self.printed += message.payload.decode("utf-8", "replace")
            elif message.kind == DISPLAY:
                self.shown.append(json.loads(message.payload) if message.payload else {})
            else:
                return message.kind, json_object(message.payload)

    def begin(self, code: str) -> None:
        """Have a cell run."""
        self.shown, self.printed = [], ""
        self.say(EXECUTE, {"token": "t", "code": code})

    def say(self, kind: bytes, message: dict[str, Any]) -> None:
        """Send a request."""
        self.place.channel.send(kind, json.dumps(message).encode())

    def end(self) -> dict[str, Any]:
        """How the cell ended; what it asks is answered with the next of ``lines``."""
        while True:
            kind, message = self.hear()
            if kind == INPUT:
                self.say(INPUT, {"number": message["number"], "value": self.lines.pop(0)})
            elif kind == RESULT:
                assert message["token"] == "t"
                return message
            elif kind == DIED:
                self.died = message
                return {"status": "died"}

    def run(self, code: str) -> dict[str, Any]:
        """Run a cell to its end."""
        self.begin(code)
        return self.end()

    def value(self, code: str) -> str:
        """What a cell ends in, as text, or the name of its error."""
        self.run(code)
        last = self.shown[-1] if self.shown else {}
        return str(last.get("ename") or last.get("data", {}).get("text/plain", self.printed.strip()))

    def ask(self, kind: str, code: str, cursor: int) -> dict[str, Any]:
        """Ask a question."""
        self.say(ASK, {"token": "q", "type": kind, "code": code, "cursor_pos": cursor})
        answered, message = self.hear()
        assert answered == ANSWER
        return message

    def restart(self) -> None:
        """Begin anew."""
        self.place.channel.send(RESTART)
        while self.hear()[0] != READY:
            pass


@contextmanager
def opened(
    sandbox: Sandbox, limits: Limits = _LIMITS, files: dict[str, bytes] | None = None
) -> Iterator[Talk]:
    """A kernel that listens."""
    place = sandbox.open_kernel(files or {}, limits, nice=5)
    try:
        talk = Talk(place)
        assert talk.hear()[0] == READY
        yield talk
    finally:
        place.close()


@pytest.fixture(scope="module", params=["sandbox", "reduced"])
def walls(request: pytest.FixtureRequest) -> Sandbox:
    """A sandbox of each level that is to be had."""
    found: Sandbox = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def kernel(walls: Sandbox) -> Iterator[Talk]:
    """A kernel of each level, with a data file beside it."""
    with opened(walls, files={"data/a.txt": b"here"}) as talk:
        yield talk


def test_values_stay_from_cell_to_cell(kernel: Talk) -> None:
    assert kernel.run("x = 20\nprint('made')") == {"token": "t", "status": "ok", "execution_count": 1}
    assert kernel.printed == "made\n"
    assert kernel.value("x + 1") == "21"
    assert kernel.shown[-1]["execution_count"] == 2
    assert kernel.value("open('data/a.txt').read()") == "'here'"


def test_an_error_is_shown_and_the_values_stay(kernel: Talk) -> None:
    kernel.run("x = 1")
    ended = kernel.run("def f():\n    return x / 0\nf()")
    assert (ended["status"], ended["ename"], ended["evalue"]) == (
        "error",
        "ZeroDivisionError",
        "division by zero",
    )
    (error,) = kernel.shown
    assert "return x / 0" in "\n".join(error["traceback"])
    assert "darsgah" not in "\n".join(error["traceback"])
    assert kernel.value("x") == "1"


def test_a_cell_may_await(kernel: Talk) -> None:
    assert kernel.value("import asyncio\nawait asyncio.sleep(0.01, 'slept')") == "'slept'"


def test_displays_are_updated_and_cleared(kernel: Talk) -> None:
    source = (
        "from IPython.display import HTML, clear_output, display\n"
        "handle = display(HTML('<b>1</b>'), display_id='name')\n"
        "handle.update(HTML('<b>2</b>'))\n"
        "clear_output(wait=True)"
    )
    assert kernel.run(source)["status"] == "ok"
    first, second, third = kernel.shown
    assert first["data"]["text/html"] == "<b>1</b>"
    assert (second["output_type"], second["data"]["text/html"]) == ("update_display_data", "<b>2</b>")
    assert first["transient"] == second["transient"] == {"display_id": "name"}
    assert third == {"output_type": "clear_output", "wait": True}


def test_a_cell_asks_for_lines(kernel: Talk) -> None:
    kernel.lines = ["Ali", "hush"]
    assert kernel.value("import getpass\ninput('Name? ') + getpass.getpass()") == "'Alihush'"
    assert kernel.printed == "Name? Ali\nPassword: ········\n"


def test_a_thread_that_asks_for_a_line_is_told_that_it_cannot(kernel: Talk) -> None:
    source = (
        "import threading\nseen = []\n"
        "def ask():\n    try: input()\n    except EOFError: seen.append('no')\n"
        "thread = threading.Thread(target=ask); thread.start(); thread.join()\nseen"
    )
    assert kernel.value(source) == "['no']"


def test_a_cell_is_stopped_and_the_values_stay(kernel: Talk) -> None:
    kernel.run("x = 7")
    for source in ("while True: pass", "import time\ntime.sleep(60)", "input('waits ')"):
        kernel.begin(f"print('begun')\n{source}")
        while not kernel.printed:
            time.sleep(0.01)
            message = kernel.place.channel.receive()
            assert message is not None
            kernel.printed += message.payload.decode() if message.kind == STDOUT else ""
        time.sleep(0.05)
        kernel.place.channel.send(INTERRUPT)
        while True:
            kind, ended = kernel.hear()
            if kind == RESULT:
                break
        assert ended["ename"] == "KeyboardInterrupt"
        assert kernel.value("x") == "7"
    kernel.place.channel.send(INTERRUPT)  # between two cells it means nothing
    assert kernel.value("x") == "7"


def test_a_line_that_comes_too_late_is_no_answer_to_the_next_question(kernel: Talk) -> None:
    kernel.lines = ["right"]
    kernel.say(INPUT, {"number": 1, "value": "early"})
    kernel.say(INPUT, {"number": 7, "value": "other"})
    assert kernel.value("input()") == "'right'"


def test_names_are_completed_and_explained(kernel: Talk) -> None:
    kernel.run("letters = {'alif': 1}\ndef greet(name):\n    'Says hello.'")
    matches = kernel.ask("complete_request", "x = letters.ke", 14)
    assert "keys" in [match["text"] for match in matches["matches"]]
    assert (matches["cursor_start"], matches["cursor_end"]) == (12, 14)
    assert [match["text"] for match in kernel.ask("complete_request", "gree", 4)["matches"]] == ["greet"]
    assert kernel.ask("complete_request", "no_such_thing.", 14)["matches"] == []
    told = kernel.ask("inspect_request", "greet(", 6)
    assert told["found"]
    assert "Says hello." in told["text"]
    assert not kernel.ask("inspect_request", "nothing", 3)["found"]


def test_an_answer_that_hangs_is_stopped(kernel: Talk) -> None:
    kernel.run("class Slow:\n    def __dir__(self):\n        while True: pass\nslow = Slow()")
    kernel.say(ASK, {"token": "q", "type": "complete_request", "code": "slow.", "cursor_pos": 5})
    time.sleep(0.5)
    kernel.place.channel.send(INTERRUPT)
    assert kernel.hear()[0] == ANSWER
    assert kernel.value("1 + 1") == "2"


def test_a_restart_forgets_values_and_keeps_files(kernel: Talk) -> None:
    kernel.run("x = 1\nopen('kept', 'w').write('kept')")
    kernel.begin("while True: pass")
    kernel.restart()
    assert kernel.value("x") == "NameError"
    assert kernel.value("open('kept').read()") == "'kept'"
    assert kernel.shown[-1]["execution_count"] == 2


@pytest.mark.parametrize(
    "death",
    ["import os\nos._exit(3)", "import os\nos.kill(os.getpid(), 9)", "import ctypes\nctypes.string_at(1)"],
)
def test_a_death_is_told_and_a_restart_begins_anew(kernel: Talk, death: str) -> None:
    assert kernel.run(f"print('said before', flush=True)\n{death}") == {"status": "died"}
    assert kernel.printed == "said before\n"
    assert kernel.died is not None
    assert not kernel.died["memory"]
    kernel.restart()
    assert kernel.value("1 + 1") == "2"


def test_a_flood_is_cut(kernel: Talk) -> None:
    assert kernel.run("for n in range(10**5): print('x' * 50)")["status"] == "ok"
    assert len(kernel.printed) < 2 * _LIMITS.output_bytes + 70_000
    assert kernel.value("'again'") == "'again'"


def test_memory_has_an_end_that_the_kernel_survives(walls: Sandbox) -> None:
    with opened(walls) as kernel:
        ended = kernel.run("held = []\nwhile True: held.append(bytearray(2**20))")
        if ended["status"] == "died":
            kernel.restart()
        else:
            assert ended["ename"] == "MemoryError"
            freed = kernel.run("del held")
            if freed["status"] == "died":  # measured, where no control group holds it, a moment later
                assert not kernel.place.berth.limited
                kernel.restart()
        assert kernel.value("1 + 1") == "2"


def test_memory_of_many_processes_has_an_end(sandbox: Sandbox) -> None:
    source = (
        "import os, time\n"
        "for n in range(6):\n"
        "    if os.fork() == 0:\n        held = bytearray(100 * 2**20)\n        time.sleep(60)\n"
        "held = bytearray(200 * 2**20)\ntime.sleep(3)"
    )
    with opened(sandbox) as kernel:
        ended = kernel.run(source)
        assert ended["status"] == "died" or len(descendants(kernel.place.pid)) < 7
        kernel.restart()
        assert kernel.value("1 + 1") == "2"


def test_processes_that_hold_too_much_end_where_it_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a cgroup, and although the cell has said that it is over."""
    monkeypatch.setattr(Berths, "_make_group", lambda _: None)
    source = (
        "import os, socket, stat, time\n"
        "for n in range(3, 256):\n"
        "    try: pipe = stat.S_ISSOCK(os.fstat(n).st_mode)\n"
        "    except OSError: continue\n"
        "    if pipe: socket.socket(fileno=os.dup(n)).send(b'r.{}')\n"
        "for n in range(4):\n"
        "    if os.fork() == 0:\n        held = bytearray(b'x') * (80 << 20)\n        time.sleep(60)\n"
        "time.sleep(60)"
    )
    with (
        Sandbox.start(Environment("python"), level=SandboxLevel.NAMESPACES) as unlimited,
        opened(unlimited) as kernel,
    ):
        kernel.begin(source)
        assert kernel.hear() == (RESULT, {})
        assert kernel.hear() == (DIED, {"signal": 9, "memory": True})


def test_what_a_cell_says_puts_no_measuring_off() -> None:
    host, ours, says, hears = (Channel(end, 1000) for _ in range(2) for end in Channel.pair())
    walls = Confinement(
        namespaces=True,
        seccomp=b"",
        work="",
        user=None,
        visible=(),
        listed=(),
        poll_memory=True,
        memory_bytes=1 << 40,
        work_bytes=0,
        work_inodes=0,
        file_bytes=0,
        processes=0,
        open_files=0,
        total_seconds=1.0,
    )
    kernel = KernelWatch(ours, walls, (1000, 10), cast("GuestShell", None))
    kernel._child = Point(0, os.getpid(), os.pidfd_open(os.getpid()), hears)
    host.send(EXECUTE, b"{}")
    kernel._listen_to_host()
    assert cast("float", kernel._tick()) <= 50  # milliseconds
    says.send(RESULT, b"{}")
    kernel._listen_to_child()
    message = host.receive()
    assert message is not None
    assert message.kind == RESULT
    assert cast("float", kernel._tick()) <= 50
    for channel in (host, ours, says):
        channel.close()
    kernel._child.close()


def test_a_fork_bomb_is_bounded_and_a_restart_ends_it(walls: Sandbox) -> None:
    source = "import os, time\nmade = 0\nwhile True:\n    try:\n        if os.fork() == 0: time.sleep(60); os._exit(0)\n        made += 1\n    except OSError:\n        break\nmade < 64"  # noqa: E501 -- a learner's code in one string
    with opened(walls) as kernel:
        assert kernel.value(source) == "True"
        kernel.restart()
        kernel.place.channel.send(USAGE)
        kind, usage = kernel.hear()
        assert (kind, usage["processes"]) == (USAGE, 1)
        assert kernel.value("1 + 1") == "2"


def test_the_work_folder_has_an_end(kernel: Talk) -> None:
    source = "with open('big', 'wb') as file:\n    for n in range(200): file.write(bytes(2**20))"
    ended = kernel.run(source)
    if ended["status"] == "died":  # the reduced level measures, and ends it
        assert kernel.died is not None
        kernel.place.channel.send(RESTART)
        return
    assert ended["ename"] == "OSError"
    freed = kernel.run("import os\nos.remove('big')\n1 + 1")
    if freed["status"] == "died":  # it measures a moment later than the code is told
        assert kernel.died is not None
        kernel.place.channel.send(RESTART)
        return
    assert kernel.value("2 * 1") == "2"


def test_there_is_no_network(kernel: Talk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert kernel.value(f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 3)") in {
            "OSError",
            "PermissionError",
        }


def test_files_of_the_machine_are_closed(kernel: Talk, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    for path in (str(secret), "/etc/shadow", str(Path(__file__))):
        assert kernel.value(f"open({path!r}).read()") in {"FileNotFoundError", "PermissionError"}


def test_other_processes_are_out_of_reach(kernel: Talk) -> None:
    victim = os.getpid()
    for source in (
        f"import os\nos.kill({victim}, 0)",
        f"open('/proc/{victim}/environ').read(1)",
        "import os\nopen(f'/proc/{os.getppid()}/mem', 'rb').read(1)",
        "import os\nopen(f'/proc/{os.getppid()}/environ').read(1)",
        _TRACE,
    ):
        assert kernel.value(source) in {"ProcessLookupError", "FileNotFoundError", "PermissionError"}, source


def test_process_1_cannot_be_killed(kernel: Talk) -> None:
    source = (
        "import os, signal\n"
        "for number in (2, 9, 15, 19, 11):\n"
        "    try: os.kill(os.getppid(), number)\n"
        "    except PermissionError: pass"
    )
    assert kernel.run(source)["status"] == "ok"
    assert kernel.value("1 + 1") == "2"


@pytest.mark.parametrize(
    "garbage",
    ["b'?x'", "b'rx'", "b'q'", "b'z' * 70000", "b'r+' + bytes(65536)", "b'h.' + b'1'", "b''"],
)
def test_garbage_in_the_pipe_is_its_own_kernels_end(kernel: Talk, garbage: str) -> None:
    """Whatever arrives is a message of this kernel, or the end of its child: a restart begins anew."""
    source = (
        "import os, socket, stat\n"
        "for n in range(3, 256):\n"
        "    try: pipe = stat.S_ISSOCK(os.fstat(n).st_mode)\n"
        "    except OSError: continue\n"
        f"    if pipe: socket.socket(fileno=os.dup(n)).send({garbage})"
    )
    kernel.begin(source)
    kernel.place.channel.socket.settimeout(_SECONDS)
    assert kernel.hear()[0] in {RESULT, DIED}
    kernel.restart()
    kernel.begin("1 + 1")
    assert kernel.end()["status"] == "ok"


def test_descriptors_given_away_end_nowhere(kernel: Talk) -> None:
    source = (
        "import array, os, socket, stat\n"
        "for n in range(3, 256):\n"
        "    try: pipe = stat.S_ISSOCK(os.fstat(n).st_mode)\n"
        "    except OSError: continue\n"
        "    if pipe:\n"
        "        end = socket.socket(fileno=os.dup(n))\n"
        "        for _ in range(50):\n"
        "            end.sendmsg([b'o.'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [0]))])"
    )
    assert kernel.run(source)["status"] == "ok"
    folder = Path(f"/proc/{kernel.place.pid}/fd")
    if os.access(folder, os.R_OK):
        assert len(list(folder.iterdir())) < 20


def test_kernels_know_nothing_of_each_other(walls: Sandbox) -> None:
    with opened(walls) as one, opened(walls) as other:
        one.run("x = 1\nopen('mine', 'w').write('secret')")
        assert other.value("x") == "NameError"
        assert other.value("open('mine').read()") == "FileNotFoundError"
        users = {user_of(child) for talk in (one, other) for child in descendants(talk.place.pid)}
        if walls.level is SandboxLevel.REDUCED and os.geteuid() == 0:
            assert len(users) == 2


def test_a_closed_kernel_leaves_no_process_and_no_folder(walls: Sandbox) -> None:
    with opened(walls) as kernel:
        kernel.run("import subprocess, sys\ntry: subprocess.Popen(['sleep', '60'])\nexcept OSError: pass")
        kernel.begin("import time\ntime.sleep(60)")
        below = {kernel.place.pid, *descendants(kernel.place.pid)}
    ending = time.monotonic() + _SECONDS
    while time.monotonic() < ending and any(Path(f"/proc/{pid}").exists() for pid in below):
        time.sleep(0.01)
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
    assert not [*Path(tempfile.gettempdir()).glob(f"{work_folders.PREFIX}{os.getpid()}-*")]


def test_it_leaves_gradings_the_first_place(sandbox: Sandbox) -> None:
    with opened(sandbox) as kernel:
        assert kernel.value("import os\nos.nice(0)") == "5"
        assert kernel.value("import os\nos.nice(-1)") == "PermissionError"
