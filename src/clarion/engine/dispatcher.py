"""The dispatcher: one owner a sender reads its outbox in order and sends, never twice.

Theory of operation.  A sender's owner holds a lease with a fencing token.  It works in *ticks*, each
one transaction: append the results that came in, look at the control epoch, claim as many rows as
may be written *now* (free connections, tokens of the pace), and raise the intent marks over them.
Only after the commit are their requests written, at once and all of them.  So

- what lies above a mark has certainly not left, what lies below and has a result is known, and the
  rest is a small set in doubt: the requests that were under way;
- a worker that lost its lease commits nothing (the fence) and writes nothing (it looks at its own
  deadline before each request);
- nothing waits in memory between claim and write, so a suspension is obeyed by the next claim, and
  the tick's acknowledgement of the control epoch proves it.

Conversation goes before bulk.  The pace follows the channel's complaints.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta

import structlog

from clarion.channels.contract import (
    Adapter,
    OutcomeKind,
    OutMessage,
    ReactionKind,
    Request,
    SenderAccount,
)
from clarion.channels.registry import ADAPTERS
from clarion.channels.wire import WireClient
from clarion.domain.message import Lane
from clarion.engine.accounts import account_of
from clarion.engine.apply.append_results import append_results
from clarion.engine.apply.set_fires import set_fires
from clarion.engine.outbound import (
    Result,
    Row,
    attempt_id_of,
    result_of,
    row_from_record,
    withheld,
)
from clarion.engine.parts import Parts
from clarion.schedule.pacing import Bucket, RateControl
from clarion.store.content import content_from_json
from clarion.store.pool import Connection, transaction
from clarion.store.queries import load

__all__ = ["LeaseLostError", "SenderOwner"]

OUTBOX = load("outbox")

log = structlog.get_logger(__name__)

_HEARTBEATS_A_LEASE = 4
_LANES = (Lane.CONVERSATION, Lane.BULK)


class LeaseLostError(Exception):
    """Another process owns the sender now; nothing of ours may be written any more."""


class SenderOwner:
    """Sends for one sender as long as it holds the lease; see the module's theory of operation."""

    def __init__(self, parts: Parts, client: WireClient, sender_id: int) -> None:
        self._parts = parts
        self._client = client
        self._sender_id = sender_id
        self._account: SenderAccount | None = None
        self._adapter: Adapter | None = None
        self._fence = 0
        self._marks: dict[Lane, int] = {}
        self._epoch = 0
        self._is_active = True
        self._results: list[Result] = []
        self._in_flight: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()
        self._bucket = Bucket(1.0, 1.0)
        self._control = RateControl(ceiling=1.0)
        self._cut_rate = 1.0
        self._cut_at = float("-inf")
        self._deadline = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Own the sender until ``stop``, or until there is nothing left to do for it.

        Returns at once when somebody else owns it.  Raises ``LeaseLostError`` when the lease went
        to another process meanwhile.
        """
        if not await self._take():
            return
        idle_since = self._time()
        try:
            while not stop.is_set():
                claimed = await self._tick()
                busy = claimed or self._in_flight or self._results
                idle_since = self._time() if busy else idle_since
                if self._time() - idle_since > self._parts.sizes.lease_seconds:
                    break
                await self._pause(is_busy=bool(busy))
            await self._drain()
        finally:
            for task in self._in_flight:
                task.cancel()

    # -- the lease ---------------------------------------------------------------------------------

    async def _take(self) -> bool:
        sizes = self._parts.sizes
        self._deadline = self._time() + sizes.lease_seconds
        async with transaction(self._parts.pool) as connection:
            lease = await OUTBOX.fetchrow(
                connection,
                "take_lease",
                sender_id=self._sender_id,
                owner=self._parts.owner,
                lease_seconds=sizes.lease_seconds,
            )
            if lease is None:
                return False
            doubtful = await OUTBOX.execute(
                connection,
                "mark_in_doubt_below_the_marks",
                sender_id=self._sender_id,
                now=self._parts.now(),
            )
            await self._read_account(connection)
        self._fence = lease["fence"]
        self._epoch = lease["acknowledged_epoch"]
        self._marks = {
            Lane.CONVERSATION: lease["conversation_intent_position"],
            Lane.BULK: lease["bulk_intent_position"],
        }
        if doubtful:
            self._parts.wakeups.ring("results")
            log.warning("messages_in_doubt", sender_id=self._sender_id, message_count=doubtful)
        return True

    async def _read_account(self, connection: Connection) -> None:
        row = await OUTBOX.fetchrow(connection, "sender_account", sender_id=self._sender_id)
        if row is None:
            raise LeaseLostError(self._sender_id)
        self._account = account_of(self._parts.sealer, row)
        self._adapter = ADAPTERS[self._account.channel]
        self._is_active = row["status"] == "active"
        rate = float(row["rate_per_second"])
        if rate != self._control.ceiling:
            self._control = RateControl(ceiling=rate, step=max(1.0, rate / 60))
            self._cut_rate = rate
            self._bucket = Bucket(rate, max(1.0, rate * self._parts.sizes.tick_seconds * 2))

    # -- one tick ----------------------------------------------------------------------------------

    async def _tick(self) -> int:
        """Append results, claim and raise the marks in one transaction, then write the requests.

        Returns how many rows were claimed.
        """
        results = self._results[:]
        deadline = self._time() + self._parts.sizes.lease_seconds
        marks = dict(self._marks)
        async with transaction(self._parts.pool) as connection:
            epoch = await self._obey(connection)
            allowance = self._allowance()
            rows, refused = await self._claim(connection, marks, allowance)
            await self._append(connection, results)
            await self._beat(connection, marks, epoch, len(rows))
        # Committed: from here on the rows are ours to send, and only now.
        self._epoch = epoch
        self._marks = marks
        self._deadline = deadline
        del self._results[: len(results)]
        self._results.extend(refused)
        self._bucket.charge(self._time(), len(rows) - allowance)
        if results:
            self._parts.wakeups.ring("results")
        for row in rows:
            self._write(row)
        return len(rows) + len(refused)

    async def _obey(self, connection: Connection) -> int:
        """Read the control epoch; what raised it is visible to every later statement."""
        control = await OUTBOX.fetchrow(connection, "control_epoch", sender_id=self._sender_id)
        if control is None:
            raise LeaseLostError(self._sender_id)
        epoch: int = control["epoch"]
        if epoch != self._epoch:
            await self._read_account(connection)
        self._is_active = control["sender_status"] == "active"
        return epoch

    def _allowance(self) -> int:
        """How many requests may be written now, taken from the pace; what is not used goes back."""
        free = self._parts.sizes.in_flight - len(self._in_flight)
        if not self._is_active or free <= 0:
            return 0
        now = self._time()
        rate = self._control.recover(self._cut_rate, now - self._cut_at)
        if rate != self._bucket.rate_per_second:
            self._bucket.set_rate(now, rate)
        return self._bucket.take_up_to(now, free)

    async def _claim(
        self, connection: Connection, marks: dict[Lane, int], allowance: int
    ) -> tuple[list[Row], list[Result]]:
        """The next rows of both lanes, conversation first; ``marks`` is raised over them."""
        rows: list[Row] = []
        refused: list[Result] = []
        now = self._parts.now()
        for lane in _LANES:
            if allowance <= len(rows):
                break
            records = await OUTBOX.fetch(
                connection,
                "next_rows",
                sender_id=self._sender_id,
                lane=lane.value,
                after_position=marks[lane],
                limit=allowance - len(rows),
                now=now,
            )
            for record in records:
                reason = record["refusal"]
                if reason is None:
                    content = content_from_json(record["content"])
                    rows.append(row_from_record(lane, record, content))
                else:
                    refused.append(
                        withheld(
                            lane,
                            record["position"],
                            record["message_id"],
                            record["attempt"],
                            reason,
                            now,
                        )
                    )
            if records:
                marks[lane] = records[-1]["position"]
        return rows, refused

    async def _append(self, connection: Connection, results: list[Result]) -> None:
        if not results:
            return
        await append_results(connection, self._sender_id, results)
        pause = next((r for r in results if r.reaction == ReactionKind.PAUSE_SENDER), None)
        if pause is not None:
            await self._pause_sender(connection, pause)

    async def _pause_sender(self, connection: Connection, result: Result) -> None:
        """The channel told us to stop: obey before anything else leaves."""
        until = None
        if result.delay_seconds is not None:
            until = result.at + timedelta(seconds=result.delay_seconds)
            await set_fires(connection, "sender", [(self._sender_id, until, 0)])
        await OUTBOX.execute(
            connection,
            "pause_sender",
            sender_id=self._sender_id,
            reason=f"{result.error_code or ''} {result.error_title or result.reason}".strip(),
            paused_until=until,
            now=result.at,
        )
        self._is_active = False

    async def _beat(
        self, connection: Connection, marks: Mapping[Lane, int], epoch: int, claimed_count: int
    ) -> None:
        fence = await OUTBOX.fetchval(
            connection,
            "tick_lease",
            sender_id=self._sender_id,
            owner=self._parts.owner,
            fence=self._fence,
            lease_seconds=self._parts.sizes.lease_seconds,
            conversation_intent_position=marks[Lane.CONVERSATION],
            bulk_intent_position=marks[Lane.BULK],
            acknowledged_epoch=epoch,
            in_flight_count=len(self._in_flight) + claimed_count,
            current_rate_per_second=self._bucket.rate_per_second,
        )
        if fence is None:
            raise LeaseLostError(self._sender_id)

    # -- one request -------------------------------------------------------------------------------

    def _write(self, row: Row) -> None:
        if self._account is None or self._adapter is None:
            raise LeaseLostError(self._sender_id)
        if self._time() >= self._deadline:
            return  # the next owner will find it in doubt
        message = OutMessage(attempt_id_of(row.message_id, row.attempt), row.to, row.content)
        try:
            request = self._adapter.request_for(self._account, message)
        except ValueError as error:
            log.warning("content_invalid", message_id=row.message_id, error=str(error))
            self._results.append(
                withheld(
                    row.lane,
                    row.position,
                    row.message_id,
                    row.attempt,
                    "content_invalid",
                    self._parts.now(),
                )
            )
            return
        task = asyncio.create_task(self._exchange(self._adapter, row, request))
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)

    async def _exchange(self, adapter: Adapter, row: Row, request: Request) -> None:
        answer = await self._client.send(request)
        outcome = adapter.outcome_of(answer)
        if outcome.reaction.kind is ReactionKind.SLOW_SENDER:
            self._slow()
        self._results.append(result_of(row, outcome, self._parts.now()))
        if outcome.kind is not OutcomeKind.ACCEPTED:
            log.info(
                "attempt_not_accepted",
                message_id=row.message_id,
                attempt=row.attempt,
                kind=outcome.kind.value,
                error_code=outcome.error_code,
                reason=outcome.reaction.reason or answer.failure,
            )
        self._news.set()

    def _slow(self) -> None:
        """Cut the pace; the complaints of one moment count once."""
        now = self._time()
        if now - self._cut_at >= 1.0:
            self._cut_rate = self._control.slow(self._bucket.rate_per_second)
            self._cut_at = now
            self._bucket.set_rate(now, self._cut_rate)

    # -- waiting and ending ------------------------------------------------------------------------

    async def _pause(self, *, is_busy: bool) -> None:
        """Until something may have changed: results, new rows, tokens, or a heartbeat is due."""
        sizes = self._parts.sizes
        if is_busy:
            await asyncio.sleep(sizes.tick_seconds)
            if not self._results:
                wait = 1.0 if self._is_full() else min(self._bucket.seconds_until(1), 1.0)
                await self._wait_for_news(wait)
            return
        await self._parts.wakeups.wait(
            f"outbox:{self._sender_id}", min(1.0, sizes.lease_seconds / _HEARTBEATS_A_LEASE)
        )

    async def _drain(self) -> None:
        """Let what is in flight end, record it, and give the sender back."""
        limit = self._time() + self._parts.sizes.lease_seconds / 2
        while self._in_flight and self._time() < limit:
            await self._wait_for_news(0.1)
        async with transaction(self._parts.pool) as connection:
            await self._append(connection, self._results)
            await self._beat(connection, self._marks, self._epoch, 0)
            if not self._in_flight:
                await OUTBOX.execute(
                    connection,
                    "release_lease",
                    sender_id=self._sender_id,
                    owner=self._parts.owner,
                    fence=self._fence,
                )
        self._results.clear()
        self._parts.wakeups.ring("results")

    def _is_full(self) -> bool:
        return len(self._in_flight) >= self._parts.sizes.in_flight

    async def _wait_for_news(self, timeout_seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), timeout_seconds)
        self._news.clear()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()
