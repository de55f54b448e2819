"""Hook: append the ends of attempts in bulk; the fold takes them from there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from clarion.channels.contract import ReactionKind
from clarion.engine.apply.set_fires import set_fires
from clarion.engine.outbound import Result
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["append_and_obey", "append_results"]

OUTBOX = load("outbox")
RESULTS = load("results")


async def append_results(connection: Connection, sender_id: int, results: Sequence[Result]) -> None:
    """Append results of one sender; repeated ones are left out."""
    await RESULTS.execute(
        connection,
        "append_results",
        sender_id=sender_id,
        lanes=[each.lane.value for each in results],
        positions=[each.position for each in results],
        message_ids=[each.message_id for each in results],
        attempts=[each.attempt for each in results],
        kinds=[each.kind for each in results],
        reactions=[each.reaction for each in results],
        reasons=[each.reason for each in results],
        delays=[each.delay_seconds for each in results],
        max_attempts=[each.max_attempts for each in results],
        provider_ids=[each.provider_id for each in results],
        wa_ids=[each.wa_id for each in results],
        error_codes=[each.error_code for each in results],
        error_titles=[each.error_title for each in results],
        http_statuses=[each.http_status for each in results],
        ats=[each.at for each in results],
    )


async def append_and_obey(
    connection: Connection, sender_id: int, results: Sequence[Result]
) -> bool:
    """Append results, and pause the sender if one of them demands it; whether it did.

    The channel told us to stop: that is obeyed in the same transaction, before anything else leaves.
    """
    await append_results(connection, sender_id, results)
    pause = next((r for r in results if r.reaction == ReactionKind.PAUSE_SENDER), None)
    if pause is None:
        return False
    until = None
    if pause.delay_seconds is not None:
        until = pause.at + timedelta(seconds=pause.delay_seconds)
        await set_fires(connection, "sender", [(sender_id, until, 0)])
    await OUTBOX.execute(
        connection,
        "pause_sender",
        sender_id=sender_id,
        reason=f"{pause.error_code or ''} {pause.error_title or pause.reason}".strip(),
        paused_until=until,
        now=pause.at,
    )
    return True
