"""What holds for every probe, whatever it finds."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from saltext.muster import facts, probes

PROBES = sorted(
    path.stem
    for path in Path(probes.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("source",)
)

#: All that the probes look at; each is put in a place of the wrong kind below.
PATHS = (
    "/etc/os-release", "/etc/debian_version", "/etc/redhat-release", "/etc/hostname", "/etc/hosts",
    "/etc/chrony/chrony.conf", "/etc/selinux/config", "/etc/modprobe.d/a.conf", "/etc/modules",
    "/etc/modules-load.d/a.conf", "/etc/drbd.conf", "/etc/drbd.d/a.res", "/etc/cloud/cloud.cfg",
    "/etc/cloud/cloud.cfg.d/a.cfg", "/var/lib/dpkg/status", "/proc/cmdline", "/proc/cpuinfo",
    "/proc/drbd", "/proc/sys/kernel/osrelease", "/proc/sys/kernel/hostname",
    "/proc/xen/capabilities", "/proc/7/comm", "/proc/7/cmdline", "/sys/fs/selinux/enforce",
    "/sys/module/drbd/version", "/sys/module/drbd/refcnt",
    "/sys/module/drbd/parameters/minor_count", "/sys/module/kvm_intel/parameters/nested",
    "/sys/class/dmi/id/chassis_type", "/sys/class/dmi/id/sys_vendor",
    "/sys/class/dmi/id/product_name", "/sys/class/net/br0/ifindex",
    "/sys/class/net/br0/bridge/stp_state", "/sys/class/net/br0/bridge/forward_delay",
    "/var/lib/ganeti/ssconf_cluster_name", "/lib/modules/6.1.0/modules.dep",
    "/etc/systemd/system/chrony.service", "/usr/bin/kvm-spice", "/dev/kvm",
    "/etc/apt/sources.list", "/etc/apt/sources.list.d/a.sources", "/var/log/dpkg.log",
    "/var/lib/update-notifier/updates-available", "/var/lib/docker/containers/a/config.v2.json",
    "/root/.bashrc", "/etc/skel/.bashrc", "/etc/ceph/ceph.conf", "/usr/share/perl5/Ravada.pm",
    "/proc/net/tcp", "/proc/net/udp6", "/proc/7/stat", "/proc/7/maps", "/proc/stat",
    "/proc/self/status", "/run/reboot-required.pkgs", "/boot/vmlinuz-6.1.0",
    "/sys/class/net/eno1/ifindex", "/sys/class/net/eno1/mtu", "/sys/class/net/eno1/device/uevent",
    "/sys/class/net/bond0/ifindex", "/sys/class/net/bond0/bonding/slaves", "/proc/net/vlan/config",
    "/sys/class/net/tap0/ifindex", "/sys/class/net/tap0/tun_flags", "/etc/iproute2/rt_tables",
    "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv6/conf/br0/proxy_ndp", "/etc/ndppd.conf",
    "/etc/sysctl.d/a.conf", "/etc/pvc/pvcnoded.yaml",
)  # fmt: skip


def folder(path):
    path.mkdir()


def loop(path):
    path.symlink_to(path.name)


def binary(path):
    path.write_bytes(bytes(range(256)) * 40)


def empty(path):
    path.write_bytes(b"")


def huge(path):
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)  # sparse: all NULs


@pytest.mark.parametrize("make", [folder, os.mkfifo, loop, binary, empty, huge])
def test_odd_files_never_stop_a_probe(host, tmp_path, make):
    source = host()
    for path in PATHS:
        here = tmp_path / "root" / path.lstrip("/")
        here.parent.mkdir(parents=True, exist_ok=True)
        make(here)
    found = facts.collect(PROBES, source=source)
    assert [name for name in PROBES if set(found[name]) == {"unknown"}] == []
    json.dumps(found).encode("utf-8")


def test_an_empty_root_gives_reasons_and_no_guess(host):
    found = facts.collect(PROBES, source=host())
    assert [name for name in PROBES if set(found[name]) == {"unknown"}] == []
    for probe, key in (
        ("os", "id"), ("os", "family"), ("kernel", "release"), ("virtualization", "extension"),
        ("virtualization", "kvm"), ("virtualization", "firmware"), ("motherboard", "bmc"),
        ("hostname", "running"), ("chrony", "tracking"), ("selinux", "running"),
        ("drbd", "loaded"), ("drbd", "in_use"), ("drbd", "available"), ("packages", "installed"),
        ("bridges", "links"), ("clock", "wall"), ("live", "guests"), ("packages", "changed"),
        ("repositories", "enabled"), ("services", "running"), ("services", "programs"),
        ("sockets", "listening"), ("updates", "pending"), ("restart", "kernels"),
        ("restart", "daemons"), ("identity", "uid"), ("links", "links"), ("addresses", "addresses"),
        ("addresses", "rules"), ("addresses", "proxies"), ("forwarding", "ipv4"),
        ("forwarding", "proxy_ndp"), ("ndppd", "installed"),
    ):  # fmt: skip
        assert set(found[probe][key]) == {"unknown"}, (probe, key)
        assert len(found[probe][key]["unknown"]) > 10


def test_names_that_are_no_utf_8_are_still_text(host, tmp_path):
    source = host(
        {"/etc/chrony.conf": "confdir /etc/chrony.d\n"}, links={"/usr/bin/kvm-spice": "x"}
    )
    root = os.fsencode(str(tmp_path / "root"))
    os.makedirs(root + b"/etc/chrony.d")
    with open(root + b"/etc/chrony.d/\xff.conf", "w") as file:
        file.write("server a\n")
    os.makedirs(root + b"/sys/class/net/\xe9th/bridge")
    with open(root + b"/sys/class/net/\xe9th/ifindex", "w") as file:
        file.write("2\n")
    found = facts.collect(("chrony", "bridges"), source=source)
    json.dumps(found, ensure_ascii=False).encode("utf-8")
    assert found["chrony"]["sources"][0]["file"] == "/etc/chrony.d/\\xff.conf"
    assert found["bridges"]["links"] == ["\\xe9th"]


def test_every_probe_has_a_documented_read():
    for name in PROBES:
        probe = __import__(f"saltext.muster.probes.{name}", fromlist=["read"])
        assert probe.read.__doc__.startswith("Return")
