"""Receipts: what the channel tells about messages that left, folded in batches as a set.

Theory of operation.  A receipt finds its message by our own attempt id, which it echoes, else by the
provider's id.  One that finds none may have overtaken the answer to its send: it waits among the
early receipts until the fold of results brings the provider's id.  Each state keeps its earliest
instant, so order and repetition do not matter.  A receipt of a message in doubt settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from clarion.channels.contract import Receipt
from clarion.domain.campaign import Outcome
from clarion.domain.message import MessageStatus, ReceiptState
from clarion.engine.apply.move_participants import Move, move_participants
from clarion.engine.apply.set_fires import cancel_fires
from clarion.engine.apply.tell_events import tell_messages
from clarion.engine.deliveries import look_at_deliveries
from clarion.engine.outbound import read_attempt_id
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["RoutedReceipt", "apply_early_receipts", "apply_receipts"]

RESULTS = load("results")
WEBHOOKS = load("webhooks")

_COLUMN_OF = {
    ReceiptState.SENT: "sent",
    ReceiptState.DELIVERED: "delivered",
    ReceiptState.READ: "read",
    ReceiptState.PLAYED: "read",
    ReceiptState.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class RoutedReceipt:
    """A receipt with the sender that it belongs to."""

    sender_id: int
    receipt: Receipt


@dataclass(slots=True)
class _Facts:
    """All that a batch says about one message: the earliest instant of each state."""

    sender_id: int
    provider_id: str
    sent: datetime | None = None
    delivered: datetime | None = None
    read: datetime | None = None
    failed: datetime | None = None
    error_code: str | None = None
    error_title: str | None = None

    def add(self, receipt: Receipt) -> None:
        column = _COLUMN_OF.get(receipt.state)
        if column is None:
            return  # "held": the message is in the channel's hands, as it was
        known: datetime | None = getattr(self, column)
        setattr(self, column, receipt.at if known is None else min(known, receipt.at))
        self.error_code = self.error_code or receipt.error_code
        self.error_title = self.error_title or receipt.error_title


async def apply_receipts(
    connection: Connection, receipts: Sequence[RoutedReceipt], now: datetime
) -> dict[str, int]:
    """Fold receipts into messages, people and occurrences.

    Returns the message ids by provider id, for reactions to failures.
    """
    by_provider_id = await _find(connection, receipts)
    facts: dict[int, _Facts] = {}
    early: list[RoutedReceipt] = []
    message_ids: dict[str, int] = {}
    for routed in receipts:
        receipt = routed.receipt
        message_id = read_attempt_id(receipt.attempt_id) or by_provider_id.get(
            (routed.sender_id, receipt.provider_id)
        )
        if message_id is None:
            early.append(routed)
            continue
        message_ids[receipt.provider_id] = message_id
        if message_id not in facts:
            facts[message_id] = _Facts(routed.sender_id, receipt.provider_id)
        facts[message_id].add(receipt)
    await _write(connection, facts, now)
    await _keep_early(connection, early, now)
    return message_ids


async def apply_early_receipts(
    connection: Connection, accepted: Sequence[tuple[int, str]], now: datetime
) -> None:
    """Fold the receipts that had overtaken the answers of these (sender id, provider id) sends."""
    if not accepted:
        return
    rows = await RESULTS.fetch(
        connection,
        "early_receipts_for",
        sender_ids=[each[0] for each in accepted],
        provider_ids=[each[1] for each in accepted],
    )
    await apply_receipts(
        connection,
        [
            RoutedReceipt(
                row["sender_id"],
                Receipt(
                    sender_key="",
                    provider_id=row["provider_id"],
                    state=ReceiptState(row["state"]),
                    at=row["at"],
                    error_code=row["error_code"],
                    error_title=row["error_title"],
                ),
            )
            for row in rows
        ],
        now,
    )


async def _find(
    connection: Connection, receipts: Iterable[RoutedReceipt]
) -> dict[tuple[int, str], int]:
    """Messages by (sender id, provider id), for receipts that do not echo our own id."""
    unknown = {
        (each.sender_id, each.receipt.provider_id)
        for each in receipts
        if read_attempt_id(each.receipt.attempt_id) is None
    }
    if not unknown:
        return {}
    rows = await WEBHOOKS.fetch(
        connection,
        "find_by_provider_ids",
        sender_ids=[each[0] for each in unknown],
        provider_ids=[each[1] for each in unknown],
    )
    return {(row["sender_id"], row["provider_id"]): row["id"] for row in rows}


async def _write(connection: Connection, facts: dict[int, _Facts], now: datetime) -> None:
    told = {
        message_id: fact
        for message_id, fact in facts.items()
        if fact.sent or fact.delivered or fact.read or fact.failed
    }
    if not told:
        return
    ids = sorted(told)
    ordered = [told[message_id] for message_id in ids]
    changed = await WEBHOOKS.fetch(
        connection,
        "apply_receipts",
        message_ids=ids,
        sender_ids=[fact.sender_id for fact in ordered],
        provider_ids=[fact.provider_id for fact in ordered],
        sent_ats=[fact.sent for fact in ordered],
        delivered_ats=[fact.delivered for fact in ordered],
        read_ats=[fact.read for fact in ordered],
        failed_ats=[fact.failed for fact in ordered],
        error_codes=[fact.error_code for fact in ordered],
        error_titles=[fact.error_title for fact in ordered],
    )
    settled = [row["id"] for row in changed if row["old_status"] == MessageStatus.IN_DOUBT]
    await cancel_fires(connection, "doubt", settled)
    await move_participants(
        connection,
        [
            Move(
                row["occurrence_id"],
                row["contact_id"],
                Outcome(row["status"]),
                row["reason"],
                message_id=row["id"],
            )
            for row in changed
            if row["is_opening"]
            and row["occurrence_id"] is not None
            and row["status"] != row["old_status"]
        ],
        now,
    )
    await tell_messages(connection, [row["id"] for row in changed], now)
    await look_at_deliveries(connection, [row["id"] for row in changed], now)


async def _keep_early(
    connection: Connection, early: Sequence[RoutedReceipt], now: datetime
) -> None:
    if not early:
        return
    await WEBHOOKS.execute(
        connection,
        "keep_early_receipts",
        now=now,
        sender_ids=[each.sender_id for each in early],
        provider_ids=[each.receipt.provider_id for each in early],
        states=[each.receipt.state.value for each in early],
        ats=[each.receipt.at for each in early],
        error_codes=[each.receipt.error_code for each in early],
        error_titles=[each.receipt.error_title for each in early],
    )
