"""A second, independent platform: what the Cloud API's documentation says, and nothing more.

Written from the documented wire form alone; it shares no code with the simulator or with Clarion, so a
mistake that those two have in common shows here.  It accepts every template send on
``/{any version}/{phone number id}/messages``, appends it to a ledger file before it answers, and tells
``sent``, ``delivered`` and ``read`` to one callback, signed, in batches of its own making.

Run it as ``python stand_in.py --ledger FILE --callback URL --secret SECRET`` with variants:

- ``--echo always|never``: whether receipts carry ``biz_opaque_callback_data`` back;
- ``--receipts all|delivered|none``: which receipts are sent at all;
- ``--answer-seconds S``: how long an answer takes; the message is accepted at its beginning.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import itertools
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

_BATCH = 40
_STATES = {"all": ("sent", "delivered", "read"), "delivered": ("delivered",), "none": ()}


class StandIn:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._ledger = os.open(options.ledger, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._numbers = itertools.count(1)
        self._updates: list[dict[str, Any]] = []
        self._phone_number_id = ""

    async def send(self, request: web.Request) -> web.Response:
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            error = {
                "message": "Invalid OAuth access token.",
                "type": "OAuthException",
                "code": 190,
            }
            return web.json_response({"error": error}, status=401)
        message = await request.json()
        digits = message["to"].lstrip("+")
        wamid = f"wamid.STANDIN{next(self._numbers):08d}"
        echo = message.get("biz_opaque_callback_data")
        row = {"to": message["to"], "type": message["type"], "wamid": wamid, "attempt_id": echo}
        os.write(self._ledger, json.dumps(row).encode() + b"\n")
        self._phone_number_id = request.match_info["number"]
        self._tell(wamid, digits, echo)
        if self._options.answer_seconds:
            await asyncio.sleep(self._options.answer_seconds)
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": message["to"], "wa_id": digits}],
                "messages": [{"id": wamid, "message_status": "accepted"}],
            }
        )

    def _tell(self, wamid: str, digits: str, echo: str | None) -> None:
        for state in _STATES[self._options.receipts]:
            update: dict[str, Any] = {
                "id": wamid,
                "status": state,
                "timestamp": str(int(time.time())),
                "recipient_id": digits,
            }
            if echo is not None and self._options.echo == "always":
                update["biz_opaque_callback_data"] = echo
            self._updates.append(update)

    async def deliver(self, http: aiohttp.ClientSession) -> None:
        """Deliver what is to be told until it was taken with 200, for ever."""
        while True:
            batch, self._updates = self._updates[:_BATCH], self._updates[_BATCH:]
            if not batch:
                await asyncio.sleep(0.02)
                continue
            while not await self._post(http, batch):
                await asyncio.sleep(0.1)

    async def _post(self, http: aiohttp.ClientSession, batch: list[dict[str, Any]]) -> bool:
        value = {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": "15550783881",
                "phone_number_id": self._phone_number_id,
            },
            "statuses": batch,
        }
        document = {
            "object": "whatsapp_business_account",
            "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
        }
        body = json.dumps(document).encode()
        signature = hmac.new(self._options.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={signature}",
        }
        try:
            async with http.post(self._options.callback, data=body, headers=headers) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


async def serve(options: argparse.Namespace) -> None:
    stand_in = StandIn(options)
    app = web.Application()
    app.router.add_post("/{version}/{number}/messages", stand_in.send)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()
    async with aiohttp.ClientSession() as http:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stand_in.deliver(http)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--callback", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--echo", choices=("always", "never"), default="always")
    parser.add_argument("--receipts", choices=tuple(_STATES), default="all")
    parser.add_argument("--answer-seconds", type=float, default=0.0)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
