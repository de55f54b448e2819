"""Templates: copies of what the providers have approved, kept fresh by synchronising.

Theory of operation.  The provider owns templates; we keep a copy to check flows, to render
previews and to know a template's category.  Synchronising reads all templates of a sender's
account (with no transaction open), then writes them in one statement.  A template that the
provider lists no more stays as ``deleted``, because messages and flows name it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from clarion.channels.contract import SenderAccount
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission, Role
from clarion.domain.message import Channel
from clarion.engine.provider_facts import suspend_campaigns_of_template
from clarion.flow.templates import TemplateShape, shape_of
from clarion.services import audit
from clarion.services.place import Place
from clarion.services.providers import MANAGEMENT
from clarion.services.scope import Actor, Scope
from clarion.services.senders import account_for, list_senders
from clarion.store.pool import Connection, transaction
from clarion.store.queries import Row, load

__all__ = [
    "NewTemplate",
    "SyncResult",
    "Template",
    "TemplateFilter",
    "create_template",
    "delete_template",
    "edit_template",
    "list_templates",
    "read_template",
    "shapes_of_workspace",
    "sync_all",
    "sync_templates",
    "sync_workspace",
]

QUERIES = load("templates")
SENDERS = load("senders")


@dataclass(frozen=True, slots=True)
class Template:
    """A template as the provider last told it, and what people have switched at it.

    ``status`` is the provider's word; ``sending_status`` is ``approved`` when it can be sent, else
    ``stopped`` or ``archived`` (by people) or the provider's word.
    """

    id: int
    channel: Channel
    account_key: str
    provider_id: str
    name: str
    language: str
    status: str
    category: str
    parameter_format: str
    components: Sequence[Mapping[str, Any]]
    quality: str | None
    rejected_reason: str | None
    is_sending_allowed: bool
    is_stopped_as_marketing: bool
    archived_at: datetime | None
    sending_status: str
    synced_at: datetime


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """Which templates are wanted; None: any.  ``search`` is a part of the name."""

    search: str | None = None
    language: str | None = None
    status: str | None = None
    category: str | None = None
    account_key: str | None = None


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A template to hand in; ``components`` in the provider's own form."""

    name: str
    language: str
    category: str
    components: Sequence[Mapping[str, Any]]
    parameter_format: str = "positional"


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a synchronisation found and changed."""

    found_count: int
    added_count: int
    changed_count: int
    deleted_count: int


def _template_of(row: Row) -> Template:
    values: dict[str, Any] = dict(row)
    return Template(**{**values, "channel": Channel(values["channel"])})


async def list_templates(
    connection: Connection,
    scope: Scope,
    wanted: TemplateFilter,
    *,
    after: tuple[str, str, int] | None,
    limit: int,
) -> list[Template]:
    """Templates by name, language and id, after a key."""
    scope.require(Permission.READ)
    after_name, after_language, after_id = after or (None, None, None)
    rows = await QUERIES.fetch(
        connection,
        "templates_page",
        workspace_id=scope.workspace_id,
        search=wanted.search,
        language=wanted.language,
        status=wanted.status,
        category=wanted.category,
        account_key=wanted.account_key,
        after_name=after_name,
        after_language=after_language,
        after_id=after_id,
        limit=limit,
    )
    return [_template_of(row) for row in rows]


async def read_template(connection: Connection, scope: Scope, template_id: int) -> Template:
    """One template.  Raises ``template.not_found``."""
    scope.require(Permission.READ)
    row = await QUERIES.fetchrow(
        connection, "read_template", workspace_id=scope.workspace_id, template_id=template_id
    )
    if row is None:
        raise ClarionError(
            "template.not_found",
            f"There is no template {template_id} in this workspace.",
            template_id=template_id,
        )
    return _template_of(row)


async def shapes_of_workspace(
    connection: Connection, workspace_id: int
) -> Mapping[tuple[str, str], TemplateShape] | None:
    """What the templates of a workspace want, for checking flows; None when none is known yet."""
    rows = await QUERIES.fetch(connection, "templates_for_shapes", workspace_id=workspace_id)
    if not rows:
        return None
    return {
        (row["name"], row["language"]): shape_of(
            row["name"],
            row["language"],
            row["parameter_format"],
            row["components"],
            status=row["status"],
            category=row["category"],
        )
        for row in rows
    }


async def sync_templates(place: Place, scope: Scope, sender_id: int) -> SyncResult:
    """Read the templates of a sender's account and keep them.

    Raises ``sender.not_found``, ``provider.refused``, ``provider.unreachable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    async with place.pool.acquire() as connection:
        account = await account_for(connection, scope, place.sealer, sender_id)
    found = await MANAGEMENT[account.channel].list_templates(account, place.http)
    # The same template twice (a page that moved meanwhile) would break the one statement.
    by_key = {(template.name, template.language): template for template in found}
    templates = list(by_key.values())
    async with transaction(place.pool) as connection:
        row = await QUERIES.fetchrow(
            connection,
            "keep_templates",
            workspace_id=scope.workspace_id,
            channel=str(account.channel),
            account_key=str(account.config["waba_id"]),
            provider_ids=[template.provider_id for template in templates],
            names=[template.name for template in templates],
            languages=[template.language for template in templates],
            statuses=[template.status for template in templates],
            categories=[template.category for template in templates],
            parameter_formats=[template.parameter_format for template in templates],
            components=[orjson.dumps(list(t.components)).decode() for t in templates],
            qualities=[template.quality for template in templates],
            rejected_reasons=[template.rejected_reason for template in templates],
            now=scope.now,
        )
        assert row is not None  # noqa: S101 - an aggregate gives a row
        counts = dict(row)
        for name, language in counts.pop("stopped"):
            await suspend_campaigns_of_template(
                connection, scope.workspace_id, name, language, "stopped", scope.now
            )
        result = SyncResult(found_count=len(templates), **counts)
        if scope.actor.kind != "system":
            await audit.record(
                connection,
                scope,
                "synchronised_templates",
                "sender",
                sender_id,
                {"found_count": result.found_count},
            )
    return result


