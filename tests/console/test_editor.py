"""Two windows on one draft lose nothing, a phone shows the flow as a list, and a play does it all."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.console.flow_life import Desk, desk_of
from tests.console.test_screens import LOOKS, keep, settled
from tests.console.world import World

from clarion.flow.samples import sample

ASKS_OUTSIDE: dict[str, Any] = {
    "schema": "clarion.flow/1",
    "name": "Stock of tea",
    "trigger": {"kind": "manual"},
    "nodes": [
        {"id": "start", "kind": "start", "exits": {"next": "ask"}},
        {
            "id": "ask",
            "kind": "http_request",
            "config": {
                "url": "https://shop.example/stock",
                "save": {"left": "left"},
            },
            "exits": {"success": "remember", "failure": "end"},
        },
        {
            "id": "remember",
            "kind": "update_contact",
            "config": {"attributes": {"stock": "{{ left }}"}},
            "exits": {"next": "wait"},
        },
        {
            "id": "wait",
            "kind": "wait",
            "config": {"amount": 2, "unit": "days"},
            "exits": {"next": "end"},
        },
        {"id": "end", "kind": "end"},
    ],
}


@pytest.fixture
def desk(page: Page, shop: World) -> Desk:
    """The API in the page's own session."""
    return desk_of(shop, page.context.request)


def _made(desk: Desk, name: str) -> int:
    made = desk.post("/flows", {"definition": sample("spring_offer") | {"name": name}})
    return int(made["id"])


def _label(page: Page, node: str, words: str) -> None:
    # By the keyboard, wherever on the canvas it stands.
    page.locator(".react-flow__node").filter(has_text=node).first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("textbox", name="Label").fill(words)


def _labels(desk: Desk, flow_id: int) -> dict[str, str]:
    nodes = desk.get(f"/flows/{flow_id}")["draft"]["nodes"]
    return {node["id"]: node.get("label", "") for node in nodes}


def _saved(page: Page) -> None:
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved"))).to_be_visible()


def test_two_windows_on_one_draft_lose_nothing(page: Page, desk: Desk) -> None:
    flow_id = _made(desk, "Two windows")
    page.goto(f"/console/flows/{flow_id}")
    expect(page.get_by_role("heading", name="Two windows")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"/console/flows/{flow_id}")
    _label(other, "The details", "All about it")
    _saved(other)
    # Nothing was changed here, so what they saved is shown.
    expect(page.locator(".react-flow__node").filter(has_text="All about it")).to_be_visible()

    # Both change something while neither knows of the other: this window cannot save just now.
    page.route("**/draft", lambda route: route.abort())
    _label(page, "The offer", "Mine")
    expect(page.get_by_role("status").filter(has_text=re.compile("^Not saved$"))).to_be_visible()
    draft = desk.get(f"/flows/{flow_id}")["draft"]
    for node in draft["nodes"]:
        if node["id"] == "goodbye":
            node["label"] = "Theirs"
    desk.save(flow_id, draft)
    banner = page.get_by_role("alert").filter(has_text="Somebody else saved this flow")
    page.unroute("**/draft")
    _label(page, "Mine", "Mine now")
    expect(banner).to_contain_text("Theirs")
    expect(banner).to_contain_text("Mine now")
    keep(page, "flow-conflict-light-en")
    banner.get_by_role("button", name="Put both together").click()
    _saved(page)
    expect(banner).to_have_count(0)
    labels = _labels(desk, flow_id)
    assert (labels["offer"], labels["goodbye"]) == ("Mine now", "Theirs")
    # Undo brings back what only they had, then what only was here.
    undo = page.get_by_role("button", name="Undo")
    undo.click()
    expect(page.locator("[data-id=offer].react-flow__node")).to_contain_text("The offer")
    undo.click()
    expect(page.locator(".react-flow__node").filter(has_text="Mine now")).to_be_visible()
    expect(page.locator(".react-flow__node").filter(has_text="Theirs")).to_have_count(0)


def test_on_a_phone_a_flow_is_read_changed_played_and_published(
    open_context: Any, shop: World
) -> None:
    context = open_context(width=390, height=800)
    desk = desk_of(shop, context.request)
    flow_id = _made(desk, "In the pocket")
    page = context.new_page()
    page.goto(f"/console/flows/{flow_id}")
    steps = page.get_by_role("list", name="Steps of In the pocket")
    expect(steps.locator(".outline-name").first).to_contain_text("Start")
    # A way leads to its step, and a step opens to be changed.
    steps.get_by_role("button", name=re.compile("The details$")).first.click()
    expect(page.locator(".outline-name:focus")).to_contain_text("The details")
    steps.locator(".outline-name").filter(has_text="The details").click()
    page.get_by_role("textbox", name="Label").fill("All about it")
    page.get_by_role("button", name="Close").click()
    expect(steps.locator(".outline-name").filter(has_text="All about it")).to_be_visible()
    _saved(page)
    page.get_by_role("button", name="Try it out on the phone").click()
    chat = page.get_by_role("log", name="Conversation")
    chat.get_by_role("button", name="Yes, tell me more").click()
    expect(page.get_by_role("region", name="Phone", exact=True)).to_contain_text("Completed")
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".editor-bar")).to_contain_text("Version 1 published")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_phone_answers_what_is_asked_outside_and_tells_what_would_be_written(
    page: Page, desk: Desk
) -> None:
    made = desk.post("/flows", {"definition": ASKS_OUTSIDE})
    page.goto(f"/console/flows/{made['id']}?play=")
    phone = page.get_by_role("region", name="Phone", exact=True)
    phone.get_by_role("button", name="Answer the call").click()
    answer = page.get_by_role("tooltip")
    answer.get_by_label("What comes back").fill('{"left": 7}')
    answer.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".card.is-here")).to_contain_text("Wait")
    page.get_by_role("tab", name=re.compile("^Writes")).click()
    expect(phone).to_contain_text("stock")
    page.get_by_role("tab", name="Variables").click()
    expect(phone.get_by_role("listitem").filter(has_text="left")).to_contain_text("7")
    phone.get_by_role("button", name="Let time pass").click()
    page.get_by_role("menuitem", name="+ 1 day").click()
    expect(phone).to_contain_text("goes on in 1 day")
    phone.get_by_role("button", name="Skip the wait").click()
    expect(phone).to_contain_text("Completed")


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_the_list_of_steps_keeps_nobody_out(
    open_context: Any, serious_findings: Any, shop: World, scheme: str, language: str
) -> None:
    context = open_context(scheme=scheme, language=language, width=390, height=800)
    findings: dict[str, list[str]] = {}
    for name, address in (
        ("outline", f"/console/flows/{shop.flow_id}"),
        ("insight", f"/console/flows/{shop.flow_id}/insight"),
    ):
        page = context.new_page()
        page.goto(address)
        expect(page.locator(".outline-name").first).to_be_visible()
        settled(page)
        keep(page, f"flow-{name}-narrow-{scheme}-{language}")
        if found := serious_findings(page):
            findings[name] = found
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        page.close()
    assert findings == {}, json.dumps(findings, indent=1)
