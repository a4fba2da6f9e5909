"""A grader: the warm processes that gradings run in, and grading with them.

    with Grader() as grader:
        grade = grader.grade(assignment, {"notebook": content})

Threads may share one: a grading spends nearly all its time waiting for the code that runs in the sandbox.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

from darsgah_grader.environments import Environments
from darsgah_grader.pipeline import grade, masters_of, reference_passes
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.split import SplitTests, refuse_unless_split
from darsgah_grader.types import Assignment, Assurance, Environment, Grade, SandboxLevel
from darsgah_grader.warm_processes import Keeping, WarmProcesses


class Grader:
    """Keeps warm processes, one for each environment used, and grades with them.

    Args:
        level: the isolation to insist on; None takes the best the machine offers.
        environments: those that labs may name; None has those that come with Darsgah.
        keeping: how long warm processes are kept, and how much memory they may hold.

    Attributes:
        environments, keeping: as above.
    """

    def __init__(
        self,
        level: SandboxLevel | None = None,
        *,
        environments: Environments | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self.environments = environments or Environments()
        self.keeping = keeping or Keeping()
        self._pool = WarmProcesses(level, self.keeping)
        self._split = SplitTests(reference_passes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def grade(
        self,
        assignment: Assignment,
        submission: Mapping[str, bytes],
        assurance: Assurance | None = None,
    ) -> Grade:
        """Grade one submission; see `grade` for what goes in and out.

        Args:
            assignment: the lab.
            submission: the learner's notebooks by name.
            assurance: None grades split what the reference solution passes so, which is the rule; IN_PROCESS
                grades nothing split; SPLIT refuses a lab of which not every test can be.

        Raises:
            AssignmentInvalid: the lab itself cannot be graded, or not as insisted on.
            SandboxUnavailable: no level of isolation is reached here.
            EnvironmentBroken: the environment's warm process does not start.
        """
        if assurance is Assurance.SPLIT:
            self.check_split(assignment)
        with self.using(assignment.environment) as sandbox:
            if assurance is Assurance.IN_PROCESS:
                return grade(assignment, submission, sandbox)
            return grade(assignment, submission, sandbox, self._split.of(assignment, sandbox))

    def check_split(self, assignment: Assignment) -> None:
        """Return when every test of the assignment is graded split.

        Raises:
            AssignmentInvalid: some cannot be, and the message names them.
            SandboxUnavailable, EnvironmentBroken: as above.
        """
        with self.using(assignment.environment) as sandbox:
            refuse_unless_split(masters_of(assignment), self._split.of(assignment, sandbox))

    def using(self, environment: Environment) -> AbstractContextManager[Sandbox]:
        """The sandbox of that environment, for as long as the ``with`` lasts; see `WarmProcesses.using`."""
        return self._pool.using(environment)

    def close(self) -> None:
        """Stop every warm process."""
        self._pool.close()
