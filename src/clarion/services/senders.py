"""Senders: the business numbers and accounts that messages leave from.

Theory of operation.  A sender is made whole: its row with sealed secrets, an outbox for each lane,
and the lease that its owner will take.  Its webhook address holds a random key and never changes.
Pausing raises the control epoch, so that the owner stops before its next request; resuming rings
for it.  A removed sender keeps its row (messages name it) but loses its secrets.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import asyncpg

from clarion.channels.contract import SenderAccount
from clarion.channels.whatsapp.tiers import day_limit_of
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.domain.message import Channel
from clarion.engine.accounts import account_of, seal_secrets
from clarion.engine.apply.set_fires import cancel_fires
from clarion.engine.jobs import defer_requeue
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import Row, load
from clarion.store.secrets import Sealer

__all__ = [
    "NewSender",
    "Sender",
    "SenderChange",
    "WhatsAppConfig",
    "account_for",
    "create_sender",
    "list_senders",
    "pause_sender",
    "read_sender",
    "remove_sender",
    "resume_sender",
    "sender_named",
    "update_sender",
    "webhook_path_of",
]

QUERIES = load("senders")
OUTBOX = load("outbox")
WEBHOOK_KEY_BYTES = 16
DAY = timedelta(days=1)
DEFAULT_BASE_URL = "https://graph.facebook.com"
DEFAULT_VERSION = "v25.0"


@dataclass(frozen=True, slots=True)
class WhatsAppConfig:
    """Where and as whom a WhatsApp sender speaks to the Cloud API."""

    phone_number_id: str
    waba_id: str
    base_url: str = DEFAULT_BASE_URL
    version: str = DEFAULT_VERSION
    endpoint: Literal["messages", "marketing_messages"] = "messages"

    def as_json(self) -> dict[str, str]:
        """The form that is stored, and that the adapter reads."""
        return {
            "base_url": self.base_url,
            "version": self.version,
            "phone_number_id": self.phone_number_id,
            "waba_id": self.waba_id,
            "endpoint": self.endpoint,
        }


@dataclass(frozen=True, slots=True)
class NewSender:
    """A WhatsApp sender to make.  ``verify_token`` is minted when it is None."""

    name: str
    config: WhatsAppConfig
    token: str
    app_secret: str
    verify_token: str | None = None
    rate_per_second: float = 68.0


@dataclass(frozen=True, slots=True)
class SenderChange:
    """What shall change; None leaves a thing as it is."""

    name: str | None = None
    base_url: str | None = None
    version: str | None = None
    endpoint: str | None = None
    token: str | None = None
    app_secret: str | None = None
    verify_token: str | None = None
    rate_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender as it may be shown: no secret but its webhook's address.

    ``day_used_count`` is with how many people its account opened conversations in the last 24 hours,
    ``minute_count`` how many messages the platform took from it in the last minute.
    """

    id: int
    channel: Channel
    name: str
    sender_key: str
    account_key: str
    display_address: str
    config: Mapping[str, Any]
    webhook_key: str
    status: str
    status_reason: str | None
    paused_until: datetime | None
    rate_per_second: float
    current_rate_per_second: float | None
    waiting_count: int
    health: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    last_event_at: datetime | None = None
    handshake_at: datetime | None = None
    signature_refused_count: int = 0
    signature_refused_at: datetime | None = None
    former_secret_until: datetime | None = None
    former_secret_at: datetime | None = None
    day_used_count: int = 0
    day_waiting_count: int = 0
    first_reached_at: datetime | None = None
    minute_count: int = 0

    @property
    def webhook_path(self) -> str:
        """Where the provider must send its webhooks."""
        return webhook_path_of(self.channel, self.webhook_key)

    @property
    def day_limit(self) -> int | None:
        """With how many people conversations may be opened in 24 hours, if a limit is known."""
        return day_limit_of(self.health)

    @property
    def next_place_at(self) -> datetime | None:
        """When somebody who waits for the limit may go; ``None`` when nobody has to wait."""
        if self.day_limit is None or self.day_used_count < self.day_limit:
            return None
        return None if self.first_reached_at is None else self.first_reached_at + DAY


