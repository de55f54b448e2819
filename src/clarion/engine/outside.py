"""HTTP requests to addresses that authors of flows choose: guarded, bounded, verified.

Theory of operation.  An author must not reach the machine's own network through us, so every
connection is made by the guarded session (``channels.guarded_http``).  Redirects are followed by
hand, each through that guard anew, and what the author sent along (headers, body) stays with the origin that it
was meant for.  ``allowed_networks`` (a setting) opens private networks on purpose.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from clarion.channels.guarded_http import guarded_session
from clarion.domain.network import Network
from clarion.flow.calls import CallAnswer

__all__ = ["ANY_NETWORK", "MAX_ANSWER_BYTES", "OutsideRequest", "fetch"]

MAX_ANSWER_BYTES = 256 * 1024
_MAX_REDIRECTS = 5
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_SAME_METHOD = frozenset((307, 308))

ANY_NETWORK: tuple[Network, ...] = (
    ipaddress.IPv4Network("0.0.0.0/0"),
    ipaddress.IPv6Network("::/0"),
)


@dataclass(frozen=True, slots=True)
class OutsideRequest:
    """One request, with everything filled in."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    timeout_seconds: float


async def fetch(request: OutsideRequest, allowed_networks: Sequence[Network] = ()) -> CallAnswer:
    """Send one request and follow where it leads; what goes wrong is an answer with its word."""
    try:
        async with (
            asyncio.timeout(request.timeout_seconds),
            guarded_session(allowed_networks, seconds=request.timeout_seconds) as http,
        ):
            return await _follow(http, request)
    except TimeoutError:
        return CallAnswer(failure="timeout")
    except aiohttp.ClientConnectorCertificateError:
        return CallAnswer(failure="tls")
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError):
        return CallAnswer(failure="bad_url")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return CallAnswer(failure=_word_of(error))


def _word_of(error: BaseException | None) -> str:
    """What lies at the bottom of a failed connection."""
    while error is not None:
        if isinstance(error, OSError) and error.errno == errno.EACCES:
            return "refused_address"
        if isinstance(error, ssl.SSLError):
            return "tls"
        error = getattr(error, "os_error", None) or error.__cause__
    return "connection"


async def _follow(http: aiohttp.ClientSession, request: OutsideRequest) -> CallAnswer:
    method, url, body = request.method, URL(request.url), request.body
    headers: Mapping[str, str] = request.headers
    for _ in range(_MAX_REDIRECTS + 1):
        _look_at(url)
        async with http.request(
            method, url, headers=headers, data=body, allow_redirects=False
        ) as answer:
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or location is None:
                return await _read(answer)
            target = URL(urljoin(str(url), location))
            if target.origin() != url.origin():
                headers = {}
                body = None
                if answer.status in _SAME_METHOD and method not in ("GET", "HEAD"):
                    return CallAnswer(status=answer.status)
            if answer.status not in _SAME_METHOD and method != "HEAD":
                method, body = "GET", None
            url = target
    return CallAnswer(failure="too_many_redirects")


def _look_at(url: URL) -> None:
    """Refuse what is no web address."""
    if url.scheme not in ("http", "https") or not url.host or url.user is not None:
        raise aiohttp.InvalidURL(url)


async def _read(answer: aiohttp.ClientResponse) -> CallAnswer:
    data = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        data += chunk
        if len(data) > MAX_ANSWER_BYTES:
            return CallAnswer(failure="too_large")
    # PostgreSQL keeps no NUL in a text.
    text = bytes(data).decode(_charset(answer), errors="replace").replace("\x00", "\ufffd")
    return CallAnswer(answer.status, text)


def _charset(answer: aiohttp.ClientResponse) -> str:
    name: Any = answer.charset or "utf-8"
    try:
        "".encode(name)
    except LookupError:
        return "utf-8"
    return str(name)
