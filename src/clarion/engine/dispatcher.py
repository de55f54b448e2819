"""The dispatcher: one owner a sender reads its outbox in order and sends, never twice.

Theory of operation.  A sender's owner holds a lease with a fencing token.  It works in *ticks*, each
one transaction: append the results that came in, look at the control epoch, claim as many rows as
may be written *now*, and raise the intent marks over them.  "Now" is meant: the tokens of the pace
are there, an open connection is in hand for each row, and its request is ready as bytes.  Only after
the commit are they written, all of them, without waiting for anything in between.  So

- what lies above a mark has certainly not left, what lies below and has a result is known, and the
  rest is a small set in doubt: the requests that were under way;
- what the last look refused, or what cannot be expressed, gets its result in the same commit that
  raises the mark, so it is never in doubt;
- a worker that lost its lease commits nothing (the fence) and writes nothing (it looks at its own
  deadline before each request);
- nothing waits in memory between claim and write, so a suspension is obeyed by the next claim, and
  the tick's acknowledgement of the control epoch proves it;
- while the platform cannot be reached nothing is claimed, and so nothing is tried in vain;
- while the database is away nothing is claimed either, what is in flight ends, and its results wait
  in memory for the next tick that commits.  A tick whose commit was lost on the way may be repeated:
  nothing of it was written, and results are told apart by their position.

Conversation goes before bulk.  The pace follows the channel's complaints.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from functools import partial

import structlog

from clarion.channels.contract import (
    Adapter,
    Answer,
    OutcomeKind,
    ReactionKind,
    SenderAccount,
)
from clarion.channels.registry import ADAPTERS
from clarion.channels.wire import Connection as Wire
from clarion.channels.wire import WireClient
from clarion.domain.message import Lane
from clarion.engine.accounts import account_of
from clarion.engine.after_crash import settle_after_crash
from clarion.engine.apply.append_results import append_and_obey
from clarion.engine.claim import Ready, claim_rows, write_requests
from clarion.engine.day_limit import DayLimit, day_limit_for
from clarion.engine.journal import Journal
from clarion.engine.outbound import Result, Row, result_of
from clarion.engine.pace import Pace
from clarion.engine.parts import Parts
from clarion.store.pool import DATABASE_AWAY, Connection, transaction
from clarion.store.queries import load

__all__ = ["LeaseLostError", "SenderOwner"]

OUTBOX = load("outbox")

log = structlog.get_logger(__name__)

_HEARTBEATS_A_LEASE = 4
_DATABASE_WAIT_SECONDS = 0.2
_SMALLEST_CLAIM = 32
# How long to wait for connections that are being opened, at most; it begins with a tick.
_LONGEST_OPENING_WAIT_SECONDS = 0.5


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
        self._day_limit: DayLimit | None = None
        self._results: list[Result] = []
        self._in_flight: dict[asyncio.Future[Answer], Wire] = {}
        self._news = asyncio.Event()
        self._pace = Pace(parts.sizes.tick_seconds * 2)
        self._deadline = 0.0
        self._empty_handed_count = 0
        # What keeps us from the platform, and what of it stands in the sender's health.
        self._failure: str | None = None
        self._told_failure: str | None = ""
        self._has_more = False
        self._is_paced = False
        self._journal: Journal | None = None

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
                try:
                    claimed_count = await self._tick()
                except DATABASE_AWAY as error:
                    log.warning("tick_interrupted", sender_id=self._sender_id, error=repr(error))
                    await asyncio.sleep(_DATABASE_WAIT_SECONDS)
                    continue
                at_work = (claimed_count, self._in_flight, self._results, self._empty_handed_count)
                is_busy = any(at_work) or self._is_paced
                idle_since = self._time() if is_busy else idle_since
                if self._time() - idle_since > self._parts.sizes.lease_seconds:
                    break
                await self._pause(is_busy=is_busy)
            await self._drain()
        finally:
            for connection in tuple(self._in_flight.values()):
                connection.abort("cancelled")
            if self._journal is not None:
                self._journal.close()

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
            doubtful_count = await settle_after_crash(
                connection, self._parts, self._sender_id, lease["fence"]
            )
            await self._read_account(connection)
        self._fence = lease["fence"]
        self._epoch = lease["acknowledged_epoch"]
        self._marks = {
            Lane.CONVERSATION: lease["conversation_intent_position"],
            Lane.BULK: lease["bulk_intent_position"],
        }
        self._journal = Journal(
            self._parts.journal_folder, self._sender_id, self._fence, self._marks
        )
        self._parts.wakeups.ring("results")
        if doubtful_count:
            log.warning(
                "messages_in_doubt", sender_id=self._sender_id, message_count=doubtful_count
            )
        return True

    async def _read_account(self, connection: Connection) -> None:
        row = await OUTBOX.fetchrow(connection, "sender_account", sender_id=self._sender_id)
        if row is None:
            raise LeaseLostError(self._sender_id)
        self._account = account_of(self._parts.sealer, row)
        self._adapter = ADAPTERS[self._account.channel]
        self._is_active = row["status"] == "active"
        self._pace.set_ceiling(float(row["rate_per_second"]))
        day_seconds, now = self._parts.sizes.day_limit_seconds, self._parts.now()
        self._day_limit = await day_limit_for(connection, self._sender_id, day_seconds, now)

    # -- one tick ----------------------------------------------------------------------------------

    async def _tick(self) -> int:
        """Append results, claim and raise the marks in one transaction, then write the requests.

        Returns how many rows were claimed.
        """
        results = self._results[:]
        deadline = self._time() + self._parts.sizes.lease_seconds
        marks = dict(self._marks)
        lent: list[Wire] = []
        ready: list[Ready] = []
        allowance = 0
        try:
            async with transaction(self._parts.pool) as connection:
                epoch, waiting_count = await self._obey(connection)
                await self._append(connection, results)
                allowance = self._allowance(waiting_count)
                lent = self._lend(allowance)
                now = self._parts.now()
                await self._tell_failure(connection)
                rows, refused = await claim_rows(
                    connection, self._sender_id, marks, len(lent), now, self._day_limit
                )
                if rows and self._account is not None and self._adapter is not None:
                    ready = write_requests(
                        self._client, self._adapter, self._account, rows, refused, now
                    )
                await self._append(connection, refused)
                await self._beat(connection, marks, epoch, len(ready))
        except BaseException:
            self._client.give_back(lent)
            self._pace.give_back(self._time(), allowance)
            raise
        # Committed: from here on the rows are ours to send, and only now.
        self._epoch = epoch
        self._marks = marks
        self._told_failure = self._failure
        self._deadline = deadline
        del self._results[: len(results)]
        for wire, each in zip(lent, ready, strict=False):
            self._write(wire, each)
        self._client.give_back(lent[len(ready) :])
        self._pace.give_back(self._time(), allowance - len(ready))
        if results or refused:
            self._parts.wakeups.ring("results")
        claimed_count = len(ready) + len(refused)
        self._has_more = self._has_more and claimed_count > 0
        return claimed_count

    async def _obey(self, connection: Connection) -> tuple[int, int]:
        """Read the control epoch; what raised it is visible to every later statement.

        Returns it, and how many rows lie above the marks.
        """
        control = await OUTBOX.fetchrow(
            connection,
            "control_epoch",
            sender_id=self._sender_id,
            conversation_intent_position=self._marks[Lane.CONVERSATION],
            bulk_intent_position=self._marks[Lane.BULK],
        )
        if control is None:
            raise LeaseLostError(self._sender_id)
        epoch: int = control["epoch"]
        if epoch != self._epoch:
            await self._read_account(connection)
        self._is_active = control["sender_status"] == "active"
        return epoch, control["waiting_count"]

    def _allowance(self, waiting_count: int) -> int:
        """How many requests the pace lets go now; what is not used goes back.

        A burst goes out in several small ticks, one right after the other: who is killed between a
        commit and its last write leaves the fewer in doubt who were never written to.
        """
        free = self._parts.sizes.in_flight - len(self._in_flight)
        self._has_more = self._is_paced = False
        if not self._is_active or free <= 0:
            return 0
        a_tick = round(self._pace.rate_per_second * self._parts.sizes.tick_seconds)
        most = max(_SMALLEST_CLAIM, a_tick)
        wanted = min(free, waiting_count, most)
        allowance = self._pace.take_up_to(self._time(), wanted)
        self._is_paced = allowance < wanted  # the next token is near: no time to wait for a bell
        self._has_more = allowance == most
        return allowance

    def _lend(self, allowance: int) -> list[Wire]:
        """An open connection for each request that may go; none are claimed beyond them."""
        if allowance == 0 or self._account is None or self._adapter is None:
            self._empty_handed_count = 0
            return []
        origin = self._adapter.origin_of(self._account)
        lent = self._client.lend(origin, allowance)
        self._empty_handed_count = 0 if lent else self._empty_handed_count + 1
        failure = self._client.failure_of(origin)
        if self._empty_handed_count == 1 and failure is not None:
            log.warning("platform_unreachable", sender_id=self._sender_id, failure=failure)
        self._failure = None if lent else failure
        return lent

    async def _tell_failure(self, connection: Connection) -> None:
        """Let the sender's health say since when the platform cannot be reached."""
        if self._failure != self._told_failure:
            facts = {"failure": self._failure, "now": self._parts.now()}
            await OUTBOX.execute(connection, "tell_failure", sender_id=self._sender_id, **facts)

    async def _append(self, connection: Connection, results: list[Result]) -> None:
        if results and await append_and_obey(connection, self._sender_id, results):
            self._is_active = False

    async def _beat(
        self, connection: Connection, marks: Mapping[Lane, int], epoch: int, claimed_count: int
    ) -> None:
        lease = await OUTBOX.fetchrow(
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
            current_rate_per_second=self._pace.rate_per_second,
        )
        if lease is None:
            raise LeaseLostError(self._sender_id)
        self._pace.count_inbound(self._time(), lease["inbound_count"])

    # -- one request -------------------------------------------------------------------------------

    def _write(self, wire: Wire, ready: Ready) -> None:
        if self._time() >= self._deadline:
            # We slept, and the sender may be another's by now.  If it is not, this is recorded.
            self._client.give_back([wire])
            answer = Answer(0, {}, b"", was_written=False, failure="lease_expired")
            self._record(ready.row, answer)
            return
        if self._journal is not None:
            self._journal.note(ready.row.lane, ready.row.position)
        future = self._client.write(wire, ready.payload)
        self._in_flight[future] = wire
        future.add_done_callback(partial(self._ended, ready.row))

    def _ended(self, row: Row, future: asyncio.Future[Answer]) -> None:
        del self._in_flight[future]
        if not future.cancelled():
            self._record(row, future.result())

    def _record(self, row: Row, answer: Answer) -> None:
        """Keep the end of an attempt for the next tick."""
        if self._adapter is None:
            raise LeaseLostError(self._sender_id)
        outcome = self._adapter.outcome_of(answer)
        if outcome.reaction.kind is ReactionKind.SLOW_SENDER:
            self._pace.slow(self._time())
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

    # -- waiting and ending ------------------------------------------------------------------------

    async def _pause(self, *, is_busy: bool) -> None:
        """Until something may have changed: results, new rows, tokens, or a heartbeat is due."""
        sizes = self._parts.sizes
        if self._empty_handed_count:
            # Connections are being opened, or cannot be.
            wait = sizes.tick_seconds * 2 ** min(self._empty_handed_count - 1, 10)
            await self._wait_for_news(min(wait, _LONGEST_OPENING_WAIT_SECONDS))
            return
        if self._has_more:
            return
        if is_busy:
            await asyncio.sleep(sizes.tick_seconds)
            if not self._results:
                wait = 1.0 if self._is_full() else min(self._pace.seconds_until_next(), 1.0)
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
        results = self._results[:]
        async with transaction(self._parts.pool) as connection:
            await self._append(connection, results)
            await self._beat(connection, self._marks, self._epoch, 0)
            if not self._in_flight:
                await OUTBOX.execute(
                    connection,
                    "release_lease",
                    sender_id=self._sender_id,
                    owner=self._parts.owner,
                    fence=self._fence,
                )
        self._parts.wakeups.ring("results")

    def _is_full(self) -> bool:
        return len(self._in_flight) >= self._parts.sizes.in_flight

    async def _wait_for_news(self, timeout_seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), timeout_seconds)
        self._news.clear()

    def _time(self) -> float:
        return asyncio.get_running_loop().time()
