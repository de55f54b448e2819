"""Wall-clock time and instants: the one rule for daylight saving.

Theory of operation.  A *wall time* is a naive ``datetime``: what a clock on the wall of a zone
shows.  An *instant* is an aware ``datetime`` in UTC.  Twice a year the two disagree, and Clarion
decides once, here: a wall time that does not exist (the clock jumped over it) means the next valid
instant, which is the jump itself; a wall time that exists twice means the first of the two.
``instant_of`` therefore never decreases when the wall time grows, which the schedule relies on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

__all__ = ["instant_of", "instants_of", "wall_of"]

_SECOND = timedelta(seconds=1)


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of ``zone`` shows at an (aware) instant; naive, without its fold."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant that a (naive) wall time of ``zone`` means; see the rule above."""
    instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if wall_of(instant, zone) == wall.replace(fold=0):
        return instant
    # Inside a gap the two readings of the wall time lie on both sides of the jump.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(microsecond=0)
    after = instant.replace(microsecond=0) + _SECOND
    offset_before = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset_before:
            before = middle
        else:
            after = middle
    return after


def instants_of(wall: datetime, zones: Iterable[ZoneInfo]) -> Mapping[ZoneInfo, datetime]:
    """The UTC instant of the same wall time in each of several zones."""
    return {zone: instant_of(wall, zone) for zone in zones}
