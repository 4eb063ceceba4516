from __future__ import annotations

import pytest

from saltext.muster.errors import InvalidArgument
from saltext.muster.parts import Base, Guest
from saltext.muster.planning import place
from saltext.muster.planning.placing import starts
from tests.support.planned import GIB, cluster, hardware, node


def ravada(*guests, nodes=None, bases=None, memory=16 * GIB):
    """A master and two nodes of 16 GiB; the base is on the master and on rav2."""
    made = nodes or [
        node("rav1", role="master", hardware="big"),
        node("rav2", role="node", hardware="big"),
        node("rav3", role="node", hardware="big"),
    ]
    known = {"ubuntu": Base(20 * 10**9, ("rav1", "rav2"))} if bases is None else bases
    return cluster("ravada", made, guests, bases=known, hardware=hardware(memory))


def clone(name, **more):
    return Guest(name, more.pop("memory", 2 * GIB), base="ubuntu", **more)


def table(found, name):
    return next(each.rows for each in found.tables if each.name == name)


def column(found, name, key):
    return [row[key] for row in table(found, name)]


def test_a_storm_of_clones_side_by_side():
    found = place.sheet(ravada(clone("a", node="rav2")), starts=8)
    rows = {row["way"]: row for row in table(found, "ways to place")}
    assert rows["all at once"]["most_guests"] == 8
    assert rows["all at once"]["on"] == "rav1"
    assert rows["reserved"]["most_guests"] == 5
    assert rows["reserved"]["nodes_overcommitted"] == 0
    assert column(found, "guests of each node", "reserved") == [5, 4, 0]
    assert column(found, "memory left on each node", "reserved_bytes") == [
        6 * GIB,
        8 * GIB,
        16 * GIB,
    ]
    assert found.findings == ()
    assert found.text()


def test_a_storm_that_is_too_much_for_one_node_is_told():
    found = place.sheet(ravada(clone("a", node="rav2")), starts=12)
    assert [(item.row, item.status, item.where) for item in found.findings] == [
        ("RAV-038", "warn", ("nodes", "rav1"))
    ]
    assert "12 guests on rav1 have 8 GiB more memory than it has" in found.findings[0].message
    assert found.status == 0


def test_the_master_is_a_node_and_one_without_the_base_is_not():
    found = place.sheet(ravada(clone("a", node="rav2")), starts=30)
    assert column(found, "guests of each node", "reserved") == [8, 8, 0]
    assert starts.with_base(ravada(bases={"x": Base(1, ())}), "x") == {"rav1"}


def test_guests_of_the_file_are_started_before_further_clones():
    guests = [clone("on", node="rav1"), clone("off", running=False, node="rav2"), clone("new")]
    found = place.sheet(ravada(*guests), starts=3)
    assert column(found, "node of each guest", "guest") == ["off", "new", "ubuntu clone 1"]
    found = place.sheet(ravada(*guests), starts=1)
    assert column(found, "node of each guest", "guest") == ["off"]


def test_a_guest_of_the_file_without_room_fails_and_a_further_clone_warns():
    found = place.sheet(ravada(clone("huge", memory=17 * GIB)), starts=1)
    assert [item.status for item in found.findings if "no room" in item.message] == ["fail"]
    assert found.status == 2
    found = place.sheet(ravada(clone("a", node="rav2")), starts=20)
    told = [item for item in found.findings if "no room" in item.message]
    assert [item.status for item in told] == ["warn"]
    assert "no room for 5 of 20 guests" in told[0].message


def test_the_same_node_policy_follows_the_user():
    guests = [
        clone("mine", node="rav2", user="ann"),
        *(clone(f"also{at}", node="rav2") for at in range(3)),
        clone("next", user="ann"),
    ]
    balanced = place.sheet(ravada(*guests), starts=1)
    assert column(balanced, "node of each guest", "by_its_code") == ["rav1"]
    together = place.sheet(ravada(*guests), starts=1, policy="same-node")
    assert column(together, "node of each guest", "by_its_code") == ["rav2"]
    assert column(together, "node of each guest", "reserved") == ["rav2"]