async def create_template(place: Place, scope: Scope, sender_id: int, new: NewTemplate) -> Template:
    """Hand a template in for approval through a sender of the account, and keep our copy.

    The provider refuses a second one of the same name and language, so a repeated request makes
    nothing twice.  Raises ``template.invalid``, ``template.name_taken``, ``sender.not_found``,
    ``provider.refused``, ``provider.unreachable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    async with place.pool.acquire() as connection:
        account = await account_for(connection, scope, place.sealer, sender_id)
    _check(account.channel, new.language, new.components)
    made = await MANAGEMENT[account.channel].create_template(
        account,
        place.http,
        name=new.name,
        language=new.language,
        category=new.category,
        components=new.components,
        parameter_format=new.parameter_format,
    )
    async with transaction(place.pool) as connection:
        template_id = await QUERIES.fetchval(
            connection,
            "keep_template",
            workspace_id=scope.workspace_id,
            channel=str(account.channel),
            account_key=str(account.config["waba_id"]),
            provider_id=made.provider_id,
            name=new.name,
            language=new.language,
            status=made.status,
            category=made.category,
            parameter_format=new.parameter_format,
            components=list(new.components),
            now=scope.now,
        )
        await audit.record(
            connection, scope, "created", "template", template_id, {"name": new.name}
        )
        return await read_template(connection, scope, template_id)


async def edit_template(
    place: Place,
    scope: Scope,
    template_id: int,
    components: Sequence[Mapping[str, Any]],
    category: str | None = None,
) -> Template:
    """Hand another text of a template in; it is in review until the provider says otherwise.

    Raises ``template.not_found``, ``template.invalid``, ``sender.none_for_channel``,
    ``provider.refused``, ``provider.unreachable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    template, account = await _template_and_account(place, scope, template_id)
    _check(account.channel, template.language, components)
    await MANAGEMENT[account.channel].edit_template(
        account, place.http, template.provider_id, components, category
    )
    async with transaction(place.pool) as connection:
        await QUERIES.fetchval(
            connection,
            "keep_template",
            workspace_id=scope.workspace_id,
            channel=str(template.channel),
            account_key=template.account_key,
            provider_id=template.provider_id,
            name=template.name,
            language=template.language,
            status="pending",
            category=category or template.category,
            parameter_format=template.parameter_format,
            components=list(components),
            now=scope.now,
        )
        await audit.record(
            connection, scope, "updated", "template", template_id, {"name": template.name}
        )
        return await read_template(connection, scope, template_id)


