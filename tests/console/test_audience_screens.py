"""The screens about people, templates, senders, messages and settings, as `test_screens` looks at its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.console.test_screens import LOOKS, Screen, keep, settled
from tests.console.world import EMAIL, PASSWORD, World


def _first_button_of_head(page: Page) -> None:
    page.locator(".page-head .actions button.ant-btn-primary").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()


def _campaigns_of_person(page: Page) -> None:
    expect(page.locator("td").first).to_be_visible()


def _choose_page(page: Page) -> None:
    page.locator("thead input[type=checkbox]").check()
    expect(page.locator(".selection-bar")).to_be_visible()


def _first_phone(page: Page) -> None:
    expect(page.locator(".tiny-phone").first).to_be_visible()


def _open_first_phone(page: Page) -> None:
    page.locator(".tiny-phone").first.click()
    expect(page.get_by_role("log")).to_be_visible()


def _open_first_conversation(page: Page) -> None:
    page.locator(".waiting").first.click()
    expect(page.locator(".thread .bubble").first).to_be_visible()


def _keys(page: Page) -> None:
    expect(page.locator("tbody tr").first).to_be_visible()
    page.keyboard.press("?")
    expect(page.locator(".shortcuts").first).to_be_visible()


def _jobs(page: Page) -> None:
    page.locator(".shell-header").get_by_role("button").nth(1).click()
    expect(page.locator(".jobs")).to_be_visible()


SCREENS = (
    Screen("contacts", "/console/audience", _choose_page),
    Screen("keys", "/console/audience", _keys, is_kept=False),
    Screen("jobs", "/console/audience", _jobs, is_kept=False),
    Screen("contact-add", "/console/audience", _first_button_of_head, is_kept=False),
    Screen("contact", "/console/audience/contacts/{id}"),
    Screen(
        "contact-campaigns", "/console/audience/contacts/{id}?tab=campaigns", _campaigns_of_person
    ),
    Screen("groups", "/console/audience/groups"),
    Screen("group-create", "/console/audience/groups", _first_button_of_head, is_kept=False),
    Screen("imports", "/console/audience/imports", is_kept=False),
    Screen("import", "/console/audience/imports/{import_id}", is_kept=False),
    Screen("import-new", "/console/audience/imports/new", is_kept=False),
    Screen("opt-outs", "/console/audience/opt-outs", is_kept=False),
    Screen("templates", "/console/templates"),
    Screen("template", "/console/templates/1"),
    Screen("template-write", "/console/templates/new?from=1"),
    Screen("messages", "/console/messages"),
    Screen("message", "/console/messages?message=1"),
    Screen("senders", "/console/senders"),
    Screen("sender-add", "/console/senders", _first_button_of_head, is_kept=False),
    Screen("phones", "/console/phones", _first_phone),
    Screen("phone", "/console/phones", _open_first_phone),
    Screen("conversations", "/console/conversations", _open_first_conversation),
    Screen("workspace", "/console/settings", is_kept=False),
    Screen("people", "/console/settings/people", is_kept=False),
    Screen("keys", "/console/settings/keys", is_kept=False),
    Screen("webhooks", "/console/settings/webhooks", is_kept=False),
    Screen("webhook-add", "/console/settings/webhooks", _first_button_of_head, is_kept=False),
    Screen("webhook", "/console/settings/webhooks/{endpoint_id}", is_kept=False),
    Screen("audit", "/console/settings/audit", is_kept=False),
    Screen("system", "/console/settings/system"),
)


@pytest.fixture(scope="module")
def contact_id(browser: Any, shop: World) -> int:
    """Somebody who got a message and answered."""
    with browser.new_context(base_url=shop.origin) as context:
        shop.run_campaign(context.request, "Winter sale")
        shop.hand_over(context.request, "Advice by a person")
        answered = context.request.get("/api/v1/messages?direction=in&limit=1").json()["items"][0]
        return int(answered["contact_id"])


@pytest.fixture(scope="module")
def endpoint_id(browser: Any, shop: World) -> int:
    """An endpoint that is not reached, with a test that waits."""
    with browser.new_context(base_url=shop.origin) as context:
        request = context.request
        request.post("/api/v1/sign-in", data={"email": EMAIL, "password": PASSWORD})
        token = next(each["value"] for each in context.cookies() if each["name"] == "clarion_csrf")
        headers = {"X-CSRF-Token": token}
        wanted = {
            "name": "Books of the shop",
            "url": "http://127.0.0.1:9/told",
            "kinds": ["message.failed", "message.received"],
        }
        made = request.post("/api/v1/webhook-endpoints", headers=headers, data=wanted).json()
        request.post(f"/api/v1/webhook-endpoints/{made['id']}/test", headers=headers)
        return int(made["id"])


@pytest.fixture(scope="module")
def import_id(browser: Any, shop: World) -> int:
    """An import with a rejected row."""
    with browser.new_context(base_url=shop.origin) as context:
        request = context.request
        request.post("/api/v1/sign-in", data={"email": EMAIL, "password": PASSWORD})
        token = next(each["value"] for each in context.cookies() if each["name"] == "clarion_csrf")
        made = request.post(
            "/api/v1/imports",
            headers={"X-CSRF-Token": token},
            multipart={
                "file": {
                    "name": "two.csv",
                    "mimeType": "text/csv",
                    "buffer": b"phone,name\n+491709912345,Eve\n+49 12,Nobody\n",
                }
            },
        )
        assert made.ok, made.text()
        return int(made.json()["id"])


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_no_screen_keeps_anybody_out(
    open_context: Any,
    serious_findings: Any,
    contact_id: int,
    import_id: int,
    endpoint_id: int,
    scheme: str,
    language: str,
) -> None:
    findings: dict[str, list[str]] = {}
    context = open_context(scheme=scheme, language=language)
    for screen in SCREENS:
        page = context.new_page()
        page.goto(
            screen.address.format(id=contact_id, import_id=import_id, endpoint_id=endpoint_id)
        )
        settled(page)
        if screen.act is not None:
            screen.act(page)
        if screen.is_kept:
            keep(page, f"{screen.name}-{scheme}-{language}")
        if found := serious_findings(page):
            findings[screen.name] = found
        page.close()
    assert findings == {}, json.dumps(findings, indent=1)


def test_every_screen_fits_a_narrow_window(
    open_context: Any, contact_id: int, import_id: int, endpoint_id: int
) -> None:
    context = open_context(width=390, height=800)
    too_wide = []
    for screen in SCREENS:
        page = context.new_page()
        page.goto(
            screen.address.format(id=contact_id, import_id=import_id, endpoint_id=endpoint_id)
        )
        settled(page)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            too_wide.append(screen.name)
        page.close()
    assert too_wide == []


def test_a_list_tells_that_nothing_fits_and_what_failed(page: Page, shop: World) -> None:
    page.goto("/console/audience?text=nobody-has-this-name")
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    page.route("**/api/v1/messages?*", lambda route: route.abort())
    page.goto("/console/messages")
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    page.unroute("**/api/v1/messages?*")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("The server cannot be reached")).to_have_count(0)
