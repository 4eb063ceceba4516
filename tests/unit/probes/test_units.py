from __future__ import annotations

import pytest

from saltext.muster.probes import _units
from saltext.muster.probes.source import unknown

GROUPS = {"/sys/fs/cgroup/system.slice/": ""}
CHRONY = {"/usr/lib/systemd/system/chrony.service": "[Unit]\n"}
WANTS = "/etc/systemd/system/multi-user.target.wants/chrony.service"


def state(host, files=(), links=(), unit="chrony.service", units=("chrony.service",)):
    return _units.states(host({**GROUPS, **dict(files)}, links), units)[unit]


def test_absent(host):
    assert state(host) == {"installed": False, "enabled": False, "masked": False, "active": False}


def test_installed_and_nothing_else(host):
    assert state(host, CHRONY) == {
        "installed": True, "enabled": False, "masked": False, "active": False,
    }  # fmt: skip


def test_enabled_and_active(host):
    files = {**CHRONY, "/sys/fs/cgroup/system.slice/chrony.service/cgroup.events": "populated 1\n"}
    found = state(host, files, {WANTS: "/usr/lib/systemd/system/chrony.service"})
    assert found == {"installed": True, "enabled": True, "masked": False, "active": True}


def test_debian_s_alias_counts_once(host):
    """Alias=chronyd.service: the link is there once chrony is enabled."""
    source = host(
        {**GROUPS, **CHRONY},
        {WANTS: "/lib/systemd/system/chrony.service",
         "/etc/systemd/system/chronyd.service": "/lib/systemd/system/chrony.service"},
    )  # fmt: skip
    found = _units.states(source, ("chrony.service", "chronyd.service"))
    assert list(found) == ["chrony.service"]
    assert found["chrony.service"]["enabled"]


def test_ntpsec_s_alias_is_not_ntp(host):
    source = host(
        {**GROUPS, "/usr/lib/systemd/system/ntpsec.service": "[Unit]\n"},
        {"/etc/systemd/system/ntp.service": "/lib/systemd/system/ntpsec.service",
         "/etc/systemd/system/multi-user.target.wants/ntp.service": "../ntp.service"},
    )  # fmt: skip
    found = _units.states(source, ("ntp.service", "ntpsec.service"))
    assert list(found) == ["ntpsec.service"]
    assert found["ntpsec.service"]["enabled"], "wanted by its other name"


@pytest.mark.parametrize("folder", ["/etc/systemd/system", "/run/systemd/system"])
def test_masked_by_a_link(host, folder):
    found = state(host, CHRONY, {f"{folder}/chrony.service": "/dev/null", WANTS: "/x"})
    assert found == {"installed": True, "enabled": False, "masked": True, "active": False}


def test_masked_by_an_empty_file(host):
    assert state(host, {**CHRONY, "/etc/systemd/system/chrony.service": ""})["masked"]


def test_masked_though_not_installed(host):
    found = state(host, links={"/etc/systemd/system/chrony.service": "/dev/null"})
    assert (found["installed"], found["masked"]) == (False, True)


def test_a_link_left_by_a_removed_package_enables_nothing(host):
    found = state(host, links={WANTS: "/lib/systemd/system/chrony.service"})
    assert (found["installed"], found["enabled"]) == (False, False)


def test_a_unit_in_etc_wins_over_the_vendor_s(host):
    found = state(host, {**CHRONY, "/etc/systemd/system/chrony.service": "[Unit]\n"})
    assert (found["installed"], found["masked"]) == (True, False)


def test_a_unit_linked_from_elsewhere_is_no_alias(host):
    source = host(
        {"/opt/chrony.service": "[Unit]\n"},
        {"/etc/systemd/system/chrony.service": "/opt/chrony.service"},
    )
    assert _units.alias_of(source, "chrony.service") == ""
    assert _units.states(source, ("chrony.service",))["chrony.service"]["installed"]


@pytest.mark.parametrize("group", ["", "/systemd", "/unified"])
def test_active_in_every_hierarchy(host, group):
    files = {**CHRONY, f"/sys/fs/cgroup{group}/system.slice/chrony.service/cgroup.procs": "7\n"}
    found = _units.states(host(files), ("chrony.service",))
    assert found["chrony.service"]["active"] is True


def test_an_empty_group_is_not_active(host):
    events = "/sys/fs/cgroup/system.slice/chrony.service/cgroup.events"
    assert state(host, {**CHRONY, events: "populated 0\nfrozen 0\n"})["active"] is False


def test_without_control_groups_nobody_knows(host):
    found = _units.states(host(CHRONY), ("chrony.service", "ntp.service"))
    assert unknown(found["chrony.service"]["active"])
    assert found["ntp.service"]["active"] is False, "what is not installed does not run"
