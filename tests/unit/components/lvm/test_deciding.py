"""What is to be done about a volume group; nothing is written by any of this."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from saltext.muster.components.lvm import LEAST, deciding
from saltext.muster.errors import Refused
from tests.unit.components.lvm.support import GIB, NO_VOLUMES, SDB, VDB, group, pvs, vgs

CONSENT = "only with consent"


def todo(machine, *paths, name="xenvg", least=LEAST):
    with ExitStack() as held:
        return deciding.todo(machine.host(), name, paths, least, held, machine.hold)


def there(machine, *rows, volumes=(("/dev/vdb", "LGb2qf", "xenvg", "dUmRfo"),)):
    """Let LVM have groups on devices."""
    machine.says["vgs"] = (0, vgs(*(rows or (group(),))), "")
    machine.says["pvs"] = (0, pvs(*volumes), "")


def test_a_group_is_made_of_an_empty_disk_with_consent_alone(machine):
    found = todo(machine, VDB)
    new = f"xenvg on {VDB} (/dev/vdb, 24.0 GiB, QEMU_DISK, serial muster-1)"
    entry = {"old": "no volume group", "new": new}
    assert found.diff(True) == {"group": entry}
    pending = found.diff(False)["group"]
    assert pending["pending"].startswith(f"{new}: disks are written {CONSENT}")
    assert "pillar='{muster_consent: true}'" in pending["pending"]
    assert [device.node for device in found.devices] == ["/dev/vdb"]


def test_the_devices_are_held_until_they_are_let_go(machine):
    with ExitStack() as held:
        deciding.todo(machine.host(), "xenvg", [VDB], LEAST, held, machine.hold)
        assert machine.opened == ["/dev/vdb"]
    assert machine.opened == []


def test_without_a_named_device_a_missing_group_is_nobody_s_guess(machine):
    (entry,) = todo(machine).diff(True).values()
    assert "lvm_devices" in entry["pending"]
    there(machine)
    assert todo(machine) is None


def test_a_group_that_is_there_on_the_named_devices_is_enough(machine):
    there(machine)
    machine.part("vdb", "vdb1", "254:17")  # no proof is asked of what is in use as meant
    assert todo(machine, VDB) is None


def test_before_lvm_is_installed_the_disks_are_proved_already(machine):
    machine.says["vgs"] = machine.says["pvs"] = (127, "", "vgs is not installed")
    assert todo(machine, VDB).key == "group"
    machine.part("vdb", "vdb1", "254:17")
    with pytest.raises(Refused, match="has partitions"):
        todo(machine, VDB)


def test_a_further_disk_that_is_named_and_empty_is_added(machine):
    machine.disk("sdb", "8:16", GIB, SDB)
    there(machine)
    found = todo(machine, VDB, SDB)
    assert found.key == "devices"
    assert [device.node for device in found.devices] == ["/dev/sdb"]
    assert CONSENT in found.diff(False)["devices"]["pending"]


def test_a_further_disk_that_is_not_empty_is_refused(machine):
    machine.disk("sdb", "8:16", GIB, SDB)
    machine.content["/dev/sdb"] = b"x" * (3 << 20)
    there(machine)
    with pytest.raises(Refused, match="its first MiB holds data"):
        todo(machine, VDB, SDB)


def test_a_group_on_other_disks_is_reported_and_left(machine):
    machine.disk("sdb", "8:16", GIB, SDB)
    there(machine, volumes=(("/dev/sdb", "LGb2qf", "xenvg", "dUmRfo"),))
    (entry,) = todo(machine, VDB).diff(True).values()
    assert entry["old"] == "xenvg on /dev/sdb"
    assert "none of these is named" in entry["pending"]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ((group(), group(uuid="other")), "2 volume groups xenvg (dUmRfo and other): vgrename"),
        ((group(vg_exported="exported"),), "is exported"),
        ((group(vg_missing_pv_count="1", vg_partial="partial"),), "lacks 1 of its devices"),
    ],
)
def test_a_group_that_a_person_must_look_at(machine, rows, told):
    there(machine, *rows)
    for paths in ((), (VDB,)):
        with pytest.raises(Refused) as found:
            todo(machine, *paths)
        assert told in str(found.value)


def test_another_group_is_nobody_s_business(machine):
    there(machine, group(name="system", vg_exported="exported"), volumes=())
    assert todo(machine, VDB).key == "group"


@pytest.mark.parametrize(
    ("size", "enough"),
    [
        (20 * GIB, False),  # LVM needs a MiB for itself, and deals in pieces of 4 MiB
        (20 * GIB + (1 << 20) - 512, False),
        (20 * GIB + (1 << 20), True),
    ],
)
def test_twenty_gib_are_asked_of_the_group_not_of_the_disk(machine, size, enough):
    machine.disk("sdb", "8:16", size, SDB)
    if enough:
        assert todo(machine, SDB).key == "group"
        return
    with pytest.raises(Refused) as found:
        todo(machine, SDB)
    told = str(found.value)
    assert "20.0 GiB (21470642176 bytes)" in told
    assert "wanted at least 20.0 GiB (21474836480 bytes)" in told
    assert "waive GNT-006" in told


def test_a_smaller_group_is_made_where_the_row_is_waived(machine):
    machine.disk("sdb", "8:16", GIB, SDB)
    assert todo(machine, SDB, least=0).key == "group"


def test_two_disks_count_together(machine):
    machine.disk("sdb", "8:16", 12 * GIB, SDB)
    machine.disk("sdc", "8:32", 12 * GIB, "/dev/disk/by-id/wwn-2")
    assert deciding.usable(todo(machine, SDB, "/dev/disk/by-id/wwn-2").devices) >= LEAST


@pytest.mark.parametrize(
    "text",
    ["", "vg", "[]", '{"report": 1}', '{"report": [{"vg": [1]}]}', vgs({"vg_name": "x"})]
    + [vgs(group(size="-1")), vgs(group(size="12.5")), vgs({**group(), "vg_uuid": 7})],
)
def test_what_vgs_cannot_mean_is_refused(machine, text):
    machine.says["vgs"] = (0, text, "")
    with pytest.raises(Refused):
        todo(machine, VDB)


def test_vgs_that_fails_is_no_absence(machine):
    machine.says["vgs"] = (5, NO_VOLUMES, "  Can't get lock for xenvg")
    with pytest.raises(Refused, match="exit status 5: Can't get lock"):
        todo(machine, VDB)
