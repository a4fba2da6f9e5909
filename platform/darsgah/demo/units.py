"""The demo's qualification units: one that the demo learner holds, one that they do not hold yet."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.access import Actor, Role
from darsgah.credentials.issuing import Issuing
from darsgah.units import assessing, service
from darsgah.units.schemas import Criterion, NewAssessment, Outcome, UnitChange, UnitContent

HELD, NOT_YET = "PY-F-01", "DA-F-02"
"""Codes that shipped labs name."""
_CONTENTS = {
    HELD: UnitContent(
        title="Functions that others can use",
        title_ur="ایسے functions جو دوسرے بھی استعمال کر سکیں",
        criteria=(
            Criterion(
                "Writes functions that return what their description promises",
                "ایسے functions لکھتا ہے جو وہی واپس کریں جس کا بیان میں وعدہ ہے",
            ),
            Criterion(
                "Chooses among list, tuple, dictionary and set, and says why",
                "list، tuple، dictionary اور set میں سے چنتا ہے اور وجہ بتاتا ہے",
            ),
            Criterion(
                "Leaves the data that it is given as they were", "دیے گئے ڈیٹا کو جوں کا توں رہنے دیتا ہے"
            ),
        ),
        knowledge="Arguments and return values; what can be changed and what cannot; the cost of a search.",
        tools="Python and its standard library; a notebook.",
        credits=3,
        level="Level 3",
        framework="The demo's own framework",
        framework_version="2026",
    ),
    NOT_YET: UnitContent(
        title="Data that can be trusted",
        title_ur="ایسا ڈیٹا جس پر بھروسا ہو سکے",
        criteria=(
            Criterion(
                "Finds what is missing, doubled or out of place in a table",
                "جدول میں ڈھونڈتا ہے کہ کیا غائب ہے، دو بار ہے یا بے جگہ ہے",
            ),
            Criterion(
                "Says in words what was changed and why", "الفاظ میں بتاتا ہے کہ کیا بدلا گیا اور کیوں"
            ),
        ),
        knowledge="Kinds of columns; joins; what a missing value may mean.",
        tools="pandas.",
        credits=4,
    ),
}


async def are_loaded(session: AsyncSession, learner: Actor) -> bool:
    """Whether a run before made them and judged the learner; all is done at once."""
    return any(one.code == HELD for one in (await service.units(session, learner)).units)


async def load_units(
    session: AsyncSession, issuing: Issuing, keeper: Actor, assessor: Actor, learner: Actor
) -> UUID:
    """Make both and judge the learner; where they are, nothing changes.

    Args:
        keeper: administers the network.
        assessor: teaches in the learner's hub.

    Returns:
        The id of the unit that the learner holds.
    """
    if not await are_loaded(session, learner):
        (hub_id,) = assessor.hubs(Role.INSTRUCTOR)
        for code, content in _CONTENTS.items():
            await service.save(session, keeper, code, UnitChange(content, 0))
            new = _judgement(learner, hub_id, code)
            await assessing.assess(session, issuing, assessor, code, new)
    return (await service.unit(session, learner, HELD)).id


def _judgement(learner: Actor, hub_id: UUID, code: str) -> NewAssessment:
    competent = code == HELD
    criteria = len(_CONTENTS[code].criteria)
    return NewAssessment(
        account_id=learner.account_id,
        hub_id=hub_id,
        version=1,
        outcome=Outcome.COMPETENT if competent else Outcome.NOT_YET,
        met=(True,) * criteria if competent else (True, *(False,) * (criteria - 1)),
        note="The demo shows what an assessment looks like: nobody looked at anything."
        if competent
        else "Gaps in the table were found; what was changed in it is not written down yet.",
        reason="It is the demo, in which nobody worked for it." if competent else "",
    )
