"""A sender's account with its secrets opened, as an adapter needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import orjson

from clarion.channels.contract import SenderAccount
from clarion.domain.message import Channel
from clarion.store.queries import Row
from clarion.store.secrets import Sealer

__all__ = ["account_of", "former_account_of", "open_secrets", "seal_secrets"]


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


def former_account_of(account: SenderAccount) -> SenderAccount | None:
    """The account as it was before its app secret was replaced; ``None`` if it never was."""
    former = account.secrets.get("former_app_secret")
    if former is None:
        return None
    return replace(account, secrets={**account.secrets, "app_secret": former})
