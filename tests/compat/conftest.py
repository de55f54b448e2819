"""A running server, and the official SDK pointed at it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from alibabacloud_cams20200606 import models
from alibabacloud_cams20200606.client import Client
from alibabacloud_tea_openapi import utils_models
from pydantic import SecretStr

from clarion.channels.simulator import SAMPLE_TEMPLATES, Simulator, SimulatorSettings
from clarion.commands.serve import Running, running
from clarion.config import Settings
from clarion.domain.identity import Role
from clarion.services.keys import NewKey, create_key
from clarion.services.scope import Actor, Scope
from clarion.services.senders import NewSender, Sender, WhatsAppConfig, create_sender
from clarion.services.templates import sync_templates
from clarion.services.workspaces import first_workspace
from clarion.store.pool import transaction

PHONE_NUMBER_ID = "106540352242922"
WABA_ID = "102290129340398"
TIME = "%Y-%m-%d %H:%M:%S"

# A flow that a campaign may start; it needs no sender and ends at once.
FLOW = {
    "schema": "clarion.flow/1",
    "name": "Spring offer",
    "trigger": {"kind": "manual", "inputs": [{"name": "coupon", "required": False}]},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "done"}},
        {"id": "done", "kind": "end"},
    ],
}


@dataclass(frozen=True)
class Cams:
    """The SDK's client; ``await cams("AddGroup", group_name="VIP")`` is one call of it."""

    client: Client

    async def __call__(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """The answer's body, whether it says OK or not."""
        method = getattr(self.client, method_of(operation))
        request = getattr(models, f"{operation}Request")(**parameters)
        response = await asyncio.to_thread(method, request)
        assert response.status_code == 200
        body: dict[str, Any] = response.body.to_map()
        assert body["RequestId"]
        return body

    async def done(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        """The body of a call that must succeed."""
        body = await self(operation, **parameters)
        assert (body["Code"], body.get("Success", True)) == ("OK", True), body
        return body

    async def refused(self, operation: str, /, **parameters: Any) -> str:
        """The code of a call that must be refused by business."""
        body = await self(operation, **parameters)
        assert body.get("Success", False) is False
        assert body["Code"] != "OK"
        assert body["Message"]
        return str(body["Code"])


def method_of(name: str) -> str:
    """The SDK's name of an operation's method."""
    by_flat_name = {each.replace("_", ""): each for each in dir(Client)}
    return by_flat_name[name.lower()]


def client_of(origin: str, access_key_id: str, secret: str, **options: Any) -> Client:
    return Client(
        utils_models.Config(
            access_key_id=access_key_id,
            access_key_secret=secret,
            endpoint=origin.removeprefix("http://"),
            protocol="http",
            **options,
        )
    )


@pytest.fixture
def has_worker() -> bool:
    """Whether campaigns really start; a test that wants it says so by a parameter."""
    return False


@pytest.fixture
async def server(database_url: str, *, has_worker: bool) -> AsyncIterator[Running]:
    """The program on a database of its own."""
    settings = Settings(
        database_url=SecretStr(database_url),
        host="127.0.0.1",
        port=0,
        secret_key=SecretStr("a secret key for tests"),
        allowed_networks="127.0.0.0/8",
    )
    async with running(settings, has_worker=has_worker) as process:
        yield process


@pytest.fixture
async def scope(server: Running) -> Scope:
    async with transaction(server.place.pool) as connection:
        workspace = await first_workspace(connection, now=server.place.clock())
    return Scope(workspace.id, Actor("command", "test", Role.ADMIN), server.place.clock())


@pytest.fixture
def new_key(server: Running, scope: Scope) -> Callable[..., Any]:
    async def make(role: Role) -> NewKey:
        async with transaction(server.place.pool) as connection:
            return await create_key(
                connection, scope, server.place.sealer, name=f"sdk {role}", role=role
            )

    return make


@pytest.fixture
async def key(new_key: Callable[..., Any]) -> NewKey:
    made: NewKey = await new_key(Role.ADMIN)
    return made


@pytest.fixture
def cams(server: Running, key: NewKey) -> Cams:
    assert server.origin is not None
    return Cams(client_of(server.origin, key.key.access_key_id, key.access_key_secret))


@pytest.fixture
async def flow_code(cams: Cams) -> str:
    """A flow that is online."""
    made = await cams.done("CreateChatFlowByImport", flow_view_model=json.dumps(FLOW))
    code = made["Data"]["FlowCode"]
    await cams.done("OnlineFlowVersion", flow_code=code, flow_version="1")
    return str(code)


@pytest.fixture
async def group_id(cams: Cams) -> int:
    made = await cams.done(
        "AddGroup",
        group_name="VIP",
        contact_name="Li Hua",
        contact_details="13012345678",
        country="China",
    )
    return int(made["Data"])


@pytest.fixture
def later(server: Running) -> Callable[..., str]:
    """A time on the wire, so much later than now (the workspace's zone is UTC)."""

    def at(**duration: float) -> str:
        moment: datetime = server.place.clock() + timedelta(**duration)
        return moment.strftime(TIME)

    return at


@pytest.fixture
def wish(flow_code: str, group_id: int, later: Callable[..., str]) -> dict[str, Any]:
    """The parameters of a campaign that nobody has a fault to find with."""
    return {
        "activity_name": "Spring sale 春",
        "activity_desc": "d* x & more",
        "related_flow_code": flow_code,
        "related_group_id": group_id,
        "start_date": later(hours=1),
        "end_date": later(days=2),
        "execution_type": "1",
        "cron_expression": "0 59 9 */1 * ?",
    }


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with Simulator(SimulatorSettings.calm()) as running:
        yield running


@pytest.fixture
async def sender(server: Running, scope: Scope, simulator: Simulator) -> Sender:
    """A sender at the simulated platform, whose templates are known."""
    async with transaction(server.place.pool) as connection:
        made, verify_token = await create_sender(
            connection,
            scope,
            server.place.sealer,
            NewSender(
                name="shop",
                config=WhatsAppConfig(
                    PHONE_NUMBER_ID, WABA_ID, base_url=simulator.base_url, version="v25.0"
                ),
                token="token",
                app_secret="secret",
            ),
        )
    await simulator.add_number(
        phone_number_id=PHONE_NUMBER_ID,
        waba_id=WABA_ID,
        token="token",
        app_secret="secret",
        verify_token=verify_token,
        callback_url=f"{server.origin}{made.webhook_path}",
    )
    simulator.add_templates(WABA_ID, SAMPLE_TEMPLATES)
    await sync_templates(server.place, scope, made.id)
    return made
