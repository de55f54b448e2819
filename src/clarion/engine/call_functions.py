"""Functions of Python packages, each call in a process of its own.

Theory of operation.  A package declares a callable under the entry point group
``clarion.functions``.  A call starts this interpreter with ``clarion.function_host``, gives it the
arguments as JSON and reads a JSON object back.  A process can be ended when its time is over, which a
thread cannot, and it gets none of our secrets: of the environment only a few harmless names go along.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from typing import Any

import orjson

from clarion.engine.outside import MAX_ANSWER_BYTES
from clarion.flow.calls import CallAnswer
from clarion.function_host import FAILED, MISSING

__all__ = ["call_registered"]

_ENVIRONMENT = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "TMPDIR")
_WORDS = {MISSING: "function_missing", FAILED: "function_failed"}


async def call_registered(
    name: str, arguments: Mapping[str, Any], timeout_seconds: float
) -> CallAnswer:
    """Call a registered function; what goes wrong is an answer with its word."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "clarion.function_host",
        name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={key: os.environ[key] for key in _ENVIRONMENT if key in os.environ},
        limit=MAX_ANSWER_BYTES,
    )
    try:
        async with asyncio.timeout(timeout_seconds):
            data, _ = await process.communicate(orjson.dumps(arguments))
    except TimeoutError:
        return CallAnswer(failure="timeout")
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode != 0:
        return CallAnswer(failure=_WORDS.get(process.returncode or 0, "function_failed"))
    if len(data) > MAX_ANSWER_BYTES:
        return CallAnswer(failure="too_large")
    return CallAnswer(200, data.decode(errors="replace").replace("\x00", "\ufffd"))
