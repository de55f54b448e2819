"""Versions of chat flows.

Theory of operation.  A flow here has published versions 1, 2, ..., which never change, and one draft.
The draft is shown as the version with the next number, in the status ``DRAFT``; putting it online
makes it the published version of just that number, and the next draft begins as its copy.  Creating a
version fills the draft, and is refused while the draft has changes that were not put online, so no
work is lost.  An older version that is put online again becomes the newest number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clarion.cams.call import Answer, Call
from clarion.cams.flows import flow_of, read_view_model
from clarion.cams.refusals import invalid, refuse_business
from clarion.cams.wire import compact_json, id_of, page_of, time_text, zone_of
from clarion.services import flows
from clarion.services.flows import Flow, FlowVersion
from clarion.store.pool import Connection

__all__ = [
    "create_flow_version",
    "delete_flow_version",
    "list_flow_version",
    "offline_flow_version",
    "online_flow_version",
    "read_flow_version",
    "update_flow_version",
]

DRAFT, ONLINE, OFFLINE = "DRAFT", "ONLINE", "OFFLINE"
_VERSIONS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _State:
    """A flow, and the newest of its published versions with its definition."""

    flow: Flow
    newest: FlowVersion | None

    @property
    def draft_number(self) -> int:
        """The number that the draft will have when it is put online."""
        return (self.newest.number if self.newest else 0) + 1

    @property
    def has_work(self) -> bool:
        """Whether the draft holds changes that are in no version."""
        return self.newest is None or self.newest.definition != self.flow.draft


async def create_flow_version(call: Call) -> Answer:
    """Begin a new version: the draft, filled from another version when one is named."""
    async with call.transaction() as connection:
        state = await _state(connection, call)
        source = call.text("FlowVersionCopyFrom")
        if source and id_of(source) != state.draft_number:
            _demand_no_work(state)
            version = await flows.read_version(connection, call.scope, state.flow.id, id_of(source))
            state = await _fill(connection, call, state, version.definition or {})
        shape = _draft_shape(state, await zone_of(connection, call.scope))
    return {"Response": shape}


async def list_flow_version(call: Call) -> Answer:
    """The draft and all published versions, the newest first."""
    before_count, size = page_of(call)
    wanted = call.text("Status").strip().upper()
    async with call.transaction() as connection:
        state = await _state(connection, call)
        zone = await zone_of(connection, call.scope)
        found = [_draft_shape(state, zone)]
        below: int | None = None
        while more := await flows.list_versions(
            connection, call.scope, state.flow.id, below_number=below, limit=_VERSIONS_AT_ONCE
        ):
            found += [_version_shape(state.flow, version, zone) for version in more]
            below = more[-1].number
    fitting = [each for each in found if wanted in ("", each["Status"])]
    return {
        "Response": {
            "Data": fitting[before_count : before_count + size],
            "Total": len(fitting),
        }
    }


async def read_flow_version(call: Call) -> Answer:
    """A version with its flow file: the one named, else the one online, else the draft."""
    async with call.transaction() as connection:
        state = await _state(connection, call)
        zone = await zone_of(connection, call.scope)
        number = _wanted_number(call, state)
        if number == state.draft_number:
            shape = _draft_shape(state, zone)
            definition: Mapping[str, Any] = state.flow.draft
        else:
            version = await flows.read_version(connection, call.scope, state.flow.id, number)
            shape = _version_shape(state.flow, version, zone)
            definition = version.definition or {}
    return {"Response": {**shape, "FlowViewModel": compact_json(definition)}}


async def update_flow_version(call: Call) -> Answer:
    """Replace the draft."""
    async with call.transaction() as connection:
        state = await _state(connection, call)
        _demand_draft(call, state)
        definition: dict[str, Any] = dict(state.flow.draft)
        if call.text("FlowViewModel"):
            # The title belongs to the flow, not to the file that it was drawn in.
            definition = {**read_view_model(call.text("FlowViewModel")), "name": state.flow.name}
        if "Remark" in call.values:
            definition["description"] = call.text("Remark")
        state = await _fill(connection, call, state, definition)
        shape = _draft_shape(state, await zone_of(connection, call.scope))
    return {"Response": shape}


async def delete_flow_version(call: Call) -> Answer:
    """Drop the draft's changes; a version that was online stays, because history names it."""
    async with call.transaction() as connection:
        state = await _state(connection, call)
        _demand_draft(call, state)
        if state.newest is None:
            raise refuse_business(
                "Flow.VersionNotDraft",
                "The flow has no other version than this draft; delete the flow instead.",
            )
        await _fill(connection, call, state, state.newest.definition or {})
    return {"Response": {"FlowCode": str(state.flow.id), "FlowVersion": str(state.draft_number)}}


