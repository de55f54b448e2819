"""Everything is brought here from an endpoint that speaks CAMS: Clarion itself, by its SDK."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clarion.cams.migration import Migration, Moved, migrate_from
from clarion.cams.sdk_source import open_source
from clarion.commands.serve import Running
from clarion.domain.errors import ClarionError
from clarion.services import campaigns, flows, groups
from clarion.services.campaigns import CampaignFilter
from clarion.services.flows import FlowFilter
from clarion.services.keys import NewKey
from clarion.services.scope import Scope
from clarion.services.workspaces import create_workspace
from clarion.store.pool import transaction

from .conftest import Cams


@pytest.fixture
async def empty(server: Running, scope: Scope) -> Scope:
    """Another workspace, where nothing is."""
    async with transaction(server.place.pool) as connection:
        made = await create_workspace(connection, name="New home", now=server.place.clock())
    return replace(scope, workspace_id=made.id)


async def test_a_migration_brings_everything_once(
    cams: Cams,
    server: Running,
    key: NewKey,
    empty: Scope,
    wish: dict[str, Any],
    later: Callable[..., str],
) -> None:
    await cams.done("AddMarketingFlow", **wish)
    waiting = {**wish, "activity_name": "Broken off", "start_date": later(seconds=2)}
    code = (await cams.done("AddMarketingFlow", **waiting))["Data"]
    await server.place.pool.execute(
        "UPDATE campaigns SET status = 'suspended' WHERE code = $1", code
    )
    source = open_source(str(server.origin), key.key.access_key_id, key.access_key_secret)
    zone = ZoneInfo("UTC")

    async def move(**changes: Any) -> list[Moved]:
        return await migrate_from(source, server.place, empty, Migration(zone, **changes))

    async def here() -> tuple[int, int, int]:
        async with transaction(server.place.pool) as connection:
            all_groups = await groups.list_groups(connection, empty, above_id=None, limit=100)
            all_flows = await flows.list_flows(
                connection, empty, FlowFilter(), below_id=None, limit=100
            )
            count = await campaigns.count_campaigns(connection, empty, CampaignFilter())
        return len(all_groups), len(all_flows), count

    dry = await move(is_dry_run=True)
    assert await here() == (0, 0, 0)
    report = await move()
    assert [(row.noun, row.outcome) for row in dry] == [(row.noun, row.outcome) for row in report]
    assert Counter((row.noun, row.outcome) for row in report) == {
        ("group", "made"): 1,
        ("flow", "made"): 1,
        ("campaign", "made"): 1,
        ("campaign", "skipped"): 1,
    }, report
    assert await here() == (1, 1, 1)

    again = await move(start_at=server.place.clock() + timedelta(hours=2))
    assert Counter(row.outcome for row in again) == {"present": 3, "made": 1}
    assert await here() == (1, 1, 2)
    async with transaction(server.place.pool) as connection:
        found = await campaigns.list_campaigns(
            connection, empty, CampaignFilter(name="Spring sale"), limit=1, offset_count=0
        )
    assert found[0].draft.name == wish["activity_name"]
    assert found[0].flow_name == "Spring offer"


async def test_a_wrong_key_is_told(server: Running, empty: Scope, key: NewKey) -> None:
    source = open_source(str(server.origin), key.key.access_key_id, "wrong")
    with pytest.raises(ClarionError) as refused:
        await migrate_from(source, server.place, empty, Migration(ZoneInfo("UTC")))
    assert refused.value.code == "cams.refused"
    nobody = open_source("http://127.0.0.1:9", key.key.access_key_id, "wrong")
    with pytest.raises(ClarionError) as silent:
        await nobody.call("ListAllGroups")
    assert silent.value.code == "cams.unreachable"
