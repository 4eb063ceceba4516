"""Conflicts between platforms: each row found and not found, from cluster files alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from saltext.muster import conflict, platforms
from saltext.muster.catalogue import conflicts
from saltext.muster.catalogue.conflicts import ROWS
from saltext.muster.cluster import Cluster, Network, Node, Pool, Waiver
from saltext.muster.master import servers

TODAY = date(2026, 11, 21)
ADMIN = ("198.51.100.0/24",)


def node(number, **changes):
    name = f"node{number}.example.com"
    return Node(
        name, f"192.0.2.{10 + number}", **{"fqdn": name, "short": f"node{number}", **changes}
    )


def cluster(platform, options=None, nodes=None, **changes):
    module = platforms.load(platform)
    found = Cluster(
        name=f"{platform}-demo",
        platform=platform,
        hypervisor=module.HYPERVISORS[0],
        edition=module.EDITIONS[0],
        tier="production",
        network_type=(*module.NETWORK_TYPES, None)[0],
        nodes={each.id: each for each in nodes or (node(1), node(2))},
        networks={"main": Network("192.0.2.0/24", bridge="", interface="eno1")},
        options=module.Options(**(options or {})),
        admin=ADMIN,
    )
    return replace(found, **changes)


def network(**changes):
    return {"networks": {"main": Network("192.0.2.0/24", **changes)}}


def waiver(id_, **changes):
    return Waiver(
        **{"requirement": id_, "reason": "r", "owner": "o", "expires": "2027-01-01", **changes}
    )


def found(cluster, *others):
    return {clash.row.id: clash for clash in conflicts.conflicts(cluster, others)}


VMM, RAV, PVC, GNT = "vmmanager", "ravada", "pvc", "ganeti"
SHORT = [node(1, fqdn="node1"), node(2, fqdn="node2")]

#: Row, cluster, status ("" = not found), and the path in the file.
CASES = [
    ("XC-01", cluster(GNT, also=(PVC,)), "fail", ("also", 0)),
    ("XC-01", cluster(PVC, also=(RAV, GNT)), "fail", ("also", 1)),
    ("XC-01", cluster(VMM, also=(PVC,)), "warn", ("also", 0)),
    ("XC-01", cluster(VMM, nodes=SHORT, also=(PVC,)), "", ()),
    ("XC-01", cluster(GNT, also=(VMM,)), "", ()),
    ("XC-02", cluster(VMM, also=(PVC,)), "warn", ("also", 0)),
    ("XC-02", cluster(PVC, also=(GNT,)), "warn", ("also", 0)),
    ("XC-02", cluster(VMM, also=(GNT,)), "", ()),
    ("XC-03", cluster(VMM, also=(PVC,)), "fail", ("also", 0)),
    (
        "XC-03",
        cluster(PVC, also=(VMM,), repositories=("repo.parallelvirtualcluster.org/debian",)),
        "warn",
        ("also", 0),
    ),
    ("XC-03", cluster(GNT, also=(PVC,)), "", ()),
    ("XC-04", cluster(RAV, also=(VMM,)), "warn", ("also", 0)),
    ("XC-04", cluster(VMM, nodes=[node(1)], also=(RAV,)), "", ()),
    ("XC-04", cluster(RAV, also=(GNT,)), "", ()),
    ("XC-05", cluster(VMM, also=(PVC,)), "fail", ("also", 0)),
    ("XC-05", cluster(VMM, also=(RAV,)), "", ()),
    ("XC-05", cluster(VMM, hypervisor="lxd", also=(RAV,)), "", ()),
    ("XC-06", cluster(GNT, also=(VMM,)), "warn", ("also", 0)),
    ("XC-06", cluster(VMM, also=(GNT,)), "warn", ("also", 0)),
    ("XC-06", cluster(GNT, also=(VMM,), **network(bridge="vmbr0")), "", ()),
    ("XC-06", cluster(GNT, {"network_mode": "routed"}, also=(VMM,)), "", ()),
    ("XC-06", cluster(PVC, {"bridge_device": "eno1"}, also=(VMM,)), "warn", ("also", 0)),
    ("XC-06", cluster(PVC, {"bridge_device": "eno1.7"}, also=(VMM,)), "", ()),
    (
        "XC-06",
        cluster(PVC, {"bridge_device": "bond0"}, also=(GNT,), **network(interface="bond0.100")),
        "warn",
        ("also", 0),
    ),
    ("XC-06", cluster(PVC, {"bridge_device": "eno2"}, also=(GNT,)), "", ()),
    ("XC-07", cluster(GNT, also=(RAV,)), "warn", ("also", 0)),
    ("XC-07", cluster(GNT, {"storage": "file", "drbd": False}, also=(RAV,)), "", ()),
    ("XC-07", cluster(VMM, also=(PVC,)), "warn", ("also", 0)),
    ("XC-07", cluster(VMM, also=(RAV,)), "warn", ("also", 0)),
    ("XC-07", cluster(VMM, also=(RAV,), pools=(Pool("p", "dir", "/p"),)), "", ()),
    (
        "XC-07",
        cluster(VMM, hypervisor="lxd", also=(RAV,), pools=(Pool("p", "dir", "/p"),)),
        "warn",
        ("also", 0),
    ),
    ("XC-07", cluster(VMM, hypervisor="lxd", also=(RAV,), pools=(Pool("p", "zfs"),)), "", ()),
    ("XC-08", cluster(VMM, network_type="ip-fabric", also=(PVC,)), "fail", ("also", 0)),
    ("XC-08", cluster(VMM, also=(PVC,)), "", ()),
    ("XC-08", cluster(PVC, also=(VMM,)), "", ()),
    ("XC-09", cluster(VMM, waivers=(waiver("VMM-032"),)), "warn", ("waivers", 0)),
    ("XC-09", cluster(VMM, waivers=(waiver("VMM-023"),)), "", ()),
    ("XC-09", cluster(VMM), "", ()),
    (
        "XC-10",
        cluster(VMM, {"platform_address": "192.0.2.12"}),
        "fail",
        ("options", "platform_address"),
    ),
    ("XC-10", cluster(VMM, {"platform_address": "192.0.2.13"}), "", ()),
    ("XC-10", cluster(VMM), "", ()),
    ("XC-10", cluster(VMM, also=(RAV,)), "warn", ("also", 0)),
    ("XC-10", cluster(PVC, also=(VMM,)), "warn", ("also", 0)),
    ("XC-10", cluster(VMM, {"platform_address": "192.0.2.5"}, also=(RAV,)), "", ()),
    ("XC-11", cluster(VMM, {"vms_per_node": 1000}), "", ()),
    ("XC-11", cluster(VMM, {"vms_per_node": 1001}), "warn", ("options", "vms_per_node")),
    ("XC-11", cluster(VMM, {"vms_per_node": 10_614}), "warn", ("options", "vms_per_node")),
    ("XC-11", cluster(VMM, {"vms_per_node": 10_615}), "fail", ("options", "vms_per_node")),
    ("XC-11", cluster(VMM, {"vms_per_node": 1001}, hypervisor="lxd"), "", ()),
    ("XC-11", cluster(VMM, also=(PVC,)), "warn", ("also", 0)),
    ("XC-11", cluster(VMM, also=(RAV,)), "", ()),
    (
        "XC-12",
        cluster(VMM, **network(bridge="vmbr0", interface="vmbr0")),
        "fail",
        ("networks", "main", "interface"),
    ),
    (
        "XC-12",
        cluster(GNT, nodes=[node(1, interface="xen-br0"), node(2)], **network(bridge="xen-br0")),
        "fail",
        ("nodes", "node1.example.com", "interface"),
    ),
    ("XC-12", cluster(VMM, **network(bridge="vmbr0", interface="eno1")), "", ()),
    ("XC-12", cluster(VMM, **network(bond="bond0")), "warn", ("networks", "main", "bond")),
    ("XC-12", cluster(VMM, **network(bond="bond0", vlan=7)), "", ()),
    ("XC-12", cluster(VMM, {"joined": True}, **network(bond="bond0")), "", ()),
    ("XC-12", cluster(VMM, also=(GNT,)), "warn", ("also", 0)),
    ("XC-12", cluster(VMM, {"joined": True}, also=(GNT,)), "", ()),
    ("XC-12", cluster(GNT, {"network_mode": "routed"}, also=(VMM,)), "", ()),
    ("XC-12", cluster(PVC, also=(VMM,), **network(bond="bond0")), "warn", ("also", 0)),
    ("XC-12", cluster(PVC, also=(VMM,), **network(interface="eno1")), "", ()),
    ("XC-13", cluster(RAV, admin=()), "warn", ("admin",)),
    ("XC-13", cluster(RAV), "", ()),
    ("XC-13", cluster(VMM, admin=()), "", ()),
    ("XC-13", cluster(VMM, admin=(), also=(RAV,)), "fail", ("also", 0)),
    ("XC-13", cluster(VMM, also=(PVC,)), "", ()),
    ("XC-13", cluster(VMM, {"platform_address": "203.0.113.5"}, also=(PVC,)), "warn", ("also", 0)),
    ("XC-13", cluster(VMM, {"platform_address": "198.51.100.5"}, also=(PVC,)), "", ()),
]


@pytest.mark.parametrize(
    ("id_", "cluster", "status", "where"),
    CASES,
    ids=[f"{case[0]}-{case[2] or 'none'}-{number}" for number, case in enumerate(CASES)],
)
def test_a_conflict_is_found_or_not(id_, cluster, status, where):
    clash = found(cluster).get(id_)
    assert bool(clash) is bool(status)
    if clash:
        assert clash.met.status == status
        assert clash.where == where
        assert clash.sides
        for side in clash.sides:
            assert side.says in clash.message()
        assert clash.row.remedy in clash.text()
        assert clash.text().isprintable() and "\n" not in clash.text()


@pytest.mark.parametrize(
    ("edition", "releases", "status"),
    [
        ("0.9.39", ["debian-12", "ubuntu-24.04"], ""),
        ("0.9.21", ["debian-12", "ubuntu-24.04"], "warn"),
        ("0.9.21", ["debian-11", "ubuntu-24.04"], ""),
    ],
)
def test_a_platform_whose_document_names_no_release(monkeypatch, edition, releases, status):
    monkeypatch.setattr(platforms.load(GNT), "PACKAGES", dict.fromkeys(releases, ()))
    clash = found(cluster(PVC, edition=edition, also=(GNT,))).get("XC-05")
    assert (clash.met.status if clash else "") == status
    if clash:
        assert "pvc has debian-10, debian-11, ganeti has debian-12" in clash.met.seen


def test_every_row_is_found_and_not_found():
    assert [row.id for row in ROWS] == [f"XC-{number:02}" for number in range(1, 14)]
    for row in ROWS:
        assert {bool(case[2]) for case in CASES if case[0] == row.id} == {True, False}


def test_the_sides_name_rows_that_are_there():
    from saltext.muster import explanation

    known = explanation.every()
    for row in ROWS:
        assert len(row.sides) >= 2
        for side in row.sides:
            assert not side.platform or side.platform in platforms.names()
            assert set(side.rows) <= set(known), row.id
        assert row.id.replace("XC", "") and row.found and row.remedy


@pytest.mark.parametrize("platform", platforms.names())
def test_a_sound_cluster_of_its_own_has_no_conflict(platform):
    assert found(cluster(platform)) == {}


def test_two_sides_are_named_with_their_rows_and_what_to_do():
    text = found(cluster(VMM, also=(PVC,)))["XC-03"].text()
    assert text == (
        "XC-03: VMmanager allows no third-party repository (VMM-023) - but PVC's software comes"
        " from a repository of its own (PVC-025); here: repositories does not name PVC's;"
        " remedy: choose one platform, or allow PVC's repository under `repositories`"
    )


@pytest.mark.parametrize("id_", ["XC-03", "VMM-023"])
def test_a_waiver_of_the_conflict_or_of_the_own_side_resolves_it_and_is_told(id_):
    clash = found(cluster(VMM, also=(PVC,), waivers=(waiver(id_),)))["XC-03"]
    assert conflict.hard([clash]) == []
    verdict = clash.verdict(TODAY)
    assert (verdict.status, verdict.was) == ("waived", "fail")
    assert verdict.waiver.startswith("r (owner o" if id_ == "XC-03" else "by VMM-023: r (owner o")


@pytest.mark.parametrize("id_", ["PVC-025", "XC-05", "VMM-024"])
def test_another_waiver_does_not(id_):
    clash = found(cluster(VMM, also=(PVC,), waivers=(waiver(id_),)))["XC-03"]
    assert conflict.hard([clash]) == [clash]
    assert clash.verdict(TODAY).status == "fail"


def test_an_expired_waiver_counts_again_but_breaks_no_file():
    old = waiver("VMM-023", expires="2026-11-20")
    clash = found(cluster(VMM, also=(PVC,), waivers=(old,)))["XC-03"]
    assert conflict.hard([clash]) == []
    assert clash.verdict(TODAY).status == "fail"
    assert "waiver expired on 2026-11-20" in clash.verdict(TODAY).reason


def test_selinux_kept_on_with_a_reason_is_waived_and_never_silent():
    clash = found(cluster(VMM, waivers=(waiver("VMM-032", reason="audit wants it"),)))["XC-09"]
    verdict = clash.verdict(TODAY)
    assert verdict.status == "waived"
    assert "audit wants it" in verdict.waiver and "audit wants it" in verdict.seen
    some = waiver("VMM-032", nodes=frozenset({"node1.example.com"}))
    assert found(cluster(VMM, waivers=(some,)))["XC-09"].verdict(TODAY).status == "warn"


class TestServersInTwoFiles:
    """The same server in cluster files of different platforms."""

    def ids(self, *clusters):
        return [{clash.row.id: clash for clash in each} for each in servers.clashes(clusters)]

    def test_one_name_is_one_server(self):
        other = replace(node(1), id="n1", address="10.0.0.1")
        first, second = self.ids(cluster(VMM), cluster(PVC, nodes=[other]))
        assert first["XC-05"].met.status == second["XC-05"].met.status == "fail"
        assert first["XC-05"].where == ("platform",)
        seen = first["XC-05"].met.seen
        assert "node1.example.com has the name node1.example.com of n1 in cluster pvc-demo" in seen

    def test_one_public_address_is_one_server(self):
        other = node(1, fqdn="other.example.com")
        first, _second = self.ids(cluster(VMM), cluster(PVC, nodes=[other]))
        assert first["XC-03"].met.status == "fail"
        assert "address 192.0.2.11" in first["XC-03"].met.seen

    def test_one_private_address_may_be_two_servers(self):
        one, two = replace(node(1), address="10.0.0.1"), node(1, fqdn="other.example.com")
        two = replace(two, address="10.0.0.1")
        first, second = self.ids(cluster(VMM, nodes=[one]), cluster(PVC, nodes=[two]))
        assert {clash.met.status for clash in (*first.values(), *second.values())} == {"warn"}

    def test_both_files_are_looked_at(self):
        fabric = cluster(VMM, network_type="ip-fabric")
        _first, second = self.ids(fabric, cluster(PVC))
        assert second["XC-08"].met.status == "fail"

    def test_the_platforms_address_is_looked_for_on_both_sides(self):
        vmm = cluster(VMM, {"platform_address": "192.0.2.13"}, nodes=[node(1)])
        first, _second = self.ids(vmm, cluster(RAV, nodes=[node(1), node(3)]))
        assert first["XC-10"].met.status == "fail"
        assert "node3" in first["XC-10"].met.seen

    def test_one_platform_or_other_servers_are_no_conflict(self):
        apart = [node(7), node(8)]
        assert self.ids(cluster(VMM), cluster(PVC, nodes=apart)) == [{}, {}]
        assert self.ids(cluster(VMM), cluster(VMM)) == [{}, {}]

    def test_it_is_linear(self):
        many = [node(1, fqdn=f"n{i}.example.com") for i in range(2000)]
        many = [replace(each, id=each.fqdn, address=f"10.1.{i // 250}.{i % 250 + 1}")
                for i, each in enumerate(many)]  # fmt: skip
        both = [cluster(VMM, nodes=many), cluster(PVC, nodes=many)]
        assert all("XC-05" in each for each in self.ids(*both))
