"""The first page tells what needs a person, and leads there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.console.test_screens import LOOKS, keep, settled
from tests.console.world import EMAIL, PASSWORD, World


def pause(page: Page, action: str) -> None:
    """Pause or resume the sender, as another window of the console would."""
    entered = page.request.post("/api/v1/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert entered.ok
    token = {each["name"]: each["value"] for each in page.context.cookies()}["clarion_csrf"]
    sender = page.request.get("/api/v1/senders").json()["items"][0]
    done = page.request.post(
        f"/api/v1/senders/{sender['id']}/{action}", headers={"X-CSRF-Token": token}, data={}
    )
    assert done.ok, done.text()


def test_a_paused_sender_needs_a_person_until_it_is_resumed(page: Page, shop: World) -> None:
    page.goto("/console/")
    expect(page.get_by_role("list", name="Today").get_by_text("Sent")).to_be_visible()
    coming = page.get_by_role("list", name="Occurrences of the next 24 hours")
    expect(coming.get_by_role("link", name="Autumn letter").first).to_be_visible()
    pause(page, "pause")
    try:
        # The page hears of it by itself.
        line = page.get_by_role("link", name="The sender shop is paused")
        expect(line).to_be_visible()
        line.click()
        expect(page).to_have_url(re.compile("/console/senders"))
    finally:
        pause(page, "resume")
    page.goto("/console/")
    expect(page.get_by_text("Today").or_(page.get_by_text("Sent")).first).to_be_visible()
    expect(page.get_by_role("link", name="The sender shop is paused")).to_have_count(0)


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_the_first_page_keeps_nobody_out_and_fits_a_narrow_window(
    open_context: Any, serious_findings: Any, shop: World, scheme: str, language: str
) -> None:
    page = open_context(scheme=scheme, language=language).new_page()
    page.goto("/console/")
    settled(page)
    expect(page.locator(".today strong").first).to_be_visible()
    keep(page, f"home-{scheme}-{language}")
    findings = serious_findings(page)
    assert findings == [], json.dumps(findings, indent=1)
    narrow = open_context(width=390, height=800, scheme=scheme, language=language).new_page()
    narrow.goto("/console/")
    settled(narrow)
    expect(narrow.locator(".today strong").first).to_be_visible()
    keep(narrow, f"home-narrow-{scheme}-{language}", full_page=True)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
