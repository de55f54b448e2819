"""The program on the page works as it stands."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from clarion.commands.serve import Running
from clarion.services.keys import NewKey

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "use-the-cams-sdk.md"


async def test_the_program_of_the_page_runs(server: Running, key: NewKey, flow_code: str) -> None:
    assert server.origin is not None
    (program,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program),
        env={
            **os.environ,
            "ACCESS_KEY_ID": key.key.access_key_id,
            "ACCESS_KEY_SECRET": key.access_key_secret,
            "CLARION_ADDRESS": server.origin.removeprefix("http://"),
            "NO_PROXY": "127.0.0.1",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, problems = await process.communicate()
    assert process.returncode == 0, problems.decode()
    group, flow = printed.decode().splitlines()
    assert re.fullmatch(r"group \d+", group)
    assert flow == f"flow {flow_code} Spring offer PUBLISHED"
