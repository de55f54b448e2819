"""A pause is answered within the SDK's own timeout, and truthfully, whatever became of a worker."""

from __future__ import annotations

from typing import Any

from clarion.commands.serve import Running
from clarion.services.senders import Sender

from .conftest import Cams


async def test_a_worker_that_does_not_confirm_is_told(
    cams: Cams, server: Running, sender: Sender, wish: dict[str, Any]
) -> None:
    code = (await cams.done("AddMarketingFlow", **wish))["Data"]
    pool = server.place.pool
    await pool.execute("UPDATE campaigns SET status = 'in_progress' WHERE code = $1", code)
    await pool.execute(
        "UPDATE sender_leases SET owner = 'lost', acknowledged_epoch = 0, in_flight_count = 3,"
        " lease_until = clock_timestamp() + interval '5 minutes' WHERE sender_id = $1",
        sender.id,
    )
    # The client waits for ten seconds and not longer; it would raise.
    answer = await cams.done("PauseMarketingFLow", activity_code=code)
    assert answer["Data"] == "true"
    assert "not confirmed" in answer["Message"]
    assert "3 requests" in answer["Message"]
    (listed,) = (await cams.done("ListMarketingFlow", activity_code=code))["Data"]
    assert listed["ActivityStatus"] == "suspended"
