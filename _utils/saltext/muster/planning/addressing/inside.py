"""Each address in its network: proved, or every one that is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from saltext.muster.cluster import MAIN, Cluster
from saltext.muster.finding import Finding, wrong
from saltext.muster.planning.addressing.taken import (
    FOR_GUESTS,
    NETWORK,
    SERVICE,
    VM_GATEWAY,
    Taken,
    bounds,
)
from saltext.muster.wording import nearest

#: Kinds that are no host of a network.
_NO_HOST = FOR_GUESTS | {NETWORK, SERVICE, VM_GATEWAY}


def prove(cluster: Cluster, given: Iterable[Taken]) -> Iterator[Finding]:
    """Give every address that its network has not, or that no host of it can have.

    given is what ``taken`` says of the cluster. Takes as many steps as there are addresses.
    """
    yield from _unknown(cluster)
    given = list(given)
    yield from _everything(given)
    limits = {net.cidr: bounds(net.cidr) for net in cluster.networks.values()}
    ends = {end: cidr for cidr, each in limits.items() for end in each.ends}
    for item in given:
        if item.network:
            limit = limits[item.network]
            if not limit.first <= item.first <= limit.last:
                yield _outside(item)
                continue
        if item.first in ends and item.kind not in _NO_HOST:
            yield _no_host(item, ends[item.first])


def _unknown(cluster: Cluster) -> Iterator[Finding]:
    """Give the names of networks that are missing."""
    if cluster.networks and cluster.main is None:
        message = f"has no network {MAIN}"
        remedy = f"call the network of the nodes' own addresses {MAIN}"
        yield wrong(("networks",), message, remedy, message)
    known = cluster.networks.keys() - {MAIN}
    for node in cluster.nodes.values():
        for name in node.addresses:
            if name not in known:
                yield wrong(
                    ("nodes", node.id, "addresses", name),
                    f"there is no network {name!a} besides {MAIN}",
                    _declared(name, sorted(known)),
                    "names a network that is not there",
                )


def _everything(given: Iterable[Taken]) -> Iterator[Finding]:
    """Give the blocks that hold all addresses there are: they tell nothing apart."""
    for item in given:
        if item.text.endswith("/0"):
            yield wrong(
                item.where,
                f"{item.text} is every address there is",
                "write the prefix that the network has on the nodes",
                "the block is every address there is",
            )


def _declared(name: str, known: list[str]) -> str:
    """Return what to do about an address in a network that is not there."""
    if name == MAIN:
        return "write `address`: that is the one in the network main"
    near = nearest(name, known)
    if near:
        return f"did you mean {near}?"
    offered = f", or write one of: {', '.join(known[:20])}" if known else ""
    return f"declare it under `networks`{offered}"


def _outside(item: Taken) -> Finding:
    return wrong(
        item.where,
        f"{item.text} is not in the network {item.network}",
        "right the address, or the network's cidr",
        "the address is not in its network",
    )


def _no_host(item: Taken, cidr: str) -> Finding:
    return wrong(
        item.where,
        f"{item.text} is the first or last address of {cidr}, which no host can have",
        "give it another address of the network",
        "the address is the network's own or its broadcast address",
    )
