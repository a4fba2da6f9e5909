"""What happens to a lab before learners see it, through nbgrader's own preprocessors in nbgrader's own order.

Importing this costs about two seconds, nbgrader's own start, so only publishing does it, and grading never.
Left out of ``nbgrader generate_assignment`` is ``SaveCells``, which writes nbgrader's gradebook: the master
itself is what grading reads. Headers and footers are named in ``nbgrader_config.py``, which is a program and
is not run.
"""

import logging
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat.warnings import MissingIDFieldWarning
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
    NbGraderPreprocessor,
)

from darsgah_grader.master import MasterNotebook, read_master
from darsgah_grader.sandbox.types import CellRun, CellSource, Job, Outcome
from darsgah_grader.sandbox.zygote import Sandbox
from darsgah_grader.types import Assignment, AssignmentInvalid, Master

AUTOTESTS_FILE = "autotests.yml"
"""Where nbgrader looks for the templates of AUTOTEST lines: beside the notebooks, else in the course."""

_RELEASE: Sequence[type[NbGraderPreprocessor]] = (
    IncludeHeaderFooter,
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)
_LOGGER = logging.getLogger(__name__)


def release(master: Master) -> bytes:
    """The learner's version of a source notebook: without solutions, hidden tests, mark schemes, outputs.

    Raises:
        AssignmentInvalid: the source breaks one of nbgrader's rules, or still has AUTOTEST lines.
    """
    known = read_master(master)
    if known.awaits_autotests:
        raise AssignmentInvalid(f"{master.name}: its AUTOTEST lines have to be turned into tests first.")
    return _through(master, _RELEASE).encode()


def prepared(assignment: Assignment, sandbox: Sandbox, templates: bytes | None = None) -> Assignment:
    """The assignment with every AUTOTEST line turned into tests; as it is where there are none.

    The reference solutions run in the sandbox to find the expected values.

    Args:
        assignment: the lab; its ``autotests.yml``, if it has one, goes before ``templates``.
        sandbox: the warm process of the assignment's environment.
        templates: the course's ``autotests.yml``.

    Raises:
        AssignmentInvalid: no templates, or a reference solution that raises.
    """
    known = [read_master(master) for master in assignment.masters]
    if not any(master.awaits_autotests for master in known):
        return assignment
    found = assignment.files.get(AUTOTESTS_FILE, templates)
    if found is None:
        raise AssignmentInvalid(
            f"The lab has AUTOTEST lines but no {AUTOTESTS_FILE}. Put nbgrader's beside the notebooks."
        )
    masters = tuple(
        _with_autotests(master, read, assignment, found, sandbox) if read.awaits_autotests else master
        for master, read in zip(assignment.masters, known, strict=True)
    )
    return replace(assignment, masters=masters)


def _with_autotests(
    master: Master, known: MasterNotebook, assignment: Assignment, templates: bytes, sandbox: Sandbox
) -> Master:
    with tempfile.TemporaryDirectory(prefix="darsgah-autotests-") as folder:
        Path(folder, AUTOTESTS_FILE).write_bytes(templates)
        step = _SandboxedTests(assignment, sandbox)
        resources = {"metadata": {"path": folder}, "kernel_name": "python3"}
        return Master(known.name, _through(master, (), step, resources).encode())


def _through(
    master: Master,
    steps: Sequence[type[NbGraderPreprocessor]],
    first: NbGraderPreprocessor | None = None,
    resources: Mapping[str, Any] | None = None,
) -> str:
    """Upgrade the source's format and metadata and send it through nbgrader's preprocessors."""
    try:
        with warnings.catch_warnings():
            # nbformat gives the missing ids itself; notebooks written by tools often lack them.
            warnings.simplefilter("ignore", MissingIDFieldWarning)
            notebook = nbformat.reads(master.content.decode("utf-8-sig"), as_version=4)  # type: ignore[no-untyped-call] # untyped package
            notebook = MetadataValidator().upgrade_notebook_metadata(notebook)
            passed = dict(resources or {})
            for step in [*([first] if first is not None else []), *(step(log=_LOGGER) for step in steps)]:
                notebook, passed = step.preprocess(notebook, passed)
            return str(nbformat.writes(notebook))  # type: ignore[no-untyped-call] # untyped package
    except AssignmentInvalid:
        raise
    except (
        Exception
    ) as error:  # nbgrader raises bare Exception, KeyError and RuntimeError for what authors do
        raise AssignmentInvalid(f"{master.name}: {str(error).strip() or type(error).__name__}") from error


class _SandboxedTests(InstantiateTests):  # type: ignore[misc] # nbgrader ships no types
    """nbgrader's generation of tests, with the reference solution run in the sandbox instead of a kernel.

    The sandbox runs whole notebooks, so each snippet runs after all those before it, from the start.
    """

    def __init__(self, assignment: Assignment, sandbox: Sandbox) -> None:
        super().__init__(log=_LOGGER)
        self._assignment = assignment
        self._sandbox = sandbox
        self._ran: list[str] = []

    def preprocess(
        self, nb: nbformat.NotebookNode, resources: dict[str, Any]
    ) -> tuple[nbformat.NotebookNode, dict[str, Any]]:
        """Load the templates and go through the cells, as nbgrader does around its kernel."""
        self._load_test_template_file(resources)
        self.global_tests_loaded = True
        self.sanitizer = self.sanitizers[resources["kernel_name"]]
        for index, cell in enumerate(nb.cells):
            nb.cells[index], resources = self.preprocess_cell(cell, resources, index)
        return nb, resources

    def _execute_code_snippet(self, code: str) -> str | None:
        self._ran.append(code)
        cells = [CellSource(source) for source in self._ran]
        run = self._sandbox.run(Job(cells, self._assignment.files, self._assignment.limits)).cells[-1]
        if run.outcome is not Outcome.OK:
            raise AssignmentInvalid(
                f"the reference solution ended with {run.error_name or run.outcome}: {run.error_value}, "
                f"at: {code.strip()[:200]}"
            )
        return self._result(run)

    def _result(self, run: CellRun) -> str | None:
        shown = [
            output["data"]["text/plain"] for output in run.outputs if "text/plain" in output.get("data", {})
        ]
        return str(self.sanitizer(shown[-1])) if shown else None
