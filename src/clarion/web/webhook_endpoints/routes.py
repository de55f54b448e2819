"""The routes of webhooks out: endpoints and their deliveries."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.webhook import EVENT_KINDS, EndpointForm
from clarion.services import webhook_endpoints, webhook_history
from clarion.services.webhook_endpoints import EndpointDraft
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf
from clarion.web.paging import LARGEST_KEY, Page, Paging, page_of
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Body, Id, Text

__all__ = ["DeliveryAnswer", "EndpointAnswer", "mint_secret", "router"]

router = noun_router("webhook endpoints")

_KINDS_TOLD = " ".join(f"`{kind}`: {told}" for kind, told in EVENT_KINDS.items())
DeliveryStatus = Literal["waiting", "delivered", "failed"]


class EndpointAnswer(BaseModel):
    """An address that is told what happens."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    url: str
    kinds: list[str]
    sender_id: int | None
    sender_name: str | None
    form: EndpointForm
    is_active: bool
    created_at: datetime
    updated_at: datetime
    waiting_count: int = Field(description="Events that are still to be delivered.")
    last_status: DeliveryStatus | None = Field(description="What became of the newest delivery.")
    last_http_status: int | None
    last_answer: str | None
    last_at: datetime | None


class NewEndpointAnswer(EndpointAnswer):
    """A new endpoint with its secret, which is shown this once."""

    secret: str


class EndpointSecretAnswer(BaseModel):
    """A new secret, which is shown this once."""

    secret: str


