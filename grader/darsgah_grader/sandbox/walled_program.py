"""The command line of another program behind walls; ``darsgah_grader.guest.walled_program`` puts them up."""

import json
import sys
from collections.abc import Sequence


def behind_walls(command: Sequence[str], readable: Sequence[str], memory_bytes: int) -> list[str]:
    """A command that runs ``command`` behind walls, or else writes an OSError to its standard error.

    It reads the system's libraries and what is named, writes nothing but what it was started with open, has
    no network, no other process and no variables of the host's, and ends with the thread that starts it.

    Args:
        command: the program by its whole path, and its arguments.
        readable: files and folders, the program among them; what does not exist is passed over.
        memory_bytes: what it may have written to of its memory, all its threads together.
    """
    walls = json.dumps({"readable": list(readable), "memory_bytes": memory_bytes})
    return [sys.executable, "-I", "-B", "-m", "darsgah_grader.guest.walled_program", walls, *command]
