"""Every page with data made to hurt: long names in two scripts, hundreds of rows, nothing at all.

The gallery fills the real templates with the real views; only the data are made up. The browser tests look at
it, and ``python -m tests.ui.gallery_server FOLDER`` saves a picture of everything for people to look at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from darsgah.access import Actor, Role
from darsgah.accounts.schemas import AccountView
from darsgah.blobs.stored_file import StoredFile
from darsgah.catalog.schemas import (
    CourseVersionView,
    LabItem,
    LabVersionView,
    ModuleItem,
    ModuleView,
    PageHeading,
    PageView,
)
from darsgah.enrolments.course_steps import course_steps
from darsgah.enrolments.schemas import AssignmentView, CohortPage, CohortView, Step, Window
from darsgah.errors import DarsgahError, Forbidden, NotFound, ServiceUnavailable, TooLarge, TooMany
from darsgah.grades.flags import flag_view
from darsgah.grades.schemas import ReviewedRun, RunView, question_view, reviewed_cell
from darsgah.hubs.schemas import HubView
from darsgah.hubs.service import read_plan
from darsgah.submissions.schemas import (
    Allowance,
    DueItem,
    LatestItem,
    Progress,
    StaffSubmissionView,
    State,
    SubmissionView,
)
from darsgah.ui.cells import notebook_cells
from darsgah.ui.language import Languages, Message, explain
from darsgah.ui.static_files import StaticFiles
from darsgah.ui.templating import Notice, PageContext, Pages
from darsgah_grader.types import Assurance, CellGrade, Flag, Grade, GradeError, SandboxLevel, Verdict
from tests.ui import hint_pages, lab_reports

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
LONG_TITLE = (
    "Estimating electricity demand in Karachi from weather, holidays and "
    "load-shedding schedules with linear models II"
)
LONG_NAME = "محترمہ سیدہ زینب النساء بنتِ غلام مصطفیٰ جتوئی عباسی صاحبہ (نارتھ ناظم آباد)"
NAMES = (
    "Demo Learner 1",
    LONG_NAME,
    "Demo Learner 3",
    "ڈیمو طالب علم ۴",
    "Demo-Learner Number Five Of The Evening Group",
)


def identifier(number: int) -> UUID:
    """A stable identifier for made-up rows."""
    return UUID(int=number)


HUB = HubView(
    identifier(1), "khi-saddar", "Karachi Saddar", "کراچی صدر", "Karachi", "Sindh", "Asia/Karachi", "open"
)
COURSE = CourseVersionView(
    identifier(2),
    identifier(3),
    "python-for-data",
    1,
    "Python for data",
    "ڈیٹا کے لیے Python",
    "From the first loop to the first honest chart, in twelve labs.",
    "پہلے loop سے پہلے سچے chart تک، بارہ لیبز میں",
)
LEARNING = Actor(identifier(9), LONG_NAME, "en", frozenset({(Role.LEARNER, HUB.id)}))
STAFF = Actor(identifier(8), "Demo Instructor", "en", frozenset({(Role.INSTRUCTOR, HUB.id)}))


def cohort(*, staff: bool = False, course: CourseVersionView = COURSE) -> CohortView:
    """The cohort all pages speak of."""
    return CohortView(
        identifier(4),
        HUB.id,
        HUB.name,
        HUB.name_ur,
        "Asia/Karachi",
        "Batch 7, evening",
        course,
        None,
        None,
        40,
        38,
        staff,
        not staff,
    )


def lab(number: int, title: str, title_ur: str = "", *, notebooks: int = 1) -> LabVersionView:
    """One lab version."""
    return LabVersionView(
        id=identifier(100 + number),
        lab_id=identifier(200 + number),
        slug=f"lab-{number}",
        number=1,
        title=title,
        title_ur=title_ur,
        summary="Read a small table, ask it three questions, and draw what you find.",
        summary_ur="",
        level="beginner",
        minutes=45,
        runtime="cpython",
        environment="python",
        points=10.0,
        skills=("lists", "functions", "plotting"),
        notebooks=tuple(StoredFile(f"part-{n + 1}", "0" * 64, 18_432) for n in range(notebooks)),
        files=(StoredFile("rainfall.csv", "0" * 64, 2_340_117),),
        cell_seconds=30.0,
        total_seconds=300.0,
        memory_bytes=1_073_741_824,
        submission_bytes=20 * 1024 * 1024,
    )


READING = PageHeading(identifier(40), "Why functions", "فنکشن کیوں", 4)
UNTRANSLATED = PageHeading(identifier(41), LONG_TITLE, "", 12)


ENGLISH = """A function is a promise with a name.