def test_where_document_and_code_differ_is_told():
    guests = [clone(f"a{at}", memory=GIB, node="rav1") for at in range(10)]
    guests += [clone(f"b{at}", memory=GIB, node="rav2") for at in range(2)]
    found = place.sheet(ravada(*guests), starts=1)
    assert column(found, "node of each guest", "as_documented") == ["rav2"]
    assert column(found, "node of each guest", "by_its_code") == ["rav1"]
    assert [item.row for item in found.findings] == ["RAV-037"]


def test_drained_nodes_start_nothing():
    nodes = [
        node("rav1", role="master", hardware="big", drained=True),
        node("rav2", role="node", hardware="big"),
    ]
    found = place.sheet(ravada(clone("a"), nodes=nodes), starts=2)
    assert column(found, "guests of each node", "node") == ["rav2"]
    nodes = [node("rav1", role="master", hardware="big", drained=True)]
    found = place.sheet(ravada(clone("a"), nodes=nodes))
    assert ["every node is drained" in item.message for item in found.findings] == [True]
    assert found.status == 2


def test_memory_that_is_not_told_leaves_it_undecided():
    nodes = [node("rav1", role="master", hardware="big"), node("rav2", role="node")]
    found = place.sheet(ravada(clone("a"), nodes=nodes))
    assert found.tables == ()
    assert "undecided" in found.findings[0].message
    assert "rav2" in found.findings[0].message


def test_memory_of_a_node_without_the_base_need_not_be_told():
    nodes = [node("rav1", role="master", hardware="big"), node("rav3", role="node")]
    assert place.sheet(ravada(clone("a"), nodes=nodes)).tables


def test_no_guest_leaves_the_memory_of_a_clone_undecided():
    found = place.sheet(ravada())
    assert ["no guest tells its memory" in item.message for item in found.findings] == [True]


def test_a_cluster_without_bases_starts_its_guests_on_any_node():
    found = place.sheet(ravada(Guest("g", GIB), bases={}), starts=3)
    assert column(found, "node of each guest", "guest") == ["g", "guest clone 1", "guest clone 2"]
    assert sum(column(found, "guests of each node", "reserved")) == 3


def test_a_guest_that_is_limited_to_nodes_stays_there():
    found = place.sheet(ravada(clone("a", nodes=("rav2", "rav3"))), starts=1)
    assert column(found, "node of each guest", "reserved") == ["rav2"]


def test_other_platforms_are_told_that_this_is_ravadas_way():
    made = cluster(
        "ganeti", [node("n1", hardware="big")], [Guest("g", GIB)], hardware=hardware(9 * GIB)
    )
    assert "ganeti does it in another way" in place.sheet(made, starts=1).notes[0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"base": "debian"}, "no base 'debian' in the cluster file; there are: ubuntu"),
        ({"starts": 0}, "wanted 1 to 10000 starts, seen 0"),
        ({"starts": 10001}, "wanted 1 to 10000 starts, seen 10001"),
        ({"policy": "best"}, "wanted the policy balance or same-node, seen 'best'"),
    ],
)
def test_options_that_the_cluster_does_not_bear(options, told):
    with pytest.raises(InvalidArgument, match=told):
        place.sheet(ravada(clone("a")), **options)


def test_guests_of_the_file_that_are_left_out_are_told():
    guests = [clone(f"g{at}", memory=GIB) for at in range(5)]
    notes = place.sheet(ravada(*guests), starts=3).notes
    assert notes[0] == "2 guests of the file are left out: --starts 5 starts them all."
    assert not any("left out" in note for note in place.sheet(ravada(*guests), starts=5).notes)


def test_clones_that_the_file_does_not_name_are_told():
    notes = place.sheet(ravada(clone("a")), starts=4).notes
    assert notes[0].startswith("3 of the 4 starts are clones")


def test_each_way_to_place_is_explained():
    found = place.sheet(ravada(clone("a")), starts=4)
    for row in table(found, "ways to place"):
        assert any(note.startswith(f"{row['way']}: ") for note in found.notes), row["way"]
