"""A publisher compares, tests and publishes a flow, and says which messages begin which flow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.console.flow_life import Desk, desk_of, flow_with_a_past, listening
from tests.console.test_screens import LOOKS, keep, settled
from tests.console.world import World

PAST = "Tea with a past"
QUIET = "Coffee with a past"  # nobody publishes this one


@pytest.fixture(scope="module")
def ids(browser: Any, shop: World) -> dict[str, int]:
    """A flow with versions, waiting people and tests, and two flows that listen."""
    with browser.new_context(base_url=shop.origin) as context:
        desk = desk_of(shop, context.request)
        flow_id = flow_with_a_past(desk, PAST)
        quiet_id = flow_with_a_past(desk, QUIET)
        sender_id = desk.get("/senders")["items"][0]["id"]
        keyword = {"kind": "keyword", "words": ["price"], "match": "contains"}
        for name, conditions, priority in (
            ("Prices", [keyword], 10),
            ("Everything else", [], 900),
        ):
            made = desk.post("/flows", {"definition": listening(name, conditions)})
            desk.put(f"/flows/{made['id']}/bindings/{sender_id}", {"priority": priority})
            desk.post(f"/flows/{made['id']}/publish", {})
        desk.post("/secrets", {"name": "stock_token", "value": "first"})
    return {"past": flow_id, "quiet": quiet_id, "prices": made["id"]}


@pytest.fixture
def desk(page: Page, shop: World) -> Desk:
    """The API in the page's own session."""
    return desk_of(shop, page.context.request)


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def test_the_list_tells_who_uses_a_flow_and_publishes_it_like_the_editor(
    page: Page, ids: dict[str, int], desk: Desk
) -> None:
    page.goto("/console/flows")
    past = row(page, PAST)
    expect(past).to_contain_text("Changes not published")
    expect(
        past.get_by_role("link", name=re.compile("sessions? of Tea with a past"))
    ).to_be_visible()
    expect(row(page, "Prices")).to_contain_text("1 sender")
    expect(past.get_by_text("None")).to_be_visible()  # no problem

    page.get_by_role("button", name=f"Actions for {PAST}").click()
    page.get_by_role("menuitem", name="Publish", exact=True).click()
    dialog = page.get_by_role("dialog")
    # What changes, who waits where, and what the tests say.
    changes = dialog.get_by_role("list", name="Changes")
    expect(changes).to_contain_text("No hard feelings")
    expect(changes).to_contain_text("Remember it")
    expect(dialog).to_contain_text(re.compile(r"(people wait|person waits) in"))
    expect(dialog).to_contain_text("1 of 2 tests fails")
    publish = dialog.get_by_role("button", name="Publish", exact=True)
    expect(publish).to_be_disabled()
    keep(page, "flow-publish-light-en")
    dialog.get_by_label("They go on in the new version").check()
    dialog.get_by_label("What is new?").fill("Friendlier goodbye")
    dialog.get_by_label("Publish despite the failing test").check()
    publish.click()
    expect(dialog).to_be_hidden()
    expect(past).not_to_contain_text("Changes not published")

    # What became of them stands beside the versions.
    page.goto(f"/console/flows/{ids['past']}/versions")
    expect(page.get_by_text("Friendlier goodbye")).to_be_visible()
    expect(page.get_by_text(re.compile(r"went on in this version"))).to_be_visible()


