"""Webhook endpoints: addresses of other programs that are told what happens, and their deliveries.

Theory of operation.  An endpoint names kinds of events (``domain.webhook.EVENT_KINDS``), maybe one
sender, and the form of the body.  Its secret signs every body; it is shown when it is made and when
it is replaced, and never again.  The engine queues events (``engine.apply.tell_events``),
``webhook_deliveries`` delivers them; here people manage both and ask for a delivery once more.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import asyncpg

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.identity import Permission
from clarion.domain.webhook import EVENT_KINDS, EndpointForm
from clarion.engine.jobs import defer_deliveries
from clarion.services import audit
from clarion.services.scope import Scope
from clarion.services.senders import sender_named
from clarion.store.pool import Connection
from clarion.store.queries import load
from clarion.store.secrets import Sealer

__all__ = [
    "CAMS_KINDS",
    "Endpoint",
    "EndpointDraft",
    "create_endpoint",
    "delete_endpoint",
    "endpoint_named",
    "list_endpoints",
    "read_endpoint",
    "replace_secret",
    "secret_context",
    "update_endpoint",
]

QUERIES = load("webhook_endpoints")

# What the form of CAMS has words for.
CAMS_KINDS = frozenset(
    kind for kind in EVENT_KINDS if kind.startswith("message.") and kind != "message.accepted"
)
_LONGEST_URL = 2_000
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """What a person says about an endpoint; ``sender_name`` None: events of all senders."""

    name: str
    url: str
    kinds: Sequence[str]
    sender_name: str | None = None
    form: EndpointForm = "clarion"
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint; ``waiting_count`` events are still to be delivered, ``last_*`` is the newest try."""

    id: int
    name: str
    url: str
    kinds: Sequence[str]
    sender_id: int | None
    sender_name: str | None
    form: EndpointForm
    is_active: bool
    created_at: datetime
    updated_at: datetime
    waiting_count: int
    last_status: str | None
    last_http_status: int | None
    last_answer: str | None
    last_at: datetime | None


def secret_context(workspace_id: int) -> str:
    """What an endpoint's secret is sealed with, so that it opens nowhere else."""
    return f"webhook endpoint of workspace {workspace_id}"


async def list_endpoints(connection: Connection, scope: Scope) -> list[Endpoint]:
    """All endpoints of the workspace, the oldest first."""
    scope.require(Permission.MANAGE_SETTINGS)
    rows = await QUERIES.fetch(
        connection, "endpoints", workspace_id=scope.workspace_id, endpoint_id=None
    )
    return [Endpoint(**dict(row)) for row in rows]


async def read_endpoint(connection: Connection, scope: Scope, endpoint_id: int) -> Endpoint:
    """One endpoint.  Raises ``webhook_endpoint.not_found``."""
    scope.require(Permission.MANAGE_SETTINGS)
    row = await QUERIES.fetchrow(
        connection, "endpoints", workspace_id=scope.workspace_id, endpoint_id=endpoint_id
    )
    if row is None:
        raise _not_found(endpoint_id)
    return Endpoint(**dict(row))


async def endpoint_named(connection: Connection, scope: Scope, name: str) -> Endpoint | None:
    """The endpoint of this name, if there is one."""
    return next(
        (each for each in await list_endpoints(connection, scope) if each.name == name), None
    )


async def create_endpoint(
    connection: Connection,
    scope: Scope,
    sealer: Sealer,
    draft: EndpointDraft,
    *,
    mint_secret: Callable[[], str],
) -> tuple[Endpoint, str]:
    """Make an endpoint; also returns its secret, which is not shown again.

    Raises ``webhook_endpoint.invalid``, ``webhook_endpoint.name_taken``, ``sender.not_found``.
    """
    scope.require(Permission.MANAGE_SETTINGS)
    _check(draft)
    secret = mint_secret()
    endpoint_id = await QUERIES.fetchval(
        connection,
        "insert_endpoint",
        workspace_id=scope.workspace_id,
        name=draft.name.strip(),
        url=draft.url,
        kinds=list(draft.kinds),
        sender_id=await _sender_id(connection, scope, draft),
        form=draft.form,
        secret_sealed=sealer.seal(secret, context=secret_context(scope.workspace_id)),
        now=scope.now,
    )
    if endpoint_id is None:
        raise _name_taken(draft.name)
    await _record(connection, scope, "created", endpoint_id, draft.name)
    return await read_endpoint(connection, scope, endpoint_id), secret


