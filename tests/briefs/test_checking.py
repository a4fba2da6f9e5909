"""The automatic check: nothing to say of a good brief, and a word at the right field for each fault."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from darsgah.briefs.checking import check
from darsgah.briefs.contacts import contacts
from darsgah.briefs.content import BriefContent, DataKind, Milestone, tidied
from darsgah.db.columns import now
from tests.briefs.offering import PROBLEM, content, day

TODAY = now().date()


def found(**changes: Any) -> set[tuple[str, str]]:  # noqa: ANN401 # whatever a brief holds
    """Field and code of each finding."""
    return {(one.field, one.code) for one in check(content(**changes), today=TODAY)}


def test_a_good_brief_has_no_findings() -> None:
    assert found() == set()
    assert found(data_kind=DataKind.NONE, data="", data_licence="") == set()


def test_an_empty_brief_lacks_everything_and_in_the_order_of_the_form() -> None:
    findings = check(BriefContent(), today=TODAY)
    fields = [one.field for one in findings]
    assert {one.code for one in findings} == {"missing"}
    assert fields == sorted(fields, key=BriefContent.__struct_fields__.index)
    assert {"title", "problem", "ip_choice", "ai_policy", "gpu_hours", "trl_in", "milestones"} <= set(fields)


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"data_licence": ""}, ("data_licence", "no_licence")),
        ({"data": ""}, ("data", "missing")),
        ({"problem": "Too short."}, ("problem", "too_short")),
        ({"trl_in": 5, "trl_target": 4}, ("trl_target", "below_start")),
        ({"trl_in": 2}, ("trl_in", "outside")),
        ({"trl_target": 7}, ("trl_target", "outside")),
        ({"hours_total": 181}, ("hours_total", "hours")),
        ({"team_most": 4}, ("hours_total", "hours")),
        ({"hours_week": 5}, ("hours_week", "hours")),
        ({"ends_on": date.max}, ("ends_on", "too_long")),
        ({"team_least": 4}, ("team_most", "team")),
        ({"gpu_hours": 5}, ("gpu_need", "missing")),
        ({"gpu_hours": None}, ("gpu_hours", "missing")),
        ({"apply_until": TODAY - timedelta(days=1)}, ("apply_until", "past")),
        ({"apply_until": day(30)}, ("starts_on", "order")),
        ({"ends_on": day(30)}, ("ends_on", "order")),
        ({"milestones": (Milestone("Late", 60, day(400)),)}, ("milestones", "order")),
        ({"milestones": (Milestone("", 60, day(40)),)}, ("milestones", "incomplete")),
        ({"availability": "Ask bano@works.example."}, ("availability", "contact")),
        ({"skills": ("python", "0300 1234567")}, ("skills", "contact")),
        ({"milestones": (Milestone("Write to wa.me/923001234567", 60, day(40)),)}, ("milestones", "contact")),
        ({"title_ur": "فون ۰۳۰۰۱۲۳۴۵۶۷"}, ("title_ur", "contact")),
    ],
)
def test_each_fault(changes: dict[str, Any], finding: tuple[str, str]) -> None:
    assert found(**changes) == {finding}


def test_what_is_out_of_all_bounds() -> None:
    assert ("milestones", "hours") in found(milestones=(Milestone("Long", 501, day(40)),))
    assert ("starts_on", "too_far") in found(starts_on=day(900), ends_on=day(950))


@pytest.mark.parametrize(
    "text",
    [
        "mail bano@works.example",
        "bano @ works . example",
        "bano (at) works (dot) example",
        "bano[at]works.example",
        "bano at works dot example",
        "bano at mail dot works dot example",
        "b\u200bano@wo\u200brks.example",
        "bano@works.example".translate({sign: sign + 0xFEE0 for sign in range(0x21, 0x7F)}),
        "0300-1234567",
        "0300 123 4567",
        "+92 300 1234567",
        "0092-300-1234567",
        "923001234567 is no number, +923001234567 is",
        "(021) 34567890",
        "۰۳۰۰ ۱۲۳۴۵۶۷",
        "+49 (0) 30 123456",
        "https://chat.whatsapp.com/AbCdEf",
        "t.me/bano",
        "discord.gg/leaf",
        "WhatsApp: bano_k",
        "whatsapp number: 12345",
        "linkedin.com/in/bano",
        "call me at zero three zero zero 1234567",
        "صفر تین صفر صفر ایک دو تین چار",
        "write to @sana_tg",
    ],
)
def test_contact_details_are_found(text: str) -> None:
    assert contacts(f"Come and see: {text}")


@pytest.mark.parametrize(
    "text",
    [
        PROBLEM,
        "Look at data.csv and at https://example.org/data/leaves.zip",
        "10,000,000 rows, 3.14159265 and 1/2",
        "From 2027-01-31 to 2027-03-31, at 09:30",
        "We look at the dot product of a and b.",
        "@property and x @ y in numpy",
        "Licence CC BY-NC 4.0, ISBN 978-0-13-468599-1 aside",
        "A telegram is sent to each grower.",
        "Version 1.2.3, 24 GB, 192.168.0.1",
        "12345678901234567890",
        "one, two or three of nine people",
    ],
)
def test_what_is_none_is_left_alone(text: str) -> None:
    assert contacts(text) == []


@pytest.mark.parametrize(
    "text", ["a@" * 20_000, "0 " * 20_000, "a at " * 8_000, "+1-" * 20_000, "[at" * 9_000]
)
def test_no_text_keeps_it_long(text: str) -> None:
    contacts(text)


def test_tidied() -> None:
    written = content(
        title=" Leaf ",
        skills=(" Machine  Learning", "machine learning", " "),
        milestones=(Milestone(" A ", 3), Milestone("", 0)),
    )
    tidy = tidied(written)
    assert (tidy.title, tidy.skills, tidy.milestones) == (
        "Leaf",
        ("machine learning",),
        (Milestone("A", 3),),
    )
    assert msgspec.convert(msgspec.to_builtins(tidy), BriefContent) == tidy
