"""The forms of units: what was typed stays when it is refused, and nothing said breaks them."""

import asyncio
import re

from tests.applications.brief_and_teams import passes
from tests.network import Platform
from tests.units.judging import lab_of
from tests.web.test_weird_input import NONSENSE, fine

UNIT = {
    "title": "Reads data", "title_ur": "ڈیٹا پڑھتا ہے", "credits": "۳", "share": "50", "version": "0",
    "criterion_1": "Reads files of three kinds", "criterion_ur_1": "تین طرح کی فائلیں پڑھتا ہے",
}  # fmt: skip


def hidden(page: str, name: str) -> str:
    """The value of a field that is not seen."""
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


async def test_from_the_form_of_a_unit_to_a_credential(platform: Platform) -> None:
    network = platform.network
    async with platform.database.begin() as session:
        lab = str(await lab_of(session, network))
        await passes(session, network, network.people["learner"])
    async with platform.browser("network_admin") as keeper:
        typed = {**UNIT, "code": "da-f-01", "credits": "many", "level": "Level 2", "knowledge": "<b>Much</b>"}
        refused = await keeper.post("/hub/units/new", data=typed)
        assert refused.status_code == 422
        for value in ("many", "da-f-01", UNIT["criterion_ur_1"], "&lt;b&gt;Much"):
            assert value in refused.text
        sent = {**UNIT, "code": "da-f-01", "lab_1": lab, "lab_share_1": "80"}
        assert (await keeper.post("/hub/units/new", data=sent)).status_code == 303
        late = await keeper.post("/hub/units/DA-F-01/edit", data={**sent, "title": "Reads much data"})
        assert (late.status_code, hidden(late.text, "version")) == (409, "1")
        assert "Reads much data" in late.text
    address = f"/hub/units/DA-F-01/{network.hub_id}"
    place = f"{address}/{network.people['learner'].account_id}"
    async with platform.browser("instructor") as assessor:
        assert place in (await assessor.get(address)).text
        page = (await assessor.get(place)).text
        fields = {name: hidden(page, name) for name in ("version", "seen", "_form_key")}
        judged = {**fields, "note": "Her notebook", "outcome": "competent"}
        refused = await assessor.post(place, data=judged)
        assert (refused.status_code, "Her notebook" in refused.text) == (422, True)
        twice = [assessor.post(place, data={**judged, "met_1": "1"}) for _ in range(2)]
        assert [kept.status_code for kept in await asyncio.gather(*twice)] == [303, 303]
        again = await assessor.post(place, data={**judged, "_form_key": "another page", "met_1": "1"})
        assert (again.status_code, "Her notebook" in again.text) == (409, True)
    async with platform.browser("learner") as learner:
        assert "Her notebook" in (await learner.get("/units/DA-F-01")).text
        own = (await learner.get("/api/v1/units", params={"held": "true"})).json()["units"]
        assert [(one["code"], one["state"]) for one in own] == [("DA-F-01", "held")]
        history = (await learner.get("/api/v1/units/DA-F-01/assessments")).json()["assessments"]
        assert len(history) == 1
        assert "/units/DA-F-01" in (await learner.get("/units")).text
    async with platform.browser("mentor") as mentor:
        assert "Not assessed" not in (await mentor.get("/units/DA-F-01")).text


async def test_nonsense_is_refused(platform: Platform) -> None:
    names = (
        "title",
        "credits",
        "share",
        "criterion_1",
        "lab_1",
        "framework_url",
        "code",
        "note",
        "seen",
    )
    learner = platform.network.people["learner"].account_id
    place = f"/hub/units/PY-F-09/{platform.network.hub_id}/{learner}"
    async with platform.browser("network_admin") as keeper, platform.browser("instructor") as assessor:
        assert (await keeper.post("/hub/units/new", data={**UNIT, "code": "PY-F-09"})).status_code == 303
        for nonsense in NONSENSE.values():
            sent = {name: nonsense.encode("utf-8", "surrogatepass") for name in names}
            for data in (sent, {**UNIT, "code": "X-1", "tools": sent["title"], "title_ur": sent["title"]}):
                fine(await keeper.post("/hub/units/new", data=data))
            fine(await assessor.post(place, data={**sent, "version": "1", "outcome": "not_yet"}))
            after = nonsense[:1000].encode("utf-8", "surrogatepass")
            fine(await keeper.get("/units", params={"after": after}))
