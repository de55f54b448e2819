"""How senders fare: what the provider says about them.

Theory of operation.  The provider is asked when somebody wants to know, and from time to time by
itself; between that, its webhooks tell what changes.  What it says is kept with the sender.  A limit
that changed is acted on at once: owners of outboxes read it afresh, and who waited for a place may
go.
"""

from __future__ import annotations

from collections.abc import Mapping

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission, Role
from clarion.engine.day_limit import look_again_at_account
from clarion.services.place import Place
from clarion.services.providers import MANAGEMENT
from clarion.services.scope import Actor, Scope
from clarion.services.senders import Sender, account_for, read_sender
from clarion.store.pool import transaction
from clarion.store.queries import load

__all__ = ["refresh_all", "refresh_health"]

OUTBOX = load("outbox")
SENDERS = load("senders")


async def refresh_health(place: Place, scope: Scope, sender_id: int) -> Sender:
    """Ask the provider how the sender fares, and keep the answer.

    No transaction is open while the provider is asked.  Raises ``sender.not_found``,
    ``provider.refused``, ``provider.unreachable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    async with place.pool.acquire() as connection:
        account = await account_for(connection, scope, place.sealer, sender_id)
    facts = await MANAGEMENT[account.channel].sender_health(account, place.http)
    async with transaction(place.pool) as connection:
        before = await read_sender(connection, scope, sender_id)
        await SENDERS.execute(
            connection,
            "keep_health",
            sender_id=sender_id,
            facts={**facts, "asked_at": scope.now.isoformat()},
            display_address=str(facts.get("display_phone_number") or ""),
            now=scope.now,
        )
        if facts.get("messaging_limit") != before.health.get("messaging_limit"):
            await look_again_at_account(
                connection,
                workspace_id=scope.workspace_id,
                channel=str(before.channel),
                sender_key=None,
                account_key=before.account_key,
                now=scope.now,
            )
            await OUTBOX.execute(connection, "raise_control_epoch")
        return await read_sender(connection, scope, sender_id)


async def refresh_all(place: Place) -> Mapping[int, ClarionError | None]:
    """Ask about every active sender, for the periodic job.

    What went wrong is in the answer (by sender) and does not keep the others from it.
    """
    results: dict[int, ClarionError | None] = {}
    for row in await SENDERS.fetch(place.pool, "senders_to_refresh"):
        actor = Actor("system", "sender health", Role.ADMIN)
        try:
            scope = Scope(row["workspace_id"], actor, place.clock())
            await refresh_health(place, scope, row["id"])
        except ClarionError as error:
            results[row["id"]] = error
        else:
            results[row["id"]] = None
    return results
