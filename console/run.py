"""Runs a script of ``package.json`` with the Node that the build uses: ``python console/run.py check``."""

from __future__ import annotations

import shutil
import subprocess
import sys

from build import CONSOLE, environment_with_node


def main() -> int:
    """Run it; its exit code is ours."""
    environment = environment_with_node()
    npm = shutil.which("npm", path=environment["PATH"]) or "npm"
    command = [npm, "run", "--silent", *sys.argv[1:]]
    return subprocess.run(command, cwd=CONSOLE, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
