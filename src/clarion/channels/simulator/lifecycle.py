"""What becomes of an accepted message, and when: pure.

Theory of operation.  A message's whole life is decided when it is accepted: the seconds after which it is
sent, delivered, read, failed and answered.  ``steps`` lists what happens in order; the simulator keeps one
entry of its agenda a message and walks the list.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from clarion.channels.simulator.graph_errors import Refusal
from clarion.channels.simulator.ids import MessageDraws
from clarion.channels.simulator.people import Person
from clarion.channels.simulator.settings import PeopleSettings, TimingSettings

__all__ = ["Step", "StepKind", "life_of"]

StepKind = Literal["sent", "delivered", "read", "failed", "reply"]


class Step(NamedTuple):
    """Something that happens ``after_seconds`` of people's time after the step before."""

    kind: StepKind
    after_seconds: float


def life_of(
    person: Person,
    draws: MessageDraws,
    people: PeopleSettings,
    timing: TimingSettings,
    *,
    failure: Refusal | None,
    has_reply: bool,
) -> tuple[Step, ...]:
    """The steps of one message.

    A message that fails is never ``sent``.  One to somebody who blocked us is sent and no more.  Only
    who reads a message answers it; ``delivered`` is skipped for some who have the chat open.
    """
    if failure is not None:
        return (Step("failed", timing.failed.at(draws.failed)),)
    steps = [Step("sent", timing.sent.at(draws.sent))]
    if person.has_blocked or draws.never_delivered < people.never_delivered_share:
        return tuple(steps)
    delivered_seconds = timing.delivered.at(draws.delivered)
    if not person.does_read or (draws.reads >= people.reads_share and not has_reply):
        steps.append(Step("delivered", delivered_seconds))
        return tuple(steps)
    if draws.skips_delivered < people.read_without_delivered_share:
        steps.append(Step("read", delivered_seconds))
    else:
        steps.append(Step("delivered", delivered_seconds))
        steps.append(Step("read", timing.read.at(draws.read)))
    if has_reply:
        steps.append(Step("reply", timing.reply.at(draws.reply_delay)))
    return tuple(steps)
