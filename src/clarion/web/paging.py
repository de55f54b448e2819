"""Keyset paging: opaque cursors that stay true while rows come and go.

Theory of operation.  A list is ordered by a key that never changes for a row (its id, or a value
and its id).  The cursor is that key of the last row of the page, packed so that nobody is tempted
to compute with it.  Services ask for one row more than the page holds; whether that row came tells
if there is a next page, so no count is needed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import orjson
from fastapi import Depends, Query
from pydantic import BaseModel, Field

from clarion.domain.errors import ClarionError
from clarion.web.schemas import is_storable

__all__ = ["Page", "PageRequest", "Paging", "cursor_of", "page_of"]

Item = TypeVar("Item")
Row = TypeVar("Row")
LARGEST_KEY = 2**63 - 1


class Page(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    next_cursor: str | None = Field(
        default=None, description="Give it as `cursor` for the next page; null on the last one."
    )
    total_count: int | None = Field(default=None, description="Only where the list counts itself.")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What a client asked for.  ``key`` is the last row's key of the page before, or empty."""

    limit: int
    key: tuple[Any, ...]

    @property
    def fetch_count(self) -> int:
        """How many rows to fetch: one more than the page holds."""
        return self.limit + 1

    @property
    def below_id(self) -> int | None:
        """The cursor of a list that is ordered by falling id alone."""
        return self._only_id()

    @property
    def above_id(self) -> int | None:
        """The cursor of a list that is ordered by rising id alone."""
        return self._only_id()

    def key_of_types(self, *types: type[str] | type[int]) -> tuple[Any, ...] | None:
        """The cursor of a list whose key has these types; None on the first page."""
        if not self.key:
            return None
        if len(self.key) != len(types) or not all(
            _is_id(part) if wanted is int else isinstance(part, str) and is_storable(part)
            for part, wanted in zip(self.key, types, strict=True)
        ):
            raise _foreign_cursor()
        return self.key

    def _only_id(self) -> int | None:
        if not self.key:
            return None
        if len(self.key) != 1 or not _is_id(self.key[0]):
            raise _foreign_cursor()
        return int(self.key[0])


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_KEY


def _foreign_cursor() -> ClarionError:
    return ClarionError("request.cursor_invalid", "The cursor does not belong to this list.")


def cursor_of(*key: str | int) -> str:
    """Pack the key of a page's last row."""
    return base64.urlsafe_b64encode(orjson.dumps(key)).rstrip(b"=").decode("ascii")


def _unpack(cursor: str) -> tuple[Any, ...]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        key = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error) as error:
        raise _foreign_cursor() from error
    if not isinstance(key, list):
        raise _foreign_cursor()
    return tuple(key)


async def paging(
    limit: Annotated[int, Query(ge=1, le=500, description="Items a page.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=1000, description="`next_cursor` of the page before.")
    ] = None,
) -> PageRequest:
    """Read ``?cursor&limit``.  Raises ``request.cursor_invalid``."""
    return PageRequest(limit, _unpack(cursor) if cursor else ())


Paging = Annotated[PageRequest, Depends(paging)]


def page_of(
    rows: Sequence[Row],
    request: PageRequest,
    item_of: Callable[[Row], Item],
    key_of: Callable[[Row], tuple[str | int, ...]],
    *,
    total_count: int | None = None,
) -> Page[Item]:
    """Make a page of up to ``request.fetch_count`` rows."""
    shown = rows[: request.limit]
    has_more = len(rows) > request.limit
    return Page(
        items=[item_of(row) for row in shown],
        next_cursor=cursor_of(*key_of(shown[-1])) if has_more else None,
        total_count=total_count,
    )
