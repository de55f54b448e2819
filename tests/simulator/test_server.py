"""The server on bytes: what clients do to it beyond one neat request after the other."""

from __future__ import annotations

import asyncio
import json

HEAD = b"host: x\r\nauthorization: Bearer tok\r\n"


async def exchange(simulator, raw: bytes) -> bytes:
    port = int(simulator.base_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def test_requests_sent_at_once_are_answered_in_order(simulator):
    world = simulator.world
    world.set_settings(world.settings.merged({"answers": {"latency": {"median_seconds": 0.02}}}))
    body = json.dumps(
        {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.X"}
    ).encode()
    post = b"POST /v25.0/111/messages HTTP/1.1\r\n%scontent-length: %d\r\n\r\n%s"
    last = b"GET /v25.0/111 HTTP/1.1\r\n" + HEAD + b"connection: close\r\n\r\n"

    answer = await exchange(simulator, post % (HEAD, len(body), body) + last)

    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.index(b'{"success":true}') < answer.index(b'"verified_name"')


async def test_a_body_in_pieces_is_put_together(simulator):
    raw = (
        b"POST /v25.0/111/messages HTTP/1.1\r\n" + HEAD + b"connection: close\r\n"
        b"transfer-encoding: chunked\r\n\r\n"
        b'14\r\n{"messaging_product"\r\n14\r\n:"whatsapp","status"\r\n'
        b'1c\r\n:"read","message_id":"wamid.\r\n3\r\nX"}\r\n0\r\n\r\n'
    )

    assert b'{"success":true}' in await exchange(simulator, raw)


async def test_what_is_not_http_is_refused_and_closed(simulator):
    assert (await exchange(simulator, b"hello\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_a_body_that_is_not_json_is_error_100(simulator):
    raw = (
        b"POST /111/messages HTTP/1.1\r\n" + HEAD + b"connection: close\r\n"
        b"content-length: 5\r\n\r\n{nope"
    )

    assert b'"code":100' in await exchange(simulator, raw)
