"""``clarion sender``: the business numbers and accounts that messages leave from."""

from __future__ import annotations

import secrets as randomness
from datetime import timedelta
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from clarion.commands.message_counts import LastDays, OfWidth, print_counts, stretch_of
from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import Desk, InWorkspace, open_desk
from clarion.domain.errors import ClarionError, FieldError
from clarion.reports.message_counts import MessageCounts, counts_of_senders
from clarion.services import senders
from clarion.services.sender_health import refresh_health
from clarion.services.sender_secrets import Rotation, rotate_secrets
from clarion.services.senders import (
    DEFAULT_BASE_URL,
    DEFAULT_VERSION,
    NewSender,
    Sender,
    WhatsAppConfig,
)
from clarion.services.webhook_checks import (
    CHALLENGE_BYTES,
    Finding,
    check_webhook,
    subscribe_webhook,
)
from clarion.web.senders.schemas import FindingAnswer, NewSenderBody, SenderAnswer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Senders: business numbers and accounts.")
add_app = typer.Typer(no_args_is_help=True, help="Add a sender of a channel.")
app.add_typer(add_app, name="add")

Name = Annotated[str, typer.Argument(help="The sender's name.")]


def _facts(sender: Sender) -> dict[str, Any]:
    return SenderAnswer.model_validate(sender).model_dump(mode="json")


def _body_of(**given: Any) -> NewSenderBody:
    """The rules of the REST API hold here too."""
    try:
        return NewSenderBody(**given)
    except ValidationError as error:
        faults = tuple(
            FieldError(".".join(map(str, item["loc"])), item["type"], item["msg"])
            for item in error.errors(include_input=False)
        )
        raise ClarionError(
            "request.invalid", "The sender is not valid.", field_errors=faults
        ) from None


