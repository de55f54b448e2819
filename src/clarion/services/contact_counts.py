"""How many contacts fit a search: exactly when that is quick, else estimated first.

Theory of operation.  Counting a million rows takes long enough to be felt, so whoever shows a list
asks twice: an estimate at once, the exact number when it comes.  Up to ``EXACT_LIMIT`` the first
answer is exact already; above it, it is what PostgreSQL's planner expects.
"""

from __future__ import annotations

from dataclasses import dataclass

from clarion.domain.identity import Permission
from clarion.services.contact_search import ContactFilter, question_of
from clarion.services.scope import Scope
from clarion.store.pool import Connection

__all__ = ["EXACT_LIMIT", "ContactCount", "count_contacts"]

EXACT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class ContactCount:
    """How many there are; an estimate unless ``is_exact``."""

    count: int
    is_exact: bool


async def count_contacts(
    connection: Connection, scope: Scope, wanted: ContactFilter, *, is_exact: bool
) -> ContactCount:
    """Count those who fit; with ``is_exact`` all of them, however long that takes."""
    scope.require(Permission.READ)
    limit = None if is_exact else EXACT_LIMIT + 1
    query, values = question_of(scope, wanted, above_id=None, limit=limit)
    arguments = query.arguments(values)
    # The question of the list itself, so that a count can never disagree with it.
    question = query.sql.rstrip(";")
    found: int = await connection.fetchval(f"SELECT count(*) FROM ({question}) x", *arguments)  # noqa: S608
    if is_exact or found <= EXACT_LIMIT:
        return ContactCount(found, is_exact=True)
    query, values = question_of(scope, wanted, above_id=None, limit=None)
    plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {query.sql}", *query.arguments(values))
    return ContactCount(max(found, int(plan[0]["Plan"]["Plan Rows"])), is_exact=False)
