"""Messages outside of flows: a person answers, or a program sends, by the common way.

Theory of operation.  A request names recipients, one content each, and a key.  What was asked for
under a key is carried out once: a repetition answers the messages that are there, and another request
under the same key is refused.  Numbers that nobody knows become contacts of the system's group.  What
is wrong with the request itself (a number, the content) refuses all of it before anything is written;
whom consent or the 24 hour window forbids to write to gets a message that says so and never leaves.
All others take the way of every message: outbox, last look, dispatcher, receipts.

Free text may only follow what a person wrote, so it needs the permission to reply; a template may
open a conversation, so it needs the permission that makes messages leave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from clarion.channels.contract import OutMessage, TemplateInfo
from clarion.channels.registry import ADAPTERS
from clarion.domain.consent import Allow, decide_consent
from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.domain.message import Address, AddressKind, Channel, Content, Lane, TemplateContent
from clarion.domain.phone import Phone, parse_phone
from clarion.engine.apply.insert_messages import NewMessage, append_to_outboxes, insert_messages
from clarion.engine.apply.tell_events import tell_messages
from clarion.engine.choose_sender import SenderChoice, choose_sender
from clarion.engine.person import Person, consent_facts, person_from_row
from clarion.engine.runner import read_senders
from clarion.engine.strangers import find_or_make_contacts
from clarion.services import audit
from clarion.services.messages import Message, read_messages
from clarion.services.scope import Scope
from clarion.store.content import content_to_json
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["MOST_RECIPIENTS", "MessageRequest", "Recipient", "SentMessages", "send_messages"]

QUERIES = load("message_requests")

MOST_RECIPIENTS = 1_000
_LONGEST_MARK = 200
_WINDOW = timedelta(hours=24)
# Long enough that no attempt of a real message is longer; only the check of a content sees it.
_ANY_ATTEMPT = "c0.0"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets what: a contact by id, or a number as people write it."""

    content: Content
    contact_id: int | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class MessageRequest:
    """What is asked for.

    ``sender_name`` None: the sender that each person knows, else any.  ``key`` empty: a new one is
    minted.  ``tag`` is the asker's own mark.  ``reply_to`` is the provider's id of the message that
    this one answers.
    """

    recipients: Sequence[Recipient]
    sender_name: str | None = None
    key: str = ""
    tag: str = ""
    reply_to: str | None = None
    channel: Channel = Channel.WHATSAPP


@dataclass(frozen=True, slots=True)
class SentMessages:
    """The messages of a request in the order of its recipients; ``is_repeated``: they were there."""

    key: str
    messages: Sequence[Message]
    is_repeated: bool


async def send_messages(
    connection: Connection, scope: Scope, request: MessageRequest, *, mint_key: Callable[[], str]
) -> SentMessages:
    """Carry out a request once.

    Raises ``request.invalid``, ``request.idempotency_conflict``, ``contact.not_found``,
    ``contact.phone_invalid``, ``sender.not_found``, ``sender.none_for_channel``,
    ``template.not_found``, ``message.invalid``.
    """
    is_opening = any(isinstance(each.content, TemplateContent) for each in request.recipients)
    scope.require(Permission.RUN_CAMPAIGNS if is_opening else Permission.REPLY)
    _check_form(request)
    key, request_hash = request.key or mint_key(), _hash_of(request)
    await QUERIES.execute(connection, "lock_key", workspace_id=scope.workspace_id, key=key)
    rows = await QUERIES.fetch(
        connection, "messages_of_key", workspace_id=scope.workspace_id, key=key
    )
    if rows:
        if rows[0]["request_hash"] != request_hash:
            raise ClarionError(
                "request.idempotency_conflict", f"The key {key} was used for other messages."
            )
        ids = [row["message_id"] for row in rows]
        return SentMessages(key, await read_messages(connection, scope, ids), True)
    ids = await _carry_out(connection, scope, request, key, request_hash)
    return SentMessages(key, await read_messages(connection, scope, ids), False)


