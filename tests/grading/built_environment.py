"""An environment of a hub's own that needs no network: a wheel made here, and IPython borrowed."""

import base64
import hashlib
import zipfile
from pathlib import Path

MODULE = "hub_numbers"
_DIST = f"{MODULE}-1.0.dist-info"


def make_wheel(folder: Path, source: str = "ANSWER = 42\n") -> Path:
    """A wheel of one module, as pip wants it."""
    files = {
        f"{MODULE}.py": source,
        f"{_DIST}/METADATA": f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: 1.0\n",
        f"{_DIST}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    records = [f"{name},sha256={_digest(text)},{len(text.encode())}" for name, text in files.items()]
    files[f"{_DIST}/RECORD"] = "\n".join([*records, f"{_DIST}/RECORD,,", ""])
    path = folder / f"{MODULE}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def declare(own: Path, name: str, source: str = "ANSWER = 42\n", declaration: str = "") -> Path:
    """A folder of an environment with that wheel, locked; ``declaration`` in place of the usual one."""
    folder = own / name
    (folder / "wheels").mkdir(parents=True, exist_ok=True)
    wheel = make_wheel(folder / "wheels", source)
    lock(folder, hashlib.sha256(wheel.read_bytes()).hexdigest())
    (folder / "environment.toml").write_text(
        declaration or f'platform = ["ipython"]\nrequirements = "requirements.txt"\npreload = ["{MODULE}"]\n'
    )
    return folder


def lock(folder: Path, digest: str) -> None:
    """Write the requirements."""
    (folder / "requirements.txt").write_text(
        f"--no-index\n--find-links wheels\n{MODULE}==1.0 --hash=sha256:{digest}\n"
    )
