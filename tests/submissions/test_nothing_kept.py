"""What is refused takes no room: nobody fills the store with notebooks that no row names."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import BlobMissing, memory_blobs
from darsgah.db.columns import now
from darsgah.enrolments import service as enrolments
from darsgah.enrolments.schemas import Terms
from darsgah.submissions import service
from darsgah.submissions.errors import DeadlinePassed, NoAttemptsLeft
from tests.network import build_network, work


async def test_a_refused_notebook_is_not_kept(session: AsyncSession) -> None:
    blobs = memory_blobs()
    network = await build_network(session, blobs)
    learner, lab = network.people["learner"], network.assignment_id
    await enrolments.change_terms(session, lab, Terms(due_at=now() - timedelta(hours=1)))
    with pytest.raises(DeadlinePassed):
        await service.hand_in(session, blobs, learner, lab, {"lab.ipynb": work(1)})
    await enrolments.change_terms(session, lab, Terms(attempt_limit=1))
    await service.hand_in(session, blobs, learner, lab, {"lab.ipynb": work(2)})
    with pytest.raises(NoAttemptsLeft):
        await service.hand_in(session, blobs, learner, lab, {"lab.ipynb": work(3)})
    assert await blobs.get(hashlib.sha256(work(2)).hexdigest()) == work(2)
    for refused in (work(1), work(3)):
        with pytest.raises(BlobMissing):
            await blobs.get(hashlib.sha256(refused).hexdigest())
