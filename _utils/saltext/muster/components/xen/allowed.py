"""xend's expression for hosts that may send instances, judged by all addresses there are."""

from __future__ import annotations

from ipaddress import IPv4Network

from saltext.muster.patterns import Pattern, address_outside

#: What a node tells must not keep the judge busy (characters).
EXPRESSIONS = 2000


def problem(text: str, network: IPv4Network, own: str) -> str:
    """Return "" when the expression matches the address ``own`` and none outside the network.

    Else what is wrong. Raises patterns.Unsupported for what is not understood.
    Source: GNT-026.
    """
    if not text.split():
        return "empty: everybody may send instances"
    patterns = [Pattern(word) for word in text.split()]
    outside = next(filter(None, (address_outside(each, network) for each in patterns)), "")
    if not any(each.matches(own) for each in patterns):
        return f"{text[:100]} does not match {own}"
    return f"{text[:100]} matches {outside} as well" if outside else ""