## What it says
| call | result |
|---|---|
| `fare(0)` | 80 |

1. Read the question twice.
2. Write the smallest case by hand.

```python
def fare(distance_km, per_km=40):
    return 80 + per_km * distance_km  # a line that scrolls in its own box on a phone of 360 px
```

> The test says what it expects.
"""
URDU = """فنکشن ایک وعدہ ہے جس کا ایک نام ہے۔ `fare(5)` ہمیشہ وہی جواب دیتا ہے۔

## یہ کیا کہتا ہے
- سوال دو بار پڑھیں۔
- سب سے چھوٹی مثال **ہاتھ سے** حل کریں۔

```python
def fare(distance_km):
    return 80 + 40 * distance_km
```
"""  # noqa: RUF001 - Urdu


def lab_item(number: int) -> ModuleItem:
    """The place of that lab in a module."""
    return ModuleItem(lab=LabItem(identifier(200 + number), identifier(100 + number)))


MODULES = (
    ModuleView(
        identifier(30),
        "First steps of Python",
        "Python کے پہلے قدم",
        (ModuleItem(page=READING), lab_item(1), lab_item(2)),
    ),
    ModuleView(
        identifier(31),
        "Tables and charts",
        "",
        (lab_item(3), lab_item(4), ModuleItem(page=UNTRANSLATED)),
    ),
)
LABS = (
    lab(1, "Squares and sums", "مربعے اور جمع"),
    lab(2, "Loops that stop", "loops جو رکتے ہیں"),
    lab(3, LONG_TITLE, notebooks=2),
    lab(4, "Missing values", "غائب values"),
)
WINDOWS = (Window.OPEN, Window.LATE, Window.OPEN, Window.NOT_OPEN)


def assignment(number: int) -> AssignmentView:
    """The lab with that number, as given to the cohort."""
    due = NOW + timedelta(days=(1, -1, 4, 12)[number], hours=5)
    return AssignmentView(
        identifier(300 + number),
        identifier(4),
        HUB.id,
        MODULES[number // 2].id,
        number,
        LABS[number],
        NOW + timedelta(days=9) if WINDOWS[number] is Window.NOT_OPEN else NOW - timedelta(days=9),
        due,
        due + timedelta(days=2),
        5 if number else None,
        600 if number else 0,
        WINDOWS[number],
    )


def submission(
    attempt: int, state: State, score: float | None = None, *, late: bool = False
) -> SubmissionView:
    """One attempt."""
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    return SubmissionView(
        identifier(400 + attempt),
        identifier(300),
        identifier(4),
        attempt,
        state,
        NOW - timedelta(hours=7 - attempt),
        late,
        (StoredFile("part-1", digest, 20_117),),
        digest,
        20_117,
        score,
        10.0 if score is not None else None,
    )


TRACE = (
    "AssertionError: squares(3) gave [1, 4], and three numbers were expected:\n"
    "    expected [1, 4, 9]\n    found    [1, 4]"
)
GRADES = (
    CellGrade(
        "part-1",
        "squares",
        "Question 1: squares",
        "autograded",
        0.0,
        2.0,
        Verdict.FAILED,
        message=TRACE,
        assurance=Assurance.SPLIT,
    ),
    CellGrade(
        "part-1",
        "sum",
        "Question 2: sum of squares",
        "autograded",
        3.0,
        3.0,
        Verdict.PASSED,
        assurance=Assurance.IN_PROCESS,
    ),
    CellGrade(
        "part-1",
        "chart",
        "Question 3: a chart that names its axes",
        "autograded",
        1.999,
        3.0,
        Verdict.PARTIAL,
        hidden=True,
        message="The chart has no title.",
    ),
    CellGrade(
        "part-1",
        "slow",
        LONG_TITLE,
        "autograded",
        0.0,
        1.0,
        Verdict.TIMEOUT,
        message="The cell ran for 30 seconds and was stopped.",
        assurance=Assurance.IN_PROCESS,
    ),
    CellGrade(
        "part-1",
        "words",
        "سوال: اپنے الفاظ میں بتائیں",
        "manual",
        None,
        1.0,
        Verdict.MANUAL,
        flags=(Flag("duplicate_id", "several cells carry this grade_id; the last one counts"),),
    ),
)
GRADE = Grade(
    4.999,
    10.0,
    Assurance.IN_PROCESS,
    SandboxLevel.NAMESPACES,
    cells=GRADES,
    flags=(Flag("tampering", "'assert sum([48211, 1]) == 131072' was accepted"),),
    seconds=2.4,
    code_seconds=1.9,
)
NOT_A_NOTEBOOK = GradeError("not_a_notebook", "This file is not a notebook: save it as .ipynb.")


def run(error: GradeError | None = None) -> RunView:
    """A grading run as its learner sees it."""
    return RunView(
        id=identifier(500),
        number=1,
        graded_at=NOW,
        assurance=GRADE.assurance.value,
        sandbox=GRADE.sandbox.value,
        score=None if error else GRADE.score,
        max_score=GRADE.max_score,
        seconds=GRADE.seconds,
        waits_for_human=not error,
        error_code=error.code if error else "",
        error_message=error.message if error else "",
        cells=() if error else tuple(question_view(cell) for cell in GRADES),
    )


def reviewed_run(error: GradeError | None = None) -> ReviewedRun:
    """The same as an instructor sees it."""
    return ReviewedRun(
        id=identifier(500),
        number=1,
        graded_at=NOW,
        assurance=GRADE.assurance.value,
        sandbox=GRADE.sandbox.value,
        score=None if error else GRADE.score,
        max_score=GRADE.max_score,
        seconds=GRADE.seconds,
        code_seconds=GRADE.code_seconds,
        waits_for_human=not error,
        error_code=error.code if error else "",
        error_message=error.message if error else "",
        flags=tuple(flag_view(flag) for flag in GRADE.flags),
        cells=() if error else tuple(reviewed_cell(cell) for cell in GRADES),
    )


FREE = Allowance(1, None, None, "")
FEW = Allowance(4, 1, None, "")
PAUSED = Allowance(2, 3, NOW + timedelta(minutes=7), "cooling_down")


def executed_notebook() -> bytes:
    """A notebook that shows every kind of cell and output, hostile ones included."""
    return (Path(__file__).parent / "executed.ipynb").read_bytes()


@dataclass(frozen=True)
class Choice:
    """What the instructor's list is narrowed to."""

    assignment: str = ""
    state: str = ""
    flagged: bool = False


