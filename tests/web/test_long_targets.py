"""Request targets of any length that a whole flow needs reach the application."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from clarion.web.server import listen_on, serving


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers the path and the length of the query."""
    query = scope["query_string"]
    body = f"{scope['path']} {len(query)} {query[-1:].decode()}".encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def test_targets_are_read_whole_on_one_connection() -> None:
    listener = listen_on("127.0.0.1", 0)
    async with serving(echo, listener):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        for length in (10, 65_530, 65_531, 65_536, 1_048_576, 10):
            query = b"x" * (length - 1) + b"z"
            writer.write(b"POST /a%20b?" + query + b" HTTP/1.1\r\nHost: h\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            expected = f"/a b {length} z".encode()
            assert await reader.readexactly(len(expected)) == expected
        writer.close()
    listener.close()


@pytest.mark.parametrize("target", [b"/" + b"a" * 70_000, b"http://h/?" + b"a" * 70_000])
async def test_what_is_long_besides_the_query_breaks_nothing(target: bytes) -> None:
    listener = listen_on("127.0.0.1", 0)
    async with serving(echo, listener):
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        writer.write(b"GET " + target + b" HTTP/1.1\r\nHost: h\r\n\r\n")
        line = await reader.readline()
        assert line.startswith((b"HTTP/1.1 400", b"HTTP/1.1 200"))
        writer.close()
    listener.close()
