"""``IPython`` as a name to import from, where IPython itself is not there.

``from IPython.display import display, HTML`` and ``get_ipython()`` then work in the browser as everywhere.
"""

import builtins
import importlib.util
import sys
from types import ModuleType

from lab_shell import display_elsewhere, display_objects
from lab_shell.magics import Commands

DISPLAY = (
    "Code DisplayHandle DisplayObject GeoJSON HTML Image JSON Latex Markdown Math Pretty SVG "
    "TextDisplayObject clear_output display display_html display_javascript display_jpeg display_json "
    "display_latex display_markdown display_pdf display_png display_pretty display_svg display_webp "
    "publish_display_data update_display"
)
ELSEWHERE = (
    "Audio FileLink FileLinks IFrame Javascript ProgressBar ScribdDocument Video VimeoVideo YouTubeVideo"
)


class Interactive:
    """What ``get_ipython()`` gives: the commands of the lab's shell."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    def run_line_magic(self, name: str, rest: str = "") -> object:
        """As ``%name rest``."""
        return self._commands.line(name, rest)

    def run_cell_magic(self, name: str, rest: str, body: str) -> object:
        """As ``%%name rest`` above a body."""
        return self._commands.cell(name, rest, body)

    def system(self, command: str) -> None:
        """As ``!command``."""
        self._commands.terminal(command)


def install(commands: Commands) -> None:
    """Put the names where programs look for them; ``display`` needs no import, as in IPython."""
    interactive = Interactive(commands)
    builtins.display = display_objects.display  # type: ignore[attr-defined] # IPython adds it too
    builtins.get_ipython = lambda: interactive  # type: ignore[attr-defined] # as above
    if importlib.util.find_spec("IPython") is not None:
        return
    package, display, core = ModuleType("IPython"), ModuleType("IPython.display"), ModuleType("IPython.core")
    package.__doc__ = "The part of IPython that labs in the browser have: IPython.display, and get_ipython()."
    package.__path__ = []
    core.__path__ = []
    for module, names in ((display_objects, DISPLAY), (display_elsewhere, ELSEWHERE)):
        for name in names.split():
            setattr(display, name, getattr(module, name))
    display.__all__ = [*DISPLAY.split(), *ELSEWHERE.split()]  # type: ignore[attr-defined] # a module made here
    package.display = display  # type: ignore[attr-defined] # as above
    package.core = core  # type: ignore[attr-defined] # as above
    package.get_ipython = lambda: interactive  # type: ignore[attr-defined] # as above
    core.display = display  # type: ignore[attr-defined] # as above
    core.display_functions = display  # type: ignore[attr-defined] # as above
    for module in (package, display, core):
        sys.modules[module.__name__] = module
    sys.modules["IPython.core.display"] = sys.modules["IPython.core.display_functions"] = display
