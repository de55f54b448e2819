"""An independent client, pywa, sends through the simulator and understands what it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import fastapi
import pytest
import uvicorn
from pywa_async import WhatsApp, errors, types
from pywa_async.types.templates import BodyText, QuickReplyButton, TemplateLanguage

from clarion.channels.simulator import SAMPLE_TEMPLATES, Simulator, SimulatorSettings


@dataclass
class Heard:
    """What pywa's handlers were called with."""

    updates: list[Any] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, _client: WhatsApp, update: Any) -> None:
        async with self.changed:
            self.updates.append(update)
            self.changed.notify_all()

    async def until_count(self, count: int) -> None:
        async with asyncio.timeout(15), self.changed:
            await self.changed.wait_for(lambda: len(self.updates) >= count)


@dataclass
class Shop:
    simulator: Simulator
    client: WhatsApp
    heard: Heard


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    application, heard = fastapi.FastAPI(), Heard()
    client = WhatsApp(
        phone_id="111",
        token="tok",
        server=application,
        webhook_endpoint="/hook",
        verify_token="vt",
        app_secret="s3cr3t",
        app_id=1,
        waba_id="222",
        skip_duplicate_updates=False,
    )
    client.on_message()(heard.take)
    client.on_callback_button()(heard.take)
    client.on_message_status()(heard.take)
    client.on_user_marketing_preferences()(heard.take)
    client.on_template_status_update()(heard.take)
    server = uvicorn.Server(uvicorn.Config(application, log_level="warning", lifespan="off"))
    listener = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    # pywa reads one update of a batch, and needs contacts in a failed status.
    settings = SimulatorSettings.calm().merged(
        {"webhooks": {"batch_max_count": 1, "has_contacts_on_failed": True}}
    )
    async with Simulator(settings) as simulator:
        await simulator.add_number(
            phone_number_id="111",
            waba_id="222",
            token="tok",
            app_secret="s3cr3t",
            verify_token="vt",
            callback_url=f"http://127.0.0.1:{listener.getsockname()[1]}/hook",
        )
        simulator.add_templates("222", SAMPLE_TEMPLATES)
        client.api._session.base_url = f"{simulator.base_url}/v25.0"
        yield Shop(simulator, client, heard)
        await client.api._session.aclose()
    server.should_exit = True
    await serving


async def test_pywa_sends_a_positional_template_and_hears_its_receipts_and_the_tap(shop):
    shop.simulator.person("+16505551234", persona="yes")

    sent = await shop.client.send_template(
        to="+16505551234",
        name="spring_offer",
        language=TemplateLanguage.ENGLISH_US,
        params=[
            BodyText.params("Pablo"),
            QuickReplyButton.params(callback_data="more", index=0),
        ],
        tracker="job-1",
    )

    await shop.heard.until_count(4)
    statuses = [u for u in shop.heard.updates if isinstance(u, types.MessageStatus)]
    assert sorted(status.status.value for status in statuses) == ["delivered", "read", "sent"]
    assert {status.id for status in statuses} == {sent.id}
    assert {status.tracker for status in statuses} == {"job-1"}
    (tap,) = [u for u in shop.heard.updates if isinstance(u, types.CallbackButton)]
    assert (tap.data, tap.title) == ("more", "Yes, tell me more")
    assert tap.reply_to_message.id == sent.id


async def test_pywa_sends_a_named_template(shop):
    await shop.client.send_template(
        to="+16505551234",
        name="feedback_request",
        language=TemplateLanguage.ENGLISH_US,
        params=[BodyText.params(first_name="Pablo")],
    )

    (row,) = shop.simulator.ledger()
    assert (row["template"], row["parameters"]) == ("feedback_request", ["Pablo"])


async def test_pywa_hears_a_text_and_answers_it(shop):
    shop.simulator.say("+16505551234", phone_number_id="111", text="Are you open?")
    await shop.heard.until_count(1)
    (message,) = shop.heard.updates
    assert message.text == "Are you open?"

    await message.reply_text("Until six.", tracker="job-2")

    (row,) = shop.simulator.ledger()
    assert (row["text"], row["attempt_id"]) == ("Until six.", "job-2")


async def test_pywa_hears_a_failure_with_its_reason(shop):
    shop.simulator.person("+16505551234", is_on_whatsapp=False)
    await shop.client.send_template(
        to="+16505551234",
        name="feedback_request",
        language=TemplateLanguage.ENGLISH_US,
        params=[BodyText.params(first_name="Pablo")],
        tracker="job-3",
    )

    await shop.heard.until_count(1)
    (status,) = shop.heard.updates
    assert status.status == types.MessageStatusType.FAILED
    assert status.error.code == 131026
    assert status.tracker == "job-3"


async def test_pywa_hears_that_a_person_stopped_marketing(shop):
    shop.simulator.say("+16505551234", phone_number_id="111", preference="stop")

    await shop.heard.until_count(1)
    (preference,) = shop.heard.updates
    assert isinstance(preference, types.UserMarketingPreferences)
    assert not preference


async def test_pywa_raises_the_platforms_errors(shop):
    with pytest.raises(errors.ReEngagementMessage):
        await shop.client.send_message(to="+16505551234", text="Hello")
    with pytest.raises(errors.TemplateNotExists):
        await shop.client.send_template(
            to="+16505551234", name="nothing", language=TemplateLanguage.ENGLISH_US, params=[]
        )
    shop.simulator.say("+16505551234", phone_number_id="111", text="Are you open?")
    rates = {"rates": {"messages_per_second": 0.001}}
    shop.simulator.world.set_settings(shop.simulator.world.settings.merged(rates))
    await shop.client.send_message(to="+16505551234", text="Hello")
    with pytest.raises(errors.RateLimitHit):
        await shop.client.send_message(to="+16505551234", text="Hello")


async def test_pywa_reads_the_templates_and_the_number(shop):
    templates = list(await shop.client.get_templates())
    number = await shop.client.get_business_phone_number()

    assert [template.name for template in templates][:2] == ["spring_offer", "spring_offer"]
    assert number.id == "111"
