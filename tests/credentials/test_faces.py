"""Credentials over HTTP: who sees what, what is served to programs, and the pages that people use."""

import base64
import html
import json
import re
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from darsgah.credentials import service, status_lists, tokens
from darsgah.credentials.issuing import Issuing
from tests.credentials.awarding import award
from tests.network import HUB, Platform
from tests.web.test_weird_input import NONSENSE

API = "/api/v1/credentials"


@pytest.fixture
def issuing(platform: Platform) -> Issuing:
    """As the application has it."""
    return Issuing.of(platform.settings)


@pytest.fixture
async def made(platform: Platform, issuing: Issuing, request: pytest.FixtureRequest) -> UUID:
    """A credential of the learner's, another for each test."""
    async with platform.database.begin() as session:
        wanted = award(platform.network, reference=request.node.name)
        return await service.award(session, issuing, wanted)


@pytest.fixture
async def token(platform: Platform, issuing: Issuing, made: UUID) -> str:
    """Its JWT."""
    async with platform.database.begin() as session:
        learner = platform.network.people["learner"]
        return (await service.credential(session, issuing.addresses, learner, made))[1]


async def show(platform: Platform, made: UUID, *, public: bool) -> None:
    """The owner switches it."""
    async with platform.program("learner") as owner:
        answer = await owner.put(f"{API}/{made}/visibility", json={"public": public})
        assert answer.status_code == 200


def of(made: UUID) -> list[str]:
    """Every address that shows a credential."""
    page = f"/credentials/{made}"
    files = ("credential.jwt", "picture.svg", "picture.png", "certificate")
    return [page, f"{API}/{made}", f"{API}/{made}/jwt", *(f"{page}/{name}" for name in files)]


async def statuses(platform: Platform, made: UUID, who: str | None) -> set[int]:
    """What somebody is answered at all of them."""
    async with platform.program(who) as client:
        return {(await client.get(address)).status_code for address in of(made)}


async def test_its_owner_decides_who_sees_it(platform: Platform, made: UUID, token: str) -> None:
    strangers = (None, "classmate", "other_instructor", "other_hub_admin", "mentor")
    for who in strangers:
        assert await statuses(platform, made, who) == {404}, who
    for who in ("learner", "instructor", "hub_admin", "network_admin", "auditor"):
        assert await statuses(platform, made, who) == {200}, who
    async with platform.client() as stranger:
        answer = await stranger.post(f"{API}/verification", json={"credential": token})
        assert (answer.status_code, answer.json()["valid"]) == (200, True)
        assert answer.json()["facts"]["page"] == ""
    for who in ("classmate", "hub_admin"):
        async with platform.program(who) as other:
            answer = await other.put(f"{API}/{made}/visibility", json={"public": True})
            assert answer.status_code == 404
    await show(platform, made, public=True)
    for who in strangers:
        assert await statuses(platform, made, who) == {200}, who
    async with platform.client() as stranger:
        answer = await stranger.post(f"{API}/verification", json={"credential": token})
        assert answer.json()["facts"]["page"].endswith(f"/credentials/{made}")
    await show(platform, made, public=False)
    assert await statuses(platform, made, None) == {404}


async def test_the_switch_on_the_page(platform: Platform, made: UUID) -> None:
    async with platform.browser("learner") as owner, platform.client() as stranger:
        page = f"/credentials/{made}"
        assert "Make it public" in (await owner.get(page)).text
        assert (await owner.post(f"{page}/visibility", data={"public": "true"})).status_code == 303
        shown = (await stranger.get(page)).text
        assert "This credential is valid." in shown
        assert "Make it" not in shown
        assert "Revoke" not in shown
        assert (await owner.post(f"{page}/visibility", data={"public": "maybe"})).status_code == 422
        assert (await owner.post(f"{page}/visibility", data={"public": "false"})).status_code == 303
        assert (await stranger.get(page)).status_code == 404


async def test_revoking_on_the_page(platform: Platform, made: UUID, token: str) -> None:
    await show(platform, made, public=True)
    page = f"/credentials/{made}"
    async with platform.browser("hub_admin") as admin, platform.client() as stranger:
        empty = await admin.post(f"{page}/revoke", data={"reason": " "})
        assert empty.status_code == 422
        assert "This is needed." in empty.text
        long = await admin.post(f"{page}/revoke", data={"reason": "because " * 200})
        assert long.status_code == 422
        assert "because because" in long.text, "what was typed is kept"
        done = await admin.post(f"{page}/revoke", data={"reason": "Copied <b>work</b>."})
        assert done.status_code == 303
        assert "Copied &lt;b&gt;work" in (await admin.get(page)).text
        assert (await admin.post(f"{page}/revoke", data={"reason": "Again."})).status_code == 409
        seen = (await stranger.get(page)).text
        assert "This credential was revoked." in seen
        assert "Copied" not in seen
        assert (await stranger.get(f"{page}/certificate")).status_code == 404
        answer = await stranger.post(f"{API}/verification", json={"credential": token})
        assert answer.json()["finding"] == "revoked"
    async with platform.program("learner") as owner:
        assert (await owner.get(f"{API}/{made}")).json()["revoked_reason"] == "Copied <b>work</b>."


