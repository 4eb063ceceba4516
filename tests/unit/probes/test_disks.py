from __future__ import annotations

import json

import pytest

from saltext.muster import facts
from saltext.muster.probes import _blocks, disks
from saltext.muster.probes.source import unknown

PCI = "pci0000:00/0000:00:17.0"
SATA = PCI + "/ata{0}/host{0}/target{0}:0:0/{0}:0:0:0/block/{1}"
TB = 1953125000


@pytest.fixture
def machine(host):
    """machine(*(place, sectors, attributes), root=...) makes a host of block devices."""

    def make(*devices, root="ext4 /dev/sda rw", number="8:0", files=()):
        made = dict(files)
        made["/proc/self/mountinfo"] = f"22 1 {number} / / rw shared:1 - {root}\n"
        links = {}
        for place, sectors, attributes in devices:
            name = place.rsplit("/", 1)[1]
            links[f"/sys/class/block/{name}"] = f"../../devices/{place}"
            made[f"/sys/devices/{place}/size"] = f"{sectors}\n"
            for key, text in attributes.items():
                made[f"/sys/devices/{place}/{key}"] = text if key.endswith("/") else f"{text}\n"
        return disks.read(host(made, links))

    return make


def disk(name, port, sectors=TB, **attributes):
    values = {"removable": "0", "queue/rotational": "0", "dev": f"8:{(port - 1) * 16}"}
    return SATA.format(port, name), sectors, {**values, **attributes}


def part(name, port, number, sectors):
    place = f"{SATA.format(port, name)}/{name}{number}"
    return place, sectors, {"partition": number, "dev": f"8:{(port - 1) * 16 + number}"}


def virtual(name, sectors, slaves, **attributes):
    below = {f"slaves/{slave}/": "" for slave in slaves}
    values = {key.replace("__", "/"): text for key, text in attributes.items()}
    return f"virtual/block/{name}", sectors, {**below, **values}


@pytest.mark.parametrize(
    ("place", "transport"),
    [
        ("pci/usb2/2-1/2-1:1.0/host9/target9:0:0/block/sdz", "usb"),
        ("pci/0000:3b:00.0/nvme/nvme0/nvme0n1", "nvme"),
        ("virtual/nvme-subsystem/nvme-subsys0/nvme0n1", "nvme"),
        ("virtual/nvme-fabrics/ctl/nvme1/nvme1n1", "nvme-of"),
        ("pci/mmc_host/mmc0/mmc0:0001/block/mmcblk0", "mmc"),
        ("pci/ata1/host0/target0:0:0/0:0:0:0/block/sda", "sata"),
        ("pci/host0/port-0:0/end_device-0:0/target0:0:0/block/sda", "sas"),
        ("pci/host5/rport-5:0-0/target5:0:0/block/sdx", "fc"),
        ("platform/host7/session1/target7:0:0/block/sdy", "iscsi"),
        ("pci/host0/target0:2:0/0:2:0:0/block/sda", "scsi"),
        ("pci/virtio1/block/vda", "virtio"),
        ("vbd-51712/block/xvda", "xen"),
        ("somewhere/block/dasda", ""),
    ],
)
def test_transport(place, transport):
    assert _blocks.transport(f"../../devices/{place}") == transport


def test_one_plain_disk(machine):
    found = machine(disk("sda", 1, **{"device/model": "MODEL X  ", "device/vendor": "ATA"}))
    assert found["disks"]["sda"] == {
        "size": 10**12, "usable": True, "transport": "sata", "rotational": False,
        "removable": False, "model": "MODEL X", "vendor": "ATA", "raid": "",
    }  # fmt: skip
    assert found["root"] == {
        "device": "sda", "disks": ["sda"], "raid": "", "arrays": [], "capacity": 10**12,
    }  # fmt: skip
    assert (found["usable"], found["drives"]) == (10**12, 1)


