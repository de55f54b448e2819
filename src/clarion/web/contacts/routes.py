"""The routes of contacts."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query
from starlette.responses import StreamingResponse

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.message import Address, Channel
from clarion.services import addresses, consents, contact_counts, contact_exports, contacts, groups
from clarion.services.contacts import ContactDraft, ContactFilter
from clarion.services.scope import Scope
from clarion.store.pool import Connection
from clarion.web.access import Asking
from clarion.web.contacts.schemas import (
    AddressBody,
    ConsentAnswer,
    ConsentBody,
    ConsentsAnswer,
    ContactAnswer,
    ContactChangeBody,
    ContactCountAnswer,
    ContactIdsBody,
    DeletedAnswer,
    MembershipBody,
    NewContactBody,
)
from clarion.web.database import DB, PlaceOf
from clarion.web.downloads import CSV_RESPONSE, csv_download
from clarion.web.paging import Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import LARGEST_ID, Id, SearchText

__all__ = ["router"]

router = noun_router("contacts", prefix="/contacts")

OptionalId = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


@router.post(
    "",
    operation_id="contact_create",
    summary="Make a contact",
    status_code=201,
    dependencies=ONCE,
    responses=refusals(
        "contact.phone_invalid", "contact.no_address", "contact.address_taken", "group.not_found"
    ),
)
async def contact_create(connection: DB, scope: Asking, body: NewContactBody) -> ContactAnswer:
    """Without any group it goes to the system's group "Ungrouped"."""
    draft = ContactDraft(
        name=body.name or "",
        phone=body.phone or None,
        country=body.country,
        email=body.email or "",
        remark=body.remark or "",
        language=body.language,
        zone=body.zone,
        attributes=body.attributes,
        addresses=[_address_of(address) for address in body.addresses],
    )
    made = await contacts.create_contact(
        connection, scope, draft, group_ids=body.group_ids, group_names=body.group_names
    )
    return ContactAnswer.model_validate(made)


def _wanted(
    text: Annotated[
        SearchText | None, Query(max_length=200, description="Part of the name or the phone.")
    ] = None,
    group_id: OptionalId = None,
    attribute: Annotated[
        list[SearchText], Query(max_length=10, description="`name:value`, equal; may be repeated.")
    ] = [],  # noqa: B006 - FastAPI copies it
    consent_state: Literal["opted_in", "opted_out", "none"] | None = None,
    consent_channel: Channel = Channel.WHATSAPP,
) -> ContactFilter:
    return ContactFilter(
        text=text,
        group_id=group_id,
        attributes=dict(_attribute_of(one) for one in attribute),
        consent_state=consent_state,
        consent_channel=str(consent_channel),
    )


@router.get("", operation_id="contact_search", summary="Search contacts")
async def contact_search(
    connection: DB,
    scope: Asking,
    paging: Paging,
    wanted: Annotated[ContactFilter, Depends(_wanted)],
) -> Page[ContactAnswer]:
    """In the order in which they were made; all filters must fit."""
    rows = await contacts.list_contacts(
        connection, scope, wanted, above_id=paging.above_id, limit=paging.fetch_count
    )
    return page_of(rows, paging, ContactAnswer.model_validate, lambda contact: (contact.id,))


@router.get("/count", operation_id="contact_count", summary="Count the contacts of a search")
async def contact_count(
    connection: DB,
    scope: Asking,
    wanted: Annotated[ContactFilter, Depends(_wanted)],
    exact: Annotated[
        bool, Query(description="Count all of them, however long that takes.")
    ] = False,
) -> ContactCountAnswer:
    """Exact up to 10,000; above that an estimate, unless the exact number is asked for."""
    counted = await contact_counts.count_contacts(connection, scope, wanted, is_exact=exact)
    return ContactCountAnswer.model_validate(counted)


@router.get(
    "/export.csv",
    operation_id="contact_export",
    summary="Export contacts as CSV",
    response_class=StreamingResponse,
    responses={**refusals("group.not_found"), 200: CSV_RESPONSE},
)
async def contact_export(
    place: PlaceOf,
    scope: Asking,
    group_id: OptionalId = None,
    channel: Channel = Channel.WHATSAPP,
) -> StreamingResponse:
    """Those of a group, or all; an import can read the file again."""
    pieces = contact_exports.export_contacts(
        place.pool, scope, group_id=group_id, channel=str(channel)
    )
    return await csv_download(pieces, f"contacts-{scope.now:%Y-%m-%d}.csv")


@router.post("/delete", operation_id="contact_delete_many", summary="Delete many contacts")
async def contact_delete_many(connection: DB, scope: Asking, body: ContactIdsBody) -> DeletedAnswer:
    """Ids that are not there are no error."""
    count = await contacts.delete_contacts(connection, scope, body.contact_ids)
    return DeletedAnswer(deleted_count=count)


