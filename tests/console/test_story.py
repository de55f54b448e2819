"""A person signs in, makes a campaign, watches it run, stops it and lets it go on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect
from tests.console.world import EMAIL, PASSWORD, ZONE, World


def wall(**later: float) -> str:
    at = datetime.now(ZoneInfo(ZONE)) + timedelta(**later)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def choose(page: Page, within: Page | Locator, label: str, option: str) -> None:
    """Pick an option of a select by the beginning of its text."""
    within.get_by_role("combobox", name=label).click()
    # The list is animated and virtual: the option is told, wherever it is.
    page.locator(
        f'.ant-select-dropdown:visible .ant-select-item-option[title^="{option}"]'
    ).first.dispatch_event("click")


def fill_time(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.click()
    box.fill(text)
    box.press("Enter")


def test_who_is_notsigned_in_signs_in_and_goes_on(open_context: Any, shop: World) -> None:
    page = open_context(is_signed_in=False).new_page()
    page.goto("/console/campaigns?status=pending")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill("not this one")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("E-mail or password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Campaign Manager")).to_be_visible()
    assert page.url.endswith("/console/campaigns?status=pending")
    # The session ends elsewhere; whoever signs in again stays where they were going.
    page.context.clear_cookies()
    page.get_by_role("link", name="Autumn letter").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail").fill(EMAIL)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Autumn letter")).to_be_visible()
    assert re.search(r"/console/campaigns/\d+$", page.url)


def test_a_campaign_is_made_watched_suspended_and_resumed(page: Page, shop: World) -> None:
    page.goto("/console/campaigns")
    page.get_by_role("button", name="Create Activity").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog.get_by_text("Please fill this in.").first).to_be_visible()

    dialog.get_by_label("Activity Name").fill("促" * 61)
    expect(dialog.get_by_text("At most 60 characters; this has 61.")).to_be_visible()
    dialog.get_by_label("Activity Name").fill("Flash sale 🎉")
    expect(dialog.get_by_text("12 / 60")).to_be_visible()
    dialog.get_by_label("Activity Description").fill("Two for one until Sunday")
    choose(page, dialog, "Related Flows", "Spring offer")
    dialog.get_by_role("button", name="Preview Flow").click()
    expect(page.get_by_text("spring_offer (en_US)")).to_be_visible()
    page.keyboard.press("Escape")
    choose(page, dialog, "Associate Group", "Newsletter")
    dialog.get_by_text("Create Activity").click()

    fill_time(page, "Start", wall(minutes=-5))
    fill_time(page, "End", wall(days=3))
    dialog.get_by_role("button", name="OK").click()
    expect(dialog.get_by_text("The start must be later than now.")).to_be_visible()
    fill_time(page, "Start", wall(minutes=1))
    choose(page, dialog, "Execution Plan", "Hourly")
    expect(dialog.get_by_text("The next 10 occurrences")).to_be_visible()
    expect(dialog.locator(".ticks li")).to_have_count(10)
    choose(page, dialog, "Execution Plan", "Once")
    expect(dialog.locator(".ticks li")).to_have_count(1)
    fill_time(page, "Start", wall(seconds=8))
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_be_hidden()

    # It starts by itself, and the page hears of it.
    row = page.get_by_role("row", name="Flash sale")
    expect(row.get_by_text("In Progress")).to_be_visible()
    row.get_by_role("link", name="Flash sale").click()
    expect(page.get_by_text(re.compile(r"\d+ of 400"))).to_be_visible()
    accepted = page.get_by_role("button", name="Show the people: Accepted")
    expect(accepted).to_be_visible()

    page.get_by_role("button", name="Suspend").click()
    page.get_by_label("Note").fill("Wrong price")
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    expect(page.get_by_text("Suspended: Wrong price")).to_be_visible()
    expect(page.get_by_role("button", name="Suspend")).to_have_count(0)
    held = page.get_by_role("button", name="Show the people: Held")
    expect(
        held.or_(page.get_by_role("button", name="Show the people: Pending")).first
    ).to_be_visible()

    page.get_by_role("button", name="Resume").click()
    page.get_by_role("dialog").get_by_role("button", name="Resume").click()
    expect(page.get_by_text("In Progress")).to_be_visible()
    expect(page.get_by_role("cell", name="Finished")).to_be_visible(timeout=80_000)

    # Everybody is told, nobody twice, and each person explains itself.
    page.get_by_role("tab", name="Reasons").click()
    page.get_by_role("button", name=re.compile(r"Show \d+ people")).first.click()
    page.get_by_role("button", name="Why?").first.click()
    expect(page.locator(".timeline li").first).to_be_visible()
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    page.get_by_role("tab", name="Activity").click()
    for word in ("Created", "Suspended", "Resumed"):
        expect(page.get_by_role("cell", name=word, exact=True)).to_be_visible()


def test_a_pending_campaign_is_modified_duplicated_and_deleted(page: Page, shop: World) -> None:
    page.goto("/console/campaigns?name=Autumn")
    row = page.get_by_role("row", name="Autumn letter")
    row.get_by_role("button", name="Modify").click()
    description = page.get_by_role("dialog").get_by_label("Activity Description")
    description.fill("What is newer in the shop")
    page.get_by_role("dialog").get_by_role("button", name="OK").click()
    expect(row.get_by_text("What is newer in the shop")).to_be_visible()

    row.get_by_role("button", name="More actions for Autumn letter").click()
    page.get_by_role("menuitem", name="Duplicate").click()
    fill_time(page, "Start", wall(days=1))
    fill_time(page, "End", wall(days=2))
    page.get_by_role("dialog").get_by_role("button", name="OK").click()
    copy = page.get_by_role("row", name="Copy of Autumn letter")
    expect(copy).to_be_visible()

    copy.get_by_role("button", name="More actions for Copy of Autumn letter").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(copy).to_have_count(0)


def test_the_search_stands_in_the_address(page: Page, shop: World) -> None:
    page.goto("/console/campaigns")
    page.get_by_role("searchbox", name="Activity Name").fill("sixty")
    expect(page.get_by_role("row", name="Autumn letter")).to_have_count(0)
    expect(page).to_have_url(re.compile("name=sixty"))
    choose(page, page, "Activity Status", "Ended")
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.get_by_role("row", name="Autumn letter")).to_be_visible()


def test_the_palette_finds_a_campaign_by_keyboard(page: Page, shop: World) -> None:
    page.goto("/console/")
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("autumn")
    expect(page.get_by_role("option", name="Autumn letter")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Autumn letter")).to_be_visible()


def test_a_server_that_is_gone_is_told_in_words(page: Page, shop: World) -> None:
    page.route("**/api/v1/campaigns?*", lambda route: route.abort())
    page.goto("/console/campaigns")
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    page.unroute("**/api/v1/campaigns?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("row", name="Autumn letter")).to_be_visible()
