"""Figures of matplotlib, shown below the cell that drew them, as Jupyter shows them.

matplotlib is no part of the guest: where an environment has not imported it beforehand, nothing here does,
and the backend sets itself up when a cell draws its first figure.
"""

import contextlib
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Final

from darsgah_grader.guest.shell import GuestShell

_DRAWN_LIBRARY: Final = "matplotlib.pyplot"
_BACKEND: Final = "matplotlib_inline.backend_inline"
_FONTS: Final = "matplotlib.font_manager"
FIRST_FIGURE: Final = (
    "import matplotlib.pyplot as plt\n"
    "figure, axes = plt.subplots()\n"
    "axes.plot([1, 2], label='a')\n"
    "axes.set(title='Tt', xlabel='x', ylabel='y')\n"
    "axes.legend()\n"
)
"""A cell that finds the fonts and draws once, so that a learner's first figure is as quick as the next."""


class Figures:
    """Set up in the warm process, after its imports and before any learner's code."""

    def __init__(self, shell: GuestShell) -> None:
        self._show: Callable[[], object] | None = None
        if _DRAWN_LIBRARY in sys.modules:
            shell.enable_matplotlib("inline")  # type: ignore[no-untyped-call] # IPython has no type here
            self._show = import_module(_BACKEND).flush_figures

    @property
    def ready(self) -> bool:
        """Whether cells of this environment can draw without importing anything."""
        return self._show is not None

    def let_go(self) -> None:
        """Close the files of the fonts, which matplotlib keeps open and would close in each fork.

        By then their descriptors are others' there. The fonts are known still, and opened when they are used.
        """
        if self._show is not None:
            import_module(_FONTS)._get_font.cache_clear()

    def show(self) -> None:
        """Show what a cell drew that was not run by IPython, which does so itself after its own."""
        if self._show is not None:
            with contextlib.suppress(BaseException):  # a learner's figure may raise anything as it is drawn
                self._show()