async def _carry_out(
    connection: Connection, scope: Scope, request: MessageRequest, key: str, request_hash: bytes
) -> list[int]:
    senders = await read_senders(connection, scope.workspace_id, request.channel)
    _check_sender(request, senders)
    await _check_contents(connection, scope, request)
    people = await _people(connection, scope, request)
    messages = [
        _message_of(request, senders, each, row, scope)
        for each, row in zip(request.recipients, people, strict=True)
    ]
    messages = await _with_windows(connection, messages, scope)
    ids = await insert_messages(
        connection, scope.workspace_id, request.channel, messages, scope.now
    )
    await QUERIES.execute(
        connection,
        "keep_requests",
        workspace_id=scope.workspace_id,
        key=key,
        request_hash=request_hash,
        tag=request.tag,
        actor_name=scope.actor.name,
        message_ids=ids,
    )
    await audit.record(
        connection, scope, "sent", "message", ids[0], {"key": key, "message_count": len(ids)}
    )
    refused = [id_ for message, id_ in zip(messages, ids, strict=True) if message.reason]
    await tell_messages(connection, refused, scope.now)
    await append_to_outboxes(
        connection,
        [
            (message.sender_id, message.lane.value, id_, 1)
            for message, id_ in zip(messages, ids, strict=True)
            if message.reason is None and message.sender_id is not None
        ],
    )
    return ids


def _check_form(request: MessageRequest) -> None:
    faults: list[FieldError] = []
    if not 1 <= len(request.recipients) <= MOST_RECIPIENTS:
        message = f"One request has 1 to {MOST_RECIPIENTS} recipients."
        faults.append(FieldError("recipients", "count", message))
    for name, text in (("key", request.key), ("tag", request.tag)):
        if len(text) > _LONGEST_MARK:
            message = f"At most {_LONGEST_MARK} characters."
            faults.append(FieldError(name, "too_long", message))
    for number, each in enumerate(request.recipients):
        if (each.contact_id is None) == (each.phone is None):
            message = "Name either a contact or a phone number."
            faults.append(FieldError(f"recipients.{number}", "one_of", message))
    if faults:
        raise ClarionError(
            "request.invalid", "The messages cannot be sent.", field_errors=tuple(faults)
        )


def _hash_of(request: MessageRequest) -> bytes:
    digest = hashlib.sha256(
        f"{request.channel}\n{request.sender_name}\n{request.reply_to}".encode()
    )
    for each in request.recipients:
        digest.update(f"\n{each.contact_id} {each.phone} {content_to_json(each.content)}".encode())
    return digest.digest()


def _check_sender(request: MessageRequest, senders: SenderChoice) -> None:
    name = request.sender_name
    if name is not None and name not in senders.ids_by_name:
        raise ClarionError("sender.not_found", f"There is no sender {name} in this workspace.")
    if not senders.ids_by_name:
        raise ClarionError(
            "sender.none_for_channel", f"The workspace has no sender of {request.channel}."
        )


async def _check_contents(connection: Connection, scope: Scope, request: MessageRequest) -> None:
    """Refuse what the provider would: every problem, with the recipient's place."""
    templates: dict[tuple[str, str], Row] = {}
    faults: list[FieldError] = []
    anybody = Address(request.channel, AddressKind.PHONE, "+12025550123")
    for number, each in enumerate(request.recipients):
        content, template = each.content, None
        if isinstance(content, TemplateContent):
            name = (content.name, content.language)
            if name not in templates:
                templates[name] = await _template_row(connection, scope, request.channel, *name)
            row = templates[name]
            if not row["known_count"]:
                continue  # nothing was synchronised yet: the provider itself will judge
            template = _template_info(row, content)
        message = OutMessage(_ANY_ATTEMPT, anybody, content, request.reply_to)
        faults += [
            FieldError(
                f"recipients.{number}.content.{problem.where}", problem.code, problem.message
            )
            for problem in ADAPTERS[request.channel].check(message, template)
            if problem.severity == "error"
        ]
    if faults:
        raise ClarionError(
            "message.invalid", faults[0].message, field_errors=tuple(faults[:MOST_RECIPIENTS])
        )


