"""Answers that are bad input: what each does, and what a learner is told about it at level 0.

Each is about ``double(n)``, of which a visible check calls ``double(3)`` and expects 6.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BadAnswer:
    """What is handed in, and a part of what is told; empty where it depends on how busy the machine is."""

    source: str
    said: str


ENDS = "The program ended before any test could run."
LATE = "`double(3)` does not end in the time that it has"
WRONG = "`double(3)` gives `0`; the test expects `6`."
_ATTACKS = {
    "ends itself": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "ends its parent": "import os\nos.kill(os.getppid(), 9)\nos._exit(0)",
}
_VAIN = {
    "reaches for the network": "import socket\nsocket.create_connection(('127.0.0.1', 5432), 1)",
    "reads the machine's files": "open('/etc/shadow').read()",
    "kills everything": "import os\nos.kill(-1, 9)",
    "writes outside its folder": "open('/usr/darsgah-was-here', 'w').write('x')",
}
BAD_ANSWERS: dict[str, BadAnswer] = {
    "does not parse": BadAnswer(
        "def double(n)\n    return 2 * n",
        "Python cannot read your answer: it stops at line 1 with `SyntaxError",
    ),
    "nests without end": BadAnswer("x = " + "(" * 5000, "Python cannot read your answer"),
    "hangs": BadAnswer("while True:\n    pass", "Your answer did not end in the time that it has"),
    "hangs when called": BadAnswer("def double(n):\n    while True:\n        pass", LATE),
    "hangs and holds on": BadAnswer(
        "def double(n):\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass",
        LATE,
    ),
    "sleeps": BadAnswer("import time\ndef double(n):\n    time.sleep(1000)", LATE),
    "prints a gigabyte": BadAnswer(
        "def double(n):\n    for _ in range(1000):\n        print('x' * 10**6)\n    return 0", WRONG
    ),
    "prints a gigabyte at once": BadAnswer("print('x' * 10**9)\ndef double(n):\n    return 0", ""),
    "returns a gigabyte": BadAnswer("def double(n):\n    return 'x' * 10**8", "`double(3)` gives `'xxx"),
    "eats memory": BadAnswer(
        "hoard = [bytearray(10**11)]\ndef double(n):\n    return 0", "asked for more memory than it has"
    ),
    "calls itself without end": BadAnswer(
        "def double(n):\n    return double(n) + n",
        "`double(3)` stops in line 2 of your answer with `RecursionError",
    ),
    "ends its process": BadAnswer("import os\nos._exit(0)", ENDS),
    "ends it when called": BadAnswer(
        "import os\ndef double(n):\n    os._exit(0)", "`double(3)` ends the whole"
    ),
    "forks without end": BadAnswer("import os\nwhile True:\n    os.fork()", ""),
    "takes Python apart": BadAnswer(
        "import builtins, signal, sys\nbuiltins.repr = builtins.compile = signal.setitimer = None\n"
        "sys.modules.clear()\ndef double(n):\n    return 0",
        "",
    ),
    "is empty": BadAnswer("", "with `NameError: name 'double' is not defined`"),
    **{name: BadAnswer(f"{source}\ndef double(n):\n    return 0", ENDS) for name, source in _ATTACKS.items()},
    **{
        name: BadAnswer(f"{source}\ndef double(n):\n    return 0", "before any test runs")
        for name, source in _VAIN.items()
    },
}
