"""Migrations: the schema of the database, step by numbered step.

Theory of operation.  ``migrations/NNNN_name.sql`` are run in the order of their numbers, each in
its own transaction, and each is recorded with the checksum of its text.  An advisory lock lets one
process do this while others wait, so that any number of servers may start at once.  A recorded
file that has changed, or a database that knows a step that we do not, stops everything: guessing
would cost data.

The job queue brings its own tables: its whole schema at first, later the steps between the version
recorded in ``schema_components`` and the installed one.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
from dataclasses import dataclass
from pathlib import Path

from procrastinate.schema import SchemaManager

from clarion.domain.errors import ClarionError
from clarion.store.binaries import MINIMUM_MAJOR_VERSION
from clarion.store.pool import Connection, connect

__all__ = ["MIGRATIONS_FOLDER", "Migration", "check_schema", "migrate", "read_migrations"]

MIGRATIONS_FOLDER = Path(__file__).parent / "migrations"

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_QUEUE_FILE_NAME = re.compile(r"(\d\d)\.(\d\d)\.(\d\d)_\d\d_.*\.sql")
_QUEUE = "procrastinate"
_LOCK_KEY = 0x636C6172696F6E  # "clarion"; any number that is always the same
_CREATE_TABLES = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS schema_components (
    name text PRIMARY KEY,
    version text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE schema_migrations IS 'The steps of the schema that were applied, with the checksum of their text';
COMMENT ON TABLE schema_components IS 'Foreign parts of the schema (the job queue), with their version';
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, its name, its SQL."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the SQL, in hexadecimal digits."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def label(self) -> str:
        """For people: ``0001_tables``."""
        return f"{self.number:04d}_{self.name}"


def read_migrations(folder: Path = MIGRATIONS_FOLDER) -> tuple[Migration, ...]:
    """The steps in ``folder``, by number.

    Raises ``ValueError`` when a file is misnamed or the numbers are not 1, 2, 3, ….
    """
    migrations = []
    for path in sorted(folder.glob("*.sql")):
        match = _FILE_NAME.fullmatch(path.name)
        if match is None:
            raise ValueError(f"{path.name} is not named like 0001_tables.sql")
        migrations.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    numbers = [migration.number for migration in migrations]
    if numbers != list(range(1, len(numbers) + 1)):
        raise ValueError(f"migrations must be numbered 1, 2, 3, … without gaps, not {numbers}")
    return tuple(migrations)


async def migrate(database_url: str, folder: Path = MIGRATIONS_FOLDER) -> tuple[str, ...]:
    """Bring the database up to date; return the labels of the steps that this call applied.

    Raises ``database.unreachable``, ``database.too_old``, ``database.schema_changed`` or
    ``database.schema_ahead``; then nothing was applied.
    """
    migrations = read_migrations(folder)
    async with connect(database_url, application_name="clarion migrate") as connection:
        await _demand_version(connection)
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK_KEY)
        await connection.execute(_CREATE_TABLES)
        pending = _pending(migrations, await _applied(connection))
        queue_label = await _migrate_queue(connection)
        for migration in pending:
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.checksum,
                )
        # The lock ends with the connection.
        return (*queue_label, *(migration.label for migration in pending))


async def check_schema(connection: Connection, folder: Path = MIGRATIONS_FOLDER) -> None:
    """Check that the database's schema is the one that this version needs.

    Raises ``database.too_old``, ``database.schema_behind``, ``database.schema_changed`` or
    ``database.schema_ahead``.
    """
    await _demand_version(connection)
    has_table = await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
    applied = await _applied(connection) if has_table else {}
    pending = _pending(read_migrations(folder), applied)
    queue_version = await _recorded_queue_version(connection) if has_table else None
    missing = [migration.label for migration in pending]
    if queue_version is None or _version_key(queue_version) < _version_key(_queue_version()):
        missing.append(f"{_QUEUE} {_queue_version()}")
    if missing:
        raise ClarionError(
            "database.schema_behind",
            f"The database's schema lacks {', '.join(missing)}.",
            missing=missing,
        )


async def _demand_version(connection: Connection) -> None:
    version = connection.get_server_version()
    if version.major < MINIMUM_MAJOR_VERSION:
        raise ClarionError(
            "database.too_old",
            f"The database is PostgreSQL {version.major}; {MINIMUM_MAJOR_VERSION} or later is needed.",
            version=version.major,
        )


async def _applied(connection: Connection) -> dict[int, tuple[str, str]]:
    rows = await connection.fetch("SELECT number, name, checksum FROM schema_migrations")
    return {row["number"]: (row["name"], row["checksum"]) for row in rows}


def _pending(
    migrations: tuple[Migration, ...], applied: dict[int, tuple[str, str]]
) -> tuple[Migration, ...]:
    ahead = sorted(applied.keys() - {migration.number for migration in migrations})
    if ahead:
        labels = [f"{number:04d}_{applied[number][0]}" for number in ahead]
        raise ClarionError(
            "database.schema_ahead",
            f"The database knows steps that this version does not: {', '.join(labels)}.",
            unknown=labels,
        )
    for migration in migrations:
        recorded = applied.get(migration.number)
        if recorded is not None and recorded[1] != migration.checksum:
            raise ClarionError(
                "database.schema_changed",
                f"Step {migration.label} was applied with another text than it has now.",
                migration=migration.label,
            )
    return tuple(migration for migration in migrations if migration.number not in applied)


def _queue_version() -> str:
    return importlib.metadata.version(_QUEUE)


def _version_key(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


async def _recorded_queue_version(connection: Connection) -> str | None:
    version: str | None = await connection.fetchval(
        "SELECT version FROM schema_components WHERE name = $1", _QUEUE
    )
    return version


async def _migrate_queue(connection: Connection) -> tuple[str, ...]:
    installed = _queue_version()
    recorded = await _recorded_queue_version(connection)
    if recorded is not None and _version_key(recorded) >= _version_key(installed):
        return ()
    steps = [SchemaManager.get_schema()] if recorded is None else _queue_steps_after(recorded)
    async with connection.transaction():
        for step in steps:
            await connection.execute(step)
        await connection.execute(
            "INSERT INTO schema_components (name, version) VALUES ($1, $2)"
            " ON CONFLICT (name) DO UPDATE SET version = excluded.version, applied_at = now()",
            _QUEUE,
            installed,
        )
    return (f"{_QUEUE} {installed}",)


def _queue_steps_after(version: str) -> list[str]:
    steps = []
    for path in sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql")):
        match = _QUEUE_FILE_NAME.fullmatch(path.name)
        if match is None:
            raise ValueError(f"{path.name}: the job queue names its steps in a new way")
        if tuple(map(int, match.groups())) > _version_key(version):
            steps.append(path.read_text(encoding="utf-8"))
    return steps
