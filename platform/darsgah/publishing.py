"""From a lab as its author wrote it to a package that the catalogue publishes.

Runs nbgrader's preprocessors, and the reference solution where a lab has AUTOTEST lines, so only the command
line and the worker import this: never the web process.
"""

import hashlib

import msgspec

from darsgah.catalog.schemas import LabPackage
from darsgah.lab_assignments import assignment_of
from darsgah_grader.authoring import AUTOTESTS_FILE, prepared, release
from darsgah_grader.grading import Grader
from darsgah_grader.master import read_master
from darsgah_grader.types import Master
from darsgah_labs.format import Lab


def package_of(lab: Lab, grader: Grader, *, templates: bytes | None = None, slug: str = "") -> LabPackage:
    """The lab ready to be published: tests written out, and the learner's versions made.

    Args:
        templates: the course's ``autotests.yml``, for labs with AUTOTEST lines that bring none.
        slug: another name than the lab's own.

    Raises:
        AssignmentInvalid: the lab breaks one of nbgrader's rules, or names an environment that there is not;
            the message says which.
        EnvironmentBroken: its environment cannot be used here.
    """
    assignment = assignment_of(lab, grader.environments)
    if _awaits_autotests(lab):
        with grader.using(assignment.environment) as sandbox:
            assignment = prepared(assignment, sandbox, templates)
    manifest = lab.manifest
    return LabPackage(
        slug=slug or lab.slug,
        digest=digest_of(lab, templates),
        title=lab.title.en,
        title_ur=lab.title.ur,
        summary=lab.summary.en,
        summary_ur=lab.summary.ur,
        level=manifest.level.value if manifest else "",
        minutes=manifest.minutes if manifest else None,
        skills=manifest.skills if manifest else (),
        units=manifest.units if manifest else (),
        runtime=manifest.runtime.value if manifest else "hub",
        environment=lab.environment,
        points=lab.points,
        limits=msgspec.to_builtins(assignment.limits),
        sources={master.name: master.content for master in assignment.masters},
        releases={master.name: release(master) for master in assignment.masters},
        files=assignment.files,
        authored=lab.authored,
    )


def digest_of(lab: Lab, templates: bytes | None = None) -> str:
    """What the lab's package will be known by: the lab's own digest, and the templates if it uses them.

    Raises:
        AssignmentInvalid: a notebook cannot be graded at all.
    """
    if templates is None or AUTOTESTS_FILE in lab.files or not _awaits_autotests(lab):
        return lab.digest
    return hashlib.sha256(lab.digest.encode() + templates).hexdigest()


def _awaits_autotests(lab: Lab) -> bool:
    masters = [Master(name, content) for name, content in lab.notebooks.items()]
    return any(read_master(master).awaits_autotests for master in masters)
