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

SaidKind = Literal[
    "text", "button", "button_reply", "list_reply", "nfm_reply", "location", "stop", "resume"
]

_TEXTS = (
    "How much is it?",
    "Do you deliver on Sundays?",
    "Thanks!",
    "Can I speak to a person?",
    "我可以改时间吗?",
    "Sounds good 😀",
    "Who is this?",
)
_STOP_TEXTS = ("STOP", "Unsubscribe", "STOP", "ARRET", "退订", "СТОП")
_GOOD_RATINGS = ("5", "4", "5", "5!")
_BAD_RATINGS = ("1", "2", "2")
_RATINGS = ("3", "5", "4", "4, thanks for asking", "2")
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


class _Heard(NamedTuple):
    """What a message invites to."""

    offers: Sequence[Offer]
    is_rating_asked: bool


def _tap(offer: Offer) -> SaidReply:
    return SaidReply(offer.kind, offer.key, offer.title)


def _text(choices: Sequence[str], chance: float) -> SaidReply:
    return SaidReply("text", "", choices[int(chance * len(choices))])


def _yes(heard: _Heard, draws: MessageDraws) -> SaidReply:
    if heard.offers:
        return _tap(heard.offers[0])
    return _text(_GOOD_RATINGS if heard.is_rating_asked else _YES_TEXTS, draws.reply_kind)


def _no(heard: _Heard, draws: MessageDraws) -> SaidReply:
    if heard.offers:
        return _tap(heard.offers[-1])
    return _text(_BAD_RATINGS if heard.is_rating_asked else _NO_TEXTS, draws.reply_kind)


def _talk(heard: _Heard, draws: MessageDraws) -> SaidReply:
    return _text(_RATINGS if heard.is_rating_asked else _TEXTS, draws.reply_kind)


def _stop(_heard: _Heard, draws: MessageDraws) -> SaidReply:
    if draws.spare < 0.5:
        return SaidReply("stop", "", "")
    return _text(_STOP_TEXTS, draws.reply_kind)


_PERSONAS: Mapping[str, Callable[[_Heard, MessageDraws], SaidReply]] = MappingProxyType(
    {"yes": _yes, "no": _no, "text": _talk, "stop": _stop}
)


def answer_of(
    persona: str,
    offers: Sequence[Offer],
    draws: MessageDraws,
    *,
    is_template: bool,
    is_rating_asked: bool = False,
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
    return speak(_Heard(offers, is_rating_asked), draws)
