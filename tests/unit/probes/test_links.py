"""Links: cards, bonds, VLANs, bridges and what guests have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import links
from saltext.muster.probes.source import unknown

NET = "/sys/class/net"
VLANS = "/proc/net/vlan/config"
CARD = (
    "DRIVER=ixgbe\nPCI_CLASS=20000\nPCI_ID=8086:10FB\nPCI_SLOT_NAME=0000:18:00.0\n"
    "MODALIAS=pci:v00008086d000010FBsv00008086sd00000003bc02sc00i00\n"
)


def link(name, **more):
    """Return the files of a link; a part that is None is not there."""
    parts = {
        "ifindex": 2, "iflink": 2, "type": 1, "address": "02:00:00:00:00:01", "mtu": 1500,
        "flags": "0x1003", "operstate": "up", "carrier": 1,
    }  # fmt: skip
    parts.update({key.replace("__", "/"): value for key, value in more.items()})
    kept = {key: value for key, value in parts.items() if value is not None}
    return {f"{NET}/{name}/{key}": f"{value}\n" for key, value in kept.items()}


def read(host, files, symlinks=()):
    return links.read(host(files, dict(symlinks)))["links"]


def test_a_card(host):
    found = read(host, link("eno1", speed=10000, device__uevent=CARD))
    assert found == {
        "eno1": {
            "kind": "physical", "arphrd": 1, "mac": "02:00:00:00:00:01", "mtu": 1500, "state": "up",
            "up": True, "carrier": True, "master": "", "speed": 10000, "driver": "ixgbe",
            "bus": "pci", "pci": "0000:18:00.0", "sriov": {"total": 0, "current": 0},
        }
    }  # fmt: skip


def test_a_card_with_virtual_functions(host):
    files = link("ens1f0", device__uevent=CARD, device__sriov_totalvfs=63, device__sriov_numvfs=7)
    files.update(link("ens1f0v0", device__uevent=CARD, device__physfn__uevent="DRIVER=ixgbe"))
    found = read(host, files)
    assert found["ens1f0"]["sriov"] == {"total": 63, "current": 7}
    assert (found["ens1f0"]["kind"], found["ens1f0v0"]["kind"]) == ("physical", "vf")


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"type": 772}, "loopback"),
        ({"bridge__stp_state": 0}, "bridge"),
        ({"bonding__mode": "802.3ad 4"}, "bond"),
        ({"tun_flags": "0x1002"}, "tap"),
        ({"tun_flags": "0x1001"}, "tun"),
        ({"tun_flags": ""}, "tun"),
        ({"uevent": "DEVTYPE=vxlan\n"}, "vxlan"),
        ({"uevent": "DEVTYPE=macvtap\n"}, "macvtap"),
        ({"uevent": "INTERFACE=l0\n", "iflink": 7}, "veth"),
        ({"uevent": "INTERFACE=l0\n"}, "virtual"),
        ({"iflink": None}, "virtual"),
        ({"iflink": 0}, "virtual"),
        ({"device__uevent": "DRIVER=vif\nMODALIAS=xen-backend:vif\n"}, "xen"),
        ({"device__uevent": "DRIVER=vif\nMODALIAS=xen:vif\n"}, "physical"),
        ({"device__uevent": ""}, "physical"),
        ({"type": 32, "device__uevent": CARD}, "physical"),
    ],
)
def test_kinds(host, more, kind):
    assert read(host, link("l0", **more))["l0"]["kind"] == kind


@pytest.mark.parametrize(
    ("uevent", "bus"),
    [
        (CARD, "pci"),
        ("DEVTYPE=usb_interface\nDRIVER=cdc_ether\nMODALIAS=usb:v046Bp\n", "usb"),
        ("DRIVER=virtio_net\nMODALIAS=virtio:d00000001v00001AF4\n", "virtio"),
        ("", ""),
    ],
)
def test_the_bus_of_a_card(host, uevent, bus):
    assert read(host, link("l0", device__uevent=uevent))["l0"]["bus"] == bus


@pytest.mark.parametrize(
    ("more", "carrier", "speed"),
    [
        ({"speed": 1000}, True, 1000),
        ({"speed": 0}, True, 0),
        ({"speed": -1}, True, None),
        ({"speed": 65535}, True, None),
        ({"speed": 4294967295}, True, None),
        ({"speed": "much"}, True, None),
        ({}, True, None),
        ({"speed": 1000, "carrier": 0}, False, None),
        ({"speed": 1000, "carrier": None}, None, 1000),
        # The kernel tells no carrier of a link that is down.
        ({"speed": 1000, "carrier": None, "flags": "0x1002"}, False, None),
    ],
)
def test_carrier_and_speed(host, more, carrier, speed):
    found = read(host, link("l0", device__uevent=CARD, **more))["l0"]
    assert unknown(found["carrier"]) if carrier is None else found["carrier"] is carrier
    assert unknown(found["speed"]) if speed is None else found["speed"] == speed


def bonded(**more):
    files = link("bond0", bonding__slaves="eno1 eno2", **{"bonding__mode": "802.3ad 4", **more})
    for name, status in (("eno1", "up"), ("eno2", "down")):
        files.update(link(name, device__uevent=CARD, bonding_slave__mii_status=status))
    return files


def test_a_bond(host):
    found = read(host, bonded(bonding__ad_partner_mac="00:1c:73:aa:bb:cc", speed=10000))
    assert found["bond0"]["bond"] == {
        "mode": "802.3ad", "ports": ["eno1", "eno2"], "up": ["eno1"],
        "partner": "00:1c:73:aa:bb:cc",
    }  # fmt: skip
    assert (found["eno1"]["master"], found["bond0"]["speed"]) == ("bond0", 10000)


def test_a_bond_without_lacp_has_no_partner(host):
    bond = read(host, bonded(bonding__mode="active-backup 1"))["bond0"]["bond"]
    assert (bond["mode"], "partner" in bond) == ("active-backup", False)


def test_a_bond_of_an_older_kernel_goes_by_its_ports_carriers(host):
    files = link("bond0", bonding__slaves="eno1 eno2", bonding__mode="802.3ad 4")
    files.update({**link("eno1", device__uevent=CARD), **link("eno2", carrier=0)})
    bond = read(host, files)["bond0"]["bond"]
    assert (bond["up"], unknown(bond["partner"])) == (["eno1"], True)


def test_a_bond_whose_ports_are_not_told(host):
    bond = read(host, link("bond0", bonding__mode="802.3ad 4"))["bond0"]["bond"]
    assert unknown(bond["ports"]) and unknown(bond["up"])


def test_masters(host):
    files = {**link("br0", bridge__stp_state=0), f"{NET}/br0/brif/eno1/state": "3\n"}
    files.update({**link("eno1", device__uevent=CARD), **link("eno2"), **link("vrf0")})
    files[f"{NET}/br0/brif/gone/state"] = "3\n"
    found = read(host, files, {f"{NET}/eno2/master": "../vrf0"})
    assert {name: link_["master"] for name, link_ in found.items()} == {
        "br0": "", "eno1": "br0", "eno2": "vrf0", "vrf0": "",
    }  # fmt: skip


VLAN_TEXT = """\
VLAN Dev name	 | VLAN ID
Name-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD
bond0.100      | 100  | bond0
vlan4094       | 4094  | eno1
"""


def test_vlans():
    assert links.vlans(VLAN_TEXT) == {
        "bond0.100": {"parent": "bond0", "id": 100}, "vlan4094": {"parent": "eno1", "id": 4094},
    }  # fmt: skip


def test_a_vlan(host):
    found = read(host, {VLANS: VLAN_TEXT, **link("bond0.100", speed=2000, mtu=9000)})["bond0.100"]
    assert (found["kind"], found["speed"], found["mtu"]) == ("vlan", 2000, 9000)
    assert found["vlan"] == {"parent": "bond0", "id": 100}


def test_a_vlan_that_only_udev_tells_of(host):
    found = read(host, link("bond0.7", uevent="DEVTYPE=vlan\n"))["bond0.7"]
    assert (found["kind"], unknown(found["vlan"])) == ("vlan", True)


def test_a_vlan_whose_list_cannot_be_read(host):
    found = read(host, {f"{VLANS}/": "", **link("bond0.7", uevent="DEVTYPE=vlan\n")})["bond0.7"]
    assert "not a regular file" in found["vlan"]["unknown"]


def test_bonding_masters_is_no_link(host):
    assert list(read(host, {**link("lo"), f"{NET}/bonding_masters": "bond0\n"})) == ["lo"]


def test_parts_that_are_not_there_are_unknown_in_their_place(host):
    found = read(host, {f"{NET}/l0/ifindex": "2\n"})["l0"]
    assert [
        key for key in ("arphrd", "mac", "mtu", "state", "up", "carrier") if not unknown(found[key])
    ] == []


def test_a_number_that_is_none(host):
    assert unknown(read(host, link("l0", mtu="9" * 21))["l0"]["mtu"])
    assert unknown(read(host, link("l0", mtu="0xzz"))["l0"]["mtu"])


def test_too_many_links(host, monkeypatch):
    monkeypatch.setattr(links, "LIMIT", 2)
    files = {**link("l0"), **link("l1")}
    assert len(read(host, files)) == 2
    assert "more than 2" in read(host, {**files, **link("l2")})["unknown"]


def test_no_sysfs(host):
    assert unknown(read(host, {}))


@given(st.text())
def test_the_list_of_vlans_never_stops_it(text):
    links.vlans(text)
    assert all(0 <= vlan["id"] <= 9999 for vlan in links.vlans(f"{text}\na|1|b\n").values())
