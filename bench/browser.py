"""The lab page beside JupyterLite: the same learner's notebook from the same server, in the same run.

    python -m bench browser [--rounds 3] [--slow]

Each round opens a browser that has never been there, then one that has (the same profile, started anew): how
much came over the link, when the editor was seen, when the first cell's output was. Memory is that of every
process of the browser (PSS), after the first output, and what that is more than on the page before the lab.
"""

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from bench.link import Link, link_to
from bench.memory import descendants, kilobytes
from darsgah.demo.people import PASSWORD
from tests.journeys.demo_site import demo_site
from tests.ui.gallery_server import CHROMIUM, FLAGS

LEARNER = "learner@demo.example"
LAB = "python-functions-and-data"
SLOW = 1_000_000.0
"""Bits a second of the slow link."""
ROUND_TRIP = 0.1
PATIENCE = 400_000
NOT_TAKEN = "[ ]:"
MEASURES = (
    ("kB over the link", "kilobytes"),
    ("requests", "requests"),
    ("editor seen, s", "editor_s"),
    ("first output, s", "output_s"),
    ("memory of the browser, MB", "memory_mb"),
    ("of it more than before the lab, MB", "added_mb"),
)


@dataclass(frozen=True)
class Side:
    """A way to open the lab: its address, and what finds a code cell, where it is written in, its outputs.

    ``prompt`` finds what says that a cell was taken, where one runs nothing before its kernel has started.
    """

    name: str
    address: str
    cell: str
    written: str
    outputs: str
    prompt: str = ""


SIDES = (
    Side("lab page", "/assignments/{id}/lab", ".lab-cell-code", ".lab-code", ".lab-outputs"),
    Side(
        "JupyterLite",
        "/full-notebook/notebooks/{id}?path=lab.ipynb",
        ".jp-CodeCell",
        ".cm-content",
        ".jp-OutputArea",
        ".jp-InputPrompt",
    ),
)


class Learner:
    """The learner at the API, and what is measured: an assignment in a cohort.

    Attributes:
        assignment, cohort: their ids.
    """

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        signed = client.post("/sessions", json={"email": LEARNER, "password": PASSWORD}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {signed.json()['token']}"
        self.assignment, self.cohort = self._find()
        self._answers = itertools.count(500_000)

    def _find(self) -> tuple[str, str]:
        for cohort in self._client.get("/cohorts").raise_for_status().json():
            shown = self._client.get(f"/cohorts/{cohort['id']}").raise_for_status().json()
            for assignment in shown["assignments"]:
                if assignment["lab"]["slug"] == LAB:
                    return assignment["id"], cohort["id"]
        raise LookupError(f"the demo has no assignment of {LAB}")

    def begin_anew(self) -> str:
        """Put back the lab as it was given out; its first code cell prints what was never printed before."""
        draft = f"/assignments/{self.assignment}/drafts/lab"
        notebook = self._client.get(f"{draft}/original").raise_for_status().json()
        first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
        answer = next(self._answers)
        first["source"] = f"print({answer - 1} + 1)"
        version = self._client.get(draft).raise_for_status().headers["etag"]
        self._client.put(draft, json=notebook, headers={"If-Match": version}).raise_for_status()
        return str(answer)


@contextmanager
def _chromium(profile: Path) -> Iterator[tuple[Page, int]]:
    """A page of a browser on a profile of its own, and the browser's first process."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=FLAGS, viewport={"width": 1280, "height": 800}
        )
        context.set_default_timeout(PATIENCE)
        try:
            yield context.pages[0] if context.pages else context.new_page(), _process_of(profile)
        finally:
            context.close()


def _process_of(profile: Path) -> int:
    """The process started with this profile whose parent was not."""
    needle = f"--user-data-dir={profile}".encode()
    parents = {}
    for folder in Path("/proc").iterdir():
        with suppress(OSError):
            if folder.name.isdigit() and needle in (folder / "cmdline").read_bytes():
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
    return next(pid for pid, parent in parents.items() if parent not in parents)


def _sign_in(page: Page, link: Link) -> None:
    """Be at today's page, signed in."""
    page.goto(f"{link.url}/sign-in")  # which leads on to today's page who is signed in
    if not page.url.endswith("/today"):
        page.fill("[name=email]", LEARNER)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/today")
    page.wait_for_load_state("networkidle")


def _visit(side: Side, link: Link, profile: Path, learner: Learner) -> dict[str, float]:
    """Open the lab, run its first code cell, and say what that took until its output was there."""
    answer = learner.begin_anew()
    with _chromium(profile) as (page, pid):
        _sign_in(page, link)
        before = _megabytes(pid)
        link.reset()
        began = time.monotonic()
        page.goto(link.url + side.address.format(id=learner.assignment), wait_until="commit")
        cell = page.locator(side.cell).first
        cell.wait_for()
        editor = time.monotonic() - began
        cell.locator(side.written).click()
        page.keyboard.press("Control+Enter")
        while side.prompt and cell.locator(side.prompt).inner_text() == NOT_TAKEN:
            if time.monotonic() - began > PATIENCE / 1000:
                raise TimeoutError(f"{side.name} ran nothing within {PATIENCE // 1000} s")
            time.sleep(0.1)
            page.keyboard.press("Control+Enter")
        cell.locator(side.outputs).get_by_text(answer).first.wait_for()
        seconds, memory = time.monotonic() - began, _megabytes(pid)
        return {
            "editor_s": editor,
            "output_s": seconds,
            "kilobytes": link.received / 1000,
            "requests": link.requests,
            "memory_mb": memory,
            "added_mb": memory - before,
        }


def _megabytes(pid: int) -> float:
    """What a process and all below it hold, shared pages by share."""
    return sum(kilobytes(each, "Pss") for each in (pid, *descendants(pid))) / 1024


def _round(link: Link, learner: Learner, console: Console) -> dict[str, dict[str, dict[str, float]]]:
    """Both ways, the first visit and the second."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for side in SIDES:
        with tempfile.TemporaryDirectory(prefix="bench-profile-") as profile:
            found[side.name] = {
                visit: _visit(side, link, Path(profile), learner) for visit in ("first", "second")
            }
        console.print(f"  {side.name}", style="dim")
    return found


def _course_page(link: Link, cohort: str) -> float:
    """Kilobytes of a course page, with nothing in the browser's cache."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-profile-") as profile,
        _chromium(Path(profile)) as (page, _),
    ):
        _sign_in(page, link)
        page.context.new_cdp_session(page).send("Network.clearBrowserCache")
        link.reset()
        page.goto(f"{link.url}/cohorts/{cohort}")
        page.wait_for_load_state("networkidle")
        return link.received / 1000