def test_what_is_no_usable_disk(machine):
    found = machine(
        disk("sda", 1),
        disk("sdb", 2, removable="1"),
        disk("sdc", 3, sectors=0),
        ("pci/usb1/1-1/host4/block/sdd", TB, {}),
        ("virtual/block/loop0", TB, {}),
        ("virtual/block/zram0", TB, {}),
        ("pci/ata9/host9/block/sr0", TB, {}),
        ("rbd/0/block/rbd0", TB, {}),
        ("virtual/block/drbd0", TB, {}),
        ("pci/mmc_host/mmc0/mmc0:0001/block/mmcblk0boot0", TB, {}),
        ("pci/nvme/nvme0/nvme0c0n1", TB, {}),
    )
    assert (found["usable"], found["drives"]) == (10**12, 1)
    assert sorted(found["disks"]) == ["sda", "sdb", "sdc", "sdd"]


def raid1(**attributes):
    values = {"dev": "9:0", "md__level": "raid1", "md__degraded": "0", **attributes}
    return virtual("md0", TB - 4096, ("sda1", "sdb1"), **values)


MIRROR = (
    disk("sda", 1), part("sda", 1, 1, TB - 2048), disk("sdb", 2), part("sdb", 2, 1, TB - 2048),
)  # fmt: skip


def test_a_mirror_counts_once(machine):
    found = machine(*MIRROR, raid1(), root="ext4 /dev/md0 rw", number="9:0")
    assert found["usable"] == (2 * TB - 2 * (TB - 2048) + TB - 4096) * 512
    assert found["arrays"]["md0"] == {
        "level": "raid1", "size": (TB - 4096) * 512, "members": ["sda1", "sdb1"],
        "disks": ["sda", "sdb"], "missing": 0,
    }  # fmt: skip
    assert found["root"]["disks"] == ["sda", "sdb"]
    assert (found["root"]["raid"], found["root"]["arrays"]) == ("raid1", ["md0"])


def test_an_array_that_lost_a_member(machine):
    found = machine(*MIRROR[:2], virtual("md0", 1, ("sda1",), md__level="raid1", md__degraded="1"))
    assert found["arrays"]["md0"]["missing"] == 1


def test_a_container_and_a_stopped_array_hold_nothing(machine):
    container = virtual("md127", 0, ("sda", "sdb"), md__level="container")
    found = machine(*MIRROR, container, raid1())
    assert list(found["arrays"]) == ["md0"]


def test_lvm_on_a_mirror(machine):
    root = virtual("dm-0", 1000, ("md0",), dev="253:0", dm__name="vg-root", dm__uuid="LVM-x")
    found = machine(*MIRROR, raid1(), root, root="xfs /dev/mapper/vg-root rw", number="253:0")
    assert (found["root"]["device"], found["root"]["raid"]) == ("dm-0", "raid1")
    assert found["root"]["disks"] == ["sda", "sdb"]


def test_an_lvm_mirror_does_not_tell_its_level(machine):
    legs = [
        virtual(f"dm-{n}", 1000, (name,), dm__name=f"vg-root_rimage_{n}")
        for n, name in enumerate(("sda1", "sdb1"))
    ]
    root = virtual("dm-2", 1000, ("dm-0", "dm-1"), dev="253:2", dm__name="vg-root")
    found = machine(*MIRROR, *legs, root, root="xfs /dev/mapper/vg-root rw", number="253:2")
    assert "LVM mirror" in found["root"]["raid"]["unknown"]
    assert found["root"]["disks"] == ["sda", "sdb"]


def test_multipath_counts_once(machine):
    found = machine(
        disk("sda", 1), disk("sdb", 2), virtual("dm-0", TB, ("sda", "sdb"), dm__uuid="mpath-36",
                                                dm__name="mpatha"),
    )  # fmt: skip
    assert (found["usable"], found["drives"]) == (10**12, 1)
    assert found["multipaths"]["dm-0"]["name"] == "mpatha"


def test_btrfs_has_no_device_number(machine):
    both = (disk("sda", 1), disk("sdb", 2))
    found = machine(*both, root="btrfs /dev/sdb rw", number="0:30")
    assert (found["root"]["device"], found["root"]["disks"]) == ("sdb", ["sdb"])


