"""The HTTP/1.1 client of the send path: small, fast, and exact about what has left.

Theory of operation.  A message must leave once, so the one question that a general client does not
answer is the one that matters here: *had a byte of this request been written when it failed?*
``WireClient.send`` always answers it.  ``Answer.was_written`` is false only for failures that come
before ``transport.write``: a bad origin, DNS, a refused or late connect, a TLS failure, a wait for
a connection that took too long, a closed client.  From the first ``write`` on, whatever goes wrong
is ``was_written=True``: perhaps it took effect.  The client therefore never repeats a request; what
it does repeat is the *search for a connection*, when the one that it found died before the write.

``connection`` holds one connection (an asyncio Protocol around httptools' parser), ``pool`` the
connections of one origin, ``client`` the public face and the clock.
"""

from __future__ import annotations

from clarion.channels.wire.client import WireClient
from clarion.channels.wire.connection import Connection
from clarion.channels.wire.limits import WireLimits

__all__ = ["Connection", "WireClient", "WireLimits"]
