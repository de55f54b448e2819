"""Consent: what a contact agrees to on a channel, and every change of it.

Theory of operation.  ``consents`` holds the present, ``consent_changes`` the past, which is only
ever added to.  An opt-out raises the control epoch in the same transaction, so that every
dispatcher looks again before it sends anything further.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from clarion.domain.identity import Permission
from clarion.domain.message import Channel
from clarion.services import audit
from clarion.services.contacts import QUERIES, read_contact
from clarion.services.scope import Scope
from clarion.store.pool import Connection

__all__ = [
    "Consent",
    "ConsentState",
    "consent_history",
    "opt_out_contacts",
    "read_consents",
    "set_consent",
]

ConsentState = Literal["opted_in", "opted_out"]
_SOURCES = {"key": "api", "user": "person", "command": "person", "system": "person"}


@dataclass(frozen=True, slots=True)
class Consent:
    """What holds, or held, on a channel from ``at`` on, and what proves it (``source``)."""

    channel: str
    state: str
    source: str
    reason: str
    at: datetime


async def set_consent(
    connection: Connection,
    scope: Scope,
    contact_id: int,
    channel: Channel,
    state: ConsentState,
    reason: str = "",
) -> list[Consent]:
    """Record what a contact said outside of the channel; return its consents.

    Raises ``contact.not_found``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    await read_contact(connection, scope, contact_id)
    values = {
        "contact_id": contact_id,
        "channel": str(channel),
        "state": state,
        "source": _SOURCES[scope.actor.kind],
        "reason": reason,
        "at": scope.now,
    }
    await QUERIES.execute(connection, "upsert_consent", **values)
    await QUERIES.execute(connection, "insert_consent_change", **values)
    details = {"channel": str(channel), "state": state, "reason": reason}
    await audit.record(connection, scope, state, "contact", contact_id, details)
    if state == "opted_out":
        await QUERIES.execute(connection, "raise_control_epoch")
    return await read_consents(connection, scope, contact_id)


async def opt_out_contacts(
    connection: Connection, scope: Scope, contact_ids: Sequence[int], channel: str, reason: str
) -> int:
    """Opt out many contacts of the workspace; return how many had not opted out before."""
    scope.require(Permission.EDIT_AUDIENCE)
    changed_count = await QUERIES.execute(
        connection,
        "opt_out_contacts",
        workspace_id=scope.workspace_id,
        contact_ids=list(contact_ids),
        channel=channel,
        source=_SOURCES[scope.actor.kind],
        reason=reason,
        now=scope.now,
    )
    if changed_count:
        details = {"channel": channel, "reason": reason, "contact_count": changed_count}
        await audit.record(connection, scope, "opted_out", "contact", None, details)
        await QUERIES.execute(connection, "raise_control_epoch")
    return changed_count


async def read_consents(connection: Connection, scope: Scope, contact_id: int) -> list[Consent]:
    """The present consents of a contact.  Raises ``contact.not_found``."""
    await read_contact(connection, scope, contact_id)
    rows = await QUERIES.fetch(connection, "read_consents", contact_id=contact_id)
    return [Consent(**dict(row)) for row in rows]


async def consent_history(
    connection: Connection, scope: Scope, contact_id: int, *, limit: int = 100
) -> list[Consent]:
    """How consent changed, the newest first.  Raises ``contact.not_found``."""
    await read_contact(connection, scope, contact_id)
    rows = await QUERIES.fetch(connection, "consent_history", contact_id=contact_id, limit=limit)
    return [Consent(**dict(row)) for row in rows]
