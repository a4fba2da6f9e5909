"""Flags: each is known, translated and documented; some ask for a person, and none reaches a learner."""

import ast
import re
from html import unescape
from pathlib import Path

import pytest

from darsgah.grades import service
from darsgah.grades.flags import KINDS, flag_view
from darsgah.submissions import service as submissions
from darsgah.submissions.schemas import State, SubmissionView
from darsgah.ui.language import Languages, translate
from darsgah_grader.flags import FLAGS, Severity
from darsgah_grader.guest.oddities import NAMES
from darsgah_grader.types import Assurance, CellGrade, Flag, Grade, SandboxLevel, Verdict
from tests.network import Platform, work

ROOT = Path(__file__).parents[2]
EVIDENCE = "'assert isclose(48211, 131072)' was accepted"


def raised_in_code() -> set[str]:
    """The names of all flags that the code can raise: literals, constants, and what the sandbox can tell."""
    found = set(NAMES)
    for path in [*ROOT.glob("grader/**/*.py"), *ROOT.glob("platform/**/*.py")]:
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Flag":
                found |= set(_names(node.args[0]))
    return found


def _names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return _names(node.body) + _names(node.orelse)
    return [CONSTANTS[node.id]] if isinstance(node, ast.Name) else []


def _constants() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in ROOT.glob("platform/**/*.py"):
        for node in ast.parse(path.read_text()).body:
            target = node.target if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [None])[0]
            value = getattr(node, "value", None)
            if (
                isinstance(target, ast.Name)
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                found[target.id] = value.value
    return found


CONSTANTS = _constants()


def test_every_flag_in_code_is_known_and_every_known_one_is_raised() -> None:
    assert raised_in_code() == set(KINDS)
    assert FLAGS.items() <= KINDS.items()


@pytest.mark.parametrize("name", KINDS)
def test_every_flag_is_in_plain_words_in_every_language(name: str) -> None:
    view = flag_view(Flag(name, "e"))
    for language in Languages.load():
        for text in (view.title, view.meaning, view.action):
            assert text
            assert (translate(text, language) != text) == (language.code != "en")


def test_the_documentation_lists_them_with_what_they_ask_for() -> None:
    text = (ROOT / "docs" / "grading.md").read_text()
    table = text.partition("<!-- flags -->")[2].partition("<!-- end of flags -->")[0]
    listed = re.findall(r"^\| `(\w+)` \| (\w+) \|", table, flags=re.MULTILINE)
    assert dict(listed) == {name: kind.severity.value for name, kind in KINDS.items()}
    assert len(listed) == len(KINDS)


def grade(*flags: Flag, of_cell: tuple[Flag, ...] = ()) -> Grade:
    """A grade with these flags."""
    cell = CellGrade(
        notebook="lab",
        grade_id="test-triple",
        title="Tripling",
        kind="autograded",
        score=0.0,
        max_score=3.0,
        verdict=Verdict.FAILED,
        hidden=True,
        flags=of_cell,
        assurance=Assurance.IN_PROCESS,
    )
    other = CellGrade(
        "lab", "test-double", "Doubling", "autograded", 2.0, 2.0, Verdict.PASSED, assurance=Assurance.SPLIT
    )
    return Grade(
        2.0, 5.0, Assurance.IN_PROCESS, SandboxLevel.NAMESPACES, cells=(other, cell), flags=tuple(flags)
    )


@pytest.mark.parametrize("name", KINDS)
def test_what_doubts_a_score_waits_for_a_person_and_what_does_not_does_not(name: str) -> None:
    asks = KINDS[name].severity is Severity.REVIEW
    for flagged in (grade(Flag(name)), grade(of_cell=(Flag(name),))):
        assert service.state_of(flagged) is (State.NEEDS_REVIEW if asks else State.GRADED)
    assert service.state_of(grade()) is State.GRADED


async def recorded(platform: Platform, number: int, given: Grade) -> SubmissionView:
    """A submission of the learner's with this grade."""
    async with platform.database.begin() as session:
        view = await submissions.hand_in(
            session,
            platform.blobs,
            platform.network.people["learner"],
            platform.network.assignment_id,
            {"lab.ipynb": work(number)},
        )
        await service.record(
            session, submission_id=view.id, hub_id=platform.network.hub_id, grade=given, executed=()
        )
    return view


async def test_an_instructor_reads_what_a_flag_means_in_both_languages(platform: Platform) -> None:
    given = grade(Flag("duplicate_id", "twice"), of_cell=(Flag("tampering", EVIDENCE),))
    view = await recorded(platform, 70, given)
    async with platform.browser("instructor") as staff:
        page = unescape((await staff.get(f"/teach/submissions/{view.id}")).text)
        await staff.post("/language", data={"language": "ur"})
        urdu = unescape((await staff.get(f"/teach/submissions/{view.id}")).text)
        await staff.post("/language", data={"language": "en"})
        listed = await staff.get(f"/teach/cohorts/{platform.network.cohort_id}/submissions?flagged=1")
        review = (await staff.get(f"/api/v1/reviews/{view.id}")).json()
    for name in ("tampering", "duplicate_id"):
        kind = KINDS[name]
        for text in (kind.title, kind.meaning, kind.action):
            assert text in page
            assert text not in urdu
    assert "Tests میں چھیڑ چھاڑ" in urdu
    for text in (page, urdu):
        assert EVIDENCE in text
        assert "twice" in text
    assert "checked in one process with the learner's code" in page
    assert "checked apart from the learner's code" in page
    assert str(view.id) in listed.text
    (note,) = review["run"]["flags"]
    (doubt,) = review["run"]["cells"][1]["flags"]
    assert (note["name"], note["severity"]) == ("duplicate_id", "note")
    assert (doubt["name"], doubt["severity"], doubt["evidence"]) == ("tampering", "review", EVIDENCE)
    assert doubt["meaning"] == KINDS["tampering"].meaning
    assert [cell["assurance"] for cell in review["run"]["cells"]] == ["split", "in-process"]


async def test_a_learner_reads_only_that_it_waits(platform: Platform) -> None:
    given = grade(Flag("duplicate_id", "twice"), of_cell=(Flag("tampering", EVIDENCE),))
    view = await recorded(platform, 71, given)
    harmless = await recorded(platform, 72, grade(Flag("duplicate_id", "twice")))
    places = (
        f"/submissions/{view.id}",
        f"/api/v1/submissions/{view.id}",
        f"/assignments/{view.assignment_id}",
    )
    async with platform.browser("learner") as learner:
        texts = [unescape((await learner.get(place)).text) for place in places]
        result = (await learner.get(places[1])).json()
        plain = (await learner.get(f"/api/v1/submissions/{harmless.id}")).json()
    for text in texts:
        for told in ("tampering", "Tampering", EVIDENCE, "duplicate_id", "twice", "isclose", "lagged"):
            assert told not in text
    assert result["submission"]["state"] == "needs_review"
    assert "your instructor still looks at it" in texts[0]
    assert "checked apart from your code" in texts[0]
    assert plain["submission"]["state"] == "graded"
    assert [cell["assurance"] for cell in result["run"]["cells"]] == ["split", "in-process"]
