"""``clarion webhook-endpoint``: addresses of other programs that are told what happens."""

from __future__ import annotations

from typing import Annotated

import typer

from clarion.commands.output import AsJson, print_facts, print_json, print_note, print_table, run
from clarion.commands.place import Desk, InWorkspace, open_desk
from clarion.domain.errors import ClarionError
from clarion.domain.webhook import EVENT_KINDS, EndpointForm
from clarion.services import webhook_endpoints, webhook_history
from clarion.services.webhook_endpoints import CAMS_KINDS, Endpoint, EndpointDraft
from clarion.services.webhook_history import Delivery
from clarion.store.pool import Connection
from clarion.web.webhook_endpoints.routes import DeliveryAnswer, EndpointAnswer, mint_secret

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Webhooks out: who is told what happens.")

Name = Annotated[str, typer.Argument(help="The endpoint's name.")]


@app.command("add")
def webhook_endpoint_add(
    name: Name,
    url: Annotated[str, typer.Argument(help="Where to post to.")],
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", help="A kind of event; repeatable. Without it, all."),
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--sender", help="Only events of this sender.")
    ] = None,
    form: Annotated[EndpointForm, typer.Option("--form", help="The form of the body.")] = "clarion",
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Add an endpoint; the secret that signs every delivery is printed this once."""
    known = sorted(CAMS_KINDS) if form == "cams" else list(EVENT_KINDS)
    draft = EndpointDraft(name, url, kinds or known, sender, form)

    async def work() -> tuple[Endpoint, str]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await webhook_endpoints.create_endpoint(
                connection, desk.scope, desk.place.sealer, draft, mint_secret=mint_secret
            )

    made, secret = run(work())
    if as_json:
        print_json({**EndpointAnswer.model_validate(made).model_dump(), "secret": secret})
    else:
        print_facts({"name": made.name, "url": made.url, "secret": secret})


@app.command("list")
def webhook_endpoint_list(*, workspace: InWorkspace = None, as_json: AsJson = False) -> None:
    """List the endpoints, and what waits for each."""

    async def work() -> list[Endpoint]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await webhook_endpoints.list_endpoints(connection, desk.scope)

    rows = [EndpointAnswer.model_validate(each).model_dump() for each in run(work())]
    if as_json:
        print_json({"items": rows})
        return
    columns = ("name", "url", "sender_name", "form", "is_active", "waiting_count", "last_status")
    print_table(
        [{column: row[column] for column in columns} for row in rows],
        nothing="No endpoint yet: `clarion webhook-endpoint add`.",
    )


@app.command("delete")
def webhook_endpoint_delete(name: Name, *, workspace: InWorkspace = None) -> None:
    """Delete an endpoint and what waits for it."""

    async def work() -> None:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await _named(connection, desk, name)
            await webhook_endpoints.delete_endpoint(connection, desk.scope, found.id)

    run(work())
    print_note(f"The endpoint {name} is told nothing any more.")


@app.command("replace-secret")
def webhook_endpoint_replace_secret(
    name: Name, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Give an endpoint a new secret, printed this once; the old one ends at once."""

    async def work() -> str:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await _named(connection, desk, name)
            return await webhook_endpoints.replace_secret(
                connection, desk.scope, desk.place.sealer, found.id, mint_secret=mint_secret
            )

    (print_json if as_json else print_facts)({"name": name, "secret": run(work())})


@app.command("test")
def webhook_endpoint_test(
    name: Name, *, workspace: InWorkspace = None, as_json: AsJson = False
) -> None:
    """Send a test to an endpoint; a worker delivers it."""

    async def work() -> Delivery:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await _named(connection, desk, name)
            return await webhook_history.send_test(connection, desk.scope, found.id)

    made = run(work())
    if as_json:
        print_json(DeliveryAnswer.model_validate(made))
    else:
        print_note(f"Delivery {made.id} is a test: `clarion webhook-endpoint deliveries {name}`.")


@app.command("deliveries")
def webhook_endpoint_deliveries(
    name: Name,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000)] = 50,
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """List what was told to an endpoint and what it answered, the newest first."""

    async def work() -> list[Delivery]:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            found = await _named(connection, desk, name)
            return await webhook_history.list_deliveries(
                connection, desk.scope, endpoint_id=found.id, below_id=None, limit=limit
            )

    rows = [DeliveryAnswer.model_validate(each).model_dump() for each in run(work())]
    if as_json:
        print_json({"items": rows})
        return
    columns = ("id", "created_at", "event_count", "status", "attempt_count", "next_at", "answer")
    print_table(
        [{column: row[column] for column in columns} for row in rows],
        nothing="Nothing was delivered yet.",
    )


@app.command("replay")
def webhook_endpoint_replay(
    delivery_id: Annotated[int, typer.Argument(help="From `clarion webhook-endpoint deliveries`.")],
    *,
    workspace: InWorkspace = None,
    as_json: AsJson = False,
) -> None:
    """Deliver the same events once more; a delivery that waits is tried at once."""

    async def work() -> Delivery:
        async with open_desk(workspace) as desk, desk.transaction() as connection:
            return await webhook_history.replay_delivery(connection, desk.scope, delivery_id)

    made = run(work())
    if as_json:
        print_json(DeliveryAnswer.model_validate(made))
    else:
        told = "is tried at once" if made.id == delivery_id else f"repeats delivery {delivery_id}"
        print_note(f"Delivery {made.id} {told}.")


async def _named(connection: Connection, desk: Desk, name: str) -> Endpoint:
    found = await webhook_endpoints.endpoint_named(connection, desk.scope, name)
    if found is None:
        raise ClarionError(
            "webhook_endpoint.not_found", f"There is no webhook endpoint named {name}."
        )
    return found
