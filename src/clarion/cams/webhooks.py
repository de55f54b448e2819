"""Where receipts and inbound messages are pushed to: of the account, and of one number.

Theory of operation.  Each of the three addresses of CAMS is a webhook endpoint of ours with a name of
its own and the form of CAMS.  ``HttpFlag`` ``N`` takes the address away.  The secret that signs the
pushes is never on this wire; an administrator replaces it to learn it.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from clarion.cams.call import Answer, Call
from clarion.cams.callbacks import STATUS_WORDS
from clarion.cams.messages import callback_name, sender_of
from clarion.cams.refusals import RefusedError, invalid, missing, refuse, refuse_business
from clarion.domain.identity import Permission
from clarion.services.webhook_endpoints import (
    EndpointDraft,
    create_endpoint,
    delete_endpoint,
    endpoint_named,
    update_endpoint,
)
from clarion.store.pool import Connection

__all__ = ["update_account_webhook", "update_phone_webhook"]

_STATUS_KINDS = tuple(STATUS_WORDS)
_INBOUND_KINDS = ("message.received",)


async def update_account_webhook(call: Call) -> Answer:
    """Where the reports of every number go."""
    is_on = _is_on(call)
    async with call.transaction() as connection:
        call.scope.require(Permission.MANAGE_SETTINGS)
        if is_on and not call.text("StatusCallbackUrl"):
            raise missing("StatusCallbackUrl")
        url = call.text("StatusCallbackUrl") if is_on else ""
        await _keep(connection, call, "cams account status", url, _STATUS_KINDS)
    return {}


async def update_phone_webhook(call: Call) -> Answer:
    """Where the reports of one number go, and what is written to it."""
    is_on = _is_on(call)
    async with call.transaction() as connection:
        call.scope.require(Permission.MANAGE_SETTINGS)
        sender = await sender_of(connection, call, "PhoneNumber")
        for name, what, kinds in (
            ("StatusCallbackUrl", "status", _STATUS_KINDS),
            ("UpCallbackUrl", "inbound", _INBOUND_KINDS),
        ):
            if is_on and name not in call.values:
                continue
            url = call.text(name) if is_on else ""
            await _keep(connection, call, callback_name(what, sender), url, kinds, sender.name)
    return {}


async def _keep(
    connection: Connection,
    call: Call,
    name: str,
    url: str,
    kinds: Sequence[str],
    sender_name: str | None = None,
) -> None:
    """Make, change or (without an address) take away an endpoint."""
    found = await endpoint_named(connection, call.scope, name)
    if not url:
        if found is not None:
            await delete_endpoint(connection, call.scope, found.id)
        return
    if urlsplit(url).scheme not in ("http", "https"):
        raise refuse_business("ERR-OPERATION-MAAP-0085")
    draft = EndpointDraft(name, url, kinds, sender_name, "cams")
    if found is not None:
        await update_endpoint(connection, call.scope, found.id, draft)
        return
    await create_endpoint(
        connection,
        call.scope,
        call.place.sealer,
        draft,
        mint_secret=lambda: secrets.token_urlsafe(32),
    )


def _is_on(call: Call) -> bool:
    if call.text("QueueFlag").upper() == "Y":
        instead = "There are no message queues here; receive by HTTP."
        raise RefusedError(refuse("UnsupportedParameter", f"QueueFlag: {instead}"))
    flag = call.text("HttpFlag").upper() or "Y"
    if flag not in ("Y", "N"):
        raise invalid("HttpFlag", "Y or N")
    return flag == "Y"
