"""What the form of a brief offers to ask for: labs of the network and the hub, and units."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.briefs.content import BriefContent, Gate
from darsgah.briefs.forms import subject_key
from darsgah.briefs.gates import subjects
from darsgah.catalog import service as catalog
from darsgah.ui.language import Language
from darsgah.units import service as units


@dataclass(frozen=True, slots=True)
class GateChoices:
    """Titles in the reader's language, by what ``darsgah.briefs.forms.subject_key`` says of each."""

    labs: dict[str, str]
    units: dict[str, str]


async def gate_choices(
    session: AsyncSession, hub_id: UUID, written: BriefContent, language: Language
) -> GateChoices:
    """What can be asked for now, and what the brief asks for already, such as a unit retired since."""
    labs, open_units = await catalog.labs_for_hub(session, hub_id), await units.choices(session)
    found = GateChoices(
        {subject_key(Gate(lab_id=lab.lab_id)): _title(lab.title, lab.title_ur, language) for lab in labs},
        {
            subject_key(Gate(unit_id=unit.id)): _title(unit.title, unit.title_ur, language)
            for unit in open_units
        },
    )
    named = await subjects(session, written.gates)
    for gate in written.gates:
        group = found.labs if gate.lab_id is not None else found.units
        if gate.subject_id in named:
            one = named[gate.subject_id]
            group.setdefault(subject_key(gate), _title(one.title, one.title_ur, language))
    return found


def _title(title: str, title_ur: str, language: Language) -> str:
    return title_ur if language.code == "ur" and title_ur else title
