"""Does the balance of an occurrence add up: counted again from the rows of people and messages.

Theory of operation.  The counters of an occurrence move with every batch; they must always equal
what the rows say.  This report counts the rows in one statement's snapshot and compares.  Messages
of contacts that were deleted are gone, so the counts of receipts may be that much lower than the
counters.  Opt-outs are credited by time and leave no row of their own: they are not counted here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clarion.domain.errors import ClarionError
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["Balance", "Difference", "balance_from", "check_balance"]

QUERIES = load("balance")

_OUTCOMES = (
    "pending_count",
    "held_count",
    "skipped_count",
    "failed_count",
    "in_doubt_count",
    "accepted_count",
)
_EXACT = ("audience_count", *_OUTCOMES, "replied_count")
_RECEIPTS = ("sent_count", "delivered_count", "read_count")


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that is not what the rows say."""

    name: str
    stored_count: int
    counted_count: int


@dataclass(frozen=True, slots=True)
class Balance:
    """The counters as stored and as counted from rows, by name.

    ``gone_count`` people had a message that was deleted with their contact.
    ``disagreeing_count`` people have an outcome that is not their opening message's status.
    """

    occurrence_id: int
    stored: Mapping[str, int]
    counted: Mapping[str, int]
    gone_count: int
    disagreeing_count: int
    differences: tuple[Difference, ...]

    @property
    def is_balanced(self) -> bool:
        """Whether everything adds up."""
        return not self.differences and self.disagreeing_count == 0


async def check_balance(connection: Connection, workspace_id: int, occurrence_id: int) -> Balance:
    """Count an occurrence's people again.  Raises ``occurrence.not_found``."""
    row = await QUERIES.fetchrow(
        connection, "balance", workspace_id=workspace_id, occurrence_id=occurrence_id
    )
    if row is None:
        raise ClarionError(
            "occurrence.not_found",
            f"There is no occurrence {occurrence_id} in this workspace.",
            occurrence_id=occurrence_id,
        )
    return balance_from(occurrence_id, row["stored"], row["counted"])


def balance_from(
    occurrence_id: int, stored: Mapping[str, Any], counted: Mapping[str, Any]
) -> Balance:
    """The comparison of the counters with the counts, both by name."""
    gone_count: int = counted["gone_count"]
    differences = [
        Difference(name, stored[name], counted[name])
        for name in _EXACT
        if stored[name] != counted[name]
    ]
    differences += [
        Difference(name, stored[name], counted[name])
        for name in _RECEIPTS
        if not counted[name] <= stored[name] <= counted[name] + gone_count
    ]
    names = (*_EXACT, *_RECEIPTS)
    return Balance(
        occurrence_id=occurrence_id,
        stored={name: stored[name] for name in names},
        counted={name: counted[name] for name in names},
        gone_count=gone_count,
        disagreeing_count=counted["disagreeing_count"],
        differences=tuple(differences),
    )
