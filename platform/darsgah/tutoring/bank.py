"""The editor of a lab's hints: what is told to who has a misconception, in the words of those who teach it.

Words are kept for a hub and a lab, over its versions and courses: those who teach it there share what they
learn from learners' judgements, a new cohort begins with it, and no other hub's learners read it. Every
change is a version that names the one it began from, so that nobody overwrites another's unseen.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor
from darsgah.accounts import service as accounts
from darsgah.blobs.store import BlobStore
from darsgah.catalog import service as catalog
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import AssignmentView, CohortView
from darsgah.errors import MalformedInput, NotFound
from darsgah.tutoring import models, queries
from darsgah.tutoring.bank_checks import faults, secrets_of_lab
from darsgah.tutoring.bank_schemas import (
    BankEntry,
    EntryLine,
    EntryView,
    HintWords,
    LabBank,
    LevelWords,
    MisconceptionFigures,
    VersionView,
    WordsChange,
)
from darsgah.tutoring.course_settings import require_change
from darsgah.tutoring.errors import WordsChanged
from darsgah.ui.language import Message
from darsgah_tutor.misconceptions import LEVELS, Bank, BankError, Misconception, general_bank, parse_bank
from darsgah_tutor.types import Level

_HINTS = "hints.toml"


@dataclass(frozen=True, slots=True)
class _Place:
    """A lab in a course of a hub, with the lab's own bank."""

    assignment: AssignmentView
    cohort: CohortView
    own: Bank

    @property
    def lab_id(self) -> UUID:
        return self.assignment.lab.lab_id

    def authored(self, name: str) -> Misconception:
        """What the lab's authors or the general bank say.

        Raises:
            NotFound: neither knows that misconception.
        """
        found = self.own.get(name) or general_bank().get(name)
        if found is None:
            raise NotFound
        return found


async def lab_bank(session: AsyncSession, blobs: BlobStore, actor: Actor, assignment_id: UUID) -> LabBank:
    """The misconceptions of a lab; general ones where they occurred in the hub, or were given other words.

    Raises:
        NotFound, Forbidden: the actor does not teach or run the cohort.
    """
    place = await _place(session, blobs, actor, assignment_id)
    newest = await queries.newest_words(session, place.cohort.hub_id, place.lab_id)
    figures = await _figures(session, place)
    others = sorted({*figures, *newest} & general_bank().keys() - place.own.keys())
    known = [*place.own.values(), *(general_bank()[name] for name in others)]
    lines = [_line(place, one, newest.get(one.name), figures.get(one.name, {})) for one in known]
    lines[len(place.own) :] = sorted(lines[len(place.own) :], key=lambda line: -line.figures.seen)
    return LabBank(place.assignment, place.cohort, tuple(lines))


async def entry(
    session: AsyncSession, blobs: BlobStore, actor: Actor, assignment_id: UUID, name: str
) -> BankEntry:
    """One misconception of a lab, or any of the general bank, with its words and their history.

    Raises:
        NotFound, Forbidden: there is none of that name, or the actor does not teach or run the cohort.
    """
    return await _entry(session, await _place(session, blobs, actor, assignment_id), name)


async def change(
    session: AsyncSession,
    blobs: BlobStore,
    actor: Actor,
    assignment_id: UUID,
    name: str,
    *,
    wanted: WordsChange,
) -> BankEntry:
    """Give a misconception other words, or its author's again; the next hint has them.

    The words that it has already make no version.

    Raises:
        NotFound, Forbidden: as above, or the actor may only read.
        WordsChanged: somebody changed them since ``wanted.version``; nothing is overwritten.
        MalformedInput: they may not be kept; ``fields`` says by ``level.language`` what is wrong.
    """
    place = await _place(session, blobs, actor, assignment_id)
    require_change(actor, place.cohort.hub_id)
    authored = _words_of(place.authored(name))
    if wanted.words is not None:
        wrong = await checked(session, blobs, place.assignment, wanted.words, authored)
        if wrong:
            raise MalformedInput(fields=wrong)
    row = models.HintWords(
        hub_id=place.cohort.hub_id,
        lab_id=place.lab_id,
        lab_version_id=place.assignment.lab.id,
        account_id=actor.account_id,
        misconception=name,
        version=wanted.version + 1,
        words=_kept(wanted.words) if wanted.words not in (None, authored) else None,
    )
    now = (await queries.newest_words(session, row.hub_id, row.lab_id, name)).get(name)
    same = row.words == (now.words if now else None)
    if wanted.version != (now.version if now else 0) or not (same or await queries.add_words(session, row)):
        later = (await queries.newest_words(session, row.hub_id, row.lab_id, name)).get(name)
        raise WordsChanged(version=later.version if later else 0)
    return await _entry(session, place, name)


