"""``clarion message``: list messages."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from clarion.commands.output import AsJson, print_json, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.message import MessageStatus
from clarion.services import campaigns, messages, senders
from clarion.services.messages import MessageFilter
from clarion.services.workspaces import read_workspace
from clarion.web.messages.schemas import MessageAnswer, message_answer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Messages that went out and came in.")


@app.callback()
def _messages() -> None:
    """Messages that went out and came in."""


@app.command("list")
def message_list(
    contact: Annotated[int | None, typer.Option("--contact", help="A contact's id.")] = None,
    campaign: Annotated[str | None, typer.Option("--campaign", help="Its name or id.")] = None,
    occurrence: Annotated[int | None, typer.Option("--occurrence", help="Its id.")] = None,
    sender: Annotated[str | None, typer.Option("--sender", help="Its name.")] = None,
    direction: Annotated[Literal["out", "in"] | None, typer.Option("--direction")] = None,
    status: Annotated[MessageStatus | None, typer.Option("--status")] = None,
    provider_id: Annotated[
        str | None, typer.Option("--provider-id", help="What the provider calls it.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000)] = 50,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List the messages that fit, the newest first."""

    async def work() -> list[MessageAnswer]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            scope = desk.scope
            campaign_id = sender_id = None
            if campaign is not None:
                campaign_id = (await campaigns.campaign_named(connection, scope, campaign)).id
            if sender is not None:
                sender_id = (await senders.sender_named(connection, scope, sender)).id
            wanted = MessageFilter(
                contact, campaign_id, occurrence, sender_id, direction, status, provider_id
            )
            found = await messages.list_messages(
                connection, scope, wanted, below_id=None, limit=limit
            )
            language = (await read_workspace(connection, scope)).language
            return [message_answer(each, language) for each in found]

    found = run(work())
    if as_json:
        print_json({"items": found})
        return
    rows = [
        {
            "id": each.id,
            "at": each.created_at,
            "way": each.direction,
            "contact": each.contact_phone or each.contact_name or each.contact_id,
            "what": _what(each),
            "status": each.status,
            "stage": each.stage,
            "reason": each.reason_in_words,
        }
        for each in found
    ]
    print_table(rows, nothing="No message fits.")


def _what(message: MessageAnswer) -> str:
    """The content in a few characters."""
    body = message.content.get("body", {})
    text = body.get("text") or body.get("name") or message.content.get("kind", "")
    return str(text)[:40]