async def online_flow_version(call: Call) -> Answer:
    """Put a version online; the answer tells the number that is online then."""
    async with call.transaction() as connection:
        state = await _state(connection, call)
        number = id_of(call.text("FlowVersion")) if call.text("FlowVersion") else state.draft_number
        if number != state.flow.published_number:
            if number != state.draft_number:
                _demand_no_work(state)
                version = await flows.read_version(connection, call.scope, state.flow.id, number)
                await _fill(connection, call, state, version.definition or {})
            number = (await flows.publish_flow(connection, call.scope, state.flow.id)).number
    return {
        "Response": {"FlowCode": str(state.flow.id), "FlowVersion": str(number), "Status": ONLINE}
    }


async def offline_flow_version(call: Call) -> Answer:
    """Take the version that is online down."""
    async with call.transaction() as connection:
        state = await _state(connection, call)
        online = state.flow.published_number
        asked = id_of(call.text("FlowVersion")) if call.text("FlowVersion") else online
        if online is None or asked != online:
            raise refuse_business("Flow.VersionNotOnline")
        await flows.unpublish_flow(connection, call.scope, state.flow.id)
    return {
        "Response": {"FlowCode": str(state.flow.id), "FlowVersion": str(online), "Status": OFFLINE}
    }


async def _state(connection: Connection, call: Call) -> _State:
    return await _state_of(connection, call, await flow_of(connection, call))


async def _state_of(connection: Connection, call: Call, flow: Flow) -> _State:
    versions = await flows.list_versions(
        connection, call.scope, flow.id, below_number=None, limit=1
    )
    if not versions:
        return _State(flow, None)
    newest = await flows.read_version(connection, call.scope, flow.id, versions[0].number)
    return _State(flow, newest)


async def _fill(
    connection: Connection, call: Call, state: _State, definition: Mapping[str, Any]
) -> _State:
    flow = await flows.update_draft(
        connection,
        call.scope,
        state.flow.id,
        {**definition, "name": state.flow.name},
        revision=state.flow.draft_revision,
    )
    return _State(flow, state.newest)


def _demand_no_work(state: _State) -> None:
    if state.has_work:
        raise refuse_business(
            "Flow.DraftExist",
            f"Version {state.draft_number} (the draft) has changes that were not put online;"
            " put it online or delete it first.",
        )


def _demand_draft(call: Call, state: _State) -> None:
    number = call.text("FlowVersion")
    if number and id_of(number) != state.draft_number:
        raise refuse_business(
            "Flow.VersionNotDraft",
            f"Version {number} is not the draft; the draft is version {state.draft_number}.",
        )


def _wanted_number(call: Call, state: _State) -> int:
    if named := call.text("FlowVersion") or call.text("DraftVersion"):
        return id_of(named)
    match call.text("Status").strip().upper():
        case "DRAFT":
            return state.draft_number
        case "ONLINE" if state.flow.published_number is None:
            raise refuse_business("Flow.VersionNotOnline", "No version of the flow is online.")
        case "" | "ONLINE":
            return state.flow.published_number or state.draft_number
        case _:
            raise invalid("Status", "DRAFT or ONLINE when there is no FlowVersion")


def _draft_shape(state: _State, zone: ZoneInfo) -> dict[str, Any]:
    flow = state.flow
    return _shape(flow.id, state.draft_number, DRAFT, flow.created_at, flow.updated_at, zone)


def _version_shape(flow: Flow, version: FlowVersion, zone: ZoneInfo) -> dict[str, Any]:
    status = ONLINE if version.id == flow.published_version_id else OFFLINE
    at = version.published_at
    return _shape(flow.id, version.number, status, at, at, zone)


def _shape(
    flow_id: int, number: int, status: str, made_at: datetime, changed_at: datetime, zone: ZoneInfo
) -> dict[str, Any]:
    return {
        "FlowCode": str(flow_id),
        "FlowVersion": str(number),
        "Status": status,
        "GmtCreate": time_text(made_at, zone),
        "GmtModified": time_text(changed_at, zone),
    }
