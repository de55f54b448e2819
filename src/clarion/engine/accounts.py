"""A sender's account with its secrets opened, as an adapter needs it."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from clarion.channels.contract import SenderAccount
from clarion.domain.message import Channel
from clarion.store.pool import Connection
from clarion.store.queries import Row, load
from clarion.store.secrets import Sealer

__all__ = ["account_of", "load_account", "open_secrets", "seal_secrets"]

OUTBOX = load("outbox")


def seal_secrets(sealer: Sealer, secrets: Mapping[str, str], webhook_key: str) -> str:
    """A sender's secrets as they are stored."""
    return sealer.seal(orjson.dumps(dict(secrets)).decode(), context=f"sender:{webhook_key}")


def open_secrets(sealer: Sealer, sealed: str, webhook_key: str) -> Mapping[str, str]:
    """What ``seal_secrets`` sealed.  Raises ``secret.unreadable``."""
    secrets: Mapping[str, str] = orjson.loads(sealer.open(sealed, context=f"sender:{webhook_key}"))
    return secrets


def account_of(sealer: Sealer, row: Row) -> SenderAccount:
    """The account in a row with the columns of ``outbox.sender_account``."""
    return SenderAccount(
        id=row["id"],
        channel=Channel(row["channel"]),
        config=row["config"],
        secrets=open_secrets(sealer, row["secrets_sealed"], row["webhook_key"]),
    )


async def load_account(connection: Connection, sealer: Sealer, sender_id: int) -> SenderAccount:
    """Read a sender's account.  ``KeyError`` if there is no such sender."""
    row = await OUTBOX.fetchrow(connection, "sender_account", sender_id=sender_id)
    if row is None:
        raise KeyError(sender_id)
    return account_of(sealer, row)
