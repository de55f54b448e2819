"""An admin lets another program be told, tries it, sees why it was not reached, and ends it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect
from tests.console.world import World


def test_an_endpoint_is_added_tried_changed_and_deleted(page: Page, shop: World) -> None:
    page.goto("/console/settings/webhooks")
    page.get_by_role("button", name="Add endpoint").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Shop system")
    dialog.get_by_label("Address").fill("nowhere")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_text("An address begins with http:// or https://")).to_be_visible()
    # The workspace does not allow the own machine, so nobody is reached there.
    dialog.get_by_label("Address").fill("http://127.0.0.1:9/told")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_text("it is shown only this once")).to_be_visible()
    first_secret = dialog.locator("code").text_content()
    dialog.get_by_role("button", name="I have kept it").click()

    page.get_by_role("link", name="Shop system").click()
    expect(page.get_by_text("Nothing was told yet")).to_be_visible()
    page.get_by_role("button", name="Send a test to Shop system").click()
    row = page.get_by_role("row", name="Test")
    expect(row).to_contain_text("Not reached")
    expect(row).to_contain_text("private network")
    expect(row).to_contain_text(re.compile(r"\d attempt"))
    row.get_by_role("button", name="Try").click()
    expect(row).to_contain_text(re.compile(r"[2-9] attempts"))

    page.locator(".ant-segmented").get_by_text("Delivered", exact=True).click()
    expect(page).to_have_url(re.compile("status=delivered"))
    page.get_by_role("button", name="Clear the filters").click()
    expect(row).to_be_visible()

    def choose(action: str) -> None:
        page.get_by_role("button", name="More actions for Shop system").click()
        page.get_by_role("menuitem", name=action).click()

    choose("Replace the secret")
    page.get_by_role("dialog").get_by_role("button", name="Replace the secret").click()
    expect(page.get_by_text("it is shown only this once")).to_be_visible()
    assert page.get_by_role("dialog").locator("code").text_content() != first_secret
    page.get_by_role("button", name="I have kept it").click()

    choose("Edit")
    page.get_by_role("dialog").get_by_label("Switched on").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Switched off").first).to_be_visible()
    expect(page.get_by_role("button", name="Send a test to Shop system")).to_be_disabled()

    choose("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Shop system was deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Shop system")).to_have_count(0)
