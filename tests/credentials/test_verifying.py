"""What a check finds: of genuine credentials, and of whatever else somebody may show."""

import base64
import hashlib
import hmac
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from openbadgeslib.baking import ITXT_KEYWORD_OB3, bake_png
from openbadgeslib.ob3 import OB3VerificationError, OB3Verifier
from openbadgeslib.ob3.status import check_credential_status
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from darsgah.blobs.store import memory_blobs
from darsgah.credentials import keys, rasters, service, status_lists, tokens
from darsgah.credentials.carriers import token_in
from darsgah.credentials.findings import WORDS
from darsgah.credentials.models import Credential, IssuerKey, StatusList
from darsgah.credentials.pictures import credential_picture, qr_code
from darsgah.credentials.sealing import unseal
from darsgah.credentials.tokens import SigningKey
from darsgah.credentials.verification import Finding, verify
from darsgah.db.columns import now
from tests.credentials.awarding import ISSUER, ISSUING, award, did_documents, token_of
from tests.network import Network, build_network

SMALLEST_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
)


@pytest.fixture
async def network(session: AsyncSession) -> Network:
    """Two hubs with people, rolled back after the test."""
    return await build_network(session, memory_blobs())


@pytest.fixture
async def token(session: AsyncSession, network: Network) -> str:
    """A genuine credential of the learner's, which stays private."""
    return await token_of(session, network, "learner", await service.award(session, ISSUING, award(network)))


async def found(session: AsyncSession, token: str, kept_list: str = "", *, days: int = 0) -> Finding:
    """What the check of a token finds, so many days from now."""
    moment = now() + timedelta(days=days)
    return (await verify(session, ISSUING.addresses, token, kept_list, moment=moment)).finding


def part(value: object) -> str:
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def with_payload(token: str, **changes: object) -> str:
    """The token with other claims and the signature it had."""
    head, _, signature = token.split(".")
    return f"{head}.{part({**tokens.read(token).payload, **changes})}.{signature}"


def with_header(token: str, header: Mapping[str, object], signature: str = "") -> str:
    """The token with another header and signature."""
    return f"{part(header)}.{token.split('.')[1]}.{signature}"


async def own_key(session: AsyncSession, issuer: str = ISSUER) -> SigningKey:
    """The issuer's private key, as only whoever has the operator's secret may have it."""
    (row,) = (await session.execute(sa.select(IssuerKey).where(IssuerKey.issuer == issuer))).scalars()
    jwk = json.loads(unseal(ISSUING.secret, row.sealed or b"", purpose=row.kid))
    return SigningKey(row.kid, row.issuer, jwk)


async def test_a_stranger_verifies_what_its_owner_keeps_private(session: AsyncSession, token: str) -> None:
    verdict = await verify(session, ISSUING.addresses, token)
    assert (verdict.finding, verdict.valid, verdict.issuer) == (Finding.VALID, True, ISSUER)
    assert verdict.facts
    assert (verdict.facts.recipient, verdict.facts.page) == ("Learner", "")


