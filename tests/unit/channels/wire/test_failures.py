"""How a request may fail, and whether something of it had left: the client's reason to be."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from clarion.channels.contract import Request


def ending(answer):
    return answer.status, answer.was_written, answer.failure


# Before a byte left.


@pytest.mark.parametrize(
    "origin", ["ftp://x", "http://", "nonsense", "http://h:99999", "http://h/p"]
)
async def test_an_origin_that_is_none_was_not_written(client, origin):
    answer = await client.send(Request("POST", origin, "/", (), b""))
    assert ending(answer) == (0, False, "bad_origin")


async def test_a_refused_connection_was_not_written(client):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound and not listening: refuses
        origin = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        answer = await client.send(Request("POST", origin, "/", (), b""))
    assert ending(answer) == (0, False, "connect_refused")


async def test_an_unknown_host_was_not_written(client):
    answer = await client.send(Request("POST", "http://nobody.invalid", "/", (), b""))
    assert ending(answer) == (0, False, "dns")


async def test_a_late_connection_was_not_written(client_with):
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # Fill the queue of connections that nobody accepts; the next one hangs.
        waiting = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            waiting.append(filler)
        origin = f"http://127.0.0.1:{full.getsockname()[1]}"
        answer = await client_with(connect_seconds=0.05).send(Request("POST", origin, "/", (), b""))
        for filler in waiting:
            filler.close()
    assert ending(answer) == (0, False, "connect_timeout")


async def test_who_waits_too_long_for_a_connection_was_not_written(serving, client_with):
    async def script(visit):
        await visit.closed_by_client()

    server = await serving(script)
    client = client_with(connections_per_origin=1, pool_wait_seconds=0.05)
    first = asyncio.create_task(client.send(server.post()))
    await asyncio.sleep(0)
    assert ending(await client.send(server.post())) == (0, False, "pool_timeout")
    await client.close()
    assert ending(await first) == (0, True, "closed")


async def test_a_closed_client_writes_nothing(serving, client):
    async def script(visit):
        await visit.request()
        visit.ok()
        await visit.closed_by_client()

    server = await serving(script)
    assert (await client.send(server.post())).status == 200
    await client.close()
    assert ending(await client.send(server.post())) == (0, False, "closed")
    assert len(server.requests) == 1


async def test_closing_waits_for_what_is_in_flight(serving, client_with):
    arrived = asyncio.Event()

    async def script(visit):
        await visit.request()
        arrived.set()
        await asyncio.sleep(0.05)
        visit.ok()
        await visit.closed_by_client()

    server = await serving(script)
    client = client_with(connections_per_origin=1)
    in_flight = asyncio.create_task(client.send(server.post()))
    waiting = asyncio.create_task(client.send(server.post()))
    await arrived.wait()
    await client.close(grace_seconds=20.0)
    assert (await in_flight).status == 200
    assert ending(await waiting) == (0, False, "closed")


# After a byte left.


async def test_a_reset_before_the_answer_leaves_it_unknown_and_is_not_repeated(serving, client):
    async def script(visit):
        await visit.request()
        visit.reset()

    server = await serving(script)
    assert ending(await client.send(server.post())) == (0, True, "reset")
    assert len(server.requests) == 1, "the client must never send the same message again"


async def test_a_reset_on_a_reused_connection_is_not_repeated_either(serving, client):
    async def script(visit):
        await visit.request()
        if len(visit.requests) == 1:
            visit.ok()
            await visit.request()
        visit.reset()

    server = await serving(script)
    assert (await client.send(server.post())).status == 200
    assert ending(await client.send(server.post(b"second"))) == (0, True, "reset")
    assert [request.endswith(b"second") for request in server.requests] == [False, True]


@pytest.mark.parametrize(
    "part",
    [
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ],
)
@pytest.mark.parametrize("is_polite", [True, False], ids=["eof", "reset"])
async def test_half_an_answer_is_no_answer(serving, client, part, is_polite):
    async def script(visit):
        await visit.request()
        visit.say(part)
        await visit.writer.drain()
        await asyncio.sleep(0.01)
        if not is_polite:
            visit.reset()

    server = await serving(script)
    assert ending(await client.send(server.post())) == (0, True, "reset")


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"HTTP/1.1 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxx",
    ],
)
async def test_garbage_is_no_answer_and_ends_the_connection(serving, client, garbage):
    async def script(visit):
        await visit.request()
        visit.say(garbage)
        await visit.closed_by_client()

    server = await serving(script)
    assert ending(await client.send(server.post())) == (0, True, "malformed")
    assert ending(await client.send(server.post())) == (0, True, "malformed")
    assert server.visits == 2


@pytest.mark.parametrize(
    "flood",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000,
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
    ],
    ids=["body", "head"],
)
async def test_an_answer_that_is_too_large_is_dropped(serving, client_with, flood):
    async def script(visit):
        await visit.request()
        visit.say(flood)
        await visit.closed_by_client()

    server = await serving(script)
    client = client_with(answer_body_bytes=1000, answer_head_bytes=1000)
    assert ending(await client.send(server.post())) == (0, True, "too_large")


async def test_silence_after_the_request_leaves_it_unknown(serving, client_with):
    async def script(visit):
        await visit.request()
        await visit.closed_by_client()

    server = await serving(script)
    client = client_with(response_seconds=0.05)
    assert ending(await client.send(server.post())) == (0, True, "response_timeout")


async def test_an_answer_that_drips_for_ever_times_out(serving, client_with):
    async def script(visit):
        await visit.request()
        visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            visit.say(b"x")
            await visit.writer.drain()
            await asyncio.sleep(0.005)

    server = await serving(script)
    client = client_with(response_seconds=0.1)
    assert ending(await client.send(server.post())) == (0, True, "response_timeout")


async def test_a_request_that_nobody_reads_times_out_as_written(serving, client_with):
    async def script(visit):
        visit.writer.transport.pause_reading()
        await asyncio.sleep(30)

    server = await serving(script)
    client = client_with(write_seconds=0.05, response_seconds=10.0)
    answer = await client.send(server.post(b"x" * 50_000_000))
    assert ending(answer) == (0, True, "write_timeout")


# Connections that the server closes while they rest.


async def test_a_connection_closed_while_idle_costs_nothing(serving, client):
    closed = asyncio.Event()

    async def script(visit):
        await visit.request()
        visit.ok()
        await visit.writer.drain()
        visit.writer.close()
        await visit.writer.wait_closed()
        closed.set()

    server = await serving(script)
    for visits in range(1, 4):
        answer = await client.send(server.post())
        assert answer.status == 200
        assert server.visits == visits
        await closed.wait()
        closed.clear()
        await asyncio.sleep(0.01)  # let the loop see the end


async def test_a_close_that_the_loop_has_not_seen_yet_is_found_before_writing(client):
    """The server closes while our loop is busy elsewhere: the kernel knows, and is asked."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    def serve(listener: socket.socket) -> None:
        for _ in range(2):
            connection, _ = listener.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(answer)
                time.sleep(0.1)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        request = Request("POST", f"http://127.0.0.1:{listener.getsockname()[1]}", "/", (), b"")
        assert (await client.send(request)).status == 200
        time.sleep(0.7)  # noqa: ASYNC251 - the loop must not see the end
        assert ending(await client.send(request)) == (200, True, None)
        thread.join()


