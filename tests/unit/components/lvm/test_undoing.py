"""Which volume groups may go again: those that muster made, whole and unused, with consent."""

from __future__ import annotations

import pytest

from saltext.muster.components.lvm import undoing
from tests.unit.components.lvm.support import group, pvs, vgs

VOLUMES = (("/dev/vdb", "LGb2qf", "xenvg", "dUmRfo"),)
NOTED = {"group xenvg": "absent", "made dUmRfo": "xenvg LGb2qf"}


def todo(machine, noted, consent=True, rows=None, volumes=VOLUMES):
    machine.says["vgs"] = (0, vgs(*(rows if rows is not None else [group()])), "")
    machine.says["pvs"] = (0, pvs(*volumes), "")
    return undoing.todo(machine.host(), noted, consent)


def test_an_unused_group_that_muster_made_goes(machine):
    found = todo(machine, NOTED)
    (made,) = found.groups
    assert (made.name, made.uuid, [each.node for each in made.devices], found.left) == (
        "xenvg",
        "dUmRfo",
        ["/dev/vdb"],
        [],
    )


def test_not_without_consent(machine):
    found = todo(machine, NOTED, consent=False)
    assert found.groups == []
    assert "pillar='{muster_consent: true}'" in found.left[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"rows": [group(volumes=1)]}, "has 1 volume(s) and stays"),
        ({"rows": [group(vg_exported="exported")]}, "is exported"),
        ({"volumes": (*VOLUMES, ("/dev/sdc", "by hand", "xenvg", "dUmRfo"))}, "others added"),
        ({"volumes": (("/dev/gone", "LGb2qf", "xenvg", "dUmRfo"),)}, "no such block device"),
    ],
)
def test_what_is_in_use_stays_and_is_named(machine, change, told):
    found = todo(machine, NOTED, **change)
    assert found.groups == []
    assert "the volume group xenvg" in found.left[0]
    assert told in found.left[0]


def test_a_group_of_the_same_name_that_somebody_else_made_stays(machine):
    found = todo(machine, {"group xenvg": "absent", "made other": "xenvg LGb2qf"})
    assert found.groups == []
    assert "whether muster made it cannot be told" in found.left[0]


def test_devices_that_muster_added_to_a_foreign_group_are_named(machine):
    found = todo(machine, {"extended dUmRfo LGb2qf": "xenvg"})
    assert found.groups == []
    assert "vgreduce xenvg /dev/vdb" in found.left[0]


def test_devices_that_muster_added_to_its_own_group_go_with_it(machine):
    machine.disk("sdb", "8:16")
    machine.disk("sdc", "8:32")
    added = {f"extended dUmRfo {n}": "xenvg" for n in ("one", "two")}
    more = [(f"/dev/sd{n}", uuid, "xenvg", "dUmRfo") for n, uuid in (("b", "one"), ("c", "two"))]
    (made,) = todo(machine, {**NOTED, **added}, volumes=(*VOLUMES, *more)).groups
    assert [each.node for each in made.devices] == ["/dev/vdb", "/dev/sdb", "/dev/sdc"]


def test_a_group_that_is_gone_needs_nothing(machine):
    assert todo(machine, NOTED, rows=[], volumes=()) == undoing.Todo()


def test_a_group_that_was_there_before_is_nobody_s_business(machine):
    assert todo(machine, {}) == undoing.Todo()


def test_lvm_s_copies_of_that_group_alone_are_forgotten(tmp_path):
    made = undoing.Made("xenvg", "dUmRfo", [])
    ours, other = 'xenvg {\n\tid = "dUmRfo"\n}\n', 'xenvg {\n\tid = "another"\n}\n'
    files = {
        "backup/xenvg": ours,
        "archive/xenvg_00000-1.vg": ours,
        "archive/xenvg_00001-2.vg": other,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert undoing.unmade(str(tmp_path)) == []
    noted = {f"folder {tmp_path}/{name}": "absent" for name in ("archive", "backup")}
    undoing.forget(made, noted, str(tmp_path))
    assert undoing.unmade(str(tmp_path)) == [str(tmp_path / "backup")]
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert left == ["xenvg_00001-2.vg"]
