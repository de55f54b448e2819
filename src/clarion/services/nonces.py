"""Nonces: a signed request is accepted once, on whichever machine it arrives.

Theory of operation.  A request carries the time when it was signed and a nonce.  The time must be
within ``CLOCK_SKEW`` of our clock, before or after; so a nonce must be remembered for twice that,
and a repeat later than that is refused for its time.  The unique key of the table decides between
two repeats that arrive at the same moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["CLOCK_SKEW", "forget_old_nonces", "use_nonce"]

QUERIES = load("nonces")

CLOCK_SKEW = timedelta(minutes=15)
KEPT_FOR = 2 * CLOCK_SKEW


async def use_nonce(connection: Connection, access_key_id: str, nonce: str, now: datetime) -> bool:
    """Use a nonce of a key up; false if it was used before."""
    used = await QUERIES.fetchval(
        connection, "use_nonce", access_key_id=access_key_id, nonce=nonce, now=now
    )
    return bool(used)


async def forget_old_nonces(connection: Connection, now: datetime) -> int:
    """Delete the nonces that count no more; how many."""
    return await QUERIES.execute(connection, "delete_old_nonces", not_after=now - KEPT_FOR)