async def test_a_connection_that_rested_and_is_still_good_is_used_again(serving, client):
    async def script(visit):
        while True:
            await visit.request()
            visit.ok()

    server = await serving(script)
    for _ in range(2):
        assert (await client.send(server.post())).status == 200
        await asyncio.sleep(0.6)
    assert server.visits == 1


async def test_bytes_that_nobody_asked_for_end_an_idle_connection(serving, client):
    said = asyncio.Event()

    async def script(visit):
        await visit.request()
        visit.ok(b"mine")
        if visit.number == 1:
            await visit.writer.drain()
            await asyncio.sleep(0.01)
            visit.say(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n")
            await visit.writer.drain()
            said.set()
        await visit.closed_by_client()

    server = await serving(script)
    await client.send(server.post())
    await said.wait()
    await asyncio.sleep(0.01)
    assert (await client.send(server.post())).body == b"mine"
    assert server.visits == 2


async def test_a_second_answer_is_not_taken_for_the_next_requests_answer(serving, client):
    async def script(visit):
        await visit.request()
        visit.say(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
            b"HTTP/1.1 500 No\r\nContent-Length: 5\r\n\r\nextra"
        )
        await visit.closed_by_client()

    server = await serving(script)
    for visits in (1, 2):
        answer = await client.send(server.post())
        assert (answer.status, answer.body) == (200, b"first")
        assert server.visits == visits


async def test_an_idle_connection_is_closed_before_the_server_would(serving, client):
    closed = asyncio.Event()

    async def script(visit):
        await visit.request()
        visit.ok(b"{}", b"Keep-Alive: timeout=1, max=100")
        await visit.closed_by_client()
        closed.set()

    server = await serving(script)
    assert (await client.send(server.post())).status == 200
    await closed.wait()  # hangs until the suite's timeout if the announcement is not heeded


# People who change their mind.


async def test_a_cancelled_send_takes_its_connection_along(serving, client_with):
    arrived = asyncio.Event()

    async def script(visit):
        request = await visit.request()
        arrived.set()
        if visit.number == 1:
            await visit.closed_by_client()
        else:
            visit.ok(request.partition(b"\r\n\r\n")[2])
            await visit.closed_by_client()

    server = await serving(script)
    client = client_with(connections_per_origin=1)
    first = asyncio.create_task(client.send(server.post(b"first")))
    await arrived.wait()
    second = asyncio.create_task(client.send(server.post(b"second")))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).body == b"second"
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_cancelling_in_the_queue_loses_no_connection(serving, client_with):
    async def script(visit):
        while True:
            await visit.request()
            await asyncio.sleep(0)
            visit.ok()

    server = await serving(script)
    client = client_with(connections_per_origin=2, pool_wait_seconds=10.0)
    for round_ in range(20):
        sends = [asyncio.create_task(client.send(server.post())) for _ in range(10)]
        for _ in range(round_ % 7):
            await asyncio.sleep(0)
        for send in sends[::2]:
            send.cancel()
        answers = await asyncio.gather(*sends, return_exceptions=True)
        assert [answer.status for answer in answers[1::2]] == [200] * 5
    assert client.in_flight_count == 0
