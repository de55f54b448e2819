"""A dry run in numbers: counted while people stream by, so that no number is a guess.

Theory of operation.  ``Tally`` looks at each forecast once.  It counts it under its outcome, reason
and node, asks the outflow of its sender when the message leaves, and keeps the messages of the first
few people of each branch as a sample.  Senders of one account share the places of a day.  What it keeps
does not grow with the audience.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clarion.domain.message import TemplateContent
from clarion.engine.forecast import Forecast
from clarion.schedule.day_places import DayPlaces
from clarion.schedule.outflow import Outflow, SenderPace
from clarion.store.queries import Row

__all__ = ["SAMPLE_PER_BRANCH", "Day", "SenderForecast", "Tally", "step_seconds_for"]

SAMPLE_PER_BRANCH = 20
# A flow whose path depends on the person may have many ends; beyond these nothing is sampled.
_MOST_BRANCHES = 200
_STEPS_SECONDS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
)  # fmt: skip
_MOST_STEPS = 60


@dataclass(slots=True)
class SenderForecast:
    """What one sender would do; ``finish_at`` is when the last of its messages leaves.

    ``day_limit`` people may be written to in 24 hours, ``day_used_count`` of them are used; for
    ``day_waiting_count`` of the forecast there is no place at once.
    """

    id: int
    name: str
    status: str
    rate_per_second: float
    waiting_count: int
    day_limit: int | None
    day_used_count: int
    outflow: Outflow
    places: DayPlaces | None = None
    send_count: int = 0
    day_waiting_count: int = 0
    first_send_at: datetime | None = None
    finish_at: datetime | None = None

    def take(self, due_at: datetime, *, opens_conversation: bool) -> datetime:
        """One more message: when it leaves."""
        self.send_count += 1
        leaves_at = send_at = self.outflow.take(due_at)
        if opens_conversation and self.places is not None:
            send_at = self.places.take(leaves_at)
        self.day_waiting_count += send_at > leaves_at
        self.finish_at = max(send_at, self.finish_at or send_at)
        self.first_send_at = min(send_at, self.first_send_at or send_at)
        return send_at

    def to_json(self) -> dict[str, Any]:
        """For the summary."""
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "rate_per_second": self.rate_per_second,
            "waiting_count": self.waiting_count,
            "day_limit": self.day_limit,
            "day_used_count": self.day_used_count,
            "day_waiting_count": self.day_waiting_count,
            "send_count": self.send_count,
            "first_send_at": self.first_send_at,
            "finish_at": self.finish_at,
        }


@dataclass(frozen=True, slots=True)
class Day:
    """The places of a sender's account, which it may share with others."""

    limit: int
    used_count: int
    places: DayPlaces


def sender_forecast(row: Row, now: datetime, day: Day | None) -> SenderForecast:
    """From a row of the query ``paces``, as known at ``now``."""
    pace = SenderPace(row["rate_per_second"], now, row["waiting_count"])
    return SenderForecast(
        id=row["id"],
        name=row["name"],
        status=row["status"],
        rate_per_second=row["rate_per_second"],
        waiting_count=row["waiting_count"],
        day_limit=None if day is None else day.limit,
        day_used_count=0 if day is None else day.used_count,
        outflow=Outflow(pace),
        places=None if day is None else day.places,
    )


@dataclass(slots=True)
class Tally:
    """The numbers so far."""

    senders: Mapping[int, SenderForecast]
    counts: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)
    templates: Counter[tuple[str, str]] = field(default_factory=Counter)
    samples: Counter[tuple[str, str | None, str | None]] = field(default_factory=Counter)
    replaced_count: int = 0
    _branches: int = 0

    @classmethod
    def of(cls, paces: Sequence[Row], now: datetime, days: Mapping[int, Day]) -> Tally:
        """Nothing counted yet; ``paces`` are rows of that query, ``days`` by the sender's id."""
        return cls({row["id"]: sender_forecast(row, now, days.get(row["id"])) for row in paces})

    def take(
        self, forecast: Forecast, *, opens_conversation: bool = False
    ) -> tuple[datetime | None, bool]:
        """Count one person; when the message leaves, and whether it belongs to the sample."""
        branch = (forecast.outcome, forecast.reason, forecast.node_id)
        self.counts[branch] += 1
        self.replaced_count += forecast.replaced_count
        send_at: datetime | None = None
        if forecast.outcome == "send" and forecast.sender_id is not None:
            sender = self.senders[forecast.sender_id]
            send_at = sender.take(forecast.due_at, opens_conversation=opens_conversation)
        elif forecast.reason == "flow_waits":
            send_at = forecast.due_at
        content = forecast.content
        if isinstance(content, TemplateContent):
            self.templates[content.name, content.language] += 1
        is_sample = (
            content is not None
            and self.samples[branch] < SAMPLE_PER_BRANCH
            and (self.samples[branch] > 0 or len(self.samples) <= _MOST_BRANCHES)
        )
        if is_sample:
            self.samples[branch] += 1
        return send_at, is_sample

    def count_of(self, outcome: str) -> int:
        """How many people have this outcome."""
        return sum(count for (each, _, _), count in self.counts.items() if each == outcome)

    @property
    def first_send_at(self) -> datetime | None:
        """When the first message of all leaves."""
        return min(
            filter(None, (each.first_send_at for each in self.senders.values())), default=None
        )

    @property
    def finish_at(self) -> datetime | None:
        """When the last message of all leaves."""
        return max(filter(None, (each.finish_at for each in self.senders.values())), default=None)

    def to_json(self) -> dict[str, Any]:
        """The summary, without what only the database can add."""
        return {
            "send_count": self.count_of("send"),
            "held_count": self.count_of("held"),
            "skipped_count": self.count_of("skipped"),
            "failed_count": self.count_of("failed"),
            "replaced_count": self.replaced_count,
            "sample_count": sum(self.samples.values()),
            "first_send_at": self.first_send_at,
            "finish_at": self.finish_at,
            "reasons": [
                {"outcome": outcome, "reason": reason, "node_id": node_id, "people_count": count}
                for (outcome, reason, node_id), count in self.counts.most_common()
            ],
            "senders": [each.to_json() for each in self.senders.values() if each.send_count],
        }


def step_seconds_for(first_at: datetime, finish_at: datetime) -> int:
    """The step of a histogram over that time, in seconds: at most some sixty steps."""
    seconds = (finish_at - first_at).total_seconds()
    return next(
        (step for step in _STEPS_SECONDS if seconds / step < _MOST_STEPS),
        max(_STEPS_SECONDS[-1], round(seconds / _MOST_STEPS)),
    )
