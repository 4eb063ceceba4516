"""What the node is part of already, and what it holds."""

from __future__ import annotations

from typing import Any

from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

#: Containers that VMmanager's platform has and its nodes have not.
_PLATFORM_CONTAINERS = {"vm_box", "auth_back", "nodewatch", "ipmgr", "vm_ipmgr_1", "taskmgr"}

#: Where an installation of the system may have filesystems of its own.
_SYSTEM_FOLDERS = {"boot", "efi", "home", "opt", "run", "tmp", "usr", "var"}


def platform_elsewhere(facts: Facts, plan: Plan) -> Outcome:
    """VMmanager's platform does not run on the node, nor has it the node's address."""
    known = plan.get("declared", {})
    wanted = "the platform on another server"
    containers = sorted(_PLATFORM_CONTAINERS & set(facts.get("services", "containers")))
    if containers:
        return Outcome(FAIL, f"containers of the platform: {', '.join(containers)}", wanted)
    address = known.get("platform_address")
    if address and address in _own_addresses(known):
        return Outcome(FAIL, f"platform_address {address} is this node's", wanted)
    where = f"the platform is at {address}" if address else "no platform here"
    return Outcome(PASS, where, wanted)


def _own_addresses(known: Any) -> set[str]:
    networks = known.get("networks", {}).values()
    found = {known.get("address"), known.get("fqdn"), known.get("short")}
    return {str(each) for each in found if each} | {str(n.get("address", "")) for n in networks}


def no_other_cluster(facts: Facts, plan: Plan) -> Outcome:
    """The node belongs to no Ganeti cluster, or to the declared one; once joined, to that one."""
    cluster = facts.get("identity", "ganeti")
    if not cluster and not plan.get("declared", {}).get("joined"):
        return Outcome(PASS, "in no cluster", "no other cluster")
    name = declared(plan, "cluster_name")
    if not cluster:
        # No fail: a node that is prepared to replace another one is not a member yet.
        return Outcome(WARN, "in no cluster", f"a member of {name}", "the cluster file says joined")
    return verdict_of(cluster.lower() == name.lower(), f"in cluster {cluster}", f"{name} or none")


def nothing_to_lose(facts: Facts, plan: Plan) -> Outcome:
    """Nothing on the node would suffer from an installation that changes the system."""
    wanted = "a new system without guests, data or another cluster's software"
    cluster = facts.get("identity", "ganeti")
    ours = cluster and cluster == plan.get("declared", {}).get("cluster_name")
    found = [] if ours else _guests(facts)
    found += ["a node of PVC"] if facts.get("identity", "pvc") else []
    found += ["software of VMmanager"] if facts.get("identity", "vmmanager") else []
    fsid = facts.get("identity", "ceph")
    found += [f"Ceph cluster {fsid}"] if fsid and not ours else []
    found += [] if ours else _data(facts, plan)
    if not found:
        return Outcome(PASS, f"member of {cluster}" if ours else "nothing of the kind", wanted)
    why = "Ganeti's installation changes the system; waive the row to agree to it"
    return Outcome(WARN, "; ".join(found), wanted, why)


def _guests(facts: Facts) -> list[str]:
    names: list[str] = []
    for kind in ("libvirt_running", "libvirt_defined", "containers"):
        names += facts.get("identity", "guests", kind)
    found = sorted(set(names))
    running = facts.get("live", "guests")
    texts = [f"{running} running guests"] if running else []
    return texts + ([f"guests {', '.join(found[:5])}"] if found else [])


def _data(facts: Facts, plan: Plan) -> list[str]:
    """Return the volume group and the filesystems that may hold somebody's data."""
    group = plan.get("declared", {}).get("volume_group", "xenvg")
    volumes = facts.get("lvm", "groups").get(group, {}).get("lvs", 0)
    texts = [f"volume group {group} has {volumes} volumes"] if volumes else []
    paths = sorted(mount["path"] for mount in facts.get("filesystems", "mounts"))
    return texts + [f"filesystem {path}" for path in paths if not _of_system(path)]


def _of_system(path: str) -> bool:
    return path == "/" or path.split("/")[1] in _SYSTEM_FOLDERS


def root(facts: Facts, plan: Plan) -> Outcome:
    """muster reads and changes the node as root."""
    uid = facts.get("identity", "uid")
    return verdict_of(uid == 0, f"user number {uid}", "root (0)")
