"""What a cluster file alone decides of VMmanager's IP fabric."""

from __future__ import annotations

from collections.abc import Iterator

from saltext.muster.catalogue.private import is_private
from saltext.muster.catalogue.vmmanager.pool_proofs import blocks, inside, of_type
from saltext.muster.cluster import Cluster
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong

FABRIC = "ip-fabric"

#: NET-026: what Linux takes as an interface's name, and what VMmanager adds to a guest's.
LONGEST, SUFFIX = 15, "_net0"

_WELL_KNOWN = ("internet", "no-export", "no-advertise", "local-AS", "no-peer", "blackhole")
#: What each part of a community is at most, by the number of its parts.
_PARTS = {2: 0xFFFF, 3: 0xFFFFFFFF}


def private_nodes(cluster: Cluster) -> Iterator[Finding]:
    """NET-018: nodes have private addresses, guests public ones."""
    of_type(cluster, FABRIC)
    if cluster.main and not is_private(cluster.main.cidr):
        yield doubtful(
            ("networks", "main", "cidr"),
            f"the nodes' network {cluster.main.cidr} is public",
            "take a network of RFC 1918 for the nodes: guests alone need public addresses",
        )
    for where, block in blocks(cluster):
        if is_private(block):
            yield doubtful(
                where,
                f"{block}, which guests get addresses of, is private",
                "write public blocks, or another network_type",
            )


def one_as(cluster: Cluster) -> Iterator[Finding]:
    """NET-019: the nodes speak iBGP with the route reflectors, which have their AS number."""
    of_type(cluster, FABRIC)
    own = cluster.bgp.asn
    if not own:
        what = "the nodes' AS number is not told"
        yield wrong(("bgp",), what, "write `asn` under `bgp`", what)
        return
    for name, reflector in cluster.bgp.reflectors.items():
        if reflector.asn != own:
            yield wrong(
                ("bgp", "reflectors", name, "asn"),
                f"{name} has the AS number {reflector.asn}, the nodes have {own}",
                "write one AS number for the nodes and all route reflectors: iBGP is within one",
            )


def reflected(cluster: Cluster) -> Iterator[Finding]:
    """NET-020: there is a route reflector, better two."""
    of_type(cluster, FABRIC)
    count = len(cluster.bgp.reflectors)
    if count == 0:
        what = "an IP fabric needs route reflectors"
        remedy = "write at least one, better two, under `bgp: reflectors`"
        yield wrong(("bgp",), what, remedy, what)
    elif count == 1:
        what = "there is one route reflector: without it no guest is reached"
        yield doubtful(("bgp", "reflectors"), what, "add a second one", what)


def gateway_told(cluster: Cluster) -> Iterator[Finding]:
    """NET-023: the guests' gateway is told.

    That nothing else has it is proved of all addresses (``planning.addressing.overlaps``).
    """
    of_type(cluster, FABRIC)
    if not cluster.options.vm_gateway:
        what = "an IP fabric needs a vm_gateway that no node and no route reflector has"
        remedy = "write an address that is used nowhere else"
        yield wrong(("options",), what, remedy, what)


def community(cluster: Cluster) -> Iterator[Finding]:
    """NET-024: a BGP community is declared: two numbers, three, or a well-known name."""
    of_type(cluster, FABRIC)
    told = cluster.bgp.community
    if not is_community(told):
        seen = ascii(told[:60]) if told else "none"
        yield wrong(
            ("bgp", "community") if told else ("bgp",),
            f"an IP fabric needs a community like 65000:100, seen {seen}",
            "write two numbers up to 65535, three up to 4294967295, or a well-known name",
        )


def is_community(text: str) -> bool:
    """Say whether a text is a BGP community, as FRR takes them."""
    if text in _WELL_KNOWN:
        return True
    parts = text.split(":")
    if not all(part.isdecimal() and part.isascii() and len(part) <= 10 for part in parts):
        return False
    return all(int(part) <= _PARTS.get(len(parts), -1) for part in parts)


def guest_names(cluster: Cluster) -> Iterator[Finding]:
    """NET-026: guests' names are short enough for the interfaces that are named after them."""
    of_type(cluster, FABRIC)
    if not cluster.guests:
        raise NotAsked("no guests are planned")
    most = LONGEST - len(SUFFIX)
    for name in cluster.guests:
        if len(name) > most:
            yield wrong(
                ("guests", name),
                f"{name}{SUFFIX} has {len(name) + len(SUFFIX)} characters, an interface's name"
                f" has at most {LONGEST}",
                f"write a name of at most {most} characters",
            )
        elif not name.isascii():
            what = f"{name!a} has letters that are not Latin"
            yield wrong(("guests", name), what, "write a name of a-z, 0-9 and -")


def reflector_domains(cluster: Cluster) -> Iterator[Finding]:
    """NET-031: the route reflectors do not all fail with one thing."""
    of_type(cluster, FABRIC)
    reflectors = cluster.bgp.reflectors
    if len(reflectors) < 2:
        raise NotAsked("there are no two route reflectors (NET-020)")
    domains = {each.domain for each in reflectors.values()}
    if domains == {""} or (len(domains) == 2 and "" in domains):
        raise NotAsked("what route reflectors fail with is not told of all of them (`domain`)")
    if len(domains) == 1:
        yield doubtful(
            ("bgp", "reflectors"),
            f"all route reflectors fail with {domains.pop()}",
            "put one of them into another failure domain",
        )


def fabric_pool(cluster: Cluster) -> Iterator[Finding]:
    """NET-034: guests' blocks are apart from the nodes' own networks."""
    of_type(cluster, FABRIC)
    if not cluster.address_pools:
        raise NotAsked("no address pool is declared")
    for where, block in blocks(cluster):
        for name, network in cluster.networks.items():
            if inside(block, network.cidr) or inside(network.cidr, block):
                yield doubtful(
                    where,
                    f"{block} overlaps {network.cidr}, the network {name} of the nodes",
                    "write blocks that are the guests' alone: their routes are announced",
                )
