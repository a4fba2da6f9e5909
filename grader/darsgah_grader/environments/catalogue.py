"""All environments of this machine: those that come with Darsgah, and those a hub has put into a folder."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from darsgah_grader.environments import building
from darsgah_grader.environments.declaration import FILE, NAME, Declaration, read
from darsgah_grader.types import AssignmentInvalid, Environment

_logger = logging.getLogger(__name__)
_SHIPPED = Path(__file__).parent / "shipped"


@dataclass(frozen=True, slots=True)
class Environments:
    """Looked up anew each time, so that what a hub adds or builds is there without a start of the worker.

    Attributes:
        own: the hub's folder, with a folder for each environment; one of a shipped name replaces that one.
        built: where virtual environments are built; nothing is made here by looking.
    """

    own: Path | None = None
    built: Path = field(default=Path("environments"))

    def folders(self) -> Mapping[str, Path]:
        """The folder of each environment by its name, in the order of the names."""
        found = _folders_in(_SHIPPED)
        if self.own is not None:
            try:
                found |= _folders_in(self.own)
            except OSError as error:  # the shipped ones are still there
                _logger.warning("%s with environments cannot be read: %s", self.own, error.strerror)
        return dict(sorted(found.items()))

    def declared(self, name: str) -> Declaration:
        """What that environment's folder says.

        Raises:
            AssignmentInvalid: there is none of that name; the message lists those there are.
            EnvironmentBroken: its declaration is wrong.
        """
        folders = self.folders()
        if name not in folders:
            known = ", ".join(folders)
            raise AssignmentInvalid(f"There is no environment {name!r}; a lab may ask for {known}.")
        return read(folders[name])

    def named(self, name: str) -> Environment:
        """The environment as a warm process is started of it; whether it starts is another question.

        Raises:
            AssignmentInvalid: there is none of that name; the message lists those there are.
            EnvironmentBroken: its declaration is wrong.
        """
        declared = self.declared(name)
        python = ""
        if declared.requirements is not None:
            python = str(building.interpreter(self.built, name))
        return Environment(name, declared.preload, declared.platform, python, declared.late)

    def ships(self, name: str) -> bool:
        """Whether the environment of that name is one that came with Darsgah, and not the hub's."""
        return self.folders()[name].parent == _SHIPPED

    def changed(self, name: str) -> bool:
        """Whether a built environment was built of other requirements than are declared now.

        Raises:
            EnvironmentBroken: its declaration is wrong.
        """
        declared = self.declared(name)
        built = building.built_digest(self.built, name)
        return built is not None and built != declared.digest()


def _folders_in(place: Path) -> dict[str, Path]:
    return {
        folder.name: folder
        for folder in place.iterdir()
        if NAME.fullmatch(folder.name) and (folder / FILE).is_file()
    }


def environment_named(name: str) -> Environment:
    """The environment of that name among those that come with Darsgah.

    Raises:
        AssignmentInvalid: there is none; the message lists those there are.
    """
    return Environments().named(name)
