"""The forms of units: from what was typed to what is written, and back, so that a refusal loses no letter."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec

from darsgah.errors import MalformedInput
from darsgah.ui.form_data import read_form
from darsgah.ui.language import Message
from darsgah.units.schemas import (
    MOST_CRITERIA,
    MOST_LABS,
    Address,
    ChosenLab,
    Criterion,
    Line,
    NewAssessment,
    Outcome,
    Text,
    Title,
    UnitChange,
    UnitContent,
    Version,
)

Sent = Mapping[str, Any]
SPARE_CRITERIA, SPARE_LABS = 2, 1
"""Empty rows below what is there; saving brings more."""
_LONGEST_KEPT: Final = 10_000


class _Plain(msgspec.Struct, frozen=True):
    """The fields that are one text each."""

    title: Title
    version: Version
    title_ur: Line = ""
    knowledge: Text = ""
    tools: Text = ""
    level: Line = ""
    framework: Line = ""
    framework_version: Line = ""
    framework_url: Address = ""


class CodeForm(msgspec.Struct, frozen=True):
    """The code of a new unit."""

    code: str


class RetirementForm(msgspec.Struct, frozen=True):
    """Whether a unit is retired."""

    retired: bool


class _Judgement(msgspec.Struct, frozen=True):
    """What an assessor sends besides the criteria."""

    outcome: Outcome
    note: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]
    version: Version
    reason: Annotated[str, msgspec.Meta(max_length=1000)] = ""


def kept(sent: Sent) -> dict[str, str]:
    """What was typed, as texts, to be shown again."""
    return {name: value[:_LONGEST_KEPT] for name, value in sent.items() if isinstance(value, str)}


def read_unit(sent: Sent) -> UnitChange:
    """The text of a unit as it was typed.

    Raises:
        MalformedInput: with a message for every field at fault.
    """
    typed = {name: value.strip() for name, value in kept(sent).items()}
    errors: dict[str, Message] = {}
    plain = None
    try:
        plain = read_form(typed, _Plain)
    except MalformedInput as error:
        errors |= error.details["fields"]
        if "framework_url" in errors:
            errors["framework_url"] = Message("Write a web address that begins with https://.")
    share, worth = _share(typed, "share", errors), _credits(typed, errors)
    criteria, labs = _criteria(typed, errors), _labs(typed, errors)
    if errors or plain is None:
        raise MalformedInput(fields=errors)
    values = {name: getattr(plain, name) for name in _Plain.__struct_fields__ if name != "version"}
    content = UnitContent(**values, share=share, credits=worth, criteria=criteria, labs=labs)
    return UnitChange(content, plain.version)


def unit_values(content: UnitContent) -> dict[str, str]:
    """A unit as the texts of the form's fields."""
    values = {name: getattr(content, name) for name in _Plain.__struct_fields__ if name != "version"}
    values["share"] = f"{100 * content.share:g}"
    values["credits"] = "" if content.credits is None else f"{content.credits:g}"
    for row, one in enumerate(content.criteria, 1):
        values[f"criterion_{row}"], values[f"criterion_ur_{row}"] = one.text, one.text_ur
    for row, lab in enumerate(content.labs, 1):
        values[f"lab_{row}"], values[f"lab_share_{row}"] = str(lab.lab_id), f"{100 * lab.share:g}"
    return values


def rows(values: Mapping[str, str], prefix: str, spare: int, most: int) -> range:
    """The numbers of the rows to show for a list."""
    used = [row for row in range(1, most + 1) if values.get(f"{prefix}_{row}", "").strip()]
    return range(1, min(most, max(used, default=0) + spare) + 1)


def read_judgement(sent: Sent, account_id: UUID, hub_id: UUID, criteria: int) -> NewAssessment:
    """What an assessor found.

    Args:
        criteria: how many the unit has.

    Raises:
        MalformedInput: with a message for every field at fault.
    """
    typed = {name: value.strip() for name, value in kept(sent).items()}
    form = read_form(typed, _Judgement)
    try:
        seen = UUID(typed["seen"]) if typed.get("seen") else None
    except ValueError as error:
        raise MalformedInput(fields={"seen": Message("This is not one of the choices.")}) from error
    return NewAssessment(
        account_id=account_id,
        hub_id=hub_id,
        version=form.version,
        outcome=form.outcome,
        met=tuple(bool(typed.get(f"met_{row}")) for row in range(1, criteria + 1)),
        note=form.note,
        reason=form.reason,
        seen=seen,
    )


def _criteria(typed: Mapping[str, str], errors: dict[str, Message]) -> tuple[Criterion, ...]:
    found = []
    for row in range(1, MOST_CRITERIA + 1):
        text, text_ur = typed.get(f"criterion_{row}", ""), typed.get(f"criterion_ur_{row}", "")
        if not (text or text_ur):
            continue
        try:
            found.append(msgspec.convert({"text": text, "text_ur": text_ur}, Criterion))
        except msgspec.ValidationError:
            errors[f"criterion_{row}"] = Message("One line in English, of 400 characters at most.")
    if not found and not errors:
        errors["criterion_1"] = Message("This is needed.")
    return tuple(found)


def _labs(typed: Mapping[str, str], errors: dict[str, Message]) -> tuple[ChosenLab, ...]:
    found = []
    for row in range(1, MOST_LABS + 1):
        if typed.get(f"lab_{row}"):
            share = _share(typed, f"lab_share_{row}", errors)
            try:
                found.append(ChosenLab(UUID(typed[f"lab_{row}"]), share))
            except ValueError:
                errors[f"lab_share_{row}"] = Message("This is not one of the choices.")
    return tuple(found)


def _share(typed: Mapping[str, str], name: str, errors: dict[str, Message]) -> float:
    """What was typed in percent, as a share of 1."""
    percent = _number(typed.get(name) or "60")
    if percent is None or not 1 <= percent <= 100:
        errors[name] = Message("Between 1 and 100.")
        return 1.0
    return percent / 100


def _credits(typed: Mapping[str, str], errors: dict[str, Message]) -> float | None:
    if not typed.get("credits"):
        return None
    found = _number(typed["credits"])
    if found is None or not 0 <= found <= 500:
        errors["credits"] = Message("Between {least} and {most}.", least=0, most=500)
    return found


def _number(text: str) -> float | None:
    """Digits of Urdu and Arabic count as well."""
    try:
        found = float(text.removesuffix("%"))
    except ValueError:
        return None
    return found if math.isfinite(found) else None
