"""Clusters whose nodes talk, for tests of flows, and the firewall that their rules make."""

from __future__ import annotations

import pytest

from saltext.muster.cluster import Network
from saltext.muster.master import loading
from saltext.muster.planning.connecting.rules import rules
from tests.support.planned import cluster, node
from tests.support.proofs import EXAMPLES

MAIN = {"main": Network("10.0.0.0/24", role="main", gateway="10.0.0.1")}
ADMIN = ("198.51.100.0/24",)


def numbered(count, start=11, **more):
    return [node(f"node{n}", f"10.0.0.{start + n}", **more) for n in range(count)]


def vmmanager(nodes=None, **more):
    return cluster("vmmanager", nodes or numbered(2), networks=MAIN, **{"admin": ADMIN, **more})


def pvc(nodes, **more):
    networks = {
        "main": Network("10.0.0.0/16", role="upstream", routers=("10.0.0.2", "10.0.0.3")),
        "cluster": Network("10.1.0.0/16", role="cluster", floating="10.1.255.1"),
        "storage": Network("10.2.0.0/16", role="storage"),
    }
    return cluster("pvc", nodes, networks=networks, **{"admin": ADMIN, **more})


def pvc_nodes(count, coordinators=3):
    return [
        node(
            f"node{n}",
            f"10.0.{n // 200}.{n % 200 + 11}",
            role="coordinator" if n < coordinators else "hypervisor",
            addresses={
                "cluster": f"10.1.{n // 200}.{n % 200 + 1}",
                "storage": f"10.2.{n // 200}.{n % 200 + 1}",
            },
        )
        for n in range(count)
    ]


def found(cluster, id_, direction, port, protocol="tcp", network="main"):
    """Return the peers of the rule with exactly that first port."""
    return next(
        (
            rule["peers"]
            for rule in rules(cluster, cluster.nodes[id_])
            if (rule["direction"], rule["protocol"], rule["first"], rule["network"])
            == (direction, protocol, port, network)
        ),
        None,
    )


def examples():
    made = []
    for path in sorted(EXAMPLES.glob("*.yaml")):
        loaded = loading.from_bytes(str(path), path.read_bytes())
        if loaded.cluster:
            made.append(pytest.param(loaded.cluster, id=path.stem))
    return made


def chains(own):
    """Return rules as the probe ``firewall`` tells those of a firewall that refuses the rest."""
    made = []
    for direction, peer in (("input", "saddr"), ("output", "daddr")):
        inner = []
        for rule in own:
            if rule["direction"] == direction and rule["protocol"] != "icmp":
                match = [
                    {"on": "proto", "in": [rule["protocol"]]},
                    {"on": "dport", "in": [f"{rule['first']}-{rule['last']}"]},
                ]
                if rule["interface"]:
                    match.append({"on": "iif", "in": [rule["interface"]]})
                if rule["peers"] != ["any"]:
                    match.append({"on": peer, "in": rule["peers"]})
                inner.append({"if": match, "then": "accept"})
        base = {"family": "inet", "table": "muster", "name": direction, "hook": direction}
        more = {"type": "filter", "priority": 0, "policy": "drop", "devices": []}
        made.append({**base, **more, "rules": inner})
    return made
