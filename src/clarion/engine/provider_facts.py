"""What the provider itself tells: preferences, templates, senders, moved addresses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from clarion.channels.contract import (
    AddressChanged,
    Preference,
    ReactionKind,
    SenderChanged,
    TemplateChanged,
)
from clarion.domain.message import Channel
from clarion.engine.apply.opt_out import OptOut, opt_in, opt_out
from clarion.engine.apply.tell_events import tell_fact
from clarion.engine.day_limit import look_again_at_account
from clarion.engine.reactions import suspend_from_within
from clarion.engine.strangers import find_contacts
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = [
    "suspend_campaigns_of_template",
    "take_address_changes",
    "take_preferences",
    "take_sender_changes",
    "take_template_changes",
]

OUTBOX = load("outbox")
WEBHOOKS = load("webhooks")

# Template statuses with which nothing can be sent.
_STOPPED_TEMPLATES = frozenset({"paused", "disabled", "rejected", "deleted", "archived"})


async def take_preferences(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    preferences: Sequence[Preference],
    now: datetime,
) -> None:
    """People told the channel to stop (or resume) our marketing: a hard opt-out."""
    if not preferences:
        return
    contact_ids = await find_contacts(
        connection, workspace_id, channel, [each.addresses for each in preferences]
    )
    words = [
        (each.is_opt_out, OptOut(contact_id, "provider", "user_preferences", each.at))
        for each, contact_id in zip(preferences, contact_ids, strict=True)
        if contact_id is not None
    ]
    await opt_in(connection, channel, [word for is_out, word in words if not is_out])
    await opt_out(connection, channel, [word for is_out, word in words if is_out], now)


async def take_template_changes(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    changes: Sequence[TemplateChanged],
    now: datetime,
) -> None:
    """Keep our copy of templates true; suspend the campaigns of one that was stopped."""
    for change in changes:
        sending_status = await WEBHOOKS.fetchval(
            connection,
            "change_template",
            workspace_id=workspace_id,
            channel=str(channel),
            account_key=change.account_key,
            name=change.name,
            language=change.language,
            status=change.status,
            category=change.category,
            quality=change.quality,
            reason=change.reason,
            now=now,
        )
        await tell_fact(
            connection,
            workspace_id,
            "template.changed",
            {
                "account": change.account_key,
                "name": change.name,
                "language": change.language,
                "status": change.status,
                "category": change.category,
                "quality": change.quality,
                "reason": change.reason,
            },
            now,
        )
        is_stopped = change.status in _STOPPED_TEMPLATES or sending_status == "stopped"
        if is_stopped and change.status != "approved":
            await suspend_campaigns_of_template(
                connection,
                workspace_id,
                change.name,
                change.language,
                change.status or "stopped",
                now,
            )


async def suspend_campaigns_of_template(
    connection: Connection, workspace_id: int, name: str, language: str, status: str, now: datetime
) -> None:
    """Suspend the campaigns in progress that send a template which cannot be sent now."""
    campaigns = await WEBHOOKS.fetch(
        connection,
        "campaigns_using_template",
        workspace_id=workspace_id,
        name=name,
        language=language,
    )
    for row in campaigns:
        await suspend_from_within(
            connection, row["id"], f"template {name} ({language}) is {status}", now
        )


async def take_sender_changes(
    connection: Connection,
    workspace_id: int,
    channel: Channel,
    changes: Sequence[SenderChanged],
    now: datetime,
) -> None:
    """Keep what is known of senders; pause them when the provider says that they may not send."""
    for change in changes:
        place: dict[str, Any] = {
            "workspace_id": workspace_id,
            "channel": str(channel),
            "sender_key": change.sender_key,
            "account_key": change.account_key,
        }
        await WEBHOOKS.execute(
            connection, "change_sender_health", facts=dict(change.facts), now=now, **place
        )
        if "messaging_limit" in change.facts:
            await look_again_at_account(connection, now=now, **place)
            await OUTBOX.execute(connection, "raise_control_epoch")
        await tell_fact(
            connection,
            workspace_id,
            "sender.changed",
            {
                "account": change.account_key,
                "sender": change.sender_key,
                "facts": dict(change.facts),
            },
            now,
        )
        if change.reaction is not None and change.reaction.kind is ReactionKind.PAUSE_SENDER:
            await WEBHOOKS.execute(
                connection, "pause_senders", reason=change.reaction.reason, now=now, **place
            )
            await OUTBOX.execute(connection, "raise_control_epoch")


async def take_address_changes(
    connection: Connection, workspace_id: int, channel: Channel, changes: Sequence[AddressChanged]
) -> None:
    """People moved to another name on the channel; both name the same contact."""
    for change in changes:
        await WEBHOOKS.execute(
            connection,
            "move_address",
            workspace_id=workspace_id,
            channel=str(channel),
            kind=change.old.kind.value,
            old_value=change.old.value,
            new_value=change.new.value,
        )