def webhook_path_of(channel: str, webhook_key: str) -> str:
    """``/webhooks/<channel>/<key>``."""
    return f"/webhooks/{channel}/{webhook_key}"


def _sender_of(row: Row) -> Sender:
    values: dict[str, Any] = dict(row)
    return Sender(**{**values, "channel": Channel(values["channel"])})


def _not_found(sender: int | str) -> ClarionError:
    return ClarionError(
        "sender.not_found", f"There is no sender {sender} in this workspace.", sender=sender
    )


def _name_taken(name: str) -> ClarionError:
    return ClarionError("sender.name_taken", f"A sender named {name!r} exists.", name=name)


async def create_sender(
    connection: Connection,
    scope: Scope,
    sealer: Sealer,
    new: NewSender,
    *,
    mint: Callable[[int], str] = randomness.token_urlsafe,
) -> tuple[Sender, str]:
    """Make a WhatsApp sender; returns it with its verify token.  Raises ``sender.name_taken``."""
    scope.require(Permission.MANAGE_SENDERS)
    webhook_key = mint(WEBHOOK_KEY_BYTES)
    verify_token = new.verify_token or mint(WEBHOOK_KEY_BYTES)
    secrets = {"token": new.token, "app_secret": new.app_secret, "verify_token": verify_token}
    try:
        async with connection.transaction():
            sender_id = await QUERIES.fetchval(
                connection,
                "insert_sender",
                workspace_id=scope.workspace_id,
                channel=str(Channel.WHATSAPP),
                name=new.name,
                sender_key=new.config.phone_number_id,
                account_key=new.config.waba_id,
                config=new.config.as_json(),
                secrets_sealed=seal_secrets(sealer, secrets, webhook_key),
                webhook_key=webhook_key,
                rate_per_second=new.rate_per_second,
                now=scope.now,
            )
    except asyncpg.UniqueViolationError as error:
        raise _name_taken(new.name) from error
    await audit.record(connection, scope, "created", "sender", sender_id, {"name": new.name})
    return await _read(connection, scope, sender_id), verify_token


async def list_senders(connection: Connection, scope: Scope) -> list[Sender]:
    """The senders that were not removed, by name; a workspace has few."""
    scope.require(Permission.READ)
    return await _senders(connection, scope, None)


async def _senders(connection: Connection, scope: Scope, sender_id: int | None) -> list[Sender]:
    rows = await QUERIES.fetch(
        connection,
        "senders_of",
        workspace_id=scope.workspace_id,
        sender_id=sender_id,
        now=scope.now,
        since=scope.now - DAY,
    )
    return [_sender_of(row) for row in rows]


async def read_sender(connection: Connection, scope: Scope, sender_id: int) -> Sender:
    """One sender.  Raises ``sender.not_found``."""
    scope.require(Permission.READ)
    return await _read(connection, scope, sender_id)


async def _read(connection: Connection, scope: Scope, sender_id: int) -> Sender:
    for sender in await _senders(connection, scope, sender_id):
        return sender
    raise _not_found(sender_id)


async def sender_named(connection: Connection, scope: Scope, name: str) -> Sender:
    """A sender by name.  Raises ``sender.not_found``."""
    for sender in await list_senders(connection, scope):
        if sender.name == name:
            return sender
    raise _not_found(name)


async def account_for(
    connection: Connection, scope: Scope, sealer: Sealer, sender_id: int
) -> SenderAccount:
    """The account with its secrets opened, for calls to the provider.

    Raises ``sender.not_found``, ``secret.unreadable``.
    """
    row = await QUERIES.fetchrow(
        connection, "account_row", workspace_id=scope.workspace_id, sender_id=sender_id
    )
    if row is None:
        raise _not_found(sender_id)
    return account_of(sealer, dict(row))