class DeliveryAnswer(BaseModel):
    """One delivery of events to an endpoint."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    endpoint_id: int
    endpoint_name: str
    status: DeliveryStatus
    attempt_count: int
    next_at: datetime | None = Field(description="When it is tried again.")
    http_status: int | None
    answer: str = Field(description="What the receiver said last, or why it was not reached.")
    created_at: datetime
    finished_at: datetime | None
    replay_of_id: int | None
    event_count: int
    kinds: list[str]


class EndpointRequest(Body):
    """What an endpoint shall be."""

    name: Annotated[Text, Field(min_length=1, max_length=100)]
    url: Annotated[Text, Field(min_length=1, max_length=2000)]
    kinds: list[Text] = Field(min_length=1, max_length=50, description=_KINDS_TOLD)
    sender: Annotated[Text, Field(max_length=100)] | None = Field(
        None, description="A sender's name: only its events."
    )
    form: EndpointForm = Field(
        "clarion", description="`cams`: reports as CAMS pushes them; only kinds of messages."
    )
    is_active: bool = True

    def draft(self) -> EndpointDraft:
        """As the service takes it."""
        return EndpointDraft(
            self.name, self.url, self.kinds, self.sender, self.form, self.is_active
        )


_REFUSALS = (
    "webhook_endpoint.invalid",
    "webhook_endpoint.name_taken",
    "sender.not_found",
)


def mint_secret() -> str:
    """A new secret."""
    return secrets.token_urlsafe(32)


@router.get(
    "/webhook-endpoints", operation_id="webhook_endpoint_list", summary="List the webhook endpoints"
)
async def webhook_endpoint_list(connection: DB, scope: Asking) -> list[EndpointAnswer]:
    """All of the workspace, the oldest first."""
    found = await webhook_endpoints.list_endpoints(connection, scope)
    return [EndpointAnswer.model_validate(each) for each in found]


@router.post(
    "/webhook-endpoints",
    operation_id="webhook_endpoint_create",
    summary="Make a webhook endpoint",
    status_code=201,
    dependencies=ONCE,
    responses=refusals(*_REFUSALS),
)
async def webhook_endpoint_create(
    connection: DB, scope: Asking, place: PlaceOf, body: EndpointRequest
) -> NewEndpointAnswer:
    """The secret that signs every delivery is shown this once."""
    made, secret = await webhook_endpoints.create_endpoint(
        connection, scope, place.sealer, body.draft(), mint_secret=mint_secret
    )
    answer = EndpointAnswer.model_validate(made)
    return NewEndpointAnswer(**answer.model_dump(), secret=secret)


@router.get(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="webhook_endpoint_read",
    summary="Read a webhook endpoint",
    responses=refusals("webhook_endpoint.not_found"),
)
async def webhook_endpoint_read(connection: DB, scope: Asking, endpoint_id: Id) -> EndpointAnswer:
    """How much waits, and what became of the newest delivery."""
    found = await webhook_endpoints.read_endpoint(connection, scope, endpoint_id)
    return EndpointAnswer.model_validate(found)


@router.put(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="webhook_endpoint_update",
    summary="Change a webhook endpoint",
    responses=refusals("webhook_endpoint.not_found", *_REFUSALS),
)
async def webhook_endpoint_update(
    connection: DB, scope: Asking, endpoint_id: Id, body: EndpointRequest
) -> EndpointAnswer:
    """Its secret stays; what waits goes to the new address."""
    changed = await webhook_endpoints.update_endpoint(connection, scope, endpoint_id, body.draft())
    return EndpointAnswer.model_validate(changed)


@router.delete(
    "/webhook-endpoints/{endpoint_id}",
    operation_id="webhook_endpoint_delete",
    summary="Delete a webhook endpoint",
    status_code=204,
    responses=refusals("webhook_endpoint.not_found"),
)
async def webhook_endpoint_delete(connection: DB, scope: Asking, endpoint_id: Id) -> None:
    """What waits for it is told to nobody."""
    await webhook_endpoints.delete_endpoint(connection, scope, endpoint_id)


@router.post(
    "/webhook-endpoints/{endpoint_id}/secret",
    operation_id="webhook_endpoint_replace_secret",
    summary="Replace the secret of a webhook endpoint",
    responses=refusals("webhook_endpoint.not_found"),
)
async def webhook_endpoint_replace_secret(
    connection: DB, scope: Asking, place: PlaceOf, endpoint_id: Id
) -> EndpointSecretAnswer:
    """The old one ends at once."""
    secret = await webhook_endpoints.replace_secret(
        connection, scope, place.sealer, endpoint_id, mint_secret=mint_secret
    )
    return EndpointSecretAnswer(secret=secret)


@router.post(
    "/webhook-endpoints/{endpoint_id}/test",
    operation_id="webhook_endpoint_test",
    summary="Send a test to a webhook endpoint",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("webhook_endpoint.not_found", "webhook_endpoint.invalid"),
)
async def webhook_endpoint_test(connection: DB, scope: Asking, endpoint_id: Id) -> DeliveryAnswer:
    """An event `endpoint.test`, signed and delivered as all others are; refused when it is off."""
    made = await webhook_history.send_test(connection, scope, endpoint_id)
    return DeliveryAnswer.model_validate(made)


@router.get(
    "/webhook-deliveries",
    operation_id="webhook_delivery_list",
    summary="List deliveries, the newest first",
)
async def webhook_delivery_list(
    connection: DB,
    scope: Asking,
    paging: Paging,
    endpoint_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
    status: DeliveryStatus | None = None,
) -> Page[DeliveryAnswer]:
    """What was told to whom, and what they answered; kept for 14 days."""
    rows = await webhook_history.list_deliveries(
        connection,
        scope,
        endpoint_id=endpoint_id,
        status=status,
        below_id=paging.below_id,
        limit=paging.fetch_count,
    )
    return page_of(rows, paging, DeliveryAnswer.model_validate, lambda row: (row.id,))


@router.post(
    "/webhook-deliveries/{delivery_id}/replay",
    operation_id="webhook_delivery_replay",
    summary="Deliver the same events once more",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("webhook_delivery.not_found"),
)
async def webhook_delivery_replay(connection: DB, scope: Asking, delivery_id: Id) -> DeliveryAnswer:
    """As a new delivery; one that still waits is tried at once instead."""
    made = await webhook_history.replay_delivery(connection, scope, delivery_id)
    return DeliveryAnswer.model_validate(made)
