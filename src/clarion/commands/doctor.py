"""``clarion doctor``: what is wrong here, and how to mend it.

Theory of operation.  Each check looks at one thing and answers a ``Finding``; a check that needs
what an earlier one found missing is left out.  Nothing is changed; only an embedded database is
started for the while, and made where there was none.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer

from clarion.commands.output import AsJson, print_json, print_table
from clarion.commands.place import command_settings
from clarion.config import Settings
from clarion.domain.errors import ClarionError
from clarion.domain.message import Channel
from clarion.engine.accounts import account_of
from clarion.services.place import Place, database_of, open_place
from clarion.services.providers import MANAGEMENT
from clarion.store.binaries import MINIMUM_MAJOR_VERSION, find_binaries
from clarion.store.jobs import HEARTBEAT_SECONDS, STALLED_SECONDS
from clarion.store.migrate import check_schema
from clarion.store.queries import load

__all__ = ["Finding", "doctor", "examine"]

QUERIES = load("doctor")
MINIMUM_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1024**3
LARGEST_SKEW = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; ``fix`` is empty when all is well."""

    check: str
    is_well: bool
    finding: str
    fix: str = ""


def _of_error(check: str, error: ClarionError) -> Finding:
    return Finding(check, is_well=False, finding=error.message, fix=error.next_step)


def check_python() -> Finding:
    """Whether this Python is new enough."""
    is_well = sys.version_info[:2] >= MINIMUM_PYTHON
    fix = "" if is_well else "Install Python 3.11 or later."
    return Finding("python", is_well, f"Python {platform.python_version()}", fix)


def check_data_dir(data_dir: Path) -> Finding:
    """Whether the data directory can be written and has room."""
    existing = next(path for path in (data_dir, *data_dir.parents) if path.exists())
    if not os.access(existing, os.W_OK):
        fix = "Give another one with CLARION_DATA_DIR, or mend its permissions."
        return Finding("data directory", False, f"{existing} cannot be written", fix)
    free_bytes = shutil.disk_usage(existing).free
    found = f"{data_dir}, {free_bytes / 1024**3:.1f} GiB free"
    if free_bytes < LEAST_FREE_BYTES:
        return Finding("data directory", False, found, "Make room; the database needs some.")
    return Finding("data directory", True, found)


def check_binaries(settings: Settings) -> Finding:
    """Whether PostgreSQL's programs are here, if they are needed."""
    if settings.database_url is not None:
        return Finding("postgresql", True, "another server is used (CLARION_DATABASE_URL)")
    try:
        binaries = find_binaries()
    except ClarionError as error:
        return _of_error("postgresql", error)
    return Finding("postgresql", True, f"version {binaries.version} at {binaries.home}")


async def check_database(place: Place) -> list[Finding]:
    """The server's version, its schema, and its clock."""
    async with place.pool.acquire() as connection:
        version = connection.get_server_version()
        findings = [
            Finding(
                "database",
                version.major >= MINIMUM_MAJOR_VERSION,
                f"PostgreSQL {version.major}.{version.micro}",
                "" if version.major >= MINIMUM_MAJOR_VERSION else "Use PostgreSQL 15 or later.",
            )
        ]
        asked_at = datetime.now(UTC)
        told: datetime = await QUERIES.fetchval(connection, "database_clock")
        answered_at = datetime.now(UTC)
        skew = max(asked_at - told, told - answered_at, timedelta(0))
        findings.append(
            Finding(
                "clock",
                skew <= LARGEST_SKEW,
                f"at most {skew.total_seconds():.3f} s from the database's",
                "" if skew <= LARGEST_SKEW else "Let NTP keep the time on both machines.",
            )
        )
        try:
            await check_schema(connection)
        except ClarionError as error:
            is_own = place.settings.database_url is None
            if is_own and error.code == "database.schema_behind":
                found = "is brought up to date when the server starts"
                findings.append(Finding("schema", True, found))
            else:
                findings.append(_of_error("schema", error))
        else:
            findings.append(Finding("schema", True, "up to date"))
    return findings


async def check_workers(place: Place) -> Finding:
    """Whether a worker's heart beats."""
    row = await QUERIES.fetchrow(place.pool, "heartbeats", alive_seconds=STALLED_SECONDS)
    assert row is not None  # noqa: S101 - an aggregate gives a row
    if row["alive_count"]:
        return Finding("worker", True, f"{row['alive_count']} alive")
    found = "none has told that it lives"
    if row["last_seconds"] is not None:
        found = f"the last one was seen {row['last_seconds']:.0f} s ago"
    fix = f"Start `clarion serve` or `clarion work` (they tell every {HEARTBEAT_SECONDS:g} s)."
    return Finding("worker", False, found, fix)


async def check_senders(place: Place) -> list[Finding]:
    """Whether each sender's provider answers."""
    rows = await QUERIES.fetch(place.pool, "senders_to_ask")

    async def ask(name: str, row: dict[str, object]) -> Finding:
        check = f"sender {name}"
        try:
            account = account_of(place.sealer, row)
            facts = await MANAGEMENT[Channel(account.channel)].sender_health(account, place.http)
        except ClarionError as error:
            return _of_error(check, error)
        return Finding(check, True, f"answers, quality {facts.get('quality', 'unknown')}")

    return list(await asyncio.gather(*(ask(row["name"], dict(row)) for row in rows)))


async def examine(settings: Settings) -> list[Finding]:
    """Every check that can be made."""
    findings = [check_python(), check_data_dir(settings.data_dir), check_binaries(settings)]
    if not all(finding.is_well for finding in findings):
        return findings
    try:
        async with _place(settings) as place:
            findings += await check_database(place)
            if all(finding.is_well for finding in findings):
                findings.append(await check_workers(place))
                findings += await check_senders(place)
    except ClarionError as error:
        findings.append(_of_error("database", error))
    return findings


@contextlib.asynccontextmanager
async def _place(settings: Settings) -> AsyncIterator[Place]:
    async with (
        database_of(settings) as database_url,
        open_place(settings, database_url, application_name="clarion doctor") as place,
    ):
        yield place


def doctor(*, as_json: AsJson = False) -> None:
    """Tell what is wrong here and how to mend it; exit code 1 when something is."""
    findings = asyncio.run(examine(command_settings()))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        rows = [
            {
                "": "ok" if finding.is_well else "!!",
                "check": finding.check,
                "found": finding.finding,
                "fix": finding.fix,
            }
            for finding in findings
        ]
        print_table(rows, nothing="")
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)
