"""Carry out what a channel's answers demand beyond the message itself.

A refused recipient is suppressed or opted out; a campaign whose template was paused, or whose
messages cannot be right, is suspended with the reason shown.  The same for answers and for late
``failed`` receipts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from clarion.channels.contract import ReactionKind
from clarion.domain.message import Channel
from clarion.engine.apply.opt_out import OptOut, opt_out
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["Demand", "carry_out", "suspend_from_within"]

CAMPAIGNS = load("campaigns")
OUTBOX = load("outbox")
WEBHOOKS = load("webhooks")

log = structlog.get_logger(__name__)

_SUPPRESSION_SECONDS = 30 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Demand:
    """One reaction with whom it is about."""

    reaction: ReactionKind
    contact_id: int
    campaign_id: int | None
    reason: str
    delay_seconds: float | None = None


async def carry_out(
    connection: Connection,
    channel: Channel,
    demands: Sequence[Demand],
    now: datetime,
) -> None:
    """Apply demands in bulk; those that need nothing beyond the message are passed over."""
    suppressed = [each for each in demands if each.reaction is ReactionKind.SUPPRESS_CONTACT]
    if suppressed:
        await WEBHOOKS.execute(
            connection,
            "suppress_contacts",
            channel=str(channel),
            contact_ids=[each.contact_id for each in suppressed],
            reasons=[each.reason for each in suppressed],
            until_ats=[
                now + timedelta(seconds=each.delay_seconds or _SUPPRESSION_SECONDS)
                for each in suppressed
            ],
        )
    await opt_out(
        connection,
        channel,
        [
            OptOut(each.contact_id, "provider", each.reason, now)
            for each in demands
            if each.reaction is ReactionKind.OPT_OUT_CONTACT
        ],
        now,
    )
    for demand in demands:
        if demand.campaign_id is not None and demand.reaction in (
            ReactionKind.PAUSE_CAMPAIGN,
            ReactionKind.PAUSE_TEMPLATE,
        ):
            await suspend_from_within(connection, demand.campaign_id, demand.reason, now)


async def suspend_from_within(
    connection: Connection, campaign_id: int, reason: str, now: datetime
) -> None:
    """Suspend a campaign from within; the epoch makes every dispatcher look at once."""
    changed = await CAMPAIGNS.fetchrow(
        connection,
        "suspend_campaign",
        campaign_id=campaign_id,
        reason=reason,
        now=now,
    )
    if changed is None:
        return
    await OUTBOX.execute(connection, "raise_control_epoch")
    await CAMPAIGNS.execute(
        connection, "record_suspension", campaign_id=campaign_id, reason=reason, now=now
    )
    log.warning("campaign_suspended_by_channel", campaign_id=campaign_id, reason=reason)
