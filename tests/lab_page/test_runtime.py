"""The browser's Python on the real lab page: runs, stops, asks, completes, and never drowns the page."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from darsgah.errors import SettingsInvalid
from darsgah.ui.browser_runtime import BrowserRuntime
from darsgah.ui.static_files import StaticFiles
from tests.journeys.demo_site import Site
from tests.lab_page.lab_browser import (
    lab_address,
    lab_data,
    open_lab,
    sign_in,
    until,
    wait_for_service_worker,
)
from tests.lab_page.runtime_server import served_runtime
from tests.lab_page.wheels import make_wheel

pytestmark = pytest.mark.journey

BEGIN = """
async ([script, setup]) => {
  const { createBrowserKernel } = await import(script);
  const kernel = createBrowserKernel(setup);
  window.states = []; window.progress = []; window.kernel = kernel;
  kernel.listen({
    state: (state, trouble) => states.push([state, trouble]),
    progress: (step) => progress.push(step),
    limits: () => undefined,
  });
  window.run = async (source, answer) => {
    const outputs = [];
    const execution = await kernel.execute("cell", source, {
      output: (output) => outputs.push(output),
      update: (id, data) => outputs.push({ updated: id, data }),
      clear: () => outputs.push({ cleared: true }),
      input: (prompt) => {
        outputs.push({ prompt });
        return answer === undefined ? new Promise(() => 0) : answer;
      },
      started: () => undefined,
      note: (note) => outputs.push({ note }),
    });
    return { execution, outputs };
  };
  await kernel.start();
  return [crossOriginIsolated, kernel.state, kernel.version, kernel.interruptible];
}
"""
CONFINEMENT = Path(__file__).parents[2] / "labs" / "lab-page" / "worker_confinement.ts"
REACHING = r"(Request|Socket|SocketStream|Transport|Source|Worker|Channel|Connection|Scripts|DB|caches)$"
HARMLESS = {"MediaSource", "MessageChannel", "Request"}
"""Bytes to be played, a line to who has its other end, and a value for ``fetch``, which is ours."""
STOP = """
async ([source, wait]) => {
  const running = run(source);
  await new Promise((resolve) => setTimeout(resolve, wait));
  const begun = performance.now();
  await kernel.interrupt();
  return { ...(await running), stopped: performance.now() - begun };
}
"""
CAREFUL = """
touched = []
class Account:
    balance = 5
    def __getattr__(self, name):
        touched.append(name)
        raise AttributeError
    @property
    def secret(self):
        touched.append("secret")
    def pay(self, amount: int) -> str:
        "Pay out."
account = Account()
قیمت = [1]
"""
Run = Callable[..., dict[str, Any]]


def kernel_script() -> str:
    """The piece of the page's script that holds the kernel, found as the page finds it."""
    files = StaticFiles()
    page_script = files.find(files.url("vendor/lab/page.js").removeprefix("/static/")).content.decode()
    name = page_script.split("browser_kernel-")[1].split(".js")[0]
    return f"/static/vendor/lab/browser_kernel-{name}.js"


def begin(page: Page, **changes: object) -> list[Any]:
    """Start a kernel of the page's own setup beside the page's."""
    setup = lab_data(page)["kernel"] | changes
    started: list[Any] = page.evaluate(BEGIN, [kernel_script(), setup])
    return started


@pytest.fixture(scope="module")
def lab(browser: Browser, site: Site) -> Iterator[Page]:
    context = browser.new_context()
    page = sign_in(context, site)
    open_lab(page, lab_address(page, "Files and Urdu text"))
    assert begin(page) == [True, "idle", "3.14", True]
    yield page
    context.close()


@pytest.fixture
def run(lab: Page) -> Run:
    return lambda source, answer=None: lab.evaluate(
        "([source, answer]) => run(source, answer ?? undefined)", [source, answer]
    )


def texts(outcome: dict[str, Any], name: str = "stdout") -> str:
    return "".join(output["text"] for output in outcome["outputs"] if output.get("name") == name)


def result(outcome: dict[str, Any]) -> Any:  # noqa: ANN401 - an nbformat bundle
    return outcome["outputs"][-1]["data"]


def test_a_first_output_and_the_last_value(run: Run) -> None:
    outcome = run("print('salaam')\nmax(3, 4)")
    assert outcome["execution"]["status"] == "ok"
    assert texts(outcome) == "salaam\n"
    assert result(outcome) == {"text/plain": "4"}


