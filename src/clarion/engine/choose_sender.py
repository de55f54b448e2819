"""Which sender carries a message: pure.

A send node names a sender or a pool; the campaign may name one; else any of the workspace.  A
contact stays with the sender that it knows; the others are spread evenly and stably by contact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clarion.domain.message import Channel

__all__ = ["SenderChoice", "choose_sender"]


@dataclass(frozen=True, slots=True)
class SenderChoice:
    """The senders of a workspace on one channel, by name, in the order of their ids.

    ``channels`` are all that the workspace has a sender of.
    """

    ids_by_name: Mapping[str, int]
    active_ids: frozenset[int]
    channel: Channel = Channel.WHATSAPP
    channels: frozenset[Channel] = frozenset()


def choose_sender(
    choice: SenderChoice,
    names: Sequence[str],
    campaign_sender_name: str | None,
    known_sender_id: int | None,
    contact_id: int,
) -> int | None:
    """The id of the sender to use, ``None`` if none of the named ones exists.

    A paused sender is used only when all candidates are paused: its messages then wait.
    """
    wanted = names or ([campaign_sender_name] if campaign_sender_name else choice.ids_by_name)
    candidates = [choice.ids_by_name[name] for name in wanted if name in choice.ids_by_name]
    usable = [each for each in candidates if each in choice.active_ids] or candidates
    if not usable:
        return None
    if known_sender_id in usable:
        return known_sender_id
    return usable[contact_id % len(usable)]
