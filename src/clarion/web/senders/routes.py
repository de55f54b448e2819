"""The routes of senders."""

from __future__ import annotations

import secrets as randomness
from datetime import timedelta

from fastapi import Request

from clarion.reports.message_counts import counts_of_senders
from clarion.services import sender_health, senders, templates
from clarion.services.sender_secrets import Rotation, forget_former_secret, rotate_secrets
from clarion.services.senders import NewSender, SenderChange, WhatsAppConfig
from clarion.services.webhook_checks import CHALLENGE_BYTES, check_webhook, subscribe_webhook
from clarion.web.access import Asking, AskingBriefly
from clarion.web.database import DB, PlaceOf
from clarion.web.message_counts import AskedStretch, MessageCountsAnswer
from clarion.web.paging import Page
from clarion.web.routing import ONCE, noun_router, refusals
from clarion.web.schemas import Id
from clarion.web.senders.schemas import (
    FindingAnswer,
    NewSenderAnswer,
    NewSenderBody,
    PauseBody,
    RotationBody,
    SenderAnswer,
    SenderChangeBody,
)
from clarion.web.templates.schemas import SyncAnswer

__all__ = ["router"]

router = noun_router("senders", prefix="/senders")

_NOT_FOUND = ("sender.not_found",)
_ASKS_PROVIDER = (
    "sender.not_found",
    "provider.refused",
    "provider.unreachable",
    "secret.unreadable",
)


@router.post(
    "",
    operation_id="sender_create",
    summary="Add a sender",
    status_code=201,
    dependencies=ONCE,
    responses=refusals("sender.name_taken"),
)
async def sender_create(
    connection: DB, scope: Asking, place: PlaceOf, body: NewSenderBody
) -> NewSenderAnswer:
    """Enter `webhook_path` (after this server's address) and `verify_token` at the provider."""
    new = NewSender(
        name=body.name,
        config=WhatsAppConfig(
            body.phone_number_id, body.waba_id, body.base_url, body.version, body.endpoint
        ),
        token=body.token,
        app_secret=body.app_secret,
        verify_token=body.verify_token,
        rate_per_second=body.rate_per_second,
    )
    sender, verify_token = await senders.create_sender(connection, scope, place.sealer, new)
    return NewSenderAnswer(
        **SenderAnswer.model_validate(sender).model_dump(), verify_token=verify_token
    )


@router.get("", operation_id="sender_list", summary="List the senders by name")
async def sender_list(connection: DB, scope: Asking) -> Page[SenderAnswer]:
    """All on one page: a workspace has few."""
    rows = await senders.list_senders(connection, scope)
    return Page(items=[SenderAnswer.model_validate(row) for row in rows], total_count=len(rows))


@router.get(
    "/{sender_id}",
    operation_id="sender_read",
    summary="Read a sender",
    responses=refusals(*_NOT_FOUND),
)
async def sender_read(connection: DB, scope: Asking, sender_id: Id) -> SenderAnswer:
    """With its state, its health and what waits."""
    return SenderAnswer.model_validate(await senders.read_sender(connection, scope, sender_id))


@router.patch(
    "/{sender_id}",
    operation_id="sender_update",
    summary="Change a sender",
    responses=refusals(*_NOT_FOUND, "sender.name_taken", "secret.unreadable"),
)
async def sender_update(
    connection: DB, scope: Asking, place: PlaceOf, sender_id: Id, body: SenderChangeBody
) -> SenderAnswer:
    """Number and account stay; for others add another sender."""
    change = SenderChange(**body.model_dump())
    changed = await senders.update_sender(connection, scope, place.sealer, sender_id, change)
    return SenderAnswer.model_validate(changed)


@router.post(
    "/{sender_id}/pause",
    operation_id="sender_pause",
    summary="Let nothing more leave from a sender",
    responses=refusals(*_NOT_FOUND),
)
async def sender_pause(
    connection: DB, scope: Asking, sender_id: Id, body: PauseBody
) -> SenderAnswer:
    """Its messages wait until it is resumed."""
    return SenderAnswer.model_validate(
        await senders.pause_sender(connection, scope, sender_id, reason=body.reason)
    )


@router.post(
    "/{sender_id}/resume",
    operation_id="sender_resume",
    summary="Let a paused sender go on",
    responses=refusals(*_NOT_FOUND),
)
async def sender_resume(connection: DB, scope: Asking, sender_id: Id) -> SenderAnswer:
    """Also ends a pause that the provider caused."""
    return SenderAnswer.model_validate(await senders.resume_sender(connection, scope, sender_id))


