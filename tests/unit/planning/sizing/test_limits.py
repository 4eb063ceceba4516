from __future__ import annotations

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import AddressPool, Guest
from saltext.muster.planning import guests
from saltext.muster.planning.sizing import limits
from saltext.muster.verdict import FAIL
from tests.support import planned

GIB = 1024**3


def pairs(count, node="a", secondary="b", disks=1):
    return [
        Guest(f"web{index}", GIB, disks=(GIB,) * disks, node=node, secondary=secondary)
        for index in range(count)
    ]


def ganeti(guests=(), **options):
    return planned.cluster("ganeti", ["a", "b", "c"], guests, options=options)


def vmmanager(guests=(), **more):
    return planned.cluster("vmmanager", ["a", "b", "c"], guests, **more)


def rows(cluster):
    found, _notes = limits.tables(cluster)
    return {row["limit"]: row for table in found for row in table.rows}


def test_128_minors_are_enough_for_64_instances_with_one_disk():
    assert list(limits.minors(ganeti(pairs(64)))) == []
    found = list(limits.minors(ganeti(pairs(65))))
    assert [(item.status, item.where) for item in found] == [
        (FAIL, ("nodes", "a")),
        (FAIL, ("nodes", "b")),
    ]
    assert "130 DRBD minors" in found[0].message
    assert found[0].remedy == "write minor_count: 130"


def test_255_minors_are_the_most():
    assert list(limits.minors(ganeti(pairs(127), minor_count=255))) == []
    found = list(limits.minors(ganeti(pairs(128), minor_count=255)))
    assert "at most" in found[0].remedy


def test_every_disk_takes_minors_on_both_nodes():
    assert limits.disks_by_node(ganeti(pairs(10, disks=3))) == {"a": 30, "b": 30}


def test_instances_without_a_secondary_take_no_minors():
    with pytest.raises(NotAsked):
        list(limits.minors(ganeti(pairs(100, secondary=""))))


def test_minors_are_for_drbd_alone():
    with pytest.raises(NotAsked):
        list(limits.minors(ganeti(pairs(65), drbd=False)))
    assert rows(ganeti(drbd=False)) == {}


def test_without_instances_the_table_tells_how_many_there_may_be():
    found = rows(ganeti())
    assert found["DRBD minors"]["most"] == 128
    assert found["guests' disks under DRBD"]["left"] == 64


def test_guests_without_a_node_are_spread():
    placed = [*pairs(4, secondary=""), *[Guest(f"any{index}", GIB) for index in range(7)]]
    assert guests.most_guests(vmmanager(placed)) == (4 + 3, "a")


def test_more_guests_by_number_than_are_told_are_planned():
    assert guests.most_guests(vmmanager(options={"vms_per_node": 20})) == (20, "")
    assert guests.most_guests(vmmanager(pairs(30), options={"vms_per_node": 20})) == (30, "a")
    assert guests.most_guests(vmmanager()) == (0, "")


def test_consoles_and_migrations_stand_beside_the_guests():
    found = rows(vmmanager(options={"vms_per_node": 1200}))
    assert found["consoles by default"]["left"] == -200
    assert found["consoles at most"]["most"] == 10614
    assert found["migrations to a node at a time"]["most"] == 64


def test_a_node_with_more_guests_than_migration_ports_is_drained_in_turns():
    for count, told in ((64, 0), (65, 1)):
        _tables, notes = limits.tables(vmmanager(options={"vms_per_node": count}))
        assert len(notes) == told


def test_lxd_has_no_consoles_here():
    made = vmmanager(options={"vms_per_node": 1200})
    lxd = type(made)(**{**vars(made), "hypervisor": "lxd"})
    assert limits.tables(lxd) == ([], [])


def test_a_vswitch_at_hetzner_has_32_addresses():
    made = vmmanager(pairs(20), provider="hetzner", options={"vswitch": True})
    assert rows(made)["MAC addresses"] == {
        "limit": "MAC addresses",
        "of": "vSwitch",
        "most": 32,
        "planned": 23,
        "left": 9,
        "row": "VMM-046",
    }
    assert "MAC addresses" not in rows(vmmanager(pairs(20), provider="hetzner"))


def test_addresses_of_pools_stand_beside_guests():
    pool = AddressPool(("192.0.2.0/27", "192.0.2.32/27"), ("192.0.2.1",))
    found = rows(vmmanager(pairs(3), address_pools={"public": pool}))["addresses for guests"]
    assert (found["most"], found["planned"]) == (63, 3)


def test_other_platforms_have_no_such_limits():
    assert limits.tables(planned.cluster("pvc", ["a"])) == ([], [])
