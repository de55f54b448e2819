"""A browser and a whole installation for it, both once for all tests of the console."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.console.world import EMAIL, PASSWORD, World, world_in_thread

from clarion.config import Settings

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "console"
IMAGES = ROOT / "docs" / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Enough for a campaign to be caught under way, even by a browser on a busy machine.
PEOPLE_COUNT = 400
RATE_PER_SECOND = 30.0
# What a step may take at the very most; only what fails waits for so long.
STEP_MILLISECONDS = 20_000
LANGUAGES = {"en": "en-US", "zh": "zh-CN"}

expect.set_options(timeout=STEP_MILLISECONDS)


@pytest.fixture(scope="session")
def built_console() -> None:
    """The console as the sources have it (which takes no time when it is built already)."""
    command = [sys.executable, str(CONSOLE / "build.py"), "--checks"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 3:
        pytest.skip(f"NO NODE: the console cannot be built or tested. {done.stderr}")
    assert done.returncode == 0, done.stdout + done.stderr


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "-qq", "chromium"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(install, capture_output=True, check=False, timeout=150)
        found = shutil.which("chromium")
    if found is None:
        pytest.skip(
            "NO BROWSER: install Chromium (Debian: apt-get install chromium); no screen of the console was looked at"
        )
    return found


@pytest.fixture(scope="package")
def shop(
    built_console: None, postgres_dsn: str, template_dsn: str, traversable_folder: Path
) -> Iterator[World]:
    """The world that all screens show; tests make campaigns of their own in it."""
    with psycopg.connect(postgres_dsn, autocommit=True) as server:
        server.execute("CREATE DATABASE console TEMPLATE template_clarion STRATEGY FILE_COPY")
    settings = Settings(
        database_url=postgres_dsn.replace("/postgres?", "/console?"),
        data_dir=traversable_folder / "console",
        port=0,
        log_level="error",
    )
    with world_in_thread(
        settings, people_count=PEOPLE_COUNT, rate_per_second=RATE_PER_SECOND
    ) as made:
        yield made
    with psycopg.connect(postgres_dsn, autocommit=True) as server:
        server.execute("DROP DATABASE console WITH (FORCE)")


@pytest.fixture(scope="module")
def browser(shop: World) -> Iterator[Browser]:
    """A running Chromium.

    Playwright holds an event loop in this thread, which no asynchronous test could bear; so it ends
    with its module, and is the last thing to be set up.
    """
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield launched
        launched.close()


Opener = Callable[..., BrowserContext]


@pytest.fixture
def open_context(browser: Browser, shop: World) -> Iterator[Opener]:
    """Opens a window; signed in unless told otherwise.  Errors of its pages fail the test."""
    opened: list[BrowserContext] = []
    wrong: list[str] = []

    def make(
        *,
        is_signed_in: bool = True,
        scheme: str = "light",
        language: str = "en",
        width: int = 1320,
        height: int = 860,
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=shop.origin,
            color_scheme=scheme,
            locale=LANGUAGES[language],
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        context.set_default_timeout(STEP_MILLISECONDS)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        opened.append(context)
        if is_signed_in:
            answer = context.request.post(
                "/api/v1/sign-in", data={"email": EMAIL, "password": PASSWORD}
            )
            assert answer.ok, answer.text()
        return context

    yield make
    for context in opened:
        context.close()
    assert wrong == []


@pytest.fixture
def page(open_context: Opener) -> Page:
    """A page in a window of somebody who is signed in."""
    return open_context().new_page()


@pytest.fixture(scope="session")
def serious_findings() -> Callable[[Page], list[str]]:
    """Asks axe about a page; gives what keeps people out."""
    axe = (CONSOLE / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")

    def ask(page: Page) -> list[str]:
        page.evaluate(axe)
        found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{each['id']} ({each['impact']}): {node['html'][:200]} {node['failureSummary'][:300]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]

    return ask
