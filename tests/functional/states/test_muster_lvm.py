"""The filter below a folder; no test here comes near a disk: tests/vm does that."""

from __future__ import annotations

import pytest

CONF, LOCAL = "/etc/lvm/lvm.conf", "/etc/lvm/lvmlocal.conf"
LIST = "/etc/lvm/devices/system.devices"
FILTERED, GROUPED = "muster_lvm.filtered", "muster_lvm.grouped"
REJECT = '"r|/dev/drbd.*|"'
DISK = "/dev/disk/by-id/virtio-data"

#: As Debian 12's lvm2 2.03.16 has it, shortened.
DEBIAN = """\
# This is an example configuration file for the LVM2 system.
config {
\tchecks = 1
}
devices {
\tdir = "/dev"
\tscan = [ "/dev" ]
\t# Configuration option devices/global_filter.
\t# Limit the block devices that are used by LVM system components.
\t# This configuration option has an automatic default value.
\t# global_filter = [ "a|.*|" ]

\tsysfs_scan = 1
}
"""


def test_the_file_of_the_distribution(converged, node, testmode):
    node.write(CONF, DEBIAN)
    assert set(converged(FILTERED)["changes"]) == {"filter"}
    if not testmode:
        old = '\t# global_filter = [ "a|.*|" ]\n'
        assert node.read(CONF) == DEBIAN.replace(old, f"{old}\tglobal_filter = [ {REJECT} ]\n")


def test_no_file_at_all(converged, node, testmode):
    assert set(converged(FILTERED)["changes"]) == {"filter"}
    if not testmode:
        assert node.read(CONF).endswith(f"devices {{\n\tglobal_filter = [ {REJECT} ]\n}}\n")


@pytest.mark.parametrize(
    "text",
    [
        'filter = ["r|/dev/cdrom|", "r|/dev/drbd[0-9]+|" ]',
        r'global_filter = ["a|^/dev/(sd|nvme).+$|", "r/.*/"]',
        'global_filter = [ "r|^/dev/drbd|" ]\nfilter = [ "a|.*|" ]',
    ],
)
def test_a_filter_that_leaves_drbd_out_already_stays(converged, node, text):
    node.write(CONF, f"devices {{\n{text}\n}}\n")
    assert converged(FILTERED)["changes"] == {}


def test_a_filter_that_accepts_everything_first(converged, node, testmode):
    text = 'devices {\n  global_filter = [ "a|.*|", "r|/dev/drbd[0-9]+|" ] # ours\n}\n'
    node.write(CONF, text)
    comment = converged(FILTERED)["comment"]
    if not testmode:
        assert node.read(CONF) == text.replace('[ "a', f'[ {REJECT}, "a')
        (backup,) = node.path("/etc/lvm").glob("lvm.conf.muster-*")
        assert backup.read_text() == text
        assert str(backup) in comment


def test_the_file_that_wins_is_the_one_that_is_changed(converged, node, testmode):
    node.write(CONF, 'devices { global_filter = [ "r|/dev/drbd.*|" ] }\n')
    node.write(LOCAL, 'devices/global_filter = "a|sd|"\n')
    assert set(converged(FILTERED)["changes"]) == {"filter"}
    if not testmode:
        assert node.read(LOCAL) == f'devices/global_filter = [ {REJECT}, "a|sd|" ]\n'
        assert node.read(CONF) == 'devices { global_filter = [ "r|/dev/drbd.*|" ] }\n'


def test_a_devices_file_in_force_is_enough(converged, node):
    """As on EL 9: filters are not even read then."""
    node.write(CONF, "devices { use_devicesfile = 1 }\n")
    node.write(LIST, "IDTYPE=sys_wwid IDNAME=x DEVNAME=/dev/sda2 PVID=a\n")
    assert converged(FILTERED)["changes"] == {}


def test_a_device_of_drbd_in_that_file_is_not_muster_s_to_take_out(converged, node):
    node.write(CONF, "devices { use_devicesfile = 1 }\n")
    node.write(LIST, "IDTYPE=devname IDNAME=x DEVNAME=/dev/drbd3 PVID=a\n")
    ret = converged(FILTERED)
    assert ret["changes"] == {}
    assert "lvmdevices --deldev /dev/drbd3" in ret["comment"]


def test_a_devices_file_that_may_be_in_force_gets_a_filter_too(converged, node):
    node.write(LIST, "IDTYPE=sys_wwid IDNAME=x DEVNAME=/dev/sda2 PVID=a\n")
    assert set(converged(FILTERED)["changes"]) == {"filter"}


def test_a_filter_that_is_not_understood_is_left(fails, node):
    text = 'devices { global_filter = [ "r|drbd\\b|" ] }\n'
    node.write(CONF, text)
    assert "not understood" in fails(FILTERED)
    assert node.read(CONF) == text


def test_disks_of_an_image_are_not_looked_at(converged):
    ret = converged(GROUPED, group="xenvg", devices=[DISK])
    assert ret["changes"] == {}
    assert "not those of an image" in ret["comment"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/etc/fstab", f"{DISK} /srv ext4 defaults 0 2\n"),
        ("/etc/fstab", "# x\nID=virtio-data none swap sw 0 0\n"),
        ("/etc/crypttab", f"secret {DISK} none luks\n"),
    ],
)
def test_an_image_s_tables_are(fails, node, path, text):
    node.write(path, text)
    said = fails(GROUPED, group="xenvg", devices=[DISK])
    assert DISK in said and "fstab or crypttab names it" in said


@pytest.mark.parametrize(
    "arguments",
    [
        {"group": "-x"},
        {"group": ".."},
        {"group": "a b"},
        {"group": None},
        {"group": "xenvg", "devices": "/dev/vdb"},
        {"group": "xenvg", "devices": ["/dev/../etc/passwd"]},
        {"group": "xenvg", "devices": ["/dev/-f"]},
        {"group": "xenvg", "devices": ["vdb"]},
        {"group": "xenvg", "devices": ["/dev/vdb", "/dev/vdb"]},
        {"group": "xenvg", "devices": ["/dev/vdb; reboot"]},
        {"group": "xenvg", "devices": ["/dev/vdb\n"]},
    ],
)
def test_bad_arguments(fails, arguments):
    assert "muster_lvm: " in fails(GROUPED, **arguments)
