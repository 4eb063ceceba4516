"""What differs of Xen, by what is on the node: old tools or new, before the reboot and after."""

from __future__ import annotations

import copy

import pytest

from saltext.muster.components import xen
from saltext.muster.facts import Facts
from tests.unit.components.xen.test_wanted import MIGRATION, WANTED

BOOT = {"hypervisor": ["dom0_mem=1024M,max:1024M", "dom0_max_vcpus=1"], "kernel": []}
LINK = {"target": "x", "resolves": True}
#: A node of today that runs as the plan wants it.
SOUND = {
    "role": "dom0",
    "toolstack": "xl",
    "images": ["xen-4.17-amd64.gz"],
    "xend": {"there": False, "values": {}, "vncpasswd": None, "changed": None, "started": None},
    "xl": {"there": True, "autoballoon": "off"},
    "xendomains": {"file": "/etc/default/xendomains", "save": ""},
    "boot": {"loader": "grub2", "configured": BOOT, "entries": [BOOT, BOOT]},
    "running": {**BOOT, "cpus": 1},
    "links": {"vmlinuz-3-xenU": LINK, "initrd-3-xenU": LINK},
    "kernels": [
        {"kernel": "vmlinuz-6.1.0-37-amd64", "initrd": "initrd.img-6.1.0-37-amd64"},
        {"kernel": "vmlinuz-6.1.0-9-amd64", "initrd": ""},
    ],
}
GOOD = {
    "dom0-min-mem": "0",
    "xend-relocation-server": "yes",
    "xend-relocation-port": "8002",
    "xend-relocation-address": "",
    "xend-relocation-hosts-allow": r"^192\.168\.3\.[0-9]+$",
}
XEND = {"there": True, "values": GOOD, "vncpasswd": None, "changed": 10.0, "started": 11.0}


def differs(changes, wanted=None, **more):
    """Return the diff of the sound node with parts changed, each by its path."""
    facts = copy.deepcopy(SOUND)
    for path, value in changes.items():
        *above, last = path.split("/")
        place = facts
        for name in above:
            place = place[name]
        place[last] = value
    return xen.diff(Facts({"xen": facts}), {**WANTED, **(wanted or {})}, **more)


def old(changes, values=None, **more):
    """Return the diff of a node under xend."""
    xend = {"toolstack": "xend", "xend": {**XEND, "values": {**GOOD, **(values or {})}}}
    return differs({**xend, **changes}, **more)


def test_a_sound_node_differs_in_nothing():
    assert differs({}) == {}
    assert old({}) == {}


def test_a_node_without_tools_lacks_the_package():
    none = {"toolstack": "", "xl/there": False}
    assert set(differs(none)) == {"package"}
    assert "package" not in differs({"toolstack": ""})


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"xl/autoballoon": "auto"}, {"balloon"}),
        ({"xendomains/save": "/var/lib/xen/save"}, {"save"}),
        ({"boot/entries": []}, {"menu"}),
        ({"boot/entries": [{"hypervisor": [], "kernel": []}]}, {"menu"}),
        ({"images": [], "boot/entries": []}, set()),
        ({"links/vmlinuz-3-xenU": {"target": "gone", "resolves": False}}, {"kernel"}),
    ],
)
def test_what_differs_under_xl(changes, keys):
    assert set(differs(changes)) == keys


def test_what_the_boot_loader_is_told():
    boot = {"hypervisor": ["dom0_mem=4G", "dom0_max_vcpus=1-4"], "kernel": ["quiet"]}
    found = differs({"boot/configured": boot, "boot/entries": [boot]})
    assert found == {
        "memory": {"old": "4096M", "new": "1024M"},
        "cpus": {"old": "all processors", "new": "1 processor"},
    }


def test_the_same_in_other_words_stays():
    boot = {"hypervisor": ["dom0_mem=1G"], "kernel": ["console=tty0", "nosmp"]}
    assert differs({"boot/configured": boot, "boot/entries": [boot]}) == {}


def test_what_is_not_asked_for_is_left_alone():
    boot = {"hypervisor": [], "kernel": []}
    changes = {"boot/configured": boot, "boot/entries": [boot], "running": {**boot, "cpus": 8}}
    assert differs(changes, {"memory": "", "cpus": 0}) == {}


def test_a_node_that_does_not_run_xen_is_pending():
    found = differs({"role": "none"})
    assert set(found) == {"booted"}
    assert "reboot" in found["booted"]["pending"]
    assert "pending" not in differs({"role": "none", "images": []})["booted"]
    assert "pending" not in differs({"role": "guest"})["booted"]


def test_what_runs_otherwise_than_configured_is_pending():
    running = {"hypervisor": ["dom0_mem=4G"], "kernel": [], "cpus": 8}
    found = differs({"running": running})
    assert set(found) == {"running.memory", "running.cpus"}
    assert all("reboot" in entry["pending"] for entry in found.values())


