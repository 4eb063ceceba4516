"""Clusters for tests of planning, made in memory from a few words."""

from __future__ import annotations

from saltext.muster import platforms
from saltext.muster.cluster import Cluster, Node
from saltext.muster.parts import Guest, Hardware, Physical, Virtual

GIB = 1024**3


def cluster(platform, nodes, guests=(), **more):
    """Return a cluster; nodes are a list of nodes or the names of plain ones."""
    module = platforms.load(platform)
    made = [node(each) if isinstance(each, str) else each for each in nodes]
    options = module.Options(**more.pop("options", {}))
    known = dict.fromkeys(each.name for each in guests)
    assert len(known) == len(guests), "two guests of one name"
    return Cluster(
        name="planned",
        platform=platform,
        hypervisor=module.HYPERVISORS[0],
        edition=module.EDITIONS[0],
        tier="test",
        nodes={each.id: each for each in made},
        guests={each.name: each for each in guests},
        options=options,
        **more,
    )


def node(id_, address="", **more):
    """Return a node; without further words it has nothing but its name."""
    return Node(id_, address, f"{id_}.example.com", id_, **more)


def split(vfs, **more):
    """Return nodes' SR-IOV: the interface ens1 split into that many functions."""
    return {"ens1": Physical(vfs, **more)}


def guest(name, *numbers, mode="macvtap", memory=GIB, **more):
    """Return a guest that has functions of these numbers of the interface ens1."""
    vfs = tuple(Virtual("ens1", number, mode) for number in numbers)
    return Guest(name, memory, vfs=vfs, **more)


def hardware(memory, **more):
    """Return one model of server, called big, with that many bytes of memory."""
    return {"big": Hardware(memory=memory, **more)}