@router.post(
    "/groups",
    operation_id="contact_regroup",
    summary="Add many contacts to groups, remove them, or replace their groups",
    status_code=204,
    responses=refusals("contact.not_found", "group.not_found", "contact.last_group"),
)
async def contact_regroup(connection: DB, scope: Asking, body: MembershipBody) -> None:
    """All of them or none; nobody is left without a group."""
    group_ids = await groups.find_or_create_groups(
        connection, scope, group_ids=body.group_ids, group_names=body.group_names
    )
    await groups.change_memberships(connection, scope, body.contact_ids, group_ids, body.change)


@router.get(
    "/{contact_id}",
    operation_id="contact_read",
    summary="Read a contact",
    responses=refusals("contact.not_found"),
)
async def contact_read(connection: DB, scope: Asking, contact_id: Id) -> ContactAnswer:
    """With its groups, addresses and consents."""
    return ContactAnswer.model_validate(await contacts.read_contact(connection, scope, contact_id))


@router.patch(
    "/{contact_id}",
    operation_id="contact_update",
    summary="Change a contact",
    responses=refusals(
        "contact.not_found",
        "contact.phone_invalid",
        "contact.no_address",
        "contact.address_taken",
    ),
)
async def contact_update(
    connection: DB, scope: Asking, contact_id: Id, body: ContactChangeBody
) -> ContactAnswer:
    """What the body does not name stays."""
    changed = await contacts.update_contact(
        connection, scope, contact_id, body.model_dump(exclude_unset=True)
    )
    return ContactAnswer.model_validate(changed)


@router.delete(
    "/{contact_id}",
    operation_id="contact_delete",
    summary="Delete a contact",
    status_code=204,
    responses=refusals("contact.not_found"),
)
async def contact_delete(connection: DB, scope: Asking, contact_id: Id) -> None:
    """Its messages and its history go with it."""
    if not await contacts.delete_contacts(connection, scope, [contact_id]):
        raise ClarionError(
            "contact.not_found", f"There is no contact {contact_id} in this workspace."
        )


@router.post(
    "/{contact_id}/addresses",
    operation_id="contact_add_address",
    summary="Give a contact another address",
    responses=refusals("contact.not_found", "contact.address_taken"),
)
async def contact_add_address(
    connection: DB, scope: Asking, contact_id: Id, body: AddressBody
) -> ContactAnswer:
    """Nothing happens when it has the address already."""
    await addresses.add_address(connection, scope, contact_id, _address_of(body))
    return ContactAnswer.model_validate(await contacts.read_contact(connection, scope, contact_id))


@router.delete(
    "/{contact_id}/addresses/{address_id}",
    operation_id="contact_remove_address",
    summary="Take an address away",
    responses=refusals("contact.not_found", "contact.address_not_found", "contact.no_address"),
)
async def contact_remove_address(
    connection: DB, scope: Asking, contact_id: Id, address_id: Id
) -> ContactAnswer:
    """A contact without a phone keeps its last address."""
    await addresses.remove_address(connection, scope, contact_id, address_id)
    return ContactAnswer.model_validate(await contacts.read_contact(connection, scope, contact_id))


@router.get(
    "/{contact_id}/consents",
    operation_id="contact_consents",
    summary="Read what a contact agreed to",
    responses=refusals("contact.not_found"),
)
async def contact_consents(connection: DB, scope: Asking, contact_id: Id) -> ConsentsAnswer:
    """Now, and how it came about."""
    return await _consents_of(connection, scope, contact_id)


@router.put(
    "/{contact_id}/consents/{channel}",
    operation_id="contact_set_consent",
    summary="Record what a contact said outside of the channel",
    responses=refusals("contact.not_found"),
)
async def contact_set_consent(
    connection: DB, scope: Asking, contact_id: Id, channel: Channel, body: ConsentBody
) -> ConsentsAnswer:
    """An opt-out stops what is queued already."""
    await consents.set_consent(connection, scope, contact_id, channel, body.state, body.reason)
    return await _consents_of(connection, scope, contact_id)


async def _consents_of(connection: Connection, scope: Scope, contact_id: int) -> ConsentsAnswer:
    present = await consents.read_consents(connection, scope, contact_id)
    history = await consents.consent_history(connection, scope, contact_id)
    return ConsentsAnswer(
        consents=[ConsentAnswer.model_validate(one) for one in present],
        history=[ConsentAnswer.model_validate(one) for one in history],
    )


def _address_of(body: AddressBody) -> Address:
    return Address(body.channel, body.kind, body.value)


def _attribute_of(written: str) -> tuple[str, str]:
    name, colon, value = written.partition(":")
    if not colon or not name:
        message = f"{written[:60]!r} is not of the form name:value."
        raise ClarionError(
            "request.invalid",
            message,
            field_errors=(FieldError("query.attribute", "form", message),),
        )
    return name, value
