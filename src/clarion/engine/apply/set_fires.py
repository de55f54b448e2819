"""Hook: write dated reminders into the one table of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["FireKind", "cancel_fires", "set_fires"]

FIRES = load("fires")

FireKind = Literal[
    "campaign", "chunk", "session", "retry", "doubt", "sender", "start", "delivery", "day_limit"
]


async def set_fires(
    connection: Connection, kind: FireKind, fires: Sequence[tuple[int, datetime, int]]
) -> None:
    """Set (subject id, due at, subject's revision); a newer one of a subject replaces the older."""
    last = {fire[0]: fire for fire in fires}
    if not last:
        return
    ordered = [last[key] for key in sorted(last)]
    await FIRES.execute(
        connection,
        "set_fires",
        kind=kind,
        subject_ids=[fire[0] for fire in ordered],
        due_ats=[fire[1] for fire in ordered],
        revisions=[fire[2] for fire in ordered],
    )


async def cancel_fires(connection: Connection, kind: FireKind, subject_ids: Sequence[int]) -> None:
    """Forget what was planned for some subjects."""
    if subject_ids:
        await FIRES.execute(connection, "cancel_fires", kind=kind, subject_ids=list(subject_ids))
