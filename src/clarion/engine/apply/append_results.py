"""Hook: append the ends of attempts in bulk; the fold takes them from there."""

from __future__ import annotations

from collections.abc import Sequence

from clarion.engine.outbound import Result
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["append_results"]

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
