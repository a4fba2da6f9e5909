"""The lab page in Chromium, on the real server: done, checked, read by everybody, harmed by nothing."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.demo_site import Site
from tests.lab_page.hostile import hostile_cells
from tests.lab_page.lab_browser import (
    add_code,
    lab_address,
    lab_data,
    open_lab,
    rewrite,
    run,
    sees,
    sign_in,
)
from tests.ui.axe import violations

pytestmark = pytest.mark.journey

FIRST_VISIT_SCRIPT = 175_000
RARE = "formulas-"
"""The piece that a notebook with a formula fetches beside the others."""
SAVED_AT = "Saved at"
URDU_LEARNER = "talib@demo.example"
LIBRARY = "Files and Urdu text"
CELLS_BEFORE = """
async (cells) => {
  const data = JSON.parse(document.getElementById("lab-data").textContent);
  const { draftUrl } = data.notebooks[0];
  const answer = await fetch(draftUrl);
  const notebook = await answer.json();
  notebook.cells = [...cells, ...notebook.cells.filter((cell) => !cells.some(({ id }) => id === cell.id))];
  const headers = { "If-Match": answer.headers.get("ETag"), "x-csrf-token": data.csrfToken };
  headers["Content-Type"] = "application/json";
  const saved = await fetch(draftUrl, { method: "PUT", headers, body: JSON.stringify(notebook) });
  return saved.status;
}
"""

OUTSIDE_OF_FORMULAS = """
() => {
  const found = [];
  for (const formula of document.querySelectorAll("#cell-hostile-text [class*=lab-formula]")) {
    formula.scrollIntoView({ block: "center" });
    const box = formula.getBoundingClientRect();
    for (let x = 1; x < innerWidth; x += 12) {
      for (let y = 1; y < innerHeight; y += 12) {
        const across = x > box.left - 1 && x < box.right + 1;
        const inside = across && y > box.top - 1 && y < box.bottom + 1;
        if (!inside && formula.contains(document.elementFromPoint(x, y))) found.push([x, y]);
      }
    }
  }
  return found;
}
"""
"""Places where a formula lies over something else."""


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh browser on a desktop screen."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    yield fresh
    fresh.close()


def draft(page: Page) -> dict[str, Any]:
    """The notebook as the server has it."""
    address = lab_data(page)["notebooks"][0]["draftUrl"]
    notebook: dict[str, Any] = page.evaluate("async (url) => (await fetch(url)).json()", address)
    return notebook


def open_with(page: Page, cells: list[dict[str, Any]], title: str = LIBRARY) -> None:
    """Open a lab whose draft begins with these cells."""
    address = lab_address(page, title)
    open_lab(page, address)
    assert page.evaluate(CELLS_BEFORE, cells) == 200
    open_lab(page, address)


def code(name: str, source: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of nbformat
    """A code cell that has not run."""
    cell = {"cell_type": "code", "id": name, "metadata": {}, "source": source, "outputs": []}
    return cell | {"execution_count": None} | more


def test_a_question_is_answered_checked_saved_and_handed_in(context: BrowserContext, site: Site) -> None:
    page = sign_in(context, site)
    open_lab(page, lab_address(page))
    panel = page.locator("#question-test-rickshaw-fare")
    panel.get_by_role("button", name="Check").click()
    panel.get_by_text("A test fails").wait_for()
    panel.get_by_text("The answer is not written yet.").wait_for()
    sees(page, SAVED_AT)
    page.reload()
    panel.get_by_text("The answer is not written yet.").wait_for()
    page.get_by_role("button", name="Check all").click()
    page.get_by_role("button", name="Go to the first that fails").press("Enter")
    answer = page.locator("#cell-rickshaw-fare")
    expect(answer).to_be_focused()
    rewrite(page, answer, "def rickshaw_fare(distance_km, waiting_minutes=0):\n    return 100")
    panel.get_by_text("Changed since the check").wait_for()
    panel.get_by_role("button", name="Check").click()
    panel.locator(".question-message").get_by_text("started kilometre").wait_for()
    whole = "    return 100 + 45 * math.ceil(max(distance_km - 2, 0)) + 4 * waiting_minutes"
    rewrite(page, answer, f"def rickshaw_fare(distance_km, waiting_minutes=0):\n{whole}")
    panel.get_by_role("button", name="Check").click()
    panel.get_by_text("Visible tests pass").wait_for()
    assert "Visible tests pass" in page.locator(".lab-outline li").first.inner_text()
    wrong = {
        "def rickshaw_fare(": "SyntaxError",
        "def fare(a):\n    return 9": "NameError",
        "\n": "NameError",
    }
    for source, message in wrong.items():
        rewrite(page, answer, source)
        panel.get_by_text("Changed since the check").wait_for()
        run(answer)
        panel.get_by_role("button", name="Check").click()
        panel.get_by_text("A test fails").wait_for()
        panel.locator(".question-message").get_by_text(message).wait_for()
    rewrite(page, answer, f"def rickshaw_fare(distance_km, waiting_minutes=0):\n{whole}")
    panel.get_by_role("button", name="Check").click()
    panel.get_by_text("Visible tests pass").wait_for()
    page.get_by_role("button", name="Hand in", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text(re.compile(r"This is attempt \d")).wait_for()
    dialog.get_by_role("button", name="Hand in and grade").click()
    panel.get_by_text("Handed in: 2 of 2 points").wait_for(timeout=180_000)
    sees(page, SAVED_AT)
    [saved] = [cell for cell in draft(page)["cells"] if cell["id"] == "rickshaw-fare"]
    assert "".join(saved["source"]).endswith(whole)
    panel.get_by_role("button", name="Hint").click()
    panel.locator(".lab-hint .due").wait_for(timeout=60_000)
    page.get_by_role("button", name="See the result").click()
    page.wait_for_url("**/submissions/*")


def test_a_program_asks_prints_is_stopped_and_helps(context: BrowserContext, site: Site) -> None:
    page = sign_in(context, site)
    ask = code("ask", "import math\nname = input('Name: ')\nprint('سلام', name)")
    loop = code("loop", "import time\nwhile True:\n    time.sleep(0.05)")
    open_with(page, [ask, loop, code("complete", "math.sq")])
    run(page.locator("#cell-ask"))
    field = page.get_by_label("Name:")
    field.fill("Ali")
    field.press("Enter")
    page.locator("#cell-ask .lab-outputs").get_by_text("Name: Ali").wait_for()
    page.locator("#cell-ask .lab-outputs").get_by_text("سلام Ali").wait_for()
    run(page.locator("#cell-loop"))
    page.locator(".lab-bar-status").get_by_text("Runs for").wait_for()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.locator("#cell-loop .lab-output-error").get_by_text("KeyboardInterrupt").first.wait_for()
    sees(page, "ready")
    page.locator("#cell-complete .lab-still").click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Tab")
    page.locator(".cm-tooltip-autocomplete").get_by_text("math.sqrt").or_(
        page.locator(".cm-tooltip-autocomplete").get_by_text("sqrt", exact=True)
    ).wait_for()
    page.wait_for_timeout(200)  # an Enter in the moment when the list appears is not meant for it
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.locator("#cell-complete .lab-help").get_by_text("square root").wait_for()


def test_what_the_page_does_not_know_comes_back_untouched(context: BrowserContext, site: Site) -> None:
    page = sign_in(context, site)
    foreign = {
        "colab": {"base_uri": "x"},
        "vscode": {"languageId": "python"},
        "tags": ["a"],
        "deep": {"b": [1]},
    }
    picture = {"a.png": {"image/png": "iVBORw0KGgo="}}
    text = {
        "cell_type": "markdown",
        "id": "foreign-text",
        "metadata": foreign,
        "source": "a",
        "attachments": picture,
    }
    open_with(page, [code("foreign", "1", metadata=foreign), text])
    rewrite(page, add_code(page, "x = 1"), "x = 2")
    rewrite(page, page.locator("#cell-foreign"), "2")
    sees(page, "Not saved yet")
    sees(page, SAVED_AT)
    cells = {cell["id"]: cell for cell in draft(page)["cells"]}
    assert "".join(cells["foreign"]["source"]) == "2"
    assert cells["foreign"]["metadata"] == foreign == cells["foreign-text"]["metadata"]
    assert cells["foreign-text"]["attachments"] == picture


def test_hostile_output_does_nothing(context: BrowserContext, site: Site) -> None:
    """Nothing runs, nothing is asked of another host (`sign_in` fails then), nothing leaves its box."""
    page = sign_in(context, site)
    open_with(page, hostile_cells())
    address = page.url
    outputs = page.locator("#cell-hostile .lab-outputs > *")
    assert outputs.count() > 18, "they are drawn"
    for kept in ("kept", "120", "red"):
        page.locator("#cell-hostile").get_by_text(kept, exact=True).first.wait_for()
    frames = page.locator("#cell-hostile iframe")
    assert frames.count() > 8
    assert all(
        "allow-scripts" not in (frame.get_attribute("sandbox") or "allow-scripts") for frame in frames.all()
    )
    for frame in page.frames[1:]:
        for lure in frame.locator("a, summary, button").all():
            lure.click(timeout=2_000)
    page.locator("#cell-hostile .lab-table td").last.click()
    page.wait_for_timeout(500)
    assert page.evaluate("window.hostile ?? null") is None
    assert page.url == address
    assert (
        page.locator("#cell-hostile form, #cell-hostile [onclick], #cell-hostile [style*=fixed]").count() == 0
    )
    page.locator("#cell-malformed").get_by_text("opened").wait_for()
    page.locator("#cell-hostile").get_by_text("odd", exact=True).wait_for()
    assert page.locator("#cell-hostile-text svg").count() == 0, "a drawing may lie over the page"
    page.locator("#cell-hostile-text .lab-formula-display math").wait_for()
    assert page.evaluate(OUTSIDE_OF_FORMULAS) == []
    assert page.locator("[src*='//elsewhere'], [href*='//elsewhere'], [href^='javascript']").count() == 0
    sees(page, SAVED_AT)


@pytest.mark.parametrize(
    ("account", "width", "scheme"), [("learner@demo.example", 360, "light"), (URDU_LEARNER, 1280, "dark")]
)
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser,
    site: Site,
    account: str,
    width: int,
    scheme: Any,  # noqa: ANN401 - Playwright's literal
) -> None:
    language = "ur" if account == URDU_LEARNER else "en-GB"
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale=language
    )
    page = sign_in(context, site, account)
    wide = "print('wide ' * 90)\n# " + "ب " * 90
    output = {"output_type": "error", "ename": "E", "evalue": "no " * 60, "traceback": ["x" * 300]}
    table = {
        "cell_type": "markdown",
        "id": "table",
        "metadata": {},
        "source": "|a|b|\n|-|-|\n|" + "w" * 200 + "|$x$|",
    }
    open_lab(page, lab_address(page, ""))
    page.evaluate(CELLS_BEFORE, [code("wide", wide, outputs=[output], execution_count=1), table])
    open_lab(page, page.url)
    page.locator("#cell-wide .lab-still").click()
    page.locator("#cell-wide .cm-content").wait_for()
    page.locator(".lab-menu summary").click()
    assert violations(page) == []
    page.locator(".lab-menu").get_by_role("button").last.click()
    page.get_by_role("dialog").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    small = page.evaluate(
        "[...document.querySelectorAll('#lab button, #lab summary.lab-tool')]"
        ".filter((one) => one.checkVisibility()).map((one) => one.getBoundingClientRect())"
        ".filter((box) => box.height < 44 || box.width < 44).length"
    )
    assert small == 0
    code_direction = page.locator("#cell-wide .cm-content").evaluate("one => getComputedStyle(one).direction")
    assert code_direction == "ltr"
    context.close()


def test_everything_by_keyboard_and_tab_catches_nobody(context: BrowserContext, site: Site) -> None:
    page = sign_in(context, site)
    open_with(page, [code("first", "1 + 1"), code("second", "2 + 2")])
    focus = "document.activeElement.closest('.lab-cell')?.id ?? document.activeElement.className"
    page.locator("#cell-first").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focus) == "cell-second"
    page.keyboard.press("Enter")
    page.locator("#cell-second .cm-focused").wait_for()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("\nif True:\n")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("print(6 * 7)")
    assert page.locator("#cell-second .cm-line").last.inner_text() == "    print(6 * 7)"
    page.keyboard.press("Shift+Enter")
    page.locator("#cell-second .lab-outputs").get_by_text("42").wait_for()
    page.locator("#cell-second").focus()
    page.keyboard.press("b")
    page.locator(".lab-current .cm-focused").wait_for()
    page.keyboard.press("Escape")
    added = page.evaluate(focus)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(focus) == added, "its button and its code are two stops"
    page.keyboard.press("Tab")
    assert page.evaluate(focus) != added, "Tab goes on from code that nobody is writing"
    page.locator(f"#{added}").focus()
    page.keyboard.press("d")
    page.keyboard.press("d")
    assert page.locator(f"#{added}").count() == 0
    page.keyboard.press("z")
    page.locator(f"#{added}").wait_for()
    page.keyboard.press("h")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate(focus) == added


def test_a_long_notebook_opens_and_an_editor_moves_nothing(context: BrowserContext, site: Site) -> None:
    page = sign_in(context, site)
    open_with(page, [code(f"many-{number}", f"x{number} = {number}\n\nprint('y')") for number in range(300)])
    assert page.locator(".lab-cell").count() > 300
    assert page.locator(".cm-editor").count() == 0, "no editor before one is asked for"
    cell = page.locator("#cell-many-2")
    cell.locator(".tok-number").first.wait_for()
    before = cell.bounding_box()
    cell.locator(".lab-still").click()
    cell.locator(".cm-content").wait_for()
    assert cell.bounding_box() == before


def test_the_first_visit_fetches_little_script(context: BrowserContext, site: Site) -> None:
    page = sign_in(context, site)
    address = lab_address(page)
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    scripts: dict[str, str] = {}
    sizes: dict[str, int] = {}
    tools.on(
        "Network.responseReceived", lambda got: scripts.update({got["requestId"]: got["response"]["url"]})
    )
    tools.on(
        "Network.loadingFinished", lambda end: sizes.update({end["requestId"]: end["encodedDataLength"]})
    )
    page.goto(address, wait_until="networkidle")
    page.locator(".tok-keyword").first.wait_for()
    run(page.locator(".lab-cell-code").first)
    page.locator(".lab-outputs pre").first.wait_for()
    fetched = {
        url: sizes.get(number, 0)
        for number, url in scripts.items()
        if "/vendor/lab/" in url and RARE not in url
    }
    assert len(fetched) > 2
    assert all(size > 0 for size in fetched.values()), fetched
    assert sum(fetched.values()) < FIRST_VISIT_SCRIPT, fetched


def test_deleting_moving_and_starting_again_can_be_taken_back(context: BrowserContext, site: Site) -> None:
    page = sign_in(context, site)
    open_lab(page, lab_address(page, LIBRARY))
    given = page.locator(".lab-part-test").last.get_attribute("id")
    add_code(page, "mine = 1")
    mine = page.locator(".lab-cell").last.get_attribute("id")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")  # the first may have closed a list of completions
    page.keyboard.press("Control+Shift+ArrowUp")
    assert page.locator(".lab-cell").last.get_attribute("id") != mine
    locked = page.locator(".lab-part-test").first
    locked.locator(".lab-still").click()
    page.locator(".lab-menu summary").click()
    assert page.get_by_role("button", name="Delete cell").is_disabled()
    assert locked.locator(".cm-editor").count() == 0
    page.get_by_role("button", name="Start again from the original").click()
    page.get_by_role("dialog").get_by_role("button", name="Start again").click()
    page.locator(f"#{mine}").wait_for(state="detached")
    assert page.locator(f"#{given}").count() == 1
    sees(page, SAVED_AT)
    page.locator(".lab-menu summary").click()
    page.get_by_role("button", name="Earlier versions").click()
    version = page.get_by_role("dialog").get_by_role("listitem").nth(1)
    version.get_by_text("Show").click()
    version.locator("pre").get_by_text("mine = 1").wait_for()
    version.get_by_role("button", name="Bring back").click()
    page.locator(f"#{mine}").wait_for()
