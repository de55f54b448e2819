"""Who listens to whom is changed while a flow is not published, and only on its own channel."""

from __future__ import annotations

from typing import Any

import pytest

from clarion.services.senders import NewSender, WhatsAppConfig, create_sender

LISTENING: dict[str, Any] = {
    "schema": "clarion.flow/1",
    "name": "Listening",
    "trigger": {"kind": "whatsapp"},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "say"}},
        {
            "id": "say",
            "kind": "send_whatsapp_message",
            "config": {"text": {"body": "Hello"}},
            "exits": {"next": "end"},
        },
        {"id": "end", "kind": "end"},
    ],
}


@pytest.fixture
async def senders(place: Any, scope: Any) -> tuple[int, int]:
    async with place.pool.acquire() as connection, connection.transaction():
        made = [
            await create_sender(
                connection,
                scope,
                place.sealer,
                NewSender(
                    name=name,
                    config=WhatsAppConfig(
                        key, "waba", base_url="http://127.0.0.1", version="v25.0"
                    ),
                    token="token",
                    app_secret="secret",
                ),
            )
            for name, key in (("shop", "1"), ("service", "2"))
        ]
    first, second = (sender.id for sender, _ in made)
    return first, second


async def test_a_flow_listens_until_it_is_told_otherwise(
    admin: Any, senders: tuple[int, int]
) -> None:
    flow = (await admin.post("/api/v1/flows", json={"definition": LISTENING})).json()
    path = f"/api/v1/flows/{flow['id']}"
    shop, service = senders
    bound = await admin.put(f"{path}/bindings/{shop}", json={"priority": 5})
    assert (bound.status_code, bound.json()["sender_name"]) == (200, "shop"), bound.text
    moved = await admin.post(f"{path}/bindings/{shop}/move", json={"to_sender_id": service})
    assert (moved.json()["sender_name"], moved.json()["priority"]) == ("service", 5)
    await admin.post(f"{path}/publish", json={})
    for refused in (
        await admin.put(f"{path}/bindings/{shop}", json={}),
        await admin.post(f"{path}/bindings/{service}/move", json={"to_sender_id": shop}),
        await admin.delete(f"{path}/bindings/{service}"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "binding.flow_published")
    assert (await admin.delete(path)).json()["code"] == "flow.published"
    listed = (await admin.get("/api/v1/bindings", params={"sender_id": service})).json()["items"]
    assert [(each["flow_name"], each["is_published"]) for each in listed] == [("Listening", True)]
    await admin.post(f"{path}/unpublish")
    assert (await admin.delete(f"{path}/bindings/{service}")).status_code == 204
    assert (await admin.delete(f"{path}/bindings/{service}")).json()["code"] == "binding.not_found"


async def test_a_flow_listens_only_on_the_channel_of_its_trigger(
    admin: Any, senders: tuple[int, int]
) -> None:
    for trigger, code in (("manual", "trigger_manual"), ("viber", "channel_differs")):
        definition = {**LISTENING, "name": trigger, "trigger": {"kind": trigger}}
        flow = (await admin.post("/api/v1/flows", json={"definition": definition})).json()
        refused = await admin.put(f"/api/v1/flows/{flow['id']}/bindings/{senders[0]}", json={})
        assert refused.json()["code"] == f"binding.{code}"


async def test_a_message_is_tried_before_anybody_sends_it(
    admin: Any, senders: tuple[int, int]
) -> None:
    shop, _ = senders
    keyword = {"kind": "keyword", "words": ["price", "prices"], "match": "contains"}
    pattern = {"kind": "pattern", "pattern": r"order #?\d+"}
    for name, conditions, priority, is_published in (
        ("Orders", [keyword, pattern], 10, True),
        ("Draft only", [], 20, False),
        ("Anything", [], 30, True),
    ):
        trigger = {"kind": "whatsapp", "conditions": conditions}
        definition = {**LISTENING, "name": name, "trigger": trigger}
        flow = (await admin.post("/api/v1/flows", json={"definition": definition})).json()
        path = f"/api/v1/flows/{flow['id']}"
        await admin.put(f"{path}/bindings/{shop}", json={"priority": priority})
        if is_published:
            assert (await admin.post(f"{path}/publish", json={})).status_code == 200

    async def began(**message: Any) -> list[tuple[str, bool, list[int], bool]]:
        answer = await admin.post(f"/api/v1/senders/{shop}/bindings/try", json=message)
        assert answer.status_code == 200, answer.text
        return [
            (
                each["binding"]["flow_name"],
                each["is_fitting"],
                each["condition_indexes"],
                each["would_begin"],
            )
            for each in answer.json()["tries"]
        ]

    assert await began(text="Where is ORDER #12?") == [
        ("Orders", True, [1], True),
        ("Draft only", True, [], False),
        ("Anything", True, [], False),
    ]
    assert await began(text="Hello") == [
        ("Orders", False, [], False),
        ("Draft only", True, [], False),
        ("Anything", True, [], True),
    ]
    # Words of opting out begin nothing.
    assert [would_begin for *_, would_begin in await began(text="STOP")] == [False] * 3
    listed = (await admin.get("/api/v1/bindings")).json()["items"]
    assert [each["conditions"] for each in listed] == [[keyword, pattern], [], []]


async def test_a_trigger_is_tried_while_it_is_edited(admin: Any) -> None:
    async def tried(trigger: dict[str, Any], **message: Any) -> Any:
        body = {"trigger": trigger, "message": message}
        return await admin.post("/api/v1/flows/try-trigger", json=body)

    trigger = {"kind": "whatsapp", "conditions": [{"kind": "keyword", "words": ["hi"]}]}
    fits = (await tried(trigger, text="Hi!")).json()
    assert (fits["is_fitting"], fits["condition_indexes"]) == (True, [0])
    assert (await tried(trigger, text="Hi there")).json()["is_fitting"] is False
    assert (await tried({"kind": "whatsapp"}, text="STOP")).json()["is_opt_out"] is True
    broken = {"kind": "whatsapp", "conditions": [{"kind": "pattern", "pattern": "("}]}
    refused = await tried(broken, text="Hi")
    assert (refused.status_code, refused.json()["code"]) == (422, "flow.invalid")
