"""Comparisons over nodes: the majority, the declaration, who is missing, and hostile answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import comparison, platforms
from saltext.muster.catalogue.predicates.distance import distance, same
from saltext.muster.cluster import Network, Pool
from saltext.muster.facts import Facts
from saltext.muster.verdict import Verdict

from .test_conflicts import GNT, PVC, RAV, VMM, cluster, network, node, waiver

TODAY = date(2026, 11, 21)
ROWS = {row.id: row for name in platforms.names() for row in comparison.rows(name)}
OWN = ["MST-001", "MST-002", "MST-003", "MST-004"]


def of(count, platform=VMM, **changes):
    return cluster(platform, nodes=[node(number) for number in range(1, count + 1)], **changes)


def told(id_, *values):
    """What node1, node2 ... tell for one row; None = nothing at all, not even an answer."""
    ids = [f"node{number}.example.com" for number in range(1, len(values) + 1)]
    return {id_of: {id_: each} for id_of, each in zip(ids, values, strict=True) if each is not None}


def judged(id_, *values, where=None, **changes):
    where = where or of(len(values), **changes)
    found = comparison.verdicts(where, told(id_, *values), TODAY)
    return next(verdict for verdict in found if verdict.id == id_)


def test_every_platform_has_its_rows():
    ids = {name: [row.id for row in comparison.rows(name)] for name in platforms.names()}
    assert ids[VMM] == ["VMM-003", "VMM-004", "VMM-022", "VMM-038", *OWN]
    assert ids[GNT] == ["GNT-010", "GNT-059", *OWN]
    assert ids[RAV] == ["RAV-008", "RAV-016", *OWN]
    assert ids[PVC] == OWN
    for row in ROWS.values():
        assert row.scope == "cluster"
        assert row.probes and row.remedy and row.by_hand and (row.minimum or row.recommended)


class TestDistance:
    """What nodes differ in."""

    def values(self, **nodes):
        return {name: {"a": text} if text is not None else {} for name, text in nodes.items()}

    def test_equal_nodes(self):
        found = distance(self.values(n1="x", n2="x"))
        assert not found
        assert found.text() == "2 nodes are equal in 1 thing"

    def test_an_outlier_is_named_with_its_value_and_the_majoritys(self):
        found = distance(self.values(n1="x", n2="y", n3="x"))
        assert found.text() == "1 of 3 nodes differ: n2 (a is y, majority x)"

    def test_half_is_no_majority(self):
        found = distance(self.values(n1="x", n2="y", n3="x", n4="y"))
        assert found.outliers == {}
        assert found.text() == "a has no majority: x on 2 (n1, n3), y on 2 (n2, n4)"

    def test_the_most_frequent_of_many_is_no_majority_either(self):
        found = distance(self.values(n1="x", n2="x", n3="y", n4="z"))
        assert "no majority" in found.text()

    def test_what_a_node_has_not_differs_too(self):
        found = distance(self.values(n1="x", n2=None, n3="x"))
        assert found.text() == "1 of 3 nodes differ: n2 (a is none, majority x)"

    def test_the_majority_may_be_without(self):
        found = distance(self.values(n1=None, n2="x", n3=None))
        assert found.text() == "1 of 3 nodes differ: n2 (a is x, majority none)"

    @pytest.mark.parametrize("unread", ["a", "a b"])
    def test_what_a_node_could_not_read_is_not_held_against_it(self, unread):
        values = {"n1": {"a b": "x"}, "n2": {unread: {"unknown": "why"}}, "n3": {"a b": "x"}}
        assert not distance(values)

    def test_the_declaration_counts_more_than_the_majority(self):
        found = distance(self.values(n1="x", n2="x", n3="y"), {"a": "y"})
        assert found.text().startswith("2 of 3 nodes differ: n1 (a is x, declared y), n2 (")
        assert found.declared == ["a"]

    def test_what_is_declared_and_nobody_has(self):
        found = distance(self.values(n1="x", n2="x"), {"b": "y", "a": "x"})
        assert "n1 (b is none, declared y)" in found.text()

    def test_texts_are_bounded(self):
        values = {f"n{i}": {"a": "x" if i > 30 else f"y{i}"} for i in range(100)}
        text = distance(values).text()
        assert text.startswith("31 of 100 nodes differ: n0 (a is y0, majority x), ")
        assert text.endswith("n9 (a is y9, majority x) and 21 more")
        values = {"n1": {f"k{i}": "x" for i in range(9)}, "n2": {}, "n3": {}}
        assert distance(values).text().endswith("k2 is x, majority none; and 6 more)")

    def test_a_text_cannot_pass_for_the_next_nodes(self):
        text = distance(self.values(n1="x), n2 (a is y", n2="x", n3="x")).text()
        assert text == "1 of 3 nodes differ: n1 (a is 'x), n2 (a is y', majority x)"

    @given(
        st.dictionaries(
            st.sampled_from(["n1", "n2", "n3", "n4"]),
            st.dictionaries(st.sampled_from(["a", "a b", "c"]), st.sampled_from(["x", "y"])),
            min_size=1,
        ),
        st.randoms(),
    )
    def test_the_order_of_nodes_does_not_matter(self, values, random):
        found = distance(values)
        nodes = list(values)
        random.shuffle(nodes)
        again = distance({name: values[name] for name in nodes})
        assert (found.counts, sorted(found.aspects), bool(found)) == (
            (again.counts, sorted(again.aspects), bool(again))
        )
        assert bool(found) is (len({tuple(sorted(each.items())) for each in values.values()}) > 1)


class TestHomogeneity:
    """VMM-003, GNT-010, RAV-016: recommended; VMM-004, GNT-059: wanted; VMM-022: told."""

    @pytest.mark.parametrize(
        ("id_", "platform", "status"),
        [
            ("VMM-003", VMM, "warn"),
            ("VMM-004", VMM, "fail"),
            ("VMM-022", VMM, "pass"),
            ("GNT-010", GNT, "warn"),
            ("GNT-059", GNT, "fail"),
            ("RAV-016", RAV, "warn"),
        ],
    )
    def test_a_difference(self, id_, platform, status):
        one, other = {"os": "debian 12"}, {"os": "debian 11"}
        assert judged(id_, one, one, platform=platform).status == "pass"
        found = judged(id_, one, one, other, platform=platform)
        assert found.status == status
        assert "debian 11" in found.seen
        assert found.subject == f"{platform}-demo"
        if status != "pass":
            assert "node3.example.com (os is debian 11, majority debian 12)" in found.seen
            assert found.remedy and found.wanted

    def test_it_tells_what_matters_for_migration(self):
        one = {"mtu eno1": "1500", "version chrony": "4.1"}
        found = judged("VMM-003", one, one, {**one, "mtu eno1": "9000", "version chrony": "4.2"})
        assert found.reason == "for live migration it matters: mtu eno1"
        found = judged("VMM-003", one, one, {**one, "version chrony": "4.2"})
        assert found.reason == "none of it matters for live migration"

    def test_kernels_and_minor_releases_are_told_and_not_judged(self):
        nodes = [{"os": "almalinux 8.9", "kernel": f"4.18.0-{i}"} for i in range(3)]
        found = judged("VMM-022", *nodes)
        assert found.status == "pass"
        assert found.seen == (
            "kernel: 4.18.0-0 on 1, 4.18.0-1 on 1, 4.18.0-2 on 1; os: almalinux 8.9 on 3"
        )

    def test_drbd_is_not_compared_where_it_is_not_used(self):
        where = cluster(GNT, {"drbd": False})
        assert (
            judged("GNT-059", {"version": "8.4"}, {"version": "9.1"}, where=where).status == "skip"
        )


class TestNames:
    """VMM-038 and MST-001."""

    @pytest.mark.parametrize(
        ("names", "status"),
        [
            (("a", "b"), "pass"),
            (("a", "A"), "fail"),
            (("a.b", "a.b."), "fail"),
            (("localhost", "b"), "fail"),
            (("LocalHost.LocalDomain", "b"), "fail"),
            (("a.x", "a.y"), "pass"),
        ],
    )
    def test_names(self, names, status):
        assert judged("VMM-038", *({"name": name} for name in names)).status == status

    def test_who_shares_a_machine_id(self):
        found = judged("MST-001", *({"machine": d, "name": n} for d, n in ("pa", "qb", "pc")))
        assert found.status == "fail"
        assert found.seen == "machine p is that of node1.example.com, node3.example.com"


class TestClocks:
    """MST-002: bounds of each clock's offset to the master's."""

    @pytest.mark.parametrize(
        ("bounds", "status"),
        [
            (((-0.1, 0.1), (-0.1, 0.1)), "pass"),
            (((-0.5, 0.0), (1.0, 1.5)), "pass"),
            (((-0.5, 0.0), (1.001, 1.5)), "warn"),
            (((0.0, 0.0), (30.0, 30.0)), "warn"),
            (((0.0, 0.0), (30.001, 30.001)), "fail"),
            (((0.0, 15.0), (0.0, 15.0)), "pass"),
            (((0.0, 30.0), (0.0, 30.0)), "pass"),
            (((0.0, 31.0), (0.0, 31.0)), "unknown"),
            (((0.0, 0.1), ("x", 0.1)), "unknown"),
            (((0.0, 0.1), ("nan", "nan")), "unknown"),
            (((0.0, 0.1), (0.2, 0.1)), "unknown"),
            (((0.0, 0.1), ("inf", "inf")), "unknown"),
            (((0.0, 0.0), (40.0, 40.0), ("x", "x")), "fail"),
        ],
    )
    def test_bounds(self, bounds, status):
        found = judged("MST-002", *({"low": str(a), "high": str(b)} for a, b in bounds))
        assert found.status == status

    @pytest.mark.parametrize(("apart", "status"), [(150, "warn"), (150.001, "fail")])
    def test_ganeti_has_its_own_limit(self, apart, status):
        nodes = ({"low": str(at), "high": str(at)} for at in (0, apart))
        assert judged("MST-002", *nodes, platform=GNT).status == status

    def test_who_is_off(self):
        nodes = ({"low": str(at), "high": str(at + 0.1)} for at in (0, 0, 0, 9))
        assert judged("MST-002", *nodes).seen == (
            "node4.example.com is at least 8.9 s ahead of node1.example.com;"
            " off the middle: node4.example.com (+9.0 s)"
        )


class TestNetworks:
    """MST-003."""

    def where(self, mtu=0, count=2):
        return of(count, networks={"main": Network("192.0.2.0/24", mtu=mtu)})

    @pytest.mark.parametrize(
        ("declared", "seen", "status"),
        [
            (0, ("1500", "1500"), "pass"),
            (0, ("1500", "9000"), "warn"),
            (9000, ("9000", "9000"), "pass"),
            (9000, ("9000", "8999"), "fail"),
            (9000, ("1500", "1500"), "fail"),
        ],
    )
    def test_mtu(self, declared, seen, status):
        nodes = [{"mtu main": each} for each in seen]
        assert judged("MST-003", *nodes, where=self.where(declared)).status == status

    def test_one_node_is_compared_with_the_declaration(self):
        assert judged("MST-003", {"mtu main": "1500"}, where=self.where(9000, 1)).status == "fail"

    def test_without_networks_there_is_nothing_to_compare(self):
        assert judged("MST-003", {}, {}, where=of(2, networks={})).status == "skip"


class TestProcessors:
    """MST-004."""

    def nodes(self, *flags, vendor=("GenuineIntel",) * 9):
        return [{"vendor": vendor[i], "model": "m", "flags": each} for i, each in enumerate(flags)]

    def test_equal(self):
        found = judged("MST-004", *self.nodes("aes avx", "aes avx"))
        assert (found.status, found.seen) == ("pass", "2 flags are common to all; m")

    def test_who_lacks_what_the_majority_has(self):
        found = judged("MST-004", *self.nodes("aes avx", "aes avx", "aes"))
        assert found.status == "warn"
        assert found.seen == "1 flags are common to all; node3.example.com lacks avx"

    def test_of_two_one_lacks_what_the_other_has(self):
        found = judged("MST-004", *self.nodes("aes avx", "aes"))
        assert found.status == "warn"
        assert "node2.example.com lacks avx" in found.seen

    def test_more_than_the_others_is_told_too(self):
        found = judged("MST-004", *self.nodes("aes", "aes", "aes avx"))
        assert found.status == "warn"
        assert "up to 1 more" in found.seen

    @pytest.mark.parametrize(
        ("where", "status"),
        [
            (of(2), "fail"),
            (of(2, network_type="ip-fabric"), "fail"),
            (of(2, network_type="routing"), "skip"),
            (of(2, PVC), "fail"),
            (of(2, RAV), "warn"),
            (of(2, GNT), "fail"),
            (cluster(GNT, {"live_migration": False}), "warn"),
        ],
    )
    def test_two_vendors_matter_where_guests_migrate_live(self, where, status):
        nodes = self.nodes("aes", "aes", vendor=("GenuineIntel", "AuthenticAMD"))
        found = judged("MST-004", *nodes, where=where)
        assert found.status == status
        if status != "skip":
            assert "AuthenticAMD on node2.example.com" in found.seen


class TestPools:
    """RAV-008."""

    def test_the_same(self):
        pools = {"pool default": "dir /a", "pool z": "zfs"}
        assert judged("RAV-008", pools, pools, platform=RAV).status == "pass"

    def test_a_pool_that_one_node_lacks(self):
        pools = {"pool default": "dir /a"}
        found = judged("RAV-008", pools, pools, {}, platform=RAV)
        assert found.status == "fail"
        assert "node3.example.com (pool default is none, majority dir /a)" in found.seen
        assert not found.reason

    def test_one_name_with_another_path_is_a_failure_of_its_own(self):
        pools = {"pool default": "dir /a"}
        found = judged("RAV-008", pools, pools, {"pool default": "dir /b"}, platform=RAV)
        assert found.status == "fail"
        assert found.reason == "same name, another path: pool default"
        assert "to the same path" in found.remedy

    def test_another_type_is_not_another_path(self):
        one, other = {"pool a": "dir /a"}, {"pool a": "zfs"}
        found = judged("RAV-008", one, one, other, platform=RAV)
        assert (found.status, found.reason) == ("fail", "")

    def test_what_is_declared(self):
        where = of(2, RAV, pools=(Pool("default", "dir", "/a"),))
        pools = {"pool default": "dir /b"}
        found = judged("RAV-008", pools, pools, where=where)
        assert found.status == "fail"
        assert "declared dir /a" in found.seen
        assert "another path" in found.reason

    def test_no_pools_anywhere(self):
        assert judged("RAV-008", {}, {}, platform=RAV).status == "pass"


class TestMissing:
    """A comparison that lacks a node is never a pass."""

    def test_a_node_that_did_not_answer_is_named(self):
        found = judged("VMM-004", {"family": "redhat"}, {"family": "redhat"}, None)
        assert found.status == "unknown"
        assert found.reason == "not told by node3.example.com (it did not answer)"
        assert found.remedy

    @pytest.mark.parametrize(
        "unread",
        [{"unknown": "no os-release"}, {"family": {"unknown": "no os-release"}}],
    )
    def test_a_value_that_could_not_be_read(self, unread):
        found = judged("VMM-004", {"family": "redhat"}, unread)
        assert found.status == "unknown"
        assert "node2.example.com" in found.reason
        assert "no os-release" in found.reason

    def test_a_failure_stays_one(self):
        found = judged("VMM-004", {"family": "redhat"}, {"family": "debian"}, None)
        assert found.status == "fail"
        assert "node3.example.com (it did not answer)" in found.reason

    def test_a_warning_might_be_worse(self):
        found = judged("VMM-003", {"mtu a": "1"}, {"mtu a": "2"}, None)
        assert found.status == "unknown"
        assert "no majority" in found.seen

    def test_nobody_answered(self):
        found = comparison.verdicts(of(30), {}, TODAY)
        assert {verdict.status for verdict in found} == {"unknown"}
        assert "and 20 more" in found[0].reason

    def test_one_node_alone_has_nothing_to_be_compared_with(self):
        found = comparison.verdicts(of(1, networks={}), {}, TODAY)
        assert {verdict.status for verdict in found} == {"skip"}
        assert {verdict.reason for verdict in found} >= {"the cluster has one node"}


class TestWaivers:
    """Comparisons are waived for the whole cluster."""

    def judged(self, **changes):
        where = of(2, waivers=(waiver("VMM-004", **changes),))
        return judged("VMM-004", {"family": "redhat"}, {"family": "debian"}, where=where)

    def test_a_waiver_for_the_cluster_covers(self):
        found = self.judged()
        assert (found.status, found.was) == ("waived", "fail")

    def test_a_waiver_of_a_node_does_not(self):
        assert self.judged(nodes=frozenset({"node2.example.com"})).status == "fail"

    def test_an_expired_one_counts_no_more(self):
        found = self.judged(expires="2026-11-20")
        assert found.status == "fail"
        assert "waiver expired on 2026-11-20" in found.reason

    def test_it_covers_missing_nodes(self):
        where = of(2, waivers=(waiver("VMM-004"),))
        found = judged("VMM-004", {"family": "redhat"}, None, where=where)
        assert (found.status, found.was) == ("waived", "unknown")


VLAN = {"parent": "eno1", "id": 7}

FACTS = {
    "os": {"id": "almalinux", "version_id": "8.9", "family": "redhat"},
    "kernel": {"release": "4.18.0"},
    "hostname": {"running": "node1.example.com"},
    "machine": {"digest": "ab"},
    "skew": {"low": -0.25, "high": 0.5},
    "drbd": {"version": "8.4.11"},
    "cpu": {
        "vendor": "GenuineIntel",
        "model": "Xeon",
        "cores": 24,
        "flags": ["aes", "avx", "constant_tsc", "ept", "vmx"],
    },
    "memory": {"installed": {"unknown": "no DMI"}, "total": 66571993088},
    "packages": {"manager": "rpm", "installed": {"qemu-kvm": "6.2", "libvirt-daemon": "8.0"}},
    "pools": {
        "pools": {"vms": {"type": "dir", "path": "/srv"}, "z z": {"type": "zfs", "path": ""}}
    },
    "links": {
        "links": {
            "lo": {"kind": "loopback", "mtu": 65536, "master": ""},
            "eno1": {"kind": "physical", "mtu": 1500, "master": "vmbr0"},
            "vnet0": {"kind": "tap", "mtu": 1500, "master": "vmbr0"},
            "vmbr0": {"kind": "bridge", "mtu": 1500, "master": ""},
            "virbr0": {"kind": "bridge", "mtu": 1500, "master": ""},
            "eno1.7": {"kind": "vlan", "mtu": {"unknown": "why"}, "master": "", "vlan": VLAN},
            "eno1.8": {"kind": "vlan", "mtu": 9000, "master": "", "vlan": VLAN},
        }
    },
    "addresses": {
        "addresses": [{"link": "vmbr0", "address": "192.0.2.11", "prefix": 24}],
        "routes": {
            "ipv4": [
                {"to": "default", "table": "main", "dev": "eno2", "metric": 100},
                {"to": "default", "table": "main", "dev": "vmbr0", "metric": 0},
                {"to": "default", "table": "9", "dev": "eno3", "metric": 0},
            ],
            "ipv6": [],
        },
    },
}
PLAN = {
    "declared": {
        "networks": {
            "main": {"cidr": "192.0.2.0/24", "address": "192.0.2.11", "interface": "eno1"},
            "storage": {"cidr": "10.0.0.0/24", "interface": "eno1.7"},
            "backup": {"cidr": "10.0.2.0/24", "interface": "eno1.8"},
            "gone": {"cidr": "10.0.1.0/24", "interface": "eno9"},
        }
    }
}


class TestANodesValues:
    """What a node tells, by its facts."""

    def values(self, id_, facts=FACTS, plan=PLAN):
        return comparison.values([ROWS[id_]], Facts(facts), plan)[id_]

    def test_settings_routes_and_versions(self):
        found = self.values("VMM-003")
        assert {key: text for key, text in found.items() if not key.startswith("version")} == {
            "link eno1": "physical",
            "mtu eno1": "1500",
            "link vmbr0": "bridge",
            "mtu vmbr0": "1500",
            "link eno1.7": "vlan",
            "mtu eno1.7": {"unknown": "why"},
            "link eno1.8": "vlan",
            "mtu eno1.8": "9000",
            "route ipv4": "vmbr0",
            "route ipv6": "none",
        }
        assert (found["version qemu"], found["version lxd"]) == ("6.2", "not installed")

    def test_unread_links_and_packages_make_their_groups_unknown(self):
        facts = {**FACTS, "links": {"links": {"unknown": "no /sys"}}, "packages": {}}
        found = self.values("VMM-003", facts)
        assert found["link"] == found["mtu"] == {"unknown": "no /sys"}
        assert "was not collected" in found["version"]["unknown"]

    @pytest.mark.parametrize(
        ("id_", "wanted"),
        [
            ("VMM-004", {"family": "redhat"}),
            ("VMM-022", {"os": "almalinux 8.9", "kernel": "4.18.0"}),
            ("VMM-038", {"name": "node1.example.com"}),
            ("GNT-059", {"version": "8.4.11"}),
            ("RAV-008", {"pool vms": "dir /srv", "pool z%20z": "zfs"}),
            ("RAV-016", {"os": "almalinux 8.9"}),
            ("MST-001", {"machine": "ab", "name": "node1.example.com"}),
            ("MST-002", {"low": "-0.25", "high": "0.5"}),
            ("MST-004", {"vendor": "GenuineIntel", "model": "Xeon", "flags": "aes avx"}),
        ],
    )
    def test_others(self, id_, wanted):
        assert self.values(id_) == wanted

    def test_the_mtu_of_declared_networks(self):
        found = self.values("MST-003")
        assert found["mtu main"] == "1500"
        assert found["mtu storage"] == {"unknown": "why"}
        assert found["mtu backup"] == "1500"  # the card below it takes no more
        assert "eno9" in found["mtu gone"]["unknown"]

    def test_hardware(self):
        found = self.values("GNT-010")
        assert found["processor model"] == "Xeon"
        assert found["processor cores"] == "24"
        assert found["memory"] == "about 64 GiB"
        known = {**FACTS, "memory": {"installed": 64 * 2**30}}
        assert self.values("GNT-010", known)["memory"] == "64 GiB"

    def test_no_fact_is_no_value(self):
        for id_, row in ROWS.items():
            found = comparison.values([row], Facts({}), PLAN)[id_]
            unread = [isinstance(text, dict) for text in found.values()]
            assert set(found) == {"unknown"} or all(unread), id_

    @given(st.data())
    def test_odd_facts_never_stop_it(self, data):
        odd = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.none(), max_size=2)
        facts = dict(FACTS)
        facts[data.draw(st.sampled_from(list(FACTS)))] = data.draw(
            odd | st.dictionaries(st.sampled_from(["links", "pools", "flags", "id"]), odd)
        )
        found = comparison.values(ROWS.values(), Facts(facts), PLAN)
        json.dumps(found)
        assert set(found) == set(ROWS)

    def test_it_is_bounded(self):
        links = {f"e{i}": {"kind": "physical", "mtu": 1, "master": ""} for i in range(200)}
        facts = {**FACTS, "links": {"links": links}}
        assert "more than 256 aspects" in self.values("VMM-003", facts)["unknown"]
        facts = {**FACTS, "hostname": {"running": "x" * 4001}}
        assert "4000 characters" in self.values("VMM-038", facts)["name"]["unknown"]
        pools = {f"p{i}": {"type": "dir", "path": "/" + "x" * 900} for i in range(90)}
        facts = {**FACTS, "pools": {"pools": pools}}
        found = comparison.values(ROWS.values(), Facts(facts), PLAN)
        assert "65536 bytes" in found["RAV-008"]["unknown"]
        assert found["RAV-016"] == {"os": "almalinux 8.9"}
        assert len(json.dumps(found)) < comparison.BYTES + 4000


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=9) | st.sampled_from(["unknown", "os", "flags"]), inner)
    ),
    max_leaves=8,
)
rows = st.dictionaries(st.sampled_from(list(ROWS)), anything)


class TestHostileNodes:
    """What a minion sends is bounded, checked, and never speaks for others."""

    @given(st.lists(anything | rows, min_size=2, max_size=3), st.sampled_from([VMM, GNT, RAV, PVC]))
    def test_nothing_stops_a_comparison_and_everything_fits_a_verdict(self, answers, platform):
        where = of(len(answers), platform)
        compared = comparison.rows(platform)
        heard = {
            id_: comparison.heard(answer, compared)
            for id_, answer in zip(where.nodes, answers, strict=True)
        }
        found = comparison.verdicts(where, heard, TODAY)
        assert [verdict.id for verdict in found] != []
        assert {verdict.id for verdict in found} == {row.id for row in compared}
        for verdict in found:
            assert verdict.subject == where.name
            assert Verdict.from_data(verdict.to_data()) == verdict
            assert verdict.seen.isprintable() and verdict.reason.isprintable()

    @pytest.mark.parametrize(
        "odd",
        [
            "text",
            ["os"],
            {"os": 1},
            {"os": ["debian"]},
            {1: "debian"},
            {"a\nb": "debian"},
            {"": "x"},
            {"x" * 101: "x"},
            {str(i): "x" for i in range(257)},
            {"os": {"unknown": "a", "b": "c"}},
        ],
    )
    def test_what_has_not_the_form_is_unknown(self, odd):
        heard = comparison.heard({"RAV-016": odd}, [ROWS["RAV-016"]])
        assert set(heard["RAV-016"]) == {"unknown"}
        found = comparison.verdicts(
            of(2, RAV), {"node1.example.com": heard, "node2.example.com": heard}, TODAY
        )
        assert all(verdict.status in ("unknown", "skip") for verdict in found)

    def test_more_bytes_than_allowed_are_not_looked_at(self):
        data = {id_: {f"a{i}": "x" * 300 for i in range(200)} for id_ in ROWS}
        heard = comparison.heard(data, ROWS.values())
        assert sum(len(str(each)) for each in heard.values()) < 2 * comparison.BYTES
        assert heard["RAV-016"] == {"unknown": "more than 65536 bytes were to be told"}

    def test_rows_of_other_platforms_are_not_heard(self):
        assert comparison.heard({"VMM-004": {"family": "x"}}, comparison.rows(PVC)) == {}

    def test_texts_are_quoted_and_cut(self):
        evil = "debian 12, majority debian 13); \x1b[31m" + "x" * 200
        found = judged("RAV-016", {"os": "a"}, {"os": "a"}, {"os": evil}, platform=RAV)
        assert "\x1b" not in found.seen
        assert "'debian 12, majority debian 13); \\x1b" in found.seen
        assert len(found.seen) < 300

    def test_a_comparison_that_fails_is_unknown(self, monkeypatch):
        def broken(values, cluster):
            raise RecursionError

        row = replace(ROWS["RAV-016"], compare=broken)
        monkeypatch.setattr(platforms.load(RAV), "COMPARISONS", (row,))
        (found,) = comparison.verdicts(of(1 + 1, RAV), told("RAV-016", {}, {}), TODAY)
        assert found.status == "unknown"
        assert "RecursionError" in found.reason


def test_a_platform_without_comparisons(monkeypatch):
    monkeypatch.delattr(platforms.load(RAV), "COMPARISONS")
    assert comparison.verdicts(of(2, RAV), {}, TODAY) == []


def test_what_was_not_asked_for_is_skipped_with_the_reason():
    found = comparison.skipped(of(2), "not all of its nodes were asked")
    assert {verdict.status for verdict in found} == {"skip"}
    assert {verdict.reason for verdict in found} == {"not all of its nodes were asked"}


def alike(number):
    """What one of many nodes tells for all rows."""
    found = comparison.values(ROWS.values(), Facts(FACTS), PLAN)
    own = {"machine": str(number), "name": f"n{number}"}
    return {**found, "MST-001": own, "VMM-038": {"name": f"n{number}"}}


@pytest.mark.parametrize("platform", [VMM, GNT])
def test_verdicts_on_a_thousand_nodes_stay_short(platform):
    nodes = [node(1, fqdn=f"n{i}.example.com", short=f"n{i}") for i in range(1000)]
    nodes = [replace(each, id=each.fqdn) for each in nodes]
    where = cluster(platform, nodes=nodes, **network(mtu=1500))
    told = {each.id: alike(number) for number, each in enumerate(nodes)}
    for number in range(0, 1000, 7):
        told[nodes[number].id]["VMM-003"] = {f"link odd{number}": "physical"}
        told[nodes[number].id]["MST-004"] = {"vendor": "x", "model": "y", "flags": f"f{number}"}
    found = comparison.verdicts(where, told, TODAY)
    assert all(len(verdict.seen) <= 4000 for verdict in found)


def test_hostile_aspects_of_many_nodes_are_compared():
    nodes = [node(1, fqdn=f"n{i}.example.com", short=f"n{i}") for i in range(300)]
    nodes = [replace(each, id=each.fqdn) for each in nodes]
    where = cluster(VMM, nodes=nodes)
    told = {
        each.id: {"VMM-003": {f"link x{number}-{i}": "y" for i in range(200)}}
        for number, each in enumerate(nodes)
    }
    found = comparison.verdicts(where, told, TODAY)
    assert next(each for each in found if each.id == "VMM-003").status in ("warn", "unknown")


def test_the_default_of_same_is_a_warning():
    compare = same()
    assert compare({"a": {"x": "1"}, "b": {"x": "2"}}, None).status == "warn"
