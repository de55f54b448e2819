"""The shop of the engine's stories, for long ones."""

from __future__ import annotations

from tests.engine.conftest import elsewhere, shop, simulator_settings, sizes

__all__ = ["elsewhere", "shop", "simulator_settings", "sizes"]
