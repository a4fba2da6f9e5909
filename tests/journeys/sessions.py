"""The processes that one command leaves or ends, seen from outside."""

from pathlib import Path


def processes_of_session(leader: int) -> dict[int, str]:
    """Every process of the session that a process began, by number, with its command line.

    One without is ending: it has given its memory back, and waits for the kernel or its parent to forget it.
    """
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            session = int((folder / "stat").read_text().rpartition(")")[2].split()[3])
            command = (folder / "cmdline").read_text().replace("\0", " ")
            if session == leader and command:
                found[int(folder.name)] = command
        except (OSError, IndexError):
            continue
    return found
