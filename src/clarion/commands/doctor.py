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
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from clarion import __version__
from clarion.commands.output import AsJson, print_json, print_table
from clarion.commands.place import command_settings
from clarion.config import Settings
from clarion.domain.errors import ClarionError
from clarion.domain.message import Channel
from clarion.engine.accounts import account_of
from clarion.reports.system import LEAST_FREE_BYTES, Finding, judge, read_system
from clarion.services.place import Place, database_of, open_place
from clarion.services.providers import MANAGEMENT
from clarion.store.binaries import MINIMUM_MAJOR_VERSION, find_binaries
from clarion.store.migrate import check_schema
from clarion.store.queries import load

__all__ = ["doctor", "examine"]

QUERIES = load("doctor")
MINIMUM_PYTHON = (3, 11)


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
    """The server's version and its schema; the rest needs both."""
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
        try:
            await check_schema(connection)
        except ClarionError as error:
            is_own = place.settings.database_url is None
            if is_own and error.code == "database.schema_behind":
                found = "is brought up to date when the server starts"
                return [*findings, Finding("schema", True, found)]
            return [*findings, _of_error("schema", error)]
        findings.append(Finding("schema", True, "up to date"))
        # What the console's page of the system shows; the data directory was looked at before.
        facts = await read_system(connection, version=__version__, now=place.clock(), disk=None)
    return [*findings, *judge(facts)]


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
            if _is_schema_there(findings):
                findings += await check_senders(place)
    except ClarionError as error:
        findings.append(_of_error("database", error))
    return findings


def _is_schema_there(findings: Sequence[Finding]) -> bool:
    return any(each.check == "schema" and each.finding == "up to date" for each in findings)


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
