"""A marketer looks before they leap: a campaign is tried before it is saved, and after."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.console.test_screens import LOOKS, keep, settled
from tests.console.test_story import choose, fill_time, wall
from tests.console.world import World


def test_a_campaign_is_tried_before_it_is_saved(page: Page, shop: World) -> None:
    group_name = shop.plan_for_new_people(page.context.request, "Winter letter", 12)
    page.goto("/console/campaigns")
    page.get_by_role("button", name="Create Activity").first.click()
    form = page.get_by_role("dialog", name="Create Activity")
    form.get_by_role("button", name="Dry run").click()
    # What is missing is said at the fields, and nothing is asked of the server.
    expect(form.get_by_text("Please fill this in.").first).to_be_visible()

    form.get_by_label("Activity Name").fill("Only a thought")
    choose(page, form, "Related Flows", "Spring offer")
    choose(page, form, "Associate Group", group_name)
    form.get_by_text("Create Activity").click()
    fill_time(page, "Start", wall(days=2))
    fill_time(page, "End", wall(days=3))
    choose(page, form, "Execution Plan", "Once")
    form.get_by_role("button", name="Dry run").click()
    told = page.get_by_role("dialog", name="Dry run")
    expect(told.get_by_text("12 of 12 people would get a message")).to_be_visible()
    expect(told.get_by_text("Nothing was sent and nothing was changed.")).to_be_visible()

    # One person: the message on the phone, and the way through the flow.
    told.get_by_role("button", name="Open").nth(1).click()
    person = page.get_by_role("dialog", name=re.compile("Reader"))
    expect(person.get_by_role("figure", name="The message on a phone")).to_be_visible()
    expect(person.get_by_text("The way through the flow")).to_be_visible()
    expect(person.locator(".react-flow__node").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(person).to_be_hidden()
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    # What was typed is still there, and nothing was made.
    expect(form.get_by_label("Activity Name")).to_have_value("Only a thought")
    form.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("row", name="Only a thought")).to_have_count(0)


def test_reasons_filter_people_and_a_second_look_is_compared(page: Page, shop: World) -> None:
    shop.plan_for_new_people(page.context.request, "Spring letter", 12)
    page.goto("/console/campaigns?name=Spring+letter")
    row = page.get_by_role("row", name="Spring letter").first
    row.get_by_role("button", name=re.compile("More actions for Spring letter")).click()
    page.get_by_role("menuitem", name="Dry run").click()
    expect(page.get_by_role("heading", name="Dry run of Spring letter")).to_be_visible()
    expect(page.get_by_text("12 of 12 people would get a message")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Messages over time"))).to_be_visible()

    # Somebody opts out; the next look says who is missing, and since when.
    page.get_by_role("button", name="Open").first.click()
    page.get_by_role("dialog").get_by_role("link", name=re.compile(r"^\+49171")).click()
    page.get_by_role("button", name="Opt out").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Opt out").click()
    expect(page.get_by_text("Opted out").first).to_be_visible()
    page.go_back()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("11 of 12 people would get a message")).to_be_visible()
    expect(page.get_by_text("Compared with the one before,")).to_be_visible()

    opted_out = (
        page.get_by_role("list", name="Reasons")
        .get_by_role("listitem")
        .filter(has_text="Opted out of this channel")
    )
    opted_out.get_by_role("button", name="1 person").click()
    expect(page).to_have_url(re.compile("reason=opted_out"))
    expect(page.get_by_role("button", name="Open")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("button", name="Open")).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.path().read_text("utf-8").count("opted_out") == 1


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_a_dry_run_keeps_nobody_out_and_fits_a_narrow_window(
    open_context: Any, serious_findings: Any, shop: World, scheme: str, language: str
) -> None:
    context = open_context(scheme=scheme, language=language)
    page = context.new_page()
    page.goto("/console/campaigns?name=Autumn")
    page.locator("tbody .ant-dropdown-trigger").first.click()
    page.locator(".ant-dropdown-menu-item").first.click()
    expect(page.locator(".histogram")).to_be_visible()
    settled(page)
    keep(page, f"dry-run-{scheme}-{language}", full_page=True)
    findings = serious_findings(page)
    # The first person may have opted out in another story, and then walks no way.
    page.locator("td button").nth(1).click()
    expect(page.locator(".react-flow__node").first).to_be_visible()
    keep(page, f"dry-run-person-{scheme}-{language}")
    findings += serious_findings(page)
    assert findings == [], json.dumps(findings, indent=1)
    address = re.sub(r"\?.*", "", page.url)
    narrow = open_context(width=390, height=800, scheme=scheme, language=language).new_page()
    narrow.goto(address)
    expect(narrow.locator(".histogram")).to_be_visible()
    settled(narrow)
    keep(narrow, f"dry-run-narrow-{scheme}-{language}", full_page=True)
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 390
