"""Whoever keeps it running: is the webhook well, may the secret be replaced, why did a job fail."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect
from tests.console.test_screens import LOOKS, keep, settled
from tests.console.world import World

TASK = "a_job_of_this_story"


def check_webhook(page: Page) -> None:
    page.goto("/console/senders")
    settled(page)
    card = page.locator("section.panel").first
    card.locator("button:has(.anticon-api)").click()
    expect(card.locator("ol.rows > li")).to_have_count(6)


def open_secrets(page: Page) -> None:
    page.locator("section.panel button:has(.anticon-more)").first.click()
    page.locator(".ant-dropdown-menu-item:has(.anticon-key)").click()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_every_link_of_the_webhook_is_shown_with_what_to_do(page: Page, shop: World) -> None:
    check_webhook(page)
    links = page.get_by_role("list", name="From the platform to us")
    expect(links.get_by_text("Broken")).to_have_count(0)
    expect(links.get_by_text("Our address answers the handshake")).to_be_visible()


def test_a_token_that_the_platform_refuses_is_not_taken(page: Page, shop: World) -> None:
    page.goto("/console/senders")
    settled(page)
    open_secrets(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Access token", exact=True).last.fill("mistyped")
    dialog.get_by_role("button", name="Replace", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("refused")
    dialog.get_by_text("App secret", exact=True).first.click()
    expect(dialog.get_by_text("Not at all: it has leaked")).to_be_visible()


def test_a_failed_job_is_seen_with_its_error_and_dismissed(
    page: Page, shop: World, postgres_dsn: str
) -> None:
    dsn = postgres_dsn.replace("/postgres?", "/console?")
    with psycopg.connect(dsn, autocommit=True) as database:
        made = database.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, args)"
            " VALUES ('imports', %s, 'failed', 3, '{\"import_id\": 7}') RETURNING id",
            [TASK],
        ).fetchone()
        assert made is not None
        database.execute(
            "INSERT INTO job_errors VALUES (%s, 'LookupError: there is no piece 4', now())", made
        )
    page.goto("/console/settings/system")
    row = page.get_by_role("row").filter(has_text=TASK)
    expect(row).to_contain_text("LookupError: there is no piece 4")
    row.get_by_role("button", name="Dismiss").click()
    page.get_by_role("dialog").get_by_role("button", name="Dismiss").click()
    expect(row).to_have_count(0)
    expect(page.get_by_text("Alive").first).to_be_visible()


@pytest.mark.parametrize(("scheme", "language"), LOOKS)
def test_what_opens_keeps_nobody_out(
    open_context: Any, serious_findings: Any, scheme: str, language: str
) -> None:
    page = open_context(scheme=scheme, language=language).new_page()
    check_webhook(page)
    keep(page, f"sender-check-{scheme}-{language}")
    findings = {"check": serious_findings(page)}
    open_secrets(page)
    keep(page, f"sender-secrets-{scheme}-{language}")
    findings["secrets"] = serious_findings(page)
    assert findings == {"check": [], "secrets": []}, json.dumps(findings, indent=1)
