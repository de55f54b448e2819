"""Hook: take people's word that they want no more, and stop everything that is on its way to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clarion.domain.message import Channel
from clarion.engine.apply.end_sessions import end_sessions
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["OptOut", "opt_in", "opt_out"]

OUTBOX = load("outbox")
SESSIONS = load("sessions")
WEBHOOKS = load("webhooks")

Source = Literal["word", "provider", "import", "person", "api", "flow"]


@dataclass(frozen=True, slots=True)
class OptOut:
    """One person's word: where it came from, what proves it, when it was said."""

    contact_id: int
    source: Source
    reason: str
    at: datetime


async def opt_out(
    connection: Connection,
    channel: Channel,
    words: Sequence[OptOut],
    now: datetime,
) -> None:
    """Opt people out of a channel, end their sessions on it, and make dispatchers look again."""
    changed = await _set_consents(connection, channel, "opted_out", words)
    if not changed:
        return
    rows = await SESSIONS.fetch(
        connection,
        "waiting_sessions_of_contacts",
        contact_ids=sorted(changed),
        channel=str(channel),
    )
    await end_sessions(connection, [row["id"] for row in rows], "stopped", "opted_out", now)
    credited = await WEBHOOKS.fetch(
        connection, "last_campaign_of_contacts", contact_ids=sorted(changed), now=now
    )
    await WEBHOOKS.execute(
        connection, "count_opt_outs", occurrence_ids=[row["occurrence_id"] for row in credited]
    )
    await OUTBOX.execute(connection, "raise_control_epoch")


async def opt_in(connection: Connection, channel: Channel, words: Sequence[OptOut]) -> None:
    """Take back people's opt-outs by their own word."""
    await _set_consents(connection, channel, "opted_in", words)


async def _set_consents(
    connection: Connection, channel: Channel, state: str, words: Sequence[OptOut]
) -> set[int]:
    """Write what changes; the ids of those for whom it did."""
    if not words:
        return set()
    rows = await WEBHOOKS.fetch(
        connection,
        "set_consents",
        channel=str(channel),
        contact_ids=[each.contact_id for each in words],
        states=[state] * len(words),
        sources=[each.source for each in words],
        reasons=[each.reason for each in words],
        ats=[each.at for each in words],
    )
    return {row["contact_id"] for row in rows}
