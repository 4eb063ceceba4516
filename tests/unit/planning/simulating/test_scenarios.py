from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from saltext.muster.parts import Ceph, CephPool, Hardware
from saltext.muster.planning import simulate
from saltext.muster.planning.simulating import failures, scenarios
from tests.support.planned import GIB, cluster, guest, node
from tests.support.simulated import result, shaped, table


def test_pairs_of_a_thousand_nodes_are_all_judged():
    guests = [guest(f"g{n}", memory=4 * GIB, node=f"hv{n}") for n in range(995)]
    sheet = simulate.sheet(shaped(1, 1, 1, 1, 1, hypervisors=995, guests=guests))
    pairs = [row for row in table(sheet, "failures") if row["failure"] == "2 nodes down"]
    assert {row["cases"] for row in pairs} == {499_500}
    assert {row["what"]: row["verdict"] for row in pairs} == {
        "quorum": "holds",
        "I/O of pool vms": "fails",
        "data of pool vms": "holds",
        "guests": "holds",
        "memory": "holds",
    }


def test_pairs_of_nodes_that_are_alike_are_all_counted():
    guests = [guest(f"g{n}", memory=14 * GIB) for n in range(99)]
    sheet = simulate.sheet(shaped(3, hypervisors=97, guests=guests))
    assert result(sheet, "one node down", "memory")["verdict"] == "holds"
    row = result(sheet, "2 nodes down", "memory")
    assert (row["verdict"], row["failing"], row["cases"]) == ("fails", 4950, 4950)
    assert row["first"] == (
        "a0, a1 down: 99 guests have 14 GiB or more, there is room for 98 of them"
    )


def test_pairs_that_are_too_many_to_place_fail_by_one_that_is_too_heavy():
    models = {f"m{n}": Hardware(memory=2 * GIB + n) for n in range(68)}
    models |= {f"m{n}": Hardware(memory=100 * GIB + n) for n in (68, 69)}
    nodes = [node(f"n{n}", hardware=f"m{n}") for n in range(70)]
    guests = [guest(f"g{n}", memory=GIB, node=f"n{68 + n // 100}") for n in range(200)]
    sheet = simulate.sheet(cluster("vmmanager", nodes, guests, hardware=models))
    assert result(sheet, "one node down", "memory")["verdict"] == "holds"
    row = result(sheet, "2 nodes down", "memory")
    assert (row["verdict"], row["failing"]) == ("fails", None)
    assert row["first"].startswith("for one, n68, n69 down: 200 guests: 200 GiB needed, ")


def test_pairs_that_are_too_many_to_place_fail_by_the_first_of_them():
    models = {f"m{n}": Hardware(memory=10 * GIB + n) for n in range(70)}
    nodes = [node(f"n{n}", hardware=f"m{n}") for n in range(70)]
    guests = [guest(f"g{n}", memory=(9 if n == 3 else 2) * GIB, node=f"n{n}") for n in range(70)]
    sheet = simulate.sheet(cluster("vmmanager", nodes, guests, hardware=models))
    row = result(sheet, "2 nodes down", "memory")
    assert (row["verdict"], row["failing"]) == ("fails", None)
    assert row["first"].startswith("n0, n3 down: g3 needs 9 GiB")


def test_pairs_of_which_neither_is_shown_are_undecided():
    allowed = tuple(f"hv{n}" for n in range(50))
    guests = [guest(f"g{n}", memory=GIB, nodes=allowed, node=f"hv{n}") for n in range(9)]
    row = result(simulate.sheet(shaped(3, hypervisors=97, guests=guests)), "2 nodes down", "memory")
    assert (row["verdict"], row["failing"]) == ("undecided", 0)
    assert row["undecided"] == 4950 - scenarios.MOST_TRIED


@given(st.data())
@settings(max_examples=60)
def test_choices_by_kinds_of_nodes_give_what_each_choice_gives(data):
    """Against all choices placed one by one, with guests that are limited to some of the nodes."""
    sizes = data.draw(st.lists(st.sampled_from([4, 6]), min_size=4, max_size=6))
    ids = [f"n{n}" for n in range(len(sizes))]
    homes, limits = st.sampled_from(["", *ids]), st.sampled_from([(), tuple(ids[:3])])
    guests = []
    for n, (memory, home, allowed) in enumerate(
        data.draw(st.lists(st.tuples(st.integers(1, 4), homes, limits), max_size=8))
    ):
        guests.append(guest(f"g{n}", memory=memory, node=home, nodes=() if home else allowed))
    drained = data.draw(st.sampled_from(["", ids[-1]]))
    models = {str(size): Hardware(memory=size) for size in sizes}
    nodes = [
        node(id_, hardware=str(size), drained=id_ == drained)
        for id_, size in zip(ids, sizes, strict=True)
    ]
    made = cluster("vmmanager", nodes, guests, hardware=models)
    found = scenarios.Simulation(made, 2)
    kinds = list(found.failover.kinds.values())
    assert kinds
    each = found._memory("", list(failures.any_of(made, 2)))
    by_kinds = found._memory_by_kinds("", kinds, 2)
    assert (by_kinds.failed, by_kinds.undecided) == (each.failed, each.undecided)
    assert by_kinds.first.partition(":")[0] == each.first.partition(":")[0]


@given(st.data())
@settings(max_examples=40)
def test_the_table_is_what_each_case_gives_by_itself(data):
    """Sites and single nodes by brute force, over quorum and pools together."""
    count = data.draw(st.integers(1, 6))
    drawn = [
        data.draw(st.tuples(st.booleans(), st.booleans(), st.sampled_from("xyz")))
        for _ in range(count)
    ]
    copies, mincopies = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    models = {"disks": Hardware(disks=(1,)), "none": Hardware()}
    nodes = [
        node(
            f"n{n}",
            role="coordinator" if votes else "hypervisor",
            site=site,
            hardware="disks" if disks else "none",
        )
        for n, (votes, disks, site) in enumerate(drawn)
    ]
    ceph = Ceph(pools={"p": CephPool(copies, mincopies)})
    sheet = simulate.sheet(cluster("pvc", nodes, hardware=models, ceph=ceph), down=3)
    ids = [each.id for each in nodes]
    sites = list(dict.fromkeys(each.site for each in nodes))
    cases = {f"{k} nodes down": list(itertools.combinations(ids, k)) for k in (2, 3) if k <= count}
    cases["one node down"] = [(id_,) for id_ in ids]
    if len(sites) > 1:
        cases["one site down"] = [
            tuple(each.id for each in nodes if each.site == site) for site in sites
        ]
    total = sum(votes for votes, _disks, _site in drawn)
    storing = [each.id for each in nodes if each.hardware == "disks"]
    for failure, downs in cases.items():
        lost = [
            down
            for down in downs
            if 2
            * sum(votes for id_, (votes, *_rest) in zip(ids, drawn, strict=True) if id_ not in down)
            <= total
        ]
        if total:
            assert result(sheet, failure, "quorum")["failing"] == len(lost)
        stopped = [down for down in downs if not serves(storing, copies, mincopies, down)]
        row = result(sheet, failure, "I/O of pool p")
        assert (row["failing"], row["cases"]) == (len(stopped), len(downs))


def serves(storing, copies, mincopies, down):
    """Say whether all placement groups have copies enough."""
    groups = list(itertools.combinations(storing, min(copies, len(storing)))) if storing else []
    return bool(groups) and all(len(set(group) - set(down)) >= mincopies for group in groups)
