"""Request targets beyond 64 KiB: the one thing that uvicorn's protocol cannot read.

Theory of operation.  Clients of the compatible RPC endpoint put every parameter into the address, a
whole flow included, so a request line may have hundreds of kilobytes.  The parser reads such a line,
but the function that takes an address apart counts in 16 bits and refuses it.  What it is given here
is therefore only the part before the query; the query is put into the scope by ourselves.  A target
longer than ``LONGEST_TARGET_BYTES`` is refused (400, as everything that cannot be read), so that a
client cannot fill our memory with one.
"""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

__all__ = ["LONGEST_TARGET_BYTES", "LongTargetProtocol"]

# A flow has at most a megabyte, and every byte of it may be written with three characters.
LONGEST_TARGET_BYTES = 4 * 1024 * 1024
# What ``httptools.parse_url`` accepts at most.
_LONGEST_PARSED_BYTES = 65_535


class _TargetTooLongError(Exception):
    """Ends the parsing of a request; never leaves the protocol."""


class LongTargetProtocol(HttpToolsProtocol):
    """uvicorn's protocol, for request targets of up to ``LONGEST_TARGET_BYTES``."""

    def on_url(self, url: bytes) -> None:
        """One more piece of the target."""
        if len(self.url) + len(url) > LONGEST_TARGET_BYTES:
            raise _TargetTooLongError
        super().on_url(url)

    def on_headers_complete(self) -> None:
        """The request's line and headers are read; the application begins."""
        if len(self.url) <= _LONGEST_PARSED_BYTES:
            super().on_headers_complete()
            return
        self.url, _, query = self.url.partition(b"?")
        super().on_headers_complete()
        # The application has not run yet: it is a task that begins after this callback.
        self.scope["query_string"] = query.partition(b"#")[0]
