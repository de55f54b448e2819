"""How fast the wire client sends, against a bare protocol on the same sink in the same run.

    python -m bench.wire [--seconds 3] [--connections 64] [--profile]

The sink runs in a process of its own and answers every request with the same bytes.  The baseline
writes the same ready-made bytes and looks only for *some* answer: it is what the event loop and the
kernel cost.  The ratio is what our parsing, pooling and bookkeeping leave of it.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import multiprocessing
import platform
import pstats
import time
from multiprocessing.connection import Connection as Pipe

import uvloop

from clarion.channels.contract import Request
from clarion.channels.wire import WireClient, WireLimits

BODY = json.dumps(
    {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+16505551234", "wa_id": "16505551234"}],
        "messages": [{"id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI1", "message_status": "accepted"}],
    }
).encode()
ANSWER = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=UTF-8\r\n"
    b"facebook-api-version: v25.0\r\nx-fb-trace-id: Az8\r\ncontent-length: %d\r\n\r\n" % len(BODY)
) + BODY
SENT = json.dumps(
    {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+16505551234",
        "type": "template",
        "template": {"name": "summer", "language": {"code": "en_US"}, "components": []},
        "biz_opaque_callback_data": "01JD0000000000000000000000",
    }
).encode()


class Sink(asyncio.Protocol):
    """Answers whatever arrives; the requests are small and come one at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(ANSWER)  # type: ignore[attr-defined]


def run_sink(pipe: Pipe) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(serve())


class Bare(asyncio.Protocol):
    """The baseline: write, wait for bytes, write again."""

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self.count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.transport.write(self.payload)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.count += 1
        self.transport.write(self.payload)  # type: ignore[attr-defined]


async def bare_rate(port: int, connections: int, seconds: float) -> tuple[float, float]:
    """Requests a second, and microseconds of processor time a request."""
    loop = asyncio.get_running_loop()
    payload = b"POST /v25.0/1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" + SENT
    cpu, start = time.process_time(), time.perf_counter()
    pairs = [
        await loop.create_connection(lambda: Bare(payload), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    count = sum(protocol.count for _, protocol in pairs)
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    for transport, _ in pairs:
        transport.abort()
    return count / elapsed, cpu / count * 1e6


async def wire_rate(port: int, connections: int, seconds: float) -> tuple[float, float]:
    """The same for the wire client."""
    client = WireClient(WireLimits(connections_per_origin=connections))
    request = Request(
        "POST",
        f"http://127.0.0.1:{port}",
        "/v25.0/106540352242922/messages",
        (("authorization", "Bearer EAAG" + "x" * 180), ("content-type", "application/json")),
        SENT,
    )
    count = 0
    cpu, start = time.process_time(), time.perf_counter()

    async def work() -> None:
        nonlocal count
        while time.perf_counter() - start < seconds:
            answer = await client.send(request)
            assert answer.status == 200
            count += 1

    await asyncio.gather(*(work() for _ in range(connections)))
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    await client.close()
    return count / elapsed, cpu / count * 1e6


def measure(port: int, connections: int, seconds: float) -> dict[str, object]:
    """Both rates and their ratios."""
    bare, bare_us = uvloop.run(bare_rate(port, connections, seconds))
    wire, wire_us = uvloop.run(wire_rate(port, connections, seconds))
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "connections": connections,
        "bare_per_second": round(bare),
        "bare_cpu_us": round(bare_us, 2),
        "wire_per_second": round(wire),
        "wire_cpu_us": round(wire_us, 2),
        "ratio": round(wire / bare, 3),
        "cpu_ratio": round(bare_us / wire_us, 3),
    }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--connections", type=int, default=64)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    sink = spawn.Process(target=run_sink, args=(theirs,))
    sink.start()
    try:
        port = ours.recv()
        if chosen.profile:
            profile = cProfile.Profile()
            profile.runcall(uvloop.run, wire_rate(port, chosen.connections, chosen.seconds))
            pstats.Stats(profile).sort_stats("tottime").print_stats(20)
        else:
            print(json.dumps(measure(port, chosen.connections, chosen.seconds)))
    finally:
        sink.terminate()
        sink.join()


if __name__ == "__main__":
    main()
