"""Changes of the example clusters of PVC: other nodes, sites and disks."""

from __future__ import annotations

#: The examples in pillar/clusters, by their size.
THREE, EIGHT, MANY = "pvc", "pvc-8", "pvc-17"

AT1, AT2, AT3 = (("nodes", f"node{number}.example.com") for number in (1, 2, 3))
MAIN, CLUSTER, STORAGE = (("networks", name) for name in ("main", "cluster", "storage"))

#: For a lab.
TEST = {"tier": "test"}


def three(**of):
    """Return the change to three nodes one by one, with other values of some (None = left out)."""
    own = {"role": "coordinator", "hardware": "small"}
    found = {number: {**own, **of.get(f"node{number}", {})} for number in (1, 2, 3)}
    return {
        "nodes": {
            f"node{number}.example.com": {key: each for key, each in node.items() if each}
            for number, node in found.items()
        }
    }


def counts(coordinators, hypervisors=0, hardware="small", **more):
    """Return the change to so many coordinators and hypervisors, of that hardware ("" = none)."""
    found, of = {}, {"hardware": hardware} if hardware else {}
    if coordinators:
        found[f"node[1-{coordinators}].example.com"] = {"role": "coordinator", **of}
    if hypervisors:
        span = f"node[{coordinators + 1}-{coordinators + hypervisors}].example.com"
        found[span] = {"role": "hypervisor", **of}
    return {"nodes": found, **more}


def sites(*shape, hypervisors=(), **more):
    """Return the change to so many coordinators at each site, and options."""
    found, number = {}, 0
    for role, numbers in (("coordinator", shape), ("hypervisor", hypervisors)):
        for site, count in enumerate(numbers):
            for _each in range(count):
                number += 1
                found[f"node{number}.example.com"] = {
                    "role": role, "hardware": "small", "site": f"site{site + 1}",
                }  # fmt: skip
    return {"nodes": found, **{f"options/{key}": value for key, value in more.items()}}


def disks(*of, **more):
    """Return the change to nodes with these disks each, in GB."""
    models = {
        f"m{number}": {"memory": "64 GiB", "disks": [f"{size} GB" for size in sizes]}
        for number, sizes in enumerate(of, 1)
    }
    found = {
        f"node{number}.example.com": {
            "role": "coordinator" if number < 4 else "hypervisor", "hardware": f"m{number}",
        }
        for number in range(1, len(of) + 1)
    }  # fmt: skip
    return {"hardware": models, "nodes": found, **more}
