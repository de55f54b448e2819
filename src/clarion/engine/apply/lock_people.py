"""Hook: hold people's rows, so that what happens to the sessions of one contact happens one by one.

Theory of operation.  Two starts for one contact at one instant must see each other: the reentry rule
(restart, skip) is about sessions that wait, and a session that another transaction has not committed
yet is not seen.  So whoever starts, resumes or ends sessions takes the rows of their contacts first,
in the order of the ids, and only then reads what waits.  The lock is the one that a change of a
contact takes; new sessions and messages lock their contacts by their foreign keys anyway, so it
costs a bulk start next to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["lock_people", "lock_people_of_sessions"]

SESSIONS = load("sessions")


async def lock_people(connection: Connection, contact_ids: Iterable[int]) -> None:
    """Hold these contacts until the transaction ends; all of a transaction in one call."""
    ids = sorted(set(contact_ids))
    if ids:
        await SESSIONS.execute(connection, "lock_people", contact_ids=ids)


async def lock_people_of_sessions(connection: Connection, session_ids: Iterable[int]) -> None:
    """The same for the contacts of sessions."""
    ids = sorted(set(session_ids))
    if ids:
        await SESSIONS.execute(connection, "lock_people_of_sessions", ids=ids)
