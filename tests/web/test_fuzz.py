"""Schemathesis asks everything that the document allows, and some that it forbids: no 5xx."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from clarion.web.app import create_api
from clarion.web.openapi import codes_of

# Routes that would take the key of the test away, or ask a network that is not there.
LEFT_OUT = (
    "key_revoke",
    "sender_refresh_health",
    "sender_sync_templates",
    "template_create",
    "template_delete",
)
EXAMPLES = 8


@pytest.mark.timeout(170)
async def test_no_request_breaks_the_server(place: Any, admin: httpx.AsyncClient) -> None:
    document = create_api(place).openapi()
    schema = schemathesis.openapi.from_dict(document)
    loop = asyncio.get_running_loop()
    counts: dict[int, int] = {}
    codes: set[str] = set()

    def ask(case: Any) -> None:
        request = case.as_transport_kwargs(base_url=str(admin.base_url))
        request.pop("cookies", None)
        made_up = {name.lower(): value for name, value in request.pop("headers", {}).items()}
        headers = {**made_up, **admin.headers}
        if isinstance(request.get("data"), bytes | str):
            request["content"] = request.pop("data")
        future = asyncio.run_coroutine_threadsafe(
            admin.request(request.pop("method"), request.pop("url"), headers=headers, **request),
            loop,
        )
        answer = future.result(30)
        counts[answer.status_code] = counts.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, f"{case.method} {case.path}: {answer.text}"
        if answer.status_code >= 400:
            code = answer.json()["code"]
            codes.add(code)
            known = codes_of(document["paths"][case.path][case.method.lower()])
            assert code in known, f"{case.method} {case.path} answered the undocumented {code}"

    def ask_everything() -> None:
        for result in schema.get_all_operations():
            operation = result.ok()
            if operation.definition.raw["operationId"] in LEFT_OUT:
                continue

            @given(case=operation.as_strategy())
            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                database=None,
            )
            def ask_one(case: Any) -> None:
                ask(case)

            ask_one()

    await asyncio.to_thread(ask_everything)
    assert counts[200] > 20
    assert counts[201] > 5
    assert counts[422] > 5
    # The key stays known, and no limit hides what lies behind it.
    assert codes.isdisjoint({"access.not_signed_in", "request.rate_limited"})