def test_two_versions_are_compared_and_an_old_one_is_restored_and_taken_back(
    page: Page, ids: dict[str, int], desk: Desk
) -> None:
    page.goto(f"/console/flows/{ids['past']}/versions?before=1&after=2")
    canvas = page.get_by_role("region", name="Compare two versions")
    expect(canvas.locator(".card.mark-ok")).to_contain_text("Remember it")
    expect(canvas.locator(".card.mark-run")).to_contain_text("Yes or no?")
    expect(page.get_by_role("list", name="Changes")).to_contain_text("config.timeout.amount")
    page.get_by_role("button", name="Swap").click()
    expect(canvas.locator(".card.mark-fail")).to_contain_text("Remember it")

    draft = desk.get(f"/flows/{ids['past']}")["draft"]
    page.get_by_role("button", name="Make version 1 the draft").click()
    expect(page.get_by_text("The draft is version 1 again.")).to_be_visible()
    restored = desk.get(f"/flows/{ids['past']}")["draft"]
    first = desk.get(f"/flows/{ids['past']}/versions/1")["definition"]
    assert restored["nodes"] == first["nodes"]
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is as it was before.")).to_be_visible()
    assert desk.get(f"/flows/{ids['past']}")["draft"]["nodes"] == draft["nodes"]


def test_the_tests_of_a_flow_are_run_and_light_what_they_walk(
    page: Page, ids: dict[str, int], desk: Desk
) -> None:
    page.goto(f"/console/flows/{ids['past']}/tests")
    tests = page.get_by_role("region", name="Tests", exact=True)
    expect(tests.get_by_role("button", name="Says yes", exact=True)).to_be_visible()
    expect(tests).to_contain_text("Passed")
    expect(tests).to_contain_text("All right.")  # what the failing one found
    expect(tests).to_contain_text(re.compile(r"Walked: \d+ of \d+ steps"))
    together = page.locator(".card.is-lit").count()
    expect(page.locator(".card", has_text="not tested").first).to_be_visible()
    tests.get_by_role("button", name="Says yes", exact=True).click()
    expect(page.locator(".card.is-lit", has_text="The details")).to_have_count(1)
    expect(page.locator(".card.is-lit", has_text="No hard feelings")).to_have_count(0)
    assert page.locator(".card.is-lit").count() < together
    # A test that nobody wants any more goes, and comes back.
    tests.get_by_role("button", name=re.compile("Says no")).last.click()
    expect(page.get_by_text("The test Says no is removed.")).to_be_visible()
    assert len(desk.get(f"/flows/{ids['past']}")["draft"]["tests"]) == 1
    page.get_by_role("button", name="Undo").click()
    expect(tests.get_by_role("button", name="Says no", exact=True)).to_be_visible()
    page.get_by_role("link", name="Play and save a test").click()
    expect(page.get_by_role("region", name="Phone", exact=True)).to_be_visible()


