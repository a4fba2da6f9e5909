"""What can be done with units: write, change and retire them, and see how one stands to each."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.catalog import service as catalog
from darsgah.credentials.errors import ClaimsTooMuch
from darsgah.credentials.wording import claims_too_much
from darsgah.db.columns import now
from darsgah.errors import MalformedInput, NotFound
from darsgah.ui.language import Message
from darsgah.units import evidence, queries
from darsgah.units.errors import UnitChanged
from darsgah.units.evidence import Evidence, gather
from darsgah.units.models import Unit, UnitLab, UnitVersion
from darsgah.units.queries import Row
from darsgah.units.reading import assessment_views
from darsgah.units.schemas import (
    Assessments,
    ChosenLab,
    UnitChange,
    UnitContent,
    UnitLine,
    UnitList,
    UnitTitle,
    UnitView,
)

PAGE: Final = 50
READERS: Final = (Role.INSTRUCTOR, Role.HUB_ADMIN, Role.NETWORK_ADMIN, Role.AUDITOR)
"""Who looks after units: they see retired ones too, and the learners of their hubs."""
MOST_CHOICES: Final = 500
_PLAIN: Final = tuple(name for name in UnitContent.__struct_fields__ if name not in ("criteria", "labs"))
_DESCRIBING: Final = ("title", "title_ur", "knowledge", "tools", "level", "framework", "framework_version")
logger = structlog.get_logger("darsgah.units")


async def units(
    session: AsyncSession, actor: Actor, *, held: bool | None = None, after: str = ""
) -> UnitList:
    """Units by code, ``PAGE`` at a time, each with how the actor stands to it.

    Args:
        held: only those that the actor holds, or only the others; all without it. Retired ones are listed to
            those who hold them and to ``READERS``.
        after: the last code of the page before.
    """
    own = frozenset(unit_id for _, unit_id in await evidence.held(session, [actor.account_id]))
    rows = await queries.listed(
        session,
        only=own if held else None,
        without=own if held is False else (),
        retired=actor.holds(*READERS),
        after=after,
        limit=PAGE + 1,
    )
    shown = rows[:PAGE]
    found = await gather(session, shown, [actor.account_id], actor)
    lines = tuple(_line(row, actor.account_id, found) for row in shown)
    return UnitList(lines, lines[-1].code if len(rows) > PAGE else None)


def _line(row: Row, account_id: UUID, found: Evidence) -> UnitLine:
    unit, text = row
    return UnitLine(
        id=unit.id,
        code=unit.code,
        version=unit.version,
        title=text.title,
        title_ur=text.title_ur,
        credits=text.credits,
        level=text.level,
        framework=text.framework,
        framework_version=text.framework_version,
        retired=unit.retired_at is not None,
        state=found.state(account_id, unit.id),
        labs=found.of(account_id, unit.id),
    )


async def unit(session: AsyncSession, actor: Actor, code: str) -> UnitView:
    """One unit with how the actor stands to it.

    Raises:
        NotFound: there is none of that code.
    """
    row = await queries.unit(session, code)
    if row is None:
        raise NotFound
    return await unit_view(session, row, actor.account_id, actor)


async def unit_view(
    session: AsyncSession, row: Row, account_id: UUID, reader: Actor | None = None
) -> UnitView:
    """A unit with how somebody stands to it; the caller has seen who may know that.

    Args:
        reader: whose links to the labs are wanted.
    """
    unit, text = row
    found = await gather(session, [row], [account_id], reader)
    last = found.newest.get((account_id, unit.id))
    views = await assessment_views(session, [last] if last else [])
    return UnitView(
        id=unit.id,
        code=unit.code,
        version=unit.version,
        retired=unit.retired_at is not None,
        changed_at=text.changed_at,
        content=await _content(session, row),
        state=found.state(account_id, unit.id),
        labs=found.of(account_id, unit.id),
        assessment=views[0] if views else None,
        credential_id=last.credential_id if last and found.holds(account_id, unit.id) else None,
    )


async def _content(session: AsyncSession, row: Row) -> UnitContent:
    """What is written of a unit now."""
    unit, text = row
    labs = (await queries.labs(session, [(unit.id, text.number)])).get(unit.id, [])
    values = {name: getattr(text, name) for name in (*_PLAIN, "criteria")}
    written: UnitContent = msgspec.convert(values, UnitContent)
    return msgspec.structs.replace(written, labs=tuple(ChosenLab(one.lab_id, one.share) for one in labs))


async def own_history(session: AsyncSession, actor: Actor, code: str) -> Assessments:
    """How the actor was judged in a unit, newest first.

    Raises:
        NotFound: there is none of that code.
    """
    row = await queries.unit(session, code)
    if row is None:
        raise NotFound
    rows = await queries.history(session, actor.account_id, row[0].id)
    return Assessments(await assessment_views(session, rows))


async def save(session: AsyncSession, actor: Actor, code: str, change: UnitChange) -> UnitView:
    """Make a unit, or write another version of its text; the same text again changes nothing.

    Raises:
        UnitChanged: it is not in the version that the change was written from.
        ClaimsTooMuch: a text says that a body has confirmed something.
        MalformedInput: it is no code, a lab is named twice, or the network has none of that id.
    """
    if not queries.is_code(code):
        wrong = Message("Capital letters and digits, joined by hyphens or dots, such as AI-F-01.")
        raise MalformedInput(fields={"code": wrong})
    written = _tidied(change.content)
    _refuse_claims(written)
    row = await queries.unit_locked(session, code)
    if change.version != (row[0].version if row else 0):
        raise UnitChanged(version=row[0].version if row else 0)
    before = await _content(session, row) if row else None
    if row is not None and written == before:
        return await unit_view(session, row, actor.account_id, actor)
    await _refuse_unknown(session, written, before)
    if row is not None:
        unit = row[0]
        unit.version += 1
    else:
        unit = Unit(code=code)
        session.add(unit)
    await session.flush()
    text = await _write(session, actor, unit, written)
    logger.info("unit_written", unit=code, version=unit.version, by=str(actor.account_id))
    return await unit_view(session, (unit, text), actor.account_id, actor)


async def _write(session: AsyncSession, actor: Actor, unit: Unit, written: UnitContent) -> UnitVersion:
    values = {name: getattr(written, name) for name in _PLAIN}
    text = UnitVersion(
        unit_id=unit.id,
        number=unit.version,
        criteria=[msgspec.to_builtins(one) for one in written.criteria],
        changed_by=actor.account_id,
        changed_at=now(),
        **values,
    )
    session.add(text)
    await session.flush()
    session.add_all(
        UnitLab(unit_id=unit.id, number=unit.version, lab_id=one.lab_id, share=one.share)
        for one in written.labs
    )
    await session.flush()
    return text


def _tidied(written: UnitContent) -> UnitContent:
    """Without blanks at the ends, its labs in one order."""
    texts = {name: value.strip() for name in _PLAIN if isinstance(value := getattr(written, name), str)}
    criteria = tuple(
        msgspec.structs.replace(one, text=one.text.strip(), text_ur=one.text_ur.strip())
        for one in written.criteria
    )
    labs = tuple(sorted(written.labs, key=lambda one: one.lab_id))
    return msgspec.structs.replace(written, **texts, criteria=criteria, labs=labs)


def _refuse_claims(written: UnitContent) -> None:
    wrong = [name for name in _DESCRIBING if claims_too_much(getattr(written, name))]
    if any(claims_too_much(f"{one.text} {one.text_ur}") for one in written.criteria):
        wrong.append("criteria")
    if wrong:
        raise ClaimsTooMuch(fields=dict.fromkeys(wrong, Message("It may only describe.")))


async def _refuse_unknown(session: AsyncSession, written: UnitContent, before: UnitContent | None) -> None:
    """Labs are the network's, but for those that the unit has already."""
    ids = [one.lab_id for one in written.labs]
    new = set(ids) - {one.lab_id for one in before.labs} if before else set(ids)
    known = {view.lab_id for view in await catalog.labs_for_hub(session, None)} if new else set()
    if len(set(ids)) != len(ids) or not new <= known:
        raise MalformedInput(fields={"labs": Message("Name each lab once, and only labs of the network.")})


