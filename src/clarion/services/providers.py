"""What a provider's management interface offers beside sending: one explicit row a channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

import aiohttp

from clarion.channels.contract import SenderAccount, TemplateInfo
from clarion.channels.whatsapp import management as whatsapp
from clarion.domain.errors import Problem
from clarion.domain.message import Channel

__all__ = ["MANAGEMENT", "Management"]


class Management(Protocol):
    """One call, or one call repeated over pages, each; see ``channels.whatsapp.management``."""

    async def list_templates(
        self, account: SenderAccount, session: aiohttp.ClientSession, /
    ) -> Sequence[TemplateInfo]:
        """Every template of the sender's account."""

    def problems_of_template(
        self, language: str, components: Sequence[Mapping[str, Any]], /
    ) -> Sequence[Problem]:
        """What the provider would refuse, found without asking it."""

    async def create_template(
        self,
        account: SenderAccount,
        session: aiohttp.ClientSession,
        /,
        *,
        name: str,
        language: str,
        category: str,
        components: Sequence[Mapping[str, Any]],
        parameter_format: str,
    ) -> TemplateInfo:
        """Hand a template in for approval."""

    async def edit_template(
        self,
        account: SenderAccount,
        session: aiohttp.ClientSession,
        provider_id: str,
        components: Sequence[Mapping[str, Any]],
        category: str | None,
        /,
    ) -> None:
        """Hand another text of a template in for approval."""

    async def delete_template(
        self,
        account: SenderAccount,
        session: aiohttp.ClientSession,
        name: str,
        provider_id: str | None,
        /,
    ) -> None:
        """Delete one language of a template, or all of them."""

    async def sender_health(
        self, account: SenderAccount, session: aiohttp.ClientSession, /
    ) -> Mapping[str, Any]:
        """What the provider says about the sender, in our words."""

    async def subscribed_apps(
        self, account: SenderAccount, session: aiohttp.ClientSession, /
    ) -> Sequence[str]:
        """The names of the apps that get the account's webhooks."""

    async def subscribe(self, account: SenderAccount, session: aiohttp.ClientSession, /) -> None:
        """Let the account's webhooks come to us."""


MANAGEMENT: Mapping[Channel, Management] = MappingProxyType({Channel.WHATSAPP: whatsapp})
