"""What all execution modules of components have in common."""

from __future__ import annotations

import inspect

import pytest
from salt.exceptions import CommandExecutionError, SaltInvocationError

from saltext.muster import digest, platforms
from saltext.muster.components import pool_watch, sriov, wake_on_lan
from saltext.muster.components.firewall import nft
from saltext.muster.components.firewall.wanted import wanted
from tests.support.cards import DEFAULT_LINK, DEFAULT_PATH, MAC, card
from tests.support.minion import ROOT, Minion, snapshot

OPTIONS = {"minor_count": "128", "usermode_helper": "/bin/true"}
NAMES = ["node1.example.com", "node1"]
RULES = [
    {
        "protocol": "tcp",
        "first": 22,
        "last": 22,
        "peers": ["10.77.0.0/24"],
        "interface": "",
        "rows": ["RAV-028"],
        "why": ["SSH"],
    }
]
NETWORK = {"devices": [{"name": "eth0", "method": "static", "addresses": ["10.77.0.11/24"]}]}
XEN = {
    "memory": "1024M",
    "cpus": 1,
    "migration": None,
    "consoles": False,
    "routed": False,
    "kernel": "vmlinuz-3-xenU",
    "initrd": "",
}

#: Good arguments of each pair of diff and apply.
CALLS = {
    "muster_chrony.{}": {"sources": ["10.77.0.1"]},
    "muster_drbd.{}_configured": {"options": OPTIONS},
    "muster_drbd.{}_loaded": {"options": OPTIONS},
    "muster_firewall.{}": {"rules": RULES, "admin": ["10.77.0.0/24"], "masters": ["10.77.0.1"]},
    "muster_hostname.{}": {"name": "node1.example.com"},
    "muster_hosts.{}": {"address": "10.77.0.11", "names": NAMES},
    "muster_kvm_spice.{}": {},
    "muster_lvm.{}_filter": {},
    "muster_lvm.{}_group": {"group": "xenvg", "devices": ["/dev/disk/by-id/virtio-data"]},
    "muster_network.{}": {"wanted": NETWORK},
    "muster_packages.{}": {"releases": {"debian-12": ["lvm2"]}},
    "muster_pool_watch.{}": {"seconds": 60},
    "muster_pools.{}": {"wanted": [{"name": "default", "type": "dir", "path": "/srv"}]},
    "muster_selinux.{}": {"mode": "disabled"},
    "muster_sriov.{}": {"functions": {"eno1": 4}},
    "muster_sshd.{}_configured": {"root_login": ["prohibit-password"]},
    "muster_wake_on_lan.{}": {"interfaces": ["eno1"]},
    "muster_xen.{}": {"wanted": XEN},
}
#: Modules that bring nothing about.
OTHERS = {"muster_origins", "muster_pool_levels", "muster_reach", "muster_trial", "muster_wake"}
#: What needs other nodes' keys is in states/test_muster_ssh.py, with a mine.
OTHERS |= {"muster_ssh", "muster_sshkeys"}
#: Functions besides diff, apply and undo.
MORE = {"muster_network.reconnect", "muster_xen.warnings"}
#: A bad value for one argument of each.
BAD = {
    "muster_chrony.{}": {"sources": ["x;y"]},
    "muster_drbd.{}_configured": {"options": {"minor_count": "256"}},
    "muster_drbd.{}_loaded": {"options": {"minor_count": "256"}},
    "muster_firewall.{}": {"rules": [], "admin": ["x"], "masters": []},
    "muster_hostname.{}": {"name": "x_y"},
    "muster_hosts.{}": {"address": "127.0.0.1", "names": NAMES},
    "muster_kvm_spice.{}": {"root": "relative"},
    "muster_lvm.{}_filter": {"root": "relative"},
    "muster_lvm.{}_group": {"group": "-x"},
    "muster_network.{}": {"wanted": {"devices": [{"name": "-x"}]}},
    "muster_packages.{}": {"releases": {"debian-12": ["-x"]}},
    "muster_pool_watch.{}": {"seconds": 5},
    "muster_pools.{}": {"wanted": [{"name": "-x", "type": "dir", "path": "/srv"}]},
    "muster_selinux.{}": {"mode": "off"},
    "muster_sriov.{}": {"functions": {"eno1": -1}},
    "muster_sshd.{}_configured": {"root_login": ["no"]},
    "muster_wake_on_lan.{}": {"interfaces": ["-s"]},
    "muster_xen.{}": {"wanted": {**XEN, "kernel": "../x"}},
}
INTERFACES = "auto eth0\niface eth0 inet static\n    address 10.77.0.11/24\n"
POOL = "<pool type='dir'><name>default</name><target><path>/srv</path></target></pool>"
STATUS = "Package: tar\nStatus: install ok installed\nVersion: 1\n\n"
BOTH = pytest.mark.parametrize("verb", ["diff", "apply"])
EVERY = pytest.mark.parametrize("function", CALLS)


