"""TypeScript's own check of the lab page, strict; ``make check`` runs it too."""

import subprocess

from tests.lab_page.scripts import PROJECT, SOURCES, node

LONGEST = 400


def test_the_types_hold() -> None:
    compiler = PROJECT / "node_modules" / "typescript" / "bin" / "tsc"
    result = subprocess.run(
        [node(), str(compiler), "-p", str(SOURCES)], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_files_stay_readable() -> None:
    long = {
        path.name: len(path.read_text().splitlines())
        for path in SOURCES.glob("*.ts")
        if path.name != "texts.ts"
    }
    assert {name: lines for name, lines in long.items() if lines > LONGEST} == {}
