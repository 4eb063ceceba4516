"""What a cluster file alone decides of VMmanager's rows on nodes and guests."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from saltext.muster.catalogue.predicates.pairs import GUESTS
from saltext.muster.cluster import MAIN, Cluster, Node
from saltext.muster.finding import Finding, NotAsked, doubtful, wrong
from saltext.muster.planning.guests import guests_by_node
from saltext.muster.planning.sizing.limits import MOST_VSWITCH, interfaces

PROVIDERS = ("hetzner", "ovh")


def one_site(cluster: Cluster) -> Iterator[Finding]:
    """VMM-001: all nodes stand at one site."""
    first: dict[str, Node] = {}
    untold = None
    for node in cluster.nodes.values():
        if node.site:
            first.setdefault(node.site, node)
        else:
            untold = untold or node
    if not first:
        raise NotAsked("no node tells its site")
    home, *others = first
    for site in others:
        yield doubtful(
            ("nodes", first[site].id, "site"),
            f"{first[site].id} stands at {site}, {first[home].id} at {home}",
            "make a cluster of each site, or see to fast links between them and waive VMM-001",
        )
    if untold:
        yield doubtful(
            ("nodes", untold.id),
            f"{untold.id} tells no site, where {first[home].id} stands at {home}",
            "write `site` for every node, or for none",
        )


def platform_elsewhere(cluster: Cluster) -> Iterator[Finding]:
    """VMM-002: the platform itself runs on no node."""
    address = cluster.options.platform_address
    try:
        own = str(ip_address(address))
    except ValueError:
        raise NotAsked("where the platform runs is not told (options: platform_address)") from None
    for node in cluster.nodes.values():
        if own == node.address or own in node.addresses.values():
            yield wrong(
                ("options", "platform_address"),
                f"{address} is the address of {node.id}",
                "run the platform on a server that is no node of the cluster",
            )


def main_and_additional(cluster: Cluster) -> Iterator[Finding]:
    """VMM-045: the additional network has an interface of its own, the same on all nodes."""
    additional = {name: each for name, each in cluster.networks_for("additional") if name != MAIN}
    if not additional:
        raise NotAsked("no network has the role additional")
    for name, network in additional.items():
        if not network.interface:
            yield doubtful(
                ("networks", name),
                f"the additional network {name} tells no interface",
                "write the `interface` that all nodes have it on",
            )
        elif cluster.main and network.interface == cluster.main.interface:
            yield doubtful(
                ("networks", name, "interface"),
                f"{network.interface} is the main network's interface too",
                "give the additional network an interface of its own",
            )
    taken = {network.interface for network in additional.values()}
    common = cluster.main.interface if cluster.main else ""
    for node in cluster.nodes.values():
        if node.interface and node.interface != common:
            shared = " has the additional network" if node.interface in taken else " is another's"
            yield doubtful(
                ("nodes", node.id, "interface"),
                f"the main network of {node.id} is on {node.interface}, which{shared};"
                f" that of the others is on {common or 'an interface that is not told'}",
                "use the same interface for the main network on all nodes",
            )


def vlan_mtu(cluster: Cluster) -> Iterator[Finding]:
    """VMM-047: a VLAN's MTU is not above that of what it is on."""
    vlans = [(name, each) for name, each in cluster.networks.items() if each.vlan and each.mtu]
    if not vlans:
        raise NotAsked("no VLAN with an MTU is declared")
    below = {
        each.interface: each.mtu for each in cluster.networks.values() if each.mtu and not each.vlan
    }
    for name, network in vlans:
        parent = network.device
        least = below.get(parent, network.mtu)
        if least < network.mtu:
            yield doubtful(
                ("networks", name, "mtu"),
                f"{network.mtu} is more than the {least} of {parent}, which the VLAN is on",
                f"give {parent} at least that MTU, or the VLAN a smaller one",
            )


def vswitch(cluster: Cluster) -> Iterator[Finding]:
    """VMM-046: no vSwitch at Hetzner, or one with few enough interfaces."""
    if cluster.provider.lower() != "hetzner":
        raise NotAsked("the provider is not hetzner")
    if not cluster.options.vswitch:
        return
    yield doubtful(
        ("options", "vswitch"),
        "Hetzner's vSwitch connects the nodes",
        "use additional subnets (network_type: routing) in its place",
    )
    count = interfaces(cluster)
    if count > MOST_VSWITCH:
        yield wrong(
            ("options", "vswitch"),
            f"{count} interfaces of nodes and guests are planned, a vSwitch takes {MOST_VSWITCH}",
            "plan fewer guests or interfaces, or do without the vSwitch",
        )


def screens(cluster: Cluster) -> Iterator[Finding]:
    """VMM-055: ports for screens are planned for as many guests as a node gets."""
    if cluster.hypervisor != "kvm":
        raise NotAsked(f"the hypervisor is {cluster.hypervisor}")
    told = cluster.options.vms_per_node
    planned, _loose = guests_by_node(cluster)
    if not (told or cluster.guests):
        raise NotAsked("no guest is planned (options: vms_per_node)")
    for id_, count in planned.items():
        if count > max(told, GUESTS):
            yield wrong(
                ("options", "vms_per_node") if told else ("options",),
                f"{count} guests are planned for {id_}, the ports for screens are for"
                f" {max(told, GUESTS)}",
                f"write vms_per_node: {count}, by which nodes are judged",
            )
