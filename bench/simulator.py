"""How much the simulator itself can take: it must never be the bottleneck of a test.

Starts the simulator as its own process (with a ledger file), drives template sends through kept-alive
connections, and measures sends a second of *its* processor time, first without webhooks, then with a receiver that
takes the three receipts of each message.  Prints a table and one line of JSON.

Run: ``python -m bench.simulator [--sends N] [--connections N]``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httptools
import orjson
import uvloop

from clarion.channels.simulator.callbacks import CallbackClient
from clarion.channels.simulator.server import HttpAnswer, HttpRequest, HttpServer

_TICKS = os.sysconf("SC_CLK_TCK")


class _Sender(asyncio.Protocol):
    """One connection that sends the next message as soon as the last one is answered."""

    def __init__(self, messages: Any, finished: asyncio.Future[None]) -> None:
        self._messages = messages
        self._finished = finished
        self._parser: Any = None
        self.accepted_count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._parser = httptools.HttpResponseParser(self)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.accepted_count += self._parser.get_status_code() == 200
        self._send()

    def _send(self) -> None:
        raw = next(self._messages, None)
        if raw is None:
            self._transport.close()
            self._finished.set_result(None)
        else:
            self._transport.write(raw)


def _messages(count: int) -> Any:
    for position in range(count):
        body = orjson.dumps(
            {
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": f"+1650{position:07d}",
                "type": "template",
                "template": {
                    "name": "spring_offer",
                    "language": {"code": "en_US"},
                    "components": [
                        {"type": "body", "parameters": [{"type": "text", "text": "Pablo"}]}
                    ],
                },
                "biz_opaque_callback_data": f"12:1:{position}:1",
            }
        )
        yield (
            b"POST /v25.0/111/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer tok\r\n"
            b"content-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
        )


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


async def _measure(sends: int, connections: int, *, batch: int | None) -> dict[str, Any]:
    received = 0

    taken = asyncio.Event()

    def receive(request: HttpRequest) -> HttpAnswer:
        nonlocal received
        if request.method == "GET":
            challenge = dict(p.split("=") for p in request.query.split("&"))["hub.challenge"]
            return HttpAnswer(body=challenge.encode())
        received += request.body.count(b'"status":')
        if received >= 3 * sends:
            taken.set()
        return HttpAnswer()

    receiver = HttpServer(receive)
    await receiver.start("127.0.0.1", 0)
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "clarion.channels.simulator", "--calm", "--sample", "222"],
            *["--ledger", f"{folder}/ledger.ndjson"],
            stdout=subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            base_url = json.loads(await process.stdout.readline())["ready"]
            client = CallbackClient()
            number = {"phone_number_id": "111", "waba_id": "222", "token": "tok"}
            if batch is not None:
                number["callback_url"] = f"http://127.0.0.1:{receiver.port}/hook"
            settings = {"webhooks": {"is_on": batch is not None, "batch_max_count": batch or 1}}
            await client.post(f"{base_url}/_sim/settings", {}, orjson.dumps(settings), 10)
            await client.post(f"{base_url}/_sim/numbers", {}, orjson.dumps(number), 10)
            loop = asyncio.get_running_loop()
            messages = _messages(sends)
            port = int(base_url.rpartition(":")[2])
            started, cpu = time.perf_counter(), _cpu_seconds(process.pid)
            senders, finishes = [], []
            for _ in range(connections):
                finished = loop.create_future()
                _, sender = await loop.create_connection(
                    lambda finished=finished: _Sender(messages, finished), "127.0.0.1", port
                )
                senders.append(sender)
                finishes.append(finished)
            await asyncio.gather(*finishes)
            sent_seconds = time.perf_counter() - started
            if batch is not None:
                await taken.wait()
            seconds = time.perf_counter() - started
            cpu = _cpu_seconds(process.pid) - cpu
            memory_mb = _memory_mb(process.pid)
            client.close()
        finally:
            process.terminate()
            await process.wait()
    await receiver.stop()
    accepted = sum(sender.accepted_count for sender in senders)
    assert accepted == sends, f"{accepted} of {sends} were accepted"
    return {
        "case": "sends only" if batch is None else f"with 3 receipts each, batches of {batch}",
        "sends": sends,
        "wall_seconds": round(seconds, 2),
        "sends_per_wall_second": round(sends / sent_seconds),
        "sends_per_cpu_second": round(sends / cpu),
        "cpu_microseconds_per_send": round(cpu / sends * 1e6, 1),
        "receipts_received": received,
        "memory_mb": round(memory_mb),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sends", type=int, default=50_000)
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    results = [
        uvloop.run(_measure(arguments.sends, arguments.connections, batch=batch))
        for batch in (None, 100, 1)
    ]
    for result in results:
        print(
            f"{result['case']:<40} {result['sends_per_cpu_second']:>8} sends/cpu s"
            f" {result['sends_per_wall_second']:>8} sends/s {result['memory_mb']:>6} MB"
        )
    machine = {"python": platform.python_version(), "cpus": os.cpu_count()}
    print(json.dumps({"bench": "simulator", "machine": machine, "results": results}))


if __name__ == "__main__":
    main()
