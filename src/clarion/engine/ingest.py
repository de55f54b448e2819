"""The receiver of webhooks: verify over the raw bytes, append durably, answer 200; nothing else.

Theory of operation.  A bare ASGI callable in front of the web framework, because a campaign causes
three receipts a message and this is the busiest door of the house.  Bodies that arrive together are
committed together (group commit): whoever comes while a commit is under way rides in the next one.
The answer is given only after the commit, so what the provider thinks delivered *is* kept; when the
database cannot take it, the provider gets 503 and will deliver again.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import asyncpg
import orjson
import structlog

from clarion.channels.contract import SenderAccount
from clarion.channels.registry import ADAPTERS
from clarion.domain.errors import ClarionError
from clarion.domain.message import Channel
from clarion.engine.accounts import account_of, former_account_of
from clarion.engine.parts import Parts
from clarion.engine.webhook_watch import WebhookWatch
from clarion.store.pool import DATABASE_AWAY
from clarion.store.queries import load

__all__ = ["WebhookReceiver"]

WEBHOOKS = load("webhooks")

log = structlog.get_logger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Meta's limit is 3 MB a body.
_MAX_BODY_BYTES = 4 << 20
_ACCOUNT_SECONDS = 2.0


_TELL_SECONDS = 1.0
# A signature that does not fit may be one of a secret that was replaced a moment ago.
_READ_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Known:
    """The account behind an address as read at ``read_at`` (seconds of the loop's clock).

    Until ``former_until`` what is signed with the former secret of ``former`` is taken too.
    """

    account: SenderAccount
    read_at: float
    former: SenderAccount | None = None
    former_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Waiting:
    sender_id: int
    body: bytes
    received_at: datetime
    done: asyncio.Future[None]


class WebhookReceiver:
    """Answers ``/webhooks/<channel>/<webhook key>``; ``start`` and ``stop`` frame its life."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._accounts: dict[tuple[str, str], _Known] = {}
        self._watch = WebhookWatch()
        self._teller: asyncio.Task[None] | None = None
        self._waiting: list[_Waiting] = []
        self._arrived = asyncio.Event()
        self._flusher: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to commit what arrives."""
        self._flusher = asyncio.create_task(self._flush_for_ever())
        self._teller = asyncio.create_task(self._tell_for_ever())

    async def stop(self) -> None:
        """Commit what has arrived, then stop."""
        if self._waiting:
            await asyncio.wait([each.done for each in self._waiting])
        for task in (self._flusher, self._teller):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        with contextlib.suppress(asyncpg.PostgresError, *DATABASE_AWAY):
            await self._watch.tell(self._parts.pool)

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """One webhook request."""
        try:
            body = await self._answer(scope, receive)
        except ClarionError as error:
            await _refuse(send, error)
            return
        except DATABASE_AWAY as error:
            log.warning("webhook_not_looked_up", error=repr(error))
            await _refuse(
                send, ClarionError("server.unavailable", "The database is away at the moment.")
            )
            return
        await _respond(send, 200, body, b"text/plain; charset=utf-8")

    async def _answer(self, scope: Mapping[str, Any], receive: Receive) -> bytes:
        method: str = scope["method"]
        known = await self._known(scope["path"], _ACCOUNT_SECONDS)
        account = known.account
        if method == "GET":
            query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
            challenge = ADAPTERS[account.channel].handshake(account, query)
            if challenge is None:
                raise ClarionError(
                    "webhook.signature_invalid", "The verify token is not the sender's."
                )
            self._watch.handshake(account.id, self._parts.now())
            return challenge.encode()
        if method != "POST":
            raise ClarionError(
                "request.method_not_allowed", "A webhook address knows GET and POST."
            )
        body = await _read(receive)
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        signer = self._signer(known, headers, body)
        if signer is None:
            known = await self._known(scope["path"], _READ_AGAIN_SECONDS)
            signer = self._signer(known, headers, body)
        now = self._parts.now()
        if signer is None:
            self._watch.refused(account.id, now)
            raise ClarionError(
                "webhook.signature_invalid",
                "The signature does not fit the body and the app secret.",
            )
        await self._keep(account.id, body)
        self._watch.event(account.id, now, is_former_secret=signer is known.former)
        return b"ok"

    def _signer(
        self, known: _Known, headers: Mapping[str, str], body: bytes
    ) -> SenderAccount | None:
        """The account whose secret signed a body: as it is, or as it was a while ago."""
        adapter = ADAPTERS[known.account.channel]
        if adapter.verify(known.account, headers, body):
            return known.account
        until = known.former_until
        if known.former is None or until is None or until <= self._parts.now():
            return None
        return known.former if adapter.verify(known.former, headers, body) else None

    async def _known(self, path: str, seconds: float) -> _Known:
        """The account behind an address, remembered for so many seconds."""
        parts = path.strip("/").split("/")
        if len(parts) != 3:
            raise ClarionError("webhook.not_found", f"There is no webhook address {path}.")
        key = (parts[1], parts[2])
        now = asyncio.get_running_loop().time()
        known = self._accounts.get(key)
        if known is None or known.read_at + seconds < now:
            row = await WEBHOOKS.fetchrow(
                self._parts.pool, "sender_by_webhook_key", channel=key[0], webhook_key=key[1]
            )
            if row is None or row["channel"] not in set(Channel):
                self._accounts.pop(key, None)
                raise ClarionError("webhook.not_found", "No sender listens at this address.")
            account = account_of(self._parts.sealer, row)
            known = _Known(account, now, former_account_of(account), row["former_secret_until"])
            self._accounts[key] = known
        return known

    async def _tell_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TELL_SECONDS)
            try:
                await self._watch.tell(self._parts.pool)
            except (asyncpg.PostgresError, *DATABASE_AWAY) as error:
                log.warning("webhooks_not_noted", error=repr(error))

    async def _keep(self, sender_id: int, body: bytes) -> None:
        """Wait until the body is committed.  Raises ``server.unavailable`` if it cannot be."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(sender_id, body, self._parts.now(), done))
        self._arrived.set()
        await done

    async def _flush_for_ever(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._waiting = self._waiting, []
            if batch:
                await self._flush(batch)

    async def _flush(self, batch: list[_Waiting]) -> None:
        try:
            await WEBHOOKS.execute(
                self._parts.pool,
                "append_webhooks",
                sender_ids=[each.sender_id for each in batch],
                bodies=[each.body for each in batch],
                received_ats=[each.received_at for each in batch],
            )
        except (asyncpg.PostgresError, *DATABASE_AWAY) as error:
            log.warning("webhooks_not_kept", webhook_count=len(batch), error=repr(error))
            for each in batch:
                if not each.done.done():
                    each.done.set_exception(
                        ClarionError("server.unavailable", "The webhook could not be kept now.")
                    )
            return
        for each in batch:
            if not each.done.done():
                each.done.set_result(None)
        self._parts.wakeups.ring("inbox")


async def _read(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClarionError("webhook.malformed", "The body ended too early.")
        piece = message.get("body", b"")
        size += len(piece)
        if size > _MAX_BODY_BYTES:
            raise ClarionError(
                "request.too_large", f"A webhook's body has at most {_MAX_BODY_BYTES} bytes."
            )
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


async def _refuse(send: Send, error: ClarionError) -> None:
    problem = {
        "type": "about:blank",
        "title": error.kind.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "next_step": error.next_step,
    }
    await _respond(send, error.status, orjson.dumps(problem), b"application/problem+json")


async def _respond(send: Send, status: int, body: bytes, content_type: bytes) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", content_type),
                (b"content-length", str(len(body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