def debian(node):
    """Make a node what every component needs to look at it."""
    node.write("/etc/os-release", "ID=debian\nVERSION_ID=12\n")
    node.write("/var/lib/dpkg/status", STATUS)
    node.write("/usr/sbin/ifup", mode=0o755)


def test_every_component_is_here():
    files = {path.stem for path in (ROOT / "_modules").glob("muster_*.py")}
    assert {function.split(".")[0] for function in CALLS} == files - OTHERS


@BOTH
@EVERY
def test_a_bad_argument_is_an_invocation_error(minion, node, function, verb):
    with pytest.raises(SaltInvocationError, match=r"muster_\w+: .*correct the cluster file"):
        minion.call(function.format(verb), **{"root": node.root, **BAD[function]})


@BOTH
@EVERY
def test_a_root_that_is_none(minion, function, verb):
    with pytest.raises(SaltInvocationError, match="root: "):
        minion.call(function.format(verb), **CALLS[function], root="/none/there")


@EVERY
def test_diff_changes_nothing(minion, node, function):
    debian(node)
    card(node)
    before = snapshot(node.root)
    minion.call(function.format("diff"), **CALLS[function], root=node.root)
    assert snapshot(node.root) == before


@EVERY
def test_apply_leaves_what_it_is_told_to_skip(minion, node, function):
    debian(node)
    node.write("/etc/drbd.conf", "resource r0 { }\n")
    node.write("/etc/selinux/config", "SELINUX=enforcing\n")
    node.write("/etc/ssh/sshd_config", "PermitRootLogin yes\n")
    card(node)
    call = {**CALLS[function], "root": node.root}
    keys = list(minion.call(function.format("diff"), **call))
    assert keys
    before = snapshot(node.root)
    assert minion.call(function.format("apply"), **call, skip=keys) == []
    assert snapshot(node.root) == before


@EVERY
def test_a_file_that_cannot_be_read_is_an_execution_error(minion, node, function):
    """A folder where a file belongs: the same for root, whom no mode stops."""
    node.write("/usr/sbin/ifup", mode=0o755)
    for path in ("hostname", "hosts", "selinux/config", "drbd.conf", "os-release", "nftables.conf"):
        node.path(f"/etc/{path}").mkdir(parents=True)
    node.path("/etc/modprobe.d/x.conf").mkdir(parents=True)
    node.path("/usr/lib/systemd/system/chrony.service").mkdir(parents=True)
    node.path("/etc/chrony.conf").mkdir(parents=True)
    node.path("/etc/ssh/sshd_config").mkdir(parents=True)
    node.path("/etc/network/interfaces").mkdir(parents=True)
    node.path("/var/lib/dpkg/status").mkdir(parents=True)
    node.path("/etc/libvirt/storage/x.xml").mkdir(parents=True)
    node.path("/etc/xen/xend-config.sxp").mkdir(parents=True)
    node.path(sriov.UNIT).mkdir(parents=True)
    node.path(wake_on_lan.path("eno1")).mkdir(parents=True)
    node.path(f"/etc/salt/{pool_watch.FILE}").mkdir(parents=True)
    for path in ("lvm/lvm.conf", "fstab"):
        node.path(f"/etc/{path}").mkdir(parents=True)
    card(node)
    with pytest.raises(CommandExecutionError) as found:
        minion.call(function.format("apply"), **CALLS[function], root=node.root)
    assert "regular file" in str(found.value) or "director" in str(found.value).lower()


@EVERY
def test_salt_sees_no_more_functions_than_are_meant(minion, node, function):
    module = function.split(".")[0]
    debian(node)
    card(node)
    minion.call(function.format("diff"), **CALLS[function], root=node.root)
    ours = {name for name in minion.modules if name.startswith(f"{module}.")}
    more = {f"{module}.undo"} | {name for name in MORE if name.startswith(f"{module}.")}
    meant = {each.format(verb) for each in CALLS for verb in ("diff", "apply")}
    assert ours == {name for name in meant if name.startswith(f"{module}.")} | more
    for name in ours - MORE:
        assert "root" in inspect.signature(inspect.unwrap(minion.modules[name].func)).parameters


