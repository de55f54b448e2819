"""Templates, media and health, against a small Graph API of our own on a real socket."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from clarion.channels.contract import SenderAccount
from clarion.channels.whatsapp import management
from clarion.domain.errors import ClarionError
from clarion.domain.message import Channel

TEMPLATE = {
    "id": "1",
    "name": "promo",
    "language": "en_US",
    "status": "APPROVED",
    "category": "MARKETING",
    "parameter_format": "NAMED",
    "components": [{"type": "BODY", "text": "Hi {{first_name}}"}],
    "quality_score": {"score": "GREEN"},
    "rejected_reason": "NONE",
}


class Graph:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self):
        self.asked = []
        self.answers = []
        self.base_url = ""

    async def handle(self, request):
        body = await request.post() if request.content_type.startswith("multipart") else None
        sent = await request.text() if body is None else dict(body)
        if body is not None:
            sent["file"] = (body["file"].filename, body["file"].file.read())
        self.asked.append((request.method, request.path, dict(request.query), sent))
        assert request.headers["authorization"] == "Bearer EAAG1"
        status, answer = self.answers.pop(0)
        if isinstance(answer, str):
            return web.Response(status=status, text=answer, headers={"location": "/elsewhere"})
        return web.json_response(answer, status=status)

    @property
    def account(self):
        config = {"base_url": self.base_url, "phone_number_id": "106", "waba_id": "222"}
        return SenderAccount(1, Channel.WHATSAPP, config, {"token": "EAAG1"})


@pytest.fixture
async def graph():
    fake = Graph()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", fake.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield fake
    await runner.cleanup()


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as opened:
        yield opened


async def test_templates_are_read_over_all_pages(graph, session):
    other = {**TEMPLATE, "id": "2", "status": "REJECTED", "rejected_reason": "SCAM"}
    del other["parameter_format"], other["quality_score"]
    paging = {"cursors": {"before": "A", "after": "B"}, "next": "http://evil.example/take-token"}
    graph.answers = [
        (200, {"data": [TEMPLATE], "paging": paging}),
        (200, {"data": [other], "paging": {"cursors": {"before": "C", "after": "D"}}}),
    ]
    first, second = await management.list_templates(graph.account, session)
    assert (first.provider_id, first.name, first.language) == ("1", "promo", "en_US")
    assert (first.status, first.category, first.parameter_format) == (
        "approved",
        "marketing",
        "named",
    )
    assert (first.quality, first.rejected_reason) == ("green", None)
    assert first.components == tuple(TEMPLATE["components"])
    assert (second.status, second.rejected_reason) == ("rejected", "scam")
    assert (second.parameter_format, second.quality) == ("positional", None)
    assert [query.get("after") for _, _, query, _ in graph.asked] == [None, "B"]
    assert {path for _, path, _, _ in graph.asked} == {"/v25.0/222/message_templates"}


async def test_a_page_that_repeats_itself_ends(graph, session):
    page = {"data": [TEMPLATE], "paging": {"cursors": {"after": "B"}, "next": "x"}}
    graph.answers = [(200, page), (200, page)]
    assert len(await management.list_templates(graph.account, session)) == 2


async def test_a_template_is_handed_in_and_may_get_another_category(graph, session):
    graph.answers = [(200, {"id": "9", "status": "PENDING", "category": "MARKETING"})]
    made = await management.create_template(
        graph.account,
        session,
        name="promo",
        language="en_US",
        category="utility",
        components=TEMPLATE["components"],
        parameter_format="named",
    )
    assert (made.provider_id, made.name, made.status) == ("9", "promo", "pending")
    assert (made.category, made.parameter_format) == ("marketing", "named")
    ((method, _, _, sent),) = graph.asked
    assert method == "POST"
    assert '"category":"UTILITY"' in sent
    assert '"parameter_format":"NAMED"' in sent


@pytest.mark.parametrize(
    ("provider_id", "query"),
    [(None, {"name": "promo"}), ("9", {"name": "promo", "hsm_id": "9"})],
)
async def test_a_template_is_deleted_by_name_or_alone(graph, session, provider_id, query):
    graph.answers = [(200, {"success": True})]
    await management.delete_template(graph.account, session, "promo", provider_id)
    assert graph.asked == [("DELETE", "/v25.0/222/message_templates", query, "")]


async def test_the_health_of_a_sender_comes_in_our_words(graph, session):
    graph.answers = [
        (
            200,
            {
                "verified_name": "Lucky Shrub",
                "display_phone_number": "15550783881",
                "quality_rating": "GREEN",
                "throughput": {"level": "STANDARD"},
                "whatsapp_business_manager_messaging_limit": "TIER_2K",
                "id": "106",
            },
        )
    ]
    facts = await management.sender_health(graph.account, session)
    assert dict(facts) == {
        "verified_name": "Lucky Shrub",
        "display_phone_number": "15550783881",
        "quality": "GREEN",
        "throughput_level": "STANDARD",
        "messaging_limit": "TIER_2K",
    }


async def test_media_is_uploaded_and_known_by_its_id(graph, session):
    graph.answers = [(200, {"id": "4490"})]
    media_id = await management.upload_media(
        graph.account, session, b"\x89PNG", mime_type="image/png", filename="a.png"
    )
    assert media_id == "4490"
    ((_, path, _, form),) = graph.asked
    assert path == "/v25.0/106/media"
    assert (form["messaging_product"], form["type"]) == ("whatsapp", "image/png")
    assert form["file"] == ("a.png", b"\x89PNG")


async def test_a_refusal_carries_the_platforms_own_words(graph, session):
    error = {
        "message": "Invalid parameter",
        "code": 100,
        "error_data": "plain",
        "error_user_msg": "There is already English content for this template.",
    }
    graph.answers = [(400, {"error": error})]
    with pytest.raises(ClarionError) as refused:
        await management.delete_template(graph.account, session, "promo")
    assert refused.value.code == "provider.refused"
    assert refused.value.details["provider"] == {
        "code": 100,
        "message": "There is already English content for this template.",
        "http_status": 400,
    }


@pytest.mark.parametrize("answer", [(502, "<html>"), (200, "ok"), (200, []), (302, "")])
async def test_what_is_not_the_graph_api_is_unreachable(graph, session, answer):
    graph.answers = [answer]
    with pytest.raises(ClarionError) as refused:
        await management.sender_health(graph.account, session)
    assert refused.value.code == "provider.unreachable"
    assert len(graph.asked) == 1, "a redirect must not carry the token elsewhere"


async def test_nobody_there_is_unreachable(graph, session, unused_tcp_port):
    graph.base_url = f"http://127.0.0.1:{unused_tcp_port}"
    with pytest.raises(ClarionError) as refused:
        await management.list_templates(graph.account, session)
    assert refused.value.code == "provider.unreachable"
    assert "EAAG1" not in str(refused.value)
