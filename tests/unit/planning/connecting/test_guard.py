"""A plan of ports that would cut off SSH or Salt is refused."""

from __future__ import annotations

import pytest

from saltext.muster.cluster import Network
from saltext.muster.planning.connecting import rules
from saltext.muster.planning.connecting.guard import guard
from saltext.muster.verdict import FAIL
from tests.support.planned import cluster, node

MAIN = {"main": Network("10.0.0.0/24", role="main")}
NODES = [node("node1", "10.0.0.11"), node("node2", "10.0.0.12")]
SIX = [node("node1", "2001:db8::11")]


def made(platform="ravada", nodes=NODES, **more):
    return cluster(platform, nodes, networks=MAIN, **more)


def only(one, plan=None):
    (found,) = guard(one, plan)
    assert found.status == FAIL and found.remedy and found.public
    assert "10.0" not in found.public and "node1" not in found.public
    return found


@pytest.mark.parametrize("platform", ["vmmanager", "pvc", "ganeti"])
def test_where_ssh_is_not_restricted_nothing_need_be_declared(platform):
    assert not list(guard(made(platform)))


def test_restricted_ssh_without_administrators_is_refused():
    found = only(made())
    assert found.where == ()
    assert "node1" in found.message and "admin" in found.remedy


@pytest.mark.parametrize(
    "more",
    [{"admin": ("198.51.100.0/24",)}, {"salt_masters": ("10.0.0.1",)}],
)
def test_restricted_ssh_with_somebody_who_administers_is_good(more):
    assert not list(guard(made(**more)))


def test_administrators_of_the_other_ip_version_are_nobody():
    found = only(made(admin=("2001:db8:1::/64",)))
    assert found.where == ("admin",) and "IPv4" in found.message
    found = only(made("vmmanager", SIX, admin=("198.51.100.0/24",)))
    assert found.where == ("admin",) and "IPv6" in found.message
    assert not list(guard(made(admin=("2001:db8:1::/64", "198.51.100.0/24"))))


def test_a_salt_master_of_the_other_ip_version_is_not_reached():
    found = only(made("vmmanager", salt_masters=("2001:db8::1",), admin=("10.0.0.0/24",)))
    assert found.where == ("salt_masters",)


def test_a_network_without_a_gateway_leads_to_nobody_outside():
    storage = [node("node1", "10.0.0.11", addresses={"storage": "fd00::11"})]

    def with_storage(admin, **more):
        networks = {**MAIN, "storage": Network("fd00::/64", role="storage", **more)}
        salt = ("192.0.2.1",)
        return cluster("pvc", storage, networks=networks, admin=admin, salt_masters=salt)

    found = only(with_storage(("2001:db8::/64",)))
    assert found.where == ("admin",) and "IPv4" in found.message
    assert not list(guard(with_storage(("fd00::/64",)))), "administered in that very network"
    assert not list(guard(with_storage(("2001:db8::/64",), gateway="fd00::1")))


def test_a_node_of_the_other_ip_version_is_found_behind_its_equals():
    mixed = [node("node1", "10.0.0.11"), node("node2", "2001:db8::12")]
    salt = ("192.0.2.1", "2001:db8::1")
    one = cluster("vmmanager", mixed, admin=("198.51.100.0/24",), salt_masters=salt)
    assert "node2" in only(one).message


@pytest.mark.parametrize(
    "admin",
    [("10.0.0.12/32",), ("127.0.0.0/8",), ("224.0.0.0/4", "10.0.0.12/32"), ("0.0.0.0/32",)],
)
@pytest.mark.parametrize("platform", ["ravada", "vmmanager"])
def test_a_node_that_nobody_else_administers_is_shut(platform, admin):
    found = only(made(platform, admin=admin, salt_masters=("192.0.2.1",)))
    assert found.where == ("admin",) and "itself" in found.message


def test_two_nodes_that_administer_each_other_are_not_shut():
    assert not list(guard(made(admin=("10.0.0.11/32", "10.0.0.12/32"))))


def test_a_salt_master_among_the_nodes_is_reached():
    admin = ("198.51.100.0/24",)
    assert not list(guard(made(salt_masters=("10.0.0.11",), admin=admin)))


def test_a_salt_master_among_the_nodes_is_not_administered_by_itself():
    found = only(made(salt_masters=("10.0.0.11",)))
    assert found.where == ("salt_masters",) and "`admin`" in found.remedy


class Closed(rules.Rules):
    """Rules that lack what opens some ports: a platform whose flows are wrong."""

    def __init__(self, one, port, direction):
        super().__init__(one)
        self.lost = port, direction

    def of(self, node):
        kept = super().of(node)
        return [rule for rule in kept if (rule["first"], rule["direction"]) != self.lost]


@pytest.mark.parametrize(
    ("port", "direction", "key"),
    [
        (22, "input", "admin"),
        (4505, "output", "salt_masters"),
        (4505, "input", "salt_masters"),
    ],
)
def test_a_plan_without_ssh_or_salt_is_refused(port, direction, key):
    one = made(admin=("198.51.100.0/24",), salt_masters=("10.0.0.11", "192.0.2.1"))
    assert only(one, Closed(one, port, direction)).where == (key,)


def test_salt_that_is_not_told_must_be_reached_anywhere():
    one = made("vmmanager")
    assert only(one, Closed(one, 4505, "output")).where == ()
    assert only(one, Closed(one, 22, "input")).where == ()


def test_many_nodes_give_one_finding():
    nodes = [node(f"node{n}", f"10.0.0.{n}") for n in range(1, 200)]
    assert "node1" in only(made(nodes=nodes)).message
