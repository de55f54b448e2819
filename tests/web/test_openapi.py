"""The OpenAPI document is true and whole."""

from __future__ import annotations

import re
from typing import Any

from openapi_spec_validator import validate

from clarion.web.app import create_api
from clarion.web.openapi import codes_of, operations_of

# The provider refuses a second one of the same name, which is as good as a key.
REPEATABLE_BY_NAME = {"template_create"}
PUBLIC = {"health_read", "readiness_read", "metrics_read", "sign_in_create", "upload_fill"}


async def test_the_document_is_valid_openapi_3_1(new_client: Any) -> None:
    document = (await new_client().get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_operation_has_a_name_a_summary_and_its_errors(place: Any) -> None:
    seen = set()
    for method, path, operation in operations_of(create_api(place).openapi()):
        name = operation["operationId"]
        assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name), name
        assert name not in seen
        seen.add(name)
        assert operation["summary"], name
        assert len(operation["tags"]) == 1, name
        codes = codes_of(operation)
        assert "server.failed" in codes, name
        if name not in PUBLIC:
            assert operation["security"], name
            assert {"access.not_signed_in", "request.rate_limited"} <= codes, name
        if "{" in path:
            assert any(code.endswith("not_found") for code in codes), f"{method} {path}"
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                schema = response["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ProblemAnswer"}


def test_every_create_can_be_repeated(place: Any) -> None:
    for _, path, operation in operations_of(create_api(place).openapi()):
        if operation["operationId"] in REPEATABLE_BY_NAME:
            continue
        if "201" in operation["responses"]:
            names = {parameter["name"].lower() for parameter in operation["parameters"]}
            assert "idempotency-key" in names, path
