"""Fixtures that every test may use: a real PostgreSQL, and a database of one's own.

One embedded server is started for the session (for each xdist worker), and a template database is
migrated once.  Each test that asks for ``database_url`` or ``pool`` gets a fresh copy of it.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import psycopg
import pytest

from clarion.store.embedded import EmbeddedPostgres, ensure_database
from clarion.store.migrate import migrate
from clarion.store.pool import Pool, create_pool

# A busy machine must not fail a test: what a property costs is the bench's question.
hypothesis.settings.register_profile("clarion", deadline=None)
hypothesis.settings.load_profile("clarion")

TEMPLATE = "template_clarion"
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "autovacuum": "off",
}
# Run side by side (-n 2 --dist loadgroup), these folders keep to one process each: the browser and its
# installation are opened once, and whole installations that are killed do not disturb each other.
GROUP_OF_FOLDER = {
    "console": "browser",
    "chaos": "installations",
    "docs": "installations",
    "scenarios": "installations",
}
_TESTS = Path(__file__).parent
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests stay together in one process."""
    for item in items:
        if not item.path.is_relative_to(_TESTS):
            continue
        group = GROUP_OF_FOLDER.get(item.path.relative_to(_TESTS).parts[0])
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def traversable_folder() -> Iterator[Path]:
    """A temporary folder that an unprivileged account may pass through, also when root tests.

    pytest's own folders are closed to all but the user that runs it.
    """
    folder = Path(tempfile.mkdtemp(prefix="clarion-test-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_dsn(traversable_folder: Path) -> Iterator[str]:
    """A DSN of the session's server (its database ``postgres``)."""
    server = EmbeddedPostgres(traversable_folder / "data", extra_settings=FAST_SETTINGS)
    dsn = server.start()
    yield dsn
    server.stop()


@pytest.fixture(scope="session")
def template_dsn(postgres_dsn: str) -> str:
    """A DSN of the migrated database that the tests' databases are copied from."""

    async def make() -> str:
        dsn = await ensure_database(postgres_dsn, TEMPLATE)
        await migrate(dsn)
        return dsn

    return asyncio.run(make())


@pytest.fixture
def empty_database_url(postgres_dsn: str) -> Iterator[str]:
    """A DSN of a database without any table."""
    yield from _database(postgres_dsn, "template1")


@pytest.fixture
def database_url(postgres_dsn: str, template_dsn: str) -> Iterator[str]:
    """A DSN of a migrated database of one's own."""
    yield from _database(postgres_dsn, TEMPLATE)


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """A pool of connections to a migrated database of one's own."""
    opened = await create_pool(database_url, maximum_size=5, application_name="test")
    yield opened
    await opened.close()


def _database(postgres_dsn: str, template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_dsn, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield postgres_dsn.replace("/postgres?", f"/{name}?")
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
