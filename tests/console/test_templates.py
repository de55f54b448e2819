"""Somebody writes a template, mends its copy, and hands it in."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.console.world import World


def test_a_template_is_written_checked_and_handed_in(page: Page, shop: World) -> None:
    page.goto("/console/templates")
    page.get_by_role("button", name="Write a template").click()
    page.get_by_placeholder("spring_offer").fill("opening_hours")
    page.get_by_text("Utility", exact=True).click()
    page.get_by_label("Text", exact=True).fill("We open at nine, {{1}}")
    expect(page.get_by_text("Ends with a placeholder")).to_be_visible()
    hand_in = page.get_by_role("button", name="Hand in for approval")
    expect(hand_in).to_be_disabled()
    page.get_by_label("Text", exact=True).fill("We open at nine, {{1}}.")
    page.get_by_label("Value of 1").fill("Ann")
    expect(page.locator(".phone")).to_contain_text("We open at nine, Ann.")
    page.get_by_role("button", name="Add a button").click()
    page.get_by_label("Text of button 1").fill("Thank you")
    expect(page.get_by_text("Nothing to complain about.")).to_be_visible()
    hand_in.click()
    expect(page.get_by_role("heading", name="opening_hours")).to_be_visible()
    expect(page.get_by_text("In review").first).to_be_visible()
    page.get_by_role("button", name="Duplicate").click()
    expect(page.get_by_placeholder("spring_offer")).to_have_value("opening_hours_copy")
