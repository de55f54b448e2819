"""The database itself is killed: everything comes back by itself, nobody twice, nobody lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.chaos.house import House
from tests.chaos.opening import house_of, register_with_simulator, start_simulator
from tests.chaos.processes import Nursery, tell

from clarion.store.embedded import EmbeddedPostgres, ensure_database
from clarion.store.migrate import migrate

pytestmark = pytest.mark.chaos


def open_folder() -> Path:
    """A folder that an unprivileged account may pass through, also when root tests."""
    folder = Path(tempfile.mkdtemp(prefix="clarion-chaos-", dir="/tmp"))
    folder.chmod(0o711)
    return folder


@pytest.fixture
async def own_house(nursery: Nursery) -> AsyncIterator[House]:
    """A house whose database is the embedded one of its own data directory."""
    folder = open_folder()
    server = EmbeddedPostgres(folder / "data")
    try:
        database_url = await ensure_database(server.start(), "clarion")
        await migrate(database_url)
        async with house_of(
            nursery,
            folder,
            database_url,
            {},
            start_simulator,
            callback_is_registered_by=register_with_simulator,
            rate_per_second=300,
        ) as opened:
            yield opened
    finally:
        server.stop()
        shutil.rmtree(folder)


async def test_postgres_is_killed_in_the_middle_of_sending(
    own_house: House, chance: random.Random, scale: float
) -> None:
    house = own_house
    people = int(700 * scale)
    await house.add_people(people)
    serve = await house.start()
    campaign = await house.plan()
    for _ in range(max(1, round(scale))):
        already = house.sent_count()
        await house.until_sent(min(people, already + chance.randrange(1, people // 3)))
        pid_file = house.folder / "data" / "postgres" / "postmaster.pid"
        kill_server(int(pid_file.read_text().splitlines()[0]))
        killed_at = time.monotonic()
        already = house.sent_count()
        if already + 100 > people:  # nothing is left in the middle of which it could be killed
            break
        await house.until_sent(already + 100)
        tell(f"the database was killed, sending after {time.monotonic() - killed_at:.2f} s")
    await house.until_settled(campaign.id)
    await house.judge(campaign.id)
    # Jobs, time and receipts are alive as well: the next campaign runs as if nothing had been.
    again = await house.plan(name="Again")
    assert await house.until_settled(again.id) == {"accepted": people}
    assert house.sends_by_phone() == dict.fromkeys(house.phones, 2)
    await house.balance()
    # The owner lived on: it recorded every answer itself, and nobody came into doubt.
    assert "messages_in_doubt" not in serve.said()
    assert await serve.end(signal.SIGTERM) == 0, serve.said()[-4000:]


def kill_server(process_id: int) -> None:

    os.kill(process_id, signal.SIGKILL)
