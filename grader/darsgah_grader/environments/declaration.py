"""What an environment is, as its folder says: ``environment.toml``, and the requirements beside it.

    platform = ["ipython"]                packages borrowed of the platform's own, each with all that it needs
    requirements = "requirements.txt"     locked, with hashes: a virtual environment of its own is built of it
    python = "python3.12"                 the interpreter to build that with; without it the platform's own
    preload = ["sklearn"]                 imported once, in the warm process, before any learner's code
    late = ["sklearn.utils.estimator_checks"]   what notebooks import later: tried by check and doctor

Every key may be left out. IPython has to come from one side or the other.
"""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from darsgah_grader.types import EnvironmentBroken

FILE = "environment.toml"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""What an environment may be called: it becomes the name of a folder."""
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_LISTS = ("platform", "preload", "late")
_TEXTS = ("requirements", "python")


@dataclass(frozen=True, slots=True)
class Declaration:
    """One environment as declared.

    Attributes:
        folder: where the declaration lies; files that the requirements name lie beside it.
        platform: names of the platform's distributions that it borrows.
        requirements: the file that a virtual environment of its own is built of; None without one.
        python: the interpreter for that; empty takes the platform's own.
        preload: modules imported in the warm process.
        late: modules that notebooks import later.
    """

    name: str
    folder: Path
    platform: tuple[str, ...] = ()
    requirements: Path | None = None
    python: str = ""
    preload: tuple[str, ...] = ()
    late: tuple[str, ...] = ()

    def digest(self) -> str:
        """What a built environment is compared with, to know whether it is still what is declared.

        Raises:
            EnvironmentBroken: the requirements cannot be read.
        """
        if self.requirements is None:
            return ""
        try:
            content = self.requirements.read_bytes()
        except OSError as error:
            raise _broken(self.name, f"{self.requirements} cannot be read: {error.strerror}") from error
        return hashlib.sha256(self.python.encode() + b"\0" + content).hexdigest()


def _broken(name: str, what: str) -> EnvironmentBroken:
    return EnvironmentBroken(f"The environment {name} is not declared right: {what}.")


def read(folder: Path) -> Declaration:
    """The declaration in that folder; the folder's name is the environment's.

    Raises:
        EnvironmentBroken: the file cannot be read, or says what no environment can be.
    """
    name = folder.name
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
        said = tomllib.loads(text)
    except OSError as error:
        raise _broken(name, f"{folder / FILE} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _broken(name, f"{folder / FILE} is not TOML: {error}") from error
    unknown = sorted(set(said) - {*_LISTS, *_TEXTS})
    if unknown:
        raise _broken(name, f"there is no key {unknown[0]!r}, there are {', '.join((*_LISTS, *_TEXTS))}")
    lists = {key: _texts(name, key, said.get(key, [])) for key in _LISTS}
    for module in (*lists["preload"], *lists["late"]):
        if not _MODULE.fullmatch(module):
            raise _broken(name, f"{module!r} is not the name of a module")
    texts = {key: said.get(key, "") for key in _TEXTS}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise _broken(name, f"{key} has to be a text")
    if texts["python"] and not texts["requirements"]:
        raise _broken(name, "python without requirements: only what is built has an interpreter of its own")
    return Declaration(
        name=name,
        folder=folder,
        requirements=_beside(folder, texts["requirements"]) if texts["requirements"] else None,
        python=texts["python"],
        **lists,
    )


def _texts(name: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise _broken(name, f"{key} has to be a list of texts")
    return tuple(value)


def _beside(folder: Path, file: str) -> Path:
    target = folder / file
    if not target.resolve().is_relative_to(folder.resolve()):
        raise _broken(folder.name, f"{file} lies outside its folder")
    return target
