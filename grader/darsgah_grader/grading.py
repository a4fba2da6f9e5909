"""A grader: the warm processes that gradings run in, and grading with them.

    with Grader() as grader:
        grade = grader.grade(assignment, {"notebook": content})

Threads may share one: a grading spends nearly all its time waiting for the code that runs in the sandbox.
"""

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from darsgah_grader.pipeline import grade, masters_of, reference_passes
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.split import SplitTests, refuse_unless_split
from darsgah_grader.types import Assignment, Assurance, Environment, Grade, SandboxLevel


class Grader:
    """Keeps warm processes, one for each environment used, and grades with them.

    Args:
        level: the isolation to insist on; None takes the best the machine offers.
    """

    def __init__(self, level: SandboxLevel | None = None) -> None:
        self._level = level
        self._sandboxes: dict[Environment, Sandbox] = {}
        self._lock = threading.Lock()
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
        sandbox = self.sandbox(assignment.environment)
        if assurance is Assurance.IN_PROCESS:
            return grade(assignment, submission, sandbox)
        masters = masters_of(assignment)
        split = self._split.of(assignment, masters, sandbox)
        if assurance is Assurance.SPLIT:
            refuse_unless_split(masters, split)
        return grade(assignment, submission, sandbox, split)

    def sandbox(self, environment: Environment) -> Sandbox:
        """The warm process of that environment, started at its first use."""
        with self._lock:
            if environment not in self._sandboxes:
                self._sandboxes[environment] = Sandbox.start(environment, level=self._level)
            return self._sandboxes[environment]

    def close(self) -> None:
        """Stop every warm process."""
        with self._lock:
            while self._sandboxes:
                self._sandboxes.popitem()[1].close()
