from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import live
from saltext.muster.probes.source import unknown

QEMU = ("qemu-system-x86", ["qemu-system-x86_64", "-name", "guest=a", "-machine", "pc,accel=kvm"])


def process(pid, name, command):
    return {
        f"/proc/{pid}/comm": f"{name}\n",
        f"/proc/{pid}/cmdline": "".join(f"{word}\0" for word in command),
    }


@pytest.mark.parametrize(
    ("name", "command", "wanted"),
    [
        (*QEMU, True),
        ("qemu-kvm", ["/usr/libexec/qemu-kvm", "-name", "guest=b"], True),
        ("kvm", ["/usr/bin/kvm", "-name", "c"], True),
        (
            "qemu:web1",
            ["/usr/bin/qemu-system-x86_64", "-name", "guest=web1,process=qemu:web1"],
            True,
        ),
        ("firecracker", ["firecracker", "--id", "d"], True),
        ("lxc-start", ["[lxc monitor] /var/lib/lxc e"], True),
        ("lxd", ["[lxc monitor] /var/snap/lxd/common/lxd/containers f"], True),
        # Not guests.
        ("qemu-ga", ["/usr/sbin/qemu-ga"], False),
        ("qemu-nbd", ["qemu-nbd"], False),
        ("qemu-img", ["qemu-img", "convert"], False),
        ("lxd", ["/usr/bin/lxd", "--group", "lxd"], False),
        ("lxc", ["lxc", "list"], False),
        ("kvm", [], False),
        ("kvm-nx-lpage-re", [], False),
        ("bash", ["bash", "-c", "qemu-system-x86_64"], False),
        ("qemu-system-x86", ["qemu-system-x86_64", "-S", "-M", "none", "-qmp", "x"], False),
        ("qemu-kvm", ["qemu-kvm", "-machine", "none,accel=kvm"], False),
    ],
)
def test_is_guest(host, name, command, wanted):
    assert live.is_guest(name, command) is wanted
    found = live.read(host({**process(1, "systemd", ["/sbin/init"]), **process(7, name, command)}))
    assert found["guests"] == int(wanted)


def test_guests_are_counted(host):
    files = {}
    for pid in range(10, 15):
        files.update(process(pid, *QEMU))
    assert live.read(host(files))["guests"] == 5


def test_a_process_that_has_ended_is_no_guest(host):
    assert live.read(host({"/proc/1/": "", **process(2, *QEMU)}))["guests"] == 1


def test_no_processes_to_be_seen_is_not_no_guests(host):
    assert unknown(live.read(host({"/proc/cmdline": ""}))["guests"])


def test_xen_guests_are_seen_by_their_devices(host):
    names = ("vif-3-0", "vbd-3-51712", "vif-12-0", "vbd-0-51712", "console-3-0", "odd")
    files = {f"/sys/bus/xen-backend/devices/{name}/": "" for name in names}
    assert live.read(host({**process(1, "init", ["init"]), **files}))["guests"] == 2


def test_an_emulator_beside_a_xen_guest_is_not_a_second_guest(host):
    files = {**process(5, *QEMU), "/sys/bus/xen-backend/devices/vif-3-0/": ""}
    assert live.read(host(files))["guests"] == 1


@pytest.mark.parametrize(
    ("files", "identities"),
    [
        ({}, []),
        (
            {"/var/lib/ganeti/ssconf_cluster_name": "c.example.com\n"},
            ["ganeti cluster c.example.com"],
        ),
        ({"/var/lib/ganeti/": ""}, []),
        ({"/etc/pvc/pvcnoded.yaml": ""}, ["pvc"]),
        ({"/opt/ispsystem/": ""}, ["vmmanager"]),
        ({"/run/libvirt/qemu/web1.pid": "7\n"}, ["libvirt guests"]),
        ({"/run/libvirt/qemu/driver.pid": "1\n", "/run/libvirt/qemu/web1.xml": ""}, []),
    ],
)
def test_identities(host, files, identities):
    assert live.read(host(files))["identities"] == identities


def test_an_unreadable_identity_is_unknown_and_not_none(host):
    assert unknown(live.read(host({"/var/lib/ganeti/ssconf_cluster_name/": ""}))["identities"])


@given(st.text(), st.lists(st.text()))
def test_no_process_makes_it_raise(name, command):
    assert live.is_guest(name, command) in (True, False)
