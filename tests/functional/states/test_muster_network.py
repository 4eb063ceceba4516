"""The network's files below a root; the running network is changed in the lab alone."""

from __future__ import annotations

import pytest

CONFIGURED = "muster_network.configured"
INTERFACES = "/etc/network/interfaces"
PLAIN = """\
auto lo
iface lo inet loopback

auto eth0
iface eth0 inet static
    address 192.0.2.11/24
    gateway 192.0.2.1

auto eth7
iface eth7 inet dhcp
"""
WANTED = {
    "devices": [
        {"name": "eth0"},
        {
            "name": "br0",
            "kind": "bridge",
            "ports": ["eth0"],
            "method": "static",
            "addresses": ["192.0.2.11/24"],
            "gateways": ["192.0.2.1"],
        },
    ]
}
MANUAL = {
    "devices": [{"name": "eth0", "addresses": ["192.0.2.11/24"], "gateways": ["192.0.2.1"]}],
    "split": True,
}


@pytest.fixture
def debian(node):
    node.write("/usr/sbin/ifup", mode=0o755)
    node.write(INTERFACES, PLAIN)
    return node


def test_an_address_moves_to_the_bridge_and_foreign_stanzas_stay(converged, debian, testmode):
    assert list(converged(CONFIGURED, wanted=WANTED)["changes"]) == ["files"]
    if not testmode:
        main = debian.read(INTERFACES)
        assert "192.0.2.11" not in main
        assert "auto eth7\niface eth7 inet dhcp\n" in main
        assert "bridge_ports eth0" in debian.read("/etc/network/interfaces.d/br0")


def test_sysctls_have_a_file_of_their_own(converged, debian, testmode):
    wanted = {**WANTED, "sysctls": {"net.ipv4.ip_forward": "1"}}
    assert set(converged(CONFIGURED, wanted=wanted)["changes"]) == {"files", "sysctls"}
    if not testmode:
        text = debian.read("/etc/sysctl.d/60-muster.conf")
        assert text.endswith("net.ipv4.ip_forward = 1\n")


def test_files_that_somebody_took_out_of_force_are_no_obstacle(converged, debian):
    debian.link("/etc/sysctl.d/99-x.conf", "/dev/null")
    debian.write("/usr/lib/sysctl.d/99-x.conf", "net.ipv4.ip_forward = 0\n")
    wanted = {**WANTED, "sysctls": {"net.ipv4.ip_forward": "1"}}
    assert "sysctls" in converged(CONFIGURED, wanted=wanted)["changes"]


def test_muster_s_own_file_taken_out_of_force_is_told(fails, debian):
    debian.link("/etc/sysctl.d/60-muster.conf", "/dev/null")
    wanted = {**WANTED, "sysctls": {"net.ipv4.ip_forward": "1"}}
    assert "60-muster.conf is a link to /dev/null" in fails(CONFIGURED, wanted=wanted)


def test_neighbours_are_answered_for_at_boot(converged, debian, testmode):
    wanted = {**WANTED, "proxies": {"br0": ["2001:db8::2"]}}
    assert set(converged(CONFIGURED, wanted=wanted)["changes"]) == {"files", "proxies"}
    if not testmode:
        unit = debian.read("/etc/systemd/system/muster-proxies.service")
        assert "proxy 2001:db8::2 dev br0\n" in unit


def test_pvc_s_interfaces_are_static_until_its_daemon_is_enabled(converged, debian, testmode):
    converged(CONFIGURED, wanted=MANUAL)
    if testmode:
        return
    assert "inet static" in debian.read("/etc/network/interfaces.d/eth0")
    unit = "/etc/systemd/system/pvcnoded.service"
    debian.write(unit, "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n")
    debian.link("/etc/systemd/system/multi-user.target.wants/pvcnoded.service", unit)
    assert list(converged(CONFIGURED, wanted=MANUAL)["changes"]) == ["files"]
    text = debian.read("/etc/network/interfaces.d/eth0")
    assert "inet manual" in text
    assert "192.0.2.11" not in text


def test_without_a_program_that_is_in_charge_nothing_is_guessed(fails, node):
    assert "no file tells which program" in fails(CONFIGURED, wanted=WANTED)


def test_two_programs_in_charge_are_named(fails, debian):
    debian.write("/usr/sbin/netplan", mode=0o755)
    debian.write("/etc/netplan/a.yaml", "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n")
    comment = fails(CONFIGURED, wanted=WANTED)
    assert "ifupdown by /etc/network/interfaces; netplan by /etc/netplan/a.yaml" in comment


def test_a_sysctl_that_another_file_sets_later_is_told(fails, debian):
    debian.write("/etc/sysctl.conf", "net.ipv4.ip_forward=0\n")
    wanted = {**WANTED, "sysctls": {"net.ipv4.ip_forward": "1"}}
    assert "/etc/sysctl.conf:1 sets net.ipv4.ip_forward" in fails(CONFIGURED, wanted=wanted)


def test_what_is_no_plan_is_refused(fails, debian):
    comment = fails(CONFIGURED, wanted={"devices": [{"name": "eth0; reboot"}]})
    assert "is no name of a link" in comment


def test_passwords_are_not_shown(minion, debian, testmode):
    debian.write(INTERFACES, PLAIN.replace("    gateway", "    wpa-psk geheim\n    gateway"))
    ret = minion.state(CONFIGURED, test=True, wanted=WANTED, root=debian.root)
    assert "geheim" not in str(ret)
