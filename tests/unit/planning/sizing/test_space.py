from __future__ import annotations

import pytest

from saltext.muster.finding import NotAsked
from saltext.muster.parts import Ceph, CephPool, Hardware
from saltext.muster.planning.sizing import space
from tests.support import planned

GB = 10**9


def cluster(*hosts, platform="pvc", **ceph):
    """Return a cluster whose hosts have disks of these sizes in GB."""
    models = {
        f"model{index}": Hardware(disks=tuple(each * GB for each in disks))
        for index, disks in enumerate(hosts)
    }
    nodes = [planned.node(f"node{index}", hardware=f"model{index}") for index in range(len(hosts))]
    return planned.cluster(platform, nodes, hardware=models, ceph=Ceph(**ceph))


def table(made, name):
    return next(each.rows for each in space.tables(made) if each.name == name)


def test_three_nodes_of_400_gb_store_400_gb_as_by_default():
    (row,) = table(cluster((400,), (400,), (400,)), "pools")
    assert (row["pool"], row["copies"], row["mincopies"]) == (space.UNTOLD, 3, 2)
    assert row["usable_bytes"] == row["sum_by_copies_bytes"] == row["room_bytes"] == 400 * GB
    assert row["hosts_down_with_io"] == 1
    # Two copies of each object on two hosts: n-1 stores as much.
    assert row["usable_without_largest_bytes"] == 400 * GB


def test_a_pool_stores_nothing_on_fewer_hosts_than_its_mincopies():
    (row,) = table(cluster((400,), (400,), pools={"vms": CephPool(3, 3)}), "pools")
    assert (row["usable_bytes"], row["room_bytes"]) == (0, 0)
    (row,) = table(cluster((400,), (400,), pools={"vms": CephPool(data=100 * GB)}), "pools")
    assert (row["usable_bytes"], row["room_bytes"]) == (400 * GB, 300 * GB)
    assert row["usable_without_largest_bytes"] == 0


@pytest.mark.parametrize(
    ("copies", "mincopies", "hosts", "down"),
    [(3, 1, 3, 2), (4, 2, 4, 2), (4, 2, 3, 1), (3, 3, 3, 0)],
)
def test_hosts_that_may_fail_follow_copies_and_hosts(copies, mincopies, hosts, down):
    made = cluster(*[(400,)] * hosts, pools={"vms": CephPool(copies, mincopies)})
    assert table(made, "pools")[0]["hosts_down_with_io"] == down


def test_pools_share_the_space():
    pools = {"vms": CephPool(data=100 * GB), "tmp": CephPool(2, 1, data=150 * GB)}
    made = cluster((400,), (400,), (400,), pools=pools)
    vms, tmp = table(made, "pools")
    assert (vms["usable_bytes"], tmp["usable_bytes"]) == (400 * GB, 600 * GB)
    assert (vms["room_bytes"], tmp["room_bytes"]) == (200 * GB, 300 * GB)
    full = table(made, "storage")[0]
    assert (full["copied_data_bytes"], full["percent_full"]) == (600 * GB, 50.0)


def test_how_full_the_rest_is_without_the_largest_host_is_told():
    made = cluster(*[(400,)] * 4, pools={"vms": CephPool(data=200 * GB)})
    up, down = table(made, "storage")
    assert (up["percent_full"], down["percent_full"]) == (37.5, 50.0)
    assert down["all_copies"]


def test_with_as_many_hosts_as_copies_the_loss_of_one_leaves_copies_missing():
    made = cluster(*[(400,)] * 3, pools={"vms": CephPool(data=200 * GB)})
    down = table(made, "storage")[1]
    assert (down["all_copies"], down["percent_full"]) == (False, 50.0)


def test_hosts_whose_space_is_wasted_are_told():
    rows = table(cluster((400,), (400, 400), (400,)), "storage hosts")
    assert [row["wasted_bytes"] for row in rows] == [0, 400 * GB, 0]
    assert rows[1]["disks"] == ["2x 400 GB"]


def test_a_pool_that_is_not_replicated_is_not_reckoned():
    made = cluster(*[(400,)] * 3, pools={"ec": CephPool(type="erasure")})
    assert table(made, "pools") == []
    assert space.strictest(made).copies == 1


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (cluster((400,), external=True), "no Ceph"),
        (cluster((), ()), "no node has disks"),
        (planned.cluster("pvc", ["node1"]), "not told"),
        (planned.cluster("ganeti", ["node1"]), "no Ceph"),
    ],
)
def test_space_is_undecided_without_ceph_or_disks(made, why):
    with pytest.raises(NotAsked, match=why):
        space.tables(made)


def test_the_usual_disk_is_what_most_nodes_have_and_the_larger_of_equals():
    assert space.usual_disk(cluster((400,), (400, 800))) == 400 * GB
    assert space.usual_disk(cluster((400,), (800,))) == 800 * GB
    assert space.usual_disk(cluster(())) == 0


def test_unequal_hosts_are_told_to_reach_less_maybe():
    assert space.notes(cluster((400,), (400,))) == []
    assert len(space.notes(cluster((400,), (800,)))) == 1
