"""Searching contacts: what can be asked for, and the query that answers it.

Theory of operation.  Each way into the contacts (all of them, the members of a group, those with one
state of consent, or both) is a query of its own, so that each has the index that it needs; all other
filters are tested on the way.  A list, a count and a bulk action ask the same question, so that they
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from clarion.services.scope import Scope
from clarion.services.text_patterns import patterns_of
from clarion.store.queries import Query, load

__all__ = ["ContactFilter", "question_of"]

QUERIES = load("contacts")
# (within a group, with one state of consent) -> the query that walks that way
_WAYS = {
    (False, False): "list_contact_ids",
    (True, False): "list_member_ids",
    (False, True): "list_contact_ids_by_consent",
    (True, True): "list_member_ids_by_consent",
}


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What a contact must be like; all that is given must fit.

    ``text``: a part of the name (any case) or of the phone.  ``attributes``: equal as text.
    ``consent_state`` (``none``: never said anything) is that on ``consent_channel``.
    ``contact_ids``: one of these.
    """

    text: str | None = None
    group_id: int | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    consent_state: Literal["opted_in", "opted_out", "none"] | None = None
    consent_channel: str = "whatsapp"
    contact_ids: Sequence[int] | None = None


def question_of(
    scope: Scope, wanted: ContactFilter, *, above_id: int | None, limit: int | None
) -> tuple[Query, dict[str, Any]]:
    """The query for the ids of those who fit, in rising order, and its values.

    Each way into the contacts is a query of its own, so that each has the index that it needs.
    """
    searched = patterns_of(wanted.text)
    values: dict[str, Any] = {
        "workspace_id": scope.workspace_id,
        "above_id": above_id or 0,
        "name_pattern": searched and searched.name_pattern,
        "phone_pattern": searched and searched.phone_pattern,
        "attributes": dict(wanted.attributes),
        "consent_state": wanted.consent_state,
        "consent_channel": wanted.consent_channel,
        "is_silent": wanted.consent_state == "none",
        "group_id": wanted.group_id,
        "contact_ids": None if wanted.contact_ids is None else list(wanted.contact_ids),
        "limit": limit,
    }
    way = _WAYS[wanted.group_id is not None, wanted.consent_state in ("opted_in", "opted_out")]
    query = QUERIES[way]
    return query, {name: values[name] for name in query.parameter_names}
