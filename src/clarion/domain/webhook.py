"""Webhooks out: the kinds of events, when to try again, and the signature.

Theory of operation.  An endpoint is told events in their order, in deliveries of one or more.  A
delivery that was not taken is tried again after a growing wait, and the ones behind it wait with it;
after the last wait it has failed and the others go on.  So a receiver that is away for an evening
loses nothing, and one that refuses a single delivery for ever does not hold up the rest for ever.

The signature is an HMAC-SHA256 of the instant and the body under the endpoint's secret, so that a
receiver can tell ours from others' and refuse an old one that is played again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

__all__ = [
    "EVENT_KINDS",
    "SIGNATURE_HEADER",
    "TEST_KIND",
    "WAITS_SECONDS",
    "EndpointForm",
    "next_attempt_at",
    "signature_of",
]

EndpointForm = Literal["clarion", "cams"]
SIGNATURE_HEADER = "Clarion-Signature"

EVENT_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "message.accepted": "The provider has taken a message.",
        "message.sent": "A message has left the provider.",
        "message.delivered": "A message has reached the person.",
        "message.read": "The person has seen a message.",
        "message.failed": "A message did not arrive; the reason is told.",
        "message.skipped": "A message was withdrawn before it left; the reason is told.",
        "message.received": "A person has written.",
        "template.changed": "The provider told something about a template.",
        "sender.changed": "The provider told something about a sender.",
    }
)
"""Every kind of event, and what it means."""

TEST_KIND = "endpoint.test"
"""What a person sends to one endpoint to see whether it is taken; nobody subscribes to it."""

# After the first, second, ... failed attempt: 5 s to 3 hours, together more than a day.
WAITS_SECONDS = (5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 10_800, 10_800, 10_800, 10_800, 10_800)


def next_attempt_at(attempt_count: int, now: datetime) -> datetime | None:
    """When to try again after so many failed attempts; ``None``: not any more."""
    if attempt_count > len(WAITS_SECONDS):
        return None
    return now + timedelta(seconds=WAITS_SECONDS[attempt_count - 1])


def signature_of(secret: str, body: bytes, now: datetime) -> str:
    """The value of the signature's header: ``t=<seconds>,v1=<hex>`` over ``<seconds>.<body>``."""
    seconds = int(now.timestamp())
    digest = hmac.new(secret.encode(), b"%d." % seconds + body, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={digest}"
