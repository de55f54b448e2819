"""Which addresses of the network may be reached when a person names one.

Public addresses may, and those of networks that the operator names; nothing else (this machine, the
network around it, a cloud's metadata).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TypeAlias

__all__ = ["Network", "is_allowed", "networks_of"]

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_of(text: str) -> tuple[Network, ...]:
    """The networks in a list separated by commas.  ``ValueError`` for what is none."""
    parts = (part.strip() for part in text.split(","))
    return tuple(ipaddress.ip_network(part, strict=False) for part in parts if part)


def is_allowed(host: str, networks: Sequence[Network]) -> bool:
    """Whether an IP address (as text) may be connected to."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address.version == each.version and address in each for each in networks):
        return True
    return address.is_global and not address.is_multicast
