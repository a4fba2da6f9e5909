"""The first check's other runtime: a lab for the browser passes its tests in the browser's Python too."""

from darsgah_labs.browser_run import run_in_browser_runtime
from darsgah_labs.check.findings import Findings
from darsgah_labs.check.grading import Grading
from darsgah_labs.check.report import Part
from darsgah_labs.errors import BrowserRuntimeMissing
from darsgah_labs.format import Lab, Runtime
from darsgah_labs.notebook import cell_source, read_notebook

_MORE_SECONDS = 60.0
"""Beside the lab's own time: the browser's Python is slower."""


def for_browser(lab: Lab) -> bool:
    """Whether learners run the lab's code in the browser."""
    return lab.manifest is not None and lab.manifest.runtime is Runtime.BROWSER


def check_browser(lab: Lab, grading: Grading, findings: Findings) -> None:
    """Run the reference solution in the browser's Python."""
    for name, content in lab.notebooks.items():
        notebook = read_notebook(content, name, f"{name}.ipynb")
        ids = {cell.index: cell.grade_id for cell in notebook.graded}
        places = [at for at, cell in enumerate(notebook.cells) if cell.get("cell_type") == "code"]
        sources = [cell_source(notebook.cells[at]) for at in places]
        seconds = _MORE_SECONDS + lab.limits.total_seconds
        try:
            runs = run_in_browser_runtime(
                sources, lab.files, seconds, lab.limits.memory_bytes, grading.behind_walls
            )
        except BrowserRuntimeMissing as error:
            findings.problem(Part.REFERENCE, "browser_runtime_missing", str(error))
            return
        for at, run in zip(places, runs, strict=False):
            tags = notebook.cells[at].get("metadata", {}).get("tags", [])
            unfinished = not run.outputs  # an error of the cell's own is among its outputs
            if run.error and (unfinished or "raises-exception" not in tags):
                place = ids.get(at, f"cell {at + 1}")
                message = f"In the browser's Python {place} ends with {run.error[:300]}"
                findings.problem(Part.REFERENCE, "browser_fails", message)