async def update_endpoint(
    connection: Connection, scope: Scope, endpoint_id: int, draft: EndpointDraft
) -> Endpoint:
    """Change an endpoint; its secret stays.

    Raises ``webhook_endpoint.not_found`` and what ``create_endpoint`` does.
    """
    scope.require(Permission.MANAGE_SETTINGS)
    _check(draft)
    try:
        async with connection.transaction():  # a name that is taken must not end the caller's
            found = await QUERIES.fetchval(
                connection,
                "update_endpoint",
                workspace_id=scope.workspace_id,
                endpoint_id=endpoint_id,
                name=draft.name.strip(),
                url=draft.url,
                kinds=list(draft.kinds),
                sender_id=await _sender_id(connection, scope, draft),
                form=draft.form,
                is_active=draft.is_active,
                now=scope.now,
            )
    except asyncpg.UniqueViolationError as error:
        raise _name_taken(draft.name) from error
    if found is None:
        raise _not_found(endpoint_id)
    if draft.is_active:  # what waited while it was switched off
        await defer_deliveries(connection, [endpoint_id])
    await _record(connection, scope, "changed", endpoint_id, draft.name)
    return await read_endpoint(connection, scope, endpoint_id)


async def replace_secret(
    connection: Connection,
    scope: Scope,
    sealer: Sealer,
    endpoint_id: int,
    *,
    mint_secret: Callable[[], str],
) -> str:
    """Give an endpoint a new secret and return it.  Raises ``webhook_endpoint.not_found``."""
    endpoint = await read_endpoint(connection, scope, endpoint_id)
    secret = mint_secret()
    await QUERIES.execute(
        connection,
        "replace_secret",
        workspace_id=scope.workspace_id,
        endpoint_id=endpoint_id,
        secret_sealed=sealer.seal(secret, context=secret_context(scope.workspace_id)),
        now=scope.now,
    )
    await _record(connection, scope, "replaced_secret", endpoint_id, endpoint.name)
    return secret


async def delete_endpoint(connection: Connection, scope: Scope, endpoint_id: int) -> None:
    """Forget an endpoint and what waits for it.  Raises ``webhook_endpoint.not_found``."""
    endpoint = await read_endpoint(connection, scope, endpoint_id)
    await QUERIES.execute(
        connection, "delete_endpoint", workspace_id=scope.workspace_id, endpoint_id=endpoint_id
    )
    await _record(connection, scope, "deleted", endpoint_id, endpoint.name)


def _check(draft: EndpointDraft) -> None:
    faults: list[FieldError] = []

    def fault(path: str, code: str, message: str) -> None:
        faults.append(FieldError(path, code, message))

    if not 1 <= len(draft.name.strip()) <= _LONGEST_NAME:
        fault("name", "length", f"A name has 1 to {_LONGEST_NAME} characters.")
    if not _is_url(draft.url):
        fault("url", "not_a_url", "An address begins with http:// or https:// and names a host.")
    known = CAMS_KINDS if draft.form == "cams" else frozenset(EVENT_KINDS)
    unknown = [kind for kind in draft.kinds if kind not in known]
    if unknown or not draft.kinds:
        message = f"Name one or more of {', '.join(sorted(known))}."
        fault("kinds", "unknown", message)
    if faults:
        raise ClarionError(
            "webhook_endpoint.invalid", faults[0].message, field_errors=tuple(faults)
        )


def _is_url(text: str) -> bool:
    if len(text) > _LONGEST_URL or any(char.isspace() or ord(char) < ord(" ") for char in text):
        return False
    try:
        parts = urlsplit(text)
        has_port = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    if ":" in host:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
    return parts.scheme in ("http", "https") and bool(host) and has_port and not parts.username


async def _sender_id(connection: Connection, scope: Scope, draft: EndpointDraft) -> int | None:
    if draft.sender_name is None:
        return None
    return (await sender_named(connection, scope, draft.sender_name)).id


async def _record(
    connection: Connection, scope: Scope, action: str, endpoint_id: int, name: str
) -> None:
    await audit.record(connection, scope, action, "webhook_endpoint", endpoint_id, {"name": name})


def _not_found(endpoint_id: int) -> ClarionError:
    return ClarionError(
        "webhook_endpoint.not_found",
        f"There is no webhook endpoint {endpoint_id} in this workspace.",
        endpoint_id=endpoint_id,
    )


def _name_taken(name: str) -> ClarionError:
    return ClarionError(
        "webhook_endpoint.name_taken", f"A webhook endpoint named {name} exists.", name=name
    )