async def delete_template(place: Place, scope: Scope, template_id: int) -> None:
    """Delete one language of a template at the provider; our copy stays as ``deleted``.

    Raises ``template.not_found``, ``sender.none_for_channel``, ``provider.refused``,
    ``provider.unreachable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    template, account = await _template_and_account(place, scope, template_id)
    await MANAGEMENT[account.channel].delete_template(
        account, place.http, template.name, template.provider_id
    )
    async with transaction(place.pool) as connection:
        await QUERIES.execute(connection, "mark_deleted", template_id=template_id, now=scope.now)
        await audit.record(
            connection, scope, "deleted", "template", template_id, {"name": template.name}
        )


def _check(channel: Channel, language: str, components: Sequence[Mapping[str, Any]]) -> None:
    problems = MANAGEMENT[channel].problems_of_template(language, components)
    if problems:
        raise ClarionError(
            "template.invalid",
            problems[0].message,
            field_errors=tuple(
                FieldError(problem.where, problem.code, problem.message) for problem in problems
            ),
        )


async def _template_and_account(
    place: Place, scope: Scope, template_id: int
) -> tuple[Template, SenderAccount]:
    """A template, and an account through which its provider can be asked about it."""
    async with place.pool.acquire() as connection:
        template = await read_template(connection, scope, template_id)
        sender_id = await SENDERS.fetchval(
            connection,
            "sender_of_account",
            workspace_id=scope.workspace_id,
            channel=str(template.channel),
            account_key=template.account_key,
        )
        if sender_id is None:
            raise ClarionError(
                "sender.none_for_channel",
                f"No sender of the account {template.account_key} is left to ask through.",
                account_key=template.account_key,
            )
        return template, await account_for(connection, scope, place.sealer, sender_id)


async def sync_workspace(place: Place, scope: Scope) -> Mapping[str, SyncResult | ClarionError]:
    """Synchronise every account of the workspace through one of its senders; by that sender's name.

    What a provider refuses is in the answer and does not keep the others from it.
    """
    scope.require(Permission.MANAGE_SENDERS)
    async with place.pool.acquire() as connection:
        senders = await list_senders(connection, scope)
    of_accounts = {(sender.channel, sender.account_key): sender for sender in senders}
    results: dict[str, SyncResult | ClarionError] = {}
    for sender in of_accounts.values():
        try:
            results[sender.name] = await sync_templates(place, scope, sender.id)
        except ClarionError as error:
            results[sender.name] = error
    return results


async def sync_all(place: Place) -> Mapping[int, SyncResult | ClarionError]:
    """Synchronise every account through one of its senders, for the periodic job.

    What a provider refuses is in the answer (by sender) and does not keep the others from it.
    """
    results: dict[int, SyncResult | ClarionError] = {}
    for row in await SENDERS.fetch(place.pool, "senders_to_sync"):
        scope = Scope(
            row["workspace_id"], Actor("system", "template sync", Role.ADMIN), place.clock()
        )
        try:
            results[row["id"]] = await sync_templates(place, scope, row["id"])
        except ClarionError as error:
            results[row["id"]] = error
    return results
