"""What must hold before a file's nodes can be counted out: ranges, numbers, addresses by them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping

from saltext.muster.cluster import MAIN
from saltext.muster.finding import Finding
from saltext.muster.master import numbered
from saltext.muster.master.model import ClusterFile, NetworkFile, NodeFile
from saltext.muster.master.numbered import MOST, Span

#: What is one node's own, so that a range cannot tell it.
_OWN = (
    "address",
    "fqdn",
    "short",
    "number",
    "addresses",
    "ipmi",
    "subnet",
    "subnet6",
    "guest_range",
    "ports",
    "mac",
)


def check(file: ClusterFile) -> list[Finding]:
    """Return why the nodes and guests of a file whose values are valid cannot be counted out."""
    found = [*_most("nodes", file.nodes), *_most("guests", file.guests)]
    if found:
        return found  # before anything is counted out
    return [
        *_names("nodes", file.nodes),
        *_names("guests", file.guests),
        *_addresses(file),
        *_cards(file.nodes),
        *_management(file.networks),
    ]


def _most(what: str, keys: Iterable[str]) -> Iterator[Finding]:
    count = sum(len(span) for span in map(numbered.span, keys) if isinstance(span, Span))
    if count > MOST:
        message = f"are {count}, wanted at most {MOST}"
        remedy = "split them into several clusters"
        yield Finding((what,), message, remedy, f"are more than {MOST}")


def _names(what: str, keys: Iterable[str]) -> Iterator[Finding]:
    """Names that two keys stand for; plain keys cannot clash with each other."""
    ranges = {name: key for key in keys if "[" in key for name in numbered.expanded(key)}
    first: dict[str, str] = {}
    for key in keys if ranges else ():
        for name in numbered.expanded(key):
            before = first.setdefault(name, key)
            if before != key:
                remedy = "write ranges that do not overlap"
                message = f"{name} is also one of {before}"
                yield Finding((what, key), message, remedy, "a name is there twice")
                break


def _cards(nodes: Mapping[str, NodeFile]) -> Iterator[Finding]:
    """Cards that two nodes are woken by."""
    first: dict[str, str] = {}
    for key, node in nodes.items():
        before = first.setdefault(node.mac or key, key)
        if before != key:
            message = f"{node.mac} is the card of {before} too"
            yield Finding(("nodes", key, "mac"), message, "write each node's own", "is there twice")


def _addresses(file: ClusterFile) -> Iterator[Finding]:
    networks = {n: net for n, net in file.networks.items() if net.offset is not None}
    ipmi = [n for n, net in file.networks.items() if net.ipmi_offset is not None]
    if file.networks and MAIN not in file.networks and networks:
        yield _no_main()  # what they count is told there: no node lacks an address by itself
        return
    for key, node in file.nodes.items():
        span = numbered.span(key)
        assert isinstance(span, Span)
        own = [name for name in _OWN if getattr(node, name)] if span.ranged else []
        for name in own:
            message = f"{key} is a range, and this can be of one node only"
            remedy = "give networks an offset, or write the nodes one by one"
            yield Finding(("nodes", key, name), message, remedy, "a range cannot have this")
        last = node.number or (span.last if span.ranged else numbered.number(key))
        if not node.address:
            yield from _own_address(key, last, networks)
        if last:
            yield from _room(key, node, last, file.networks, [*networks, *ipmi])


def _no_main() -> Finding:
    message = f"has no network {MAIN}"
    remedy = (
        f"call the network of the nodes' own addresses {MAIN}; its `role` tells what else it is"
    )
    return Finding(("networks",), message, remedy, message)


def _own_address(key: str, last: int, networks: Mapping[str, NetworkFile]) -> Iterator[Finding]:
    where = ("nodes", key, "address")
    if MAIN not in networks:
        remedy = f"add `address: ...`, or give the network {MAIN} an `offset` to count by"
        yield Finding(where, "is missing", remedy, "is missing")
    elif not last:
        message = "is missing, and the name has no number to count by"
        yield Finding(where, message, "add `number: ...`, or `address: ...`", message)


def _room(
    key: str, node: NodeFile, last: int, networks: Mapping[str, NetworkFile], counted: list[str]
) -> Iterator[Finding]:
    """Numbers that a network has no address for."""
    for name in counted:
        network = networks[name]
        told = node.address if name == MAIN else node.addresses.get(name)
        for what, offset in (("offset", network.offset), ("ipmi_offset", network.ipmi_offset)):
            size = ipaddress.ip_network(network.cidr).num_addresses
            given = told if what == "offset" else node.ipmi
            if given or offset is None or offset + last < size:
                continue
            message = f"node {last} has no address in {network.cidr}: {what} {offset} + {last}"
            remedy = f"make the network {name} larger, or the {what} smaller"
            yield Finding(("nodes", key), message, remedy, "a network has no address for it")
            break


def _management(networks: Mapping[str, NetworkFile]) -> Iterator[Finding]:
    have = [name for name, network in networks.items() if network.ipmi_offset is not None]
    for name in have[1:]:
        message = f"the network {have[0]} has one already, and a node has one IPMI address"
        yield Finding(
            ("networks", name, "ipmi_offset"), message, "keep one of the two", "is there twice"
        )
