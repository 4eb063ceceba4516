import pytest

from saltext.muster.catalogue.ganeti import ROWS
from tests.unit.catalogue.support import FACTS, PLAN, changed, verdict_of

ENTRIES = FACTS["hosts"]["entries"]


def entry(address, *names):
    return {"line": 9, "address": address, "names": list(names)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_sound_node_passes(row):
    assert verdict_of(ROWS, row.id).status == "pass"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_without_facts_nothing_passes(row):
    found = verdict_of(ROWS, row.id, facts={})
    assert found.status == "unknown"
    assert found.reason


CASES = [
    ("GNT-011", "hostname/running", "node1", "fail", "node1"),
    ("GNT-011", "hostname/running", "node2.example.com", "fail", "node2.example.com"),
    ("GNT-012", "hosts/entries", [entry("127.0.1.1", "node1")], "fail", "127.0.1.1 node1"),
    ("GNT-012", "hosts/entries", [entry("127.0.1.1", "NODE1")], "fail", "127.0.1.1 NODE1"),
    ("GNT-012", "hosts/entries", [entry("::ffff:127.0.1.1", "node1")], "fail", "::ffff:127.0.1.1"),
    ("GNT-012", "hosts/entries", [entry("::1", "node1.example.com")], "fail", "::1"),
    ("GNT-013", "hosts/entries", [], "fail", "no line for node1.example.com"),
    ("GNT-013", "hosts/entries", [entry("192.0.2.11", "node1", "node1.example.com")], "fail",
     "node1 node1.example.com"),
    ("GNT-013", "hosts/entries", [*ENTRIES, entry("192.0.2.12", "node1")], "fail", "192.0.2.12"),
    ("GNT-013", "hosts/entries", [entry("192.0.2.11", "node1.example.com")], "fail",
     "192.0.2.11 node1.example.com"),
    ("GNT-014", "hostname/configured", "", "fail", "no name"),
    ("GNT-014", "hostname/cloud_init", {"installed": True, "preserve_hostname": False}, "warn",
     "node1.example.com"),
    ("GNT-014", "hostname/cloud_init", {"installed": True, "preserve_hostname": True}, "pass",
     "node1.example.com"),
    ("GNT-034", "drbd/version", "0.7.25", "fail", "0.7.25"),
    ("GNT-034", "drbd/version", "8.0.11", "warn", "8.0.11"),
    ("GNT-034", "drbd/version", "8.0.12", "pass", "8.0.12"),
    ("GNT-034", "drbd/version", "9.1.4-1", "pass", "9.1.4-1"),
    ("GNT-034", "drbd/version", "garbage", "unknown", "could not be read"),
    ("GNT-035", "drbd/parameters",
     {"minor_count": "128", "usermode_helper": "/sbin/drbdadm"}, "pending", "/sbin/drbdadm"),
    ("GNT-036", "drbd/configured", {"minor_count": "32"}, "fail", "minor_count=32"),
    ("GNT-037", "drbd/boot", False, "fail", "no"),
    ("GNT-038", "drbd/parameters",
     {"minor_count": "32", "usermode_helper": "/bin/true"}, "pending", "32"),
    ("GNT-042", "drbd/parameters",
     {"minor_count": "32", "usermode_helper": "/bin/true"}, "pending", "minor_count=32"),
    ("GNT-042", "drbd/loaded", False, "fail", "drbd is not loaded"),
    ("GNT-043", "drbd/resources", [{"name": "r0", "skip": False}], "warn", "r0"),
    ("GNT-043", "drbd/resources", [{"name": "r0", "skip": True}], "pass", "none"),
    ("GNT-044", "packages/installed", {"lvm2": "2.03"}, "fail", "missing: socat"),
    ("GNT-046", "bridges/bridges", {}, "fail", "no bridge"),
    ("GNT-047", "bridges/bridges", {"xenbr0": {}}, "fail", "xen-br0 is a link"),
    ("GNT-056", "hosts/entries", ENTRIES[:2], "fail", "no line for cluster.example.com"),
    ("GNT-056", "hosts/entries",
     [entry("192.0.2.99", "cluster.example.com")], "fail", "192.0.2.99"),
    ("GNT-058", "skew", {"low": 149.0, "high": 150.0}, "pass", "+150.0"),
    ("GNT-058", "skew", {"low": 150.1, "high": 151.0}, "fail", "+150.1"),
    ("GNT-058", "skew", {"low": -400.0, "high": -300.0}, "fail", "-400.0"),
    ("GNT-058", "skew", {"low": -200.0, "high": 10.0}, "unknown", "could not be read"),
]  # fmt: skip


@pytest.mark.parametrize(("id_", "path", "value", "status", "seen"), CASES)
def test_one_thing_changed(id_, path, value, status, seen):
    found = verdict_of(ROWS, id_, facts=changed(FACTS, path, value))
    assert found.status == status
    assert seen in found.seen
    assert found.wanted
    assert bool(found.remedy) is (status != "pass")


def test_an_xen_named_bridge_is_reported_as_the_near_miss():
    facts = changed(FACTS, "bridges", {"bridges": {"xenbr0": {}}, "links": ["xenbr0"]})
    found = verdict_of(ROWS, "GNT-047", facts)
    assert (found.status, found.wanted) == ("fail", "bridge xen-br0")
    assert "xenbr0: nearly the declared name" in found.seen


def test_a_default_resource_of_a_used_drbd_is_pending_and_no_pass():
    drbd = {**FACTS["drbd"], "in_use": True, "resources": [{"name": "r0", "skip": False}]}
    found = verdict_of(ROWS, "GNT-043", facts={**FACTS, "drbd": drbd})
    assert (found.status, found.seen) == ("pending", "r0")


@pytest.mark.parametrize("id_", ["GNT-034", "GNT-035", "GNT-036", "GNT-037", "GNT-038", "GNT-043"])
def test_drbd_rows_are_skipped_where_drbd_is_not_used(id_):
    found = verdict_of(ROWS, id_, plan=changed(PLAN, "declared/drbd", False))
    assert found.status == "skip"
    assert "not used" in found.reason


@pytest.mark.parametrize("id_", ["GNT-035", "GNT-038", "GNT-042"])
def test_a_kernel_without_drbd_is_unknown_and_says_so(id_):
    drbd = {**FACTS["drbd"], "loaded": False, "available": False}
    found = verdict_of(ROWS, id_, facts={**FACTS, "drbd": drbd})
    assert found.status == "unknown"
    assert "the running kernel has no module drbd" in found.reason


def test_a_release_without_package_names_is_never_guessed():
    facts = changed(FACTS, "os/version_id", "11")
    found = verdict_of(ROWS, "GNT-044", facts)
    assert found.status == "unknown"
    assert "no names are known for debian-11" in found.reason


def test_rows_need_what_is_declared():
    found = verdict_of(ROWS, "GNT-013", plan={**PLAN, "declared": {}})
    assert found.status == "unknown"
    assert "declares no address" in found.reason
