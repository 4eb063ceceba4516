"""What is laid over a root: names, network and keys, each node its own and no other's."""

from __future__ import annotations

import ipaddress

import pytest

from lab import layer
from lab.keys import KeyPair
from lab.network import cables
from lab.recipes import MASTER, MINIONS, NODES, PREFIX, ROOTS, Node

KEYS = {name: KeyPair(f"private {name}", f"public {name}") for name in NODES}


def write(node, folder):
    layer.write(node, folder, KEYS)
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.mark.parametrize("node", NODES.values(), ids=NODES)
def test_a_node_has_its_own_private_key_alone(node, tmp_path):
    files = write(node, tmp_path)
    private = {name: text for name, text in files.items() if "private" in text}
    folder = "master/master" if node.is_master else "minion/minion"
    assert private == {f"etc/salt/pki/{folder}.pem": f"private {node.name}"}
    assert (tmp_path / f"etc/salt/pki/{folder}.pem").stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize("node", MINIONS, ids=lambda node: node.name)
def test_a_minion_is_fresh_and_knows_its_master(node, tmp_path):
    files = write(node, tmp_path)
    assert files["etc/hostname"] == f"{node.name}\n"
    assert f"127.0.1.1\t{node.id}\t{node.name}\n" in files["etc/hosts"]
    assert files["etc/salt/pki/minion/minion_master.pub"] == f"public {MASTER.name}"
    assert f"id: {node.id}\n" in files["etc/salt/minion.d/lab.conf"]
    assert ("bridge_ports eth0" in files.get("etc/network/interfaces", "")) == node.bridged


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("net1", "etc/network/interfaces"),
        ("net2", "etc/NetworkManager/system-connections/eth0.nmconnection"),
        ("net3", "etc/netplan/01-netcfg.yaml"),
    ],
)
def test_a_node_of_each_backend_has_its_address_by_that_alone(name, path, tmp_path):
    node = NODES[name]
    files = write(node, tmp_path)
    assert [each for each, text in files.items() if f"{node.address}/24" in text] == [path]
    assert f"{node.gateway}" in files[path]


def test_the_master_knows_exactly_its_minions(tmp_path):
    files = write(MASTER, tmp_path)
    known = {name.rpartition("/")[2] for name in files if "pki/master/minions/" in name}
    assert known == {minion.id for minion in MINIONS}
    assert "auto_accept" not in files["etc/salt/master.d/muster.conf"]
    assert set(files) >= {"etc/muster/clusters/demo.yaml", "etc/muster/clusters/ravada.yaml"}


def test_two_boots_of_a_node_are_two_machines(tmp_path):
    node = MINIONS[0]
    one, two = (write(node, tmp_path / name)["etc/machine-id"] for name in ("one", "two"))
    assert one != two


def test_the_recipes_fit_together():
    addresses = [node.address for node in NODES.values()]
    assert len(set(addresses)) == len(addresses)
    network = ipaddress.ip_network("10.77.0.0/24")
    assert all(ipaddress.ip_address(address) in network for address in addresses)
    for node in NODES.values():
        root = ROOTS[node.root]
        versions = {v for other in ROOTS.values() if other.suite == root.suite for v in other.salt}
        assert node.salt in versions
        assert not set(root.served) & set(root.packages)
        # An interface's name: 15 characters at most.
        assert all(len(cable) <= 15 for cable in cables(node))


def test_a_node_has_a_cable_for_each_card():
    node = Node("two.example.com", "10.77.0.9", "bookworm", "3008.3", cards=2)
    assert cables(node) == [f"{PREFIX}two", f"{PREFIX}two-1"]
