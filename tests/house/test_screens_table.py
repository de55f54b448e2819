"""Every screen of the console has a row in a table of the browser tests, where axe looks at it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUTER = ROOT / "console" / "src" / "app" / "router.tsx"
TABLES = sorted((ROOT / "tests" / "console").glob("test_*.py"))
# A row: the name of a screen, then its address.
ROW = re.compile(r'\(\s*f?"[\w{}-]+",\s*f?"/console([^"]*)"')

# Reached by acting, in a story that asks axe itself.
LOOKED_AT_ON_THE_WAY = {"/dry-runs/$dryRunId": "test_dry_run.py"}


def route_paths() -> list[str]:
    return re.findall(r'^  path: "([^"]+)"', ROUTER.read_text(encoding="utf-8"), re.MULTILINE)


def addresses() -> set[str]:
    found = {address for path in TABLES for address in ROW.findall(path.read_text("utf-8"))}
    return {address.partition("?")[0] or "/" for address in found}


def leads_to(path: str, address: str, paths: list[str]) -> bool:
    """Whether an address (``/flows/{id}``) is one of a route (``/flows/$flowId``) and of no other."""
    if address in paths:
        return address == path
    return re.fullmatch(re.sub(r"\$\w+", r"[^/]+", path), address) is not None


def test_every_screen_is_in_a_table_that_axe_walks() -> None:
    paths, known = route_paths(), addresses()
    assert len(paths) > 15
    unseen = {path for path in paths if not any(leads_to(path, each, paths) for each in known)}
    assert unseen == set(LOOKED_AT_ON_THE_WAY)
