"""Private addresses, by the documents' own lists: RFC 1918 and, for IPv6, RFC 4193.

Python's ``is_private`` also means networks for documentation, such as 198.51.100.0/24.
"""

from __future__ import annotations

from ipaddress import IPv4Network, ip_network

_TEXTS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_PRIVATE = tuple(ip_network(text) for text in _TEXTS)


def is_private(cidr: str) -> bool:
    """Say whether all addresses of a network (or the one address) are private."""
    asked = ip_network(cidr)
    if isinstance(asked, IPv4Network):
        return any(asked.subnet_of(net) for net in _PRIVATE if isinstance(net, IPv4Network))
    return any(asked.subnet_of(net) for net in _PRIVATE if not isinstance(net, IPv4Network))
