"""The lab's network: a switch in a network namespace of its own, without a way out."""

from __future__ import annotations

import json

from lab.recipes import NODES, PREFIX, Node
from lab.run import run

SWITCH = f"{PREFIX}lab"
_BRIDGES = (f"{PREFIX}br", f"{PREFIX}br1")


def namespace(node: Node) -> str:
    """Return the name of a node's network namespace."""
    return f"{PREFIX}{node.name}"


def cables(node: Node) -> list[str]:
    """Return the names of a node's cables at the switch, one for each of its cards."""
    name = namespace(node)
    return [name, *(f"{name}-{card}" for card in range(1, node.cards))]


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
    for bridge in _BRIDGES:
        run(["ip", "-n", SWITCH, "link", "add", bridge, "type", "bridge"])
        run(["ip", "-n", SWITCH, "link", "set", bridge, "up"])
    for node in NODES.values():
        name = namespace(node)
        run(["ip", "netns", "add", name])
        for card, (cable, bridge) in enumerate(zip(cables(node), _BRIDGES, strict=False)):
            run(
                ["ip", "-n", SWITCH, "link", "add", cable]
                + ["type", "veth", "peer", "name", f"eth{card}", "netns", name]
            )
            run(["ip", "-n", SWITCH, "link", "set", cable, "master", bridge, "up"])
        run(["ip", "-n", name, "link", "set", "lo", "up"])


def remove() -> None:
    """Remove the switch and the nodes' namespaces, as far as they are there."""
    present = _namespaces()
    if SWITCH in present:
        # A namespace ends later than its removal: a cable that is still in it would be in the
        # way of the next one of the same name.
        for link in (*_BRIDGES, *(cable for node in NODES.values() for cable in cables(node))):
            run(["ip", "-n", SWITCH, "link", "del", link], check=False)
        run(["ip", "netns", "del", SWITCH])
    for node in NODES.values():
        if namespace(node) in present:
            run(["ip", "netns", "del", namespace(node)])
