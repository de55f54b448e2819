"""Connections in hand before anything is promised: lend, write, give back."""

from __future__ import annotations

import asyncio


async def answering(visit):
    while True:
        await visit.request()
        visit.ok(b"%d" % visit.number)


async def lent(client, origin, count):
    """Ask until so many connections are open."""
    async with asyncio.timeout(10):
        while True:
            connections = client.lend(origin, count)
            if len(connections) == count:
                return connections
            client.give_back(connections)
            await asyncio.sleep(0.005)


async def test_the_first_call_gives_none_and_has_them_opened(serving, client):
    server = await serving(answering)
    assert client.lend(server.origin, 3) == []
    connections = await lent(client, server.origin, 3)
    assert server.visits == 3
    payload = client.payload_of(server.post())
    answers = await asyncio.gather(*(client.write(each, payload) for each in connections))
    assert sorted(answer.body for answer in answers) == [b"1", b"2", b"3"]


async def test_what_is_given_back_is_lent_again(serving, client):
    server = await serving(answering)
    for _ in range(5):
        client.give_back(await lent(client, server.origin, 2))
    assert server.visits == 2


async def test_no_more_are_opened_than_allowed(serving, client_with):
    client = client_with(connections_per_origin=2)
    server = await serving(answering)
    first = await lent(client, server.origin, 2)
    assert client.lend(server.origin, 5) == []
    await asyncio.sleep(0.05)
    assert server.visits == 2
    client.give_back(first)
    # A lost connection gives its place to another.
    for connection in client.lend(server.origin, 2):
        connection.abort("test")
    client.give_back(await lent(client, server.origin, 2))
    assert server.visits == 4


async def test_a_connection_that_died_since_it_was_lent_writes_nothing(serving, client):
    is_lent = asyncio.Event()

    async def closing(visit):
        await is_lent.wait()

    server = await serving(closing)
    (connection,) = await lent(client, server.origin, 1)
    is_lent.set()
    async with asyncio.timeout(10):
        while connection.is_open:
            await asyncio.sleep(0.005)
    answer = await client.write(connection, client.payload_of(server.post()))
    assert (answer.status, answer.was_written, answer.failure) == (0, False, "reset")
    assert server.requests == []


async def test_an_origin_that_cannot_be_reached_says_why(serving, client):
    server = await serving(answering)
    nobody = "http://127.0.0.1:1"
    async with asyncio.timeout(10):
        while client.failure_of(nobody) is None:
            assert client.lend(nobody, 1) == []
            await asyncio.sleep(0.005)
    assert client.failure_of(nobody) == "connect_refused"
    assert client.failure_of("nonsense") == "bad_origin"
    client.give_back(await lent(client, server.origin, 1))
    assert client.failure_of(server.origin) is None
