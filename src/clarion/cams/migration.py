"""Bring groups, flows, templates and campaigns here from any endpoint that speaks CAMS.

Theory of operation.  Everything is read by the official SDK and made by the services that people use.
A thing that is here already (by its name; a campaign by its code) is left as it is, so a migration may
be repeated; what cannot be brought is a row of the report with its reason, never an end of the work.
A dry run does all of it in transactions that it undoes, so it tells what would happen.

What the original does not give cannot be brought: contacts have no list on this wire, and the form of
its flows is not published; only flow files in our own form are understood.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import asyncpg
import orjson

from clarion.cams.marketing import STATUS_WORDS
from clarion.cams.plans import plan_of
from clarion.cams.refusals import RefusedError
from clarion.cams.template_components import components_from_wire
from clarion.cams.wire import parse_time
from clarion.domain.campaign import CampaignDraft, CampaignStatus
from clarion.domain.errors import ClarionError
from clarion.domain.plan import Once
from clarion.flow.definition import SCHEMA
from clarion.services import campaigns, flows, groups, templates
from clarion.services.campaigns import CampaignFilter
from clarion.services.flows import FlowFilter
from clarion.services.place import Place
from clarion.services.scope import Scope
from clarion.services.senders import list_senders
from clarion.services.templates import NewTemplate, TemplateFilter
from clarion.store.pool import Connection, transaction

__all__ = ["Migration", "Moved", "Source", "migrate_from"]

_PAGE = 100
_MOST = 10_000


class Source(Protocol):
    """An endpoint that speaks CAMS."""

    async def call(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """The answer's body as it is on the wire.  Raises ``cams.refused``, ``cams.unreachable``."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A row of the report; ``outcome``: ``made``, ``present``, ``skipped`` or ``refused``."""

    noun: str
    name: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """What is asked for.

    ``zone`` is that of the times over there.  ``start_at`` (aware): when campaigns that are in
    progress there start here; without it they are skipped.
    """

    zone: ZoneInfo
    start_at: datetime | None = None
    is_dry_run: bool = False


class _UndoneError(Exception):
    """Ends the transaction of a dry run."""


@dataclass(slots=True)
class _State:
    """Names of what was read there, by its id there."""

    group_names: dict[str, str] = field(default_factory=dict)
    flow_names: dict[str, str] = field(default_factory=dict)
    made: set[tuple[str, str]] = field(default_factory=set)


async def migrate_from(
    source: Source, place: Place, scope: Scope, wanted: Migration
) -> list[Moved]:
    """Bring everything; the report, in the order of the work.

    Raises ``cams.refused`` and ``cams.unreachable`` when the source cannot be read.
    """
    state = _State()
    report = [row async for row in _groups(source, place, scope, wanted, state)]
    report += [row async for row in _flows(source, place, scope, wanted, state)]
    report += [row async for row in _templates(source, place, scope, wanted)]
    return report + [row async for row in _campaigns(source, place, scope, wanted, state)]


async def _groups(
    source: Source, place: Place, scope: Scope, wanted: Migration, state: _State
) -> AsyncIterator[Moved]:
    for item in (await source.call("ListAllGroups")).get("Data") or []:
        name = str(item.get("GroupName", ""))
        state.group_names[str(item.get("Id", ""))] = name

        async def make(connection: Connection, name: str = name) -> str:
            if await groups.find_group(connection, scope, name) is not None:
                return "present"
            await groups.create_group(connection, scope, name)
            return "made"

        yield await _move("group", name, place, wanted, state, make)


