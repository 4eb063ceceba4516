"""The tries between nodes: few, and every node at least once."""

from __future__ import annotations

import itertools

import pytest

from saltext.muster.cluster import Network
from saltext.muster.planning.connecting import flows, peer_probes
from tests.support.planned import cluster, node

MAIN = {"main": Network("10.0.0.0/16", role="main")}


def made(count, platform="ganeti", role=lambda n: "node"):
    nodes = [node(f"n{i}", f"10.0.{i // 250}.{i % 250 + 1}", role=role(i)) for i in range(count)]
    return cluster(platform, nodes, networks=MAIN, admin=("198.51.100.0/24",))


def at(one, port):
    found = [probe for probe in peer_probes.probes(one) if probe.port == port]
    assert len({(probe.source, probe.destination) for probe in found}) == len(found)
    assert all(probe.source != probe.destination for probe in found)
    return found


def test_few_nodes_try_each_other():
    assert len(at(made(4), 1811)) == 4 * 3
    assert len(at(made(16), 1811)) == 16 * 15


@pytest.mark.parametrize("count", [17, 18, 100, 1001])
def test_many_nodes_stand_in_a_ring(count):
    found = at(made(count), 1811)
    assert len(found) == count
    assert {probe.source for probe in found} == {probe.destination for probe in found}
    assert len({probe.source for probe in found}) == count


def test_where_few_serve_many_everybody_tries():
    one = made(40, "pvc", lambda i: "coordinator" if i < 3 else "hypervisor")
    found = at(one, 2181)
    assert {probe.source for probe in found} == set(one.nodes)
    assert {probe.destination for probe in found} == {"n0", "n1", "n2"}
    assert len(at(one, 8008)) == 3 * 2, "coordinators among themselves"


def test_one_node_has_nobody_to_try():
    assert not list(peer_probes.probes(made(1)))


def test_what_has_an_end_outside_is_not_tried():
    tried = {(probe.protocol, probe.port) for probe in peer_probes.probes(made(3))}
    assert ("udp", 123) not in tried and ("tcp", 443) not in tried
    ours = [each for each in flows.flows(made(3)) if each.source == each.destination]
    assert tried == {(each.protocol, each.first) for each in ours if each.protocol != "icmp"}


def test_the_tries_are_given_lazily():
    assert len(list(itertools.islice(peer_probes.probes(made(2000)), 5))) == 5