def measure(rounds: int, slow: bool, console: Console) -> dict[str, Any]:
    """All figures: medians of the rounds, one round on the slow link."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-browser-") as home,
        demo_site(Path(home) / "home") as site,
        httpx.Client(base_url=f"{site.url}/api/v1") as client,
        link_to(int(site.url.rpartition(":")[2])) as link,
    ):
        learner = Learner(client)
        found: dict[str, Any] = {"course_page_kilobytes": _course_page(link, learner.cohort)}
        made = []
        for number in range(rounds):
            console.print(f"round {number + 1} of {rounds}")
            made.append(_round(link, learner, console))
        found["full_speed"] = _medians(made)
        if slow:
            console.print("at 1 Mbit/s")
            link.bits_per_second, link.round_trip = SLOW, ROUND_TRIP
            found["slow"] = _round(link, learner, console)
    return found


def _medians(made: list[dict[str, dict[str, dict[str, float]]]]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        side: {
            visit: {key: statistics.median(each[side][visit][key] for each in made) for key in figures}
            for visit, figures in visits.items()
        }
        for side, visits in made[0].items()
    }


def table(found: dict[str, Any]) -> Table:
    """Both ways side by side, with the share that the lab page takes of the other."""
    shown = Table("Measure", *(side.name for side in SIDES), "share", "aim", title_justify="left")
    for speed in ("full_speed", "slow"):
        for visit in ("first", "second") if speed in found else ():
            shown.add_section()
            for label, key in MEASURES:
                ours, theirs = (found[speed][side.name][visit][key] for side in SIDES)
                share = f"{ours / theirs:.2f}" if theirs else "-"
                name = f"{visit} visit{' at 1 Mbit/s' if speed == 'slow' else ''}: {label}"
                shown.add_row(name, f"{ours:,.1f}", f"{theirs:,.1f}", share, "0.50")
    shown.add_section()
    shown.add_row("course page, first visit, kB", f"{found['course_page_kilobytes']:.1f}", "", "", "100 kB")
    return shown


def browser(arguments: argparse.Namespace, console: Console) -> None:
    """Measure and print."""
    console.print(table(measure(arguments.rounds, arguments.slow, console)))
