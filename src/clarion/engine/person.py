"""A contact as the runner sees it: its fields for the flow, its address, its facts of consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.domain.consent import ConsentFacts, Suppression
from clarion.flow.context import ContactFields
from clarion.store.queries import Row

__all__ = ["Person", "consent_facts", "person_from_row"]

# Row of a contact that a flow reads as attributes, under the names that CAMS gives them.
_COLUMNS_AS_ATTRIBUTES = ("email", "remark", "country", "language", "zone")


@dataclass(frozen=True, slots=True)
class Person:
    """A contact with the address to use on one channel (``None``: there is none)."""

    fields: ContactFields
    address_kind: str | None
    address_value: str | None
    known_sender_id: int | None = None

    @property
    def contact_id(self) -> int:
        """The contact's id."""
        return self.fields.id


def person_from_row(row: Row) -> Person:
    """From a row with a contact's columns and its other address, if it has no phone."""
    attributes = dict(row["attributes"])
    for name in _COLUMNS_AS_ATTRIBUTES:
        if row[name]:
            attributes.setdefault(name, row[name])
    phone = row["phone"]
    return Person(
        fields=ContactFields(
            id=row["contact_id"],
            name=row["name"],
            phone=phone,
            attributes=attributes,
            groups=tuple(row["group_names"] or ()),
            consents=row["consents"] or {},
        ),
        address_kind="phone" if phone else row["address_kind"],
        address_value=phone or row["address_value"],
    )


def consent_facts(row: Row, person: Person, now: datetime) -> ConsentFacts:
    """The facts of consent of a chunk's row."""
    until = row["suppressed_until_at"]
    return ConsentFacts(
        has_address=person.address_value is not None,
        is_opted_out=row["consent_state"] == "opted_out",
        suppression=Suppression(row["suppression_reason"], until)
        if until is not None and until > now
        else None,
    )
