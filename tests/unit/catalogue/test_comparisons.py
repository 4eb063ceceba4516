"""Comparisons of clusters whose nodes are captured hosts: sound ones, and one that differs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from saltext.muster import comparison, facts
from saltext.muster.facts import Facts
from saltext.muster.master import loading
from tests.support import hosts

TODAY = date(2026, 11, 21)

#: What every node has of its own; the captured host is one and the same.
NAME, MACHINE = "/proc/sys/kernel/hostname", "/etc/machine-id"


def told(profile, cluster, node, root, files=(), commands=(), system="", known=()):
    """Return what a node tells that is the profile's host but for its name, and these changes."""
    own = {NAME: f"{node}\n", MACHINE: f"{list(cluster.nodes).index(node) + 1:032x}\n"}
    host = hosts.host(profile, system).changed(root, {**own, **dict(files)}, (), commands)
    plan = {**hosts.sound_plan(profile), "now": hosts.NOW}
    rows = comparison.rows(cluster.platform)
    wanted = sorted(comparison.probes(rows) - {"skew"})
    found = {**facts.collect(wanted, source=host.source()), "skew": hosts.SKEW}
    values = comparison.values(rows, Facts(hosts.changed(found, dict(known))), plan)
    return comparison.heard(json.loads(json.dumps(values)), rows)


def verdicts(profile, tmp_path, **changes):
    """Judge the profile's cluster; its last node differs by the changes."""
    cluster = loading.load(str(hosts.DATA / "clusters" / f"{profile}.yaml"))
    *alike, last = cluster.nodes
    heard = {
        node: told(profile, cluster, node, tmp_path / f"host{number}")
        for number, node in enumerate(alike)
    }
    heard[last] = told(profile, cluster, last, tmp_path / "last", **changes)
    found = comparison.verdicts(cluster, heard, TODAY)
    return {verdict.id: verdict for verdict in found}


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
def test_sound_nodes_are_alike(profile, tmp_path):
    found = verdicts(profile, tmp_path)
    assert {
        v.id: v.seen + v.reason for v in found.values() if v.status not in ("pass", "skip")
    } == {}


@dataclass(frozen=True)
class Case:
    """One comparison with one node changed."""

    row: str
    profile: str
    status: str
    seen: str
    files: dict[str, Any] = field(default_factory=dict)
    system: str = ""
    known: dict[str, Any] = field(default_factory=dict)


MTU = "/sys/class/net/eno1/mtu"
LINKS = "links/links"

CASES = (
    Case("VMM-003", "vmmanager-kvm", "warn", "mtu eno1 has no majority", {MTU: "9000\n"}),
    Case("VMM-003", "vmmanager-kvm", "warn", "link eno9", known={f"{LINKS}/eno9": {
        "kind": "physical", "mtu": 1500, "master": ""}}),
    Case("VMM-003", "vmmanager-kvm", "warn", "version nftables", known={
        "packages/installed/nftables": "1:1.0.5"}),
    Case("VMM-003", "vmmanager-kvm", "unknown", "no /sys", known={
        "links/links": {"unknown": "no /sys"}}),
    Case("VMM-004", "vmmanager-kvm", "fail", "debian", system="ubuntu-20.04"),
    Case("VMM-004", "vmmanager-kvm", "pass", "equal", system="almalinux-8.8"),
    Case("VMM-022", "vmmanager-kvm", "pass", "almalinux 8.8 on 1", system="almalinux-8.8"),
    Case("VMM-038", "vmmanager-kvm", "fail", "node1.example.com", {NAME: "NODE1.example.com\n"}),
    Case("GNT-010", "ganeti", "warn", "kernel has no majority", known={"kernel/release": "6.9"}),
    Case("GNT-059", "ganeti", "fail", "9.1.23", known={"drbd/version": "9.1.23"}),
    Case("GNT-059", "ganeti", "unknown", "no module", known={
        "drbd/version": {"unknown": "no module"}}),
    Case("RAV-008", "ravada", "fail", "default", known={"pools/pools/default/path": "/srv"}),
    Case("RAV-008", "ravada", "fail", "pool default is none", known={"pools/pools/default": None}),
    Case("RAV-008", "ravada", "unknown", "no /etc", known={"pools/pools": {"unknown": "no /etc"}}),
    Case("RAV-016", "ravada", "warn", "debian 11", system="debian-11"),
    Case("MST-001", "pvc", "fail", "machine", {MACHINE: f"{1:032x}\n"}),
    Case("MST-001", "pvc", "unknown", "holds no id", {MACHINE: "uninitialized\n"}),
    Case("MST-002", "pvc", "warn", "ahead of", known={"skew/low": 4.0, "skew/high": 4.2}),
    Case("MST-002", "pvc", "fail", "ahead of", known={"skew/low": 44.0, "skew/high": 44.2}),
    Case("MST-003", "pvc", "fail", "mtu storage is 1500, declared 9000", known={
        f"{LINKS}/bond0.102/mtu": 1500}),
    Case("MST-003", "ganeti", "warn", "mtu main has no majority: 1400 on 1", {MTU: "1400\n"}),
    Case("MST-003", "ganeti", "pass", "equal", {MTU: "9000\n"}),
    Case("MST-004", "pvc", "warn", "node3.example.com lacks", known={"cpu/flags": ["sse"]}),
    Case("MST-004", "pvc", "fail", "AuthenticAMD", known={"cpu/vendor": "AuthenticAMD"}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}-{case.status}")
def test_one_node_differs(case, tmp_path):
    changes = {"files": case.files, "system": case.system, "known": case.known}
    found = verdicts(case.profile, tmp_path, **changes)[case.row]
    assert found.status == case.status, found
    assert case.seen in f"{found.seen} {found.reason}", found
    assert bool(found.remedy) is (found.status not in ("pass", "skip"))


def test_every_comparison_has_a_difference_among_the_cases():
    rows = {row.id for name in ("vmmanager", "ganeti", "ravada", "pvc")
            for row in comparison.rows(name)}  # fmt: skip
    assert {case.row for case in CASES if case.status in ("fail", "warn")} == rows - {"VMM-022"}
