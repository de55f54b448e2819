"""Fold webhooks: bodies that were verified and kept become receipts, replies, opt-outs, facts.

Theory of operation.  The receiver only appends (``engine.ingest``).  This fold takes a batch of
bodies in one transaction, parses them whole, routes every update to the sender that it names, and
applies each kind in bulk.  Should a batch fail for a reason of ours, its bodies are tried one by one,
and the one that cannot be applied is kept among the leftovers with the reason: one odd update never
stops the others, and nothing that came in is thrown away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import asyncpg
import orjson
import structlog

from clarion.channels.contract import (
    AddressChanged,
    Event,
    Inbound,
    Preference,
    Receipt,
    SenderChanged,
    TemplateChanged,
    UnknownEvent,
)
from clarion.channels.registry import ADAPTERS
from clarion.domain.message import Channel
from clarion.engine.breaker import trip_breakers
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.inbound import RoutedInbound, take_inbound
from clarion.engine.parts import Parts
from clarion.engine.provider_facts import (
    take_address_changes,
    take_preferences,
    take_sender_changes,
    take_template_changes,
)
from clarion.engine.reactions import Demand, carry_out
from clarion.engine.receipts import RoutedReceipt, apply_receipts
from clarion.store.pool import Connection, transaction
from clarion.store.queries import Row, load

__all__ = ["fold_webhooks"]

RESULTS = load("results")
WEBHOOKS = load("webhooks")

log = structlog.get_logger(__name__)

_WEBHOOKS_PART = 2


@dataclass(slots=True)
class _Mail:
    """The updates of one workspace on one channel, sorted by kind."""

    receipts: list[RoutedReceipt] = field(default_factory=list)
    inbound: list[RoutedInbound] = field(default_factory=list)
    preferences: list[Preference] = field(default_factory=list)
    templates: list[TemplateChanged] = field(default_factory=list)
    senders: list[SenderChanged] = field(default_factory=list)
    addresses: list[AddressChanged] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Leftover:
    sender_id: int
    reason: str
    raw: str
    received_at: datetime


async def fold_webhooks(parts: Parts, flow_versions: FlowVersions) -> int:
    """Fold one batch; return how many bodies it held (0: nothing to do, or another folds)."""
    try:
        return await _fold(parts, flow_versions, parts.sizes.webhook_fold)
    except (asyncpg.PostgresError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.SerializationError):
            return 1  # nothing was changed; the next fold tries again
        log.exception("webhook_batch_failed", error=str(error))
    return await _fold_one(parts, flow_versions)


async def _fold_one(parts: Parts, flow_versions: FlowVersions) -> int:
    """Fold the oldest body alone; if it cannot be applied, keep it among the leftovers."""
    try:
        return await _fold(parts, flow_versions, 1)
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, ValueError, KeyError,
            TypeError) as error:  # fmt: skip
        log.exception("webhook_not_applied", error=str(error))
        async with transaction(parts.pool) as connection:
            rows = await WEBHOOKS.fetch(connection, "take_webhooks", limit=1)
            await _keep_leftovers(
                connection,
                [
                    _Leftover(
                        row["sender_id"],
                        f"not_applied: {type(error).__name__}",
                        row["body"].decode(errors="replace"),
                        row["received_at"],
                    )
                    for row in rows
                ],
            )
        return len(rows)


async def _fold(parts: Parts, flow_versions: FlowVersions, limit: int) -> int:
    async with transaction(parts.pool) as connection:
        if not await RESULTS.fetchval(connection, "try_fold_lock", part=_WEBHOOKS_PART):
            return 0
        await RESULTS.execute(connection, "wait_for_fold_turn")
        rows = await WEBHOOKS.fetch(connection, "take_webhooks", limit=limit)
        if not rows:
            return 0
        mails, leftovers = await _sort(connection, sorted(rows, key=lambda row: row["id"]))
        now = parts.now()
        written_to: list[int] = []
        for (workspace_id, channel), mail in mails.items():
            written_to += await _apply(connection, flow_versions, workspace_id, channel, mail, now)
        await _keep_leftovers(connection, leftovers)
        await trip_breakers(connection, parts)
        if written_to:
            # Last, because it locks the leases, and their owners' ticks wait for that.
            await WEBHOOKS.execute(connection, "count_inbound", sender_ids=sorted(written_to))
    return len(rows)


async def _sort(
    connection: Connection, rows: Sequence[Row]
) -> tuple[dict[tuple[int, Channel], _Mail], list[_Leftover]]:
    """Parse bodies and route their updates to workspaces and senders."""
    mails: defaultdict[tuple[int, Channel], _Mail] = defaultdict(_Mail)
    leftovers: list[_Leftover] = []
    senders_by_webhook: dict[int, list[Row]] = {}
    for row in rows:
        sender_id = row["sender_id"]
        if sender_id not in senders_by_webhook:
            senders_by_webhook[sender_id] = list(
                await WEBHOOKS.fetch(connection, "senders_of_same_workspace", sender_id=sender_id)
            )
        senders = senders_by_webhook[sender_id]
        if not senders:
            leftovers.append(_leftover(row, "sender_removed", row["body"].decode(errors="replace")))
            continue
        channel = Channel(senders[0]["channel"])
        ids_by_key = {each["sender_key"]: each["id"] for each in senders}
        try:
            events = ADAPTERS[channel].parse_webhook(bytes(row["body"]))
        except ValueError:
            leftovers.append(_leftover(row, "not_json", row["body"].decode(errors="replace")))
            continue
        mail = mails[senders[0]["workspace_id"], channel]
        for event in events:
            reason = _sort_event(mail, event, ids_by_key)
            if reason is not None:
                raw = event.raw if isinstance(event, UnknownEvent) else repr(event)
                leftovers.append(
                    _leftover(row, reason, raw if isinstance(raw, str) else _dump(raw))
                )
    return mails, leftovers


def _sort_event(mail: _Mail, event: Event, ids_by_key: Mapping[str, int]) -> str | None:
    """Put one update where it belongs; the reason why it belongs nowhere, else ``None``."""
    match event:
        case Receipt():
            if event.sender_key not in ids_by_key:
                return "sender_unknown"
            mail.receipts.append(RoutedReceipt(ids_by_key[event.sender_key], event))
        case Inbound():
            if event.sender_key not in ids_by_key:
                return "sender_unknown"
            mail.inbound.append(RoutedInbound(ids_by_key[event.sender_key], event))
        case Preference():
            mail.preferences.append(event)
        case TemplateChanged():
            mail.templates.append(event)
        case SenderChanged():
            mail.senders.append(event)
        case AddressChanged():
            mail.addresses.append(event)
        case UnknownEvent():
            return event.reason
    return None


async def _apply(
    connection: Connection,
    flow_versions: FlowVersions,
    workspace_id: int,
    channel: Channel,
    mail: _Mail,
    now: datetime,
) -> list[int]:
    # Messages are locked before participants and occurrences, as the fold of the results does.
    message_ids = await apply_receipts(connection, mail.receipts, now)
    await take_address_changes(connection, workspace_id, channel, mail.addresses)
    await take_preferences(connection, workspace_id, channel, mail.preferences, now)
    await take_template_changes(connection, workspace_id, channel, mail.templates, now)
    await take_sender_changes(connection, workspace_id, channel, mail.senders, now)
    written_to = await take_inbound(
        connection, flow_versions, workspace_id, channel, mail.inbound, now
    )
    await _react_to_failures(connection, channel, mail.receipts, message_ids, now)
    return written_to


async def _react_to_failures(
    connection: Connection,
    channel: Channel,
    receipts: Sequence[RoutedReceipt],
    message_ids: Mapping[str, int],
    now: datetime,
) -> None:
    failures = {
        message_ids[each.receipt.provider_id]: each.receipt
        for each in receipts
        if each.receipt.reaction is not None and each.receipt.provider_id in message_ids
    }
    if not failures:
        return
    rows = await WEBHOOKS.fetch(connection, "contacts_of_messages", message_ids=sorted(failures))
    demands = [
        Demand(
            receipt.reaction.kind,
            row["contact_id"],
            row["campaign_id"],
            receipt.error_title or receipt.reaction.reason,
            receipt.reaction.delay_seconds,
        )
        for row in rows
        if (receipt := failures[row["id"]]).reaction is not None
    ]
    await carry_out(connection, channel, demands, now)


async def _keep_leftovers(connection: Connection, leftovers: Sequence[_Leftover]) -> None:
    if leftovers:
        await WEBHOOKS.execute(
            connection,
            "keep_leftovers",
            sender_ids=[each.sender_id for each in leftovers],
            reasons=[each.reason for each in leftovers],
            raws=[each.raw.replace("\x00", "\ufffd") for each in leftovers],
            received_ats=[each.received_at for each in leftovers],
        )


def _leftover(row: Row, reason: str, raw: str) -> _Leftover:
    return _Leftover(row["sender_id"], reason, raw, row["received_at"])


def _dump(raw: Any) -> str:
    return orjson.dumps(raw, default=str).decode()
