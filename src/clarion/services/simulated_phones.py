"""Simulated phones: what people see on their phones when a sender speaks to a simulator of ours.

Theory of operation.  The setting ``simulator_url`` names the simulator of this installation, and only a
sender whose base URL it is has phones: nothing that a person may enter leads a request of ours anywhere
else.  The simulator's own control interface is asked from here, never by a browser, and only for chats of
the sender's own number.  People are shown by the names that the workspace has for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.services.place import Place
from clarion.services.scope import Scope
from clarion.services.senders import Sender, list_senders, read_sender
from clarion.store.queries import load

__all__ = [
    "PHONES_AT_MOST",
    "Offer",
    "SimulatedLine",
    "SimulatedPhone",
    "Wall",
    "let_answer",
    "read_wall",
    "say",
    "simulated_senders",
]

QUERIES = load("simulated_phones")

PHONES_AT_MOST = 24
_TIMEOUT = aiohttp.ClientTimeout(total=5.0)


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be tapped; ``kind`` and ``key`` go back as they are."""

    kind: str
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class SimulatedLine:
    """One message on a phone.

    ``side`` is ``business`` or ``person``; ``header`` has ``kind`` and ``text``; ``buttons`` only look
    like some (links, menus), ``offers`` can be tapped.  ``state`` is the furthest receipt.
    """

    provider_id: str
    side: str
    at: datetime
    kind: str
    header: Mapping[str, Any] | None
    body: str
    footer: str | None
    buttons: Sequence[str]
    offers: Sequence[Offer]
    state: str
    error_code: int | None


@dataclass(frozen=True, slots=True)
class SimulatedPhone:
    """Somebody's phone, as far back as the simulator remembers; lines oldest first."""

    phone: str
    name: str
    contact_id: int | None
    is_person_writing: bool
    is_business_writing: bool
    lines: Sequence[SimulatedLine]


@dataclass(frozen=True, slots=True)
class Wall:
    """The phones that were asked for, and those where something happened last, the newest first."""

    is_answering: bool
    asked: Sequence[SimulatedPhone]
    newest: Sequence[SimulatedPhone]


async def simulated_senders(place: Place, scope: Scope) -> list[Sender]:
    """The senders that speak to the simulator of this installation."""
    scope.require(Permission.READ)
    if place.settings.simulator_url is None:
        return []
    async with place.pool.acquire() as connection:
        senders = await list_senders(connection, scope)
    return [sender for sender in senders if _is_simulated(place, sender)]


async def read_wall(
    place: Place, scope: Scope, sender_id: int, *, phones: Sequence[str], limit: int
) -> Wall:
    """The phones of these people, and the newest ``limit``.

    Raises ``sender.not_found``, ``simulator.not_used``, ``simulator.failed``.
    """
    scope.require(Permission.READ)
    sender = await _simulated(place, scope, sender_id)
    told = await _ask(
        place,
        "GET",
        "chats",
        query={
            "phone_number_id": sender.sender_key,
            "phones": ",".join(phones[:PHONES_AT_MOST]),
            "limit": str(min(limit, PHONES_AT_MOST)),
        },
    )
    known = await _people(place, scope, [*told["asked"], *told["newest"]])
    return Wall(
        told["is_answering"],
        [_phone_of(chat, known) for chat in told["asked"]],
        [_phone_of(chat, known) for chat in told["newest"]],
    )


async def say(
    place: Place,
    scope: Scope,
    sender_id: int,
    phone: str,
    *,
    text: str | None = None,
    tap: Offer | None = None,
    reply_to: str | None = None,
) -> None:
    """Have the person behind ``phone`` (digits) write, or tap what was offered to her.

    It reaches the sender's webhook as if she had done it.  Raises ``sender.not_found``,
    ``simulator.not_used``, ``simulator.failed``.
    """
    scope.require(Permission.EDIT_FLOWS)
    sender = await _simulated(place, scope, sender_id)
    said: dict[str, Any] = {"phone_number_id": sender.sender_key, "reply_to": reply_to}
    if tap is not None:
        said |= {"tap": tap.title, "payload": tap.key, "kind": tap.kind}
    else:
        said |= {"text": text}
    await _ask(place, "POST", f"people/{phone}/say", document=said)


async def let_answer(place: Place, scope: Scope, sender_id: int, *, is_answering: bool) -> None:
    """Let people answer by themselves, or only when somebody answers for them.

    Raises ``sender.not_found``, ``simulator.not_used``, ``simulator.failed``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    await _simulated(place, scope, sender_id)
    await _ask(place, "POST", "settings", document={"people": {"is_answering": is_answering}})


def _is_simulated(place: Place, sender: Sender) -> bool:
    url = place.settings.simulator_url
    return url is not None and str(sender.config.get("base_url", "")).rstrip("/") == url


async def _simulated(place: Place, scope: Scope, sender_id: int) -> Sender:
    async with place.pool.acquire() as connection:
        sender = await read_sender(connection, scope, sender_id)
    if not _is_simulated(place, sender):
        raise ClarionError(
            "simulator.not_used",
            f"The sender {sender.name} does not speak to the simulator of this installation.",
            sender_id=sender_id,
        )
    return sender


async def _ask(
    place: Place,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    document: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    url = f"{place.settings.simulator_url}/_sim/{path}"
    try:
        async with place.http.request(
            method, url, params=query, json=document, timeout=_TIMEOUT, allow_redirects=False
        ) as answer:
            told: dict[str, Any] = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise ClarionError("simulator.failed", "The simulator does not answer.") from error
    if answer.status != 200:
        raise ClarionError(
            "simulator.failed", f"The simulator refused this: {told.get('problem', told)}."
        )
    return told


async def _people(
    place: Place, scope: Scope, chats: Sequence[Mapping[str, Any]]
) -> Mapping[str, tuple[int, str]]:
    """The contacts behind these chats, by phone (digits)."""
    rows = await QUERIES.fetch(
        place.pool,
        "contacts_of_phones",
        workspace_id=scope.workspace_id,
        phones=[chat["phone"] for chat in chats],
        bsuids=[chat["bsuid"] for chat in chats],
    )
    return {row["phone"]: (row["id"], row["name"]) for row in rows}


def _phone_of(chat: Mapping[str, Any], known: Mapping[str, tuple[int, str]]) -> SimulatedPhone:
    contact_id, name = known.get(chat["phone"], (None, ""))
    return SimulatedPhone(
        phone=chat["phone"],
        name=name or chat["name"],
        contact_id=contact_id,
        is_person_writing=chat["is_person_writing"],
        is_business_writing=chat["is_business_writing"],
        lines=[_line_of(line) for line in chat["lines"]],
    )


def _line_of(line: Mapping[str, Any]) -> SimulatedLine:
    return SimulatedLine(
        provider_id=line["wamid"],
        side=line["side"],
        at=datetime.fromtimestamp(line["at"], UTC),
        kind=line["kind"],
        header=line["header"],
        body=line["body"],
        footer=line["footer"],
        buttons=line["buttons"],
        offers=[Offer(**offer) for offer in line["offers"]],
        state=line["state"],
        error_code=line["error_code"],
    )
