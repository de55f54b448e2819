"""What a person answers to a message: pure.

Theory of operation.  A message may *offer* something to tap (a template's quick replies, the buttons or
rows of an interactive message).  The person's persona picks an offer or a sentence; chances pick which.
Plain chat without an offer is answered only by a share of the talkative, so that two machines do not
talk for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from clarion.channels.simulator.ids import MessageDraws

__all__ = ["Offer", "SaidReply", "answer_of"]

SaidKind = Literal["text", "button", "button_reply", "list_reply", "nfm_reply", "stop", "resume"]

_TEXTS = (
    "How much is it?",
    "Do you deliver on Sundays?",
    "5",
    "4",
    "Thanks!",
    "Can I speak to a person?",
    "我可以改时间吗?",
    "Sounds good 😀",
    "2",
    "Who is this?",
)
_STOP_TEXTS = ("STOP", "Unsubscribe", "STOP", "ARRET", "退订", "СТОП")
_YES_TEXTS = ("Yes", "yes please", "OK")
_NO_TEXTS = ("No", "no thanks", "Not now")


class Offer(NamedTuple):
    """Something to tap: how the tap is reported, its id or payload, and its text."""

    kind: SaidKind
    key: str
    title: str


class SaidReply(NamedTuple):
    """What a person says.  ``kind`` is ``text``, a tap, or a change of preference (``stop``)."""

    kind: SaidKind
    key: str
    text: str


def _tap(offer: Offer) -> SaidReply:
    return SaidReply(offer.kind, offer.key, offer.title)


def _text(choices: Sequence[str], chance: float) -> SaidReply:
    return SaidReply("text", "", choices[int(chance * len(choices))])


def _yes(offers: Sequence[Offer], draws: MessageDraws) -> SaidReply:
    return _tap(offers[0]) if offers else _text(_YES_TEXTS, draws.reply_kind)


def _no(offers: Sequence[Offer], draws: MessageDraws) -> SaidReply:
    return _tap(offers[-1]) if offers else _text(_NO_TEXTS, draws.reply_kind)


def _talk(_offers: Sequence[Offer], draws: MessageDraws) -> SaidReply:
    return _text(_TEXTS, draws.reply_kind)


def _stop(_offers: Sequence[Offer], draws: MessageDraws) -> SaidReply:
    if draws.spare < 0.5:
        return SaidReply("stop", "", "")
    return _text(_STOP_TEXTS, draws.reply_kind)


_PERSONAS: Mapping[str, Callable[[Sequence[Offer], MessageDraws], SaidReply]] = MappingProxyType(
    {"yes": _yes, "no": _no, "text": _talk, "stop": _stop}
)


def answer_of(
    persona: str,
    offers: Sequence[Offer],
    draws: MessageDraws,
    *,
    is_template: bool,
    chats_on: float,
) -> SaidReply | None:
    """The reply to one message, ``None`` for silence.

    ``chats_on`` is the share of plain messages (no template, nothing to tap) that are answered.
    """
    speak = _PERSONAS.get(persona)
    if speak is None:
        return None
    if not offers and not is_template and draws.replies >= chats_on:
        return None
    return speak(offers, draws)
