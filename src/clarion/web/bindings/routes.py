"""The routes of bindings: which flows listen to which senders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from clarion.flow.trigger import TriggerKind
from clarion.services import bindings
from clarion.services.bindings import USUAL_PRIORITY
from clarion.web.access import Asking
from clarion.web.database import DB
from clarion.web.paging import LARGEST_KEY, Page
from clarion.web.routing import noun_router, refusals
from clarion.web.schemas import Body, Id, IdInBody

__all__ = ["BindingAnswer", "router"]

router = noun_router("bindings")

_REFUSALS = (
    "flow.not_found",
    "sender.not_found",
    "binding.flow_published",
    "binding.trigger_manual",
    "binding.channel_differs",
)


class BindingBody(Body):
    """In which order the flows of one sender are asked."""

    priority: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=USUAL_PRIORITY, description="The lowest number is asked first."
    )


class MoveBindingBody(Body):
    """Where the flow listens from now on."""

    to_sender_id: IdInBody


class BindingAnswer(BaseModel):
    """A flow that listens to a sender."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    flow_id: int
    flow_name: str
    trigger_kind: TriggerKind
    is_published: bool = Field(description="Only then does a message start it.")
    sender_id: int
    sender_name: str
    channel: str
    priority: int
    bound_at: datetime
    bound_by: str


@router.get("/bindings", operation_id="binding_list", summary="List who listens to whom")
async def binding_list(
    connection: DB,
    scope: Asking,
    flow_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
    sender_id: Annotated[int | None, Query(ge=1, le=LARGEST_KEY)] = None,
) -> Page[BindingAnswer]:
    """By sender, in the order in which the flows are asked."""
    found = await bindings.list_bindings(connection, scope, flow_id=flow_id, sender_id=sender_id)
    items = [BindingAnswer.model_validate(each) for each in found]
    return Page(items=items, total_count=len(items))


@router.put(
    "/flows/{flow_id}/bindings/{sender_id}",
    operation_id="binding_update",
    summary="Let a flow listen to a sender",
    responses=refusals(*_REFUSALS),
)
async def binding_update(
    connection: DB, scope: Asking, flow_id: Id, sender_id: Id, body: BindingBody
) -> BindingAnswer:
    """Only while the flow is not published; one that listens already gets the priority."""
    bound = await bindings.bind_flow(connection, scope, flow_id, sender_id, priority=body.priority)
    return BindingAnswer.model_validate(bound)


@router.post(
    "/flows/{flow_id}/bindings/{sender_id}/move",
    operation_id="binding_move",
    summary="Let a flow listen to another sender instead",
    responses=refusals(*_REFUSALS, "binding.not_found"),
)
async def binding_move(
    connection: DB, scope: Asking, flow_id: Id, sender_id: Id, body: MoveBindingBody
) -> BindingAnswer:
    """Only while the flow is not published; the priority stays."""
    moved = await bindings.rebind_flow(connection, scope, flow_id, sender_id, body.to_sender_id)
    return BindingAnswer.model_validate(moved)


@router.delete(
    "/flows/{flow_id}/bindings/{sender_id}",
    operation_id="binding_delete",
    summary="Let a flow listen to a sender no more",
    status_code=204,
    responses=refusals("flow.not_found", "binding.not_found", "binding.flow_published"),
)
async def binding_delete(connection: DB, scope: Asking, flow_id: Id, sender_id: Id) -> None:
    """Only while the flow is not published."""
    await bindings.unbind_flow(connection, scope, flow_id, sender_id)
