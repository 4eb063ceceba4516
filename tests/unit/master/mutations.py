"""Good cluster files made bad, one mistake at a time, each with the place it must be told at."""

from __future__ import annotations

import copy
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[Any, ...]

#: A mistake that people make in the name of a key, and in the value of one.
_MISSPELT = {
    "platform": "platfrom", "networks": "network", "nodes": "node", "cidr": "cdir",
    "gateway": "gatway", "address": "adress", "role": "rolle", "hardware": "hardwear",
    "guests": "guest", "memory": "memroy", "copies": "copys", "sources": "source",
    "reflectors": "reflector", "blocks": "block", "requirement": "requirment", "site": "sites",
    "disks": "disk", "nics": "nic", "offset": "ofset", "options": "option", "kind": "kinds",
}  # fmt: skip
_WRONG = {
    "cidr": "10.0.0.1/24", "gateway": "10.0.0.300", "address": "10.0.0", "vlan": 4095, "mtu": 100,
    "memory": "64", "cores": "many", "copies": 0, "asn": 0, "vni": 16777216, "offset": -1,
    "interface": "a name of more than 15", "role": "boss", "tier": "large", "platform": "vmware",
    "edition": "1984", "hypervisor": "bhyve", "network_type": "ring", "sources": [], "vcpus": 0,
    "subnet": "203.0.113.41/29", "size": "20", "expires": "soon", "kind": "wireless",
    "migration": "never", "hardware": "abacus", "node": "nobody.example.com", "base": "missing",
    "blocks": ["192.0.2.1/27"], "floating": "fe80::1", "mode": "balance", "name": "two words",
}  # fmt: skip
_REQUIRED = ("version", "name", "platform", "nodes", "cidr", "memory", "kind", "blocks", "asn")


@dataclass(frozen=True)
class Broken:
    """A bad tree; where is the path that must be told, remedy a part of what to do about it."""

    why: str
    tree: dict[str, Any]
    where: Path
    remedy: str = ""


def of(tree: dict[str, Any]) -> Iterator[Broken]:
    """Give all single mistakes in a good file, no two of one kind for the same key's name."""
    done: set[tuple[str, str]] = set()
    for path, value in _walk(tree):
        key = path[-1]
        for kind, mistake in _KINDS:
            if isinstance(key, str) and (kind, key) not in done:
                found = mistake(tree, path, value)
                if found is not None:
                    done.add((kind, key))
                    yield found
    yield from _whole(tree)


def _walk(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Give the paths of all keys of the model; options are the platform's own business."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        here = (*path, key)
        if here[0] == "options" and len(here) > 1:
            continue
        yield here, value
        if isinstance(value, (dict, list)):
            yield from _walk(value, here)


def _named(path: Path) -> bool:
    """Say whether the last part is a name that the administrator chose, not a key."""
    mappings = ("nodes", "networks", "hardware", "guests", "bonds", "bases", "address_pools",
                "client_networks", "sriov", "ports", "nics", "addresses", "reflectors")  # fmt: skip
    return len(path) > 1 and (path[-2] in mappings or path[-3:-1] == ("ceph", "pools"))


def _misspelt(tree: Any, path: Path, value: Any) -> Broken | None:
    wrong = _MISSPELT.get(path[-1])
    if wrong is None or _named(path):
        return None
    bad = copy.deepcopy(tree)
    parent = _at(bad, path[:-1])
    parent[wrong] = parent.pop(path[-1])
    return Broken("misspelt", bad, (*path[:-1], wrong), f"did you mean `{path[-1]}`")


def _of_wrong_type(tree: Any, path: Path, value: Any) -> Broken | None:
    if _named(path) or isinstance(value, (dict, list)):
        return None
    return Broken("wrong type", _with(tree, path, [[]]), path)


def _of_wrong_value(tree: Any, path: Path, value: Any) -> Broken | None:
    if path[-1] not in _WRONG or _named(path) or isinstance(value, dict):
        return None
    found = _WRONG[path[-1]]
    inner = (0,) if path[-1] == "blocks" else ()
    return Broken("wrong value", _with(tree, path, found), (*path, *inner))


def _missing(tree: Any, path: Path, value: Any) -> Broken | None:
    if path[-1] not in _REQUIRED or _named(path):
        return None
    if path[-1] == "memory" and path[0] == "hardware":
        return None
    bad = copy.deepcopy(tree)
    del _at(bad, path[:-1])[path[-1]]
    if path[0] == "bgp" and len(path) == 2:
        return None
    return Broken("missing", bad, path, f"add `{path[-1]}: ...`")


def _nothing(tree: Any, path: Path, value: Any) -> Broken | None:
    if _named(path) or not isinstance(value, (dict, list)) or path[-1] == "options":
        return None
    return Broken("a text", _with(tree, path, "text"), path)


_KINDS = (
    ("misspelt", _misspelt),
    ("type", _of_wrong_type),
    ("value", _of_wrong_value),
    ("missing", _missing),
    ("mapping", _nothing),
)


def _whole(tree: Any) -> Iterator[Broken]:
    """Give mistakes that only several parts together show."""
    yield Broken("no nodes", {**tree, "nodes": {}}, ("nodes",))
    yield Broken("unknown option", _with(tree, ("options", "colour"), "red"), ("options", "colour"))
    plain = [id_ for id_, node in tree["nodes"].items() if "address" in node]
    main = tree.get("networks", {}).get("main")
    if not main or not plain:
        return
    network = ipaddress.ip_network(main["cidr"])
    ends = {
        "the network's own": str(network.network_address),
        "outside": str(network.broadcast_address + 1),
        "loopback": "127.0.0.1",
    }
    for why, address in ends.items():
        where = ("nodes", plain[-1], "address")
        yield Broken(why, _with(tree, where, address), where)
    if len(plain) > 1:
        where = ("nodes", plain[-1], "address")
        taken = tree["nodes"][plain[0]]["address"]
        yield Broken("twice", _with(tree, where, taken), where, "address")
    if main.get("gateway"):
        where = ("nodes", plain[-1], "address")
        yield Broken("the gateway's", _with(tree, where, main["gateway"]), where)


def _at(tree: Any, path: Path) -> Any:
    for part in path:
        tree = tree[part]
    return tree


def _with(tree: Any, path: Path, value: Any) -> Any:
    bad = copy.deepcopy(tree)
    parent = bad
    for part in path[:-1]:
        parent = parent.setdefault(part, {}) if isinstance(parent, dict) else parent[part]
    parent[path[-1]] = value
    return bad