async def checked(
    session: AsyncSession,
    blobs: BlobStore,
    assignment: AssignmentView,
    words: HintWords,
    authored: HintWords,
) -> dict[str, Message]:
    """What is wrong with some words, by ``level.language``, for a caller that may see the lab's hints."""
    secrets = await secrets_of_lab(session, blobs, assignment.lab)
    return await asyncio.to_thread(faults, words, authored, secrets)


async def words_in_force(
    session: AsyncSession, hub_id: UUID, lab_version_id: UUID
) -> dict[str, Mapping[Level, Mapping[str, str]]]:
    """What a hub says instead of a lab's authors and the general bank, by misconception: for the worker."""
    lab = await catalog.lab_version(session, lab_version_id)
    newest = await queries.newest_words(session, hub_id, lab.lab_id)
    return {
        name: {level: row.words[key] for level, key in LEVELS.items() if key in row.words}
        for name, row in newest.items()
        if row.words is not None
    }


async def _place(session: AsyncSession, blobs: BlobStore, actor: Actor, assignment_id: UUID) -> _Place:
    assignment, _ = await enrolments.assignment(session, actor, assignment_id)
    cohort = await enrolments.staffed_cohort(session, actor, assignment.cohort_id)
    material = await catalog.grading_material(session, assignment.lab.id)
    file = next((file for file in material.authored if file.name == _HINTS), None)
    own: Bank = {}
    if file is not None:
        try:
            own = parse_bank((await blobs.get(file.sha256)).decode(), _HINTS)
        except (BankError, UnicodeDecodeError):
            own = {}  # the tutor does without it too
    return _Place(assignment, cohort, own)


async def _entry(session: AsyncSession, place: _Place, name: str) -> BankEntry:
    misconception = place.authored(name)
    rows = await queries.words_history(session, place.cohort.hub_id, place.lab_id, name)
    names = await accounts.display_names(session, list({row.account_id for row in rows}))
    labs = await catalog.lab_versions(session, list({row.lab_version_id for row in rows}))
    authored = _words_of(misconception)
    history = tuple(
        VersionView(
            version=row.version,
            by=names.get(row.account_id, ""),
            at=row.written_at,
            lab_version=labs[row.lab_version_id].number,
            words=_read(row.words),
        )
        for row in rows
    )
    levels = (await _figures(session, place)).get(name, {})
    view = EntryView(
        line=_line(place, misconception, rows[0] if rows else None, levels),
        words=(history[0].words if history else None) or authored,
        authored=authored,
        history=history,
        levels=levels,
    )
    return BankEntry(place.assignment, place.cohort, view)


async def _figures(session: AsyncSession, place: _Place) -> dict[str, dict[int, MisconceptionFigures]]:
    ids = await enrolments.assignments_on_lab(session, place.cohort.hub_id, place.lab_id)
    return await queries.misconception_figures(session, ids)


def _line(
    place: _Place,
    misconception: Misconception,
    newest: models.HintWords | None,
    levels: Mapping[int, MisconceptionFigures],
) -> EntryLine:
    return EntryLine(
        name=misconception.name,
        belief=misconception.belief,
        own=misconception.name in place.own,
        answers=misconception.answers,
        figures=_added_up(levels.values()),
        version=newest.version if newest else 0,
        edited=newest is not None and newest.words is not None,
    )


def _added_up(figures: Iterable[MisconceptionFigures]) -> MisconceptionFigures:
    columns = zip(*map(msgspec.structs.astuple, figures), strict=True)
    return MisconceptionFigures(*map(sum, columns))


def _words_of(misconception: Misconception) -> HintWords:
    """The author's; a bank that leaves out a level says nothing there."""
    said = {key: misconception.hints.get(level) for level, key in LEVELS.items()}
    texts = {key: LevelWords(**text) if text else LevelWords("", "") for key, text in said.items()}
    example = texts.pop("example")
    return HintWords(**texts, example=example if example.en else None)


def _kept(words: HintWords) -> dict[str, dict[str, str]]:
    """As a row has them; PostgreSQL keeps no NUL."""
    said: dict[str, LevelWords | None] = {key: getattr(words, key) for key in LEVELS.values()}
    return {
        key: {"en": text.en.replace("\0", ""), "ur": text.ur.replace("\0", "")}
        for key, text in said.items()
        if text is not None
    }


def _read(words: dict[str, dict[str, str]] | None) -> HintWords | None:
    return None if words is None else msgspec.convert(words, HintWords)
