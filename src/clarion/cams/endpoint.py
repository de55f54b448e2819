"""The CAMS-compatible endpoint: what answers ``POST /``.

Theory of operation.  One request, one operation.  First who asks: the signature is read and checked
with the key's secret, and its nonce is used up, in one transaction that is undone when any of it
fails (an unproved request leaves no trace).  Then what is asked: version, action and parameters, by
the table of operations.  Then the handler, which opens transactions of its own.  Whatever is raised
on the way becomes an answer here: a gateway error or a business error (``clarion.cams.refusals``).

Parameters stand in the address, and hold phone numbers; nothing of a request is logged but its action.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, TypeAlias

import orjson
import structlog

from clarion.cams.call import Answer, Call, read_values
from clarion.cams.operations import OPERATIONS, VERSION, WITHOUT_SUCCESS
from clarion.cams.refusals import Refusal, RefusedError, refusal_of, refuse
from clarion.cams.request import RpcRequest, request_of
from clarion.cams.signature import Signature, check_signature, read_signature
from clarion.cams.unsupported import UNSUPPORTED
from clarion.domain.errors import ClarionError
from clarion.services.keys import scope_of_access_key
from clarion.services.nonces import CLOCK_SKEW, use_nonce
from clarion.services.place import Place
from clarion.services.scope import Scope
from clarion.store.pool import transaction

__all__ = ["Admit", "RpcEndpoint", "Translate"]

_Message: TypeAlias = MutableMapping[str, Any]
# Turns whatever was raised into an error that a client may see.
Translate = Callable[[Exception], ClarionError]
# Lets one more request of a subject pass, or raises ``request.rate_limited``.
Admit = Callable[[str], None]

log = structlog.get_logger(__name__)


class RpcEndpoint:
    """An ASGI callable for the requests of CAMS clients."""

    def __init__(self, place: Place, *, translate: Translate, admit: Admit) -> None:
        self._place = place
        self._translate = translate
        self._admit = admit

    async def __call__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
    ) -> None:
        """Answer one request."""
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        request_id = str(scope.get("state", {}).get("request_id", ""))
        host = next(
            (value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), ""
        )
        status, document = await self._answer(scope, body, request_id, host)
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", b"application/json; charset=utf-8"),
                    (b"cache-control", b"no-store"),
                    (b"x-acs-request-id", request_id.encode("latin-1")),
                ],
            }
        )
        await send({"type": "http.response.body", "body": orjson.dumps(document, default=str)})

    async def _answer(
        self, scope: Mapping[str, Any], body: bytes, request_id: str, host: str
    ) -> tuple[int, Mapping[str, Any]]:
        try:
            request = request_of(
                scope["method"],
                scope["path"],
                scope["query_string"],
                scope["headers"],
                body,
            )
        except ValueError:
            too_many = refuse("InvalidParameter", "The request has too many parameters.")
            return _refused(too_many, request_id, host)
        origin = self._place.settings.public_url or f"{scope.get('scheme', 'http')}://{host}"
        status, document = await self._answer_request(request, request_id, host, origin)
        if _action_of(request) in WITHOUT_SUCCESS:
            document.pop("Success", None)
        return status, document

    async def _answer_request(
        self, request: RpcRequest, request_id: str, host: str, origin: str
    ) -> tuple[int, dict[str, Any]]:
        try:
            answer = await self._do(request, origin)
        except RefusedError as error:
            return _refused(error.refusal, request_id, host)
        except Exception as error:
            known = self._translate(error)
            if known.fault == "us":
                log.error("call failed", code=known.code, request_id=request_id, exc_info=error)
            return _refused(refusal_of(known), request_id, host)
        return 200, {**_envelope(request_id, "OK", "OK", is_success=True), **answer}

    async def _do(self, request: RpcRequest, origin: str) -> Answer:
        signature = read_signature(request)
        if isinstance(signature, Refusal):
            raise RefusedError(signature)
        who = await self._authenticate(signature)
        self._admit(f"{who.actor.kind}:{who.actor.id}")
        if signature.version != VERSION:
            raise RefusedError(
                refuse(
                    "InvalidVersion",
                    f"Version {signature.version[:20]!r} is not served; {VERSION} is.",
                )
            )
        operation = OPERATIONS.get(signature.action)
        if operation is None:
            raise RefusedError(_unknown(signature.action))
        values = read_values(operation, request.parameters)
        return await operation.handler(Call(self._place, who, values, origin))

    async def _authenticate(self, signature: Signature) -> Scope:
        now = self._place.clock()
        async with transaction(self._place.pool) as connection:
            found = await scope_of_access_key(
                connection, self._place.sealer, signature.access_key_id, now
            )
            if found is None:
                raise RefusedError(
                    refuse("InvalidAccessKeyId.NotFound", "The access key is unknown or revoked.")
                )
            scope, secret = found
            refusal = check_signature(signature, secret, now, skew=CLOCK_SKEW)
            if refusal is not None:
                raise RefusedError(refusal)
            if not await use_nonce(connection, signature.access_key_id, signature.nonce, now):
                raise RefusedError(
                    refuse("SignatureNonceUsed", "A request with this nonce was answered before.")
                )
        return scope


def _action_of(request: RpcRequest) -> str:
    return request.headers.get("x-acs-action") or request.parameters.get("Action", "")


def _unknown(action: str) -> Refusal:
    if action in UNSUPPORTED:
        return refuse(
            "UnsupportedOperation", f"{action} is not supported here. {UNSUPPORTED[action]}."
        )
    return refuse("InvalidAction.NotFound", f"There is no operation {action[:80]!r}.")


def _refused(refusal: Refusal, request_id: str, host: str) -> tuple[int, dict[str, Any]]:
    if refusal.is_business:
        return 200, _envelope(request_id, refusal.code, refusal.message, is_success=False)
    return refusal.status, {
        "RequestId": request_id,
        "HostId": host,
        "Code": refusal.code,
        "Message": refusal.message,
        "Recommend": refusal.recommend,
    }


def _envelope(request_id: str, code: str, message: str, *, is_success: bool) -> dict[str, Any]:
    return {
        "RequestId": request_id,
        "Code": code,
        "Message": message,
        "Success": is_success,
        "AccessDeniedDetail": "",
    }
