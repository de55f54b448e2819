"""Every screen in both themes and both languages keeps nobody out, and fits a narrow screen."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.console.conftest import IMAGES
from tests.console.world import World


def _create(page: Page) -> None:
    page.locator(".page-head button").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _suspend(page: Page) -> None:
    page.locator(".page-head .actions button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()


def _explain(page: Page) -> None:
    page.locator("td button").first.click()
    expect(page.locator(".ant-drawer-body p").first).to_be_visible()


@dataclass(frozen=True, slots=True)
class Screen:
    """An address (``{id}`` is a campaign that has run), and what is done there before it is seen."""

    name: str
    address: str
    act: Callable[[Page], None] | None = None
    is_signed_in: bool = True
    is_kept: bool = True


SCREENS = (
    Screen("sign-in", "/console/sign-in", is_signed_in=False),
    Screen("home", "/console/"),
    Screen("campaigns", "/console/campaigns"),
    Screen("campaign-create", "/console/campaigns", _create),
    Screen("campaign", "/console/campaigns/{id}"),
    Screen("campaign-people", "/console/campaigns/{id}?tab=people", _explain),
    Screen("campaign-reasons", "/console/campaigns/{id}?tab=failures"),
    Screen("campaign-activity", "/console/campaigns/{id}?tab=activity", is_kept=False),
    Screen("campaign-suspend", "/console/campaigns/{id}", _suspend, is_kept=False),
    Screen("palette", "/console/", _palette, is_kept=False),
    Screen("nothing-here", "/console/no-such-page", is_kept=False),
)
# Colours depend on the theme alone, names on the language alone: two looks see all of both.
LOOKS = (("light", "en"), ("dark", "zh"))


# A screen whose table becomes cards, the longest dialog, and the fullest page.
NARROW = ("campaigns", "campaign-create", "campaign", "campaign-activity")


@pytest.fixture(scope="module")
def campaign_id(browser: Any, shop: World) -> int:
    """A campaign that has run for the whole group."""
    with browser.new_context(base_url=shop.origin) as context:
        return shop.run_campaign(context.request, "Spring sale")


def keep(page: Page, name: str, **options: Any) -> None:
    """Take the screenshot of the documentation, when that is wanted; each run would differ a bit."""
    if os.environ.get("CLARION_KEEP_SCREENSHOTS") == "1":
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png", **options)


def settled(page: Page) -> None:
    """Until what the page asked for has come and the texts are there."""
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    page.wait_for_function("document.fonts.status === 'loaded'")


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_no_screen_keeps_anybody_out(
    open_context: Any, serious_findings: Any, campaign_id: int, scheme: str, language: str
) -> None:
    findings: dict[str, list[str]] = {}
    contexts = {
        is_signed_in: open_context(is_signed_in=is_signed_in, scheme=scheme, language=language)
        for is_signed_in in (True, False)
    }
    for screen in SCREENS:
        page = contexts[screen.is_signed_in].new_page()
        page.goto(screen.address.format(id=campaign_id))
        settled(page)
        if screen.act is not None:
            screen.act(page)
        if screen.is_kept:
            keep(page, f"{screen.name}-{scheme}-{language}")
        if found := serious_findings(page):
            findings[screen.name] = found
        page.close()
    assert findings == {}, json.dumps(findings, indent=1)


def test_every_screen_fits_a_narrow_window(open_context: Any, campaign_id: int) -> None:
    context = open_context(width=390, height=800, scheme="dark")
    too_wide = []
    for screen in SCREENS:
        if screen.name not in NARROW:
            continue
        page = context.new_page()
        page.goto(screen.address.format(id=campaign_id))
        settled(page)
        if screen.act is not None:
            screen.act(page)
        if screen.act is None:
            keep(page, f"{screen.name}-narrow", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            too_wide.append(screen.name)
        page.close()
    assert too_wide == []


def test_a_person_with_a_keyboard_reaches_the_content_first(page: Page, shop: World) -> None:
    page.goto("/console/campaigns")
    settled(page)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_attribute("id", "main")


def test_language_and_theme_are_kept(page: Page, shop: World) -> None:
    page.goto("/console/")
    page.get_by_role("button", name="Language").click()
    page.get_by_role("menuitem", name="简体中文").click()
    expect(page.get_by_role("heading", name="首页")).to_be_visible()
    page.get_by_role("button", name="外观").click()
    page.get_by_role("menuitem", name="深色").click()
    page.reload()
    expect(page.get_by_role("heading", name="首页")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"
    assert re.match("zh", str(page.evaluate("document.documentElement.lang")))