def test_btrfs_on_two_disks(machine):
    folder = "/sys/fs/btrfs/6c1c/devices"
    found = machine(
        disk("sda", 1), disk("sdb", 2), root="btrfs /dev/sdb rw", number="0:30",
        files={f"{folder}/sda/": "", f"{folder}/sdb/": ""},
    )  # fmt: skip
    assert found["root"]["disks"] == ["sda", "sdb"]
    assert "btrfs" in found["root"]["raid"]["unknown"]


@pytest.mark.parametrize("root", ["zfs rpool/ROOT rw", "overlay overlay rw", "nfs4 a:/root rw"])
def test_a_root_on_no_disk_of_this_node(machine, root):
    found = machine(disk("sda", 1), root=root, number="0:40")
    assert root.split()[1] in found["root"]["unknown"]


@pytest.mark.parametrize(
    ("driver", "attributes", "raid"),
    [
        ("ahci", {}, ""),
        ("megaraid_sas", {"device/vendor": "DELL"}, None),
        ("megaraid_sas", {"device/vendor": "ATA"}, ""),
        ("hpsa", {"device/raid_level": "RAID 1(+0)"}, "RAID 1(+0)"),
        ("hpsa", {"device/raid_level": "N/A"}, ""),
        ("smartpqi", {"device/raid_level": "RAID UNKNOWN"}, None),
    ],
)
def test_hardware_raid(machine, driver, attributes, raid):
    files = {"/sys/class/scsi_host/host1/proc_name": f"{driver}\n"}
    found = machine(disk("sda", 1, **attributes, **{"queue/rotational": "1"}), files=files)
    told = found["disks"]["sda"]["raid"]
    assert unknown(told) if raid is None else told == raid
    # What a controller's volume is made of does not show.
    assert unknown(found["disks"]["sda"]["rotational"]) is (raid != "")


def test_no_block_devices_is_unknown(host):
    found = disks.read(host())
    assert all(unknown(value) for value in found.values())


@pytest.mark.parametrize("size", ["", "-5", "many", "9" * 40])
def test_a_size_that_is_no_number(machine, size):
    found = machine(disk("sda", 1, sectors=size))
    assert found["usable"] == 0 if not size else unknown(found["usable"])


def test_odd_names_are_left_out(host):
    found = disks.read(host(links={"/sys/class/block/a b": "x", "/sys/class/block/sda": "y/sda"}))
    assert list(found["disks"]) == ["sda"]


def test_a_loop_of_devices_ends():
    device = {"place": "", "number": "", "size": 1, "parent": ""}
    found = {"a": {**device, "slaves": ["b"]}, "b": {**device, "slaves": ["a"]}}
    assert _blocks.below(found, {"a"}) == ["a", "b"]


PLACE = "/sys/devices/" + SATA.format(1, "sda")
ODD = (
    "/proc/self/mountinfo", "/proc/meminfo", "/sys/firmware/dmi/entries/17-0/raw",
    "/sys/firmware/dmi/tables/DMI", "/sys/devices/system/cpu/online",
    "/sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
    "/sys/devices/system/cpu/cpu0/cpufreq/base_frequency",
    "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor",
    "/sys/module/pcie_aspm/parameters/policy", "/sys/class/scsi_host/host1/proc_name",
    *(f"{PLACE}/{name}" for name in (
        "size", "dev", "removable", "queue/rotational", "device/model", "device/raid_level",
        "md/level", "md/degraded", "dm/uuid", "dm/name", "slaves",
    )),
)  # fmt: skip


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("content", [None, b"", bytes(range(256)) * 40, b"9" * 5000])
def test_odd_files_never_stop_a_probe(host, odd, content):
    sound = {f"{PLACE}/size": "8\n", f"{PLACE}/dev": "8:0\n"}
    links = {"/sys/class/block/sda": PLACE, "/sys/class/block/loop": "loop"}
    mounts = {"/proc/self/mountinfo": "22 1 8:0 / / rw - ext4 /dev/sda rw\n"}
    given = {path: text for path, text in {**sound, **mounts}.items() if path != odd}
    source = host({**given, f"{odd}/" if content is None else odd: content or b""}, links)
    found = facts.collect(("cpu", "memory", "disks", "filesystems", "power"), source=source)
    assert [name for name, values in found.items() if unknown(values)] == []
    json.dumps(found).encode()