def test_an_error_shows_the_cells_lines_and_nothing_of_the_shell(run: Run) -> None:
    outcome = run("def share(n):\n    return 1 / n\n\nshare(0)")
    assert outcome["execution"]["status"] == "error"
    [error] = outcome["outputs"]
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    shown = "\n".join(error["traceback"])
    assert "return 1 / n" in shown
    assert "in share" in shown
    assert "lab_shell" not in shown
    assert len(error["traceback"]) < 15


def test_output_streams_in_order(run: Run) -> None:
    outcome = run("import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')")
    assert [(output["name"], output["text"]) for output in outcome["outputs"]] == [
        ("stdout", "one\n"),
        ("stderr", "two\n"),
        ("stdout", "three\n"),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "x = 41\nwhile True: pass",
        "x = 41\nimport time\ntime.sleep(600)",
        "x = 41\nimport asyncio\nawait asyncio.sleep(600)",
        "x = 41\ninput('never answered')",
    ],
)
def test_stopping_keeps_the_values(lab: Page, run: Run, source: str) -> None:
    outcome = lab.evaluate(STOP, [source, 700])
    assert outcome["execution"]["status"] == "error"
    assert outcome["outputs"][-1]["ename"] == "KeyboardInterrupt"
    assert outcome["stopped"] < 5_000
    assert result(run("x + 1")) == {"text/plain": "42"}


def test_a_cell_that_catches_every_stop_ends_with_its_python(lab: Page, run: Run) -> None:
    stubborn = "while True:\n  try:\n    while True: pass\n  except BaseException: pass"
    outcome = lab.evaluate(STOP, [stubborn, 700])
    assert outcome["execution"]["status"] == "aborted"
    assert outcome["outputs"][-1] == {"note": "forced"}
    assert result(run("6 * 7")) == {"text/plain": "42"}


def test_python_that_ends_by_itself_is_noticed(lab: Page, run: Run) -> None:
    outcomes = lab.evaluate("Promise.all([run('import os\\nos._exit(1)'), run('1')])")
    assert [outcome["execution"]["status"] for outcome in outcomes] == ["aborted", "aborted"]
    state, trouble = lab.evaluate("states.at(-1)")
    assert (state, trouble["code"]) == ("dead", "ended")
    assert result(run("6 * 7")) == {"text/plain": "42"}


def test_an_error_aborts_what_waits(lab: Page) -> None:
    found = lab.evaluate(
        "async () => Promise.all([run('raise ValueError()'), run('late = 1'), run('later = 1')])"
    )
    assert [outcome["execution"]["status"] for outcome in found] == ["error", "aborted", "aborted"]


def test_a_program_asks_and_is_answered(run: Run) -> None:
    outcome = run("name = input('Your name? ')\nprint('Salaam,', name)", "عائشہ")
    assert outcome["outputs"][0] == {"prompt": "Your name? "}
    assert texts(outcome) == "Your name? عائشہ\nSalaam, عائشہ\n"


def test_data_files_lie_beside_the_notebook(lab: Page, run: Run) -> None:
    [file, *_] = lab_data(lab)["kernel"]["files"]
    outcome = run(f"import os\nos.path.getsize({file['path']!r})")
    assert result(outcome) == {"text/plain": str(file["size"])}


def test_a_flood_neither_hangs_nor_fills_the_page(lab: Page, run: Run) -> None:
    outcome = lab.evaluate(STOP, ["kept = 1\nwhile True: print('x' * 2_000)", 2_500])
    assert "KeyboardInterrupt" in [output.get("ename") for output in outcome["outputs"]]
    assert "characters were printed and are not shown" in texts(outcome, "stderr")
    assert len(texts(outcome)) <= 1_000_000
    assert len(outcome["outputs"]) < 300
    assert outcome["stopped"] < 5_000
    assert result(run("kept")) == {"text/plain": "1"}


def test_an_animation_shows_its_last_picture(run: Run) -> None:
    outcome = run(
        "from IPython.display import clear_output, display\n"
        "for step in range(5_000):\n    clear_output(wait=True)\n    display(step)"
    )
    shown = [output for output in outcome["outputs"] if "data" in output]
    assert shown[-1]["data"] == {"text/plain": "4999"}
    assert len(outcome["outputs"]) < 500