@router.delete(
    "/{sender_id}",
    operation_id="sender_remove",
    summary="Remove a sender and forget its secrets",
    status_code=204,
    responses=refusals(*_NOT_FOUND, "sender.in_use"),
)
async def sender_remove(connection: DB, scope: Asking, sender_id: Id) -> None:
    """Refused while messages wait or a campaign names it."""
    await senders.remove_sender(connection, scope, sender_id)


@router.post(
    "/{sender_id}/refresh-health",
    operation_id="sender_refresh_health",
    summary="Ask the provider how a sender fares",
    responses=refusals(*_ASKS_PROVIDER),
)
async def sender_refresh_health(
    scope: AskingBriefly, place: PlaceOf, sender_id: Id
) -> SenderAnswer:
    """The answer is kept in `health`."""
    return SenderAnswer.model_validate(await sender_health.refresh_health(place, scope, sender_id))


@router.post(
    "/{sender_id}/replace-secrets",
    operation_id="sender_replace_secrets",
    summary="Replace the secrets of a sender while it works",
    responses=refusals(*_ASKS_PROVIDER),
)
async def sender_replace_secrets(
    scope: AskingBriefly, place: PlaceOf, sender_id: Id, body: RotationBody
) -> SenderAnswer:
    """A new access token is tried first; the former app secret opens webhooks for a while longer."""
    rotation = Rotation(
        body.token,
        body.app_secret,
        body.verify_token,
        timedelta(seconds=body.accept_former_seconds),
        body.is_resumed,
    )
    return SenderAnswer.model_validate(await rotate_secrets(place, scope, sender_id, rotation))


@router.post(
    "/{sender_id}/forget-former-secret",
    operation_id="sender_forget_former_secret",
    summary="Take no more webhooks that are signed with the former app secret",
    responses=refusals(*_NOT_FOUND, "secret.unreadable"),
)
async def sender_forget_former_secret(
    connection: DB, scope: Asking, place: PlaceOf, sender_id: Id
) -> SenderAnswer:
    """At the latest two seconds later on every machine."""
    return SenderAnswer.model_validate(
        await forget_former_secret(connection, scope, place, sender_id)
    )


@router.post(
    "/{sender_id}/check-webhook",
    operation_id="sender_check_webhook",
    summary="See whether the provider's webhooks reach this server",
    responses=refusals(*_NOT_FOUND, "secret.unreadable"),
)
async def sender_check_webhook(
    request: Request, scope: AskingBriefly, place: PlaceOf, sender_id: Id
) -> list[FindingAnswer]:
    """Every link of the chain in its order, each with what was found and what to do."""
    findings = await check_webhook(
        place,
        scope,
        sender_id,
        origin=str(request.base_url),
        challenge=randomness.token_hex(CHALLENGE_BYTES),
    )
    return [FindingAnswer.model_validate(each) for each in findings]


@router.post(
    "/{sender_id}/subscribe-webhook",
    operation_id="sender_subscribe_webhook",
    summary="Subscribe a sender's account to the app",
    status_code=204,
    responses=refusals(*_ASKS_PROVIDER),
)
async def sender_subscribe_webhook(scope: AskingBriefly, place: PlaceOf, sender_id: Id) -> None:
    """So that the provider sends the account's webhooks."""
    await subscribe_webhook(place, scope, sender_id)


@router.post(
    "/{sender_id}/sync-templates",
    operation_id="sender_sync_templates",
    summary="Read the templates of a sender's account",
    responses=refusals(*_ASKS_PROVIDER),
)
async def sender_sync_templates(scope: AskingBriefly, place: PlaceOf, sender_id: Id) -> SyncAnswer:
    """It also happens by itself from time to time."""
    return SyncAnswer.model_validate(await templates.sync_templates(place, scope, sender_id))


@router.get(
    "/{sender_id}/counts",
    operation_id="sender_counts_read",
    summary="How a sender's messages fared over time",
    responses=refusals("sender.not_found"),
)
async def sender_counts_read(
    connection: DB, scope: Asking, sender_id: Id, stretch: AskedStretch
) -> list[MessageCountsAnswer]:
    """Messages by when they were written; stretches without any are left out."""
    sender = await senders.read_sender(connection, scope, sender_id)
    found = await counts_of_senders(connection, scope.workspace_id, [sender.id], stretch)
    return [MessageCountsAnswer.model_validate(each) for each in found]
