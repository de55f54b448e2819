"""``Idempotency-Key``: a create that is repeated answers the same and creates nothing twice.

Theory of operation.  The answer of a create is stored under its key in the very transaction that
creates; so either both are there or neither is, and a failed request may simply be repeated.  While
a request is being answered it holds an advisory lock on its key (freed by the end of the
transaction, also after a crash); a second request meanwhile is told ``request.in_progress``.
Answers are sealed, because some show a secret once.  A key is remembered for 24 hours.

``Route`` is the route class of every router of ours: its handler runs inside the transaction of
the request's connection, which is where the answer must be stored.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Depends, Header, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from clarion.domain.errors import ClarionError
from clarion.services.upkeep import ANSWERS_KEPT_FOR
from clarion.store.queries import load
from clarion.web.access import Asking
from clarion.web.database import DB, PlaceOf

__all__ = ["Once", "Route"]

QUERIES = load("idempotency")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A key that this request holds until its transaction ends."""

    key: str
    request_hash: bytes
    workspace_id: int


class _RepeatedError(Exception):
    """Carries the stored answer from the dependency to the route."""

    def __init__(self, answer: Response) -> None:
        super().__init__("repeated")
        self.answer = answer


async def _claim(
    request: Request,
    connection: DB,
    place: PlaceOf,
    scope: Asking,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="A key of your choice; the same request with the same key is done once.",
        ),
    ] = None,
) -> None:
    if idempotency_key is None:
        return
    claim = _Claim(idempotency_key, await _hash_of(request), scope.workspace_id)
    if not await QUERIES.fetchval(
        connection, "lock_key", workspace_id=claim.workspace_id, key=claim.key
    ):
        raise ClarionError(
            "request.in_progress", "A request with this Idempotency-Key is being answered."
        )
    stored = await QUERIES.fetchrow(
        connection,
        "stored_answer",
        workspace_id=claim.workspace_id,
        key=claim.key,
        not_before=scope.now - ANSWERS_KEPT_FOR,
    )
    if stored is None:
        request.state.idempotency = claim
        return
    if stored["request_hash"] != claim.request_hash:
        raise ClarionError(
            "request.idempotency_conflict",
            "This Idempotency-Key was used for another request within the last 24 hours.",
        )
    opened = place.sealer.open(stored["response"].decode("ascii"), context=_context(claim))
    raise _RepeatedError(_unpack(stored["status"], opened))


Once = Depends(_claim)


async def _hash_of(request: Request) -> bytes:
    """Method, address and body; of an upload only the address, for its framing differs each time."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    if "multipart/" not in request.headers.get("content-type", ""):
        digest.update(await request.body())
    return digest.digest()


def _context(claim: _Claim) -> str:
    return f"idempotency:{claim.workspace_id}:{claim.key}"


def _pack(response: Response) -> str:
    body = base64.b64encode(bytes(response.body)).decode("ascii")
    return orjson.dumps({"media_type": response.headers.get("content-type"), "body": body}).decode()


def _unpack(status: int, opened: str) -> Response:
    kept = orjson.loads(opened)
    return Response(
        base64.b64decode(kept["body"]),
        status_code=status,
        headers={"Idempotency-Replayed": "true"},
        media_type=kept["media_type"],
    )


class Route(APIRoute):
    """A route that keeps the answers of creates which carry an ``Idempotency-Key``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the framework's handler; both run inside the request's transaction."""
        answer = super().get_route_handler()

        async def answer_once(request: Request) -> Response:
            try:
                response = await answer(request)
            except _RepeatedError as repeated:
                return repeated.answer
            claim: _Claim | None = getattr(request.state, "idempotency", None)
            if claim is not None and response.status_code < 400:
                sealer = request.app.state.place.sealer
                await QUERIES.execute(
                    request.state.connection,
                    "keep_answer",
                    workspace_id=claim.workspace_id,
                    key=claim.key,
                    request_hash=claim.request_hash,
                    status=response.status_code,
                    response=sealer.seal(_pack(response), context=_context(claim)).encode("ascii"),
                    created_at=request.app.state.place.clock(),
                )
            return response

        return answer_once
