"""How the built console is handed out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clarion.web import console


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Clarion</title>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("let plain")
    (tmp_path / "assets" / "app-1a2b.js.gz").write_bytes(b"packed")
    monkeypatch.setattr(console, "FOLDER", tmp_path)
    return tmp_path


async def test_the_front_leads_to_the_console(new_client: Any, built: Path) -> None:
    for address in ("/", "/console"):
        answer = await new_client().get(address)
        assert (answer.status_code, answer.headers["location"]) == (307, "/console/")


async def test_every_address_of_the_console_is_its_one_page(new_client: Any, built: Path) -> None:
    for address in ("/console/", "/console/campaigns/17", "/console/a.b/c"):
        answer = await new_client().get(address)
        assert answer.text == "<title>Clarion</title>"
        assert answer.headers["cache-control"] == "no-cache"
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "default-src 'self'" in answer.headers["content-security-policy"]


async def test_assets_are_kept_for_ever_and_come_packed(new_client: Any, built: Path) -> None:
    client = new_client()
    packed = await client.head("/console/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/console/assets/app-1a2b.js", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert plain.text == "let plain"
    for answer in (packed, plain):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"


async def test_a_missing_asset_is_not_the_page(new_client: Any, built: Path) -> None:
    answer = await new_client().get("/console/assets/app-0000.js")
    assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found")


async def test_nothing_outside_of_the_folder_is_handed_out(new_client: Any, built: Path) -> None:
    (built / ".stamp").write_text("hidden")
    for path in ("..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", ".stamp", "/etc/passwd"):
        answer = await new_client().get(f"/console/{path}")
        assert "<title>Clarion</title>" in answer.text or answer.status_code == 404


async def test_without_a_build_the_api_says_how_to_get_one(
    new_client: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "FOLDER", tmp_path)
    answer = await new_client().get("/console/")
    assert answer.status_code == 503
    assert "make console" in answer.text
    assert "/api/docs" in (await new_client().get("/")).text
