"""What holds for every request: problems, ids, pages, repeats, limits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from clarion.web.limits import DEFAULT_BODY_BYTES


async def test_a_refusal_tells_what_to_do_next(admin: Any) -> None:
    answer = await admin.get("/api/v1/keys/12345")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "urn:clarion:error:key.not_found"
    assert problem["details"] == {"key_id": 12345}
    assert problem["next_step"] == "List the keys of the workspace."
    assert problem["request_id"] == answer.headers["x-request-id"]


async def test_faulty_fields_are_named(admin: Any) -> None:
    answer = await admin.post("/api/v1/keys", json={"name": "", "role": "king", "colour": 1})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "request.invalid"
    assert {(error["path"], error["code"]) for error in problem["errors"]} == {
        ("name", "string_too_short"),
        ("role", "enum"),
        ("colour", "extra_forbidden"),
    }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing/here", 404, "request.not_found"),
        ("DELETE", "/api/v1/me", 405, "request.method_not_allowed"),
        ("GET", "/api/v1/keys?cursor=!!", 400, "request.cursor_invalid"),
        ("GET", "/api/v1/keys?cursor=WyJhIl0", 400, "request.cursor_invalid"),
        ("GET", "/api/v1/keys?limit=0", 422, "request.invalid"),
        ("GET", "/api/v1/keys/99999999999999999999", 422, "request.invalid"),
    ],
)
async def test_every_refusal_has_its_code(
    admin: Any, method: str, path: str, status: int, code: str
) -> None:
    answer = await admin.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_body_that_is_no_json_is_malformed(admin: Any) -> None:
    answer = await admin.post(
        "/api/v1/keys", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed")


async def test_text_that_cannot_be_stored_is_refused(admin: Any) -> None:
    for name in (rb"\u0000", rb"\ud800"):
        answer = await admin.post(
            "/api/v1/keys",
            content=b'{"name": "' + name + b'", "role": "viewer"}',
            headers={"Content-Type": "application/json"},
        )
        assert answer.json()["code"] == "request.invalid"


async def test_a_request_keeps_the_id_that_its_caller_gave(admin: Any) -> None:
    given = await admin.get("/healthz", headers={"X-Request-Id": "order-17"})
    assert given.headers["x-request-id"] == "order-17"
    strange = await admin.get("/healthz", headers={"X-Request-Id": "a b<c>"})
    assert strange.headers["x-request-id"] != "a b<c>"


async def test_answers_carry_safe_headers(admin: Any) -> None:
    headers = (await admin.get("/api/v1/me")).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


async def test_pages_follow_each_other_without_gap_or_double(admin: Any) -> None:
    made = []
    for number in range(5):
        answer = await admin.post("/api/v1/keys", json={"name": f"k{number}", "role": "viewer"})
        made.append(answer.json()["id"])
    seen: list[int] = []
    cursor = None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await admin.get("/api/v1/keys", params=params)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen[:5] == made[::-1]
    assert len(seen) == 6  # and the admin's own


async def test_a_repeated_create_answers_the_same_and_creates_once(admin: Any, place: Any) -> None:
    wish = {"name": "shop", "role": "viewer"}
    headers = {"Idempotency-Key": "order-17"}
    first = await admin.post("/api/v1/keys", json=wish, headers=headers)
    second = await admin.post("/api/v1/keys", json=wish, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert await place.pool.fetchval("SELECT count(*) FROM keys WHERE name = 'shop'") == 1
    stored = await place.pool.fetchval("SELECT response FROM idempotency_keys")
    assert first.json()["token"].encode() not in stored


async def test_an_idempotency_key_is_for_one_request_and_one_day(admin: Any, clock: Any) -> None:
    headers = {"Idempotency-Key": "order-17"}
    first = await admin.post("/api/v1/keys", json={"name": "a", "role": "viewer"}, headers=headers)
    other = {"name": "b", "role": "viewer"}
    refused = await admin.post("/api/v1/keys", json=other, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "request.idempotency_conflict")
    clock.advance(hours=24)
    later = await admin.post("/api/v1/keys", json=other, headers=headers)
    assert later.status_code == 201
    assert later.json()["id"] != first.json()["id"]


async def test_a_refused_create_is_not_kept(admin: Any) -> None:
    headers = {"Idempotency-Key": "order-17"}
    user = {"email": "ada@example.org", "password": "twelve letters", "role": "viewer"}
    await admin.post("/api/v1/users", json=user)
    refused = await admin.post("/api/v1/users", json=user, headers=headers)
    assert refused.json()["code"] == "user.email_taken"
    user["email"] = "bob@example.org"
    assert (await admin.post("/api/v1/users", json=user, headers=headers)).status_code == 201


async def test_creates_at_the_same_time_with_one_key_create_once(admin: Any, place: Any) -> None:
    answers = await asyncio.gather(
        *(
            admin.post(
                "/api/v1/keys",
                json={"name": "shop", "role": "viewer"},
                headers={"Idempotency-Key": "order-17"},
            )
            for _ in range(4)
        )
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert await place.pool.fetchval("SELECT count(*) FROM keys WHERE name = 'shop'") == 1
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["code"] == "request.in_progress"


async def test_a_body_that_is_too_large_is_refused_however_it_comes(admin: Any) -> None:
    big = b"x" * (DEFAULT_BODY_BYTES + 1)

    async def in_pieces() -> Any:
        for start in range(0, len(big), 65536):
            yield big[start : start + 65536]

    headers = {"Content-Type": "application/json"}
    for content in (big, in_pieces()):
        answer = await admin.post("/api/v1/keys", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


async def test_health_readiness_and_numbers_need_no_sign_in(new_client: Any) -> None:
    client = new_client()
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).json() == {"status": "ok"}
    await client.get("/api/v1/keys/7")
    text = (await client.get("/metrics")).text
    assert (
        'clarion_http_requests_total{method="GET",route="/api/v1/keys/{key_id}",status="401"} 1.0'
        in text
    )


async def test_a_lost_database_is_told_and_is_no_crash(place: Any, new_client: Any) -> None:
    await place.pool.close()
    answer = await new_client().get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "database.unreachable")
