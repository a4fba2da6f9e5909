"""The IPython shell of learners' cells: no terminal, no history file, no event loop, output captured."""

import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from traitlets import Instance
from traitlets.config import Config

from darsgah_grader.guest.capture import STDERR, STDOUT, Capture, CapturedStream
from darsgah_grader.guest.tracebacks import QuickTraceback

_LONGEST_LINE = 2000
_MOST_LINES = 400


class GuestDisplayHook(DisplayHook):
    """The value of a cell's last expression becomes an execute_result."""

    def write_output_prompt(self) -> None:
        """There is no prompt in a notebook."""

    def write_format_data(self, format_dict: Mapping[str, Any], md_dict: object = None) -> None:
        """Send the bundle; its metadata is dropped, a grade needs none."""
        assert isinstance(self.shell, GuestShell)  # noqa: S101 -- made by it alone; tells the type checker
        capture = self.shell.capture
        capture.display(
            {
                "output_type": "execute_result",
                "execution_count": self.prompt_count,
                "data": capture.bundle(format_dict),
                "metadata": {},
            }
        )

    def log_output(self, format_dict: Mapping[str, Any]) -> None:
        """Outputs are not kept in memory."""

    def finish_displayhook(self) -> None:
        """Nothing to finish; the display was sent."""
        self._is_active = False


class GuestDisplayPublisher(DisplayPublisher):
    """``display(...)`` becomes a display_data."""

    def publish(self, data: Mapping[str, Any], metadata: object = None, *_: object, **__: object) -> None:
        """Send the bundle; an update of an earlier display is shown as one of its own."""
        self._validate_data(data, metadata)  # type: ignore[no-untyped-call] # IPython has no type here
        capture = self.shell.capture
        capture.display({"output_type": "display_data", "data": capture.bundle(data), "metadata": {}})

    def clear_output(self, wait: bool = False) -> None:
        """What was shown stays: a graded notebook is a record."""


class GuestTransformerManager(TransformerManager):
    """IPython's own, without the search for IPython's syntax in cells that cannot hold any.

    That search runs Python's slow tokenizer over every cell, which is a third of what running a short one
    costs. All that it finds leaves a sign in some line: a line that begins with one of ``! ? % , ; /``, one
    that ends with ``?``, or ``=`` before ``!`` or ``%``. Once a learner's code has changed the list of
    transformers, every cell is searched.
    """

    _signs = re.compile(r"^\s*[!?%,;/]|\?[\s\\]*$|=\s*[!%]")
    _known = tuple(TransformerManager().token_transformers)  # type: ignore[no-untyped-call] # IPython has no type here

    def do_token_transforms(self, lines: list[str]) -> list[str]:
        """The lines with IPython's syntax turned into Python."""
        if tuple(self.token_transformers) == self._known and not any(map(self._signs.search, lines)):
            return lines
        transformed: list[str] = super().do_token_transforms(lines)  # type: ignore[no-untyped-call] # as above
        return transformed


class GuestShell(InteractiveShell):
    """One per warm process; every run has a copy by fork. ``capture`` is where its outputs go."""

    input_transformer_manager = Instance(GuestTransformerManager, ())

    def __init__(self, capture: Capture, **options: object) -> None:
        self.capture = capture
        super().__init__(**options)  # type: ignore[no-untyped-call] # IPython has no type here

    def init_traceback_handlers(self, custom_exceptions: object) -> None:
        """IPython's handlers, with our own way of writing a traceback."""
        super().init_traceback_handlers(custom_exceptions)
        self.InteractiveTB = QuickTraceback(self.compile, tb_offset=1)

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.capture.display(error_output(etype, evalue, stb))
        self.capture.error_shown = True

    def should_run_async(
        self,
        raw_cell: str,
        *,
        transformed_cell: str | None = None,
        preprocessing_exc_tuple: tuple[Any, ...] | None = None,
    ) -> bool:
        """Whether the cell awaits something, which IPython compiles it to find out; the words come first."""
        if transformed_cell is not None and not any(word in transformed_cell for word in ("await", "async")):
            return False
        asks: bool = super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple
        )
        return asks

    def system(self, cmd: str) -> None:
        """``!command``: through the shell, without a terminal, its output among the cell's."""
        command: str = self.var_expand(cmd, depth=1)  # type: ignore[no-untyped-call] # IPython has no type here
        sys.stdout.flush()
        done = subprocess.run(  # noqa: S602 -- the learner's own command, inside the sandbox
            command, shell=True, stdin=subprocess.DEVNULL, check=False
        )
        self.user_ns["_exit_code"] = done.returncode

    system_piped = system
    system_raw = system

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no screen."""

    def ask_exit(self) -> None:
        """``exit`` ends nothing: the cells that follow are still run."""


def error_output(etype: type[BaseException], evalue: BaseException, lines: list[str]) -> dict[str, Any]:
    """An nbformat error output with name and text of the exception, cut to a readable size."""
    name, value = describe(etype, evalue)
    kept = [line[:_LONGEST_LINE] for entry in lines for line in str(entry).split("\n")]
    if len(kept) > _MOST_LINES:
        kept = [*kept[: _MOST_LINES // 2], "[...]", *kept[-_MOST_LINES // 2 :]]
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": kept}


def describe(etype: type[BaseException], evalue: BaseException) -> tuple[str, str]:
    """Name and text of an exception; its ``__str__`` may be a learner's and do anything."""
    try:
        value = str(evalue)[:_LONGEST_LINE]
    except BaseException:  # noqa: BLE001 -- whatever a learner's __str__ raises, the exception has no text
        value = ""
    return str(etype.__name__)[:200], value


def create_shell() -> GuestShell:
    """The shell of this process, with stdout, stderr and displays going to its capture."""
    capture = Capture()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoindent = False
    config.InteractiveShell.xmode = "Context"
    sys.stdout = CapturedStream(capture, STDOUT, 1)
    sys.stderr = CapturedStream(capture, STDERR, 2)
    InteractiveShell._instance = None
    return GuestShell.instance(
        capture=capture,
        config=config,
        ipython_dir="/",  # exists everywhere and nothing is written there
        profile_dir=ProfileDir(),
        displayhook_class=GuestDisplayHook,
        display_pub_class=GuestDisplayPublisher,
    )
