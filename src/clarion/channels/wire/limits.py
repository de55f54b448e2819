"""How long and how large: the limits of the wire client."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["WireLimits"]


@dataclass(frozen=True, slots=True)
class WireLimits:
    """The limits of one ``WireClient``; the defaults suit the Graph API.

    ``connections_per_origin`` bounds the open connections to one scheme, host and port; further
    requests wait in order, at most ``pool_wait_seconds``.  ``response_seconds`` counts from the
    moment the request has left until the answer is complete.  Timeouts are noticed with a
    granularity of ``tick_seconds``.  An idle connection is closed after ``idle_seconds``, or
    earlier if the server announced a shorter ``Keep-Alive: timeout``.
    """

    connections_per_origin: int = 256
    connect_seconds: float = 10.0
    write_seconds: float = 10.0
    response_seconds: float = 30.0
    pool_wait_seconds: float = 30.0
    idle_seconds: float = 30.0
    tick_seconds: float = 0.1
    answer_body_bytes: int = 1 << 20
    answer_head_bytes: int = 1 << 16
