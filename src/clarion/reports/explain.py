"""Why did this person (not) get it: everything that is known, as a list of dated facts.

Theory of operation.  The rows about one person of one occurrence (the snapshot's row, the session,
its messages with their attempts and receipts, what the person said, and the consent of then) are
read one after the other; ``facts_of`` turns them into facts, purely.  Facts are in the order of
their instants; the words for their kinds stand in one table, in both languages.  A platform tells
whole seconds: what it tells stands behind what we saw within the same second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from clarion.domain.campaign import Outcome
from clarion.domain.errors import ClarionError
from clarion.domain.reasons import reason_in_words
from clarion.store.pool import Connection
from clarion.store.queries import Row, load

__all__ = ["FACT_WORDS", "Explanation", "Fact", "explain_participant", "facts_of"]

QUERIES = load("explanations")

Language = Literal["en", "zh"]

_SECOND = timedelta(seconds=1)
_TOLD_BY_PLATFORM = {"message_sent", "message_delivered", "message_read", "message_failed"}

FACT_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "occurrence_due": ("The occurrence was due", "到达计划执行时间"),
        "audience_taken": ("The audience was taken down", "已生成受众快照"),
        "opted_in": ("The person opted in", "用户已同意接收"),
        "opted_out": ("The person opted out", "用户已退订"),
        "session_started": ("The flow was started for the person", "已为该用户启动流程"),
        "message_written": ("A message was written", "已生成消息"),
        "attempt_accepted": ("The platform accepted the message", "平台已接受消息"),
        "attempt_rejected": ("The platform rejected the message", "平台拒绝了消息"),
        "attempt_throttled": ("The platform asked to try later", "平台要求稍后重试"),
        "attempt_not_sent": ("The request did not leave", "请求未能发出"),
        "attempt_in_doubt": ("The answer was lost", "应答丢失"),
        "message_sent": ("The platform sent it", "平台已发送"),
        "message_delivered": ("It was delivered", "已送达"),
        "message_read": ("It was read", "已读"),
        "message_failed": ("The message failed", "消息失败"),
        "person_wrote": ("The person wrote", "用户发来消息"),
        "session_ended": ("The flow ended for the person", "该用户的流程已结束"),
        "occurrence_finished": ("The occurrence was finished", "本次执行已完成"),
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened.

    ``kind`` is a key of ``FACT_WORDS``, ``text`` says it to a person, ``detail`` adds what only
    this case knows (a provider's code, the text that was written).
    """

    at: datetime
    kind: str
    text: str
    detail: str | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What became of one person of an occurrence, and the facts that tell why.

    ``session`` and each of ``messages`` are rows as stored; the instants are UTC.
    """

    occurrence_id: int
    contact_id: int
    contact_name: str | None
    contact_phone: str | None
    campaign_id: int
    campaign_name: str
    outcome: Outcome
    reason: str | None
    reason_in_words: str | None
    replied_at: datetime | None
    session: Mapping[str, Any] | None
    messages: Sequence[Mapping[str, Any]]
    facts: tuple[Fact, ...]


async def explain_participant(
    connection: Connection, workspace_id: int, occurrence_id: int, contact_id: int, now: datetime
) -> Explanation:
    """Everything about one person of an occurrence.

    Raises ``participant.not_found``: there is no such occurrence, or the person was not in it.
    """
    key = {"occurrence_id": occurrence_id, "contact_id": contact_id}
    person = await QUERIES.fetchrow(connection, "participant", workspace_id=workspace_id, **key)
    if person is None:
        raise ClarionError(
            "participant.not_found",
            f"The contact {contact_id} was not in the audience of the occurrence {occurrence_id}.",
            occurrence_id=occurrence_id,
            contact_id=contact_id,
        )
    session = await QUERIES.fetchrow(connection, "session", **key)
    messages = await QUERIES.fetch(connection, "messages", **key)
    attempts = await QUERIES.fetch(
        connection, "attempts", message_ids=[message["id"] for message in messages]
    )
    began_at = person["started_at"] or person["scheduled_at"]
    consents = await QUERIES.fetch(
        connection, "consent_changes", contact_id=contact_id, until_at=_end_of(session, now)
    )
    said: Sequence[Row] = ()
    if session is not None:
        said = await QUERIES.fetch(
            connection,
            "said",
            contact_id=contact_id,
            since_at=began_at,
            until_at=_end_of(session, now),
        )
    language: Language = person["language"]
    reason = person["reason"]
    return Explanation(
        **key,
        contact_name=person["contact_name"],
        contact_phone=person["contact_phone"],
        campaign_id=person["campaign_id"],
        campaign_name=person["campaign_name"],
        outcome=Outcome(person["outcome"]),
        reason=reason,
        reason_in_words=reason and reason_in_words(reason, language),
        replied_at=person["replied_at"],
        session=None if session is None else dict(session),
        messages=[dict(message) for message in messages],
        facts=facts_of(person, session, messages, attempts, consents, said, language),
    )


def _end_of(session: Row | None, now: datetime) -> datetime:
    """Until when what a person says belongs to this story."""
    return now if session is None or session["ended_at"] is None else session["ended_at"]


def facts_of(
    person: Row,
    session: Row | None,
    messages: Sequence[Row],
    attempts: Sequence[Row],
    consents: Sequence[Row],
    said: Sequence[Row],
    language: Language,
) -> tuple[Fact, ...]:
    """All that the rows tell, in the order of time; what has no instant yet is left out."""
    told = [
        *_of_occurrence(person),
        *((row["at"], row["state"], _joined(row["channel"], row["source"], row["reason"]), None)
          for row in consents),
        *_of_session(session, language),
        *(fact for message in messages for fact in _of_message(message, language)),
        *(_of_attempt(attempt, language) for attempt in attempts),
        *((row["created_at"], "person_wrote", _text_of(row["content"]), row["id"]) for row in said),
    ]  # fmt: skip
    order = {kind: number for number, kind in enumerate(FACT_WORDS)}
    index = 1 if language == "zh" else 0
    return tuple(
        Fact(at, kind, FACT_WORDS[kind][index], detail, message_id)
        for at, kind, detail, message_id in sorted(
            (fact for fact in told if fact[0] is not None),
            key=lambda fact: (_latest(fact[0], fact[1]), order[fact[1]]),
        )
    )


def _latest(at: datetime, kind: str) -> datetime:
    """When it happened at the latest: the platform cuts its instants to the second."""
    return at + _SECOND if kind in _TOLD_BY_PLATFORM and not at.microsecond else at


_Told = tuple[Any, str, str | None, int | None]


def _of_occurrence(person: Row) -> Iterator[_Told]:
    yield person["scheduled_at"], "occurrence_due", person["campaign_name"], None
    yield person["started_at"], "audience_taken", None, None
    yield person["finished_at"], "occurrence_finished", None, None


def _of_session(session: Row | None, language: Language) -> Iterator[_Told]:
    if session is None:
        return
    version = f"{session['flow_name']} v{session['version_number']}"
    yield session["started_at"], "session_started", version, None
    reason = session["reason"]
    words = reason and reason_in_words(reason, language)
    yield session["ended_at"], "session_ended", _joined(session["status"], words), None


def _of_message(message: Row, language: Language) -> Iterator[_Told]:
    number = message["id"]
    yield message["created_at"], "message_written", message["node_id"], number
    yield message["sent_at"], "message_sent", None, number
    yield message["delivered_at"], "message_delivered", None, number
    yield message["read_at"], "message_read", None, number
    error = _joined(message["error_code"], message["error_title"])
    reason = message["reason"]
    words = reason and reason_in_words(reason, language)
    yield message["failed_at"], "message_failed", error or words, number


def _of_attempt(attempt: Row, language: Language) -> _Told:
    reason = attempt["reason"]
    words = reason and reason_in_words(reason, language)
    detail = _joined(attempt["error_code"], attempt["error_title"]) or words
    return attempt["at"], f"attempt_{attempt['kind']}", detail, attempt["message_id"]


def _joined(*parts: str | None) -> str | None:
    return " · ".join(part for part in parts if part) or None


def _text_of(content: Mapping[str, Any]) -> str | None:
    """What a person wrote or tapped, as far as it is text."""
    body = content.get("body", content)
    text = body.get("text") if isinstance(body, Mapping) else None
    return text if isinstance(text, str) and text else None