def test_rich_values_and_ipythons_names(run: Run) -> None:
    outcome = run(
        "from IPython.display import HTML, SVG, Markdown, display\n"
        "display(Markdown('**bold**'))\n"
        "handle = display(SVG('<svg/>'), display_id=True)\n"
        "handle.update(HTML('<i>new</i>'))\n"
        "class Shown:\n    def _repr_html_(self):\n        return '<b>me</b>'\n"
        "Shown()"
    )
    first, second, update, last = outcome["outputs"]
    assert first["data"]["text/markdown"] == "**bold**"
    assert second["data"]["image/svg+xml"] == "<svg/>"
    assert update["updated"] == second["transient"]["display_id"]
    assert update["data"]["text/html"] == "<i>new</i>"
    assert last["data"]["text/html"] == "<b>me</b>"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("!ls", "terminal"),
        ("%pip install pandas", "instructor"),
        ("%%bash\nls", "plain Python"),
        ("%cd x", "plain Python"),
    ],
)
def test_what_is_not_here_is_said_clearly(run: Run, source: str, words: str) -> None:
    [error] = run(source)["outputs"]
    assert words in error["evalue"]


def test_the_few_commands_that_are_here(run: Run) -> None:
    outcome = run("%matplotlib inline\n%time total = sum(range(1000))\ntotal")
    assert "wall time" in texts(outcome)
    assert result(outcome) == {"text/plain": "499500"}
    assert "best of" in texts(run("%timeit sum(range(10))"))


def test_completion_and_help_run_nothing_of_the_learners(lab: Page, run: Run) -> None:
    run(CAREFUL)
    found = lab.evaluate("kernel.complete('x = account.', 12)")
    assert {match["text"] for match in found["matches"]} == {"balance", "secret", "pay"}
    assert (found["from"], found["to"]) == (12, 12)
    assert lab.evaluate("kernel.complete('account.secret.', 15)")["matches"] == []
    urdu = lab.evaluate("kernel.complete('قیمت.app', 8)")
    assert [match["text"] for match in urdu["matches"]] == ["append"]
    assert (urdu["from"], urdu["to"]) == (5, 8)
    assert lab.evaluate("kernel.inspect('account.pay(1', 13)") == "pay(amount: int) -> str\n\nPay out."
    assert result(run("touched")) == {"text/plain": "[]"}


def test_a_notebooks_code_reaches_nothing_in_the_learners_name(run: Run) -> None:
    outcome = run(
        "import js\nfound = []\n"
        "for way in ('/today', '/api/v1/me', 'https://example.org/'):\n"
        "    try:\n        await js.fetch(way)\n        found.append(way)\n"
        "    except Exception as error:\n        pass\n"
        "try:\n    js.eval('1')\n    found.append('eval')\nexcept Exception:\n    pass\n"
        f"found, [name for name in {taken_out()} if getattr(js, name) is not None]"
    )
    assert result(outcome) == {"text/plain": "([], [])"}


def test_nothing_else_of_the_browsers_reaches_anywhere(run: Run) -> None:
    """Whatever of this browser's reaches out, by its name, is in the list of what is taken out."""
    outcome = run(
        "import js, re\nfound = set()\nholder = js.globalThis\n"
        "while holder:\n"
        "    found |= set(js.Object.getOwnPropertyNames(holder))\n"
        "    holder = js.Object.getPrototypeOf(holder)\n"
        "def made(name):\n"
        "    try: return bool(getattr(js, name).new('/x'))\n"
        "    except Exception as error: return 'Illegal constructor' not in str(error)\n"
        f"sorted(name for name in found if re.search({REACHING!r}, name)"
        " and getattr(js, name) is not None and made(name))"
    )
    assert result(outcome) == {"text/plain": repr(sorted(HARMLESS))}


def taken_out() -> list[str]:
    """The names that the worker takes out, from its own source."""
    [names] = re.findall(r"const TAKEN_OUT = \[(.*?)\];", CONFINEMENT.read_text(), flags=re.DOTALL)
    found = re.findall(r'"(\w+)"', names)
    assert len(found) > 10
    return found


def test_too_much_memory_is_an_error_of_the_cell(run: Run) -> None:
    outcome = run("here = 1\nlist(bytearray(2_000_000_000) for _ in range(4))")
    assert outcome["outputs"][-1]["ename"] == "MemoryError"
    assert result(run("here")) == {"text/plain": "1"}


