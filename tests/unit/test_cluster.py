"""The cluster's own functions; that data and back is the same is a property (test_properties)."""

from __future__ import annotations

import hashlib
import json

import pytest

from saltext.muster.cluster import Cluster, Host, Node, Waiver

from .master import support


def cluster(**changes):
    node = Node("a.example.com", "10.0.0.9", "a.example.com", "a")
    values = {"nodes": {node.id: node}, "options": None, **changes}
    return Cluster("c", "ganeti", "kvm", "current", "test", **values)


def test_hosts_are_sorted_by_number_not_by_text():
    found = cluster(
        hosts=(Host("10.0.0.10", ("b",)), Host("2001:db8::1", ("d",)), Host("9.0.0.1", ("c",))),
        cluster_name="cl.example.com",
        cluster_address="10.0.0.2",
    )
    assert [row["address"] for row in json.loads(found.hosts_list())] == [
        "9.0.0.1",
        "10.0.0.2",
        "10.0.0.9",
        "10.0.0.10",
        "2001:db8::1",
    ]


def test_the_hosts_list_is_canonical():
    found = cluster()
    row = found.nodes["a.example.com"]
    text = f'[{{"address":"10.0.0.9","id":"{row.id}","names":["a.example.com","a"]}}]'.encode()
    assert found.hosts_list() == text
    assert found.hosts_digest == hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize(
    ("nodes", "covered"), [(None, True), (frozenset({"a"}), True), (frozenset({"b"}), False)]
)
def test_whom_a_waiver_covers(nodes, covered):
    assert Waiver("GNT-001", "r", "o", "2027-01-01", nodes).covers("a") is covered


def test_a_cluster_without_networks_has_no_main():
    assert cluster().main is None
    assert support.cluster().main.bridge == "gnt-br"
