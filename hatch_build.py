"""Puts the built console into the wheel and the sdist.

Theory of operation.  In a checkout the console is built first (`console/build.py`); a source
distribution carries the built files instead of `console/`, so that installing from it needs no Node.
An editable installation serves whatever `make console` has built, and `CLARION_SKIP_CONSOLE=1`
leaves the console out on purpose.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling is not generic here
    """Builds the console before the files are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse to make a package without a console unless that is wanted."""
        if version == "editable" or os.environ.get("CLARION_SKIP_CONSOLE") == "1":
            return
        root = Path(self.root)
        script = root / "console" / "build.py"
        if script.is_file():
            subprocess.run([sys.executable, str(script)], check=True)
        if not (root / "src" / "clarion" / "_console" / "index.html").is_file():
            raise RuntimeError("There is no built console (src/clarion/_console/index.html).")