def test_converged_states_load_none_of_salts_modules(minion, node):
    """Looking up one that does not exist would load hundreds and cost a second."""
    node.write("/etc/hostname", "node1.example.com\n")
    node.write("/etc/hosts", "127.0.0.1 localhost\n10.77.0.11 node1.example.com node1\n")
    node.write("/etc/os-release", "ID=debian\nVERSION_ID=12\n")
    node.write("/var/lib/dpkg/status", STATUS.replace("tar", "lvm2"))
    node.write("/usr/bin/kvm-spice", "x", mode=0o755)
    node.write("/etc/modules", "drbd\n")
    node.write("/etc/modprobe.d/d.conf", "options drbd minor_count=128 usermode_helper=/bin/true\n")
    node.write("/usr/lib/systemd/system/chrony.service", "[Service]\n")
    node.link("/etc/systemd/system/multi-user.target.wants/chrony.service", "/x")
    node.write("/etc/chrony.conf", "server 10.77.0.1\n")
    node.write("/usr/sbin/ifup", mode=0o755)
    node.write("/etc/network/interfaces", INTERFACES)
    card(node, current=4)
    node.write(sriov.UNIT, sriov.unit_text({"eno1": 4}))
    node.link(sriov.ENABLED, sriov.UNIT)
    node.write("/etc/lvm/lvm.conf", 'devices { filter = [ "r|drbd|" ] }\n')
    seen = wake_on_lan.Card("eno1", MAC, DEFAULT_PATH, DEFAULT_LINK, None)
    node.write(wake_on_lan.path("eno1"), wake_on_lan.text(seen))
    node.write(f"/etc/salt/{pool_watch.FILE}", pool_watch.text(60))
    node.write("/etc/libvirt/storage/default.xml", POOL)
    node.write("/run/libvirt/storage/default.xml", f"<poolstate>{POOL}</poolstate>")
    node.link("/etc/libvirt/storage/autostart/default.xml", "/etc/libvirt/storage/default.xml")
    rules = nft.text(wanted({**CALLS["muster_firewall.{}"], "confirm": 60}), False)
    node.write(nft.FILE, rules)
    node.write("/etc/nftables.conf", nft.including(""))
    node.write("/usr/lib/systemd/system/nftables.service", "[Service]\n")
    node.link("/etc/systemd/system/sysinit.target.wants/nftables.service", "/x")
    node.write("/etc/xen/xl.conf", 'autoballoon="off"\n')
    node.write("/etc/default/grub", 'GRUB_CMDLINE_XEN="dom0_mem=1G dom0_max_vcpus=1"\n')
    node.write("/boot/vmlinuz-3-xenU")
    for state, function in {
        "muster_chrony.managed": "muster_chrony.{}",
        "muster_drbd.configured": "muster_drbd.{}_configured",
        "muster_drbd.loaded": "muster_drbd.{}_loaded",
        "muster_firewall.filtered": "muster_firewall.{}",
        "muster_hostname.managed": "muster_hostname.{}",
        "muster_hosts.managed": "muster_hosts.{}",
        "muster_kvm_spice.linked": "muster_kvm_spice.{}",
        "muster_lvm.filtered": "muster_lvm.{}_filter",
        "muster_network.configured": "muster_network.{}",
        "muster_pools.managed": "muster_pools.{}",
        "muster_packages.installed": "muster_packages.{}",
        "muster_pool_watch.watched": "muster_pool_watch.{}",
        "muster_selinux.managed": "muster_selinux.{}",
        "muster_sriov.made": "muster_sriov.{}",
        "muster_ssh.configured": "muster_sshd.{}_configured",
        "muster_wake_on_lan.enabled": "muster_wake_on_lan.{}",
        "muster_xen.managed": "muster_xen.{}",
    }.items():
        arguments = dict(CALLS[function])
        if "names" in arguments:
            arguments["hostnames"] = arguments.pop("names")
        ret = minion.state(state, **arguments, root=node.root)
        assert (ret["result"], ret["changes"]) == (True, {}), ret
    ours = {name.split(".")[0] for name in CALLS} | {"muster_ssh"}
    assert set(minion.modules.loaded_modules) == ours
    assert set(minion.states.loaded_modules) == ours - {"muster_sshd"}


def plan_with_waiver(requirement):
    library = digest.library(str(platforms.load("ganeti").__file__))
    waiver = {"requirement": requirement, "reason": "why", "owner": "me", "expires": "2030-01-01"}
    profile = {"platform": "ganeti", "hypervisor": "kvm", "network_type": None}
    profile.update(edition="current", tier="test")
    plan = {
        "version": 1,
        "library": library,
        "platform": "ganeti",
        "profile": profile,
        "id": "node1.example.com",
        "now": 1763690000.0,
        "components": {"drbd": {"options": OPTIONS}},
        "declared": {},
        "waivers": [waiver],
    }
    return {"muster": {**plan, "digest": digest.of_plan(plan)}}


def test_what_is_waived_is_left_alone_and_said(tmp_path, node):
    """GNT-036 asks for the options in modprobe.d, GNT-037 for loading at boot."""
    minion = Minion(tmp_path, plan_with_waiver("GNT-036"))
    for test in (True, False):
        ret = minion.state("muster_drbd.configured", test=test, options=OPTIONS, root=node.root)
        assert set(ret["changes"]) == {"boot"}
        assert "options (waived by GNT-036: why (owner me, until 2030-01-01))" in ret["comment"]
    assert ret["result"] is True
    assert not node.path("/etc/modprobe.d").exists()
    assert node.path("/etc/modules-load.d/muster-drbd.conf").exists()
    again = minion.state("muster_drbd.configured", options=OPTIONS, root=node.root)
    assert (again["result"], again["changes"]) == (True, {})