async def retire(session: AsyncSession, actor: Actor, code: str, wanted: bool) -> UnitView:
    """Retire a unit, or take it up again; who holds it goes on holding it either way.

    Raises:
        NotFound: there is none of that code.
    """
    row = await queries.unit_locked(session, code)
    if row is None:
        raise NotFound
    unit = row[0]
    if wanted != (unit.retired_at is not None):
        unit.retired_at = now() if wanted else None
        await session.flush()
        logger.info("unit_retired" if wanted else "unit_resumed", unit=code, by=str(actor.account_id))
    return await unit_view(session, row, actor.account_id, actor)


async def titles(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, UnitTitle]:
    """Some units by name, retired ones too."""
    return {row[0].id: title(row) for row in await queries.units(session, ids)} if ids else {}


async def choices(session: AsyncSession) -> tuple[UnitTitle, ...]:
    """The units that can be asked for, by code."""
    return tuple(title(row) for row in await queries.listed(session, limit=MOST_CHOICES))


def title(row: Row) -> UnitTitle:
    """A unit by name."""
    unit, text = row
    return UnitTitle(unit.id, unit.code, text.title, text.title_ur, unit.retired_at is not None)


async def held(
    session: AsyncSession, account_ids: Collection[UUID], unit_ids: Collection[UUID]
) -> frozenset[tuple[UUID, UUID]]:
    """Who holds which of these units: pairs of account and unit. A retired unit goes on being held."""
    return await evidence.held(session, account_ids, unit_ids)
