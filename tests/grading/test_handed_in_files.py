"""What is no plain file among what was handed in: a clear refusal for each, and the batch goes on."""

import json
import os
import shutil
import socket
from contextlib import closing
from pathlib import Path

import pytest

from tests.grading.test_commands import LAB, invoke

RIGHT = LAB.with_name("submission.ipynb")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder of submissions, of which one is right and each other is no plain file."""
    shutil.copy(RIGHT, tmp_path / "right.ipynb")
    (tmp_path / "link.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "dangling.ipynb").symlink_to("/nowhere/at/all")
    (tmp_path / "device.ipynb").symlink_to("/dev/zero")
    (tmp_path / "itself.ipynb").symlink_to("itself.ipynb")
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder_with_link").mkdir()
    (tmp_path / "folder_with_link" / "nb.ipynb").symlink_to(RIGHT)
    (tmp_path / "folder_with_pipe").mkdir()
    os.mkfifo(tmp_path / "folder_with_pipe" / "nb.ipynb")
    return tmp_path


def test_links_pipes_and_devices_are_refused_and_the_rest_is_graded(odd: Path) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(str(odd / "socket.ipynb"))
        ran = invoke("grade", LAB, "--each", odd, "--json")
    assert ran.exit_code == 0
    lines = {line["submission"]: line for line in map(json.loads, ran.stdout.splitlines())}
    assert lines.pop("right.ipynb")["score"] == 3
    assert len(lines) == 8
    for name, line in lines.items():
        assert line["error"]["code"] in {"not_a_file", "no_notebook", "unreadable"}, name
        assert line["error"]["message"], name
        assert "root:" not in json.dumps(line), name


def test_a_pipe_alone_does_not_block(odd: Path) -> None:
    ran = invoke("grade", LAB, odd / "pipe.ipynb", "--json")
    assert ran.exit_code == 3
    assert json.loads(ran.stdout)["error"]["code"] == "not_a_file"