async def checked(client: httpx.AsyncClient, **sent: object) -> str:
    """What the page of checks says."""
    answer = await client.post("/verify", **sent)  # type: ignore[arg-type] # httpx's own
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_the_page_of_checks_takes_text_files_and_pictures(
    platform: Platform, made: UUID, token: str
) -> None:
    async with platform.program("learner") as owner:
        picture = (await owner.get(f"/credentials/{made}/picture.svg")).content
        drawn = (await owner.get(f"/credentials/{made}/picture.png")).content
        saved = await owner.get(f"/credentials/{made}/picture.svg?save=true")
        assert "attachment" in saved.headers["content-disposition"]
        file = await owner.get(f"/credentials/{made}/credential.jwt")
        assert file.text == token
    async with platform.browser() as stranger:
        for sent in (
            {"data": {"credential": f"\n  {token}\n"}},
            {"files": {"file": ("x.svg", picture)}},
            {"files": {"file": ("x.png", drawn)}},
            {"files": {"file": ("x.jwt", token.encode())}},
        ):
            said = await checked(stranger, **sent)
            assert "This credential is valid." in said
            assert "Learner" in said
            for as_program in ({"json": {"credential": picture.decode()}}, sent):
                if "data" not in as_program:
                    told = await stranger.post(f"{API}/verification", **as_program)  # type: ignore[arg-type] # httpx's own
                    assert told.json()["finding"] == "valid", told.text
        altered = token[:-5] + "AAAAA"
        assert "This credential was altered." in await checked(stranger, data={"credential": altered})
        assert altered in await checked(stranger, data={"credential": altered}), "what was pasted stays"
        photo = {"files": {"file": ("x.png", b"\x89PNG\r\n\x1a\n" + bytes(40))}}
        assert "No credential was found in it." in await checked(stranger, **photo)
        nothing = await stranger.post("/verify", data={"credential": ""})
        assert nothing.status_code == 422
        assert "Paste a credential, or choose a file." in nothing.text
        large = await stranger.post("/verify", files={"file": ("x.svg", bytes(2**21 + 1))})
        assert large.status_code == 413
        odd = await checked(stranger, data={"credential": token, "status_list": "nonsense"})
        assert "The list of revocations does not fit." in odd
        await stranger.post("/language", data={"language": "ur"})
        assert 'dir="rtl"' in await checked(stranger, data={"credential": token})


async def test_nonsense_at_every_door(platform: Platform, made: UUID) -> None:
    async with platform.browser() as client, platform.browser("learner") as owner:
        for nonsense in NONSENSE.values():
            raw = nonsense.encode("utf-8", "surrogatepass")
            for answer in (
                await client.post("/verify", data={"credential": raw, "status_list": raw}),
                await client.post(
                    "/verify", files={"file": (nonsense[:50].encode("utf-8", "ignore").decode(), raw)}
                ),
                await owner.post(f"/credentials/{made}/visibility", data={"public": raw}),
                await client.post(
                    f"{API}/verification",
                    content=json.dumps({"credential": nonsense or "x", "status_list": nonsense}),
                    headers={"Content-Type": "application/json"},
                ),
            ):
                assert answer.status_code < 500, answer.text
        for path in (
            "/issuers/%00",
            "/issuers/%ff/did.json",
            "/issuers/..%2f/jwks.json",
            "/api/v1/issuers/%00x",
        ):
            assert (await client.get(path)).status_code in {400, 404}


async def test_what_programs_read(platform: Platform, made: UUID, token: str) -> None:
    payload = tokens.read(token).payload
    async with platform.client() as program:
        for path in (f"/issuers/{HUB}/did.json", f"/issuers/{HUB}/jwks.json", "/.well-known/jwks.json"):
            answer = await program.get(path)
            assert answer.status_code == 200
            assert answer.headers["access-control-allow-origin"] == "*"
            assert tokens.read(token).header["kid"] in answer.text
            assert '"d"' not in answer.text
        assert (await program.get("/issuers/khi-korangi/did.json")).status_code == 404
        assert (await program.get("/.well-known/did.json")).status_code == 404, (
            "the network signed nothing yet"
        )
        address = payload["credentialStatus"]["statusListCredential"]
        listed = await program.get(httpx.URL(address).path)
        assert listed.headers["content-type"] == "application/vc+jwt"
        subject = tokens.read(listed.text).payload["credentialSubject"]
        place = int(payload["credentialStatus"]["statusListIndex"])
        assert status_lists.is_set(subject, place) is False
        achievement = httpx.URL(payload["credentialSubject"]["achievement"]["id"]).path
        assert "Flood maps" in (await program.get(achievement)).text
        assert "Flood maps" in (await program.get(f"{achievement}/picture.svg")).text
        assert (await program.get(f"/api/v1{achievement}")).json()["kind"] == "brief"
        assert payload["iss"] in (await program.get(f"/issuers/{HUB}")).text


