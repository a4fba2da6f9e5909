"""A unit with the network's lab as its evidence, people who pass it, and assessors."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.catalog import service as catalog
from darsgah.units import assessing, service
from darsgah.units.schemas import (
    AssessmentView,
    ChosenLab,
    Criterion,
    NewAssessment,
    Outcome,
    UnitChange,
    UnitContent,
    UnitView,
)
from tests.credentials.awarding import ISSUING
from tests.network import Network

CODE = "PY-F-01"
CONTENT = UnitContent(
    title="Functions that others can use",
    title_ur="ایسے functions جو دوسرے استعمال کر سکیں",
    criteria=(
        Criterion("Writes functions that return what they promise", "وہی واپس کرتا ہے جس کا وعدہ ہے"),
        Criterion("Tests them with values at the edges"),
    ),
    knowledge="What a function is.",
    credits=3,
    level="Level 3",
    framework="NVQF",
    framework_version="2021",
    framework_url="https://example.org/levels/3",
)


async def lab_of(session: AsyncSession, network: Network) -> UUID:
    """The network's lab."""
    return (await catalog.lab_version(session, network.lab_version_id)).lab_id


async def made(
    session: AsyncSession,
    network: Network,
    code: str = CODE,
    **changes: Any,  # noqa: ANN401 # whatever a unit holds
) -> UnitView:
    """The unit, with 80 percent of the lab's points needed; keyword arguments replace its fields."""
    labs = (ChosenLab(await lab_of(session, network), 0.8),)
    content = msgspec.structs.replace(CONTENT, **({"labs": labs} | changes))
    return await service.save(session, network.people["network_admin"], code, UnitChange(content, 0))


async def judge(
    session: AsyncSession,
    network: Network,
    outcome: Outcome = Outcome.COMPETENT,
    *,
    by: str = "instructor",
    code: str = CODE,
    key: str | None = None,
    **changes: Any,  # noqa: ANN401 # whatever a judgement holds
) -> AssessmentView:
    """What an assessor finds of the learner, all criteria as the outcome is; keyword arguments replace it."""
    account_id = changes.get("account_id", network.people["learner"].account_id)
    actor = network.people["classmate" if account_id == network.people["classmate"].account_id else "learner"]
    seen = (await service.own_history(session, actor, code)).assessments
    unit = await service.unit(session, actor, code)
    new = NewAssessment(
        account_id=account_id,
        hub_id=network.hub_id,
        version=unit.version,
        outcome=outcome,
        met=(outcome is Outcome.COMPETENT,) * len(unit.content.criteria),
        note="The notebook, and ten minutes of questions.",
        seen=seen[0].id if seen else None,
    )
    sent = msgspec.structs.replace(new, **changes)
    return await assessing.assess(session, ISSUING, network.people[by], code, sent, key=key)