def test_below_a_folder_nothing_runs():
    changes = {"role": {"unknown": "no"}, "boot/entries": []}
    assert differs(changes, live=False) == {}


def test_xend_s_settings():
    changes = {"xend-relocation-server": "no", "xend-relocation-port": "8001"}
    found = old({}, changes)
    assert found["relocation.server"] == {"old": "no", "new": "yes"}
    assert found["relocation.port"] == {"old": "8001", "new": "8002"}
    assert set(found) == {"relocation.server", "relocation.port", "restart"}


def test_xend_s_settings_are_written_where_they_are_defaults_too():
    values = {key: value for key, value in GOOD.items() if key != "xend-relocation-port"}
    found = differs({"toolstack": "xend", "xend": {**XEND, "values": values}})
    assert found["relocation.port"] == {"old": None, "new": "8002"}


@pytest.mark.parametrize(
    ("key", "value", "good"),
    [
        ("xend-relocation-address", "192.168.3.11", True),
        ("xend-relocation-address", "localhost", False),
        ("xend-relocation-hosts-allow", r"^192\.168\.3\.1[1-3]$", True),
        ("xend-relocation-hosts-allow", r"^192\.168\..*$", False),
        ("xend-relocation-hosts-allow", "", False),
        ("xend-relocation-hosts-allow", "(?=x)", False),
        ("xend-relocation-hosts-allow", "a " * 1001, False),
        ("xend-relocation-hosts-allow", {"unknown": "not understood"}, False),
    ],
)
def test_a_value_that_means_the_same_stays(key, value, good):
    assert (old({}, {key: value}) == {}) is good


def test_without_live_migration_relocation_is_left_alone():
    changes = {"xend-relocation-server": "no"}
    assert old({}, changes, wanted={"migration": None}) == {}


def test_routed_instances_need_xends_scripts_for_routes():
    bridged = {"network-script": "network-bridge", "vif-script": "vif-bridge"}
    assert old({}, bridged) == {}
    found = old({}, bridged, wanted={"routed": True})
    assert found["script.network"] == {"old": "network-bridge", "new": "network-route"}
    assert found["script.vif"] == {"old": "vif-bridge", "new": "vif-route"}
    routed = {"network-script": "network-route", "vif-script": "vif-route"}
    assert old({}, routed, wanted={"routed": True}) == {}


def test_consoles_and_a_password_that_nobody_sees():
    wanted = {"consoles": True}
    xend = {**XEND, "values": {**GOOD, "vnc-listen": "127.0.0.1"}, "vncpasswd": True}
    found = differs({"toolstack": "xend", "xend": xend}, wanted)
    assert found["vnc.listen"] == {"old": "127.0.0.1", "new": "0.0.0.0"}
    assert found["vnc.password"] == {"old": "a password is set", "new": ""}
    good = {**xend, "values": {**GOOD, "vnc-listen": "0.0.0.0"}, "vncpasswd": False}
    assert differs({"toolstack": "xend", "xend": good}, wanted) == {}


@pytest.mark.parametrize(
    ("changed", "started", "due"),
    [(10.0, 11.0, False), (10.0, 10.0, False), (12.0, 11.0, True), (10.0, None, True)],
)
def test_xend_is_restarted_after_a_change(changed, started, due):
    found = old({"xend": {**XEND, "changed": changed, "started": started}})
    assert set(found) == ({"restart"} if due else set())


def test_a_restart_on_a_live_node_waits_for_consent():
    xend = {"xend": {**XEND, "changed": 12.0}}
    assert "muster_consent" in old(xend, why="3 guests run")["restart"]["pending"]
    assert "pending" not in old(xend)["restart"]


def test_xend_is_not_started_where_xen_does_not_run():
    assert set(old({"role": "none", "xend": {**XEND, "started": None}})) == {"booted"}


def test_an_initrd_is_that_of_the_linked_kernel():
    facts = copy.deepcopy(SOUND)
    facts["links"] = {"vmlinuz-3-xenU": {"target": "vmlinuz-6.1.0-9-amd64", "resolves": True}}
    assert xen.target("initrd", Facts({"xen": facts}), WANTED) == ""
    facts["links"]["vmlinuz-3-xenU"]["target"] = "/boot/vmlinuz-6.1.0-37-amd64"
    assert xen.target("initrd", Facts({"xen": facts}), WANTED) == "initrd.img-6.1.0-37-amd64"


def test_an_initrd_that_is_not_asked_for_is_not_missed():
    assert differs({"links": {"vmlinuz-3-xenU": LINK}}, {"initrd": ""}) == {}


def test_the_expression_of_the_plan_is_one_that_may_stay():
    assert MIGRATION["hosts"] == GOOD["xend-relocation-hosts-allow"]
