"""Keys and roles: who may do what, and for how long."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.domain.identity import Role


async def test_a_key_works_until_it_is_revoked(admin: Any, new_client: Any) -> None:
    made = await admin.post("/api/v1/keys", json={"name": "shop", "role": "author"})
    assert made.status_code == 201
    key = made.json()
    program = new_client(Authorization=f"Bearer {key['token']}")
    me = (await program.get("/api/v1/me")).json()
    assert (me["kind"], me["name"], me["role"]) == ("key", "shop", "author")
    listed = (await admin.get("/api/v1/keys")).json()["items"]
    assert "token" not in listed[0]
    assert (await admin.post(f"/api/v1/keys/{key['id']}/revoke")).json()["revoked_at"]
    assert (await program.get("/api/v1/me")).json()["code"] == "access.not_signed_in"


async def test_the_database_holds_no_token_in_plain(admin: Any, place: Any) -> None:
    key = (await admin.post("/api/v1/keys", json={"name": "shop", "role": "author"})).json()
    row = await place.pool.fetchrow("SELECT * FROM keys WHERE id = $1", key["id"])
    everything = repr(tuple(row.values()))
    assert key["token"] not in everything
    assert key["access_key_secret"] not in everything


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        (Role.VIEWER, (200, 403, 403, 403)),
        (Role.AUTHOR, (200, 403, 403, 403)),
        (Role.PUBLISHER, (200, 403, 403, 403)),
        (Role.ADMIN, (200, 200, 200, 200)),
    ],
)
async def test_each_role_is_refused_what_it_may_not(
    add_user: Any, sign_in: Any, role: Role, statuses: tuple[int, ...]
) -> None:
    await add_user("ada@example.org", role)
    browser = await sign_in("ada@example.org")
    answers = [
        await browser.get("/api/v1/workspace"),
        await browser.get("/api/v1/users"),
        await browser.get("/api/v1/keys"),
        await browser.patch("/api/v1/workspace", json={"name": "New"}),
    ]
    assert tuple(answer.status_code for answer in answers) == statuses


async def test_a_role_is_lost_at_once(admin: Any, add_user: Any, sign_in: Any) -> None:
    await add_user("ada@example.org", Role.ADMIN)
    user_id = await add_user("bob@example.org", Role.ADMIN)
    browser = await sign_in("bob@example.org")
    await admin.put("/api/v1/users/role", json={"email": "bob@example.org", "role": "viewer"})
    assert (await browser.get("/api/v1/users")).status_code == 403
    assert (await admin.delete(f"/api/v1/users/{user_id}")).status_code == 204
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_the_last_admin_stays(admin: Any, add_user: Any) -> None:
    ada = await add_user("ada@example.org", Role.ADMIN)
    await add_user("bob@example.org", Role.PUBLISHER)
    refused = await admin.delete(f"/api/v1/users/{ada}")
    assert (refused.status_code, refused.json()["code"]) == (409, "user.last_admin")
    demoted = await admin.put(
        "/api/v1/users/role", json={"email": "ada@example.org", "role": "viewer"}
    )
    assert demoted.json()["code"] == "user.last_admin"
    await admin.put("/api/v1/users/role", json={"email": "bob@example.org", "role": "admin"})
    assert (await admin.delete(f"/api/v1/users/{ada}")).status_code == 204


async def test_an_e_mail_belongs_to_one_user(admin: Any, add_user: Any) -> None:
    await add_user("ada@example.org", Role.ADMIN)
    answer = await admin.post(
        "/api/v1/users",
        json={"email": "ADA@example.org", "password": "twelve letters", "role": "viewer"},
    )
    assert answer.json()["code"] == "user.email_taken"


async def test_what_people_did_stands_in_the_audit_log(admin: Any) -> None:
    key = (await admin.post("/api/v1/keys", json={"name": "shop", "role": "author"})).json()
    await admin.post(f"/api/v1/keys/{key['id']}/revoke")
    page = (await admin.get("/api/v1/audit-entries", params={"noun": "key", "limit": 2})).json()
    assert [entry["action"] for entry in page["items"]] == ["revoked", "created"]
    assert page["items"][0]["actor_kind"] == "key"
