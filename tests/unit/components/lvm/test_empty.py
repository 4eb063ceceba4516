"""Whatever speaks against a disk is told; one defect is enough, and all are told at once."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saltext.muster.components.lvm import deciding
from saltext.muster.errors import Refused
from tests.unit.components.lvm.support import BLKID_EXT4, GIB, VDB, WIPEFS_EXT4, Machine, pvs


def prove(machine, *paths):
    with ExitStack() as held:
        volumes = deciding.asked(machine.host())[1]
        return deciding.prove(machine.host(), paths or [VDB], volumes, held, machine.hold)


def unreadable(machine, path):
    """Put a folder where a file belongs: that stops root too."""
    file = machine.folder / path.lstrip("/")
    file.unlink(missing_ok=True)
    file.mkdir(parents=True)


def swap(machine):
    machine.write("/proc/swaps", "Filename\tType\n/dev/vdb partition 1 0 -2\n")


def mounted(machine, number, source):
    with (machine.folder / "proc/self/mountinfo").open("a") as file:
        file.write(f"40 22 {number} / /srv rw - btrfs {source} rw\n")


def under_a_mount(machine):
    machine.on("dm-0", "253:0", "vdb")
    mounted(machine, "253:0", "/dev/mapper/x")


def partitioned(machine):
    machine.part("vdb", "vdb1", "254:17")


def table(path, line, linked="", number="254:16"):
    def put(machine):
        machine.write(path, line)
        if linked:
            machine.numbers[linked] = number

    return put


def says(command, *answer):
    return lambda machine: machine.says.update({command: answer})


def holds(start, data):
    def put(machine):
        content = bytearray(3 << 20)
        content[start : start + len(data) if start + len(data) else None] = data
        machine.content["/dev/vdb"] = bytes(content)

    return put


MIB = 1 << 20
LVM = pvs(("/dev/vdb", "LGb2qf", "data", "aaa"))

#: What is wrong, how it comes about, and what is told of it.
DEFECTS = {
    "partitions": (partitioned, "it has partitions (vdb1)"),
    "read-only": (lambda m: m.write("/sys/class/block/vdb/ro", "1\n"), "it is read-only"),
    "no size": (lambda m: m.write("/sys/class/block/vdb/size", "0\n"), "it has no size"),
    "a holder": (lambda m: m.on("md0", "9:0", "vdb", kind="md"), "made of it (md0)"),
    "multipath": (lambda m: m.on("dm-3", "253:3", "vdb"), "made of it (dm-3)"),
    "bcache": (lambda m: m.write("/sys/class/block/vdb/holders/bcache0"), "made of it (bcache0)"),
    "mounted": (lambda m: mounted(m, "254:16", "x"), "vdb is mounted at /srv"),
    "btrfs": (lambda m: mounted(m, "0:40", "/dev/vdb"), "vdb is mounted at /srv"),
    "mounted above": (under_a_mount, "dm-0 is mounted at /srv"),
    "swap": (swap, "vdb is swap space"),
    "fstab": (table("/etc/fstab", f"{VDB} /srv ext4 x 0 2\n"), "/etc/fstab names vdb"),
    "fstab by id": (
        table("/etc/fstab", 'UUID="ab" /srv ext4 x 0 2\n', "/dev/disk/by-uuid/ab"),
        "/etc/fstab names vdb",
    ),
    "crypttab": (table("/etc/crypttab", "x /dev/vdb none luks\n"), "/etc/crypttab names vdb"),
    "wipefs": (says("wipefs", 0, WIPEFS_EXT4, ""), "it has a signature (DEVICE OFFSET"),
    "no wipefs": (says("wipefs", 127, "", "wipefs is not installed"), "wipefs is not installed"),
    "blkid": (says("blkid", 0, BLKID_EXT4, ""), "TYPE=ext4"),
    "two kinds": (says("blkid", 8, "", "ambivalent"), "exit status 8: ambivalent"),
    "no blkid": (says("blkid", 127, "", "blkid is not installed"), "blkid is not installed"),
    "blkid says nothing": (says("blkid", 0, "", ""), "exit status 0"),
    "LVM has it": (says("pvs", 0, LVM, ""), "LVM has it already, in data"),
    "in use": (lambda m: m.busy.add("/dev/vdb"), "it is in use"),
    "first byte": (holds(0, b"x"), "its first MiB holds data"),
    "end of the first": (holds(MIB - 1, b"\x01"), "its first MiB holds data"),
    "beginning of the last": (holds(2 * MIB, b"\x01"), "its last MiB holds data"),
    "last byte": (holds(-1, b"x"), "its last MiB holds data"),
    "no fstab to read": (lambda m: unreadable(m, "/etc/fstab"), "could not be read: /etc/fstab"),
    "no mounts to read": (lambda m: unreadable(m, "/proc/self/mountinfo"), "could not be read"),
    "ro is not told": (lambda m: unreadable(m, "/sys/class/block/vdb/ro"), "could not be read"),
}


def test_an_empty_disk_is_proved_and_told_as_a_person_knows_it(machine):
    (device,) = prove(machine)
    assert device.text() == f"{VDB} (/dev/vdb, 24.0 GiB, QEMU_DISK, serial muster-1)"
    assert (device.number, device.size) == ("254:16", 24 * GIB)


@pytest.mark.parametrize(("defect", "told"), DEFECTS.values(), ids=DEFECTS)
def test_any_one_defect_refuses(machine, defect, told):
    defect(machine)
    with pytest.raises(Refused) as found:
        prove(machine)
    assert f"{VDB}: " in str(found.value)
    assert told in str(found.value)
    assert "nothing is written" in str(found.value)
    assert machine.opened == []


@given(st.sets(st.sampled_from(sorted(DEFECTS)), min_size=1, max_size=5))
@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_more_defects_never_make_a_disk_empty(tmp_path_factory, names):
    machine = Machine(tmp_path_factory.mktemp("node"))
    for name in sorted(names):
        try:
            DEFECTS[name][0](machine)
        except OSError:
            pass  # two of them put something at the same path: the first is there
    with pytest.raises(Refused):
        prove(machine)


def test_all_that_is_wrong_is_told_at_once(machine):
    machine.disk("sdb", "8:16", GIB, "/dev/disk/by-id/wwn-1")
    partitioned(machine)
    machine.busy.add("/dev/sdb")
    machine.says["wipefs"] = (0, WIPEFS_EXT4, "")
    with pytest.raises(Refused) as found:
        prove(machine, VDB, "/dev/disk/by-id/wwn-1", "/dev/none", "/dev/vdb")
    told = str(found.value)
    assert f"{VDB}: it has partitions" in told
    assert f"{VDB}: it has a signature" in told
    assert "/dev/disk/by-id/wwn-1: it is in use" in told
    assert "/dev/none: there is no such block device" in told
    assert f"/dev/vdb: it is the same device as {VDB}" in told


def test_the_system_s_disk_and_its_parts_are_never_empty(machine):
    machine.part("vda", "vda5", "254:5", 24 * GIB)
    for path in ("/dev/vda", "/dev/vda1", "/dev/vda5"):
        with pytest.raises(Refused, match="vda1 is mounted at /"):
            prove(machine, path)


def test_a_part_of_another_disk_may_be_empty(machine):
    partitioned(machine)
    assert [device.name for device in prove(machine, "/dev/vdb1")] == ["vdb1"]


def test_a_part_of_an_array_that_carries_the_system_is_refused(machine):
    """Two disks as a mirror: the second array of them shares the disks with the system."""
    for disk, major in (("sda", 8), ("sdb", 9)):
        machine.disk(disk, f"{major}:0")
        machine.part(disk, f"{disk}1", f"{major}:1")
        machine.part(disk, f"{disk}2", f"{major}:2")
    machine.on("md0", "10:0", "sda1", "sdb1", kind="md")
    machine.on("md1", "10:1", "sda2", "sdb2", kind="md")
    prove(machine, "/dev/md1")
    mounted(machine, "10:0", "/dev/md0")
    with pytest.raises(Refused, match="md0 is mounted at /srv"):
        prove(machine, "/dev/md1")


def test_a_multipath_device_is_a_disk(machine):
    machine.disk("sda", "8:0")
    machine.disk("sdb", "8:16")
    machine.on("dm-0", "253:0", "sda", "sdb")
    assert [device.name for device in prove(machine, "/dev/dm-0")] == ["dm-0"]
    with pytest.raises(Refused, match="made of it"):
        prove(machine, "/dev/sda")


def test_a_volume_of_lvm_is_none(machine):
    machine.on("dm-0", "253:0", "vdb", uuid="LVM-abc")
    with pytest.raises(Refused, match="a volume of LVM itself"):
        prove(machine, "/dev/dm-0")


@pytest.mark.parametrize("name", ["loop0", "ram0", "zram0", "drbd0", "sr0", "nbd0", "rbd0", "zd0"])
def test_what_is_no_disk(machine, name):
    machine.disk(name, "7:0", place="/devices/virtual/block")
    with pytest.raises(Refused, match="is no disk"):
        prove(machine, f"/dev/{name}")


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("# /dev/vdb /srv ext4", False),
        ("LABEL=x /srv ext4", False),
        ("tmpfs /tmp tmpfs", False),
        ("\\057dev\\057vdb /srv ext4", True),
        ("", False),
    ],
)
def test_lines_of_fstab(machine, line, names):
    machine.write("/etc/fstab", f"{line}\n")
    if names:
        with pytest.raises(Refused, match="fstab names vdb"):
            prove(machine)
    else:
        assert prove(machine)


def test_text_that_a_disk_tells_of_itself_is_one_plain_line(machine):
    machine.write("/run/udev/data/b254:16", "E:ID_MODEL=a\x1b[2Jb\nE:ID_SERIAL_SHORT=" + "s" * 500)
    (device,) = prove(machine)
    assert (device.model, device.serial) == ("a?[2Jb", "s" * 80)
