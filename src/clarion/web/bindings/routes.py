"""The routes of bindings: which flows listen to which senders."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from clarion.domain.opt_out import is_opt_out_text
from clarion.flow.trigger import TriggerKind
from clarion.services import binding_tries, bindings
from clarion.services.binding_tries import TriedMessage
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
    conditions: list[Any] = Field(
        description="Of its published version, or of its draft; none at all: any message."
    )


class TriedMessageBody(Body):
    """A message that a person could send."""

    text: Annotated[str, Field(max_length=4096)] = ""
    kind: Literal["text", "button", "list", "media", "location"] = "text"
    payload: Annotated[str, Field(max_length=256)] | None = Field(
        default=None, description="The id of the button or row that is tapped."
    )
    referral: Annotated[str, Field(max_length=100)] | None = Field(
        default=None, description="The id of the advertisement that opened the chat."
    )

    def message(self) -> TriedMessage:
        """The same for the service."""
        return TriedMessage(self.text, self.kind, self.payload, self.referral)


class TriggerTryBody(Body):
    """A trigger as it stands in a flow file, and a message."""

    trigger: dict[str, Any]
    message: TriedMessageBody


class TriggerTryAnswer(BaseModel):
    """Whether the message begins the flow."""

    model_config = ConfigDict(from_attributes=True)

    is_fitting: bool
    condition_indexes: list[int] = Field(description="The conditions that it fits, from 0.")
    is_opt_out: bool = Field(description="A word like STOP: it begins nothing, whatever fits.")


class BindingTryAnswer(BaseModel):
    """What one flow that listens makes of a message."""

    model_config = ConfigDict(from_attributes=True)

    binding: BindingAnswer
    is_fitting: bool
    condition_indexes: list[int]
    would_begin: bool = Field(description="The first published one that fits.")


class BindingTriesAnswer(BaseModel):
    """Every flow that listens to a sender, in the order in which they are asked."""

    is_opt_out: bool = Field(description="A word like STOP: it begins nothing, whatever fits.")
    tries: list[BindingTryAnswer]


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


@router.post(
    "/flows/try-trigger",
    operation_id="flow_try_trigger",
    summary="Try which messages a trigger takes",
    responses=refusals("flow.invalid"),
)
async def flow_try_trigger(scope: Asking, body: TriggerTryBody) -> TriggerTryAnswer:
    """Nothing begins; the trigger need not be saved."""
    tried = binding_tries.try_trigger(scope, body.trigger, body.message.message())
    return TriggerTryAnswer.model_validate(tried)


@router.post(
    "/senders/{sender_id}/bindings/try",
    operation_id="binding_try",
    summary="Try which flow a message to a sender begins",
    responses=refusals("sender.not_found"),
)
async def binding_try(
    connection: DB, scope: Asking, sender_id: Id, body: TriedMessageBody
) -> BindingTriesAnswer:
    """Nothing begins; sessions that wait, and people who look after a conversation, go before."""
    message = body.message()
    tries = await binding_tries.try_bindings(connection, scope, sender_id, message)
    return BindingTriesAnswer(
        is_opt_out=is_opt_out_text(message.text),
        tries=[BindingTryAnswer.model_validate(each) for each in tries],
    )
