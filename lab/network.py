"""The lab's network: a switch in a network namespace of its own, without a way out."""

from __future__ import annotations

import json

from lab.recipes import NODES, PREFIX, Node
from lab.run import run

SWITCH = f"{PREFIX}lab"
_BRIDGE = f"{PREFIX}br"


def namespace(node: Node) -> str:
    """Return the name of a node's network namespace."""
    return f"{PREFIX}{node.name}"


def _namespaces() -> set[str]:
    """Return the names of all network namespaces."""
    text = run(["ip", "-json", "netns", "list"]).stdout.strip()
    return {item["name"] for item in json.loads(text or "[]")}


def processes(node: Node) -> list[int]:
    """Return the numbers of all processes that are in a node's network."""
    if namespace(node) not in _namespaces():
        return []
    return [int(word) for word in run(["ip", "netns", "pids", namespace(node)]).stdout.split()]


def create() -> None:
    """Make the switch and each node's cable; what an earlier lab left is removed first.

    Addresses are the nodes' own business.
    """
    remove()
    run(["ip", "netns", "add", SWITCH])
    run(["ip", "-n", SWITCH, "link", "add", _BRIDGE, "type", "bridge"])
    run(["ip", "-n", SWITCH, "link", "set", _BRIDGE, "up"])
    for node in NODES.values():
        name = namespace(node)
        run(["ip", "netns", "add", name])
        run(
            ["ip", "-n", SWITCH, "link", "add", name]
            + ["type", "veth", "peer", "name", "eth0", "netns", name]
        )
        run(["ip", "-n", SWITCH, "link", "set", name, "master", _BRIDGE, "up"])
        run(["ip", "-n", name, "link", "set", "lo", "up"])


def remove() -> None:
    """Remove the switch and the nodes' namespaces, as far as they are there."""
    present = _namespaces()
    if SWITCH in present:
        # A namespace ends later than its removal: a cable that is still in it would be in the
        # way of the next one of the same name.
        run(["ip", "-n", SWITCH, "link", "del", _BRIDGE], check=False)
        for node in NODES.values():
            run(["ip", "-n", SWITCH, "link", "del", namespace(node)], check=False)
        run(["ip", "netns", "del", SWITCH])
    for node in NODES.values():
        if namespace(node) in present:
            run(["ip", "netns", "del", namespace(node)])
