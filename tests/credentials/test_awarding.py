"""What a credential says, to our own eyes and to those of others' tools, and what is never in it."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.credentials import keys, service, status_lists, tokens
from darsgah.credentials.addresses import Addresses
from darsgah.credentials.errors import AlreadyRevoked, ClaimsTooMuch, KeyLocked, RevokedBefore
from darsgah.credentials.issuing import Issuing
from darsgah.credentials.models import Credential, IssuerKey, StatusList
from darsgah.credentials.schemas import AchievementPlan, Alignment, Kind
from darsgah.credentials.verification import Finding, verify
from darsgah.db.columns import now
from darsgah.db.session import Database
from darsgah.errors import NotFound
from darsgah.notices.models import Notice
from tests.credentials.awarding import ISSUER, ISSUING, PLAN, award, did_documents, token_of
from tests.network import Network, build_network

SCHEMA = json.loads(Path(__file__).with_name("achievement_credential.schema.json").read_text())


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """Two hubs with people, rolled back after the test."""
    return await build_network(session, memory_blobs())


async def test_another_verifier_believes_it(session: AsyncSession, network: Network) -> None:
    credential_id = await service.award(session, ISSUING, award(network))
    token = await token_of(session, network, "learner", credential_id)
    fetch = await did_documents(session)
    found = OB3Verifier.for_issuer_did(ISSUER, download=fetch).verify(token)
    assert found.achievement.name == PLAN.name
    assert [result.value for result in found.results] == ["4", "87", "4"]
    assert found.achievement.alignments[0].target_code == "4"
    header = tokens.read(token).header
    assert header.keys() == {"alg", "typ", "kid", "jwk"}
    assert "d" not in header["jwk"]


async def test_it_is_what_the_specification_says(session: AsyncSession, network: Network) -> None:
    """Held against ``achievement_credential.schema.json``, see there."""
    until = now() + timedelta(days=365)
    credential_id = await service.award(session, ISSUING, award(network, valid_until=until))
    payload = tokens.read(await token_of(session, network, "learner", credential_id)).payload
    validator = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(payload)] == []
    assert payload["exp"] == int(until.timestamp())
    for needed in ("issuer", "credentialSubject", "validFrom", "iss", "nbf", "jti", "sub", "@context"):
        broken = {name: value for name, value in payload.items() if name != needed}
        assert list(validator.iter_errors(broken)), needed
    assert list(validator.iter_errors({**payload, "validFrom": "yesterday"}))


async def test_the_address_of_a_learner_is_nowhere_in_it(session: AsyncSession, network: Network) -> None:
    credential_id = await service.award(session, ISSUING, award(network))
    payload = tokens.read(await token_of(session, network, "learner", credential_id)).payload
    whole = json.dumps(payload)
    assert "learner@example.org" not in whole
    assert str(network.people["learner"].account_id) not in whole
    hashed = payload["credentialSubject"]["identifier"][1]
    assert hashed["hashed"] is True
    assert hashed["identityHash"].startswith("sha256$")
    assert hashed["salt"]


async def test_awarding_twice_gives_one(session: AsyncSession, network: Network) -> None:
    first = await service.award(session, ISSUING, award(network))
    assert await service.award(session, ISSUING, award(network)) == first
    other = await service.award(session, ISSUING, award(network, reference="project 2"))
    assert other != first
    told = sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "credential_awarded")
    assert (await session.execute(told)).scalar_one() == 2


async def test_two_at_once_give_one(database: Database) -> None:
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())

    async def once() -> UUID:
        async with database.begin() as session:
            return await service.award(session, ISSUING, award(network))

    assert len(set(await asyncio.gather(once(), once(), once()))) == 1
    async with database.begin() as session:
        assert (await session.execute(sa.select(sa.func.count()).select_from(IssuerKey))).scalar_one() == 1


async def test_only_whoever_means_it_awards_what_was_revoked(session: AsyncSession, network: Network) -> None:
    first = await service.award(session, ISSUING, award(network))
    await service.revoke(session, network.people["hub_admin"], first, "It was not their work.")
    with pytest.raises(AlreadyRevoked):
        await service.revoke(session, network.people["hub_admin"], first, "Again.")
    with pytest.raises(RevokedBefore):
        await service.award(session, ISSUING, award(network))
    assert await service.award(session, ISSUING, award(network, again=True)) != first


@pytest.mark.parametrize("who", ["learner", "instructor", "mentor", "other_hub_admin", "auditor"])
async def test_only_its_administrators_revoke(session: AsyncSession, network: Network, who: str) -> None:
    credential_id = await service.award(session, ISSUING, award(network))
    with pytest.raises(NotFound):
        await service.revoke(session, network.people[who], credential_id, "Why not?")


async def test_places_are_drawn_at_random_in_a_large_list(session: AsyncSession, network: Network) -> None:
    for number in range(6):
        await service.award(session, ISSUING, award(network, reference=str(number)))
    places = (await session.execute(sa.select(Credential.status_index))).scalars().all()
    kept = (await session.execute(sa.select(StatusList))).scalar_one()
    assert kept.size >= 131_072
    assert (kept.taken, len(set(places))) == (6, 6)
    assert sorted(places) != list(range(6))


async def test_a_list_that_is_half_full_is_followed_by_another(
    session: AsyncSession, network: Network
) -> None:
    await service.award(session, ISSUING, award(network))
    kept = (await session.execute(sa.select(StatusList))).scalar_one()
    kept.taken = kept.size // 2
    await service.award(session, ISSUING, award(network, reference="next"))
    numbers = (
        (await session.execute(sa.select(StatusList.number).order_by(StatusList.number))).scalars().all()
    )
    assert numbers == [1, 2]


async def test_a_list_is_made_again_on_change_and_before_it_ages(
    session: AsyncSession, network: Network
) -> None:
    credential_id = await service.award(session, ISSUING, award(network))
    (list_id,) = (await session.execute(sa.select(StatusList.id))).scalars()
    first = await status_lists.current(session, ISSUING, list_id)
    assert await status_lists.current(session, ISSUING, list_id) == first
    row = (await session.execute(sa.select(StatusList))).scalar_one()
    assert row.signed_at
    row.signed_at -= status_lists.RENEW_BEFORE + timedelta(minutes=1)
    later = await status_lists.current(session, ISSUING, list_id)
    assert later != first or row.signed_at > now() - timedelta(minutes=1)
    await service.revoke(session, network.people["network_admin"], credential_id, "A mistake.")
    revoked = tokens.read(await status_lists.current(session, ISSUING, list_id)).payload
    place = (await session.execute(sa.select(Credential.status_index))).scalar_one()
    subject = revoked["credentialSubject"]
    assert status_lists.is_set(subject, place) is True
    assert status_lists.is_set(subject, (place + 1) % 131_072) is False
    assert status_lists.is_set(subject, 131_072) is None
    assert subject["ttl"] == 300_000
    assert revoked["exp"] - revoked["nbf"] == 24 * 3600


async def test_another_verifier_sees_what_was_revoked(session: AsyncSession, network: Network) -> None:
    credential_id = await service.award(session, ISSUING, award(network))
    token = await token_of(session, network, "learner", credential_id)
    read = await did_documents(session)
    (list_id,) = (await session.execute(sa.select(StatusList.id))).scalars()
    lists = {ISSUING.addresses.status_list(list_id): await status_lists.current(session, ISSUING, list_id)}

    def fetch(address: str) -> bytes:
        return lists[address].encode() if address in lists else read(address)

    def check() -> None:
        verifier = OB3Verifier.for_issuer_did(ISSUER, download=fetch)
        verifier.verify(token, check_status=True, download=fetch)

    check()
    await service.revoke(session, network.people["hub_admin"], credential_id, "A mistake.")
    lists[next(iter(lists))] = await status_lists.current(session, ISSUING, list_id)
    with pytest.raises(OB3VerificationError, match="revocation"):
        check()


async def test_keys_are_kept_closed(session: AsyncSession, network: Network) -> None:
    await service.award(session, ISSUING, award(network))
    (row,) = (await session.execute(sa.select(IssuerKey))).scalars()
    assert row.sealed
    assert b'"d"' not in row.sealed
    assert "d" not in row.public_jwk
    elsewhere = Issuing(ISSUING.addresses, "another secret of thirty-two letters!")
    with pytest.raises(KeyLocked):
        await service.award(session, elsewhere, award(network, "classmate"))
    row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
    with pytest.raises(KeyLocked):
        await service.award(session, ISSUING, award(network, "classmate"))
    row.sealed = b"\x02nonsense"
    with pytest.raises(KeyLocked):
        await service.award(session, ISSUING, award(network, "classmate"))


async def test_what_a_retired_key_signed_counts(session: AsyncSession, network: Network) -> None:
    credential_id = await service.award(session, ISSUING, award(network))
    token = await token_of(session, network, "learner", credential_id)
    hub = await keys.issuing_hub(session, network.hub_id)
    await keys.rotate(session, ISSUING, hub, by=network.people["network_admin"], reason="Once a year.")
    (retired,) = (await session.execute(sa.select(IssuerKey).where(IssuerKey.state == "retired"))).scalars()
    assert retired.sealed is None
    assert (await verify(session, ISSUING.addresses, token)).finding is Finding.VALID
    fetch = await did_documents(session)
    OB3Verifier.for_issuer_did(ISSUER, download=fetch).verify(token)
    new = await token_of(
        session, network, "classmate", await service.award(session, ISSUING, award(network, "classmate"))
    )
    assert tokens.read(new).header["kid"] != tokens.read(token).header["kid"]
    OB3Verifier.for_issuer_did(ISSUER, download=fetch).verify(new)


async def test_what_is_being_signed_is_signed_again_as_well(database: Database) -> None:
    """A key is marked while an award has taken it and is not yet written: the mark waits for the award."""
    async with database.begin() as session:
        network = await build_network(session, memory_blobs())
        await service.award(session, ISSUING, award(network))

    async def mark() -> int:
        async with database.begin() as session:
            row = await session.scalar(sa.select(IssuerKey))
            assert row
            return await keys.compromise(session, ISSUING, row.id, by=None, reason="A laptop was stolen.")

    async with database.begin() as session:
        await keys.signing_key(session, ISSUING, await keys.issuing_hub(session, network.hub_id))
        marking = asyncio.create_task(mark())
        await asyncio.wait([marking], timeout=0.5)
        made = await service.award(session, ISSUING, award(network, "classmate"))
    assert await marking == 2
    async with database.begin() as session:
        token = await token_of(session, network, "classmate", made)
        assert (await verify(session, ISSUING.addresses, token)).valid


async def test_what_a_compromised_key_signed_is_signed_again(session: AsyncSession, network: Network) -> None:
    credential_id = await service.award(session, ISSUING, award(network))
    before = await token_of(session, network, "learner", credential_id)
    (row,) = (await session.execute(sa.select(IssuerKey))).scalars()
    assert await keys.compromise(session, ISSUING, row.id, by=None, reason="A laptop was stolen.") == 1
    after = await token_of(session, network, "learner", credential_id)
    said, says = tokens.read(before).payload, tokens.read(after).payload
    assert said == says
    assert (await verify(session, ISSUING.addresses, before)).finding is Finding.KEY_COMPROMISED
    assert (await verify(session, ISSUING.addresses, after)).finding is Finding.VALID
    published = await keys.key_set(session)
    assert [one["kid"] for one in published["compromised"]] == [row.kid]
    assert row.kid not in {one["kid"] for one in published["keys"]}
    fetch = await did_documents(session)
    with pytest.raises(OB3VerificationError):
        OB3Verifier.for_issuer_did(ISSUER, download=fetch).verify(before)
    OB3Verifier.for_issuer_did(ISSUER, download=fetch).verify(after)
    (next_one,) = (await session.execute(sa.select(IssuerKey).where(IssuerKey.state == "active"))).scalars()
    assert await keys.compromise(session, ISSUING, next_one.id, by=None, reason="Again.") == 1


async def test_another_address_is_another_issuer(session: AsyncSession, network: Network) -> None:
    moved = Issuing(Addresses("http://127.0.0.1:8123"), ISSUING.secret)
    credential_id = await service.award(session, moved, award(network))
    token = await token_of(session, network, "learner", credential_id)
    assert tokens.read(token).payload["iss"] == "did:web:127.0.0.1%3A8123:issuers:khi-saddar"
    assert (await verify(session, moved.addresses, token)).valid


async def test_the_network_issues_too(session: AsyncSession, network: Network) -> None:
    plan = AchievementPlan(Kind.HACKATHON, "2026", "A hackathon", "Two days.", "Hand in an entry.")
    credential_id = await service.award(
        session, ISSUING, award(network, hub_id=None, achievement=plan, trl=None)
    )
    payload = tokens.read(await token_of(session, network, "learner", credential_id)).payload
    assert payload["iss"] == "did:web:learn.example.org"
    assert payload["credentialSubject"]["achievement"]["achievementType"] == "Award"


@pytest.mark.parametrize(
    "claim", ["Accredited by X", "is certified by the council", "officially recognised", "منظور شدہ"]
)
async def test_an_alignment_describes_and_claims_nothing(
    session: AsyncSession, network: Network, claim: str
) -> None:
    plan = AchievementPlan(
        Kind.UNIT,
        "u1",
        "A unit",
        "A unit.",
        "Do it.",
        alignments=(Alignment("L", "https://x.test", description=claim),),
    )
    with pytest.raises(ClaimsTooMuch):
        await service.award(session, ISSUING, award(network, achievement=plan))


async def test_other_words_are_another_version(session: AsyncSession, network: Network) -> None:
    first = await service.award(session, ISSUING, award(network))
    plan = AchievementPlan(PLAN.kind, PLAN.subject, PLAN.name, "Other words.", PLAN.criteria)
    second = await service.award(session, ISSUING, award(network, "classmate", achievement=plan))
    third = await service.award(session, ISSUING, award(network, "outsider"))
    rows = {row.id: row for row in (await session.execute(sa.select(Credential))).scalars()}
    assert rows[first].achievement_id == rows[third].achievement_id != rows[second].achievement_id
    assert (await service.achievement(session, rows[second].achievement_id)).version == 2
