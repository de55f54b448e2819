"""A person sees where people go, why one of them went there, and keeps a play as a test."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.console.test_screens import LOOKS, keep, settled
from tests.console.world import World

from clarion.flow.samples import sample


@pytest.fixture(scope="module")
def ids(browser: Any, shop: World) -> dict[str, int]:
    """A campaign that has run while the log of its flow was on, and a draft to play."""
    with browser.new_context(base_url=shop.origin) as context:
        entered = context.request
        headers = shop.signed_in(entered)
        entered.put(f"/api/v1/flows/{shop.flow_id}/log", headers=headers, data={"is_logging": True})
        # One of the gallery comes with tests; this one shall have none yet.
        blank = sample("feedback_score") | {"name": "Without a test", "tests": []}
        draft = entered.post("/api/v1/flows", headers=headers, data={"definition": blank})
        assert draft.ok, draft.text()
        draft_id = draft.json()["id"]
        campaign = shop.run_campaign(entered, "Insight")
        sessions = entered.get(f"/api/v1/sessions?campaign_id={campaign}").json()["items"]
    return {
        "campaign": campaign,
        "flow": shop.flow_id,
        "draft": draft_id,
        "session": sessions[0]["id"],
        "contact": sessions[0]["contact_id"],
    }


def test_numbers_lead_to_people_and_people_to_their_way(page: Page, ids: dict[str, int]) -> None:
    page.goto(f"/console/campaigns/{ids['campaign']}?tab=canvas")
    expect(page.locator(".way-number").first).to_be_visible()
    page.get_by_text("Shares", exact=True).click()
    expect(page.locator(".way-number").filter(has_text="%").first).to_be_visible()
    page.goto(f"/console/flows/{ids['flow']}/insight")
    expect(page.get_by_role("switch", name="Log")).to_be_checked()
    expect(page.get_by_text(re.compile(r"\d+ started, \d+ wait now"))).to_be_visible()
    page.locator(".react-flow__node").filter(has_text="Wait for a reply").first.click()
    people = page.get_by_role("dialog")
    expect(people).to_contain_text("People at")
    settled(page)
    keep(page, "flow-insight-light-en")
    page.goto(f"/console/sessions/{ids['session']}")
    expect(page.locator(".react-flow__node .card.is-lit").first).to_be_visible()
    events = page.get_by_role("tabpanel", name="Events")
    expect(events).to_contain_text("entered")
    keep(page, "session-light-en")
    # The variables as they were at an event.
    page.locator(".log-time").first.click()
    page.get_by_role("tab", name="Variables").click()
    expect(page.get_by_text("As they were at the chosen event.")).to_be_visible()
    page.get_by_role("tab", name="Messages").click()
    expect(page.get_by_role("log", name="Messages of the session")).to_be_visible()
    page.goto(f"/console/audience/contacts/{ids['contact']}?tab=sessions")
    expect(page.get_by_role("link", name="Spring offer").first).to_be_visible()


def test_a_play_is_kept_as_a_test_and_run(page: Page, ids: dict[str, int]) -> None:
    page.goto(f"/console/flows/{ids['draft']}")
    page.get_by_role("button", name="Try it out on the phone").click()
    phone = page.get_by_role("region", name="Phone", exact=True)
    phone.get_by_role("textbox", name="Write as the person").fill("5")
    phone.get_by_role("button", name="Send", exact=True).click()
    expect(phone).to_contain_text("Completed")
    page.get_by_role("tab", name="Tests (0)").click()
    phone.get_by_role("button", name="Save as a test").click()
    page.get_by_label("Name of the test").fill("Happy")
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Run the tests").click()
    expect(phone).to_contain_text("Passed")
    expect(phone).to_contain_text(re.compile(r"Walked: \d+ of \d+ steps"))
    keep(page, "flow-tests-light-en")
    # The test is a part of the draft.
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Try it out on the phone").click()
    expect(page.get_by_role("tab", name="Tests (1)")).to_be_visible()


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_these_screens_keep_nobody_out(
    open_context: Any, serious_findings: Any, ids: dict[str, int], scheme: str, language: str
) -> None:
    context = open_context(scheme=scheme, language=language)
    findings: dict[str, list[str]] = {}
    for name, address in (
        ("insight", f"/console/flows/{ids['flow']}/insight"),
        ("session", f"/console/sessions/{ids['session']}"),
    ):
        page = context.new_page()
        page.goto(address)
        settled(page)
        expect(page.locator(".card").first).to_be_visible()
        keep(page, f"{name}-{scheme}-{language}")
        findings[name] = serious_findings(page)
        page.close()
    assert findings == {"insight": [], "session": []}
