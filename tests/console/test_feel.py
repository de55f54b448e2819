"""Lists, keys and bad days: what is the same on every screen."""

from __future__ import annotations

from playwright.sync_api import Page, expect
from tests.console.test_screens import settled
from tests.console.world import EMAIL, PASSWORD, World


def test_everybody_who_fits_is_put_into_a_group_by_a_job_that_is_watched(
    page: Page, shop: World
) -> None:
    page.goto("/console/audience?text=%2B49170200001")
    page.get_by_role("checkbox", name="Choose this page").check()
    bar = page.get_by_role("region", name="Selection")
    bar.get_by_role("button", name="Choose all").click()
    expect(bar.get_by_role("status")).to_contain_text("All 100 contacts that fit the filters")
    bar.get_by_role("button", name="Change groups").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").fill("Everybody at once")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(dialog).to_be_hidden()
    page.locator(".shell-header").get_by_role("button", name="job").click()
    job = page.locator(".job").filter(has_text="to groups").first
    expect(job.get_by_text("Finished")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/console/audience/groups")
    row = page.get_by_role("row", name="Everybody at once")
    expect(row).to_contain_text("100")


def test_who_was_removed_from_a_group_by_mistake_is_put_back(page: Page, shop: World) -> None:
    page.goto(f"/console/audience?group_id={shop.regulars_id}")
    first = page.locator("tbody tr[data-row-key]").first
    name = first.get_by_role("link").inner_text()
    contact_id = int(first.get_attribute("data-row-key") or 0)
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "clarion_csrf")
    # Nobody is left without a group, so this person is in a second one.
    added = page.context.request.post(
        "/api/v1/contacts/groups",
        headers={"X-CSRF-Token": token},
        data={"contact_ids": [contact_id], "group_names": ["Second group"], "change": "add"},
    )
    assert added.ok, added.text()
    first.locator("input[type=checkbox]").check()
    page.get_by_role("button", name="Change groups").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Take out of the groups").click()
    dialog.get_by_role("combobox").click()
    page.locator(".ant-select-item-option").filter(has_text="Regulars").click()
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is as it was before.")).to_be_visible()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_list_is_walked_and_a_person_found_by_keys_alone(page: Page, shop: World) -> None:
    page.goto("/console/")
    settled(page)
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", name="Contacts", level=1)).to_be_visible()
    expect(page.locator("tbody tr[data-row-key]").nth(1)).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = page.locator("tbody tr[data-row-key]").nth(1)
    expect(second).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("region", name="Selection")).to_contain_text("1 contact chosen")
    phone = second.locator("td.number").inner_text()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.locator(".ant-modal", has_text="In lists")).to_contain_text("Next row")
    page.keyboard.press("Escape")
    expect(page.locator(".ant-modal", has_text="In lists")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Type a screen").fill(phone[-6:])
    option = page.get_by_role("option").filter(has_text=phone)
    expect(option).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(".page-head")).to_contain_text(phone)


def test_a_server_that_is_away_loses_nothing_and_is_found_again(page: Page, shop: World) -> None:
    page.route("**/api/v1/live", lambda route: route.abort())
    page.goto("/console/audience/groups")
    expect(page.get_by_text("The server cannot be reached")).to_be_visible()
    page.get_by_role("button", name="Create group").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Typed on a bad day")
    page.route("**/api/v1/groups", lambda route: route.fulfill(status=503, json={
        "type": "urn:clarion:error:server.unavailable", "title": "The server is not ready",
        "status": 503, "detail": "The database is starting.", "code": "server.unavailable",
        "fault": "us", "is_retryable": True, "next_step": "Wait a moment.",
        "request_id": "r-1", "details": {}, "errors": [],
    }))  # fmt: skip
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("The database is starting.")
    expect(dialog.get_by_label("Name")).to_have_value("Typed on a bad day")
    page.unroute("**/api/v1/groups")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="Typed on a bad day")).to_be_visible()
    page.unroute("**/api/v1/live")
    expect(page.get_by_text("The server cannot be reached")).to_have_count(0)


def test_a_session_that_ends_at_work_goes_on_where_it_was(page: Page, shop: World) -> None:
    page.goto("/console/audience")
    page.get_by_role("button", name="Add contact").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("#name").fill("Half written")
    dialog.locator("#phone").fill("+4915112345671")
    address = page.url
    page.context.clear_cookies()
    dialog.get_by_role("button", name="Add", exact=True).click()
    again = page.locator(".ant-modal", has_text="Your session has ended")
    again.get_by_label("E-mail").fill(EMAIL)
    again.get_by_label("Password").fill(PASSWORD)
    again.get_by_role("button", name="Sign in").click()
    expect(again).to_be_hidden()
    assert page.url == address
    expect(dialog.locator("#name")).to_have_value("Half written")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("Half written").first).to_be_visible()