async def _template_row(
    connection: Connection, scope: Scope, channel: Channel, name: str, language: str
) -> Row:
    row = await QUERIES.fetchrow(
        connection,
        "template_of_account",
        workspace_id=scope.workspace_id,
        channel=str(channel),
        name=name,
        language=language,
        account_key="",
    )
    assert row is not None  # noqa: S101 - the query always gives a row
    if row["known_count"] and row["provider_id"] is None:
        raise ClarionError(
            "template.not_found", f"There is no template {name} ({language}) in this workspace."
        )
    return row


def _template_info(row: Row, content: TemplateContent) -> TemplateInfo:
    return TemplateInfo(
        provider_id=row["provider_id"],
        name=content.name,
        language=content.language,
        status=row["status"],
        category=row["category"],
        parameter_format=row["parameter_format"],
        components=row["components"],
    )


async def _people(connection: Connection, scope: Scope, request: MessageRequest) -> list[Row]:
    """A row of each recipient; strangers are made."""
    contact_ids = await _contact_ids(connection, scope, request)
    rows = await QUERIES.fetch(
        connection,
        "people",
        workspace_id=scope.workspace_id,
        channel=str(request.channel),
        contact_ids=sorted(set(contact_ids)),
    )
    by_id = {row["contact_id"]: row for row in rows}
    for contact_id in contact_ids:
        if contact_id not in by_id:
            raise ClarionError(
                "contact.not_found",
                f"There is no contact {contact_id} in this workspace.",
                contact_id=contact_id,
            )
    return [by_id[contact_id] for contact_id in contact_ids]


async def _contact_ids(connection: Connection, scope: Scope, request: MessageRequest) -> list[int]:
    country = await QUERIES.fetchval(connection, "default_country", workspace_id=scope.workspace_id)
    phones: dict[int, str] = {}
    faults: list[FieldError] = []
    for number, each in enumerate(request.recipients):
        if each.phone is None:
            continue
        found = parse_phone(each.phone, country)
        if isinstance(found, Phone):
            phones[number] = found.e164
        else:
            faults.append(FieldError(f"recipients.{number}.phone", found.code, found.message))
    if faults:
        raise ClarionError("contact.phone_invalid", faults[0].message, field_errors=tuple(faults))
    distinct = sorted(set(phones.values()))
    made = await find_or_make_contacts(
        connection,
        scope.workspace_id,
        request.channel,
        [([Address(request.channel, AddressKind.PHONE, phone)], "") for phone in distinct],
        scope.now,
    )
    by_phone: Mapping[str, int] = dict(zip(distinct, made, strict=True))
    return [
        by_phone[phones[number]] if number in phones else each.contact_id or 0
        for number, each in enumerate(request.recipients)
    ]


def _message_of(
    request: MessageRequest, senders: SenderChoice, recipient: Recipient, row: Row, scope: Scope
) -> NewMessage:
    person: Person = person_from_row(row)
    names = () if request.sender_name is None else (request.sender_name,)
    decision = decide_consent(consent_facts(row, person, scope.now), scope.now)
    return NewMessage(
        contact_id=person.contact_id,
        session_id=None,
        step=None,
        node_id=None,
        content=recipient.content,
        sender_id=choose_sender(senders, names, None, person.known_sender_id, person.contact_id),
        # Many at once must not hold up the answers to people who are talking with us.
        lane=Lane.CONVERSATION if len(request.recipients) == 1 else Lane.BULK,
        to_kind=person.address_kind,
        to_value=person.address_value,
        reason=None if isinstance(decision, Allow) else decision.reason,
        reply_to=request.reply_to,
    )


async def _with_windows(
    connection: Connection, messages: Sequence[NewMessage], scope: Scope
) -> list[NewMessage]:
    """The same, with the reason of those that may not leave because nobody wrote lately."""
    free = [
        each
        for each in messages
        if each.reason is None and not isinstance(each.content, TemplateContent)
    ]
    if not free:
        return list(messages)
    rows = await QUERIES.fetch(
        connection,
        "open_windows",
        contact_ids=[each.contact_id for each in free],
        sender_ids=[each.sender_id for each in free],
        since=scope.now - _WINDOW,
    )
    is_open = {(row["contact_id"], row["sender_id"]) for row in rows}
    closed = {id(each) for each in free if (each.contact_id, each.sender_id) not in is_open}
    return [
        replace(each, reason="window_closed") if id(each) in closed else each for each in messages
    ]
