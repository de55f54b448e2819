"""The process in which one registered function runs: ``python -m clarion.function_host NAME``.

Theory of operation.  It reads the arguments as JSON from its input, calls the callable that is
registered under the name in the entry point group ``clarion.functions``, writes what it returns as
JSON, and ends.  What the function prints goes to the error output, so it cannot spoil the answer.
"""

from __future__ import annotations

import contextlib
import json
import sys
import traceback
from importlib.metadata import entry_points

__all__ = ["FAILED", "GROUP", "MISSING", "main"]

GROUP = "clarion.functions"
MISSING = 3
FAILED = 4


def main(name: str) -> int:
    """Run one function; the exit status tells how it went."""
    found = [each for each in entry_points(group=GROUP) if each.name == name]
    if not found:
        return MISSING
    try:
        with contextlib.redirect_stdout(sys.stderr):
            result = found[0].load()(**json.load(sys.stdin))
            answer = json.dumps(result)
    except Exception:  # noqa: BLE001 - a function is foreign code: whatever it raises, it has failed
        traceback.print_exc()
        return FAILED
    sys.stdout.write(answer)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
