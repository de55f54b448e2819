"""What a sprint means for its person: the messages with their senders, and the outcome.  Pure.

Theory of operation.  A ``Walk`` pairs a sprint with whose it is.  ``messages_of`` gives each of its
messages the sender that carries it, or the reason why it cannot leave; ``move_of`` tells what becomes
of the participant.  The runner writes what these answer and the dry run counts it, so the two cannot
disagree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clarion.domain.campaign import Outcome
from clarion.domain.message import Lane
from clarion.engine.apply.insert_messages import NewMessage
from clarion.engine.apply.move_participants import Move
from clarion.engine.choose_sender import SenderChoice, choose_sender
from clarion.engine.node_steps import Stood
from clarion.engine.person import Person
from clarion.flow.context import Context
from clarion.flow.session import Session, SessionStatus
from clarion.flow.sprint import Sprint

__all__ = ["Walk", "messages_of", "move_of", "sender_of"]


@dataclass(frozen=True, slots=True)
class Walk:
    """One person's sprint, and the context that it ran in.

    ``session_id`` is 0 for a new session; ``stood`` tells where a resumed one had waited.
    """

    person: Person
    sprint: Sprint
    context: Context
    flow_id: int
    flow_version_id: int
    lane: Lane
    session_id: int = 0
    sender_id: int | None = None
    campaign_id: int | None = None
    campaign_sender_name: str | None = None
    occurrence_id: int | None = None
    stood: Stood | None = None


def messages_of(senders: SenderChoice, walk: Walk, session_id: int) -> list[NewMessage]:
    """The messages of a sprint, each with its sender; what cannot leave carries its reason."""
    person = walk.person
    messages: list[NewMessage] = []
    known_id = walk.sender_id or person.known_sender_id
    for effect in walk.sprint.messages:
        is_own_channel = effect.channel is senders.channel
        sender_id = (
            choose_sender(
                senders,
                effect.senders,
                walk.campaign_sender_name,
                known_id,
                person.contact_id,
            )
            if is_own_channel
            else None
        )
        known_id = sender_id or known_id
        reason = None
        if not is_own_channel:
            reason = "no_sender_of_channel"
        elif sender_id is None:
            reason = "no_sender"
        elif person.address_value is None:
            reason = "no_address"
        messages.append(
            NewMessage(
                contact_id=person.contact_id,
                session_id=session_id,
                step=effect.step,
                node_id=effect.node_id,
                content=effect.content,
                sender_id=sender_id,
                lane=walk.lane,
                to_kind=person.address_kind,
                to_value=person.address_value,
                campaign_id=walk.campaign_id,
                occurrence_id=walk.occurrence_id,
                reason=reason,
                channel=effect.channel,
            )
        )
    return messages


def sender_of(messages: Sequence[NewMessage], walk: Walk) -> int | None:
    """The sender that the person knows from now on."""
    own = [each.sender_id for each in messages if each.reason != "no_sender_of_channel"]
    return own[-1] if own else walk.sender_id


def move_of(walk: Walk, session_id: int, opening: tuple[int, str | None] | None) -> Move | None:
    """What a sprint means for the participant: its opening message, or an end without one."""
    if walk.occurrence_id is None:
        return None
    outcome, reason, message_id = Outcome.PENDING, None, None
    if opening is not None:
        message_id, reason = opening
        outcome = Outcome.FAILED if reason else Outcome.PENDING
    elif walk.sprint.session.step_count > 0:
        return None  # the opening message left in an earlier sprint
    elif walk.sprint.session.reason == "forwarded":
        return None  # the flow that goes on will tell
    else:
        outcome, reason = _without_message(walk.sprint.session)
    return Move(walk.occurrence_id, walk.person.contact_id, outcome, reason, session_id, message_id)


def _without_message(session: Session) -> tuple[Outcome, str | None]:
    if session.is_open:
        return Outcome.PENDING, None
    if session.status is SessionStatus.FAILED:
        return Outcome.FAILED, session.reason or "flow_failed"
    return Outcome.SKIPPED, session.reason or "flow_sent_nothing"
