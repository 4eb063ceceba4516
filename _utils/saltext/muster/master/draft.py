"""A first cluster file of servers that are there already, from their bundles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saltext.muster import bundle, platforms
from saltext.muster.cluster import MAIN
from saltext.muster.errors import MusterError
from saltext.muster.master import names
from saltext.muster.master.drafting import lists, models, networks
from saltext.muster.master.drafting.networks import Found
from saltext.muster.master.drafting.server import Server, server
from saltext.muster.master.drafting.written import TO_DECIDE, Draft
from saltext.muster.wording import counted

#: Servers of one draft at most: their bundles are read one after another.
MOST = 1000


def of_files(paths: Sequence[str], platform: str = "", name: str = "") -> str:
    """Return the text of a first cluster file of the servers whose bundles are at ``paths``.

    What must still be decided has a comment TO DECIDE; where a file cannot do without it, the
    value is left empty, so that validating the file names the place.
    Raises MusterError when a bundle is none, when two are of the same server, and for a platform
    or a name that cannot be.
    """
    if len(paths) > MOST:
        raise MusterError(f"{len(paths)} bundles are too many for one draft: give {MOST} at most")
    found: list[Server] = []
    times: list[str] = []
    for path in paths:
        held = bundle.load(path)
        times.append(held["collected"])
        found.append(server(path, held))
    return draft(_distinct(found), times, platform, name).text()


def draft(servers: Sequence[Server], times: Sequence[str], platform: str, name: str) -> Draft:
    """Return a draft of these servers, whose ids are all there and differ.

    times are when they were looked at, as texts.
    """
    found = Draft()
    _head(found, servers, times)
    _profile(found, servers, platform, name)
    seen = networks.find(servers, found)
    found.data["networks"] = {}
    used: set[str] = set()
    by_id = {each.id: each for each in servers}
    for network in seen:
        networks.describe(network, servers, found)
        used |= {networks.way(by_id[id_], end).bond for id_, end in network.ends.items()}
    networks.bonds(servers, used - {""}, found)
    kinds = models.describe(servers, found)
    lists.describe(servers, found)
    _nodes(found, servers, seen, kinds, platform)
    return found


def _distinct(servers: Sequence[Server]) -> list[Server]:
    """Return the servers, each with an id of its own; raises MusterError for one met twice."""
    first: dict[str, str] = {}
    kept = []
    for number, each in enumerate(servers, start=1):
        id_ = each.id or f"server{number}"
        if id_ in first:
            raise MusterError(
                f"{first[id_]} and {each.origin} are both of {id_!a}: give one of them, or name"
                " the servers apart and collect again"
            )
        first[id_] = each.origin
        kept.append(Server(**{**vars(each), "id": id_}))
    return kept


def _head(found: Draft, servers: Sequence[Server], times: Sequence[str]) -> None:
    read = times[0] if len(set(times)) == 1 else f"{min(times)} to {max(times)}"
    count = counted(len(servers), "server")
    found.note(("version",), f"A first cluster file of {count}, read {read}.")
    found.note(("version",), f"{TO_DECIDE} marks what no server tells, or where they differ.")
    found.note(("version",), "Decide, remove the line, then check the file: muster validate FILE")


def _profile(found: Draft, servers: Sequence[Server], platform: str, name: str) -> None:
    found.data["version"] = 1
    found.data["name"] = name or "draft"
    if not name:
        found.decide(("name",), "the cluster's name")
    elif len(name) > 64 or not all(
        part.isalnum() and part.isascii() for part in name.replace("_", "-").split("-")
    ):
        raise MusterError(f"{name[:80]!a} is no cluster's name: use letters, digits and inner -")
    found.data["platform"] = platform or None
    if not platform:
        offered = ", ".join(platforms.names())
        found.decide(("platform",), f"one of {offered}; muster fit tells what a server suits")
    else:
        _choices(found, platforms.load(platform), servers)
    found.data["tier"] = "production"
    found.decide(("tier",), "production, test or heavy")


def _choices(found: Draft, module: Any, servers: Sequence[Server]) -> None:
    """Write what the platform offers several of: its first, or what the servers run."""
    if len(module.HYPERVISORS) > 1:
        xen = "xen" in module.HYPERVISORS and all(each.xen for each in servers)
        found.data["hypervisor"] = "xen" if xen else module.HYPERVISORS[0]
        found.decide(("hypervisor",), " or ".join(module.HYPERVISORS))
    if module.NETWORK_TYPES:
        found.data["network_type"] = module.NETWORK_TYPES[0]
        found.decide(("network_type",), ", ".join(module.NETWORK_TYPES))


def _nodes(
    found: Draft,
    servers: Sequence[Server],
    seen: Sequence[Found],
    kinds: dict[str, str],
    platform: str,
) -> None:
    roles: tuple[str, ...] = platforms.load(platform).ROLES if platform else ()
    if len(roles) > 1:
        told = f"the role of each: {' or '.join(roles)}; without one it is {roles[0]}"
        found.decide(("nodes",), told)
    found.decide(("nodes",), "site and domain (what a node fails with, such as a rack), if several")
    found.data["nodes"] = {each.id: _node(found, each, seen, kinds) for each in servers}


def _node(
    found: Draft, server: Server, seen: Sequence[Found], kinds: dict[str, str]
) -> dict[str, Any]:
    where = ("nodes", server.id)
    _name(found, server)
    for text in server.missing:
        found.decide(where, f"not read: {text}")
    end = seen[0].ends.get(server.id)
    data: dict[str, Any] = {"address": end.address if end else None}
    if end is None:
        found.decide((*where, "address"), "no address of it is known")
    elif end.dynamic:
        found.decide((*where, "address"), "it is leased (DHCP): give the server a fixed one")
    if end and (own := networks.way(server, end).interface):
        usual = found.data["networks"][MAIN].get("interface")
        data |= {"interface": own} if own != usual else {}
    further = {net.name: net.ends[server.id].address for net in seen[1:] if server.id in net.ends}
    data |= {"addresses": further} if further else {}
    data |= {"ipmi": server.ipmi} if server.ipmi else {}
    data |= {"hardware": kinds[server.id]} if server.id in kinds else {}
    split = {link.name: link.functions for link in server.links.values() if link.functions}
    if split:
        data["sriov"] = {
            name: {key: value for key, value in vars(each).items() if value}
            for name, each in split.items()
        }
    return data


def _name(found: Draft, server: Server) -> None:
    where = ("nodes", server.id)
    if names.hostname(server.called.lower(), names.NODE_NAME_MOST):
        found.decide(where, f"its name: it calls itself {server.called[:80]!a} ({server.origin})")
    elif server.called != server.called.lower():
        found.decide(where, f"its name: it calls itself {server.called}, wanted lower case")
    elif "." not in server.id:
        found.decide(where, "its domain: the server tells none")
    elif server.called not in (server.id, server.id.partition(".")[0]):
        found.note(where, f"it calls itself {server.called}")
