"""The lab page's own script for kernels of the hub, against a real server."""

import asyncio
import json
from pathlib import Path

from darsgah.accounts.tokens import SESSION_COOKIE
from darsgah.ui.lab_assets import ESBUILD
from tests.kernels.conftest import Site
from tests.lab_page.scripts import PROJECT, node

_TRIAL = Path(__file__).with_name("trial.ts")


async def _bundled(folder: Path) -> Path:
    """The script with what it imports, as Node runs it."""
    (esbuild,) = (PROJECT / "node_modules").glob(ESBUILD)
    target = folder / "trial.mjs"
    command = [
        str(esbuild),
        str(_TRIAL),
        "--bundle",
        "--format=esm",
        "--platform=node",
        f"--outfile={target}",
    ]
    process = await asyncio.create_subprocess_exec(
        *command, "--log-level=error", stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return target


async def test_the_script_runs_loses_finds_and_shares_a_kernel(site: Site, tmp_path: Path) -> None:
    bundle = await _bundled(tmp_path)
    cookie = f"{SESSION_COOKIE}={await site.token('learner')}"
    command = [
        node(),
        "--experimental-websocket",
        str(bundle),
        site.url,
        cookie,
        str(site.network.assignment_id),
    ]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(120):
        asked = await process.stdout.readline()
        assert asked == b"end it\n", (await process.stderr.read()).decode()
        assert site.kernels.host is not None
        (held,) = site.kernels.host.held
        held.kernel.end("idle")
        told = json.loads(await process.stdout.readline())
        await process.wait()
    assert told["first"] == ["ok", "salam\n", ["started", "42"]]
    assert told["reloaded"] == ["busy", "begun\n"], "a page that is loaded again shows what goes on"
    assert told["none"] == "absent", "a page that is opened starts no kernel"
    assert told["line"] == ["ok", "who? who? me\n", ["started", "'who? me'"]]
    assert told["updated"] == ["ok", "", ["started", "1", "n=2", "cleared"]]
    assert told["counting"] == ["ok", list(range(12))]
    assert told["after"] == ["ok", "", ["started", "'after'"]]
    assert told["meanwhile"] == ["ok", "", ["started", "'asked for while away'"]]
    assert told["connections"] == 2
    (forever, waiting) = told["interrupted"]
    assert forever == ["error", "begun\n", ["started", "KeyboardInterrupt"]]
    assert waiting == ["aborted", "", []]
    assert told["completed"]["matches"] == [{"text": "upper", "type": "attribute"}]
    assert (told["completed"]["from"], told["completed"]["to"]) == (9, 13)  # the face is two UTF-16 units
    assert told["explained"] is True
    assert told["other"] == [["cell"], "shared\n", ["ok", "", ["started", "5"]]]
    assert told["restarted"] == ["error", "", ["started", "NameError"]]
    assert told["died"][0] == "error"
    assert told["state of a dead one"] == "dead:ended"
    assert told["alive"] == ["ok", "", ["started", "2"]]
    assert told["ended"] == "dead:idle"
    assert told["anew"] == ["ok", "", ["started", "4"]]
    assert told["limits"]["memoryBytes"] == 1024**3
    assert told["limits"]["idleSeconds"] == 1200
    assert "away:offline" in told["states"]