async def test_altered(session: AsyncSession, token: str) -> None:
    assert await found(session, with_payload(token, name="Something better")) is Finding.ALTERED
    assert await found(session, with_payload(token, validFrom="2020-01-01T00:00:00Z")) is Finding.ALTERED
    assert await found(session, token[:-1]) is Finding.ALTERED, "a letter was lost on the way"
    subject = tokens.read(token).payload["credentialSubject"]
    other = {**subject, "identifier": [{**subject["identifier"][0], "identityHash": "Somebody Else"}]}
    assert await found(session, with_payload(token, credentialSubject=other)) is Finding.ALTERED
    assert (
        await found(session, token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB"))
        is Finding.ALTERED
    )


async def test_forged(session: AsyncSession, token: str) -> None:
    """Signed by a key of the forger's own, which the header brings along."""
    kid, payload = tokens.read(token).header["kid"], tokens.read(token).payload
    jwk = tokens.new_jwk()
    forged = tokens.sign(SigningKey(kid, ISSUER, jwk), payload, tokens.CREDENTIAL_TYPE)
    assert await found(session, forged) is Finding.FORGED
    better = tokens.sign(SigningKey(kid, ISSUER, jwk), {**payload, "name": "Better"}, tokens.CREDENTIAL_TYPE)
    assert await found(session, better) is Finding.FORGED
    unheard = {
        **payload,
        "id": "https://learn.example.org/credentials/x",
        "jti": "https://learn.example.org/credentials/x",
    }
    assert await found(session, tokens.sign(SigningKey(kid, ISSUER, jwk), unheard, "JWT")) is Finding.FORGED
    own = f"{ISSUER}#{tokens.thumbprint(jwk)}"
    assert await found(session, tokens.sign(SigningKey(own, ISSUER, jwk), payload, "JWT")) is Finding.FORGED


async def test_no_algorithm_and_no_signature(session: AsyncSession, token: str) -> None:
    header = tokens.read(token).header
    for name in ("none", "None", "NONE"):
        assert await found(session, with_header(token, {**header, "alg": name})) is Finding.FORGED
    assert await found(session, with_header(token, header)) is Finding.ALTERED


async def test_the_public_key_taken_for_a_shared_secret(session: AsyncSession, token: str) -> None:
    header = {**tokens.read(token).header, "alg": "HS256"}
    public = header["jwk"]["x"]
    for secret in (
        public.encode(),
        base64.urlsafe_b64decode(public + "="),
        json.dumps(header["jwk"]).encode(),
    ):
        signed = with_header(token, header).rstrip(".")
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        made = f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"
        assert await found(session, made) is Finding.FORGED


@pytest.mark.parametrize(
    "kid", ["", "#x", f"{ISSUER}#nothing", "https://evil.example/keys/1", None, 7, "\x00", "é" * 9, ISSUER]
)
async def test_a_key_of_another_name(session: AsyncSession, token: str, kid: object) -> None:
    key = await own_key(session)
    header = {"alg": "EdDSA", "typ": "JWT", "kid": kid}
    whole = tokens.sign(key, tokens.read(token).payload, "JWT")
    assert await found(session, with_header(whole, header, whole.split(".")[2])) is Finding.FORGED


async def test_a_key_of_another_hub(session: AsyncSession, network: Network, token: str) -> None:
    """One hub may not speak in another's name, though both keys are the platform's own."""
    await service.award(session, ISSUING, award(network, "other_learner", hub_id=network.other_hub_id))
    other = await own_key(session, "did:web:learn.example.org:issuers:khi-korangi")
    forged = tokens.sign(other, tokens.read(token).payload, tokens.CREDENTIAL_TYPE)
    assert await found(session, forged) is Finding.FORGED
    fetch = await did_documents(session)
    with pytest.raises(OB3VerificationError):
        OB3Verifier.for_issuer_did(ISSUER, download=fetch).verify(forged)


async def test_claims_that_say_another_thing_than_the_document(session: AsyncSession, token: str) -> None:
    key, payload = await own_key(session), tokens.read(token).payload
    for claim, value in {"sub": "urn:x", "jti": "urn:x", "nbf": 1, "exp": 1}.items():
        made = tokens.sign(key, {**payload, claim: value}, "JWT")
        assert await found(session, made) is Finding.FORGED, claim


async def test_a_list_is_no_credential(session: AsyncSession, token: str) -> None:
    (list_id,) = (await session.execute(sa.select(StatusList.id))).scalars()
    kept = await status_lists.current(session, ISSUING, list_id)
    assert await found(session, kept) is Finding.NOT_A_CREDENTIAL
    assert await found(session, token, token) is Finding.LIST_WRONG
    key = await own_key(session)
    as_list = tokens.sign(key, tokens.read(token).payload, tokens.LIST_TYPE)
    assert await found(session, as_list) is Finding.FORGED
    as_credential = tokens.sign(key, tokens.read(kept).payload, tokens.CREDENTIAL_TYPE)
    assert await found(session, token, as_credential) is Finding.LIST_WRONG


async def test_expired_and_not_yet(session: AsyncSession, network: Network) -> None:
    until = now() + timedelta(days=30)
    made = await service.award(session, ISSUING, award(network, valid_until=until))
    token = await token_of(session, network, "learner", made)
    assert await found(session, token) is Finding.VALID
    assert await found(session, token, days=31) is Finding.EXPIRED
    assert await found(session, token, days=-1) is Finding.NOT_YET


async def test_revoked(session: AsyncSession, network: Network, token: str) -> None:
    (row,) = (await session.execute(sa.select(Credential))).scalars()
    (list_id,) = (await session.execute(sa.select(StatusList.id))).scalars()
    before = await status_lists.current(session, ISSUING, list_id)
    assert await found(session, token, before) is Finding.VALID
    await service.revoke(session, network.people["hub_admin"], row.id, "A mistake.")
    assert await found(session, token) is Finding.REVOKED
    assert await found(session, token, before) is Finding.REVOKED, "an older list does not bring it back"


async def test_a_list_from_before_the_revocation_is_soon_too_old(
    session: AsyncSession, network: Network, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For ours, and for another verifier that is shown the old copy when it looks it up."""
    (list_id,) = (await session.execute(sa.select(StatusList.id))).scalars()
    before = await status_lists.current(session, ISSUING, list_id)
    assert await found(session, token, before, days=2) is Finding.LIST_TOO_OLD
    fetch = await did_documents(session)
    read = OB3Verifier.for_issuer_did(ISSUER, download=fetch).verify(token)
    check_credential_status(read, download=lambda _: before.encode())
    monkeypatch.setattr("openbadgeslib.ob3.status.CLOCK_SKEW_LEEWAY", timedelta(days=-2))
    with pytest.raises(OB3VerificationError, match="expired"):
        check_credential_status(read, download=lambda _: before.encode())


async def test_a_list_that_is_not_the_issuers(session: AsyncSession, network: Network, token: str) -> None:
    (kept_row,) = (await session.execute(sa.select(StatusList))).scalars()
    kept = await status_lists.current(session, ISSUING, kept_row.id)
    said = tokens.read(kept).payload
    mine = SigningKey(tokens.read(kept).header["kid"], ISSUER, tokens.new_jwk())
    assert await found(session, token, tokens.sign(mine, said, tokens.LIST_TYPE)) is Finding.LIST_WRONG
    assert await found(session, token, "nonsense") is Finding.LIST_WRONG
    key = await own_key(session)
    for changed in (
        {"id": "https://learn.example.org/status-lists/other"},
        {"credentialSubject": {"encodedList": "uH4sI"}},
        {"credentialSubject": {**said["credentialSubject"], "encodedList": status_lists.encoded((), 8)}},
        {"nbf": int(now().timestamp()) + 4000},
        {"exp": "tomorrow"},
    ):
        made = tokens.sign(key, {**said, **changed}, tokens.LIST_TYPE)
        assert await found(session, token, made) is Finding.LIST_WRONG, changed


async def test_who_is_not_known(session: AsyncSession, token: str) -> None:
    theirs = "did:web:elsewhere.example:issuers:khi-saddar"
    assert await found(session, with_payload(token, iss=theirs)) is Finding.OTHER_PLATFORM
    assert await found(session, with_payload(token, iss="https://learn.example.org.evil.example")) is (
        Finding.OTHER_PLATFORM
    )
    nobodys = "did:web:learn.example.org:issuers:nowhere"
    assert await found(session, with_payload(token, iss=nobodys)) is Finding.UNKNOWN_ISSUER
    assert await found(session, with_payload(token, iss={"a": 1})) is Finding.FORGED
    older = {
        "vc": {"type": ["VerifiableCredential", "OpenBadgeCredential"]},
        "iss": "https://elsewhere.example",
    }
    assert await found(session, f"{part({'alg': 'RS256'})}.{part(older)}.AAAA") is Finding.OTHER_PLATFORM


async def test_what_was_never_given_out(session: AsyncSession, token: str) -> None:
    key, payload = await own_key(session), tokens.read(token).payload
    other = "https://learn.example.org/credentials/01890a5d-ac96-774b-bcce-b302099a8057"
    assert await found(session, tokens.sign(key, {**payload, "id": other, "jti": other}, "JWT")) is (
        Finding.NOT_ON_RECORD
    )


NONSENSE: Mapping[str, str] = {
    "empty": "",
    "words": "my certificate",
    "two parts": "a.b",
    "no JSON": "e30.bm9uc2Vuc2U.AA",
    "a list": f"{part([])}.{part([])}.AA",
    "deep": f"{part({})}.{base64.urlsafe_b64encode(b'[' * 50_000).decode()}.AA",
    "long": f"{part({})}.{'A' * 300_000}.AA",
    "letters": f"{part({})}.{part({'type': 'é'})}.é",
    "surrogate": base64.urlsafe_b64encode(b'{"a": "\\ud800"}').decode() + ".e30.AA",
}


@pytest.mark.parametrize("nonsense", NONSENSE)
async def test_nonsense(session: AsyncSession, nonsense: str) -> None:
    assert await found(session, NONSENSE[nonsense]) in {Finding.UNREADABLE, Finding.NOT_A_CREDENTIAL}


ODD: tuple[Any, ...] = (None, 7, {}, "\x00", [["OpenBadgeCredential"]], 1e300)


async def test_odd_values_everywhere(session: AsyncSession, token: str) -> None:
    payload, key = tokens.read(token).payload, await own_key(session)
    for name in (*payload, "exp", "validUntil"):
        for odd in ODD:
            made = {**payload, name: odd}
            assert await found(session, with_payload(token, **{name: odd})) is not Finding.VALID
            finding = await found(session, tokens.sign(key, made, "JWT"))
            unsaid = {"name", "evidence", "@context", "credentialSchema", "credentialStatus"}
            assert finding is not Finding.VALID or name in unsaid, (name, odd)
    for odd in ODD:
        for name in ("alg", "typ", "kid", "jwk", "crit", "b64"):
            header = {**tokens.read(token).header, name: odd}
            assert await found(session, with_header(token, header, token.split(".")[2])) in {
                Finding.FORGED,
                Finding.ALTERED,
            }


async def test_pictures_carry_it(session: AsyncSession, token: str) -> None:
    name, hidden = "<b>A & B</b> \x01 «»", "نمونہ طالبِ علم"
    drawn = credential_picture(name, hidden, "Hub", now(), address="https://x.test/c", token=token)
    assert "<b>" not in drawn
    assert "\x01" not in drawn
    assert OB3Verifier.extract_token_from_svg(drawn.encode()) == token == token_in(drawn.encode())
    for packed in (SMALLEST_PNG,):
        assert token_in(bake_png(packed, token, keyword=ITXT_KEYWORD_OB3)) == token
    assert token_in(SMALLEST_PNG) is None
    assert token_in(f"\n {token[:40]}\n{token[40:]} ".encode()) == token
    assert token_in(b"<svg></svg>") is None
    assert token_in(b"\xff\xfe") is None
    assert token_in(SMALLEST_PNG[:40] + b"\xff" * 40) is None
    assert "<svg" in qr_code("https://learn.example.org/credentials/x")


def written(picture: bytes, box: tuple[int, int, int, int]) -> bool:
    """Whether anything stands in that part of a picture."""
    part = Image.open(io.BytesIO(picture)).convert("L").crop(box)
    return bool(part.getextrema() != (part.getpixel((0, 0)),) * 2)


async def test_a_png_carries_it_and_shows_its_words(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    long, recipient, code = "Something that was earned " * 6, (80, 640, 1100, 760), (1190, 590, 1500, 900)

    def png(who: str) -> bytes:
        return rasters.credential_png(long, who, "Hub", now(), address="https://x.test/c", token=token)

    drawn = png("Learner")
    assert OB3Verifier.extract_token_from_png(drawn) == token == token_in(drawn)
    assert len(drawn) < 100_000
    assert written(drawn, recipient)
    assert written(drawn, code)
    assert not written(png("学习者"), recipient), "boxes in the place of letters"
    monkeypatch.setattr("PIL.features.check", lambda _: False)
    assert not written(png("نمونہ طالبِ علم"), recipient), "letters that are not joined"


async def test_keys_published_are_public(session: AsyncSession, token: str) -> None:
    published = json.dumps([await keys.key_set(session), await keys.did_document(session, ISSUER, "x")])
    private = (await own_key(session)).jwk["d"]
    assert private not in published
    assert '"d"' not in published
    assert tokens.read(token).header["kid"] in published


def test_each_finding_has_words_of_its_own() -> None:
    assert set(WORDS) == set(Finding)
    for part in (0, 1):
        assert len({str(words[part]) for words in WORDS.values()}) == len(Finding)
