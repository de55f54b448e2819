"""A person brings people in from a file, corrects one, opts one out, and sees them left out."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect
from tests.console.test_screens import keep, settled
from tests.console.test_story import choose
from tests.console.world import World

GUESTS = """\
Handy;Gast;Town
+49 170 9900001;Mia;Berlin
+49 170 9900002;Noah;Hamburg
+49 12;Nobody;Bremen
"""


def _write_to(page: Page, shop: World, group_id: int) -> None:
    """Run a campaign for a group until everybody has an outcome."""
    request = page.context.request
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "clarion_csrf")
    now = datetime.now(UTC)
    made = request.post(
        "/api/v1/campaigns",
        headers={"X-CSRF-Token": token},
        data={
            "name": "For the guests",
            "flow_id": shop.flow_id,
            "include_group_ids": [group_id],
            "start_at": (now + timedelta(seconds=1)).isoformat(),
            "end_at": (now + timedelta(days=1)).isoformat(),
            "plan": {"kind": "once"},
        },
    )
    assert made.ok, made.text()
    while True:
        counts = request.get(f"/api/v1/campaigns/{made.json()['id']}").json()["counts"]
        if counts["skipped_count"] and counts["accepted_count"]:
            return
        time.sleep(0.3)


def test_a_file_is_imported_corrected_and_the_opted_out_are_left_out(
    page: Page, shop: World
) -> None:
    page.goto("/console/audience/groups")
    page.get_by_role("button", name="Create group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Newsletter")
    dialog.get_by_text("From a file, in the next step").click()
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("Newsletter")
    dialog.get_by_label("Name").fill("Autumn guests")
    dialog.get_by_role("button", name="Create", exact=True).click()

    # The columns are shown before anything is stored; nobody knows "Handy" to be a phone.
    expect(page.get_by_role("heading", name="Import contacts")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        {"name": "guests.csv", "mimeType": "text/csv", "buffer": GUESTS.encode()}
    )
    expect(page.get_by_text("No column holds phone numbers yet")).to_be_visible()
    start = page.get_by_role("button", name="Start the import")
    expect(start).to_be_disabled()
    choose(page, page, "Where Handy goes", "Phone")
    choose(page, page, "Where Gast goes", "Name")
    expect(page.get_by_role("row", name="Town")).to_contain_text("Berlin · Hamburg · Bremen")
    page.get_by_text("The people in this file agreed").click()
    page.set_viewport_size({"width": 1320, "height": 1120})
    keep(page, "import-columns-light-en")
    start.click()

    # It runs by itself; what was not taken is told row by row.
    expect(page.get_by_text("With rejected rows")).to_be_visible()
    rejected = page.get_by_role("row", name="phone_too_short")
    expect(rejected).to_contain_text("The number is too short.")
    expect(rejected).to_contain_text("+49 12 · Nobody · Bremen")
    keep(page, "import-report-light-en")
    page.set_viewport_size({"width": 1320, "height": 860})
    with page.expect_download() as download:
        page.get_by_role("link", name="Download rejected rows").click()
    assert "Nobody" in download.value.path().read_text("utf-8-sig")

    page.get_by_role("link", name="Autumn guests").click()
    expect(page.get_by_role("link", name="Mia")).to_be_visible()
    group_id = int(re.search(r"group_id=(\d+)", page.url).group(1))  # type: ignore[union-attr]  # or the test fails
    page.get_by_role("link", name="Noah").click()
    page.get_by_role("button", name="Edit contact").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill("not an address")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("is not an e-mail address")).to_be_visible()
    dialog.get_by_label("E-mail").fill("noah@example.com")
    dialog.get_by_role("button", name="Add an attribute").click()
    dialog.get_by_label("Attribute", exact=True).last.fill("points")
    dialog.get_by_label("Value", exact=True).last.fill("12")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("noah@example.com")).to_be_visible()
    expect(page.get_by_text("points")).to_be_visible()

    page.get_by_role("button", name="Opt out").click()
    dialog.get_by_label("In what words").fill("asked in the shop")
    dialog.get_by_role("button", name="Opt out").click()
    expect(page.locator(".page-head").get_by_text("Opted out")).to_be_visible()
    expect(page.get_by_text("asked in the shop")).to_be_visible()

    _write_to(page, shop, group_id)
    page.reload()
    page.get_by_role("tab", name="Campaigns").click()
    row = page.get_by_role("row", name="For the guests")
    expect(row).to_contain_text("Opted out")
    row.get_by_role("button", name="Why").click()
    expect(page.locator(".timeline")).to_contain_text("The person opted out")
    page.keyboard.press("Escape")

    page.goto("/console/audience/opt-outs")
    expect(page.get_by_role("link", name="Noah")).to_be_visible()
    page.goto(f"/console/audience?group_id={group_id}")
    page.get_by_role("link", name="Mia").click()
    expect(page.get_by_role("log")).to_contain_text("our spring collection is here")
    settled(page)
    keep(page, "contact-light-en")


def test_a_group_that_a_campaign_uses_tells_which(page: Page, shop: World) -> None:
    page.goto("/console/audience/groups?name=Staff")
    page.get_by_role("button", name="Actions for Staff").click()
    page.get_by_role("menuitem", name="Delete group").click()
    page.get_by_role("button", name="Delete group").click()
    expect(page.get_by_role("link", name="Autumn letter")).to_be_visible()
    page.get_by_role("button", name="OK").click()
    expect(page.get_by_role("link", name="Staff")).to_be_visible()


def test_the_template_to_fill_in_is_a_file_that_an_import_reads(page: Page, shop: World) -> None:
    page.goto("/console/audience/imports/new")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download template").click()
    page.locator("input[type=file]").set_input_files(download.value.path())
    expect(page.get_by_role("row", name="phone")).to_contain_text("138 0013 8000")
    expect(page.get_by_text("No column holds phone numbers yet")).to_have_count(0)


def test_a_template_is_seen_with_values_of_ones_own(page: Page, shop: World) -> None:
    page.goto("/console/templates?search=spring&language=en_US")
    page.get_by_role("link", name="spring_offer").click()
    phone = page.get_by_role("figure")
    expect(phone).to_contain_text("Hi Ana, our spring collection")
    page.get_by_label("Value of 1").fill("Zoë")
    expect(phone).to_contain_text("Hi Zoë, our spring collection")
    expect(phone).to_contain_text("Yes, tell me more")


def test_a_sender_is_added_paused_and_removed(page: Page, shop: World) -> None:
    page.goto("/console/senders")
    page.get_by_role("button", name="Add sender").click()
    dialog = page.get_by_role("dialog")
    for label, text in (
        ("Name", "Second number"),
        ("Phone number id", "209"),
        ("WhatsApp Business account id", "309"),
        ("Access token", "EAAtoken"),
        ("App secret", "s3cret"),
    ):
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.get_by_text("The verify token is not shown again")).to_be_visible()
    expect(dialog.get_by_text("/webhooks/whatsapp/")).to_be_visible()
    dialog.get_by_role("button", name="I have entered them").click()

    card = page.get_by_role("region", name="Second number")
    card.get_by_role("button", name="Pause").click()
    dialog.get_by_label("Why").fill("too many complaints")
    dialog.get_by_role("button", name="Pause").click()
    expect(card.get_by_text("too many complaints")).to_be_visible()
    card.get_by_role("button", name="Resume").click()
    expect(card.get_by_text("Ready")).to_be_visible()
    card.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)


def test_a_key_is_shown_once_and_revoked(page: Page, shop: World) -> None:
    page.goto("/console/settings/keys")
    page.get_by_role("button", name="Create key").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Shop system")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_text("they are shown only this once")).to_be_visible()
    token: Any = dialog.locator("code").last.text_content()
    bearer = {"Authorization": f"Bearer {token}"}
    assert page.request.get("/api/v1/groups", headers=bearer).ok
    dialog.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text(token)).to_have_count(0)
    page.get_by_role("button", name="Revoke Shop system").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("row", name="Shop system")).to_contain_text("Revoked")
    page.goto("/console/settings/audit?noun=key")
    expect(page.get_by_role("row", name="revoked")).to_be_visible()
