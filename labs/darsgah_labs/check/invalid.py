"""The report of a lab that cannot be read, which its author is told like any other problem."""

from darsgah_labs.check.report import LabReport, Part, PartReport, Problem
from darsgah_labs.errors import LabInvalid


def report_of_invalid(slug: str, error: LabInvalid) -> LabReport:
    """The report that says what is wrong with the files, before anything is run."""
    problem = Problem(_code(error), str(error), Part.TEXT)
    return LabReport(
        lab=slug,
        ok=False,
        points=0.0,
        mutation_score=None,
        questions=(),
        problems=(problem,),
        warnings=(),
        parts=tuple(
            PartReport(part, ok=False if part is Part.TEXT else None, summary=_summary(part, error))
            for part in Part
        ),
        reading_minutes=0,
        digest="",
        seconds=0.0,
    )


def _code(error: LabInvalid) -> str:
    if error.field == "points":
        return "points"
    return "urdu_summary" if error.field in {"summary.ur", "title.ur"} else "lab_invalid"


def _summary(part: Part, error: LabInvalid) -> str:
    return error.problem if part is Part.TEXT else "Not run: the lab cannot be read."
