"""The work of webhooks out: what waits for an endpoint is posted to it, in order, until it is taken.

Theory of operation.  One job an endpoint, and never two at a time (the queue's lock).  The oldest
delivery that waits goes first; when there is none, the oldest events that are queued become one.  A
delivery counts as taken when the receiver answers 2xx within ten seconds.  If it does not, the job
ends and comes again at the time that ``domain.webhook`` tells, and nothing newer overtakes.  A crash
between the answer and its record posts the same delivery once more: at least once, by the same
``Clarion-Delivery`` id.

How a body looks is told by a table of forms, one function each, which the caller gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import orjson
import structlog

from clarion.channels.guarded_http import guarded_session
from clarion.domain.network import networks_of
from clarion.domain.webhook import SIGNATURE_HEADER, next_attempt_at, signature_of
from clarion.engine.jobs import DELIVER_WEBHOOKS, WEBHOOK_QUEUE, defer_deliveries
from clarion.services.place import Place
from clarion.services.webhook_endpoints import QUERIES, secret_context
from clarion.store.jobs import TaskSpec
from clarion.store.pool import transaction
from clarion.store.queries import Row

__all__ = ["Form", "deliver_to", "delivery_tasks", "own_body"]

# The body of a delivery: its id and its events (rows of ``events_of_delivery``); None: nothing to tell.
Form = Callable[[int, Sequence[Row]], Any]

log = structlog.get_logger(__name__)

_EVENTS_AT_ONCE = 100
_TIMEOUT_SECONDS = 10.0
_ANSWER_CHARACTERS = 300
_KEPT_FOR = timedelta(days=14)

_MESSAGE_FIELDS = (
    *("direction", "channel", "contact_id", "contact_name", "contact_phone", "campaign_id"),
    *("occurrence_id", "session_id", "content", "status", "reason", "provider_id", "error_code"),
    *("error_title", "reply_to", "request_key", "tag"),
)


@dataclass(frozen=True, slots=True)
class _Work:
    """One delivery with all that posting it needs."""

    delivery_id: int
    attempt_count: int
    url: str
    secret: str
    body: bytes | None


@dataclass(frozen=True, slots=True)
class _Answer:
    is_taken: bool
    http_status: int | None
    text: str


def own_body(delivery_id: int, events: Sequence[Row]) -> Any:
    """The body in our own form."""
    return {
        "delivery_id": delivery_id,
        "events": [
            {
                "id": event["id"],
                "kind": event["kind"],
                "at": event["at"],
                "sender": event["sender_name"],
                **(
                    {"data": event["data"]}
                    if event["message_id"] is None
                    else {
                        "message": {
                            "id": event["message_id"],
                            **{name: event[name] for name in _MESSAGE_FIELDS},
                        }
                    }
                ),
            }
            for event in events
        ],
    }


def delivery_tasks(place: Place, forms: Mapping[str, Form]) -> tuple[TaskSpec, ...]:
    """The jobs of webhooks out, for ``store.jobs.create_app``."""

    async def deliver(endpoint_id: int) -> None:
        await deliver_to(place, forms, endpoint_id)

    async def look_after(timestamp: int) -> None:  # noqa: ARG001 - the queue gives the planned time
        async with transaction(place.pool) as connection:
            rows = await QUERIES.fetch(connection, "endpoints_with_work")
            await defer_deliveries(connection, [row["id"] for row in rows])
            await QUERIES.execute(connection, "forget_old", before=place.clock() - _KEPT_FOR)

    return (
        TaskSpec(DELIVER_WEBHOOKS, deliver, WEBHOOK_QUEUE, retry_count=10),
        TaskSpec("look_after_webhooks", look_after, WEBHOOK_QUEUE, cron="*/5 * * * *"),
    )


async def deliver_to(place: Place, forms: Mapping[str, Form], endpoint_id: int) -> int:
    """Deliver what waits for an endpoint until nothing is left or it does not answer; how many."""
    count = 0
    networks = networks_of(place.settings.allowed_networks)
    async with guarded_session(networks, seconds=_TIMEOUT_SECONDS) as session:
        while (work := await _next(place, forms, endpoint_id)) is not None:
            now = place.clock()
            answer = (
                _Answer(True, None, "nothing to tell")
                if work.body is None
                else await _post(session, work, now)
            )
            if not await _end_attempt(place, endpoint_id, work, answer):
                break
            count += 1
    return count


async def _next(place: Place, forms: Mapping[str, Form], endpoint_id: int) -> _Work | None:
    now = place.clock()
    async with transaction(place.pool) as connection:
        endpoint = await QUERIES.fetchrow(connection, "lock_endpoint", endpoint_id=endpoint_id)
        if endpoint is None:
            return None
        delivery = await QUERIES.fetchrow(
            connection, "waiting_delivery", endpoint_id=endpoint_id
        ) or await QUERIES.fetchrow(
            connection,
            "form_delivery",
            endpoint_id=endpoint_id,
            limit=_EVENTS_AT_ONCE,
            now=now,
        )
        if delivery is None:
            return None
        if delivery["next_at"] > now:
            await defer_deliveries(connection, [endpoint_id], at=delivery["next_at"])
            return None
        events = await QUERIES.fetch(
            connection, "events_of_delivery", event_ids=delivery["event_ids"]
        )
    told = forms[endpoint["form"]](delivery["id"], events) if events else None
    return _Work(
        delivery_id=delivery["id"],
        attempt_count=delivery["attempt_count"],
        url=endpoint["url"],
        secret=place.sealer.open(
            endpoint["secret_sealed"], context=secret_context(endpoint["workspace_id"])
        ),
        body=orjson.dumps(told, option=orjson.OPT_UTC_Z) if told else None,
    )


async def _post(session: aiohttp.ClientSession, work: _Work, now: datetime) -> _Answer:
    body = work.body or b""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Clarion",
        "Clarion-Delivery": str(work.delivery_id),
        SIGNATURE_HEADER: signature_of(work.secret, body, now),
    }
    try:
        async with session.post(
            work.url, data=body, headers=headers, allow_redirects=False
        ) as response:
            raw = await response.content.read(_ANSWER_CHARACTERS * 4)
            text = raw.decode(errors="replace").replace("\x00", "\ufffd")[:_ANSWER_CHARACTERS]
            return _Answer(200 <= response.status < 300, response.status, text)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return _Answer(False, None, (str(error) or type(error).__name__)[:_ANSWER_CHARACTERS])


async def _end_attempt(place: Place, endpoint_id: int, work: _Work, answer: _Answer) -> bool:
    """Record an attempt; false when the endpoint has to be left alone for a while."""
    now = place.clock()
    next_at = None if answer.is_taken else next_attempt_at(work.attempt_count + 1, now)
    status = "delivered" if answer.is_taken else "failed" if next_at is None else "waiting"
    async with transaction(place.pool) as connection:
        await QUERIES.execute(
            connection,
            "end_attempt",
            delivery_id=work.delivery_id,
            status=status,
            next_at=next_at,
            http_status=answer.http_status,
            answer=answer.text,
            now=now,
        )
        if next_at is not None:
            await defer_deliveries(connection, [endpoint_id], at=next_at)
    if not answer.is_taken:
        log.warning(
            "webhook_not_taken",
            endpoint_id=endpoint_id,
            delivery_id=work.delivery_id,
            http_status=answer.http_status,
            is_given_up=next_at is None,
        )
    return next_at is None
