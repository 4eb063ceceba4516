"""Ganeti's volume group on a real kernel: refused, pending, made with consent, left alone, undone.

In this order: one machine is used. /dev/vdb is empty and holds the group, /dev/vdc is the one that
is spoilt in turn.
"""

from __future__ import annotations

import json

import pytest

from lab.recipes import SALT_NEW

DISK = "/dev/disk/by-path/virtio-pci-0000:00:05.0"
SPARE = "/dev/disk/by-path/virtio-pci-0000:00:06.0"
CONSENT = "pillar={muster_consent: true}"
GIB = 1 << 30

#: What the spare disk is made to be, what muster says of it, and how it is emptied again.
SPOILT = {
    "a file system": ("mkfs.ext4 -q $D", "it has a signature", "wipefs -qa $D"),
    "a swap space in use": ("mkswap -q $D; swapon $D", "vdc is swap space", "swapoff $D"),
    "a mounted one": (
        "mkfs.ext4 -q $D; mkdir -p /mnt/x; mount $D /mnt/x",
        "vdc is mounted at /mnt/x",
        "umount /mnt/x",
    ),
    "a partition": (
        "echo ,100M | sfdisk -q $D; udevadm settle",
        "it has partitions (vdc1)",
        "sfdisk -q --delete $D; udevadm settle",
    ),
    "a table without a partition": ("echo label: gpt | sfdisk -q $D", "it has a signature", ""),
    "data in the first MiB": (
        "printf x | dd of=$D bs=1 seek=700000 conv=notrunc",
        "its first MiB holds data",
        "",
    ),
    "data at the end": (
        "printf x | dd of=$D bs=1 seek=1073741823 conv=notrunc",
        "its last MiB holds data",
        "",
    ),
    "another group": (
        "vgcreate -q other $D",
        "LVM has it already, in other",
        "vgremove -q other; rm -rf /etc/lvm/archive /etc/lvm/backup",
    ),
    "a mapped device": (
        "echo 0 8 linear $D 2048 | dmsetup create held",
        "other devices are made of it",
        "dmsetup remove held",
    ),
    "read-only": ("blockdev --setro $D", "it is read-only", "blockdev --setrw $D"),
    "in fstab": (
        "cp /etc/fstab /root/fstab; echo $D /x ext4 noauto 0 0 >>/etc/fstab",
        "/etc/fstab names vdc",
        "mv /root/fstab /etc/fstab",
    ),
}
EMPTIED = (
    "wipefs -qa $D; dd if=/dev/zero of=$D bs=1M count=8;"
    " dd if=/dev/zero of=$D bs=1M count=8 seek=1016"
)

#: What the execution module asks, without Salt around it: a call of that takes minutes here.
ASK = """
import subprocess, sys
from contextlib import ExitStack
sys.path.insert(0, "/var/cache/salt/minion/extmods/utils")
from saltext.muster.components.lvm import deciding, devices
from saltext.muster.errors import Refused
from saltext.muster.probes.source import Source

def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr

with ExitStack() as held:
    host = devices.Host(Source(), run)
    try:
        print("would:", deciding.todo(host, "xenvg", sys.argv[2:], int(sys.argv[1]), held))
    except Refused as err:
        print("refused:", err)
"""

#: What undoing must bring back.
SEEN = """
find /etc/lvm -printf '%p %y %m %u %g\\n' | sort
sha256sum /etc/lvm/*.conf
head -c 1048576 /dev/vdb | sha256sum; tail -c 1048576 /dev/vdb | sha256sum
wipefs --no-act /dev/vdb; pvs; lsblk -no NAME /dev/vdb
"""


def shell(guest, script, device="/dev/vdc"):
    return guest.exec("sh", "-ec", f"D={device}; exec 2>&1; {script}")


def asked(guest, *paths, least=0):
    """What muster makes of these disks: what it would do, or why it refuses."""
    return guest.exec(f"/opt/salt/{SALT_NEW}/bin/python3", "-c", ASK, str(least), *paths)


def applied(guest, sls, *arguments):
    """Apply a state file; return its results by the states' functions, or by names if several."""
    states = guest.salt("state.apply", sls, *arguments, seconds=580)
    assert isinstance(states, dict), states
    parts = {key: key.split("_|-") for key in states}
    called = [f"{each[0]}.{each[-1]}" for each in parts.values()]
    return {
        (name if called.count(name) == 1 else f"{name} {parts[key][1]}"): states[key]
        for key, name in zip(parts, called, strict=True)
    }


