from __future__ import annotations

import pytest

from saltext.muster.components.network import backends
from saltext.muster.components.network.wanted import Device, Wanted
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts, Unread

WANTED = Wanted((Device("eth0"), Device("br0", "bridge", ports=("eth0",))))
IFUPDOWN, NM, NETPLAN = "ifupdown", "networkmanager", "netplan"


def facts(**files):
    """Return facts in which backends name interfaces by files."""
    found = {name: {"entries": []} for name in (*backends.WRITTEN, backends.NETWORKD)}
    for name, named in files.items():
        found[name]["entries"] = [{"file": f, "interface": i} for f, i in named.items()]
    return Facts({"interface_files": found})


def chosen(there, **files):
    return backends.in_charge(WANTED, facts(**files), set(there))


def test_the_one_whose_files_name_a_device_is_in_charge():
    files = {"/etc/network/interfaces": "eth0:1"}
    assert chosen([IFUPDOWN, NM], ifupdown=files) == IFUPDOWN


def test_files_of_a_program_that_is_not_there_do_not_count():
    files = {"/etc/network/interfaces": "eth0"}
    keyfiles = {"/etc/NetworkManager/system-connections/a.nmconnection": "br0"}
    assert chosen([NM], ifupdown=files, networkmanager=keyfiles) == NM


def test_two_in_charge_are_refused_with_both_named():
    files = {"/etc/network/interfaces": "eth0"}
    with pytest.raises(Refused, match="two programs") as caught:
        chosen([IFUPDOWN, NETPLAN], ifupdown=files, netplan={"/etc/netplan/a.yaml": "br0"})
    assert "ifupdown by /etc/network/interfaces; netplan by /etc/netplan/a" in str(caught.value)


def test_files_about_other_devices_do_not_count():
    files = {"/etc/network/interfaces": "wlan0"}
    assert chosen([NM], ifupdown=files) == NM


@pytest.mark.parametrize(
    ("there", "name"),
    [
        ([IFUPDOWN], IFUPDOWN),
        ([NM, backends.IFCFG], NM),
        ([NETPLAN, backends.NETWORKD], NETPLAN),
        ([NETPLAN, NM, backends.IFCFG], NETPLAN),
    ],
)
def test_without_a_file_it_is_the_only_one_there(there, name):
    assert chosen(there) == name


@pytest.mark.parametrize("there", [[], [IFUPDOWN, NM], [IFUPDOWN, NETPLAN]])
def test_without_a_file_nothing_is_guessed(there):
    with pytest.raises(Refused, match="no file tells which program"):
        chosen(there)


@pytest.mark.parametrize(
    ("there", "files"),
    [
        ([backends.NETWORKD], {}),
        ([backends.NETWORKD], {"networkd": {"/etc/systemd/network/a.network": "eth0"}}),
    ],
)
def test_files_that_muster_does_not_write_are_left(there, files):
    with pytest.raises(Refused, match="networkd configures this node's network"):
        chosen(there, **files)


def test_what_is_there_is_told_by_programs_and_units():
    paths = {"/sbin/ifup", "/usr/sbin/netplan"}
    assert backends.there([], paths.__contains__) == {IFUPDOWN, NETPLAN}
    units = ["NetworkManager.service", "systemd-networkd.service"]
    assert backends.there(units, lambda _: False) == {NM, backends.IFCFG, backends.NETWORKD}
    assert backends.there(["network.service"], lambda _: False) == {backends.IFCFG}


def test_what_could_not_be_read_is_not_taken_for_nothing():
    found = facts().data
    found["interface_files"][NETPLAN] = {"unknown": "no such"}
    with pytest.raises(Unread):
        backends.in_charge(WANTED, Facts(found), {NETPLAN})