def test_a_cell_has_no_more_than_the_labs_memory(lab: Page, run: Run) -> None:
    most = lab_data(lab)["kernel"]["memoryBytes"]
    assert result(run(f"len(bytearray({most // 2}))")) == {"text/plain": str(most // 2)}
    assert run(f"bytearray({most})")["outputs"][-1]["ename"] == "MemoryError"


def test_a_restart_forgets_every_value(lab: Page, run: Run) -> None:
    run("kept = 1")
    assert lab.evaluate("async () => { await kernel.restart(); return kernel.state; }") == "idle"
    outcome = run("kept")
    assert outcome["outputs"][0]["ename"] == "NameError"
    assert outcome["execution"]["executionCount"] == 1


def test_without_isolation_stopping_restarts_and_input_says_why(browser: Browser, site: Site) -> None:
    context = browser.new_context(service_workers="block")
    page = sign_in(context, site)

    def plain(route: Any) -> None:  # noqa: ANN401 - Playwright's
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if "embedder" not in name}
        route.fulfill(response=answer, headers=headers)

    page.route("**/lab", plain)
    open_lab(page, lab_address(page))
    assert begin(page) == [False, "idle", "3.14", False]
    [error] = page.evaluate("run('input()')")["outputs"]
    assert "cannot ask here" in error["evalue"]
    outcome = page.evaluate(STOP, ["while True: pass", 500])
    assert outcome["execution"]["status"] == "aborted"
    assert page.evaluate("run('1 + 1')")["execution"]["executionCount"] == 1
    context.close()


def test_a_missing_runtime_leaves_a_clear_state(lab: Page) -> None:
    states = lab.evaluate(
        """async ([script, setup]) => {
          const { createBrowserKernel } = await import(script);
          const kernel = createBrowserKernel(setup);
          const states = [];
          const state = (name, trouble) => states.push([name, trouble?.code]);
          kernel.listen({ state, progress: () => 0, limits: () => 0 });
          await kernel.start();
          return states;
        }""",
        [kernel_script(), lab_data(lab)["kernel"] | {"runtimeUrl": "/runtime/none/"}],
    )
    assert states == [["starting", None], ["dead", "offline"]]


def test_the_second_visit_downloads_nothing_of_the_runtime(browser: Browser, site: Site) -> None:
    """Bytes are those of the browser's own protocol, of the page and of its workers."""
    context = browser.new_context()
    page = sign_in(context, site)
    address = lab_address(page)
    measured = []
    for _ in range(2):
        open_lab(page, address)
        wait_for_service_worker(page)
        begin(page)
        measured.append(
            page.evaluate("progress.filter((step) => step.stage === 'download').at(-1)?.loaded ?? 0")
        )
        until(
            lambda: page.evaluate(
                "async () => (await (await caches.open('darsgah-files-1')).keys())"
                ".filter(({ url }) => url.includes('/runtime/')).length >= 6"
            ),
            "Python is not held",
        )
    first, second = measured
    assert 4_000_000 < first < 5_200_000
    assert second == 0
    context.close()


def test_the_operators_wheels_load_on_a_plain_import(tmp_path: Path, browser: Browser) -> None:
    make_wheel(
        tmp_path, "greeting", {"greeting/__init__.py": "from wordlist import WORDS\n"}, ["word-list>=1"]
    )
    make_wheel(tmp_path, "word_list", {"wordlist.py": "WORDS = ['salaam']\n"})
    (tmp_path / "numpy-2.0-cp314-cp314-linux_x86_64.whl").write_bytes(b"for another machine")
    runtime = BrowserRuntime(tmp_path)
    version = runtime.runtime_url.split("/")[2]
    assert version != BrowserRuntime().runtime_url.split("/")[2]
    lock = json.loads(runtime.find(version, "pyodide-lock.json").content)
    assert sorted(lock["packages"]) == ["greeting", "word-list"]
    assert lock["packages"]["greeting"]["depends"] == ["word-list"]
    assert lock["packages"]["word-list"]["imports"] == ["wordlist"]
    setup = {
        "files": [],
        "memoryBytes": 2**28,
        "runtimeUrl": runtime.runtime_url,
        "workerUrl": runtime.worker_url,
    }
    with served_runtime(runtime) as address:
        page = browser.new_page()
        page.goto(address)
        assert page.evaluate(BEGIN, [kernel_script(), setup])[1] == "idle"
        found = page.evaluate("run('%time 1\\nimport greeting\\ngreeting.WORDS')")
        missing = page.evaluate("run('import numpy')")
        page.close()
    assert result(found) == {"text/plain": "['salaam']"}
    assert missing["outputs"][0]["ename"] == "ModuleNotFoundError"


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match=r"DARSGAH_BROWSER_RUNTIME names .*nothing"):
        BrowserRuntime(tmp_path / "nothing")