def verdicts(guest):
    report = guest.salt("muster.check")
    assert isinstance(report, dict), report
    ids = ("GNT-006", "GNT-007", "GNT-054")
    return {each["id"]: each["status"] for each in report["verdicts"] if each["id"] in ids}


@pytest.fixture(scope="module")
def before(guest):
    """The plan with disks and DRBD; what there was before."""
    guest.plan("  storage: file", "  storage: lvm")
    guest.plan("  drbd: false", "  drbd: true")
    guest.plan("{address: 10.77.0.41}", f"{{address: 10.77.0.41, lvm_devices: [{DISK}]}}")
    shell(guest, "ls /var/lib/muster/origins/lvm && exit 1 || true")
    return shell(guest, SEEN)


@pytest.mark.parametrize(("spoil", "told", "mend"), SPOILT.values(), ids=SPOILT)
def test_a_disk_that_is_not_empty_is_refused(guest, before, spoil, told, mend):
    try:
        shell(guest, spoil)
        said = asked(guest, DISK, SPARE)
    finally:
        shell(guest, f"{mend or 'true'}; {EMPTIED}")
    assert said.startswith("refused: ")
    assert f"{SPARE}: " in said
    assert told in said
    assert f"{DISK}: " not in said


def test_the_system_s_disk_is_refused(guest, before):
    said = asked(guest, "/dev/vda", "/dev/vdz")
    assert "/dev/vda: vda is mounted at /" in said
    assert "/dev/vda: it is in use" in said
    assert "/dev/vdz: there is no such block device" in said


def test_two_empty_disks_would_do(guest, before):
    assert asked(guest, DISK, SPARE).startswith("would: Todo(key='group', old='no volume group'")


def test_a_disk_that_is_too_small_is_refused_where_20_gib_are_asked(guest, before):
    assert "xenvg would have 1.0 GiB (1069547520 bytes)" in asked(guest, SPARE, least=20 * GIB)


def test_without_consent_it_is_pending_and_the_disk_is_named(guest, before):
    assert verdicts(guest) == {"GNT-006": "pending", "GNT-007": "pending", "GNT-054": "warn"}
    found = applied(guest, "muster.lvm", "test=True")
    grouped = found["muster_lvm.grouped"]
    assert (grouped["result"], grouped["changes"]) == (True, {})
    assert f"xenvg on {DISK} (/dev/vdb, 24.0 GiB, " in grouped["warnings"][0]
    assert found["muster_lvm.filtered"]["result"] is None
    assert shell(guest, SEEN) == before


def test_with_consent_the_group_and_the_filter_are_there(guest, before):
    found = applied(guest, "muster.lvm", CONSENT)
    assert all(each["result"] for each in found.values()), found
    assert set(found["muster_lvm.grouped"]["changes"]) == {"group"}
    rows = shell(guest, "vgs --noheadings --nosuffix --units b -o vg_name,vg_size,pv_name").split()
    assert rows[0] == "xenvg" and int(rows[1]) >= 20 * GIB and rows[2] == "/dev/vdb"
    said = shell(guest, "lvmconfig devices/global_filter")
    assert said.strip() == 'global_filter="r|/dev/drbd.*|"'
    assert verdicts(guest) == dict.fromkeys(("GNT-006", "GNT-007", "GNT-054"), "pass")


def test_the_second_run_changes_nothing(guest):
    seen = shell(guest, SEEN)
    found = applied(guest, "muster.lvm", CONSENT)
    assert {key: each["changes"] for key, each in found.items() if each["changes"]} == {}
    assert all(each["result"] is True for each in found.values())
    assert shell(guest, SEEN) == seen


def test_a_group_with_a_volume_is_not_undone(guest):
    shell(guest, "lvcreate -qq -n disk0 -L 64M xenvg")
    journal = "/var/lib/muster/origins/lvm/journal.json"
    kept = json.loads(guest.exec("cat", journal))
    assert [each["path"] for each in kept["files"]] == ["/etc/lvm/lvm.conf"]
    said = guest.salt("muster_lvm.undo", json.dumps(kept["noted"]))
    assert "the volume group xenvg has 1 volume(s) and stays" in str(said)
    assert "disk0" in shell(guest, "lvs; lvremove -y xenvg/disk0")


def test_undone_all_is_as_before(guest, before):
    refused = applied(guest, "muster.absent")
    assert "the volume group xenvg stays: it goes only with consent" in json.dumps(refused)
    shell(guest, "vgs xenvg")
    found = applied(guest, "muster.absent", CONSENT)
    assert all(each["result"] for each in found.values()), found
    assert shell(guest, SEEN) == before
    again = applied(guest, "muster.absent")
    assert [key for key, each in again.items() if each["changes"] or not each["result"]] == []
