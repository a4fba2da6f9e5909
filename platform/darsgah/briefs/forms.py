"""The form of a brief: from what was typed to a content, without losing a letter of it.

A field that cannot be read keeps its saved value and is shown again as it was typed; all others are saved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from darsgah.briefs.content import (
    COLUMNS,
    MOST_GATES,
    MOST_MILESTONES,
    MOST_SKILLS,
    BriefContent,
    Gate,
    Milestone,
)
from darsgah.briefs.schemas import Wanted
from darsgah.errors import MalformedInput
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message

_LISTS = ("skills", "milestones")
_PLAIN = msgspec.defstruct(
    "PlainFields",
    [(field.name, field.type, field.default) for field in msgspec.structs.fields(BriefContent)
     if field.name in COLUMNS and field.name not in _LISTS],
    frozen=True, kw_only=True,
)  # fmt: skip
NUMBERS = frozenset(
    {
        "hours_total", "hours_week", "team_least", "team_most", "capacity", "mentor_hours_week", "gpu_hours",
        "trl_in", "trl_target",
    }
)  # fmt: skip
DATES = frozenset({"apply_until", "starts_on", "ends_on"})
"""Fields that are missing when they are empty."""
SPARE_MILESTONES, SPARE_GATES = 2, 1
"""Empty rows below what is there; saving brings more."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed.

    Attributes:
        content: the saved one, with every field that could be read.
        values: all fields of the form as texts, as they are to be shown again.
        errors: what is wrong, by field of the form.
    """

    content: BriefContent
    values: Mapping[str, str]
    errors: Mapping[str, Message]


class ChosenHub(msgspec.Struct, frozen=True):
    """The hub that a form is about."""

    hub_id: UUID


class ChosenMentor(msgspec.Struct, frozen=True):
    """Who takes a brief over."""

    account_id: UUID


class SeenVersion(msgspec.Struct, frozen=True):
    """The version of what somebody saw when they filled a form in."""

    version: int | None = None


def read_wanted(query: Mapping[str, Any]) -> tuple[Wanted, dict[str, str], dict[str, Message]]:
    """What is looked for, what was typed, and what of it could not be read and is left out."""
    typed = {name: str(query.get(name, "")).strip() for name in Wanted.__struct_fields__}
    wanted, errors = Wanted(), dict[str, Message]()
    for name, value in typed.items():
        if value:
            try:
                read = read_form({name: _latin(value) if name in ("trl", "hours") else value}, Wanted)
            except MalformedInput as error:
                errors[name] = error.details["fields"][name]
            else:
                wanted = msgspec.structs.replace(wanted, **{name: getattr(read, name)})
    return wanted, typed, errors


def form_values(content: BriefContent) -> dict[str, str]:
    """A content as the texts of the form's fields."""
    built = msgspec.to_builtins(content)
    values = {name: _text(built[name]) for name in COLUMNS if name not in _LISTS}
    values["skills"] = ", ".join(content.skills)
    for row, step in enumerate(built["milestones"], 1):
        values[f"milestone_title_{row}"] = step["title"]
        values[f"milestone_hours_{row}"] = _text(step["hours"])
        values[f"milestone_due_{row}"] = _text(step["due_on"])
    for row, gate in enumerate(content.gates, 1):
        values[f"gate_subject_{row}"] = subject_key(gate)
        values[f"gate_share_{row}"] = f"{100 * gate.share:g}"
    return values


def subject_key(gate: Gate) -> str:
    """What a gate asks for, as the form chooses it: ``lab:`` or ``unit:``, and the id."""
    return f"lab:{gate.lab_id}" if gate.lab_id is not None else f"unit:{gate.unit_id}"


def rows(values: Mapping[str, str], prefix: str, spare: int, most: int) -> range:
    """The numbers of the rows to show for a list."""
    used = [row for row in range(1, most + 1) if any(values.get(f"{prefix}_{part}_{row}") for part in _PARTS)]
    return range(1, min(most, max(used, default=0) + spare) + 1)


