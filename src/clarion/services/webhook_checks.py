"""Does what the provider tells reach us?  Every link of the chain is looked at, one after the other.

Theory of operation.  The chain: the provider takes our token; it knows our address; the account is
subscribed; our address answers the handshake from outside; events come; their signatures fit.  Each
link gives a ``Finding`` of ``ok``, ``problem`` or ``unknown``, with what was found and what to do; one that
cannot be looked at because an earlier one broke is unknown.  Numbers of one app share a callback URL,
so the events of one sender may come at the address of another.  Nothing is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp

from clarion.channels.contract import SenderAccount
from clarion.domain.errors import ClarionError
from clarion.domain.identity import Permission
from clarion.services import audit
from clarion.services.place import Place
from clarion.services.providers import MANAGEMENT
from clarion.services.scope import Scope
from clarion.services.sender_health import refresh_health
from clarion.services.senders import Sender, account_for, list_senders, read_sender
from clarion.store.pool import transaction
from clarion.store.queries import load

__all__ = ["CHALLENGE_BYTES", "LINKS", "Finding", "check_webhook", "subscribe_webhook"]

QUERIES = load("webhook_watches")

Link = Literal["token", "address", "subscription", "handshake", "events", "signatures"]
State = Literal["ok", "problem", "unknown"]

# What to do when a link is broken.
LINKS: Mapping[Link, str] = {
    "token": "Replace the access token by one that the provider takes.",
    "address": "Enter this server's webhook address as the callback URL at the provider.",
    "subscription": "Subscribe the account to the app: `clarion sender subscribe`.",
    "handshake": "See that the address leads to this server over HTTPS, and that the verify token is the sender's.",
    "events": "Look at the links before this one; events come as soon as they hold.",
    "signatures": "Replace the app secret by that of the app which sends the webhooks.",
}

CHALLENGE_BYTES = 12
_HANDSHAKE_TIMEOUT = aiohttp.ClientTimeout(total=10.0)
_MOST_ANSWER_BYTES = 1_000
# A receipt takes seconds; without any for so long after a message something is wrong.
_RECEIPT_PATIENCE = timedelta(minutes=10)
_REFUSALS_COUNT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Finding:
    """One link; ``details`` holds what was found, for whoever words it another way."""

    link: Link
    state: State
    found: str
    details: Mapping[str, Any]

    @property
    def next_step(self) -> str:
        """What to do; empty when there is nothing to do."""
        return LINKS[self.link] if self.state == "problem" else ""


def _finding(link: Link, state: State, found: str, **details: Any) -> Finding:
    return Finding(link, state, found, details)


async def check_webhook(
    place: Place, scope: Scope, sender_id: int, *, origin: str, challenge: str
) -> list[Finding]:
    """Look at every link of the chain, in its order.

    ``origin`` is where this server is reached when neither a setting nor the provider says so;
    ``challenge`` a text that nobody else knows.  Raises ``sender.not_found``, ``secret.unreadable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    async with place.pool.acquire() as connection:
        sender = await read_sender(connection, scope, sender_id)
        account = await account_for(connection, scope, place.sealer, sender_id)
    token, callback = await _ask_provider(place, scope, sender)
    async with place.pool.acquire() as connection:
        listener = _listener(await list_senders(connection, scope), sender, callback)
        listening = await account_for(connection, scope, place.sealer, (listener or sender).id)
    findings = [token, _address(listener, callback, is_known=token.state == "ok")]
    findings.append(await _subscription(place, account))
    base = (place.settings.public_url or origin).rstrip("/")
    url = base + sender.webhook_path if callback is None or listener is None else callback
    findings.append(await _handshake(place, listening, url, challenge))
    async with place.pool.acquire() as connection:
        sender = await read_sender(connection, scope, listening.id)
        last_accepted_at = await QUERIES.fetchval(
            connection,
            "last_accepted_at",
            workspace_id=scope.workspace_id,
            sender_id=sender_id,
        )
    return [*findings, _events(sender, last_accepted_at, scope.now), _signatures(sender, scope.now)]


