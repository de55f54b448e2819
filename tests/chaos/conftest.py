"""A house of one's own for each test, and how long a run may be."""

from __future__ import annotations

import os
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.chaos.house import House
from tests.chaos.opening import house_of, register_with_simulator, start_simulator
from tests.chaos.processes import Nursery, tell


@pytest.fixture(scope="session")
def scale() -> float:
    """How long: 1 is the short form; ``make chaos`` sets CLARION_CHAOS_SCALE to 10 and more."""
    return float(os.environ.get("CLARION_CHAOS_SCALE", "1"))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where processes come from."""
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def chance() -> random.Random:
    """Random moments; the seed is printed with a failing test, and CLARION_CHAOS_SEED repeats it."""
    seed = int(os.environ.get("CLARION_CHAOS_SEED", "0")) or random.SystemRandom().getrandbits(32)
    tell(f"CLARION_CHAOS_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
async def house(nursery: Nursery, tmp_path: Path, database_url: str) -> AsyncIterator[House]:
    """A house on the session's PostgreSQL, with the simulator."""
    async with house_of(
        nursery,
        tmp_path,
        database_url,
        {"CLARION_DATABASE_URL": database_url},
        start_simulator,
        callback_is_registered_by=register_with_simulator,
        rate_per_second=300,
    ) as opened:
        yield opened
