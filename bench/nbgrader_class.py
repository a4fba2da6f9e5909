"""The setting in which stock nbgrader works on a class, for whoever runs it without its command line."""

import os
import sys
from pathlib import Path

from traitlets.config import Config


def enter_class(course: Path, cell_seconds: int | None = None) -> Config:
    """Go to the course and return nbgrader's configuration for it; ``cell_seconds`` limits each cell."""
    os.chdir(course)
    # nbgrader calls the command alembic, which lies beside this interpreter.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    config = Config()
    config.CourseDirectory.root = str(course)
    config.Application.log_level = 50
    if cell_seconds is not None:
        config.Execute.timeout = cell_seconds
    return config
