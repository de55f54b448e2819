"""The upkeep of insight: deltas are folded into counts, and what is old is forgotten.

Theory of operation.  A fold is one statement a batch: deltas away, counts up.  A crash in the middle
undoes both, and one fold works at a time.  What nobody has folded yet is read as well, so how often
this happens changes no number, only how fast it is read.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from clarion.store.pool import Pool, transaction
from clarion.store.queries import load

__all__ = ["HOURS_KEPT_FOR", "fold_insight", "forget_insight"]

INSIGHT = load("insight")
TRACES = load("traces")

HOURS_KEPT_FOR = timedelta(days=400)
_BATCH = 20_000


async def fold_insight(pool: Pool, *, batch: int = _BATCH) -> int:
    """Fold all deltas that are there; return how many rows that were (0 when another folds)."""
    folded_count = 0
    while True:
        async with transaction(pool) as connection:
            if not await INSIGHT.fetchval(connection, "try_insight_lock"):
                return folded_count
            count: int = await INSIGHT.fetchval(connection, "fold_node_deltas", limit=batch)
        folded_count += count
        if count < batch:
            return folded_count


async def forget_insight(pool: Pool, now: datetime, traces_kept_for: timedelta) -> int:
    """Delete traces and hours that are past their time, in batches; how many rows."""
    async with transaction(pool) as connection:
        forgotten_count = await INSIGHT.execute(
            connection, "forget_node_hours", before=now - HOURS_KEPT_FOR
        )
    while True:
        async with transaction(pool) as connection:
            count = await TRACES.execute(
                connection, "forget_traces", before=now - traces_kept_for, limit=_BATCH
            )
        forgotten_count += count
        if count < _BATCH:
            return forgotten_count
