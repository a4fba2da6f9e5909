"""Answers to the tutor's questions, tried in the sandbox: what ``darsgah_tutor.types.Trials`` asks for."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from darsgah_grader.grading import Grader
from darsgah_grader.program_trials import ProgramTrials
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.trial_plan import TestCode
from darsgah_grader.trial_setting import Setting
from darsgah_grader.trials import Failure, Observation, Trial, TriedCheck
from darsgah_grader.types import Environment, Limits
from darsgah_tutor.types import Check, Ended, Evidence, Question, Raised


class SandboxTrials:
    """Tries answers to one question.

    Within a ``with`` programs share a process that is set up once, which a search for repairs needs; then it
    is one thread's. Without, each call sets one up, and threads may share it.

    Args:
        grader: whose warm processes are used; whoever opened it closes it, later.
        setting: what the answers are tried in.

    Raises of its methods:
        EnvironmentBroken, SandboxUnavailable: this machine cannot run the answers.
    """

    def __init__(self, grader: Grader, environment: Environment, setting: Setting) -> None:
        self._grader = grader
        self._environment = environment
        self._tests = setting.tests
        self._trial = Trial(setting)
        self._kept: ExitStack | None = None
        self._sandbox: Sandbox | None = None
        self._programs: ProgramTrials | None = None

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self._sandbox = opening.enter_context(self._grader.using(self._environment))
            self._programs = opening.enter_context(self._trial.programs(self._sandbox))
            self._kept = opening.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        kept, self._kept, self._sandbox, self._programs = self._kept, None, None, None
        if kept is not None:
            kept.close()

    def observe(self, source: str) -> Evidence:
        """One answer with everything that can be seen of it."""
        if self._sandbox is not None:
            return self._evidence(source, self._trial.observe(self._sandbox, source))
        with self._grader.using(self._environment) as sandbox:
            return self._evidence(source, self._trial.observe(sandbox, source))

    def passed(
        self, sources: Sequence[str], *, seconds: float, gate: int | None = None
    ) -> list[tuple[bool, ...] | None]:
        """For each answer which checks it passes, in the evidence's order; None where time was over."""
        if self._programs is not None:
            return self._programs.passed(sources, seconds=seconds, gate=gate)
        with self._grader.using(self._environment) as sandbox, self._trial.programs(sandbox) as programs:
            return programs.passed(sources, seconds=seconds, gate=gate)

    def _evidence(self, source: str, seen: Observation) -> Evidence:
        return Evidence(
            source=source,
            ended=Ended(seen.ended),
            checks=tuple(self._check(check) for check in seen.checks),
            raised=_raised(seen.failure),
            seconds=seen.seconds,
        )

    def _check(self, seen: TriedCheck) -> Check:
        test = self._tests[seen.plan.test]
        return Check(
            test=test.name,
            line=seen.plan.line,
            visible=test.visible,
            passed=seen.passed,
            source=seen.plan.source,
            call=seen.call,
            expected=seen.expected,
            got=seen.got,
            message=seen.message,
            raised=_raised(seen.failure),
            lines=seen.lines,
        )


def _raised(failure: Failure | None) -> Raised | None:
    if failure is None:
        return None
    line = failure.trace[-1] if failure.trace else 0
    return Raised(failure.name, failure.message, line, failure.trace)


def open_trials(
    grader: Grader,
    question: Question,
    *,
    before: Sequence[str] | None = None,
    after: Sequence[str] = (),
    files: Mapping[str, bytes] | None = None,
    limits: Limits | None = None,
) -> SandboxTrials:
    """Trials of a question.

    Args:
        before: sources of the cells that run before the answer; None has the question's own setup.
        after: of those that run between the answer and its tests.
        files: what the code may read, by path.
        limits: what one run may use; a tutor waits for less than a grade does.

    Raises:
        AssignmentInvalid: it names an environment that there is not.
        EnvironmentBroken: that environment is not declared right.
    """
    setup = (question.setup,) if question.setup.strip() else ()
    setting = Setting(
        before=setup if before is None else tuple(before),
        tests=tuple(TestCode(test.name, test.source, test.visible) for test in question.tests),
        reference=question.references[0] if question.references else question.starter,
        after=tuple(after),
        files=files or {},
        limits=limits or Limits(),
    )
    return SandboxTrials(grader, grader.environments.named(question.environment), setting)