def test_a_message_is_tried_and_a_flow_is_unbound_and_bound_again(
    page: Page, ids: dict[str, int], desk: Desk
) -> None:
    made = desk.post("/flows", {"definition": listening("Opening hours", [])})
    page.goto("/console/flows/bindings")
    box = page.get_by_role("region", name="Try a message")
    box.get_by_label("What a person would write").fill("What is the PRICE?")
    expect(box).to_contain_text("It begins Prices.")
    box.get_by_label("What a person would write").fill("STOP")
    expect(box).to_contain_text("opts the person out")

    page.goto(f"/console/flows/bindings?flow={made['id']}")
    page.get_by_role("button", name="Bind a flow").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Order").fill("5")
    dialog.get_by_role("button", name="Bind", exact=True).click()
    expect(row(page, "Opening hours")).to_contain_text("Not published")
    # It is published here, with the dialog of the editor, and listens then.
    menu = page.get_by_role("button", name="Actions for Opening hours at shop")
    menu.click()
    page.get_by_role("menuitem", name="Publish", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(row(page, "Opening hours")).to_contain_text("Listens")
    box.get_by_label("What a person would write").fill("price")
    expect(box).to_contain_text("It begins Opening hours.")
    # A published flow keeps its senders.
    menu.click()
    expect(page.get_by_role("menuitem", name="Unbind")).to_have_count(0)
    page.get_by_role("menuitem", name="Unpublish").click()
    page.get_by_role("dialog").get_by_role("button", name="Unpublish").click()
    expect(row(page, "Opening hours")).to_contain_text("Not published")
    menu.click()
    page.get_by_role("menuitem", name="Unbind").click()
    expect(page.get_by_text("does not listen to shop any more")).to_be_visible()
    assert desk.get(f"/bindings?flow_id={made['id']}")["items"] == []


def test_conditions_are_written_and_tried_in_the_editor(page: Page, desk: Desk) -> None:
    made = desk.post("/flows", {"definition": listening("Where is it", [])})
    page.goto(f"/console/flows/{made['id']}?node=start")
    which = page.locator("fieldset").filter(has_text="Which messages")
    expect(which).to_contain_text("Any message begins the flow.")
    which.get_by_role("button", name="Add a condition").click()
    page.get_by_role("menuitem", name="Pattern").click()
    which.get_by_label("Pattern (RE2)").fill(r"order #?\d+")
    which.get_by_label("Try a message").fill("Where is ORDER #12?")
    expect(which).to_contain_text("Begins the flow")
    which.get_by_label("Try a message").fill("Hello")
    expect(which).to_contain_text("Does not begin it")
    which.get_by_label("Pattern (RE2)").fill("order (")
    expect(which).to_contain_text("The pattern is not valid")
    which.get_by_label("Pattern (RE2)").fill("order")
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved"))).to_be_visible()
    kept = desk.get(f"/flows/{made['id']}")["draft"]["trigger"]["conditions"]
    assert kept == [{"kind": "pattern", "pattern": "order"}]


def test_a_secret_is_replaced_and_removed_and_never_shown(
    page: Page, ids: dict[str, int], desk: Desk
) -> None:
    page.goto("/console/settings/secrets")
    page.get_by_role("button", name="Add a secret").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("stock_token")
    dialog.get_by_label("Value").fill("hush hush")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_contain_text("A secret `stock_token` exists.")
    dialog.get_by_label("Name").fill("crm_key")
    dialog.get_by_role("button", name="Keep it").click()
    expect(row(page, "crm_key").first).to_be_visible()
    assert "hush hush" not in page.content()
    page.get_by_role("button", name="Replace the value of crm_key").click()
    dialog.get_by_label("New value").fill("hush again")
    dialog.get_by_role("button", name="Replace").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Remove crm_key").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("crm_key is removed.")).to_be_visible()
    assert [each["name"] for each in desk.get("/secrets")["items"]] == ["stock_token"]


def _publish(page: Page) -> None:
    page.locator(".ant-table-row").filter(has_text=QUIET).locator("button").last.click()
    page.locator(".ant-dropdown-menu-item").first.click()
    expect(page.get_by_role("dialog").locator("textarea")).to_be_visible()


def _try(page: Page) -> None:
    page.locator(".binding-try input").last.fill("price")
    expect(page.locator(".binding-tries")).to_be_visible()


SCREENS: tuple[tuple[str, str, Callable[[Page], None] | None], ...] = (
    ("flow-list", "/console/flows", None),
    ("flow-publish", "/console/flows", _publish),
    ("bindings", "/console/flows/bindings", _try),
    ("flow-versions", "/console/flows/{quiet}/versions?before=1&after=2", None),
    ("flow-tests-page", "/console/flows/{quiet}/tests", None),
    ("flow-conditions", "/console/flows/{prices}?node=start", None),
    ("secrets", "/console/settings/secrets", None),
)


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_these_screens_keep_nobody_out(
    open_context: Any, serious_findings: Any, ids: dict[str, int], scheme: str, language: str
) -> None:
    context = open_context(scheme=scheme, language=language)
    findings: dict[str, list[str]] = {}
    for name, address, act in SCREENS:
        page = context.new_page()
        page.goto(address.format(**ids))
        settled(page)
        if "{" in address:
            expect(page.locator(".card").first).to_be_visible()
        if act is not None:
            act(page)
        settled(page)
        keep(page, f"{name}-{scheme}-{language}")
        if found := serious_findings(page):
            findings[name] = found
        page.close()
    assert findings == {}, json.dumps(findings, indent=1)
