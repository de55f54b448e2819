"""Webhooks out: a real receiver that fails and recovers is told everything, in order, and signed."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import pytest
from aiohttp import web
from tests.engine.conftest import PHONE_NUMBER_ID, Shop

from clarion.commands.serve import FORMS
from clarion.config import Settings
from clarion.domain.errors import ClarionError
from clarion.domain.message import TemplateContent, TemplateParameter
from clarion.domain.webhook import EndpointForm
from clarion.services.message_requests import MessageRequest, Recipient, send_messages
from clarion.services.webhook_deliveries import deliver_to
from clarion.services.webhook_endpoints import (
    CAMS_KINDS,
    Endpoint,
    EndpointDraft,
    create_endpoint,
    update_endpoint,
)
from clarion.services.webhook_history import list_deliveries, replay_delivery, send_test
from clarion.store.pool import transaction

SECRET = "a secret of the test"
PHONE = "+4915112345678"


@dataclass
class Receiver:
    """Keeps what it is told; answers with ``status``."""

    status: int = 200
    bodies: list[Any] = field(default_factory=list)
    refused: list[Any] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        parts = dict(part.split("=") for part in request.headers["Clarion-Signature"].split(","))
        signed = f"{parts['t']}.".encode() + body
        assert parts["v1"] == hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        (self.bodies if self.status == 200 else self.refused).append(orjson.loads(body))
        return web.Response(status=self.status, text="so it is")


@contextlib.asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/told", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]
    receiver.url = f"http://127.0.0.1:{port}/told"
    try:
        yield receiver
    finally:
        await runner.cleanup()


async def add_endpoint(shop: Shop, url: str, **changes: Any) -> Endpoint:
    draft = EndpointDraft("ours", url, ["message.sent", "message.delivered", "message.received"])
    async with transaction(shop.pool) as connection:
        made, _ = await create_endpoint(
            connection,
            shop.fresh_scope,
            shop.place.sealer,
            replace(draft, **changes),
            mint_secret=lambda: SECRET,
        )
    return made


def with_networks(shop: Shop, networks: str) -> None:
    settings = Settings(data_dir=shop.place.settings.data_dir, allowed_networks=networks)
    shop.place = replace(shop.place, settings=settings)


async def send_offer(shop: Shop) -> int:
    content = TemplateContent("spring_offer", "en_US", (TemplateParameter("body", "Ann"),))
    request = MessageRequest([Recipient(content, phone=PHONE)], tag="order 7")
    async with transaction(shop.pool) as connection:
        sent = await send_messages(
            connection, shop.fresh_scope, request, mint_key=lambda: f"minted {shop.now}"
        )
    return sent.messages[0].id


async def until_told(shop: Shop, receiver: Receiver, count: int) -> None:
    async def told() -> bool:
        return sum(len(body["events"]) for body in receiver.bodies) >= count

    await shop.until(told)


async def test_what_happens_to_messages_is_told_once_and_in_order(shop: Shop) -> None:
    with_networks(shop, "127.0.0.0/8")
    async with receiving() as receiver:
        await add_endpoint(shop, receiver.url)
        async with shop.worker():
            message_id = await send_offer(shop)
            await until_told(shop, receiver, 2)
            shop.simulator.say(PHONE, phone_number_id=PHONE_NUMBER_ID, text="Is it open?")
            await until_told(shop, receiver, 3)
    events = [event for body in receiver.bodies for event in body["events"]]
    assert [event["kind"] for event in events] == [
        "message.sent",
        "message.delivered",
        "message.received",
    ]
    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    assert (events[0]["message"]["id"], events[0]["message"]["tag"]) == (message_id, "order 7")
    assert events[2]["message"]["content"]["body"]["text"] == "Is it open?"


async def test_a_receiver_that_was_away_misses_nothing(shop: Shop) -> None:
    with_networks(shop, "127.0.0.0/8")
    async with receiving() as receiver:
        receiver.status = 503
        endpoint = await add_endpoint(shop, receiver.url)
        async with shop.worker():
            await send_offer(shop)

            async def refused_and_queued() -> bool:
                queued = await shop.pool.fetchval("SELECT count(*) FROM webhook_events")
                return bool(receiver.refused) and queued == 2

            await shop.until(refused_and_queued)
        async with transaction(shop.pool) as connection:
            (waiting,) = await list_deliveries(
                connection, shop.fresh_scope, endpoint_id=endpoint.id, below_id=None, limit=9
            )
        assert (waiting.status, waiting.http_status, waiting.answer) == ("waiting", 503, "so it is")
        assert waiting.next_at is not None
        assert await deliver_to(shop.place, FORMS, endpoint.id) == 0  # not before its time

        receiver.status = 200
        # The wait is over: the clock of the database's rows is moved, not ours.
        await shop.pool.execute("UPDATE webhook_deliveries SET next_at = now()")
        await deliver_to(shop.place, FORMS, endpoint.id)
        kinds = [event["kind"] for body in receiver.bodies for event in body["events"]]
        assert kinds == ["message.sent", "message.delivered"]

        async with transaction(shop.pool) as connection:
            await replay_delivery(connection, shop.fresh_scope, waiting.id)
        assert await deliver_to(shop.place, FORMS, endpoint.id) == 1
        assert receiver.bodies[-1]["events"] == receiver.bodies[0]["events"]


@pytest.mark.parametrize("form", ["clarion", "cams"])
async def test_a_test_reaches_one_endpoint_and_a_person_need_not_wait_for_the_next_attempt(
    shop: Shop, form: EndpointForm
) -> None:
    with_networks(shop, "127.0.0.0/8")
    async with receiving() as receiver, receiving() as other:
        receiver.status = 503
        endpoint = await add_endpoint(shop, receiver.url, form=form, kinds=["message.read"])
        await add_endpoint(shop, other.url, name="other")
        async with shop.worker():
            async with transaction(shop.pool) as connection:
                made = await send_test(connection, shop.fresh_scope, endpoint.id)
            assert (made.kinds, made.status) == (["endpoint.test"], "waiting")

            async def is_refused() -> bool:
                return await refused_count() > 0

            async def refused_count() -> int:
                found: int = await shop.pool.fetchval(
                    "SELECT attempt_count FROM webhook_deliveries WHERE id = $1", made.id
                )
                return found

            await shop.until(is_refused)
            # The next attempt is hours away; the receiver is mended now.
            await shop.pool.execute(
                "UPDATE webhook_deliveries SET next_at = now() + interval '3 hours'"
            )
            await shop.pool.execute(
                "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '3 hours'"
                " WHERE status = 'todo' AND queueing_lock = $1",
                f"webhooks:{endpoint.id}",
            )
            receiver.status = 200
            async with transaction(shop.pool) as connection:
                hurried = await replay_delivery(connection, shop.fresh_scope, made.id)
            assert hurried.id == made.id

            async def is_taken() -> bool:
                return bool(receiver.bodies)

            await shop.until(is_taken)
        (body,) = receiver.bodies
        if form == "clarion":
            assert [event["kind"] for event in body["events"]] == ["endpoint.test"]
            assert body["events"][0]["data"] == {"endpoint": "ours"}
        else:
            assert (body[0]["Status"], body[0]["TaskId"]) == ("Sent", "endpoint.test")
        assert (other.bodies, other.refused) == ([], [])
        async with transaction(shop.pool) as connection:
            off = replace(
                EndpointDraft("ours", receiver.url, ["message.read"], form=form), is_active=False
            )
            await update_endpoint(connection, shop.fresh_scope, endpoint.id, off)
            with pytest.raises(ClarionError, match="switched off"):
                await send_test(connection, shop.fresh_scope, endpoint.id)


async def test_a_private_address_is_not_reached_unless_it_is_allowed(shop: Shop) -> None:
    async with receiving() as receiver:
        for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost")):
            endpoint = await add_endpoint(shop, url, name=url, kinds=["message.failed"])
            await shop.pool.execute(
                "WITH told AS (INSERT INTO webhook_events (workspace_id, kind, at)"
                " VALUES ($1, 'message.failed', now()) RETURNING id)"
                " INSERT INTO webhook_queue SELECT $2, id FROM told",
                shop.scope.workspace_id,
                endpoint.id,
            )
            await deliver_to(shop.place, FORMS, endpoint.id)
            answer = await shop.pool.fetchval(
                "SELECT answer FROM webhook_deliveries WHERE endpoint_id = $1", endpoint.id
            )
            assert "private network" in answer
    assert receiver.bodies == []


async def test_cams_reports_have_the_documented_form(shop: Shop) -> None:
    with_networks(shop, "127.0.0.0/8")
    async with receiving() as receiver:
        await add_endpoint(shop, receiver.url, form="cams", kinds=sorted(CAMS_KINDS))
        async with shop.worker():
            message_id = await send_offer(shop)
            shop.simulator.say(PHONE, phone_number_id=PHONE_NUMBER_ID, text="Hello")

            async def told() -> bool:
                reports = [each for body in receiver.bodies for each in body]
                told_statuses = {each.get("Status") for each in reports}
                return {"Sent", "Delivered", None} <= told_statuses

            await shop.until(told)
    reports = [each for body in receiver.bodies for each in body]
    sent = next(each for each in reports if each.get("Status") == "Sent")
    assert sent | {"Timestamp": 0, "From": "", "OriginPhoneNumber": ""} == {
        "MessageId": str(message_id),
        "From": "",
        "OriginPhoneNumber": "",
        "To": PHONE.lstrip("+"),
        "Timestamp": 0,
        "Status": "Sent",
        "MsgFrameType": "template",
        "Type": "TEMPLATE",
        "TaskId": "order 7",
        "TemplateCode": "spring_offer",
        "TemplateName": "spring_offer",
        "Language": "en_US",
        "ConversationType": "marketing",
    }
    inbound = next(each for each in reports if each.get("NoticeType") == "inbound")
    assert (inbound["From"], inbound["Type"], inbound["Message"]) == (
        PHONE.lstrip("+"),
        "TEXT",
        "Hello",
    )