@add_app.command("whatsapp")
def sender_add_whatsapp(
    name: Annotated[str, typer.Option(help="The sender's name, as flows and campaigns use it.")],
    phone_number_id: Annotated[str, typer.Option(help="The number's id at Meta.")],
    waba_id: Annotated[str, typer.Option(help="The id of the WhatsApp Business account.")],
    token: Annotated[str, typer.Option(help="The access token.", prompt=True, hide_input=True)],
    app_secret: Annotated[
        str,
        typer.Option(help="The app's secret, which signs webhooks.", prompt=True, hide_input=True),
    ],
    verify_token: Annotated[
        str | None, typer.Option(help="For the webhook's handshake; made when not given.")
    ] = None,
    base_url: Annotated[str, typer.Option(help="Where the Cloud API is.")] = DEFAULT_BASE_URL,
    version: Annotated[str, typer.Option(help="The API's version.")] = DEFAULT_VERSION,
    endpoint: Annotated[
        str, typer.Option(help="For marketing templates: messages or marketing_messages.")
    ] = "messages",
    rate_per_second: Annotated[float, typer.Option(help="Messages a second, at most.")] = 68.0,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Add a WhatsApp number; prints the webhook's path and its verify token."""

    async def work() -> tuple[Sender, str]:
        body = _body_of(
            name=name,
            phone_number_id=phone_number_id,
            waba_id=waba_id,
            token=token,
            app_secret=app_secret,
            verify_token=verify_token,
            base_url=base_url,
            version=version,
            endpoint=endpoint,
            rate_per_second=rate_per_second,
        )
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
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await senders.create_sender(connection, desk.scope, desk.place.sealer, new)

    sender, minted = run(work())
    if as_json:
        print_json({**_facts(sender), "verify_token": minted})
    else:
        print_facts(
            {
                "id": sender.id,
                "name": sender.name,
                "webhook_path": sender.webhook_path,
                "verify_token": minted,
            }
        )


@app.command("list")
def sender_list(*, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the senders with their state and what waits."""

    async def work() -> list[Sender]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await senders.list_senders(connection, desk.scope)

    found = run(work())
    if as_json:
        print_json({"items": [_facts(sender) for sender in found]})
        return
    rows = [
        {
            "id": sender.id,
            "name": sender.name,
            "channel": sender.channel,
            "address": sender.display_address or sender.sender_key,
            "status": sender.status,
            "waiting": sender.waiting_count,
            "rate": sender.rate_per_second,
            "webhook": sender.webhook_path,
        }
        for sender in found
    ]
    print_table(rows, nothing="No sender yet: `clarion sender add whatsapp --help`.")


@app.command("counts")
def sender_counts(
    name: Name,
    days: LastDays = 7,
    width: OfWidth = "day",
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Tell how a sender's messages fared over time."""

    async def work() -> list[MessageCounts]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await senders.sender_named(connection, desk.scope, name)
            stretch = stretch_of(desk.scope.now, days, width)
            return await counts_of_senders(connection, desk.scope.workspace_id, [found.id], stretch)

    print_counts(run(work()), as_json=as_json)


def _change(name: str, workspace: str | None, change: Any, *, as_json: bool) -> None:
    """Do something to a sender that is named, and print what became of it."""

    async def work() -> Sender:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                sender = await senders.sender_named(connection, desk.scope, name)
            changed: Sender = await change(desk, sender.id)
            return changed

    sender = run(work())
    if as_json:
        print_json(_facts(sender))
    else:
        print_note(f"{sender.name} is {sender.status}.")


@app.command("pause")
def sender_pause(
    name: Name,
    reason: Annotated[str, typer.Option(help="Why, for whoever looks.")] = "",
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Let nothing more leave from a sender; its messages wait."""

    async def pause(desk: Desk, sender_id: int) -> Sender:
        async with desk.transaction() as connection:
            return await senders.pause_sender(connection, desk.scope, sender_id, reason=reason)

    _change(name, workspace, pause, as_json=as_json)


@app.command("resume")
def sender_resume(name: Name, *, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """Let a paused sender go on."""

    async def resume(desk: Desk, sender_id: int) -> Sender:
        async with desk.transaction() as connection:
            return await senders.resume_sender(connection, desk.scope, sender_id)

    _change(name, workspace, resume, as_json=as_json)


@app.command("health")
def sender_health(name: Name, *, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """Ask the provider how a sender fares."""

    async def work() -> Sender:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                sender = await senders.sender_named(connection, desk.scope, name)
            return await refresh_health(desk.place, desk.scope, sender.id)

    sender = run(work())
    if as_json:
        print_json(_facts(sender))
    else:
        told = {f"provider.{name}": value for name, value in sender.health.items()}
        print_facts({"name": sender.name, "status": sender.status, **told})


@app.command("check")
def sender_check(name: Name, *, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """See whether the provider's webhooks reach this server; exit code 1 when a link is broken."""

    async def work() -> list[Finding]:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                sender = await senders.sender_named(connection, desk.scope, name)
            settings = desk.place.settings
            return await check_webhook(
                desk.place,
                desk.scope,
                sender.id,
                origin=f"http://{settings.host}:{settings.port}",
                challenge=randomness.token_hex(CHALLENGE_BYTES),
            )

    findings = run(work())
    if as_json:
        shown = [FindingAnswer.model_validate(each).model_dump(mode="json") for each in findings]
        print_json({"items": shown})
    else:
        rows = [
            {"link": each.link, "": each.state, "found": each.found, "to do": each.next_step}
            for each in findings
        ]
        print_table(rows, nothing="")
    if any(each.state == "problem" for each in findings):
        raise typer.Exit(1)


@app.command("subscribe")
def sender_subscribe(name: Name, *, workspace: InWorkspace = None) -> None:
    """Subscribe the sender's account to the app, so that webhooks come."""

    async def work() -> None:
        async with open_desk(workspace) as desk:
            async with desk.transaction() as connection:
                sender = await senders.sender_named(connection, desk.scope, name)
            await subscribe_webhook(desk.place, desk.scope, sender.id)

    run(work())
    print_note(f"The account of {name} is subscribed.")


@app.command("replace-secrets")
def sender_replace_secrets(
    name: Name,
    token: Annotated[str | None, typer.Option(help="The new access token; tried first.")] = None,
    app_secret: Annotated[
        str | None, typer.Option(help="The new app secret, which signs webhooks.")
    ] = None,
    verify_token: Annotated[str | None, typer.Option(help="For the webhook's handshake.")] = None,
    accept_former_hours: Annotated[
        float,
        typer.Option(
            min=0,
            max=168,
            help="How long webhooks signed with the former app secret are taken; 0 if it leaked.",
        ),
    ] = 24,
    resume: Annotated[bool, typer.Option("--resume", help="Let a paused sender go on.")] = False,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Replace secrets while the sender works; give none to be asked for an access token."""
    given = {"token": token, "app_secret": app_secret, "verify_token": verify_token}
    if not any(given.values()):
        given["token"] = typer.prompt("New access token", hide_input=True)
    rotation = Rotation(
        **given, accept_former_for=timedelta(hours=accept_former_hours), is_resumed=resume
    )

    async def replace(desk: Desk, sender_id: int) -> Sender:
        return await rotate_secrets(desk.place, desk.scope, sender_id, rotation)

    _change(name, workspace, replace, as_json=as_json)


@app.command("remove")
def sender_remove(name: Name, *, workspace: InWorkspace = None) -> None:
    """Remove a sender and forget its secrets."""

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            sender = await senders.sender_named(connection, desk.scope, name)
            await senders.remove_sender(connection, desk.scope, sender.id)

    run(work())
    print_note(f"{name} is removed.")
