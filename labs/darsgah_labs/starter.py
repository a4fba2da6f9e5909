"""The lab that `darsgah lab new` writes: small, complete, and good enough to pass its own check.

Its author replaces one part after the other, and checks after each. It lies beside this module.
"""

from pathlib import Path

_STARTER = Path(__file__).with_name("starter-lab")
_FILES = ("lab.toml", "lab.ipynb", "hints.toml", "solutions/step_by_step.py")


def starter_files() -> dict[str, bytes]:
    """The files of the new lab by path."""
    return {path: (_STARTER / path).read_bytes() for path in _FILES}
