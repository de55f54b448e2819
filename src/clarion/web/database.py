"""One connection and one transaction a request.

Theory of operation.  ``DB`` gives a route the request's connection inside a transaction, which is
committed when the route has returned and before a byte of the answer leaves: an answer of success
is never a lie.  Any exception undoes it.  Services never commit.  What only reads is planned for the
values of its filters: lists are long, and planning is short.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from clarion.services.place import Place
from clarion.store.pool import Connection, plan_by_values, transaction

__all__ = ["DB", "PlaceOf"]


async def place_of(request: Request) -> Place:
    """The application's place."""
    place: Place = request.app.state.place
    return place


PlaceOf = Annotated[Place, Depends(place_of)]


async def _connection(request: Request, place: PlaceOf) -> AsyncIterator[Connection]:
    async with transaction(place.pool) as connection:
        request.state.connection = connection
        if request.method == "GET":
            await plan_by_values(connection)
        yield connection


# The scope "function" ends the transaction before the answer is sent.
DB = Annotated[Connection, Depends(_connection, scope="function")]
