"""Fires: the one loop of time.  What is due is taken from the table and handed to its kind.

Theory of operation.  A fire is taken away in the same transaction that does what it asks for, so a
crash leaves it; several processes may take fires side by side (``SKIP LOCKED``).  What each kind does
stands in one table, ``FireHandlers.by_kind``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from clarion.domain.campaign import DoubtPolicy
from clarion.domain.message import Lane
from clarion.engine.day_limit import release_waiting
from clarion.engine.deliveries import tell_deliveries
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.jobs import defer_chunks, defer_requeue
from clarion.engine.parts import Parts
from clarion.engine.planner import Planner
from clarion.engine.queue_again import queue_again
from clarion.engine.resume import Continuation, resume_sessions
from clarion.engine.starts import carry_out_starts
from clarion.flow.engine import at_deadline
from clarion.store.pool import Connection, transaction
from clarion.store.queries import Row, load

__all__ = ["FireHandlers"]

FIRES = load("fires")
OUTBOX = load("outbox")
RESULTS = load("results")
SESSIONS = load("sessions")

_Fires = Sequence[Row]
_Handler = Callable[[Connection, _Fires], Awaitable[None]]

# Campaigns are looked at one by one, each in a transaction of its own.
_BATCH_OF_ONE = frozenset({"campaign"})


# A platform that never answers properly must not make "at least once" a message every ten minutes.
_MOST_DOUBTS = 3


class FireHandlers:
    """What to do about due fires."""

    def __init__(self, parts: Parts, planner: Planner, flow_versions: FlowVersions) -> None:
        self._parts = parts
        self._planner = planner
        self._flow_versions = flow_versions
        self.by_kind: Mapping[str, _Handler] = {
            "campaign": self._look_at_campaigns,
            "chunk": self._run_chunks,
            "session": self._wake_sessions,
            "retry": self._retry,
            "doubt": self._close_doubts,
            "sender": self._resume_senders,
            "start": self._start_sessions,
            "delivery": self._tell_deliveries,
            "day_limit": self._release_waiting,
        }

    async def run_due(self) -> float | None:
        """Do everything that is due now.

        Returns the seconds until the next fire of all; ``None`` when there is none.
        """
        due = await FIRES.fetchrow(self._parts.pool, "due_kinds", now=self._parts.now())
        if due is None:
            return None
        for kind in sorted(due["kinds"]):
            while await self._run_batch(kind):
                pass
        next_due_at: datetime | None = due["next_due_at"]
        if next_due_at is None:
            return None
        return max(0.0, (next_due_at - self._parts.now()).total_seconds())

    async def _run_batch(self, kind: str) -> bool:
        """Take and do one batch; whether there may be more."""
        limit = 1 if kind in _BATCH_OF_ONE else self._parts.sizes.fires
        async with transaction(self._parts.pool) as connection:
            fires = await FIRES.fetch(
                connection, "claim_fires", kind=kind, limit=limit, now=self._parts.now()
            )
            if fires:
                await self.by_kind[kind](connection, fires)
        return len(fires) == limit

    async def _look_at_campaigns(self, connection: Connection, fires: _Fires) -> None:
        for fire in fires:
            await self._planner.look(connection, fire["subject_id"])

    async def _run_chunks(self, connection: Connection, fires: _Fires) -> None:
        for fire in fires:
            await defer_chunks(
                connection, fire["subject_id"], self._parts.sizes.runners_per_occurrence
            )

    async def _wake_sessions(self, connection: Connection, fires: _Fires) -> None:
        """Timeouts and delays; what they send is bulk: a million may time out together."""
        revisions = {fire["subject_id"]: fire["revision"] for fire in fires}
        kinds = await SESSIONS.fetch(connection, "wait_kinds", ids=sorted(revisions))
        await resume_sessions(
            connection,
            self._flow_versions,
            {
                row["id"]: Continuation(
                    at_deadline(row["wait_kind"]),
                    Lane.BULK,
                    revisions[row["id"]],
                )
                for row in kinds
            },
            self._parts.now(),
        )

    async def _tell_deliveries(self, connection: Connection, fires: _Fires) -> None:
        await tell_deliveries(
            connection,
            self._flow_versions,
            [fire["subject_id"] for fire in fires],
            self._parts.now(),
        )

    async def _retry(self, connection: Connection, fires: _Fires) -> None:
        await queue_again(connection, self._parts, [fire["subject_id"] for fire in fires], "queued")

    async def _close_doubts(self, connection: Connection, fires: _Fires) -> None:
        """No receipt within the window: the campaign's choice, but not for ever."""
        rows = await RESULTS.fetch(
            connection,
            "doubtful_messages",
            message_ids=sorted(fire["subject_id"] for fire in fires),
        )
        again = [
            row["id"]
            for row in rows
            if row["doubt_policy"] == DoubtPolicy.AT_LEAST_ONCE
            and row["doubt_count"] < _MOST_DOUBTS
        ]
        closed = [row["id"] for row in rows if row["id"] not in set(again)]
        await RESULTS.execute(connection, "close_doubts", message_ids=closed)
        await queue_again(connection, self._parts, again, "in_doubt")

    async def _resume_senders(self, connection: Connection, fires: _Fires) -> None:
        for fire in fires:
            resumed = await OUTBOX.fetchval(
                connection, "resume_sender", sender_id=fire["subject_id"], now=self._parts.now()
            )
            if resumed is not None:
                await OUTBOX.execute(connection, "raise_control_epoch")
                await defer_requeue(connection, sender_id=resumed)
                await OUTBOX.execute(connection, "wake_sender", sender_id=resumed)

    async def _release_waiting(self, connection: Connection, fires: _Fires) -> None:
        """The day has room again for some of those who wait."""
        for fire in fires:
            await release_waiting(connection, self._parts, fire["subject_id"])

    async def _start_sessions(self, connection: Connection, fires: _Fires) -> None:
        """Starts that had to wait: their hold is over, or their time is."""
        await carry_out_starts(
            connection,
            self._flow_versions,
            [fire["subject_id"] for fire in fires],
            self._parts.now(),
        )
