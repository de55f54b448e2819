"""What the routes that count messages over time share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict

from clarion.reports.message_counts import Stretch

__all__ = ["WIDTHS", "AskedStretch", "MessageCountsAnswer"]

WIDTHS: Mapping[str, timedelta] = {"day": timedelta(days=1), "half_hour": timedelta(minutes=30)}


class MessageCountsAnswer(BaseModel):
    """The messages that were written from an instant on, for one width."""

    model_config = ConfigDict(from_attributes=True)

    from_at: datetime
    accepted_count: int
    delivered_count: int
    read_count: int
    failed_count: int


def _stretch(
    from_at: Annotated[AwareDatetime, Query(description="Included.")],
    until_at: Annotated[AwareDatetime, Query(description="Excluded; at most 100 days later.")],
    width: Annotated[Literal["day", "half_hour"], Query(description="Of one count.")] = "day",
) -> Stretch:
    return Stretch(from_at, until_at, WIDTHS[width])


AskedStretch = Annotated[Stretch, Depends(_stretch)]
