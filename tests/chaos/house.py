"""An installation in real processes, and the questions that its judges ask.

A ``House`` has a database, a platform in a process of its own (the simulator or the stand-in), and
any number of processes of Clarion that a test may kill, freeze and start again.  What was truly sent
is read from the platform's ledger and from nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from tests.chaos.processes import Nursery, Process, tell
from tests.engine.insight_judge import judge_insight

from clarion.domain.campaign import CampaignDraft
from clarion.domain.plan import Once
from clarion.services.campaigns import Campaign, create_campaign, read_campaign
from clarion.services.scope import Scope
from clarion.store.pool import DATABASE_AWAY, Pool, transaction

PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
SECRET_KEY = "the sealing key of the house of chaos"
LEASE_SECONDS = 2


@dataclass
class House:
    """See the module's docstring."""

    folder: Path
    pool: Pool
    environment: dict[str, str]
    port: int
    ledger_path: Path
    platform_url: str
    http: aiohttp.ClientSession
    nursery: Nursery
    processes: list[Process]
    scope: Scope
    sender_id: int = 0
    flow_id: int = 0
    group_id: int = 0
    phones: list[str] = field(default_factory=list)
    # Claimed at a kill and never written: no receipt will come, and nobody can know.  They are listed
    # in doubt, and a campaign that wants at most one message leaves it at that.
    unwritten_count: int = 0

    # -- processes ---------------------------------------------------------------------------------

    async def start(self, command: str = "serve", *, is_ready: bool = True) -> Process:
        """Start ``serve``, ``work`` or ``web`` and wait until it says that it is ready."""
        arguments = ["clarion", command]
        if command != "work":
            arguments += ["--port", str(self.port)]
        process = Process(self.nursery, arguments, self.environment, self.folder / f"{command}.log")
        self.processes.append(process)
        if is_ready:
            await process.until_said('"ready"')
        return process

    async def kill(self, process: Process) -> None:
        """kill -9, and look who had been claimed and not yet written."""
        await process.end(signal.SIGKILL)
        await self._count_unwritten()

    async def freeze(self, process: Process) -> None:
        """SIGSTOP; whoever takes over cannot know either what this one had just claimed."""
        process.tell(signal.SIGSTOP)
        await self._count_unwritten()

    async def _count_unwritten(self) -> None:
        await asyncio.sleep(0.1)  # what the kernel still holds arrives
        self.unwritten_count += (await self.doubts())[1]

    # -- what a person does ------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    @property
    def fresh_scope(self) -> Scope:
        return replace(self.scope, now=self.now)

    async def add_people(self, count: int) -> None:
        first = len(self.phones)
        phones = [f"+4917{20000000 + first + number}" for number in range(count)]
        async with transaction(self.pool) as connection:
            await connection.execute(
                "WITH people AS (INSERT INTO contacts (workspace_id, name, phone) "
                "SELECT $1, 'Person ' || p, p FROM unnest($2::text[]) AS p RETURNING id) "
                "INSERT INTO group_members (group_id, contact_id) SELECT $3, id FROM people",
                self.scope.workspace_id,
                phones,
                self.group_id,
            )
        self.phones.extend(phones)

    async def plan(self, **changes: Any) -> Campaign:
        """A campaign that starts in a moment."""
        draft = CampaignDraft(
            name="Spring",
            flow_id=self.flow_id,
            include_group_ids=(self.group_id,),
            start_at=self.now + timedelta(seconds=0.2),
            end_at=self.now + timedelta(days=7),
            plan=Once(),
        )
        async with transaction(self.pool) as connection:
            return await create_campaign(
                connection,
                self.fresh_scope,
                replace(draft, **changes),
                mint_code=lambda: secrets.token_hex(16),
            )

    async def campaign(self, campaign_id: int) -> Campaign:
        async with transaction(self.pool) as connection:
            return await read_campaign(connection, self.fresh_scope, campaign_id)

    async def set_rate(self, rate_per_second: float) -> None:
        await self.pool.execute(
            "UPDATE senders SET rate_per_second = $2 WHERE id = $1", self.sender_id, rate_per_second
        )

    # -- the platform ------------------------------------------------------------------------------

    async def direct(self, path: str, document: Any, method: str = "POST") -> Any:
        """Call the control API of the simulator."""
        url = f"{self.platform_url}/_sim/{path}"
        async with self.http.request(method, url, json=document) as answer:
            said = await answer.json(content_type=None)
            assert answer.status == 200, said
            return said

    def ledger(self) -> list[dict[str, Any]]:
        """Every message that the platform truly accepted, oldest first."""
        raw = self.ledger_path.read_bytes() if self.ledger_path.exists() else b""
        whole = raw.rpartition(b"\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def sends_by_phone(self) -> Counter[str]:
        return Counter(entry["to"] for entry in self.ledger() if entry["type"] == "template")

    def sent_count(self) -> int:
        return len(self.ledger())

    async def doubts(self) -> tuple[int, int]:
        """After a kill: rows below the marks without a result, and those that truly never left."""
        rows = await self.pool.fetch(
            "SELECT m.to_value FROM outbox_rows r JOIN sender_leases l USING (sender_id) "
            "JOIN messages m ON m.id = r.message_id WHERE r.position <= CASE r.lane "
            "WHEN 'bulk' THEN l.bulk_intent_position ELSE l.conversation_intent_position END "
            "AND NOT EXISTS (SELECT FROM attempt_results a WHERE a.sender_id = r.sender_id "
            "AND a.lane = r.lane AND a.position = r.position)"
        )
        sends = self.sends_by_phone()
        return len(rows), sum(1 for row in rows if row["to_value"] not in sends)

    # -- waiting -----------------------------------------------------------------------------------

    async def until(
        self, condition: Callable[[], Awaitable[bool] | bool], seconds: float = 60.0
    ) -> None:
        limit = time.monotonic() + seconds
        while True:
            try:
                found = condition()
                if not isinstance(found, bool):
                    found = await found
            except DATABASE_AWAY:  # the judge's own connections break as well
                found = False
            if found:
                return
            if time.monotonic() > limit:
                raise AssertionError(await self.picture())
            await asyncio.sleep(0.01)

    async def until_sent(self, count: int, seconds: float = 60.0) -> None:
        await self.until(lambda: self.sent_count() >= count, seconds)

    async def outcomes(self, campaign_id: int) -> Counter[str]:
        rows = await self.pool.fetch(
            "SELECT p.outcome, count(*) AS n FROM participants p "
            "JOIN occurrences o ON o.id = p.occurrence_id "
            "WHERE o.campaign_id = $1 GROUP BY p.outcome",
            campaign_id,
        )
        return Counter({row["outcome"]: row["n"] for row in rows})

    async def until_settled(
        self, campaign_id: int, seconds: float = 60.0, *, is_doubt_allowed: bool = False
    ) -> Counter[str]:
        """Until nobody waits any more, nor is in doubt of those who truly were messaged."""

        async def is_settled() -> bool:
            found = await self.outcomes(campaign_id)
            missing_count = len(self.phones) - len(self.sends_by_phone())
            return (
                bool(found)
                and found["pending"] + found["held"] == 0
                and (is_doubt_allowed or found["in_doubt"] <= missing_count)
            )

        await self.until(is_settled, seconds)
        return await self.outcomes(campaign_id)

    async def picture(self) -> str:
        """What a failing test shows."""
        logs = [process.said()[-3000:] for process in self.processes]
        try:
            return "\n".join([*await self._tables(), *logs])
        except OSError as error:
            return "\n".join([f"no database: {error}", *logs])

    async def _tables(self) -> list[str]:
        people = await self.pool.fetch(
            "SELECT p.outcome, p.reason, m.status, m.reason AS why, count(*) FROM participants p "
            "LEFT JOIN messages m ON m.id = p.message_id GROUP BY 1, 2, 3, 4"
        )
        leases = await self.pool.fetch("SELECT * FROM sender_leases")
        outboxes = await self.pool.fetch("SELECT * FROM outboxes")
        fires = await self.pool.fetch("SELECT kind, count(*), min(due_at) FROM fires GROUP BY 1")
        chunks = await self.pool.fetch(
            "SELECT count(*) FILTER (WHERE done_at IS NULL) AS open, count(*) FROM chunks"
        )
        jobs = await self.pool.fetch(
            "SELECT task_name, status, count(*) FROM procrastinate_jobs GROUP BY 1, 2"
        )
        parts = [people, leases, outboxes, fires, chunks, jobs]
        return [str([dict(row) for row in part]) for part in parts]

    # -- judging -----------------------------------------------------------------------------------

    async def judge(self, campaign_id: int) -> None:
        """Nobody twice, nobody missing, and the books agree with the platform's ledger."""
        sends = self.sends_by_phone()
        twice = {phone: count for phone, count in sends.items() if count > 1}
        missing = [phone for phone in self.phones if phone not in sends]
        assert not twice, f"messaged twice: {twice}"
        assert len(missing) <= self.unwritten_count, (
            f"never messaged: {len(missing)}\n{await self.picture()}"
        )
        found = +await self.outcomes(campaign_id)
        expected = +Counter(accepted=len(sends), in_doubt=len(missing))
        assert found == expected, await self.picture()
        if missing:
            tell(f"claimed at a kill and never written, listed in doubt: {len(missing)}")
        await self.balance()
        await judge_insight(self.pool)

    async def balance(self) -> None:
        """The audience adds up: by the rows of people, and by the counters of occurrences."""
        rows = await self.pool.fetch(
            "SELECT o.*, p.* FROM occurrences o CROSS JOIN LATERAL ("
            " SELECT count(*) AS people, "
            " count(*) FILTER (WHERE outcome = 'pending') AS pending,"
            " count(*) FILTER (WHERE outcome = 'held') AS held,"
            " count(*) FILTER (WHERE outcome = 'skipped') AS skipped,"
            " count(*) FILTER (WHERE outcome = 'failed') AS failed,"
            " count(*) FILTER (WHERE outcome = 'in_doubt') AS in_doubt,"
            " count(*) FILTER (WHERE outcome = 'accepted') AS accepted"
            " FROM participants WHERE occurrence_id = o.id) p"
        )
        for row in rows:
            names = ("pending", "held", "skipped", "failed", "in_doubt", "accepted")
            assert row["audience_count"] == row["people"] == sum(row[name] for name in names)
            assert {name: row[f"{name}_count"] for name in names} == {
                name: row[name] for name in names
            }