async def subscribe_webhook(place: Place, scope: Scope, sender_id: int) -> None:
    """Subscribe the sender's account to the app whose token it has.

    Raises ``sender.not_found``, ``provider.refused``, ``provider.unreachable``.
    """
    scope.require(Permission.MANAGE_SENDERS)
    async with place.pool.acquire() as connection:
        account = await account_for(connection, scope, place.sealer, sender_id)
    await MANAGEMENT[account.channel].subscribe(account, place.http)
    async with transaction(place.pool) as connection:
        await audit.record(connection, scope, "webhook_subscribed", "sender", sender_id)


async def _ask_provider(place: Place, scope: Scope, sender: Sender) -> tuple[Finding, str | None]:
    try:
        fresh = await refresh_health(place, scope, sender.id)
    except ClarionError as error:
        if error.code not in {"provider.refused", "provider.unreachable"}:
            raise
        return _finding("token", "problem", error.message, code=error.code), None
    callback: str | None = fresh.health.get("callback_url")
    return _finding("token", "ok", "The provider takes the access token."), callback


def _listener(senders: Sequence[Sender], asked: Sender, callback: str | None) -> Sender | None:
    """The sender at whose address the provider's webhooks come; numbers of one app share one."""
    if callback is None:
        return None
    path = urlsplit(callback).path
    return next((each for each in (asked, *senders) if path.endswith(each.webhook_path)), None)


def _address(listener: Sender | None, callback: str | None, *, is_known: bool) -> Finding:
    if not is_known:
        return _finding("address", "unknown", "The provider could not be asked.")
    if callback is None:
        return _finding("address", "problem", "The provider names no callback URL.", url=None)
    if listener is None:
        found = f"The provider sends to {callback}, which is not ours."
        return _finding("address", "problem", found, url=callback)
    found = f"The provider sends to {callback}, the address of {listener.name}."
    return _finding("address", "ok", found, url=callback, sender=listener.name)


async def _subscription(place: Place, account: SenderAccount) -> Finding:
    try:
        apps = await MANAGEMENT[account.channel].subscribed_apps(account, place.http)
    except ClarionError as error:
        return _finding("subscription", "unknown", error.message, code=error.code)
    if not apps:
        return _finding("subscription", "problem", "No app is subscribed to the account.", apps=[])
    names = ", ".join(apps)
    return _finding("subscription", "ok", f"The account is subscribed: {names}.", apps=list(apps))


async def _handshake(place: Place, account: SenderAccount, url: str, challenge: str) -> Finding:
    query = {
        "hub.mode": "subscribe",
        "hub.challenge": challenge,
        "hub.verify_token": account.secrets["verify_token"],
    }
    try:
        async with place.http.get(
            url, params=query, timeout=_HANDSHAKE_TIMEOUT, allow_redirects=False
        ) as answer:
            body = await answer.content.read(_MOST_ANSWER_BYTES)
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        why = str(error) or type(error).__name__
        return _finding("handshake", "problem", f"{url} does not answer: {why}.", url=url, why=why)
    if status == 200 and body.strip() == challenge.encode():
        return _finding("handshake", "ok", f"{url} answers the handshake.", url=url)
    found = f"{url} answers {status} instead of the challenge."
    return _finding("handshake", "problem", found, url=url, status=status)


def _events(sender: Sender, last_accepted_at: datetime | None, now: datetime) -> Finding:
    last_at = sender.last_event_at
    details = {"last_event_at": last_at, "last_accepted_at": last_accepted_at}
    is_patient = last_accepted_at is None or now - last_accepted_at <= _RECEIPT_PATIENCE
    has_followed = last_accepted_at is None or (last_at or last_accepted_at) > last_accepted_at
    if not is_patient and not has_followed:
        found = "Messages were taken by the platform, and no event came after them."
        return _finding("events", "problem", found, **details)
    if last_at is None:
        return _finding("events", "unknown", "No event has come yet.", **details)
    return _finding("events", "ok", f"The last event came at {last_at.isoformat()}.", **details)


def _signatures(sender: Sender, now: datetime) -> Finding:
    count, at = sender.signature_refused_count, sender.signature_refused_at
    details = {"refused_count": count, "refused_at": at}
    if at is None or now - at > _REFUSALS_COUNT_FOR:
        return _finding("signatures", "ok", "No signature was refused lately.", **details)
    found = f"{count} bodies had a signature that does not fit, the last at {at.isoformat()}."
    return _finding("signatures", "problem", found, **details)
