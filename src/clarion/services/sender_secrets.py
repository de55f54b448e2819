"""Replacing the secrets of a sender while it works.

Theory of operation.  A new access token is tried at the provider before it takes the place of the old
one, so a slip of the keyboard stops nothing.  A new app secret cannot be tried: only the provider's
next webhook shows whether it is right.  Therefore webhooks that are signed with the former secret are
taken for a while longer (``accept_former_for``): what the provider signed before the change, and
repeats for days after, is not lost.  Who replaces a secret because it leaked says zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from clarion.domain.identity import Permission
from clarion.engine.accounts import seal_secrets
from clarion.services import audit
from clarion.services.place import Place
from clarion.services.providers import MANAGEMENT
from clarion.services.scope import Scope
from clarion.services.senders import Sender, account_for, read_sender, resume_sender
from clarion.store.pool import Connection, transaction
from clarion.store.queries import load

__all__ = [
    "DEFAULT_ACCEPTED_FOR",
    "LONGEST_ACCEPTED_FOR",
    "Rotation",
    "forget_former_secret",
    "rotate_secrets",
]

QUERIES = load("senders")
OUTBOX = load("outbox")
WATCHES = load("webhook_watches")

DEFAULT_ACCEPTED_FOR = timedelta(hours=24)
# As long as a provider repeats a webhook that it could not deliver.
LONGEST_ACCEPTED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rotation:
    """What is replaced; None leaves a secret as it is.

    ``accept_former_for`` counts only for the app secret.  ``is_resumed``: a paused sender goes on
    afterwards.
    """

    token: str | None = None
    app_secret: str | None = None
    verify_token: str | None = None
    accept_former_for: timedelta = DEFAULT_ACCEPTED_FOR
    is_resumed: bool = False

    def given(self) -> Mapping[str, str]:
        """The new secrets by name."""
        secrets = {
            "token": self.token,
            "app_secret": self.app_secret,
            "verify_token": self.verify_token,
        }
        return {name: value for name, value in secrets.items() if value is not None}


async def rotate_secrets(place: Place, scope: Scope, sender_id: int, rotation: Rotation) -> Sender:
    """Replace secrets; nothing changes when the provider does not take the new token.

    No transaction is open while the provider is asked.  Raises ``sender.not_found``,
    ``provider.refused``, ``provider.unreachable``, ``secret.unreadable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    given = rotation.given()
    if rotation.token is not None:
        async with place.pool.acquire() as connection:
            account = await account_for(connection, scope, place.sealer, sender_id)
        tried = replace(account, secrets={**account.secrets, "token": rotation.token})
        await MANAGEMENT[account.channel].sender_health(tried, place.http)
    async with transaction(place.pool) as connection:
        await QUERIES.execute(connection, "lock_sender", sender_id=sender_id)
        before = await read_sender(connection, scope, sender_id)
        account = await account_for(connection, scope, place.sealer, sender_id)
        secrets = {**account.secrets, **given}
        until = before.former_secret_until
        if rotation.app_secret is not None:
            secrets["former_app_secret"] = account.secrets["app_secret"]
            until = scope.now + min(rotation.accept_former_for, LONGEST_ACCEPTED_FOR)
            await WATCHES.execute(connection, "forgive_signatures", sender_id=sender_id)
        await QUERIES.execute(
            connection,
            "replace_secrets",
            sender_id=sender_id,
            secrets_sealed=seal_secrets(place.sealer, secrets, before.webhook_key),
            former_secret_until=until,
            now=scope.now,
        )
        await OUTBOX.execute(connection, "raise_control_epoch")
        details: dict[str, Any] = {"secrets_replaced": sorted(given)}
        if rotation.app_secret is not None and until is not None:
            details["former_secret_until"] = until.isoformat()
        await audit.record(connection, scope, "secrets_replaced", "sender", sender_id, details)
        if rotation.is_resumed:
            return await resume_sender(connection, scope, sender_id)
        return await read_sender(connection, scope, sender_id)


async def forget_former_secret(
    connection: Connection, scope: Scope, place: Place, sender_id: int
) -> Sender:
    """Take nothing more that is signed with the former app secret.

    Raises ``sender.not_found``, ``secret.unreadable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    await QUERIES.execute(connection, "lock_sender", sender_id=sender_id)
    before = await read_sender(connection, scope, sender_id)
    account = await account_for(connection, scope, place.sealer, sender_id)
    kept = {name: value for name, value in account.secrets.items() if name != "former_app_secret"}
    await QUERIES.execute(
        connection,
        "replace_secrets",
        sender_id=sender_id,
        secrets_sealed=seal_secrets(place.sealer, kept, before.webhook_key),
        former_secret_until=None,
        now=scope.now,
    )
    await audit.record(connection, scope, "former_secret_forgotten", "sender", sender_id)
    return await read_sender(connection, scope, sender_id)
