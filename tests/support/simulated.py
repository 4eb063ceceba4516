"""PVC clusters by the shape of their sites, and what a sheet tells of them."""

from __future__ import annotations

from dataclasses import replace

from saltext.muster.parts import Ceph, CephPool, Hardware
from tests.support.planned import GIB, cluster, node

HARDWARE = {"big": Hardware(memory=16 * GIB, disks=(400,))}


def shaped(*sites, tier="production", hypervisors=0, guests=(), pools=None, **more):
    """Return a PVC cluster with that many coordinators at each site."""
    nodes = [
        node(f"{site}{number}", role="coordinator", site=site, hardware="big")
        for site, count in zip("abcdef", sites, strict=False)
        for number in range(count)
    ]
    nodes += [
        node(f"hv{number}", role="hypervisor", hardware="big") for number in range(hypervisors)
    ]
    ceph = Ceph(pools={"vms": CephPool()} if pools is None else pools, osd_memory=GIB)
    small = {"zookeeper_heap": 0, "zookeeper_stack": 0}
    options = {**small, **more.pop("options", {})}
    made = cluster("pvc", nodes, guests, hardware=HARDWARE, ceph=ceph, options=options, **more)
    return replace(made, tier=tier)


def table(sheet, name):
    return next((each.rows for each in sheet.tables if each.name == name), ())


def result(sheet, failure, what):
    (row,) = [
        row for row in table(sheet, "failures") if (row["failure"], row["what"]) == (failure, what)
    ]
    return row


def told(sheet, status):
    return [(item.row, item.message) for item in sheet.findings if item.status == status]
