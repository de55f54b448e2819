"""Trying out triggers: which flow a message would begin, before anybody sends it.

Theory of operation.  The same pure question that inbound messages are asked (``Trigger.fits``) is
asked of a message that somebody only types.  ``try_trigger`` asks one trigger as it is being edited;
``try_bindings`` asks every flow that listens to a sender, in the order of their priority, and tells
which would begin.  A flow that is not published is asked by its draft, and begins nothing.  Words
like STOP are told apart, because they opt a person out whatever flows say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from clarion.domain.errors import ClarionError, Problem
from clarion.domain.identity import Permission
from clarion.domain.message import Reply
from clarion.domain.opt_out import is_opt_out_text
from clarion.flow.trigger import Trigger, read_trigger
from clarion.services.bindings import Binding, list_bindings
from clarion.services.scope import Scope
from clarion.services.senders import read_sender
from clarion.store.pool import Connection

__all__ = ["BindingTry", "TriedMessage", "TriggerTry", "try_bindings", "try_trigger"]


@dataclass(frozen=True, slots=True)
class TriedMessage:
    """What a person would send; ``referral`` is the id of the advertisement that was tapped."""

    text: str
    kind: str = "text"
    payload: str | None = None
    referral: str | None = None


@dataclass(frozen=True, slots=True)
class TriggerTry:
    """Whether a message begins a flow, and by which conditions (their places in the list)."""

    is_fitting: bool
    condition_indexes: tuple[int, ...]
    is_opt_out: bool


@dataclass(frozen=True, slots=True)
class BindingTry:
    """One flow that listens, and what it makes of a message."""

    binding: Binding
    is_fitting: bool
    condition_indexes: tuple[int, ...]
    would_begin: bool


def try_trigger(scope: Scope, definition: object, message: TriedMessage) -> TriggerTry:
    """Ask one trigger, as it stands in a flow file.

    Raises ``flow.invalid`` with ``problems``.
    """
    scope.require(Permission.READ)
    problems: list[Problem] = []
    trigger = read_trigger(definition, problems)
    if problems:
        raise ClarionError(
            "flow.invalid",
            f"The trigger cannot be tried: {problems[0].where}: {problems[0].message}",
            problems=[asdict(problem) for problem in problems],
        )
    reply = _reply(scope, message)
    return TriggerTry(trigger.fits(reply), trigger.fitting(reply), is_opt_out_text(message.text))


async def try_bindings(
    connection: Connection, scope: Scope, sender_id: int, message: TriedMessage
) -> list[BindingTry]:
    """Ask every flow that listens to a sender, in their order.  Raises ``sender.not_found``."""
    scope.require(Permission.READ)
    await read_sender(connection, scope, sender_id)
    reply = _reply(scope, message)
    is_taken = is_opt_out_text(message.text)
    tries = []
    for binding in await list_bindings(connection, scope, sender_id=sender_id):
        trigger = _trigger_of(binding)
        is_fitting = trigger.fits(reply)
        would_begin = is_fitting and binding.is_published and not is_taken
        is_taken = is_taken or would_begin
        tries.append(BindingTry(binding, is_fitting, trigger.fitting(reply), would_begin))
    return tries


def _trigger_of(binding: Binding) -> Trigger:
    # A draft may be broken; a part that cannot be read begins nothing and is told by its check.
    return read_trigger({"kind": binding.trigger_kind, "conditions": list(binding.conditions)}, [])


def _reply(scope: Scope, message: TriedMessage) -> Reply:
    media: Mapping[str, Any] = (
        {} if message.referral is None else {"referral": {"source_id": message.referral}}
    )
    return Reply(message.kind, message.text, scope.now, message.payload, media=media)
