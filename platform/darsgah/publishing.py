"""From a lab as its author wrote it to a package that the catalogue publishes.

Runs nbgrader's preprocessors, and the reference solution where a lab has AUTOTEST lines, so only the command
line and the worker import this: never the web process.
"""

import msgspec

from darsgah.catalog.schemas import LabPackage
from darsgah.lab_assignments import assignment_of
from darsgah_grader.authoring import prepared, release
from darsgah_grader.pipeline import Grader
from darsgah_labs.format import Lab


def package_of(lab: Lab, grader: Grader, *, templates: bytes | None = None, slug: str = "") -> LabPackage:
    """The lab ready to be published: tests written out, and the learner's versions made.

    Args:
        templates: the course's ``autotests.yml``, for labs with AUTOTEST lines that bring none.
        slug: another name than the lab's own.

    Raises:
        AssignmentInvalid: the lab breaks one of nbgrader's rules; the message says which.
    """
    assignment = assignment_of(lab)
    assignment = prepared(assignment, grader.sandbox(assignment.environment), templates)
    manifest = lab.manifest
    return LabPackage(
        slug=slug or lab.slug,
        digest=lab.digest,
        title=lab.title.en,
        title_ur=lab.title.ur,
        summary=lab.summary.en,
        summary_ur=lab.summary.ur,
        level=manifest.level.value if manifest else "",
        minutes=manifest.minutes if manifest else None,
        skills=manifest.skills if manifest else (),
        runtime=manifest.runtime.value if manifest else "hub",
        environment=lab.environment,
        points=lab.points,
        limits=msgspec.to_builtins(assignment.limits),
        sources={master.name: master.content for master in assignment.masters},
        releases={master.name: release(master) for master in assignment.masters},
        files=assignment.files,
    )
