"""Somebody answers people whom a flow has handed over."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect
from tests.console.world import World


def test_a_person_who_waits_is_taken_on_answered_and_let_go(
    browser: Any, page: Page, shop: World
) -> None:
    with browser.new_context(base_url=shop.origin) as context:
        name = shop.hand_over(context.request, "Advice")
    page.goto("/console/")
    page.get_by_role("link", name="Conversations").click()
    waiting = page.get_by_role("list", name="Conversations").get_by_role("link")
    waiting.filter(has_text=re.compile(rf"{name}(?!\d)")).click()
    thread = page.locator(".thread")
    expect(thread.get_by_role("heading")).to_have_text(name)
    expect(thread.get_by_text(f"Asked for advice: {name}")).to_be_visible()
    thread.get_by_role("button", name="Take it on").click()
    expect(thread.get_by_text("Ana looks after it")).to_be_visible()

    # She has to write before free text may go; her phone is at hand.
    number = page.evaluate(
        "fetch('/api/v1/conversations/' + new URL(location).searchParams.get('open'))"
        ".then((answer) => answer.json()).then((told) => told.contact_phone.slice(1))"
    )
    phone = page.context.new_page()
    phone.goto(f"/console/phones?open={number}")
    phone.get_by_placeholder("Answer as").fill("Which size do I need?")
    phone.get_by_role("button", name="Send").click()
    expect(phone.get_by_role("log").get_by_text("Which size do I need?")).to_be_visible()

    expect(thread.get_by_text("Which size do I need?")).to_be_visible()
    thread.get_by_placeholder("Answer").fill("Take the next larger one.")
    thread.get_by_role("button", name="Send").click()
    expect(thread.locator(".is-out").get_by_text("Take the next larger one.")).to_be_visible()
    expect(phone.get_by_role("log").get_by_text("Take the next larger one.")).to_be_visible()
    phone.close()

    thread.get_by_role("button", name="Template").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="Template").fill("spring_offer")
    page.locator(".ant-select-item-option[title^='spring_offer']").first.dispatch_event("click")
    dialog.get_by_label("Value of").fill("Ann")
    expect(dialog.locator(".bubble")).to_contain_text("Hi Ann")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_have_count(0)

    thread.get_by_role("button", name="Close").click()
    page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    expect(thread.get_by_text("Closed", exact=True)).to_be_visible()
