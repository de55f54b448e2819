"""Which channels there are: one explicit row each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clarion.channels.contract import Adapter
from clarion.channels.whatsapp.adapter import WHATSAPP
from clarion.domain.message import Channel

__all__ = ["ADAPTERS"]

ADAPTERS: Mapping[Channel, Adapter] = MappingProxyType({Channel.WHATSAPP: WHATSAPP})