def read_brief(sent: Mapping[str, Any], saved: BriefContent) -> Typed:
    """What a form says, over what is saved; fields that it does not have stay as they are."""
    raw = {name: value.replace("\r\n", "\n") for name, value in sent.items() if isinstance(value, str)}
    changes: dict[str, Any] = {}
    errors: dict[str, Message] = {}
    for name in _PLAIN.__struct_fields__:
        if name in raw:
            _read_plain(name, raw[name].strip(), changes, errors)
    if "skills" in raw:
        _read_skills(raw["skills"], changes, errors)
    if "milestone_title_1" in raw:
        _read_milestones(raw, changes, errors)
    if "gate_subject_1" in raw:
        _read_gates(raw, changes, errors)
    content = msgspec.structs.replace(saved, **changes)
    return Typed(content, form_values(content) | raw if errors else form_values(content), errors)


def _read_plain(name: str, value: str, changes: dict[str, Any], errors: dict[str, Message]) -> None:
    if not value and name in NUMBERS | DATES:
        changes[name] = None
        return
    try:
        changes[name] = getattr(read_form({name: _latin(value) if name in NUMBERS else value}, _PLAIN), name)
    except MalformedInput as error:
        errors[name] = error.details["fields"][name]
        if name in DATES:
            errors[name] = Message("Write a day as year-month-day, such as 2027-03-31.")


def _read_skills(value: str, changes: dict[str, Any], errors: dict[str, Message]) -> None:
    found = [part.strip() for part in value.replace("،", ",").replace("\n", ",").split(",") if part.strip()]
    if len(found) > MOST_SKILLS:
        errors["skills"] = Message("At most {count}.", count=MOST_SKILLS)
        return
    _convert(found, "skills", "skills", changes, errors)


def _read_milestones(raw: Mapping[str, str], changes: dict[str, Any], errors: dict[str, Message]) -> None:
    steps = []
    for row in range(1, MOST_MILESTONES + 1):
        title, hours, due = (raw.get(f"milestone_{part}_{row}", "").strip() for part in _PARTS[:3])
        if not (title or hours or due):
            continue
        read = {"title": title, "hours": _latin(hours) or "0", "due_on": due or None}
        try:
            steps.append(msgspec.convert(read, Milestone, strict=False))
        except msgspec.ValidationError:
            errors[f"milestone_title_{row}"] = Message(
                "This milestone was not saved: write its hours as a whole number and its day as "
                "year-month-day."
            )
    if not any(name.startswith("milestone") for name in errors):
        changes["milestones"] = tuple(steps)


def _read_gates(raw: Mapping[str, str], changes: dict[str, Any], errors: dict[str, Message]) -> None:
    gates = []
    for row in range(1, MOST_GATES + 1):
        kind, _, subject_id = raw.get(f"gate_subject_{row}", "").partition(":")
        share = raw.get(f"gate_share_{row}", "").strip()
        if not kind:
            continue
        try:
            part = float(_latin(share) or 60) / 100
            gates.append(msgspec.convert({f"{kind}_id": subject_id, "share": part}, Gate, strict=False))
        except (ValueError, msgspec.ValidationError):
            errors[f"gate_share_{row}"] = Message("Between 1 and 100.")
    if not any(name.startswith("gate_share") for name in errors):
        changes["gates"] = tuple(gates)


def _convert(
    value: Sequence[str], field: str, at: str, changes: dict[str, Any], errors: dict[str, Message]
) -> None:
    kind = next(one.type for one in msgspec.structs.fields(BriefContent) if one.name == field)
    try:
        changes[field] = msgspec.convert(value, kind)
    except msgspec.ValidationError:
        errors[at] = Message("At most {count} characters for each.", count=60)


def _latin(number: str) -> str:
    """Digits of Urdu and Arabic as Latin ones."""
    return number.translate(_DIGITS)


def _text(value: object) -> str:
    return "" if value is None else str(value)


_PARTS = ("title", "hours", "due", "subject", "share")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
