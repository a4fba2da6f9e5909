"""A course as a cohort goes through it: pages and labs in one order."""

from uuid import UUID

from darsgah.catalog.schemas import ModuleView
from darsgah.enrolments.schemas import AssignmentView, CohortPage, ModuleSteps, Step


def course_steps(page: CohortPage) -> tuple[ModuleSteps, ...]:
    """The steps of each module, in the course's order; modules with nothing in them are left out.

    A cohort may hold labs that its course version lacks, or in another version: those of a module come last
    in it, and those of no module last of all.
    """
    waiting = list(page.assignments)
    modules = [ModuleSteps(module, _module_steps(module, waiting)) for module in page.modules]
    modules.append(ModuleSteps(None, tuple(Step(assignment=view) for view in waiting)))
    return tuple(found for found in modules if found.steps)


def neighbours(modules: tuple[ModuleSteps, ...], step_id: UUID) -> tuple[Step | None, Step | None]:
    """The steps before and after the one with that id, across modules."""
    steps = [step for module in modules for step in module.steps]
    place = next((place for place, step in enumerate(steps) if step.id == step_id), None)
    if place is None:
        return None, None
    return (
        steps[place - 1] if place else None,
        steps[place + 1] if place + 1 < len(steps) else None,
    )


def _module_steps(module: ModuleView, waiting: list[AssignmentView]) -> tuple[Step, ...]:
    """The module's steps; its assignments are taken out of those that wait."""
    steps = []
    own = [view for view in waiting if view.module_id == module.id]
    for item in module.items:
        if item.page is not None:
            steps.append(Step(page=item.page))
        elif item.lab is not None:
            lab_id = item.lab.lab_id
            given = next((view for view in own if view.lab.lab_id == lab_id), None)
            if given is not None:
                own.remove(given)
                steps.append(Step(assignment=given))
    steps += [Step(assignment=view) for view in own]
    waiting[:] = [view for view in waiting if view.module_id != module.id]
    return tuple(steps)
