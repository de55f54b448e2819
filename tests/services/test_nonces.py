"""A nonce is used once, and forgotten when it can do no more harm."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from clarion.services.nonces import CLOCK_SKEW, use_nonce
from clarion.services.upkeep import forget_old
from clarion.store.pool import Pool, transaction

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


async def test_a_nonce_is_used_once_for_each_key(pool: Pool) -> None:
    async with transaction(pool) as connection:
        assert await use_nonce(connection, "a", "1", NOON)
        assert not await use_nonce(connection, "a", "1", NOON)
        assert await use_nonce(connection, "b", "1", NOON)
        assert await use_nonce(connection, "a", "2", NOON)


async def test_a_nonce_is_remembered_as_long_as_its_request_would_be_accepted(pool: Pool) -> None:
    # Signed by a clock that is a quarter of an hour ahead, it stays young for twice that.
    still = NOON + 2 * CLOCK_SKEW - timedelta(seconds=1)
    async with transaction(pool) as connection:
        await use_nonce(connection, "a", "1", NOON)
        assert await forget_old(connection, still) == 0
        assert not await use_nonce(connection, "a", "1", still)
        assert await forget_old(connection, still + timedelta(seconds=1)) == 1
