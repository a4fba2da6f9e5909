"""The automatic check of a brief: what is missing, what does not fit together, and what may not be in it.

It is a pure function of what was written, so that a mentor sees its findings while they still write.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from darsgah.briefs.contacts import contacts
from darsgah.briefs.content import MOST_STEP_HOURS, BriefContent, DataKind
from darsgah.ui.language import Message

LOWEST_TRL, HIGHEST_TRL = 3, 6
"""Technology readiness levels that a centre works at: from a proof of concept to a prototype shown in use."""
LEAST_WORDS: Final = 200
"""Characters of a problem that somebody else can understand."""
FURTHEST: Final = timedelta(days=2 * 366)
"""So far ahead work begins, and so long it lasts, at most."""
MISSING: Final = Message("This is missing.")
_NEEDED = (
    "title", "problem", "deliverables", "skills", "data_kind", "hours_total", "hours_week", "milestones",
    "team_least", "team_most", "capacity", "mode", "place", "apply_until", "starts_on", "ends_on",
    "mentor_hours_week", "availability", "ip_choice", "ai_policy", "gpu_hours", "trl_in", "trl_target",
)  # fmt: skip
_TEXTS = (
    "title", "title_ur", "problem", "deliverables", "data", "data_licence", "availability", "ai_policy_note",
    "gpu_need",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        field: the field of ``BriefContent`` that it stands at.
        code: what it is, in one word that programs may rely on.
    """

    field: str
    code: str
    text: Message


def check(content: BriefContent, *, today: date) -> list[Finding]:
    """What must be mended before people review the brief, in the order of the form; nothing is fine."""
    found = [
        *_missing(content),
        *_levels(content),
        *_hours(content),
        *_team(content),
        *_dates(content, today),
    ]
    found += _contacts(content)
    order = {name: place for place, name in enumerate(BriefContent.__struct_fields__)}
    return sorted(found, key=lambda finding: order[finding.field])


def _missing(content: BriefContent) -> Iterator[Finding]:
    for name in _NEEDED:
        if getattr(content, name) in (None, "", ()):
            yield Finding(name, "missing", MISSING)
    if content.problem and len(content.problem) < LEAST_WORDS:
        text = Message("Say more about the problem: at least {count} characters.", count=LEAST_WORDS)
        yield Finding("problem", "too_short", text)
    if content.data_kind not in (DataKind.UNSAID, DataKind.NONE):
        if not content.data:
            yield Finding("data", "missing", Message("Say what the data are and how the team gets them."))
        if not content.data_licence:
            text = Message("Say under which licence or agreement the team may use the data.")
            yield Finding("data_licence", "no_licence", text)
    for step in content.milestones:
        if not step.title or step.due_on is None:
            yield Finding("milestones", "incomplete", Message("Each milestone needs a title and a day."))
            break


def _levels(content: BriefContent) -> Iterator[Finding]:
    outside = Message("Between {lowest} and {highest}.", lowest=LOWEST_TRL, highest=HIGHEST_TRL)
    for name in ("trl_in", "trl_target"):
        level = getattr(content, name)
        if level is not None and not LOWEST_TRL <= level <= HIGHEST_TRL:
            yield Finding(name, "outside", outside)
    if content.trl_in and content.trl_target and content.trl_target < content.trl_in:
        text = Message("The target lies below the level that the work begins at.")
        yield Finding("trl_target", "below_start", text)


def _hours(content: BriefContent) -> Iterator[Finding]:
    if any(step.hours > MOST_STEP_HOURS for step in content.milestones):
        text = Message("A milestone takes {most} hours of one person at most.", most=MOST_STEP_HOURS)
        yield Finding("milestones", "hours", text)
    each = sum(step.hours for step in content.milestones)
    if content.milestones and content.team_most and content.hours_total:
        together = each * content.team_most
        if together != content.hours_total:
            text = Message(
                "The hours do not add up: the milestones have {each} for one person, {together} for a team "
                "of {people}, and the total says {total}.",
                each=each, together=together, people=content.team_most, total=content.hours_total,
            )  # fmt: skip
            yield Finding("hours_total", "hours", text)
    if content.hours_week and content.starts_on and content.ends_on and content.starts_on < content.ends_on:
        days = (content.ends_on - content.starts_on).days + 1
        most = content.hours_week * days // 7
        if each > most:
            text = Message(
                "The milestones take {each} hours of one person; at {week} a week the dates leave {most}.",
                each=each, most=most, week=content.hours_week,
            )  # fmt: skip
            yield Finding("hours_week", "hours", text)


def _team(content: BriefContent) -> Iterator[Finding]:
    if content.team_least and content.team_most and content.team_least > content.team_most:
        yield Finding("team_most", "team", Message("A full team is not smaller than the smallest one."))
    if content.gpu_hours and not content.gpu_need:
        yield Finding("gpu_need", "missing", Message("Say what the GPU is needed for."))


def _dates(content: BriefContent, today: date) -> Iterator[Finding]:
    if content.apply_until and content.apply_until < today:
        yield Finding("apply_until", "past", Message("This day is over."))
    if content.apply_until and content.starts_on and content.starts_on <= content.apply_until:
        yield Finding("starts_on", "order", Message("The work begins after the last day to apply."))
    if content.starts_on and content.starts_on > today + FURTHEST:
        yield Finding("starts_on", "too_far", Message("The work begins within two years."))
    if content.starts_on and content.ends_on and content.ends_on <= content.starts_on:
        yield Finding("ends_on", "order", Message("The work ends after it begins."))
    elif content.starts_on and content.ends_on and content.ends_on - content.starts_on > FURTHEST:
        yield Finding("ends_on", "too_long", Message("The work lasts two years at most."))
    elif (
        content.starts_on
        and content.ends_on
        and any(
            step.due_on and not content.starts_on <= step.due_on <= content.ends_on
            for step in content.milestones
        )
    ):
        text = Message("Each milestone is due between the first and the last day of the work.")
        yield Finding("milestones", "order", text)


def _contacts(content: BriefContent) -> Iterator[Finding]:
    texts = [(name, getattr(content, name)) for name in _TEXTS]
    texts += [("milestones", step.title) for step in content.milestones]
    texts += [("skills", skill) for skill in content.skills]
    seen = set()
    for name, text in texts:
        for what in contacts(text):
            if (name, what) not in seen:
                seen.add((name, what))
                yield Finding(
                    name,
                    "contact",
                    Message(
                        "Leave contact details out, people write to each other here: “{what}”.", what=what
                    ),
                )
