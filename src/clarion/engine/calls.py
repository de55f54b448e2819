"""Carry out what sessions ask of the world outside, and let them go on with the answer.

Theory of operation.  A call is a row, written in the transaction of the sprint that asks.  It goes
``queued`` → ``running`` (claimed under a lease, committed before anything leaves) → ``answered`` (the
answer is kept) → ``done`` (in the transaction in which the session goes on).  A process that dies at
any step leaves a row that another one takes up where it stood: a claimed call whose lease ran out
is made again, with the same ``Idempotency-Key``.  No transaction is open while we wait for somebody
else's server.  A session that has ended has its calls dropped before they leave.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import orjson
import structlog

from clarion.domain.errors import ClarionError
from clarion.domain.message import Lane
from clarion.engine.call_functions import call_registered
from clarion.engine.flow_versions import FlowVersions
from clarion.engine.outside import OutsideRequest, fetch
from clarion.engine.parts import Parts
from clarion.engine.resume import Continuation, resume_sessions
from clarion.flow.calls import (
    CallAnswer,
    FunctionCall,
    HttpCall,
    ModelCall,
    SecretName,
    call_from_json,
    fill,
)
from clarion.flow.engine import CallAnswered
from clarion.store.pool import DATABASE_AWAY, transaction
from clarion.store.queries import Row, load

__all__ = ["Caller", "model_body", "secret_context"]

CALLS = load("calls")

log = structlog.get_logger(__name__)

_MAX_ATTEMPTS = 5
_LEASE_SLACK_SECONDS = 5.0
_BATCH = 500
_INTENT_TOOL = "leave"


def secret_context(workspace_id: int, name: str) -> str:
    """What a secret is sealed for."""
    return f"workspace:{workspace_id}:secret:{name}"


class Caller:
    """Makes the calls of this process; see the module's theory of operation."""

    def __init__(self, parts: Parts, flow_versions: FlowVersions) -> None:
        self._parts = parts
        self._flow_versions = flow_versions
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._perform: dict[type, Callable[[Any, Row], Any]] = {
            HttpCall: self._http,
            FunctionCall: self._function,
            ModelCall: self._model,
        }

    async def turn(self) -> bool:
        """Let answered sessions go on, and begin calls; whether there was anything to do."""
        resumed_count = await self.resume_answered()
        room = self._parts.calls.in_flight - len(self._under_way)
        rows = await self._claim(room) if room > 0 else []
        for row in rows:
            task = asyncio.create_task(self._make(row), name=f"clarion call {row['id']}")
            self._under_way[row["id"]] = task
            task.add_done_callback(partial(self._forget, row["id"]))
        return bool(resumed_count or rows)

    def _forget(self, call_id: int, _task: asyncio.Task[None]) -> None:
        self._under_way.pop(call_id, None)

    async def resume_answered(self) -> int:
        """Resume the sessions whose calls were answered; return how many answers there were."""
        async with transaction(self._parts.pool) as connection:
            rows = await CALLS.fetch(connection, "take_answered", limit=_BATCH)
            if not rows:
                return 0
            await resume_sessions(
                connection,
                self._flow_versions,
                {
                    row["session_id"]: Continuation(
                        CallAnswered(
                            row["number"],
                            CallAnswer(
                                row["answer_status"] or 0,
                                row["answer_body"] or "",
                                row["failure"],
                            ),
                        ),
                        Lane.CONVERSATION,
                    )
                    for row in rows
                },
                self._parts.now(),
            )
            await CALLS.execute(connection, "finish_calls", ids=[row["id"] for row in rows])
        return len(rows)

    async def stop(self, timeout_seconds: float) -> None:
        """Wait for what is under way, for a while; give the rest back."""
        tasks = dict(self._under_way)
        if tasks:
            await asyncio.wait(tasks.values(), timeout=timeout_seconds)
        left = [id_ for id_, task in tasks.items() if not task.done()]
        for id_ in left:
            tasks[id_].cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        if left:
            with contextlib.suppress(*DATABASE_AWAY):
                await CALLS.execute(self._parts.pool, "release_calls", ids=left)

    async def _claim(self, limit: int) -> list[Row]:
        async with transaction(self._parts.pool) as connection:
            await CALLS.execute(connection, "drop_calls")
            rows = await CALLS.fetch(
                connection,
                "claim_calls",
                now=self._parts.now(),
                limit=limit,
                slack_seconds=_LEASE_SLACK_SECONDS,
            )
        return list(rows)

    async def _make(self, row: Row) -> None:
        """Make one call and keep its answer; what fails here is repeated when the lease runs out."""
        try:
            answer = await self._answer_of(row)
            await CALLS.fetchval(
                self._parts.pool,
                "answer_call",
                id=row["id"],
                attempt_count=row["attempt_count"],
                answer_status=answer.status or None,
                failure=answer.failure,
                answer_body=answer.body,
                now=self._parts.now(),
            )
        except DATABASE_AWAY as error:
            log.warning("call_not_kept", call_id=row["id"], error=str(error))
        except Exception as error:
            # The request may hold what a person wrote: the log has the id only.
            log.exception("call_failed", call_id=row["id"], error=type(error).__name__)
        self._parts.wakeups.ring("calls")

    async def _answer_of(self, row: Row) -> CallAnswer:
        if row["attempt_count"] > _MAX_ATTEMPTS:
            return CallAnswer(failure="given_up")
        request = call_from_json(row["request"])
        try:
            answer: CallAnswer = await self._perform[type(request)](request, row)
        except ClarionError as error:
            return CallAnswer(failure=error.code.replace(".", "_"))
        return answer

    async def _http(self, call: HttpCall, row: Row) -> CallAnswer:
        names = {each.name for text in _texts(call) for each in text if not isinstance(each, str)}
        values = {name: await self._secret(row["workspace_id"], name) for name in sorted(names)}

        def value_of(secret: SecretName) -> str:
            return _ENCODERS[secret.encoding](values[secret.name])

        headers = {name: fill(text, value_of) for name, text in call.headers}
        request = OutsideRequest(
            call.method,
            fill(call.url, value_of),
            headers | {"Idempotency-Key": row["idempotency_key"], "User-Agent": "Clarion"},
            None if call.body is None else fill(call.body, value_of).encode(),
            call.timeout_seconds,
        )
        return await fetch(request, self._parts.calls.allowed_networks)

    async def _function(self, call: FunctionCall, row: Row) -> CallAnswer:
        if call.name is not None:
            return await call_registered(call.name, call.arguments, call.timeout_seconds)
        secret = await self._secret(row["workspace_id"], call.signing_secret or "")
        body = orjson.dumps(call.arguments)
        timestamp = str(int(self._parts.now().timestamp()))
        mark = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "X-Clarion-Timestamp": timestamp,
            "X-Clarion-Signature": f"v1={mark.hexdigest()}",
            "Idempotency-Key": row["idempotency_key"],
            "User-Agent": "Clarion",
        }
        request = OutsideRequest("POST", call.url or "", headers, body, call.timeout_seconds)
        return await fetch(request, self._parts.calls.allowed_networks)

    async def _model(self, call: ModelCall, row: Row) -> CallAnswer:
        settings = self._parts.calls
        model = call.model or settings.llm_model
        if settings.llm_base_url is None or model is None:
            return CallAnswer(failure="no_model")
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": row["idempotency_key"],
        }
        if settings.llm_api_key is not None:
            headers["Authorization"] = f"Bearer {settings.llm_api_key}"
        request = OutsideRequest(
            "POST",
            f"{settings.llm_base_url.rstrip('/')}/chat/completions",
            headers,
            orjson.dumps(model_body(call, model)),
            call.timeout_seconds,
        )
        # The administrator chose this address, so it may be one of the own network.
        return await fetch(request, settings.llm_networks)

    async def _secret(self, workspace_id: int, name: str) -> str:
        sealed = await CALLS.fetchval(
            self._parts.pool, "secret", workspace_id=workspace_id, name=name
        )
        if sealed is None:
            raise ClarionError("secret.not_found", f"The workspace has no secret `{name}`.")
        return self._parts.sealer.open(sealed, context=secret_context(workspace_id, name))


def _texts(call: HttpCall) -> list[tuple[str | SecretName, ...]]:
    return [call.url, *(text for _, text in call.headers), call.body or ()]


def model_body(call: ModelCall, model: str) -> dict[str, Any]:
    """A chat completion, as OpenAI's interface and those like it take it."""
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": call.max_tokens,
        "messages": [
            {"role": "system", "content": call.system},
            *({"role": each.by, "content": each.text} for each in call.turns),
        ],
    }
    if call.intents:
        meanings = "; ".join(f"{name}: {meaning}" for name, meaning in call.intents.items())
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": _INTENT_TOOL,
                    "description": f"End the dialogue. {meanings}",
                    "parameters": {
                        "type": "object",
                        "properties": {"intent": {"type": "string", "enum": [*call.intents]}},
                        "required": ["intent"],
                    },
                },
            }
        ]
    return body


_ENCODERS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "url": lambda value: quote(value, safe=""),
    "json": lambda value: orjson.dumps(value).decode()[1:-1],
}
