"""filesystems, power, architecture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _mounts, architecture, filesystems, power
from saltext.muster.probes.source import Unreadable, unknown

MOUNTS = r"""22 1 253:0 / / rw,relatime shared:1 - xfs /dev/mapper/vg-root rw,seclabel
23 22 0:21 / /sys rw - sysfs sysfs rw
40 22 8:1 / /boot rw,relatime - ext4 /dev/sda1 rw
41 22 8:17 /sub /srv/my\040data ro master:2 - ext4 /dev/sdb1 rw
"""
DF = """Filesystem          1024-blocks    Used Available Capacity Mounted on
/dev/mapper/vg-root    52403200 4730176  47673024      10% /
/dev/sda1                996780  281684    646284      31% /boot
my share                   1000     900      -100     112% /srv/my data
none                          0       0         0       - /empty
"""


def test_mounts(host):
    found = filesystems.read(host({"/proc/self/mountinfo": MOUNTS}))["mounts"]
    assert [mount["path"] for mount in found] == ["/", "/boot", "/srv/my data"]
    assert found[0] == {
        "path": "/", "device": "253:0", "root": "/", "type": "xfs",
        "source": "/dev/mapper/vg-root", "options": "rw,relatime",
    }  # fmt: skip
    assert found[2]["root"] == "/sub"


def test_the_last_mount_at_a_path_is_seen():
    found = _mounts.parse("1 1 0:1 / / rw - rootfs rootfs rw\n" + MOUNTS)
    assert _mounts.at(found, "/")["type"] == "xfs"
    assert _mounts.at(found, "/none") is None


def test_sizes():
    found = filesystems.parse_df(DF)
    assert found["/"]["size"] == 52403200 * 1024
    assert found["/srv/my data"]["free"] == -100 * 1024
    assert found["/empty"]["size"] == 0
    assert len(found) == 4


def test_no_answer_is_unknown(host):
    assert all(unknown(value) for value in filesystems.read(host()).values())
    source = host({"/proc/self/mountinfo": "\n"}, run=lambda argv: "nothing\n")
    assert all(unknown(value) for value in filesystems.read(source).values())


@given(st.text() | st.text("0123456789 /-%\n\\:"))
def test_no_text_makes_a_parser_raise_anything_else(text):
    _mounts.parse(text)
    filesystems.parse_df(text)
    try:
        power.parse_policy(text)
    except Unreadable:
        pass


CPUS = "/sys/devices/system/cpu"
POLICY = {
    f"{CPUS}/cpufreq/policy{n}/{key}": f"{text}\n"
    for n in (0, 1)
    for key, text in (("scaling_driver", "intel_pstate"), ("scaling_governor", "performance"))
}
EPP = f"{CPUS}/cpufreq/policy1/energy_performance_preference"


def test_power(host):
    aspm = {"/sys/module/pcie_aspm/parameters/policy": "default [performance] powersave\n"}
    assert power.read(host({**POLICY, **aspm, EPP: "balance_power\n"})) == {
        "driver": "intel_pstate",
        "governors": ["performance"],
        "preferences": ["balance_power"],
        "aspm": "performance",
    }


def test_an_old_kernel_has_a_folder_at_each_processor(host):
    files = {f"{CPUS}/cpu{n}/cpufreq/scaling_governor": "ondemand\n" for n in (0, 1)}
    found = power.read(host({**files, f"{CPUS}/cpufreq/ondemand/": ""}))
    assert (found["governors"], found["preferences"]) == (["ondemand"], [])


@pytest.mark.parametrize("files", [{}, {f"{CPUS}/online": "0-3\n"}])
def test_without_cpufreq_the_firmware_decides(host, files):
    assert all(unknown(value) for value in power.read(host(files)).values())


@pytest.mark.parametrize(("text", "right"), [("[default] performance", True), ("a b", False),
                                             ("[] x", False), ("[a] [b]", False)])  # fmt: skip
def test_policy(text, right):
    if right:
        assert power.parse_policy(text) == "default"
        return
    with pytest.raises(Unreadable):
        power.parse_policy(text)


def test_architecture(host):
    assert architecture.read(host(run=lambda argv: "amd64\n")) == {"dpkg": "amd64"}


def test_architecture_unknown(host):
    assert unknown(architecture.read(host(run=lambda argv: "\n"))["dpkg"])