async def _flows(
    source: Source, place: Place, scope: Scope, wanted: Migration, state: _State
) -> AsyncIterator[Moved]:
    async for item in _pages(source, "ListChatFlow", "page_no", "Response"):
        code, name = str(item.get("FlowCode", "")), str(item.get("Title", ""))
        state.flow_names[code] = name
        online = str(item.get("OnlineVersion") or "")
        asked = {"flow_code": code, **({"flow_version": online} if online else {})}
        version = (await source.call("ReadFlowVersion", **asked)).get("Response") or {}
        definition = _definition(version.get("FlowViewModel"))
        if definition is None:
            reason = "its form is not published; draw it anew"
            yield Moved("flow", name, "skipped", reason)
            continue

        async def make(
            connection: Connection,
            definition: dict[str, Any] = {**definition, "name": name},  # noqa: B006 - only read
            name: str = name,
            is_online: bool = bool(online),  # noqa: FBT001 - bound for this round of the loop
        ) -> str:
            if await _flow_id(connection, scope, name) is not None:
                return "present"
            made = await flows.create_flow(connection, scope, definition)
            if is_online:
                await flows.publish_flow(connection, scope, made.id)
            return "made"

        yield await _move("flow", name, place, wanted, state, make)


async def _templates(
    source: Source, place: Place, scope: Scope, wanted: Migration
) -> AsyncIterator[Moved]:
    async with transaction(place.pool) as connection:
        senders = await list_senders(connection, scope)
        known = await templates.list_templates(
            connection, scope, TemplateFilter(), after=None, limit=_MOST
        )
    here = {(each.name, each.language) for each in known if each.status != "deleted"}
    number = 1
    while True:
        page = {"Index": number, "Size": _PAGE}
        answer = await source.call("ListChatappTemplate", page=page, template_type="WHATSAPP")
        items = answer.get("ListTemplate") or []
        for item in items:
            name, language = str(item.get("TemplateName", "")), str(item.get("Language", ""))
            told = f"{name} ({language})"
            if (name, language) in here:
                yield Moved("template", told, "present")
            elif not senders:
                reason = "add a sender of its account first; templates live at the provider"
                yield Moved("template", told, "skipped", reason)
            elif wanted.is_dry_run:
                yield Moved("template", told, "made")
            else:
                yield await _template(source, place, scope, senders[0].id, item)
        if len(items) < _PAGE:
            return
        number += 1


async def _template(
    source: Source, place: Place, scope: Scope, sender_id: int, item: Mapping[str, Any]
) -> Moved:
    name, language = str(item.get("TemplateName", "")), str(item.get("Language", ""))
    told = f"{name} ({language})"
    answer = await source.call(
        "GetChatappTemplateDetail",
        template_code=str(item.get("TemplateCode", "")),
        language=language,
        template_type="WHATSAPP",
    )
    detail = answer.get("Data") or {}
    try:
        components = components_from_wire(
            detail.get("Components") or [], detail.get("Example") or {}
        )
        new = NewTemplate(
            name, language, str(detail.get("Category", "MARKETING")).lower(), components, "named"
        )
        await templates.create_template(place, scope, sender_id, new)
    except (ClarionError, RefusedError) as error:
        return Moved("template", told, "refused", str(error))
    return Moved("template", told, "made", "waits for the provider's approval")


async def _campaigns(
    source: Source, place: Place, scope: Scope, wanted: Migration, state: _State
) -> AsyncIterator[Moved]:
    words = {word: status for status, word in STATUS_WORDS.items()}
    number = 1
    while True:
        answer = await source.call(
            "ListMarketingFlow", page_index=str(number), page_size=str(_PAGE)
        )
        items = answer.get("Data") or []
        for item in items:
            name = str(item.get("ActivityName", ""))
            status = words.get(str(item.get("ActivityStatus", "")).lower())
            if status is CampaignStatus.ENDED:
                yield Moved("campaign", name, "skipped", "it is over")
                continue
            start_at = None
            if status is not CampaignStatus.PENDING:
                if wanted.start_at is None:
                    reason = "it has begun there; suspend it there, and give --start-at"
                    yield Moved("campaign", name, "skipped", reason)
                    continue
                start_at = wanted.start_at

            async def make(
                connection: Connection,
                item: Mapping[str, Any] = item,
                start_at: datetime | None = start_at,
            ) -> str:
                return await _campaign(connection, scope, wanted, state, item, start_at)

            yield await _move("campaign", name, place, wanted, state, make)
        if len(items) < _PAGE:
            return
        number += 1


