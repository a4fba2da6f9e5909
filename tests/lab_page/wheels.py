"""Small pure wheels, as an operator would drop them into the folder of the browser's Python."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

VERSION = "1.0"


def make_wheel(folder: Path, name: str, files: Mapping[str, str], needs: Sequence[str] = ()) -> Path:
    """A wheel of that name with those files; its record names them as a real one does."""
    wheel = folder / f"{name}-{VERSION}-py3-none-any.whl"
    information = f"{name}-{VERSION}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {VERSION}"]
    metadata += [f"Requires-Dist: {need}" for need in needs]
    contents = dict(files) | {
        f"{information}/METADATA": "\n".join(metadata) + "\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*contents, f"{information}/RECORD"))
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in (contents | {f"{information}/RECORD": record}).items():
            archive.writestr(path, content)
    return wheel
