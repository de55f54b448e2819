"""Why nothing comes: every link of the chain is looked at; and secrets are replaced while it works."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.engine.conftest import PHONE_NUMBER_ID, WABA_ID, Shop

from clarion.domain.errors import ClarionError
from clarion.services.sender_secrets import Rotation, forget_former_secret, rotate_secrets
from clarion.services.senders import Sender, read_sender
from clarion.services.webhook_checks import Finding, check_webhook, subscribe_webhook
from clarion.store.pool import transaction


async def sender_of(shop: Shop) -> Sender:
    async with transaction(shop.pool) as connection:
        return await read_sender(connection, shop.fresh_scope, shop.sender_id)


async def check(shop: Shop) -> dict[str, Finding]:
    findings = await check_webhook(
        shop.place, shop.fresh_scope, shop.sender_id, origin="http://127.0.0.1:1", challenge="c1"
    )
    assert [each.link for each in findings] == [
        "token",
        "address",
        "subscription",
        "handshake",
        "events",
        "signatures",
    ]
    return {each.link: each for each in findings}


def states(findings: dict[str, Finding]) -> dict[str, str]:
    return {link: each.state for link, each in findings.items() if each.state != "ok"}


async def somebody_writes(shop: Shop, text: str) -> None:
    shop.simulator.say("+491720000000", phone_number_id=PHONE_NUMBER_ID, text=text)


async def until_events(shop: Shop) -> Sender:
    async def came() -> bool:
        return (await sender_of(shop)).last_event_at is not None

    await shop.until(came)
    return await sender_of(shop)


async def test_a_chain_that_holds_says_so_and_each_broken_link_says_what_to_do(shop: Shop) -> None:
    findings = await check(shop)
    assert states(findings) == {"events": "unknown"}
    await somebody_writes(shop, "Hello")
    await until_events(shop)
    assert states(await check(shop)) == {}

    number = shop.simulator.world.numbers[PHONE_NUMBER_ID]
    ours, number.subscription = number.subscription, None
    assert number.waba_id == WABA_ID
    number.is_subscribed = False
    await shop.pool.execute("DELETE FROM webhook_watches")
    findings = await check(shop)
    assert states(findings) == {
        "address": "problem",
        "subscription": "problem",
        # No setting and no provider says where we are: the address that we were asked at is tried.
        "handshake": "problem",
        "events": "unknown",
    }
    assert all(each.next_step for each in findings.values() if each.state == "problem")

    number.subscription = ours
    await subscribe_webhook(shop.place, shop.fresh_scope, shop.sender_id)
    assert states(await check(shop)) == {"events": "unknown"}


async def test_messages_without_receipts_are_a_problem(shop: Shop) -> None:
    await shop.add_people(1)
    await shop.pool.execute(
        "INSERT INTO messages (workspace_id, direction, channel, sender_id, contact_id, content,"
        " status, created_at, accepted_at) SELECT $1, 'out', 'whatsapp', $2, id, '{}', 'accepted',"
        " now() - interval '1 hour', now() - interval '1 hour' FROM contacts LIMIT 1",
        shop.scope.workspace_id,
        shop.sender_id,
    )
    assert states(await check(shop)) == {"events": "problem"}


async def test_a_token_that_the_provider_does_not_take_is_a_problem_and_is_never_kept(
    shop: Shop,
) -> None:
    with pytest.raises(ClarionError) as refused:
        await rotate_secrets(
            shop.place, shop.fresh_scope, shop.sender_id, Rotation(token="mistyped")
        )
    assert refused.value.code == "provider.refused"
    assert states(await check(shop)) == {"events": "unknown"}

    shop.simulator.world.numbers[PHONE_NUMBER_ID].token = "new"
    findings = await check(shop)
    assert findings["token"].state == "problem"
    assert findings["address"].state == "unknown"
    await shop.pool.execute("UPDATE senders SET status = 'paused', status_reason = '190'")
    sender = await rotate_secrets(
        shop.place, shop.fresh_scope, shop.sender_id, Rotation(token="new", is_resumed=True)
    )
    assert sender.status == "active"
    assert states(await check(shop)) == {"events": "unknown"}


async def test_the_former_app_secret_opens_for_a_while_and_can_be_forgotten(shop: Shop) -> None:
    """The provider still signs with the old secret: nothing is lost until it is said to be over."""
    rotation = Rotation(app_secret="a new secret", accept_former_for=timedelta(hours=1))
    sender = await rotate_secrets(shop.place, shop.fresh_scope, shop.sender_id, rotation)
    assert sender.former_secret_until is not None

    async def former_was_used() -> bool:
        await somebody_writes(shop, "Signed with the former")
        return (await sender_of(shop)).former_secret_at is not None

    await shop.until(former_was_used)
    assert (await sender_of(shop)).signature_refused_count == 0

    async with transaction(shop.pool) as connection:
        await forget_former_secret(connection, shop.fresh_scope, shop.place, shop.sender_id)
    shop.simulator.world.numbers[PHONE_NUMBER_ID].subscription.app_secret = "never ours"  # type: ignore[union-attr]
    await somebody_writes(shop, "Signed by somebody else")

    async def refused() -> bool:
        return (await sender_of(shop)).signature_refused_count > 0

    await shop.until(refused)
    findings = await check(shop)
    assert findings["signatures"].state == "problem"
    assert "app secret" in findings["signatures"].next_step

    # The simulator delivers again what was refused, as the platform does: nothing is lost.
    rotation = Rotation(app_secret="never ours", accept_former_for=timedelta(0))
    await rotate_secrets(shop.place, shop.fresh_scope, shop.sender_id, rotation)
    await shop.simulator.settle()
    bodies = await shop.pool.fetch("SELECT body FROM webhook_inbox")
    assert any(b"somebody else" in row["body"] for row in bodies)
