"""The front page of a server without a console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.web.conftest import ClientMaker

from clarion.web import console


async def test_the_front_page_needs_no_sign_in_and_every_link_leads_somewhere(
    new_client: ClientMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "FOLDER", tmp_path)
    browser = new_client()
    page = await browser.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    links = re.findall(r'href="([^"]+)"', page.text)
    assert len(links) == 5
    for link in links:
        assert (await browser.get(link)).status_code == 200, link