async def _campaign(
    connection: Connection,
    scope: Scope,
    wanted: Migration,
    state: _State,
    item: Mapping[str, Any],
    start_at: datetime | None,
) -> str:
    code = str(item.get("ActivityCode", ""))
    digest = hashlib.sha256(f"{scope.workspace_id}:{code}".encode()).hexdigest()[:32]
    for each in (code, digest):
        found = await campaigns.list_campaigns(
            connection, scope, CampaignFilter(code=each), limit=1, offset_count=0
        )
        if found:
            return "present"
    flow_name = state.flow_names.get(str(item.get("RelatedFlowCode", "")), "")
    if wanted.is_dry_run and ("flow", flow_name) in state.made:
        return "made"  # its flow and group would be here by then
    flow_id = await _flow_id(connection, scope, flow_name)
    if flow_id is None:
        raise ClarionError("flow.not_found", f"Its flow {flow_name!r} is not here.")
    group_ids = [
        (await _group_id(connection, scope, state.group_names.get(each, "")))
        for each in str(item.get("RelatedGroupId", "")).split(",")
    ]
    cron = str(item.get("CronExpression") or "")
    draft = CampaignDraft(
        name=str(item.get("ActivityName", "")),
        description=str(item.get("ActivityDesc") or ""),
        flow_id=flow_id,
        include_group_ids=tuple(group_ids),
        start_at=start_at or parse_time("StartDate", str(item.get("StartDate", "")), wanted.zone),
        end_at=parse_time("EndDate", str(item.get("EndDate", "")), wanted.zone),
        plan=plan_of(str(item.get("ExecutionType") or "1"), cron) or Once(),
        parameters=item.get("Params") or {},
    )
    try:
        async with connection.transaction():
            await campaigns.create_campaign(connection, scope, draft, mint_code=lambda: code)
    except asyncpg.UniqueViolationError:  # another workspace of this server has that code
        await campaigns.create_campaign(connection, scope, draft, mint_code=lambda: digest)
    return "made"


async def _move(
    noun: str, name: str, place: Place, wanted: Migration, state: _State, make: Any
) -> Moved:
    """Make one thing in a transaction of its own, undone for a dry run."""
    outcome = ""
    try:
        async with transaction(place.pool) as connection:
            outcome = await make(connection)
            if wanted.is_dry_run:
                raise _UndoneError
    except _UndoneError:
        pass
    except (ClarionError, RefusedError) as error:
        return Moved(noun, name, "refused", str(error))
    if outcome == "made":
        state.made.add((noun, name))
    return Moved(noun, name, outcome)


async def _pages(
    source: Source, operation: str, index_name: str, where: str
) -> AsyncIterator[Mapping[str, Any]]:
    number = 1
    while True:
        answer = await source.call(operation, **{index_name: number, "page_size": _PAGE})
        items = (answer.get(where) or {}).get("Data") or []
        for item in items:
            yield item
        if len(items) < _PAGE:
            return
        number += 1


def _definition(text: Any) -> dict[str, Any] | None:
    """The flow file in a FlowViewModel; None for any other form."""
    try:
        found = orjson.loads(text) if isinstance(text, str) else None
    except orjson.JSONDecodeError:
        return None
    is_ours = isinstance(found, dict) and found.get("schema") == SCHEMA
    return found if is_ours else None


async def _flow_id(connection: Connection, scope: Scope, name: str) -> int | None:
    found = await flows.list_flows(
        connection, scope, FlowFilter(search=name), below_id=None, limit=_MOST
    )
    return next((each.id for each in found if each.name == name), None)


async def _group_id(connection: Connection, scope: Scope, name: str) -> int:
    found = await groups.find_group(connection, scope, name)
    if found is None:
        raise ClarionError("group.not_found", f"Its group {name!r} is not here.")
    return found