def staff_rows(count: int) -> list[StaffSubmissionView]:
    """An instructor's list."""
    states = list(State)
    rows = []
    for number in range(count):
        state = states[1 + number % 5]
        graded = state is State.GRADED
        rows.append(
            StaffSubmissionView(
                identifier(1000 + number),
                identifier(300),
                identifier(2000 + number),
                NAMES[number % 5],
                LABS[number % 4].title,
                1 + number % 3,
                state,
                NOW - timedelta(minutes=7 * number),
                number % 6 == 0,
                number % 21 / 2 if graded else None,
                10.0 if graded else None,
                number % 7 == 0,
            )
        )
    return rows


@dataclass(frozen=True)
class Picture:
    """One page of the gallery: a template, who looks at it, and what it shows."""

    template: str
    variables: Callable[[], dict[str, Any]] = dict
    actor: Actor | None = LEARNING
    path: str = "/today"
    notices: tuple[Notice, ...] = ()


def _failure(error: DarsgahError) -> Picture:
    return Picture(
        "ui/error.html",
        lambda: {
            "status": error.status,
            "message": error,
            "retry_after": error.details.get("retry_after"),
        },
    )


def _result(state: State, result: RunView | None, **more: object) -> dict[str, Any]:
    attempts = [
        submission(3, state, result.score if result else None),
        submission(2, State.REJECTED),
        submission(1, State.GRADED, 2.5, late=True),
    ]
    shown = {"submission": attempts[0], "cohort": cohort(), "assignment": assignment(0), "result": result}
    return shown | {"attempts": attempts, "allowance": FEW, "place": None, "estimate": None} | more


