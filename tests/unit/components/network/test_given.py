"""Which addresses files give to static devices until now, and no longer do."""

from __future__ import annotations

import pytest

from saltext.muster.components.network import backends, given
from saltext.muster.components.network.wanted import Device, Wanted
from saltext.muster.errors import Refused


def wanted(address="192.0.2.11/24", **more):
    device = {"name": "eth0", "method": "static", "addresses": (address,), **more}
    return Wanted((Device(**device),))


INTERFACES = """\
auto eth0
iface eth0 inet static
    address {}
auto eth1
iface eth1 inet static
    address 198.51.100.1/24
"""
PROFILE = "[connection]\nid=a\ntype=ethernet\ninterface-name=eth0\n[ipv4]\nmethod=manual\n"
NETPLAN = "network:\n  ethernets:\n    eth0:\n      addresses: [{}]\n"
CASES = {
    backends.IFUPDOWN: ("/etc/network/interfaces", INTERFACES),
    backends.NETWORKMANAGER: (
        "/etc/NetworkManager/system-connections/a.nmconnection",
        PROFILE + "address1={}\n",
    ),
    backends.IFCFG: (
        "/etc/sysconfig/network-scripts/ifcfg-eth0",
        "DEVICE=eth0\nONBOOT=yes\nBOOTPROTO=none\nIPADDR={}\n",
    ),
    backends.NETPLAN: ("/etc/netplan/a.yaml", NETPLAN),
}


@pytest.mark.parametrize("backend", CASES)
def test_an_address_that_another_takes_the_place_of_is_dropped(backend):
    path, text = CASES[backend]
    found = given.dropped(
        backend,
        wanted(),
        {path: text.format("192.0.2.10/24" if backend != backends.IFCFG else "192.0.2.10")},
        {path: text.format("192.0.2.11/24" if backend != backends.IFCFG else "192.0.2.11")},
    )
    assert found == ("192.0.2.10",)


def test_files_that_stay_drop_nothing():
    path, text = CASES[backends.IFUPDOWN]
    assert (
        given.dropped(backends.IFUPDOWN, wanted(), {path: text.format("192.0.2.10/24")}, {}) == ()
    )


def test_an_address_that_moves_to_another_file_is_not_dropped():
    path, text = CASES[backends.IFUPDOWN]
    own = "/etc/network/interfaces.d/eth0"
    edited = {
        path: "source /etc/network/interfaces.d/*\n",
        own: "auto eth0\niface eth0 inet static\n  address 192.0.2.10/24\n",
    }
    texts = {path: text.format("192.0.2.10/24")}
    assert given.dropped(backends.IFUPDOWN, wanted(), texts, edited) == ()


def test_addresses_of_other_devices_and_of_those_that_a_daemon_addresses_are_none_of_it():
    path, text = CASES[backends.IFUPDOWN]
    texts = {path: text.format("192.0.2.10/24")}
    manual = wanted(method="manual")
    assert given.dropped(backends.IFUPDOWN, manual, texts, {path: ""}) == ()
    assert given.dropped(backends.IFUPDOWN, wanted(), texts, {path: ""}) == ("192.0.2.10",)


def test_a_file_that_is_removed_drops_its_addresses():
    path, text = CASES[backends.NETPLAN]
    texts = {path: text.format("192.0.2.10/24")}
    assert given.dropped(backends.NETPLAN, wanted(), texts, {path: None}) == ("192.0.2.10",)


def test_files_that_cannot_be_read_are_refused():
    texts = {"/etc/netplan/a.yaml": "network: [\n"}
    with pytest.raises(Refused, match="the files of netplan cannot be read"):
        given.dropped(backends.NETPLAN, wanted(), texts, {"/etc/netplan/b.yaml": ""})
