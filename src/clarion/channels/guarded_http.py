"""HTTP to addresses that people type in: nothing of our own network may be reached by it.

Theory of operation.  Whoever may name an address could otherwise make this server ask what only it
can reach (a database, a cloud's metadata).  So the name is resolved by us, every address that is not
public is taken out, and the connection goes to what is left: a name that changes between the check
and the call changes nothing.  Networks that the operator names are allowed.  Redirections are not
followed, for they would be a second address that nobody checked.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from clarion.domain.network import Network, is_allowed

__all__ = ["guarded_session"]


class _GuardedResolver(AbstractResolver):
    """Resolves names, and leaves out the addresses that must not be reached."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks
        self._inner = aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises ``OSError`` when nothing is left."""
        found = await self._inner.resolve(host, port, family)
        allowed = [each for each in found if is_allowed(each["host"], self._networks)]
        if not allowed:
            raise OSError(errno.EACCES, f"{host} is an address of a private network")
        return allowed

    async def close(self) -> None:
        """Nothing to close but the inner one."""
        await self._inner.close()


class _GuardedConnector(aiohttp.TCPConnector):
    """Asks the resolver for literal addresses too, which aiohttp would connect to unasked."""

    async def _resolve_host(self, host: str, port: int, traces: Any = None) -> list[ResolveResult]:
        del traces
        return await self._resolver.resolve(host, port, family=self._family)


def guarded_session(networks: Sequence[Network], *, seconds: float) -> aiohttp.ClientSession:
    """A session that reaches public addresses and these networks only; the caller closes it."""
    connector = _GuardedConnector(
        resolver=_GuardedResolver(networks), use_dns_cache=False, family=socket.AF_UNSPEC
    )
    return aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=seconds),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
