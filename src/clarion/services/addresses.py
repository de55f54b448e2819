"""Further names of a contact on its channels, besides its phone.

Theory of operation.  A channel may know a person by an id of its own, with or without a phone.  An
address belongs to one contact of the workspace, by a unique key; a contact without a phone keeps
at least one.
"""

from __future__ import annotations

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.domain.message import Address, AddressKind
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["add_address", "insert_address", "no_address", "remove_address"]

QUERIES = load("contacts")
ADDRESS_LIMIT = 200


async def add_address(
    connection: Connection, scope: Scope, contact_id: int, address: Address
) -> None:
    """Give a contact another address; nothing happens when it has it already.

    Raises ``contact.not_found``, ``contact.address_taken``, ``request.invalid``.
    """
    scope.require(Permission.EDIT_AUDIENCE)
    await _lock_phone(connection, scope, contact_id)
    await insert_address(connection, scope, contact_id, address)


async def remove_address(
    connection: Connection, scope: Scope, contact_id: int, address_id: int
) -> None:
    """Take an address away.

    Raises ``contact.not_found``, ``contact.address_not_found``, ``contact.no_address`` (it was
    the only one).
    """
    scope.require(Permission.EDIT_AUDIENCE)
    phone = await _lock_phone(connection, scope, contact_id)
    deleted_count = await QUERIES.execute(
        connection,
        "delete_address",
        workspace_id=scope.workspace_id,
        contact_id=contact_id,
        address_id=address_id,
    )
    if not deleted_count:
        raise ClarionError(
            "contact.address_not_found",
            f"The contact {contact_id} has no address {address_id}.",
            contact_id=contact_id,
            address_id=address_id,
        )
    if phone is None and not await QUERIES.fetchval(
        connection, "has_address", contact_id=contact_id
    ):
        raise no_address()
    details = {"address_id": address_id}
    await audit.record(connection, scope, "address_removed", "contact", contact_id, details)


async def insert_address(
    connection: Connection, scope: Scope, contact_id: int, address: Address
) -> None:
    """Store an address of a contact that is known to be there.

    Raises ``contact.address_taken``, ``request.invalid``.
    """
    value = address.value.strip()
    if address.kind is AddressKind.PHONE:
        raise _invalid("kind", "A phone number is the contact's `phone`, not a further address.")
    if not 0 < len(value) <= ADDRESS_LIMIT:
        raise _invalid("value", f"An address has 1 to {ADDRESS_LIMIT} characters.")
    named = {
        "workspace_id": scope.workspace_id,
        "channel": str(address.channel),
        "kind": str(address.kind),
        "value": value,
    }
    address_id = await QUERIES.fetchval(
        connection, "insert_address", contact_id=contact_id, now=scope.now, **named
    )
    if address_id is not None:
        details = {"channel": named["channel"], "kind": named["kind"]}
        await audit.record(connection, scope, "address_added", "contact", contact_id, details)
        return
    owner = await QUERIES.fetchval(connection, "address_owner", **named)
    if owner != contact_id:
        raise ClarionError(
            "contact.address_taken",
            f"The contact {owner} has the address {value} on {address.channel}.",
            contact_id=owner,
        )


def no_address() -> ClarionError:
    """The refusal to leave a contact without any address."""
    return ClarionError("contact.no_address", "The contact would have no phone and no address.")


async def _lock_phone(connection: Connection, scope: Scope, contact_id: int) -> str | None:
    """The phone of a contact, which nobody else changes until the transaction ends."""
    rows = await QUERIES.fetch(
        connection, "lock_contacts", workspace_id=scope.workspace_id, contact_ids=[contact_id]
    )
    if not rows:
        raise ClarionError(
            "contact.not_found",
            f"There is no contact {contact_id} in this workspace.",
            contact_id=contact_id,
        )
    phone: str | None = rows[0]["phone"]
    return phone


def _invalid(code: str, message: str) -> ClarionError:
    return ClarionError(
        "request.invalid", message, field_errors=(FieldError("addresses", code, message),)
    )
