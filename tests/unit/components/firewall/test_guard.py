from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.firewall import guard
from saltext.muster.components.firewall.connections import Connection

from .made import made, node, rule

OWN = ["192.0.2.11"]


def problems(wanted, facts=None, connections=(), people=None):
    return list(guard.problems(wanted, facts or node(), list(connections), OWN, people))


def test_a_plan_that_lets_the_administrators_in_is_good():
    assert problems(made(rule())) == []


def test_a_network_of_administrators_that_is_shut_out_is_told_with_the_remedy():
    (problem,) = problems(made(rule(), admin=["192.0.2.0/24", "198.51.100.0/24"]))
    assert "port 22, which is shut to 198.51.100.0/24 of admin" in problem


def test_a_rule_of_one_interface_lets_nobody_in_by_others():
    assert problems(made(rule(interface="virbr0")))


def test_where_sshd_really_listens_counts():
    facts = node(["22", "2222"], [(2222, "0.0.0.0", "sshd")])
    assert guard.ssh_ports(facts) == [2222]
    (problem,) = problems(made(rule()), facts)
    assert "2222" in problem
    assert "firewall.accept" in problem


@pytest.mark.parametrize(
    ("ports", "listening", "found"),
    [
        # A port that sshd forwards for a user is none of its own.
        (["22"], [(22, "0.0.0.0", "sshd"), (6010, "0.0.0.0", "sshd")], [22]),
        # systemd listens for it.
        (["22"], [(22, "::", "systemd")], [22]),
        # Settings that are not in force yet.
        (["2222"], [(22, "0.0.0.0", "sshd")], [22]),
        (["2222"], [], [2222]),
        ([], [(22, "127.0.0.1", "sshd"), (23, "::", "sshd")], [23]),
        ([], [], [22]),
    ],
)
def test_the_ports_of_ssh(ports, listening, found):
    assert guard.ssh_ports(node(ports, listening)) == found


def test_who_is_logged_in_is_not_shut_out():
    (problem,) = problems(made(rule()), connections=[Connection(22, "203.0.113.9", 50000)])
    assert "logged in by SSH on port 22 from 203.0.113.9" in problem
    assert problems(made(rule()), connections=[Connection(40000, "203.0.113.9", 22)]) == []


def test_who_only_tries_passwords_is_nobody():
    tries = [Connection(22, "203.0.113.9", 50000), Connection(22, "203.0.113.10", 50001)]
    assert problems(made(rule()), connections=tries, people=[]) == []
    (problem,) = problems(made(rule()), connections=tries, people=["203.0.113.10"])
    assert "from 203.0.113.10, and" in problem


def test_minions_of_a_master_on_this_node_are_not_shut_out():
    facts = node(listening=[(22, "0.0.0.0", "sshd"), (4506, "0.0.0.0", "salt-master")])
    (problem,) = problems(made(rule()), facts, [Connection(4506, "198.51.100.9", 50000)])
    assert "198.51.100.9 would not reach port 4506" in problem


def test_without_administrators_the_masters_must_get_in_and_without_both_somebody():
    assert problems(made(rule(), admin=[])) == []
    assert "salt_masters" in problems(made(rule(peers=["198.51.100.1"]), admin=[]))[0]
    assert problems(made(rule(peers=["198.51.100.1"]), admin=[], masters=[])) == []
    assert "write `admin`" in problems(made(rule(first=80), admin=[], masters=[]))[0]


def test_connections_to_ports_that_get_shut_are_told():
    facts = node(listening=[(22, "0.0.0.0", "sshd"), (3306, "0.0.0.0", "mysqld")])
    connections = [Connection(3306, "198.51.100.9", 50000), Connection(40000, "198.51.100.9", 80)]
    (note,) = guard.told(made(rule()), facts, connections, OWN)
    assert "port 3306 is shut to 198.51.100.9" in note


@given(st.integers(0, 32), st.integers(0, 2**32 - 1))
def test_no_network_of_administrators_is_missed(length, number):
    import ipaddress

    net = ipaddress.ip_network((number >> (32 - length) << (32 - length), length))
    let_in = ipaddress.ip_network("192.0.2.0/24")
    good = net.subnet_of(let_in) or str(net) == f"{OWN[0]}/32"
    assert (problems(made(rule(), admin=[str(net)])) == []) == good
