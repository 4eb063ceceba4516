"""Debian's DRBD in Debian's kernel: loaded with its defaults before muster came, in use, reloaded,
and right from the start of the next boot. In this order: one machine is used."""

from __future__ import annotations

import json

import pytest

PARAMETERS = "/sys/module/drbd/parameters"
DEFAULTS = ["32", "/sbin/drbdadm"]
WANTED = ["128", "/bin/true"]
CONSENT = "pillar={muster_consent: true}"
ROWS = {"GNT-035", "GNT-036", "GNT-037", "GNT-038", "GNT-041", "GNT-042", "GNT-043"}

#: A minor as drbdsetup makes it: the kernel would let the module go.
MINOR_UP = "drbdsetup new-resource r0 && drbdsetup new-minor r0 0 0"
#: The minor gets its disk, as Ganeti gives it one: by drbdsetup, without a configuration.
DISK_UP = (
    "drbdmeta --force 0 v08 /dev/vdc internal create-md"
    " && drbdsetup attach 0 /dev/vdc /dev/vdc internal"
)


@pytest.fixture(scope="module")
def loaded(guest):
    """muster's packages brought drbd-utils, and the module is loaded as that does at boot."""
    guest.plan("drbd: false", "drbd: true")
    states = guest.salt("state.apply", "muster.packages")
    assert isinstance(states, dict), states
    assert all(state["result"] for state in states.values()), states
    guest.exec("systemctl", "restart", "systemd-modules-load")


def running(guest):
    """The two parameters of the module as it runs."""
    return guest.exec("cat", f"{PARAMETERS}/minor_count", f"{PARAMETERS}/usermode_helper").split()


def apply(guest, *arguments):
    """The two states of the component: the configuration, and the module as it runs."""
    states = guest.salt("state.apply", "muster.drbd", *arguments)
    assert isinstance(states, dict), states
    found = {key.rpartition("-")[2]: each for key, each in states.items() if "muster_drbd" in key}
    assert set(found) == {"configured", "loaded"}, states
    return found["configured"], found["loaded"]


def judged(guest):
    """The statuses of the rows about DRBD, by row."""
    report = guest.salt("muster.check")
    return {each["id"]: each["status"] for each in report["verdicts"] if each["id"] in ROWS}


def test_the_package_s_own_loading_gives_the_module_its_defaults(guest, loaded):
    assert guest.exec("cat", "/usr/lib/modules-load.d/drbd.conf").split() == ["drbd"]
    assert running(guest) == DEFAULTS


def test_test_mode_tells_both_parameters_and_changes_none(guest, loaded):
    configured, module = apply(guest, "test=True")
    assert set(configured["changes"]) == {"options"}
    assert module["changes"] == {
        "running.minor_count": {"old": "32", "new": "128"},
        "running.usermode_helper": {"old": "/sbin/drbdadm", "new": "/bin/true"},
    }
    assert running(guest) == DEFAULTS


def test_a_minor_without_a_disk_is_use_enough(guest, loaded):
    guest.exec("sh", "-c", MINOR_UP)
    configured, module = apply(guest)
    assert configured["result"] is True
    assert set(configured["changes"]) == {"options"}
    # This one the kernel lets change while the module runs.
    assert set(module["changes"]) == {"running.usermode_helper"}
    assert "running.minor_count (pending: the module has to be reloaded" in module["comment"]
    assert "DRBD devices are in use" in module["comment"]
    assert running(guest) == ["32", "/bin/true"]
    assert "cs:Unconfigured" in guest.exec("cat", "/proc/drbd")


def test_a_device_with_a_disk_stays_up_and_consent_does_not_reload(guest, loaded):
    guest.exec("sh", "-c", DISK_UP)
    before = guest.exec("drbdsetup", "status", "--verbose")
    for arguments in ((), (CONSENT,)):
        configured, module = apply(guest, *arguments)
        assert configured["changes"] == module["changes"] == {}
        assert "DRBD devices are in use" in module["comment"]
    assert guest.exec("drbdsetup", "status", "--verbose") == before
    found = judged(guest)
    assert {row for row, status in found.items() if status != "pass"} == {"GNT-038", "GNT-042"}
    assert (found["GNT-038"], found["GNT-042"]) == ("pending", "pending")


def test_an_unused_module_is_reloaded_with_its_options(guest, loaded):
    guest.exec(
        "sh", "-c", "drbdsetup down r0 && dd if=/dev/zero of=/dev/vdc bs=1M seek=1016 count=8"
    )
    _configured, module = apply(guest)
    assert module["changes"] == {"running.minor_count": {"old": "32", "new": "128"}}
    assert running(guest) == WANTED
    for _ in range(2):
        configured, module = apply(guest)
        assert configured["changes"] == module["changes"] == {}
    assert judged(guest) == dict.fromkeys(ROWS, "pass")


def test_the_module_is_right_from_the_start_of_a_boot(guest, loaded):
    guest.reboot()
    # Not by a minion that mended it: the boot's own loading came first.
    said = guest.exec("journalctl", "-b", "-o", "cat", "-u", "systemd-modules-load")
    assert "Inserted module 'drbd'" in said
    assert running(guest) == WANTED
    configured, module = apply(guest)
    assert configured["changes"] == module["changes"] == {}
    assert judged(guest) == dict.fromkeys(ROWS, "pass")


def test_all_is_taken_back_but_not_under_a_device(guest, loaded):
    guest.exec("sh", "-c", MINOR_UP)
    said = json.dumps(guest.salt("state.apply", "muster.absent", CONSENT))
    assert "the module drbd stays: DRBD devices are in use" in said
    assert "cs:Unconfigured" in guest.exec("cat", "/proc/drbd")
    assert running(guest) == WANTED
    guest.exec("drbdsetup", "down", "r0")
    states = guest.salt("state.apply", "muster.absent", CONSENT)
    assert isinstance(states, dict), states
    assert all(state["result"] for state in states.values()), states
    assert running(guest) == DEFAULTS
    assert guest.exec("find", "/etc", "-name", "*muster*") == ""
