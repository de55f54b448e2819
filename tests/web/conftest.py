"""The application on a real database, and people who may use it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import httpx
import pytest

from clarion.config import Settings
from clarion.domain.identity import Role
from clarion.services.keys import create_key
from clarion.services.place import Place
from clarion.services.scope import Actor, Scope
from clarion.services.users import create_user
from clarion.services.workspaces import create_workspace, first_workspace
from clarion.store.pool import Pool
from clarion.store.secrets import Sealer
from clarion.web.app import create_app
from clarion.web.limits import RateLimits

ADDRESS = "http://clarion.test"
PASSWORD = "correct horse battery"


@dataclass
class TestClock:
    """A clock that a test moves."""

    __test__ = False
    now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
async def place(pool: Pool, clock: TestClock) -> AsyncIterator[Place]:
    async with aiohttp.ClientSession() as http:
        yield Place(pool, Settings(), clock, Sealer("a key for tests"), http)


@pytest.fixture
async def scope(place: Place) -> Scope:
    """The first workspace, as its admin at the server's shell."""
    async with place.pool.acquire() as connection:
        workspace = await first_workspace(connection, now=place.clock())
    return Scope(workspace.id, Actor("command", "test", Role.ADMIN), place.clock())


@pytest.fixture
async def other_scope(place: Place, scope: Scope) -> Scope:
    """A second workspace on the same server."""
    async with place.pool.acquire() as connection:
        workspace = await create_workspace(connection, name="Other", now=place.clock())
    return Scope(workspace.id, scope.actor, scope.now)


@pytest.fixture
def app(place: Place) -> Any:
    return create_app(place, rates=RateLimits(rate_per_second=1e6, burst_count=1e6))


ClientMaker = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def new_client(app: Any) -> AsyncIterator[ClientMaker]:
    """Makes clients of the application; each has its own cookies."""
    clients: list[httpx.AsyncClient] = []

    def make(**headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=ADDRESS, headers=headers)
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
async def as_role(place: Place, scope: Scope, new_client: ClientMaker) -> Callable[..., Any]:
    """Makes a client that carries a new key with a role, in the first or another workspace."""

    async def make(role: Role, where: Scope = scope) -> httpx.AsyncClient:
        async with place.pool.acquire() as connection:
            new = await create_key(
                connection, where, place.sealer, name=f"{role} of {where.workspace_id}", role=role
            )
        return new_client(Authorization=f"Bearer {new.token}")

    return make


@pytest.fixture
async def admin(as_role: Callable[..., Any]) -> httpx.AsyncClient:
    """A client with an admin's key."""
    return await as_role(Role.ADMIN)


@pytest.fixture
def add_user(place: Place, scope: Scope) -> Callable[..., Any]:
    """Makes a user with the usual password."""

    async def make(email: str, role: Role, where: Scope = scope) -> int:
        async with place.pool.acquire() as connection, connection.transaction():
            user = await create_user(
                connection, where, email=email, name="", password=PASSWORD, role=role
            )
        return user.id

    return make


@pytest.fixture
def sign_in(new_client: ClientMaker) -> Callable[..., Any]:
    """Signs in and returns the browser, which sends its CSRF token as the console does."""

    async def enter(email: str, password: str = PASSWORD) -> httpx.AsyncClient:
        browser = new_client()
        answer = await browser.post("/api/v1/sign-in", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        browser.headers["X-CSRF-Token"] = browser.cookies["clarion_csrf"]
        return browser

    return enter
