"""Two servers on one database are one: what was signed once is accepted once, wherever it arrives."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from clarion.commands.serve import Running
from clarion.services.keys import NewKey

from .signing import Signer

ROUNDS = 10


@contextlib.asynccontextmanager
async def another_server(database_url: str, folder: Path) -> AsyncIterator[str]:
    """A web process of its own; where it listens."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "clarion", "web", "--host", "127.0.0.1", "--port", "0"),
        env={
            **os.environ,
            "CLARION_DATABASE_URL": database_url,
            "CLARION_SECRET_KEY": "a secret key for tests",
            "CLARION_DATA_DIR": str(folder),
            "NO_COLOR": "1",
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert process.stdout is not None
    told = ""
    try:
        async with asyncio.timeout(90):
            while (found := re.search(r"origin[\"=:\s]+(http://127\.0\.0\.1:\d+)", told)) is None:
                line = await process.stdout.readline()
                assert line, told
                told += line.decode()
        yield found[1]
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def test_a_nonce_is_used_once_on_all_servers_together(
    server: Running, key: NewKey, tmp_path: Path
) -> None:
    async with (
        another_server(server.database_url, tmp_path / "a") as first,
        another_server(server.database_url, tmp_path / "b") as second,
        aiohttp.ClientSession() as http,
    ):
        assert first != second

        async def sent(origin: str, query: dict[str, str], headers: dict[str, str]) -> str:
            url = URL(f"{origin}/?{urlencode(query)}", encoded=True)
            async with http.post(url, headers=headers) as response:
                return str((await response.json())["Code"])

        codes: Counter[str] = Counter()
        for number in range(ROUNDS):
            signer = Signer(
                key.key.access_key_id, key.access_key_secret, "cams.example", server.place.clock()
            )
            name = {"GroupName": f"Group {number}"}
            # Both signatures; the same request reaches both servers at the same moment.
            request = (
                (name, signer.acs3("AddGroup", name))
                if number % 2
                else (signer.old("AddGroup", name), {"host": "cams.example"})
            )
            codes.update(await asyncio.gather(sent(first, *request), sent(second, *request)))
        assert codes == {"OK": ROUNDS, "SignatureNonceUsed": ROUNDS}
    assert await server.place.pool.fetchval("SELECT count(*) FROM groups") == ROUNDS
