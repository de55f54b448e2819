"""A person makes a flow on the canvas, mends it, publishes it, plays it, and uses it in a campaign."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.console.test_screens import LOOKS, keep, settled
from tests.console.world import World

from clarion.flow.samples import sample

NAME = "Autumn hello"


def card(page: Page, text: str) -> Locator:
    return page.locator(".react-flow__node").filter(has_text=text)


def pick(page: Page, label: str, option: str) -> None:
    """Choose in a select that is opened by its label."""
    page.get_by_label(label, exact=True).click()
    page.keyboard.type(option)  # a long list shows only what was searched for
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(
        has_text=option
    ).first.click()


def new_flow(page: Page, name: str) -> None:
    page.goto("/console/flows")
    page.get_by_role("button", name="New flow").click()
    page.get_by_role("dialog").get_by_label("Name").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    expect(card(page, "Start")).to_be_visible()


def test_a_flow_is_made_mended_published_and_played(page: Page, shop: World) -> None:
    new_flow(page, NAME)
    # From the open exit of the start, by the "+" and a few typed letters.
    page.get_by_role("button", name="Add a step after Start").click()
    page.get_by_role("combobox", name="What shall happen?").fill("template")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send a template")).to_be_visible()
    pick(page, "Template", "spring_offer")
    expect(page.get_by_label("How it will look")).to_contain_text("contact.name")
    # From the palette: it goes behind the chosen step.
    page.get_by_role("button", name="Wait for a reply", exact=True).click()
    page.get_by_role("button", name="from the message before").click()
    expect(card(page, "Wait for a reply").locator(".card-exit")).to_have_count(4)

    # The exits of the wait are open: the check says so, and its words lead to the step.
    page.get_by_role("button", name="Problems").click()
    problem = page.locator(".problem").filter(has_text="leads nowhere").first
    expect(problem).to_contain_text("Error")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("keep the flow from being published")
    expect(page.get_by_role("dialog").get_by_role("button", name="Publish")).to_be_disabled()
    page.get_by_role("dialog").locator(".problem").first.click()

    # One way gets an answer of its own, the others end.
    page.get_by_role("button", name="Add a step after Wait for a reply").first.click()
    page.get_by_role("option", name="Send a message").click()
    page.get_by_label("Text", exact=True).last.fill("Lovely, {{ contact.name }}!")
    pick(page, "next", "end")
    card(page, "Wait for a reply").click()
    ways = page.locator("fieldset").filter(has_text="Ways out").locator("label")
    for label in ways.all_inner_texts()[1:]:
        pick(page, label, "end")
    page.keyboard.press("Escape")
    expect(page.locator(".editor-problems")).to_contain_text("None")
    page.get_by_role("button", name="Tidy up").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved"))).to_be_visible()

    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.locator(".editor-bar")).to_contain_text("Version 1 published")

    # The phone plays it on the server's engine, and the canvas lights the way.
    page.get_by_role("button", name="Try it out on the phone").click()
    chat = page.get_by_role("log", name="Conversation")
    expect(chat).to_contain_text("Ana")
    chat.locator("button").first.click()
    expect(chat).to_contain_text("Lovely, Ana!")
    expect(page.get_by_role("region", name="Phone", exact=True)).to_contain_text("Completed")
    expect(page.locator(".card.is-lit")).to_have_count(5)
    keep(page, "flow-phone-light-en")
    page.get_by_role("button", name="One move back").click()
    page.get_by_role("button", name="Skip the wait").click()
    expect(page.locator(".card.is-lit")).to_have_count(4)

    page.goto("/console/campaigns")
    page.locator(".page-head button").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Related Flows").click()
    expect(page.locator(".ant-select-item-option").filter(has_text=NAME)).to_be_visible()


def test_what_was_done_is_undone_and_copies_are_pasted(page: Page, shop: World) -> None:
    new_flow(page, "Keys")
    page.locator(".react-flow__pane").dblclick(position={"x": 40, "y": 40})
    page.get_by_role("combobox", name="What shall happen?").fill("variables")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(3)
    card(page, "Set variables").click()
    page.keyboard.press("Control+d")
    expect(page.locator(".card")).to_have_count(4)
    page.keyboard.press("Delete")
    expect(page.locator(".card")).to_have_count(3)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(".card")).to_have_count(2)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".card")).to_have_count(3)
    page.keyboard.press("Control+f")
    page.get_by_role("textbox", name="Words of a step").fill("nothing like this")
    expect(page.get_by_role("dialog")).to_contain_text("No step has these words.")


def test_nobody_overwrites_what_somebody_else_saved(page: Page, shop: World) -> None:
    new_flow(page, "Shared")
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved"))).to_be_visible()
    flow_id = int(page.url.rsplit("/", 1)[1].split("?")[0])
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "clarion_csrf")
    path = f"/api/v1/flows/{flow_id}"
    flow = page.context.request.get(path).json()
    saved = page.context.request.put(
        f"{path}/draft",
        headers={"X-CSRF-Token": token},
        data={
            "definition": {**flow["draft"], "description": "Theirs"},
            "revision": flow["draft_revision"],
        },
    )
    assert saved.ok, saved.text()
    page.get_by_role("button", name="Branch", exact=True).click()
    expect(page.get_by_text("Somebody else saved this flow meanwhile")).to_be_visible()
    assert len(page.context.request.get(path).json()["draft"]["nodes"]) == 2
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved"))).to_be_visible()
    assert len(page.context.request.get(path).json()["draft"]["nodes"]) == 3


def test_a_file_is_checked_before_it_is_imported_and_a_published_flow_is_kept(
    page: Page, shop: World, tmp_path: Path
) -> None:
    broken = sample("appointment_reminder") | {"name": "From a file"}
    broken["nodes"][0]["exits"]["next"] = "nowhere"
    (tmp_path / "flow.json").write_text(json.dumps(broken))
    page.goto("/console/flows")
    page.get_by_role("button", name="New flow").click()
    page.get_by_text("From a file", exact=True).click()
    page.locator("input[type=file]").set_input_files(tmp_path / "flow.json")
    expect(page.get_by_role("dialog")).to_contain_text("start")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="From a file")).to_be_visible()
    page.goto("/console/flows")
    page.get_by_role("button", name="Actions for Spring offer").click()
    page.get_by_role("menuitem", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("cannot be deleted now")


def _choose_branch(page: Page) -> None:
    card(page, "How high?").click()


def _phone(page: Page) -> None:
    page.keyboard.press("s")
    expect(page.locator(".simulator .bubble").first).to_be_visible()


def _samples(page: Page) -> None:
    page.locator(".page-head button").click()
    page.get_by_role("dialog").locator(".ant-segmented-item").nth(1).click()
    expect(page.locator(".flow-sample").first).to_be_visible()


SCREENS: tuple[tuple[str, str, Callable[[Page], None] | None], ...] = (
    ("flows", "/console/flows", None),
    ("flow-samples", "/console/flows", _samples),
    ("flow", "/console/flows/{flow}", _choose_branch),
    ("flow-play", "/console/flows/{flow}", _phone),
    ("flow-version", "/console/flows/{published}?version=1", None),
    ("campaign-canvas", "/console/campaigns/{campaign}?tab=canvas", None),
)


@pytest.fixture(scope="module")
def ids(browser: Any, shop: World) -> dict[str, int]:
    """A draft, a published flow, and a campaign that has run."""
    with browser.new_context(base_url=shop.origin) as context:
        campaign = shop.run_campaign(context.request, "Canvas")
        flows = context.request.get("/api/v1/flows?search=Feedback").json()["items"]
    return {"campaign": campaign, "flow": flows[0]["id"], "published": shop.flow_id}


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_the_canvas_keeps_nobody_out(
    open_context: Any, serious_findings: Any, ids: dict[str, int], scheme: str, language: str
) -> None:
    findings: dict[str, list[str]] = {}
    context = open_context(scheme=scheme, language=language)
    for name, address, act in SCREENS:
        page = context.new_page()
        page.goto(address.format(**ids))
        settled(page)
        if ("flow" in name and name not in ("flows", "flow-samples")) or name == "campaign-canvas":
            expect(page.locator(".card").first).to_be_visible()
        if act is not None:
            act(page)
        settled(page)
        time.sleep(0.3)  # the lines of the canvas are drawn after it was measured
        keep(page, f"{name}-{scheme}-{language}")
        if found := serious_findings(page):
            findings[name] = found
        page.close()
    assert findings == {}, json.dumps(findings, indent=1)


def test_the_canvas_comes_only_with_the_pages_that_need_it(page: Page, shop: World) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/console/flows")
    settled(page)
    assert [url for url in loaded if "FlowCanvas" in url or "EditorFrame" in url] == []
    before = len(loaded)
    page.get_by_role("link", name="Spring offer", exact=True).click()
    expect(page.locator(".card").first).to_be_visible()
    assert any(url.endswith(".js") for url in loaded[before:])