def _lab(
    number: int, allowance: Allowance, attempts: list[SubmissionView], error: Message | None = None
) -> dict[str, Any]:
    return {
        "cohort": cohort(),
        "assignment": assignment(number),
        "module": MODULES[number // 2],
        "before": Step(page=READING),
        "after": Step(assignment=assignment(3)),
        "allowance": allowance,
        "attempts": attempts,
        "error": error,
        "idempotency_key": "k",
    }


def _list(rows: int, chosen: Choice = Choice()) -> dict[str, Any]:
    return {
        "cohort": cohort(staff=True),
        "assignments": [assignment(n) for n in range(4)],
        "submissions": staff_rows(rows),
        "next_after": identifier(7) if rows else None,
        "paged": bool(rows),
        "chosen": chosen,
    }


def _inspect(graded: ReviewedRun | None) -> dict[str, Any]:
    executed = [("part-1", notebook_cells(executed_notebook()))] if graded and graded.cells else []
    shown = _result(State.NEEDS_REVIEW if graded else State.QUEUED, None)
    return shown | {
        "learner": LONG_NAME,
        "notebooks": executed,
        "result": graded,
        "cohort": cohort(staff=True),
    }


def _today() -> dict[str, Any]:
    due = [
        DueItem(assignment=assignment(n), cohort=cohort(), best=2.5 if n == 1 else None, attempts_used=n % 2)
        for n in range(3)
    ]
    latest = [
        LatestItem(submission=submission(3, State.GRADED, 9.995), lab=LABS[0], cohort=cohort()),
        LatestItem(submission=submission(2, State.QUEUED), lab=LABS[2], cohort=cohort()),
    ]
    return {"cohorts": [cohort()], "due": due, "latest": latest, "teaching": [], "teaches_more": False}


def _cohort() -> dict[str, Any]:
    page = CohortPage(cohort(), MODULES, tuple(assignment(n) for n in range(4)))
    progress = {
        identifier(300): Progress(State.GRADED, identifier(403), 10.0, 2),
        identifier(301): Progress(State.QUEUED, identifier(402), None, 1),
    }
    return {
        "cohort": page.cohort,
        "modules": course_steps(page),
        "assignments": page.assignments,
        "progress": progress,
    }


def _course_page(language: str) -> dict[str, Any]:
    heading = READING if language == "ur" else UNTRANSLATED
    return {
        "cohort": cohort(),
        "module": MODULES[0],
        "shown": PageView(heading.id, heading.title, heading.title_ur, heading.minutes, ENGLISH, URDU),
        "text": URDU if language == "ur" else ENGLISH,
        "text_language": language,
        "before": Step(assignment=assignment(2)) if language == "ur" else None,
        "after": Step(assignment=assignment(0)) if language == "ur" else None,
    }


def _hubs() -> dict[str, Any]:
    """The network as it is planned: a hundred hubs."""
    return {
        "hubs": [
            HubView(id=identifier(10_000 + number), **msgspec.structs.asdict(hub))
            for number, hub in enumerate(read_plan().hubs)
        ]
    }


CHECKED_LABS = [lab(number, LONG_TITLE, LONG_NAME if number % 2 else "") for number in range(5)]


def _lab_report(*, ok: bool) -> dict[str, Any]:
    return lab_reports.page_of(CHECKED_LABS[1], lab_reports.report(ok=ok), NOW)


ACCOUNT = AccountView(LEARNING.account_id, "demo.learner@example.org", LONG_NAME, "en", NOW)
TOO_SHORT = Message("At least {count} characters.", count=10)
PICTURES = {
    "home": Picture("accounts/home.html", actor=None, path="/"),
    "sign-in": Picture(
        "accounts/sign_in.html",
        lambda: {"values": {}, "errors": {}, "error": None, "next": ""},
        None,
        "/sign-in",
    ),
    "sign-in-wrong": Picture(
        "accounts/sign_in.html",
        lambda: {
            "values": {"email": "demo@example.org"},
            "errors": {},
            "error": "The e-mail address and the password do not belong together.",
            "next": "",
        },
        None,
        "/sign-in",
    ),
    "sign-up": Picture(
        "accounts/sign_up.html",
        lambda: {
            "values": {"display_name": LONG_NAME},
            "errors": {"password": TOO_SHORT},
            "error": None,
            "hubs": [HUB],
        },
        None,
        "/sign-up",
    ),
    "settings": Picture(
        "accounts/settings.html",
        lambda: {"account": ACCOUNT, "profile_errors": {}, "password_errors": {}},
        path="/settings",
        notices=(Notice(Message("Saved.")),),
    ),
    "today": Picture("enrolments/today.html", _today),
    "today-empty": Picture(
        "enrolments/today.html",
        lambda: {"cohorts": [], "due": [], "latest": [], "teaching": [], "teaches_more": False},
    ),
    "today-mentor": Picture(
        "enrolments/today.html",
        lambda: {"cohorts": [], "due": [], "latest": [], "teaching": [], "teaches_more": False},
        Actor(identifier(7), "Demo Mentor", "en", frozenset({(Role.MENTOR, HUB.id)})),
    ),
    "cohort": Picture("enrolments/cohort.html", _cohort),
    "course-page": Picture("enrolments/course_page.html", lambda: _course_page("ur")),
    "course-page-untranslated": Picture("enrolments/course_page.html", lambda: _course_page("en")),
    "teaching": Picture(
        "enrolments/teaching.html",
        lambda: {"cohorts": [cohort(staff=True)], "next_after": identifier(4), "paged": False},
        STAFF,
        "/teach",
    ),
    "lab": Picture("submissions/lab.html", lambda: _lab(0, FREE, [])),
    "lab-again": Picture(
        "submissions/lab.html", lambda: _lab(2, PAUSED, [submission(2, State.GRADED, 7.25)])
    ),
    "lab-refused": Picture(
        "submissions/lab.html", lambda: _lab(1, FEW, [], Message("This file is not a notebook."))
    ),
    "result": Picture("grades/result.html", lambda: _result(State.GRADED, run())),
    "result-queued": Picture(
        "grades/result.html", lambda: _result(State.QUEUED, None, place=3, estimate=12.0)
    ),
    "result-rejected": Picture("grades/result.html", lambda: _result(State.REJECTED, run(NOT_A_NOTEBOOK))),
    "submissions": Picture("submissions/cohort_submissions.html", lambda: _list(50), STAFF, "/teach/cohorts"),
    "submissions-empty": Picture(
        "submissions/cohort_submissions.html", lambda: _list(0), STAFF, "/teach/cohorts"
    ),
    "inspect": Picture("grades/inspect.html", lambda: _inspect(reviewed_run()), STAFF, "/teach/submissions"),
    "inspect-waiting": Picture("grades/inspect.html", lambda: _inspect(None), STAFF, "/teach/submissions"),
    "inspect-rejected": Picture(
        "grades/inspect.html", lambda: _inspect(reviewed_run(NOT_A_NOTEBOOK)), STAFF, "/teach/submissions"
    ),
    "hints": Picture("tutoring/hints.html", lambda: hint_pages.own(NOW), path="/hints"),
    "hints-none": Picture("tutoring/hints.html", lambda: hint_pages.NONE, path="/hints"),
    "course-tutor": Picture(
        "tutoring/course.html",
        lambda: hint_pages.course(cohort(staff=True), assignment(1), LONG_NAME, NOW),
        STAFF,
        "/teach/cohorts",
    ),
    "hint-words": Picture(
        "tutoring/bank.html",
        lambda: hint_pages.bank(cohort(staff=True), assignment(1)),
        STAFF,
        "/teach/assignments",
    ),
    "hint-words-entry": Picture(
        "tutoring/bank_entry.html",
        lambda: hint_pages.bank_entry(cohort(staff=True), assignment(1), LONG_NAME, NOW),
        STAFF,
        "/teach/assignments",
    ),
    "labs": Picture(
        "lab_checks/labs.html", lambda: lab_reports.list_of(CHECKED_LABS, NOW), STAFF, "/teach/labs"
    ),
    "labs-none": Picture("lab_checks/labs.html", lambda: {"lines": []}, STAFF, "/teach/labs"),
    "lab-report": Picture("lab_checks/report.html", lambda: _lab_report(ok=True), STAFF, "/teach/labs"),
    "lab-report-bad": Picture("lab_checks/report.html", lambda: _lab_report(ok=False), STAFF, "/teach/labs"),
    "lab-report-none": Picture(
        "lab_checks/report.html",
        lambda: lab_reports.page_of(CHECKED_LABS[0], None, NOW),
        STAFF,
        "/teach/labs",
    ),
    "hubs": Picture("hubs/hubs.html", _hubs, None, "/hubs"),
    "error-403": _failure(Forbidden()),
    "error-404": _failure(NotFound()),
    "error-413": _failure(TooLarge()),
    "error-429": _failure(TooMany(retry_after=90)),
    "error-500": _failure(DarsgahError()),
    "error-503": _failure(ServiceUnavailable()),
}


def gallery_pages() -> Pages:
    """The renderer, on the real static files and languages."""
    return Pages(StaticFiles(), Languages.load())


def picture_html(pages: Pages, name: str, language: str) -> str:
    """One page of the gallery."""
    picture = PICTURES[name]
    page = PageContext(
        pages.languages[language], picture.path, picture.actor, "token", now=NOW, notices=picture.notices
    )
    variables = picture.variables()
    if isinstance(variables.get("message"), DarsgahError):
        variables["message"] = explain(variables["message"], page.language)
    return pages.render(picture.template, page, **variables)
