"""What a whole answer looks like, and how connections are used again."""

from __future__ import annotations

import asyncio

import pytest

from clarion.channels.contract import Request

ANSWERS = {
    "with a length": (
        b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nX-Thing: A\r\n\r\nhello",
        (201, b"hello"),
    ),
    "in chunks": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nX-T: 1\r\n\r\n",
        (200, b"hello"),
    ),
    "without a body": (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
    "after an interim one": (
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        ),
        (200, b"ok"),
    ),
    "of an error": (
        b"HTTP/1.1 429 Too Many\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}",
        (429, b"{}"),
    ),
}


@pytest.mark.parametrize("wire", ANSWERS.values(), ids=ANSWERS.keys())
@pytest.mark.parametrize("piece_bytes", [1, 7, 10_000])
async def test_an_answer_is_read_however_it_is_cut(serving, client, wire, piece_bytes):
    raw, expected = wire

    async def script(visit):
        while True:
            await visit.request()
            for start in range(0, len(raw), piece_bytes):
                visit.say(raw[start : start + piece_bytes])
                await asyncio.sleep(0)

    server = await serving(script)
    for _ in range(2):
        answer = await client.send(server.post())
        assert (answer.status, answer.body) == expected
        assert answer.was_written
        assert answer.failure is None
    assert server.visits == 1, "the connection is used again"


async def test_header_names_are_lower_case_and_repeated_ones_joined(serving, client):
    async def script(visit):
        await visit.request()
        visit.ok(b"{}", b"Retry-After: 120", b"X-A: 1", b"x-a: 2")
        await visit.closed_by_client()

    server = await serving(script)
    answer = await client.send(server.post())
    assert answer.headers["retry-after"] == "120"
    assert answer.headers["x-a"] == "1, 2"


async def test_the_request_is_written_as_it_was_given(serving, client):
    async def script(visit):
        while True:
            await visit.request()
            visit.ok()

    server = await serving(script)
    await client.send(server.post(b'{"a":1}', path="/v1/x?y=%20z"))
    host = server.origin.removeprefix("http://").encode()
    assert server.requests == [
        b"POST /v1/x?y=%20z HTTP/1.1\r\nhost: " + host + b"\r\nx-key: k\r\n"
        b'content-length: 7\r\n\r\n{"a":1}'
    ]


async def test_a_body_of_ten_megabytes_arrives_whole_both_ways(serving, client_with):
    async def script(visit):
        whole = await visit.request()
        visit.ok(whole.partition(b"\r\n\r\n")[2])
        await visit.closed_by_client()

    server = await serving(script)
    body = bytes(range(256)) * 40_960
    answer = await client_with(answer_body_bytes=len(body)).send(server.post(body))
    assert answer.status == 200
    assert answer.body == body


@pytest.mark.parametrize(
    "head", [b"HTTP/1.0 200 OK\r\nX: y", b"HTTP/1.1 200 OK\r\nConnection: close"]
)
async def test_a_body_without_a_length_ends_with_the_connection(serving, client, head):
    async def script(visit):
        await visit.request()
        visit.say(head + b"\r\n\r\nall ")
        await visit.writer.drain()
        visit.say(b"of it")

    server = await serving(script)
    for visits in (1, 2):
        answer = await client.send(server.post())
        assert (answer.status, answer.body) == (200, b"all of it")
        assert server.visits == visits


async def test_connection_close_is_obeyed(serving, client):
    async def script(visit):
        await visit.request()
        visit.ok(b"{}", b"Connection: close")
        await visit.closed_by_client()

    server = await serving(script)
    for _ in range(3):
        assert (await client.send(server.post())).status == 200
    assert server.visits == 3


async def test_no_more_connections_than_allowed_and_everybody_gets_an_answer(serving, client_with):
    async def script(visit):
        while True:
            request = await visit.request()
            await asyncio.sleep(0)
            visit.ok(request.partition(b"\r\n\r\n")[2])

    server = await serving(script)
    client = client_with(connections_per_origin=3)
    bodies = [b"%d" % number for number in range(200)]
    answers = await asyncio.gather(*(client.send(server.post(body)) for body in bodies))
    assert [answer.body for answer in answers] == bodies
    assert server.visits == 3
    assert client.in_flight_count == 0


async def test_in_flight_requests_are_counted(serving, client_with):
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    async def script(visit):
        await visit.request()
        arrived.set()
        await may_answer.wait()
        visit.ok()
        await visit.closed_by_client()

    server = await serving(script)
    client = client_with(connections_per_origin=1)
    sends = [asyncio.create_task(client.send(server.post())) for _ in range(2)]
    await arrived.wait()
    assert client.in_flight_count == 2, "one on the wire, one waiting for its connection"
    may_answer.set()
    for send in sends:
        send.cancel()
    await asyncio.gather(*sends, return_exceptions=True)
    assert client.in_flight_count == 0


@pytest.mark.parametrize(
    "request_",
    [
        Request("POST", "http://127.0.0.1:9", "/x\r\nevil: 1", (), b""),
        Request("POST", "http://127.0.0.1:9", "/x", (("a", "b\r\nevil: 1"),), b""),
        Request("POST", "http://127.0.0.1:9", "/x", (("a", "b\nevil: 1"),), b""),
        Request("POST", "http://127.0.0.1:9", "/x y", (), b""),
        Request("HEAD", "http://127.0.0.1:9", "/x", (), b""),
    ],
)
async def test_a_request_that_would_smuggle_something_is_refused(client, request_):
    with pytest.raises(ValueError):
        await client.send(request_)
    assert client.in_flight_count == 0
