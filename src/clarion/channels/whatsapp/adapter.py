"""The pure half of the WhatsApp channel, as the contract wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import quote, urlsplit

from clarion.channels.contract import Answer, Event, Outcome, OutMessage, Request, SenderAccount
from clarion.channels.contract import TemplateInfo as Template
from clarion.channels.whatsapp.answers import outcome_of
from clarion.channels.whatsapp.check import problems_of
from clarion.channels.whatsapp.payloads import body_of
from clarion.channels.whatsapp.webhooks import challenge_of, is_signed, parse_webhook
from clarion.domain.errors import Problem
from clarion.domain.message import Channel, TemplateContent

__all__ = ["DEFAULT_BASE_URL", "DEFAULT_VERSION", "WHATSAPP", "WhatsAppAdapter"]

DEFAULT_BASE_URL = "https://graph.facebook.com"
DEFAULT_VERSION = "v25.0"


class WhatsAppAdapter:
    """Implements ``clarion.channels.contract.Adapter`` for the Cloud API."""

    channel = Channel.WHATSAPP

    def check(self, message: OutMessage, template: Template | None) -> Sequence[Problem]:
        """What Meta would refuse; see ``check.problems_of``."""
        return problems_of(message, template)

    def origin_of(self, account: SenderAccount) -> str:
        """The origin of the account's base URL."""
        parts = urlsplit(account.config.get("base_url") or DEFAULT_BASE_URL)
        return f"{parts.scheme}://{parts.netloc}"

    def request_for(self, account: SenderAccount, message: OutMessage) -> Request:
        """The POST of one message.  ``ValueError`` if it cannot be expressed."""
        config = account.config
        origin, path = _address_of(
            config.get("base_url") or DEFAULT_BASE_URL,
            config.get("version") or DEFAULT_VERSION,
            config["phone_number_id"],
            _endpoint(config.get("endpoint"), message),
        )
        headers = (
            ("authorization", f"Bearer {account.secrets['token']}"),
            ("content-type", "application/json"),
        )
        return Request("POST", origin, path, headers, body_of(message))

    def outcome_of(self, answer: Answer) -> Outcome:
        """What an answer means; see ``answers``."""
        return outcome_of(answer)

    def handshake(self, account: SenderAccount, query: Mapping[str, str]) -> str | None:
        """The challenge, if Meta asked with our verify token."""
        return challenge_of(query, account.secrets["verify_token"])

    def verify(self, account: SenderAccount, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether ``X-Hub-Signature-256`` fits the raw body; header names are lower case."""
        return is_signed(headers, body, account.secrets["app_secret"])

    def parse_webhook(self, body: bytes) -> Sequence[Event]:
        """Every update of a webhook; see ``webhooks.parse_webhook``."""
        return parse_webhook(body)


def _endpoint(chosen: str | None, message: OutMessage) -> str:
    # The marketing endpoint takes only marketing templates; everything else goes the common way.
    content = message.content
    if (
        chosen == "marketing_messages"
        and isinstance(content, TemplateContent)
        and content.category == "marketing"
    ):
        return "marketing_messages"
    return "messages"


@lru_cache(maxsize=4096)
def _address_of(
    base_url: str, version: str, phone_number_id: str, endpoint: str
) -> tuple[str, str]:
    parts = urlsplit(base_url)
    number = quote(str(phone_number_id), safe="")
    path = f"{parts.path.rstrip('/')}/{quote(version, safe='')}/{number}/{endpoint}"
    return f"{parts.scheme}://{parts.netloc}", path


WHATSAPP = WhatsAppAdapter()
