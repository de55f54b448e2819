"""Forwards: contacts go on in another flow, in the transaction in which their session ended.

Theory of operation.  A sprint that ends in ``ForwardTo`` names a flow.  ``follow_forwards`` finds the
published versions, starts each of them for its contact, and looks again, since that flow may forward
at once; the session's count of forwards (``Limits.max_forwards``) ends it.  When there is no such flow,
the session that wanted to go on has failed.  Nothing is written here: the caller gets the walks.

The new session goes on with the count of messages, so the first message of the chain is the
opening of the campaign, whichever of the flows sends it, and no later one is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clarion.engine.flow_versions import FlowVersions
from clarion.engine.openings import Walk
from clarion.flow.definition import Flow
from clarion.flow.engine import Triggered, start
from clarion.flow.limits import DEFAULT_LIMITS, Limits
from clarion.flow.session import SessionStatus
from clarion.store.pool import Connection
from clarion.store.queries import load

__all__ = ["Followed", "Target", "follow_forwards", "hand_on"]

SESSIONS = load("sessions")


@dataclass(frozen=True, slots=True)
class Target:
    """The published version of a flow that contacts are forwarded to."""

    flow_id: int
    flow_version_id: int
    flow: Flow


@dataclass(frozen=True, slots=True)
class Followed:
    """``walks`` are the given ones, failed where they could not go on; ``started`` the new ones."""

    walks: list[Walk]
    started: list[Walk]


async def follow_forwards(
    connection: Connection,
    flow_versions: FlowVersions,
    workspace_id: int,
    walks: Sequence[Walk],
) -> Followed:
    """Start the flows to which sprints of one workspace forward, until none forwards any more."""
    rounds: list[list[Walk]] = []
    walking = list(walks)
    while True:
        names = {walk.sprint.forward.flow_name for walk in walking if walk.sprint.forward}
        targets = await _targets(connection, flow_versions, workspace_id, names) if names else {}
        pairs = [hand_on(walk, targets, flow_versions.limits) for walk in walking]
        rounds.append([walk for walk, _ in pairs])
        walking = [following for _, following in pairs if following is not None]
        if not walking:
            break
    return Followed(rounds[0], [walk for each in rounds[1:] for walk in each])


def hand_on(
    walk: Walk, targets: Mapping[str, Target], limits: Limits = DEFAULT_LIMITS
) -> tuple[Walk, Walk | None]:
    """A walk as it stands, and the walk that goes on in the flow that it forwards to, if any."""
    forward = walk.sprint.forward
    if forward is None:
        return walk, None
    session = walk.sprint.session
    target = targets.get(forward.flow_name)
    if target is None:
        failed = replace(session, status=SessionStatus.FAILED, reason="forward_failed")
        return replace(walk, sprint=replace(walk.sprint, session=failed)), None
    context = replace(walk.context, contact=walk.sprint.contact_after(walk.context.contact))
    sprint = start(
        target.flow,
        trigger=Triggered(
            forward.inputs,
            forward_count=session.forward_count + 1,
            step_count=session.step_count,
        ),
        context=context,
        limits=limits,
    )
    following = replace(
        walk,
        sprint=sprint,
        context=context,
        flow_id=target.flow_id,
        flow_version_id=target.flow_version_id,
        session_id=0,
        stood=None,
    )
    return walk, following


async def _targets(
    connection: Connection, flow_versions: FlowVersions, workspace_id: int, names: set[str]
) -> dict[str, Target]:
    rows = await SESSIONS.fetch(
        connection, "published_flows_named", workspace_id=workspace_id, names=sorted(names)
    )
    return {
        row["name"]: Target(
            row["id"],
            row["published_version_id"],
            await flow_versions.get(connection, row["published_version_id"]),
        )
        for row in rows
    }
