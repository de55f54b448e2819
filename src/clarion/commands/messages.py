"""``clarion message``: list and send messages."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from clarion.commands.output import AsJson, print_json, print_table, run
from clarion.commands.place import InWorkspace, open_desk
from clarion.domain.message import (
    Content,
    MessageStatus,
    TemplateContent,
    TemplateParameter,
    TextContent,
)
from clarion.services import campaigns, messages, senders
from clarion.services.message_requests import MessageRequest, Recipient, send_messages
from clarion.services.messages import MessageFilter
from clarion.services.workspaces import read_workspace
from clarion.web.messages.schemas import MessageAnswer, message_answer
from clarion.web.messages.sends import mint_key

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Messages that went out and came in.")


# Whole numbers shorter than this are ids; there is no phone number so short.
_SHORTEST_NUMBER = 7


@app.callback()
def _messages() -> None:
    """Messages that went out and came in."""


@app.command("send")
def message_send(
    to: Annotated[str, typer.Option("--to", help="A phone number, or a contact's id.")],
    text: Annotated[
        str | None, typer.Option("--text", help="Free text; the person wrote within 24 hours.")
    ] = None,
    template: Annotated[str | None, typer.Option("--template", help="A template's name.")] = None,
    template_language: Annotated[str, typer.Option("--language", help="The template's.")] = "en",
    parameters: Annotated[
        list[str] | None,
        typer.Option("--parameter", help="A body value, in order, or NAME=VALUE; repeatable."),
    ] = None,
    sender: Annotated[str | None, typer.Option("--sender", help="Its name.")] = None,
    key: Annotated[str, typer.Option("--key", help="Under one key nothing is sent twice.")] = "",
    tag: Annotated[str, typer.Option("--tag", help="Your own mark.")] = "",
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Send one message: a template, or free text to somebody who wrote lately."""
    if (text is None) == (template is None):
        raise typer.BadParameter("Give either --text or --template.")
    content: Content = (
        TextContent(text)
        if text is not None
        else TemplateContent(
            template or "",
            template_language,
            tuple(_parameter(each) for each in parameters or ()),
        )
    )
    is_contact = to.isascii() and to.isdigit() and len(to) < _SHORTEST_NUMBER
    recipient = Recipient(content, int(to) if is_contact else None, None if is_contact else to)

    async def work() -> MessageAnswer:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            request = MessageRequest([recipient], sender, key, tag)
            sent = await send_messages(connection, desk.scope, request, mint_key=mint_key)
            language = (await read_workspace(connection, desk.scope)).language
            return message_answer(sent.messages[0], language)

    sent = run(work())
    if as_json:
        print_json(sent)
        return
    told = f"{sent.status}" + (f" ({sent.reason_in_words})" if sent.reason else "")
    typer.echo(f"Message {sent.id}: {told}.")


def _parameter(text: str) -> TemplateParameter:
    """A body value by its order, or by the name before the first ``=``."""
    name, is_named, value = text.partition("=")
    if is_named and name.isidentifier():
        return TemplateParameter("body", value, name=name)
    return TemplateParameter("body", text)


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
