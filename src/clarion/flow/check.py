"""What is wrong with a flow: every problem as data, with its node and what to change.

Theory of operation.  ``check_flow`` is what an author sees.  First the form (``read_flow``); a flow
whose form is broken is not looked at further, since every further finding would be a guess.  Then
the graph (loops, ways that lead nowhere, what cannot be reached), the words (variables that nobody
sets), the channel's rules (free text before anybody has written) and, when the templates are known,
how they are used.  A flow with a problem of severity ``error`` cannot be published.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Set
from typing import Any

from clarion.domain.errors import Problem
from clarion.domain.message import Channel
from clarion.flow.context import ALIASES, CONTACT_FIELDS, EXTRA_NAMES, RESERVED_NAMES
from clarion.flow.definition import START_NODE_ID, Flow, read_flow
from clarion.flow.nodes import NODE_KINDS
from clarion.flow.nodes.config import paths_of
from clarion.flow.nodes.delivery_branch import DeliveryBranchConfig
from clarion.flow.nodes.forward_to_flow import ForwardToFlowConfig
from clarion.flow.nodes.kind import Node
from clarion.flow.nodes.send_whatsapp_template import SendTemplateConfig
from clarion.flow.nodes.update_contact import UpdateContactConfig
from clarion.flow.problems import error, node_id_of, warning
from clarion.flow.templates import TemplateShape, problems_of_use

__all__ = ["check_flow", "has_errors", "node_id_of"]

Templates = Mapping[tuple[str, str], TemplateShape]


def check_flow(
    data: object,
    *,
    templates: Templates | None = None,
    group_names: Set[str] | None = None,
    flow_names: Set[str] | None = None,
    secret_names: Set[str] | None = None,
    channels: Set[Channel] | None = None,
) -> list[Problem]:
    """Every problem of a flow file (decoded JSON); total.

    ``templates`` are the known ones by name and language, ``group_names`` the workspace's groups,
    ``flow_names`` its published flows, ``secret_names`` its secrets, ``channels`` those that it has a
    sender of; without one of these its use is not checked.
    """
    flow, problems = read_flow(data)
    if flow is None:
        return problems
    problems += _exit_problems(flow)
    problems += _loop_problems(flow)
    problems += _reach_problems(flow)
    problems += _variable_problems(flow)
    problems += _window_problems(flow)
    problems += _note_problems(flow)
    if templates is not None:
        problems += _template_problems(flow, templates)
    if group_names is not None:
        problems += _group_problems(flow, group_names)
    problems += _delivery_problems(flow)
    if secret_names is not None:
        problems += _secret_problems(flow, secret_names)
    if channels is not None:
        problems += _channel_problems(flow, channels)
    if flow_names is not None:
        problems += _forward_problems(flow, {*flow_names, flow.name})
    return problems


def has_errors(problems: list[Problem]) -> bool:
    """Whether something keeps the flow from being published."""
    return any(problem.severity == "error" for problem in problems)


def _exit_problems(flow: Flow) -> Iterator[Problem]:
    for node in flow.nodes:
        for each in NODE_KINDS[node.kind].exits(node.config):
            if each.name in node.exits or not each.is_missed:
                continue
            place = f"nodes.{node.id}.exits.{each.name}"
            fix = f"Connect `{each.name}` to a node, for instance to an `end`."
            if each.is_required:
                message = f"The exit `{each.name}` leads nowhere."
                yield error("missing_exit", place, message, fix)
            else:
                message = f"The session ends at the exit `{each.name}`, which leads nowhere."
                yield warning("missing_exit", place, message, fix)


def _next_ids(node: Node[Any]) -> Iterator[str]:
    yield from node.exits.values()
    yield from NODE_KINDS[node.kind].targets(node.config)


def _loop_problems(flow: Flow) -> Iterator[Problem]:
    """Loops that neither a wait nor a limit of jumps slows down.

    Nodes are taken away as long as one has no way to another that is left; what stays is a loop,
    or leads into one.  The same from the other side leaves the loops and what lies between them.
    """
    restless = {node.id for node in flow.nodes if not NODE_KINDS[node.kind].waits}
    ahead = {
        node.id: restless.intersection(node.exits.values())
        for node in flow.nodes
        if node.id in restless
    }
    behind: dict[str, set[str]] = {node_id: set() for node_id in ahead}
    for node_id, ids in ahead.items():
        for each in ids:
            behind[each].add(node_id)
    left = _without_ends(_without_ends(set(ahead), ahead, behind), behind, ahead)
    if left:
        ordered = [node.id for node in flow.nodes if node.id in left]
        yield error(
            "endless_loop",
            f"nodes.{ordered[0]}",
            f"The nodes {', '.join(ordered)} form a loop without a wait.",
            "Put a wait into the loop, or go back with a `jump`, which has a limit.",
        )


def _without_ends(
    ids: set[str], ahead: Mapping[str, set[str]], behind: Mapping[str, set[str]]
) -> set[str]:
    left = set(ids)
    counts = {node_id: len(ahead[node_id] & left) for node_id in left}
    free = [node_id for node_id, count in counts.items() if count == 0]
    while free:
        node_id = free.pop()
        left.discard(node_id)
        for each in behind[node_id]:
            if each in left:
                counts[each] -= 1
                if counts[each] == 0:
                    free.append(each)
    return left


def _reach_problems(flow: Flow) -> Iterator[Problem]:
    reached = {START_NODE_ID}
    waiting = deque(reached)
    while waiting:
        for each in _next_ids(flow.nodes_by_id[waiting.popleft()]):
            if each not in reached:
                reached.add(each)
                waiting.append(each)
    for node in flow.nodes:
        if node.id not in reached and not NODE_KINDS[node.kind].is_comment:
            fix = "Connect an exit to it, or remove it."
            message = f"No way leads to the node `{node.id}`."
            yield warning("unreachable_node", f"nodes.{node.id}", message, fix)


def _note_problems(flow: Flow) -> Iterator[Problem]:
    """Ways into what stands on the canvas only."""
    comments = {node.id for node in flow.nodes if NODE_KINDS[node.kind].is_comment}
    for node in flow.nodes:
        ways = [
            *((f"exits.{name}", target) for name, target in node.exits.items()),
            *(("config.target", target) for target in NODE_KINDS[node.kind].targets(node.config)),
        ]
        for place, target in ways:
            if target in comments:
                yield error(
                    "exit_to_note",
                    f"nodes.{node.id}.{place}",
                    f"The way leads to the note `{target}`, which does nothing.",
                    "Name another node; a note stands beside the ways.",
                )


def _variable_problems(flow: Flow) -> Iterator[Problem]:
    known = {*RESERVED_NAMES, *ALIASES, *EXTRA_NAMES}
    known.update(each.name for each in flow.trigger.inputs)
    for node in flow.nodes:
        known.update(NODE_KINDS[node.kind].writes(node.config))
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for node in flow.nodes:
        for place, path in paths_of(node.config, f"nodes.{node.id}.config"):
            if (node.id, path) in seen:
                continue
            seen.add((node.id, path))
            is_unknown_field = (
                path[0] == "contact" and len(path) > 1 and path[1] not in CONTACT_FIELDS
            )
            if path[0] in known and not is_unknown_field:
                continue
            name = ".".join(path)
            fix = (
                f"A contact has {', '.join(CONTACT_FIELDS)}; write `contact.attributes.{path[1]}`."
                if is_unknown_field
                else "Declare it as an input of the trigger, or set it in a node before."
            )
            message = f"Nothing sets `{name}`; it would come out empty."
            yield warning("undeclared_variable", place, message, fix)


def _window_problems(flow: Flow) -> Iterator[Problem]:
    """Free text that can be reached before the person has written, so the channel refuses it."""
    if flow.trigger.kind != "manual":
        return
    seen = {START_NODE_ID}
    waiting = deque(seen)
    while waiting:
        node = flow.nodes_by_id[waiting.popleft()]
        kind = NODE_KINDS[node.kind]
        if kind.sends == "free_form":
            yield warning(
                "window_closed",
                f"nodes.{node.id}",
                "This free message can come before the person has written anything; outside the 24 "
                "hours after a person's last message only templates are delivered.",
                "Send a template here, or wait for a reply first.",
            )
        after_reply = {each.name for each in kind.exits(node.config) if each.is_after_reply}
        ways = [target for name, target in node.exits.items() if name not in after_reply]
        for each in (*ways, *kind.targets(node.config)):
            if each not in seen:
                seen.add(each)
                waiting.append(each)


def _template_problems(flow: Flow, templates: Templates) -> Iterator[Problem]:
    for node in flow.nodes:
        config = node.config
        if not isinstance(config, SendTemplateConfig):
            continue
        where = f"nodes.{node.id}.config"
        shape = templates.get((config.template, config.language))
        if shape is not None:
            yield from problems_of_use(config, shape, where)
            continue
        languages = sorted(language for name, language in templates if name == config.template)
        has = (
            f"It exists in {', '.join(languages)}."
            if languages
            else "Synchronise the templates, or correct the name."
        )
        yield error(
            "template_unknown",
            f"{where}.template",
            f"There is no template `{config.template}` in the language `{config.language}`.",
            has,
        )


def _group_problems(flow: Flow, group_names: Set[str]) -> Iterator[Problem]:
    for node in flow.nodes:
        config = node.config
        if not isinstance(config, UpdateContactConfig):
            continue
        for field in ("add_to_groups", "remove_from_groups"):
            for index, name in enumerate(getattr(config, field)):
                if name not in group_names:
                    yield error(
                        "group_unknown",
                        f"nodes.{node.id}.config.{field}.{index}",
                        f"There is no group `{name}`.",
                        "Make the group, or correct the name.",
                    )


def _forward_problems(flow: Flow, flow_names: Set[str]) -> Iterator[Problem]:
    """Only warnings: two flows that forward to each other cannot both be published first."""
    for node in flow.nodes:
        config = node.config
        if isinstance(config, ForwardToFlowConfig) and config.flow not in flow_names:
            yield warning(
                "flow_unknown",
                f"nodes.{node.id}.config.flow",
                f"There is no published flow `{config.flow}`; sessions would fail here.",
                "Publish that flow, or correct the name.",
            )


def _delivery_problems(flow: Flow) -> Iterator[Problem]:
    """Waits for receipts of something that is no message."""
    for node in flow.nodes:
        if not isinstance(node.config, DeliveryBranchConfig):
            continue
        target = flow.nodes_by_id.get(node.config.message)
        if target is None or NODE_KINDS[target.kind].sends is None:
            yield error(
                "message_unknown",
                f"nodes.{node.id}.config.message",
                f"`{node.config.message}` is no node of this flow that sends.",
                "Name the node whose message is meant.",
            )


def _secret_problems(flow: Flow, secret_names: Set[str]) -> Iterator[Problem]:
    """Only warnings: a secret may be set after the flow was written, without publishing again."""
    for node in flow.nodes:
        for name in NODE_KINDS[node.kind].secrets(node.config):
            if name not in secret_names:
                yield warning(
                    "secret_unknown",
                    f"nodes.{node.id}.config",
                    f"There is no secret `{name}`; the call would fail.",
                    f"Set it (`clarion secret set {name}`), or correct the name.",
                )


def _channel_problems(flow: Flow, channels: Set[Channel]) -> Iterator[Problem]:
    """Only warnings: a sender may be set up later, without publishing again."""
    kind = flow.trigger.kind
    if kind != "manual" and kind not in channels:
        yield warning(
            "sender_missing",
            "trigger.kind",
            f"The workspace has no sender of the channel `{kind}`, so nobody's message starts this flow.",
            "Set up a sender of this channel and bind the flow to it.",
        )
    for node in flow.nodes:
        channel = NODE_KINDS[node.kind].channel_of(node.config)
        if channel is None or channel in channels:
            continue
        way = "leave by `no_sender`" if "no_sender" in node.exits else "end here"
        yield warning(
            "sender_missing",
            f"nodes.{node.id}",
            f"The workspace has no sender of the channel `{channel}`; sessions {way}.",
            "Set up a sender of this channel, or connect `no_sender` to another way to the person.",
        )
