"""Somebody looks at the phones of simulated people, and answers for one of them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import APIRequestContext, Page, expect
from tests.console.world import World


def _silent_number(request: APIRequestContext, campaign_id: int) -> str:
    """The number of somebody who read the campaign's message and has not answered."""
    said = request.get("/api/v1/messages", params={"direction": "in", "limit": 200}).json()
    talkative = {each["contact_id"] for each in said["items"]}
    sent = request.get("/api/v1/messages", params={"campaign_id": campaign_id, "limit": 200}).json()
    return next(
        each["contact_phone"].lstrip("+")
        for each in sent["items"]
        if each["status"] == "accepted" and each["contact_id"] not in talkative
    )


def test_what_is_tapped_on_a_phone_carries_the_flow_on(
    browser: Any, page: Page, shop: World
) -> None:
    with browser.new_context(base_url=shop.origin) as context:
        campaign_id = shop.run_campaign(context.request, "Phone sale")
        number = _silent_number(context.request, campaign_id)
    page.goto("/console/")
    page.get_by_role("link", name="Phones", exact=True).click()
    page.get_by_text("People answer by themselves").click()
    expect(page.get_by_role("switch")).not_to_be_checked()
    phones = page.locator(".tiny-phone")
    expect(phones).to_have_count(12)

    page.get_by_role("combobox", name="Whose phones are shown").fill(f"+{number},")
    expect(phones).to_have_count(1)
    page.keyboard.press("Escape")
    phones.first.click()
    chat = page.get_by_role("log")
    before = chat.locator(".bubble").count()
    chat.get_by_role("button").first.click()
    # The tap, and what the flow says to it.
    expect(chat.locator(".bubble")).to_have_count(before + 2)
    page.get_by_placeholder("Answer as").fill("Until when?")
    page.get_by_role("button", name="Send").click()
    expect(chat.get_by_text("Until when?")).to_be_visible()

    page.get_by_role("link", name="Open the contact").click()
    expect(page.locator(".conversation").get_by_text("Until when?")).to_be_visible()
    page.goto("/console/phones")
    page.get_by_text("People answer by themselves").click()
    expect(page.get_by_role("switch")).to_be_checked()
