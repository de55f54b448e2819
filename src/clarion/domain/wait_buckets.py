"""How long people wait, as buckets that add up.

Theory of operation.  Durations of millions of sessions are kept as counts in buckets of a logarithmic
scale, four to a doubling: counts of many chunks, hours and machines are added, and a median comes out
within a tenth of its value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

__all__ = ["NO_WAIT", "bucket_of", "median_seconds"]

NO_WAIT = -1
_BUCKETS_A_DOUBLING = 4
_LAST_BUCKET = 120


def bucket_of(seconds: float) -> int:
    """The bucket of a duration: 0 below a second, then four to a doubling."""
    if seconds < 1:
        return 0
    return min(_LAST_BUCKET, 1 + int(_BUCKETS_A_DOUBLING * math.log2(seconds)))


def median_seconds(counts: Mapping[int, int]) -> float | None:
    """The median of the durations in the buckets, in seconds; None when there are none.

    ``NO_WAIT`` is left out.  The answer is the middle of the bucket in which the median lies.
    """
    waits = sorted((bucket, count) for bucket, count in counts.items() if bucket != NO_WAIT)
    left_count = (sum(count for _, count in waits) + 1) // 2
    for bucket, count in waits:
        left_count -= count
        if left_count <= 0:
            return 0.5 if bucket == 0 else float(2 ** ((bucket - 0.5) / _BUCKETS_A_DOUBLING))
    return None
