"""A platform that shares no code with ours, in variants: what is promised with receipts, and without.

With receipts that echo our attempt id: nobody twice, nobody lost, whatever is killed.  Without them
nobody can know whether a request that was under way at the kill took effect.  Then the campaign's
choice holds: *at most once* messages nobody twice and lists the others as in doubt, no more than were
in flight; *at least once* loses nobody and repeats no more than were in doubt.
"""

from __future__ import annotations

import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from tests.chaos.house import House
from tests.chaos.opening import house_of
from tests.chaos.processes import Nursery, Process, free_port, tell

from clarion.domain.campaign import DoubtPolicy

pytestmark = pytest.mark.chaos

PEOPLE = 250
IN_FLIGHT = 256


@contextlib.asynccontextmanager
async def house_with(
    nursery: Nursery, folder: Path, database_url: str, variant: Sequence[str]
) -> AsyncIterator[House]:
    port = free_port()

    async def address(house: House) -> str:
        return f"http://127.0.0.1:{port}"

    async def start(house: House, path: str, verify_token: str) -> None:
        arguments = ["stand_in", "--port", str(port), "--ledger", str(house.ledger_path)]
        arguments += ["--callback", f"http://127.0.0.1:{house.port}{path}", "--secret", "secret"]
        process = Process(nursery, [*arguments, *variant], {}, folder / "stand_in.log")
        house.processes.append(process)
        await process.until_said("ready")

    async with house_of(
        nursery,
        folder,
        database_url,
        {"CLARION_DATABASE_URL": database_url, "CLARION_DOUBT_WINDOW_SECONDS": "1"},
        address,
        callback_is_registered_by=start,
        rate_per_second=250,
    ) as house:
        yield house


async def kill_and_go_on(house: House, chance: random.Random) -> None:
    await house.add_people(int(PEOPLE))
    serve = await house.start()
    await house.until_sent(chance.randrange(20, PEOPLE - 100))
    await house.kill(serve)
    await house.start()


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param((), id="all receipts"),
        pytest.param(("--receipts", "delivered"), id="only delivered"),
        pytest.param(("--answer-seconds", "0.3"), id="slow answers"),
    ],
)
async def test_receipts_that_echo_settle_everything(
    nursery: Nursery,
    tmp_path: Path,
    database_url: str,
    chance: random.Random,
    variant: tuple[str, ...],
) -> None:
    async with house_with(nursery, tmp_path, database_url, variant) as house:
        campaign = await house.plan()
        await kill_and_go_on(house, chance)
        await house.until_settled(campaign.id)
        await house.judge(campaign.id)


@pytest.mark.parametrize(
    "variant",
    [
        pytest.param(("--receipts", "none", "--answer-seconds", "0.1"), id="no receipts"),
        pytest.param(("--echo", "never", "--answer-seconds", "0.1"), id="no echo"),
    ],
)
async def test_without_them_nobody_is_messaged_twice_and_the_rest_is_listed(
    nursery: Nursery,
    tmp_path: Path,
    database_url: str,
    chance: random.Random,
    variant: tuple[str, ...],
) -> None:
    async with house_with(nursery, tmp_path, database_url, variant) as house:
        campaign = await house.plan()
        await kill_and_go_on(house, chance)
        found = await house.until_settled(campaign.id, is_doubt_allowed=True)
        sends = house.sends_by_phone()
        assert set(sends.values()) == {1}
        missing_count = PEOPLE - len(sends)
        tell(f"in doubt {found['in_doubt']}, of these never messaged {missing_count}")
        assert missing_count <= found["in_doubt"] <= IN_FLIGHT
        assert found["accepted"] + found["in_doubt"] == PEOPLE
        await house.balance()


async def test_at_least_once_loses_nobody_and_repeats_only_what_was_in_doubt(
    nursery: Nursery, tmp_path: Path, database_url: str, chance: random.Random
) -> None:
    variant = ("--receipts", "none", "--answer-seconds", "0.1")
    async with house_with(nursery, tmp_path, database_url, variant) as house:
        campaign = await house.plan(doubt_policy=DoubtPolicy.AT_LEAST_ONCE)
        await kill_and_go_on(house, chance)
        found = await house.until_settled(campaign.id)
        assert found == {"accepted": PEOPLE}
        sends = house.sends_by_phone()
        assert set(sends) == set(house.phones)
        repeated_count = sum(sends.values()) - PEOPLE
        doubtful_count = await house.pool.fetchval(
            "SELECT count(*) FROM attempts WHERE kind = 'in_doubt'"
        )
        tell(f"in doubt {doubtful_count}, of these messaged twice {repeated_count}")
        assert repeated_count <= doubtful_count <= IN_FLIGHT
        assert max(sends.values()) <= 2
        await house.balance()