async def test_the_tools_of_the_page_work(platform: Platform, made: UUID, token: str, tmp_path: Path) -> None:
    """The very commands of the page, but for the network: its files are laid where it would put them."""
    async with platform.client() as program:
        page = (await program.get("/verify/offline")).text
        address = tokens.read(token).payload["credentialStatus"]["statusListCredential"]
        (tmp_path / "list.jwt").write_text((await program.get(httpx.URL(address).path)).text)
        (tmp_path / "jwks.json").write_text((await program.get("/.well-known/jwks.json")).text)
    (tmp_path / "credential.jwt").write_text(token)
    commands = {
        name: html.unescape(text)
        for name, text in re.findall(r'<pre[^>]*id="(\w+)-commands">(.*?)</pre>', page, re.DOTALL)
    }
    _, _, python = commands["python"].partition("\n")
    python = python.replace("python3", sys.executable, 1)

    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S602 # the page's own words
            script,
            shell=True,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            executable="/bin/bash",
        )

    told = run(python)
    assert "It counts." in told.stdout, told.stderr
    assert "Flood maps for a ward" in told.stdout
    assert "Verified Successfully" in run(commands["openssl"]).stdout
    found = run(commands["fetch"].splitlines()[1].replace("curl -o list.jwt", "echo"))
    assert found.stdout.strip() == address
    head, payload, signature = token.split(".")
    other = json.dumps({**tokens.read(token).payload, "name": "Another"}).encode()
    altered = f"{head}.{base64.urlsafe_b64encode(other).decode().rstrip('=')}.{signature}"
    (tmp_path / "credential.jwt").write_text(altered)
    assert run(python).returncode != 0
    assert "Verified Successfully" not in run(commands["openssl"]).stdout
    assert payload


async def test_a_sheet_in_both_languages(platform: Platform, made: UUID) -> None:
    async with platform.browser("learner") as owner:
        page = f"/credentials/{made}/certificate"
        english = (await owner.get(page)).text
        assert "has carried out the project" in english
        assert "Flood maps for a ward" in english
        await owner.post("/language", data={"language": "ur"})
        urdu = (await owner.get(page)).text
        assert "وارڈ کے سیلابی نقشے" in urdu
        assert "has carried out" not in urdu
        await owner.post("/language", data={"language": "en"})


async def test_lists_are_ones_own_and_ones_hubs(platform: Platform, made: UUID) -> None:
    async with platform.program("learner") as owner, platform.program("classmate") as other:
        assert str(made) in (await owner.get("/credentials")).text
        assert str(made) in {one["id"] for one in (await owner.get(API)).json()["credentials"]}
        assert str(made) not in (await other.get(API)).text
    async with platform.program("instructor") as here, platform.program("other_instructor") as there:
        assert str(made) in (await here.get("/hub/credentials")).text
        assert str(made) not in (await there.get("/hub/credentials")).text
        assert str(made) not in (await there.get("/api/v1/issued-credentials")).text


async def test_keys_on_their_page(platform: Platform, made: UUID) -> None:
    async with platform.browser("network_admin") as admin:
        before = (await admin.get("/api/v1/issuer-keys")).json()[0]["keys"]
        assert (await admin.post("/hub/issuer-keys", data={"hub": HUB, "reason": ""})).status_code == 303
        after = (await admin.get("/api/v1/issuer-keys")).json()[0]["keys"]
        assert len(after) == len(before) + 1
        assert [key["state"] for key in after[:2]] == ["active", "retired"]
        assert (await admin.post("/hub/issuer-keys", data={"hub": "nowhere"})).status_code == 404
        place = f"/hub/issuer-keys/{after[1]['id']}/compromise"
        refused = await admin.post(place, data={"reason": ""})
        assert refused.status_code == 422
        assert "This is needed." in refused.text
        assert (await admin.post(place, data={"reason": "It was in a backup."})).status_code == 303
        assert (await admin.post(place, data={"reason": "Again."})).status_code == 409
        shown = (await admin.get("/hub/issuer-keys")).text
        assert "It was in a backup." in shown
        assert "In other hands" in shown
    async with platform.program("learner") as owner:
        fresh = (await owner.get(f"{API}/{made}/jwt")).text
        answer = await owner.post(f"{API}/verification", json={"credential": fresh})
        assert answer.json()["finding"] == "valid"
