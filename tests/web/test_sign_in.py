"""People sign in with e-mail and password, and are kept out otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.domain.identity import Role
from clarion.services.upkeep import upkeep_tasks

from .conftest import PASSWORD


async def test_a_user_signs_in_works_and_signs_out(add_user: Any, sign_in: Any) -> None:
    await add_user("ada@example.org", Role.ADMIN)
    browser = await sign_in("ada@example.org")
    me = (await browser.get("/api/v1/me")).json()
    assert (me["name"], me["role"]) == ("ada@example.org", "admin")
    assert "manage_people" in me["permissions"]
    assert (await browser.post("/api/v1/sign-out")).status_code == 204
    assert (await browser.get("/api/v1/me")).json()["code"] == "access.not_signed_in"


async def test_cookies_are_hidden_from_scripts_and_other_sites(
    add_user: Any, new_client: Any
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    answer = await new_client().post(
        "https://clarion.test/api/v1/sign-in",
        json={"email": "ada@example.org", "password": PASSWORD},
    )
    session, csrf = sorted(
        answer.headers.get_list("set-cookie"), key=lambda line: line.startswith("clarion_csrf")
    )
    assert "HttpOnly" in session
    assert "HttpOnly" not in csrf
    for line in (session, csrf):
        assert "SameSite=lax" in line
        assert "Secure" in line


async def test_the_e_mail_may_be_written_in_another_case(add_user: Any, sign_in: Any) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    assert await sign_in("Ada@Example.ORG")


async def test_a_wrong_password_and_an_unknown_user_get_the_same_words(
    add_user: Any, new_client: Any
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    answers = []
    for email in ("ada@example.org", "nobody@example.org"):
        answer = await new_client().post(
            "/api/v1/sign-in", json={"email": email, "password": "wrong"}
        )
        answers.append({**answer.json(), "request_id": ""})
    assert answers[0] == answers[1]
    assert answers[0]["code"] == "access.wrong_credentials"


async def test_wrong_passwords_lock_even_the_right_one_out_for_a_while(
    add_user: Any, new_client: Any, sign_in: Any, clock: Any
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    for _ in range(5):
        await new_client().post(
            "/api/v1/sign-in", json={"email": "ada@example.org", "password": "guess"}
        )
    right = {"email": "ada@example.org", "password": PASSWORD}
    locked = await new_client().post("/api/v1/sign-in", json=right)
    assert locked.status_code == 429
    assert locked.json()["code"] == "access.locked"
    assert locked.headers["retry-after"] == "30"
    clock.advance(seconds=31)
    assert await sign_in("ada@example.org")


async def test_people_behind_one_proxy_do_not_lock_each_other_out(
    add_user: Any, new_client: Any
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    guesser = new_client(**{"X-Forwarded-For": "198.51.100.7"})
    for number in range(31):
        answer = await guesser.post(
            "/api/v1/sign-in", json={"email": f"u{number}@example.org", "password": "x"}
        )
    assert answer.json()["code"] == "access.locked"
    ada = new_client(**{"X-Forwarded-For": "198.51.100.8", "X-Forwarded-Proto": "https"})
    answer = await ada.post(
        "/api/v1/sign-in", json={"email": "ada@example.org", "password": PASSWORD}
    )
    assert answer.status_code == 200
    assert all("Secure" in line for line in answer.headers.get_list("set-cookie"))


async def test_one_peer_cannot_guess_at_many_users(new_client: Any) -> None:
    codes = []
    for number in range(31):
        answer = await new_client().post(
            "/api/v1/sign-in", json={"email": f"u{number}@example.org", "password": "x"}
        )
        codes.append(answer.json()["code"])
    assert codes == ["access.wrong_credentials"] * 30 + ["access.locked"]


async def test_what_counts_no_more_is_forgotten(
    add_user: Any, sign_in: Any, admin: Any, new_client: Any, clock: Any, place: Any
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    await sign_in("ada@example.org")
    await new_client().post("/api/v1/sign-in", json={"email": "x@example.org", "password": "x"})
    key = {"name": "k", "role": "viewer"}
    await admin.post("/api/v1/keys", json=key, headers={"Idempotency-Key": "k"})
    forget = next(task for task in upkeep_tasks(place) if task.name == "forget_old")

    async def row_counts() -> list[int]:
        tables = ("sign_ins", "sign_in_failures", "idempotency_keys")
        return [await place.pool.fetchval(f"SELECT count(*) FROM {name}") for name in tables]

    await forget.run(timestamp=0)
    assert await row_counts() == [1, 2, 1]
    clock.advance(hours=13)
    await forget.run(timestamp=0)
    assert await row_counts() == [0, 0, 1]
    clock.advance(hours=12)
    await forget.run(timestamp=0)
    assert await row_counts() == [0, 0, 0]


@pytest.mark.parametrize(
    ("steps_hours", "status"),
    [([11.9], 200), ([12.1], 401), ([11] * 15, 200), ([11] * 16, 401)],
)
async def test_a_session_ends_when_idle_and_after_a_week(
    add_user: Any, sign_in: Any, clock: Any, steps_hours: list[float], status: int
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    browser = await sign_in("ada@example.org")
    for hours in steps_hours:
        clock.advance(hours=hours)
        answer = await browser.get("/api/v1/me")
    assert answer.status_code == status


async def test_signing_in_makes_a_new_token_and_takes_the_old_one_away(
    add_user: Any, sign_in: Any, new_client: Any
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    browser = await sign_in("ada@example.org")
    old = browser.cookies["clarion_session"]
    await browser.post("/api/v1/sign-in", json={"email": "ada@example.org", "password": PASSWORD})
    assert browser.cookies["clarion_session"] != old
    thief = new_client(Cookie=f"clarion_session={old}")
    assert (await thief.get("/api/v1/me")).status_code == 401


async def test_a_change_needs_the_csrf_token_of_the_session(add_user: Any, sign_in: Any) -> None:
    await add_user("ada@example.org", Role.ADMIN)
    browser = await sign_in("ada@example.org")
    wish = {"zone": "Asia/Shanghai"}
    for token in ("", "guess"):
        browser.headers["X-CSRF-Token"] = token
        refused = await browser.patch("/api/v1/workspace", json=wish)
        assert (refused.status_code, refused.json()["code"]) == (403, "access.csrf")
    browser.headers["X-CSRF-Token"] = browser.cookies["clarion_csrf"]
    assert (await browser.patch("/api/v1/workspace", json=wish)).json()["zone"] == "Asia/Shanghai"


async def test_another_site_cannot_sign_anybody_in(add_user: Any, new_client: Any) -> None:
    await add_user("ada@example.org", Role.ADMIN)
    answer = await new_client(**{"Sec-Fetch-Site": "cross-site"}).post(
        "/api/v1/sign-in", json={"email": "ada@example.org", "password": PASSWORD}
    )
    assert answer.json()["code"] == "access.forbidden"


async def test_a_new_password_ends_the_other_sessions(add_user: Any, sign_in: Any) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    at_home, at_work = await sign_in("ada@example.org"), await sign_in("ada@example.org")
    wish = {"old_password": "wrong", "new_password": "a longer secret"}
    refused = await at_home.put("/api/v1/me/password", json=wish)
    assert refused.json()["code"] == "access.wrong_credentials"
    wish["old_password"] = PASSWORD
    assert (await at_home.put("/api/v1/me/password", json=wish)).status_code == 204
    assert (await at_home.get("/api/v1/me")).status_code == 200
    assert (await at_work.get("/api/v1/me")).status_code == 401
    assert await sign_in("ada@example.org", "a longer secret")


async def test_a_user_goes_on_in_another_workspace_where_a_role_was_given(
    add_user: Any, sign_in: Any, as_role: Any, scope: Any, other_scope: Any
) -> None:
    await add_user("ada@example.org", Role.VIEWER)
    browser = await sign_in("ada@example.org")
    there = {"workspace_id": other_scope.workspace_id}
    refused = await browser.put("/api/v1/me/workspace", json=there)
    assert refused.json()["code"] == "workspace.not_found"
    admin_there = await as_role(Role.ADMIN, other_scope)
    await admin_there.put("/api/v1/users/role", json={"email": "ada@example.org", "role": "author"})
    me = (await browser.put("/api/v1/me/workspace", json=there)).json()
    assert (me["workspace_name"], me["role"]) == ("Other", "author")
    assert [room["role"] for room in me["rooms"]] == ["viewer", "author"]