async def update_sender(
    connection: Connection, scope: Scope, sealer: Sealer, sender_id: int, change: SenderChange
) -> Sender:
    """Change what is given.  Raises ``sender.not_found``, ``sender.name_taken``.

    The owner of the sender's outbox sees a new account at its next lease, at the latest.
    """
    scope.require(Permission.MANAGE_SENDERS)
    await QUERIES.execute(connection, "lock_sender", sender_id=sender_id)
    before = await _read(connection, scope, sender_id)
    account = await account_for(connection, scope, sealer, sender_id)
    new_config = _given(base_url=change.base_url, version=change.version, endpoint=change.endpoint)
    new_secrets = _given(
        token=change.token, app_secret=change.app_secret, verify_token=change.verify_token
    )
    try:
        async with connection.transaction():
            await QUERIES.execute(
                connection,
                "update_sender",
                sender_id=sender_id,
                name=change.name or before.name,
                config={**account.config, **new_config},
                secrets_sealed=seal_secrets(
                    sealer, {**account.secrets, **new_secrets}, before.webhook_key
                ),
                rate_per_second=change.rate_per_second or before.rate_per_second,
                now=scope.now,
            )
    except asyncpg.UniqueViolationError as error:
        raise _name_taken(change.name or before.name) from error
    shown = _given(name=change.name, rate_per_second=change.rate_per_second) | new_config
    await audit.record(
        connection,
        scope,
        "updated",
        "sender",
        sender_id,
        {**shown, "secrets_replaced": sorted(new_secrets)},
    )
    return await _read(connection, scope, sender_id)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def pause_sender(
    connection: Connection, scope: Scope, sender_id: int, *, reason: str = ""
) -> Sender:
    """Let nothing more leave from this sender until it is resumed; its messages wait.

    Raises ``sender.not_found``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    before = await _read(connection, scope, sender_id)
    if before.status == "paused" and before.paused_until is None:
        return before
    await QUERIES.execute(
        connection, "pause_by_person", sender_id=sender_id, reason=reason or "paused", now=scope.now
    )
    await cancel_fires(connection, "sender", [sender_id])
    await OUTBOX.execute(connection, "raise_control_epoch")
    await audit.record(connection, scope, "paused", "sender", sender_id, {"reason": reason})
    return await _read(connection, scope, sender_id)


async def resume_sender(connection: Connection, scope: Scope, sender_id: int) -> Sender:
    """Let a paused sender go on.  Raises ``sender.not_found``."""
    scope.require(Permission.MANAGE_SENDERS)
    before = await _read(connection, scope, sender_id)
    if before.status == "active":
        return before
    await QUERIES.execute(connection, "resume_by_person", sender_id=sender_id, now=scope.now)
    await cancel_fires(connection, "sender", [sender_id])
    await OUTBOX.execute(connection, "raise_control_epoch")
    await defer_requeue(connection, sender_id=sender_id)
    await OUTBOX.execute(connection, "wake_sender", sender_id=sender_id)
    await audit.record(connection, scope, "resumed", "sender", sender_id)
    return await _read(connection, scope, sender_id)


async def remove_sender(connection: Connection, scope: Scope, sender_id: int) -> None:
    """Take a sender out of use for ever and forget its secrets.

    Raises ``sender.not_found``; ``sender.in_use`` while messages wait in its outbox, or a campaign
    that is not over names it.
    """
    scope.require(Permission.MANAGE_SENDERS)
    await QUERIES.execute(connection, "lock_sender", sender_id=sender_id)
    sender = await _read(connection, scope, sender_id)
    campaigns = await QUERIES.fetch(
        connection, "live_campaigns_of", workspace_id=scope.workspace_id, name=sender.name
    )
    if sender.waiting_count or campaigns:
        raise ClarionError(
            "sender.in_use",
            f"{sender.waiting_count} messages wait, and {len(campaigns)} campaigns name it.",
            waiting_count=sender.waiting_count,
            campaigns=[dict(row) for row in campaigns],
        )
    await QUERIES.execute(connection, "remove_sender", sender_id=sender_id, now=scope.now)
    await cancel_fires(connection, "sender", [sender_id])
    await OUTBOX.execute(connection, "raise_control_epoch")
    await audit.record(connection, scope, "removed", "sender", sender_id, {"name": sender.name})
