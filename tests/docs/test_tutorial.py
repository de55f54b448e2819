"""The tutorial works: its commands are run as they stand, with other ports and another folder.

A fenced block whose language is ``sh`` is a command; the word behind tells how it is meant:
``setup`` and ``end`` are not run (the installation is the one of the test), ``terminal`` runs until
the end of the test, ``until "text"`` is what a person does who looks again until the text is there.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs import swift_clarion

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "first-campaign.md"
FOLDER = "/tmp/clarion-tutorial"
BLOCK = re.compile(
    r"^```sh(?: (?P<word>[a-z]+)(?: \"(?P<text>[^\"]*)\")?)?\n(?P<code>.*?)^```$", re.M | re.S
)
LONGEST_LOOK_SECONDS = 90
MARK = "-- the block is done --"


def blocks() -> list[tuple[str, str, str]]:
    """(word, text, code) of each block, in order."""
    page = TUTORIAL.read_text(encoding="utf-8")
    return [(each["word"] or "", each["text"] or "", each["code"]) for each in BLOCK.finditer(page)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Reader:
    """A person at a shell who types block after block."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ports = {"9000": str(free_port()), "8000": str(free_port())}
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "NO_COLOR": "1",
            "CLARION_DATA_DIR": str(folder / "data"),
            "CLARION_PORT": self._ports["8000"],
        }
        self._terminals: list[subprocess.Popen[bytes]] = []
        address = swift_clarion.install(folder / "bin")
        self._swift = subprocess.Popen([sys.executable, swift_clarion.__file__, str(address)])
        self._at_the_shell = {
            **self._environment,
            "PATH": f"{address.parent}:{self._environment['PATH']}",
        }
        while not address.exists():
            assert self._swift.poll() is None
            time.sleep(0.05)

    def typed(self, code: str) -> str:
        """The code with the ports and the folder of this test."""
        code = code.replace(FOLDER, str(self._folder / "data"))
        for usual, port in self._ports.items():
            code = code.replace(f"127.0.0.1:{usual}", f"127.0.0.1:{port}")
        return code.replace("clarion simulate", f"clarion simulate --port {self._ports['9000']}")

    def start(self, code: str) -> None:
        path = self._folder / f"terminal{len(self._terminals)}.log"
        with path.open("wb") as log:
            terminal = subprocess.Popen(
                ["bash", "-c", f"exec {self.typed(code)}"],
                cwd=self._folder,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._terminals.append(terminal)

    def wait_for(self, usual_port: str) -> None:
        """Until the terminal's server takes connections."""
        deadline = time.monotonic() + LONGEST_LOOK_SECONDS
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(self._ports[usual_port]))) == 0:
                    return
            assert all(each.poll() is None for each in self._terminals), self.told()
            time.sleep(0.1)
        raise AssertionError(self.told())

    def told(self) -> str:
        """What the terminals show."""
        return "\n".join(path.read_text() for path in sorted(self._folder.glob("terminal*.log")))

    def run(self, code: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.typed(code)],
            cwd=self._folder,
            env=self._at_the_shell,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{code}\n{done.stdout}{done.stderr}\n{self.told()}"
        return done.stdout + done.stderr

    def look(self, code: str, text: str) -> None:
        deadline = time.monotonic() + LONGEST_LOOK_SECONDS
        while text not in (shown := self.run(code)):
            assert time.monotonic() < deadline, f"never {text!r}:\n{shown}\n{self.told()}"

    def close(self) -> None:
        for terminal in reversed(self._terminals):
            terminal.terminate()
            assert terminal.wait(30) == 0, self.told()
        self._swift.kill()
        self._swift.wait()


@pytest.fixture
def reader() -> Iterator[Reader]:
    # Not pytest's folder: root's database runs as another account, to which that one is closed.
    folder = Path(tempfile.mkdtemp(prefix="clarion-tutorial-", dir="/tmp"))
    folder.chmod(0o755)
    one = Reader(folder)
    yield one
    one.close()
    shutil.rmtree(folder)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the tutorial's reader has curl")
def test_every_command_of_the_tutorial_works(reader: Reader) -> None:
    shown = ""
    for word, text, code in blocks():
        match word:
            case "setup" | "end":
                continue
            case "terminal":
                reader.start(code)
                reader.wait_for("9000" if "simulate" in code else "8000")
            case "until":
                reader.look(code, text)
            case _:
                shown += reader.run(code)
    assert '"is_verified":true' in shown
    assert "rejected  1" in shown
    assert "is deleted" in shown
