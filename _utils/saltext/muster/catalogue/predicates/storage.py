"""Storage: volume groups, pools and how full they are, Ceph's OSDs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.components import pools as libvirt
from saltext.muster.facts import Facts, Undeclared, Unread
from saltext.muster.patterns import Pattern, Unsupported
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN
from saltext.muster.wording import listed

GIB = 1 << 30

#: GNT-006: what Ganeti's own check of a node asks for.
LEAST_GROUP = 20 * GIB

#: PVC-022: PVC's own bound.
LEAST_OSD = 939524096

#: RAV-040: muster's own bounds, percent of free space.
WARN_FREE, FAIL_FREE = 20, 5

#: GNT-054: how many minors a node may have at most.
_MINORS = 256

#: Characters of all patterns together: what a node tells must not keep the judge busy.
_FILTERS = 5000

_PAIRS = {"(": ")", "[": "]", "{": "}"}


def lvm_wanted(facts: Facts, plan: Plan) -> str:
    """Return "" when instances' disks are on LVM, else why the row does not apply."""
    storage = plan.get("declared", {}).get("storage", "lvm")
    return "" if storage == "lvm" else f"the cluster file says storage: {storage}, without LVM"


def drbd_on_lvm(facts: Facts, plan: Plan) -> str:
    """Return "" when DRBD replicates volumes of LVM, else why the row does not apply."""
    if not plan.get("declared", {}).get("drbd", True):
        return "the cluster file says that DRBD is not used (options: drbd: false)"
    return lvm_wanted(facts, plan)


def pools_declared(facts: Facts, plan: Plan) -> str:
    """Return "" when the cluster file names pools, else why the row is skipped.

    Raises Undeclared where there is no cluster file at all.
    """
    if not plan.get("declared"):
        raise Undeclared("no cluster file says which storage pools there are (pools:)")
    return "" if plan["declared"].get("pools") else "the cluster file names no pools (pools:)"


def has_pools(facts: Facts, plan: Plan) -> str:
    """Return "" when libvirt has pools here, else why the row is skipped."""
    return "" if facts.get("pools", "pools") else "libvirt has no storage pool here"


def has_osds(facts: Facts, plan: Plan) -> str:
    """Return "" when the node has OSDs, else why the row is skipped."""
    return "" if facts.get("osd", "osds") else "the node has no OSD"


def group_large(facts: Facts, plan: Plan) -> Outcome:
    """The declared volume group has at least 20 GiB."""
    name, group = _group(facts, plan)
    wanted = f"{name} with at least 20 GiB ({LEAST_GROUP} bytes)"
    if group is None:
        return _absent(facts, plan, wanted)
    size = group["size"]
    return verdict_of(size >= LEAST_GROUP, f"{name}: {gib(size)} ({size} bytes)", wanted)


def group_there(facts: Facts, plan: Plan) -> Outcome:
    """The declared volume group exists."""
    name, group = _group(facts, plan)
    if group is None:
        return _absent(facts, plan, f"volume group {name}")
    return Outcome(PASS, f"{name}: {gib(group['size'])}, {gib(group['free'])} free", name)


def drbd_not_scanned(facts: Facts, plan: Plan) -> Outcome:
    """LVM's filters, or its devices file, leave DRBD's devices out."""
    wanted = "every /dev/drbdN is left out by filter, global_filter or the devices file"
    filters, listed = facts.get("lvm", "filters"), facts.get("lvm", "devices_file")
    by_filter = first_scanned(filters)
    by_list = next((name for name in listed["devices"] if name.startswith("/dev/drbd")), "")
    seen = "; ".join(f"{key} = {_shown(value)}" for key, value in filters.items() if value)
    if listed["there"] and listed["setting"] != "0":
        told = f"devices file with {len(listed['devices'])} names"
        if listed["setting"] == "1" or bool(by_filter) == bool(by_list):
            return verdict_of(not by_list, by_list or told, wanted, WARN)
        raise Unread("lvm.conf does not say whether the devices file is used (use_devicesfile)")
    scanned = f"{by_filter} is scanned ({seen or 'no filter'})"
    return verdict_of(not by_filter, scanned if by_filter else seen, wanted, WARN)


def osd_memory(facts: Facts, plan: Plan) -> Outcome:
    """Every OSD may take as much memory as Ceph needs."""
    targets = {
        number: facts.get("osd", "targets", number) for number in facts.get("osd", "targets")
    }
    low = {number: each for number, each in targets.items() if each["bytes"] < LEAST_OSD}
    told = (f"osd.{n}: {each['bytes']} ({each['from']})" for n, each in (low or targets).items())
    return verdict_of(not low, listed(told), f"osd_memory_target of at least {LEAST_OSD} bytes")


def zfs_pool(facts: Facts, plan: Plan) -> Outcome:
    """The ZFS module is loaded, and the declared pools, or any, are imported and sound."""
    names = [pool["name"] for pool in _declared(plan) if _kind(pool) == "zfs"]
    wanted = f"ZFS pool {', '.join(names)}" if names else "a ZFS pool"
    if not facts.get("zfs", "loaded"):
        there = facts.get("zfs", "available")
        remedy = "" if there else "install zfsutils-linux and a kernel that has the module zfs"
        return Outcome(FAIL, "the module zfs is not loaded", wanted, "", remedy or "modprobe zfs")
    pools = facts.get("zfs", "pools")
    missing = [name for name in names if name not in pools]
    if missing or not pools:
        have = f"there are {', '.join(sorted(pools))}" if pools else "no pool is imported"
        return Outcome(FAIL, f"missing: {listed(missing)}; {have}" if missing else have, wanted)
    used = names or sorted(pools)
    seen = listed(f"{name} {pools[name]['health']}" for name in used)
    bad = {pools[name]["health"] for name in used} - {"ONLINE"}
    status = PASS if not bad else WARN if bad == {"DEGRADED"} else FAIL
    return Outcome(status, seen, f"{wanted}, ONLINE")


def pools_configured(facts: Facts, plan: Plan) -> Outcome:
    """Every declared pool is on the node, with its type and path, and is started."""
    wanted = listed(_described(pool["name"], pool) for pool in _declared(plan))
    wrong, waiting = [], []
    for pool in _declared(plan):
        fault, stopped = _fault(facts, plan, pool)
        wrong += [fault] if fault else []
        waiting += [stopped] if stopped else []
    if wrong:
        return Outcome(FAIL, "; ".join(wrong), wanted)
    if waiting:
        why = "defined, but not started"
        return Outcome(PENDING, "; ".join(waiting), wanted, why, "virsh pool-start NAME")
    return Outcome(PASS, wanted, wanted)


def same_pools(facts: Facts, plan: Plan) -> Outcome:
    """libvirt's pools are the declared ones and run; one that is not declared is a warning."""
    wanted = listed(_described(pool["name"], pool) for pool in _declared(plan))
    wrong = [told for told in (_missing(facts, pool) for pool in _declared(plan)) if told]
    if wrong:
        return Outcome(FAIL, "; ".join(wrong), wanted)
    pools = facts.get("pools", "pools")
    extra = sorted(set(pools) - {pool["name"] for pool in _declared(plan)})
    if not extra:
        return Outcome(PASS, wanted, wanted)
    seen = listed(_described(name, pools[name]) for name in extra)
    why = "the cluster file does not declare it: are the other nodes alike?"
    return Outcome(WARN, f"also {seen}", wanted, why)


def pools_free(facts: Facts, plan: Plan) -> Outcome:
    """No pool is nearly full."""
    found, unread = pool_space(facts)
    bad = {name: free for name, free in found.items() if free_level(free) != PASS}
    levels = {free_level(free) for free in found.values()}
    status = next((level for level in (FAIL, WARN) if level in levels), PASS)
    if unread and status != FAIL:
        raise Unread("; ".join(f"{name}: {why}" for name, why in unread.items()))
    told = bad or found
    seen = listed(f"{name}: {told[name]:.1f} % free" for name in sorted(told, key=told.__getitem__))
    wanted = f"at least {WARN_FREE} % free (fails below {FAIL_FREE} %; muster's own bounds)"
    return Outcome(status, seen or "no pool whose space libvirt's host can tell", wanted)


def pool_space(facts: Facts) -> tuple[dict[str, float], dict[str, str]]:
    """Return the free space of pools in percent, and why that of others could not be read.

    Pools whose space their host cannot tell are in neither.
    """
    found, unread = {}, {}
    for name, pool in sorted(facts.get("pools", "pools").items()):
        try:
            free = _free(facts, name, pool)
        except Unread as err:
            unread[name] = str(err)
            continue
        if free is not None:
            found[name] = free
    return found, unread


def free_level(free: float) -> str:
    """Return what so much free space of a pool is, in percent: pass, warn or fail."""
    return FAIL if free < FAIL_FREE else WARN if free < WARN_FREE else PASS


def gib(size: float) -> str:
    """Return a number of bytes in GiB, as text."""
    return f"{size / GIB:.1f} GiB"


def _group(facts: Facts, plan: Plan) -> tuple[str, Mapping[str, Any] | None]:
    name = plan.get("declared", {}).get("volume_group") or "xenvg"
    return name, facts.get("lvm", "groups").get(name)


def _absent(facts: Facts, plan: Plan, wanted: str) -> Outcome:
    """The group is missing; where disks are named for it, it waits for consent."""
    named = plan.get("components", {}).get("lvm", {}).get("devices", ())
    if not named:
        return Outcome(FAIL, _groups(facts), wanted)
    why = f"it is made of {listed(named)} when they are proved empty, in a run with consent"
    remedy = "salt NODE state.apply pillar='{muster_consent: true}'"
    return Outcome(PENDING, _groups(facts), wanted, why, remedy)


def _groups(facts: Facts) -> str:
    if not facts.get("lvm", "installed"):
        return "LVM is not installed"
    return ", ".join(sorted(facts.get("lvm", "groups"))) or "no volume group"


def _declared(plan: Plan) -> list[Mapping[str, Any]]:
    return list(plan.get("declared", {}).get("pools", ()))


def _kind(pool: Mapping[str, Any]) -> str:
    return libvirt.kind_of(str(pool.get("type", "")))


def _described(name: str, pool: Mapping[str, Any]) -> str:
    place = pool.get("path") or pool.get("source") or ""
    return f"{name} ({pool.get('type', '')}{' ' + place if place else ''})"


def _fault(facts: Facts, plan: Plan, pool: Mapping[str, Any]) -> tuple[str, str]:
    """Return what is wrong with one declared pool here, and what waits for a start."""
    name, kind = pool["name"], _kind(pool)
    if kind == "zfs" and name in facts.get("zfs", "pools"):
        return "", ""
    if plan.get("profile", {}).get("hypervisor") == "lxd":
        if kind != "zfs":
            raise Unread(f"{name}: LXD's own pools of type {kind or 'any'} cannot be seen")
        return f"{name} is missing", ""
    here = facts.get("pools", "pools").get(name)
    if here is None:
        if kind == "logical" and name in facts.get("lvm", "groups"):
            return "", ""
        return f"{name} is missing", ""
    unlike = _unlike(pool, here)
    if unlike:
        return unlike, ""
    return "", "" if facts.get("pools", "pools", name, "active") else f"{name} is not started"


def _missing(facts: Facts, pool: Mapping[str, Any]) -> str:
    """Return what libvirt lacks of a declared pool, "" = nothing."""
    name = pool["name"]
    here = facts.get("pools", "pools").get(name)
    unlike = _unlike(pool, here) if here else f"{name} is missing"
    if unlike:
        return unlike
    if not facts.get("pools", "pools", name, "active"):
        return f"{name} is not started"
    return "" if here["autostart"] else f"{name} is not started at boot"


def _unlike(pool: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """Return how a pool that is there is another than the declared one of its name."""
    for key in ("path", "type", "source"):
        wanted = _kind(pool) if key == "type" else pool.get(key, "")
        if wanted and not libvirt.alike(key, wanted, here[key]):
            return f"{pool['name']} has another {key}: {here[key] or 'none'} instead of {wanted}"
    return ""


def _free(facts: Facts, name: str, pool: Mapping[str, Any]) -> float | None:
    """Return a pool's free space in percent, or None where its host cannot tell."""
    if pool["type"] in ("logical", "zfs"):
        place = pool["source"] or name
        probe, key = ("lvm", "groups") if pool["type"] == "logical" else ("zfs", "pools")
        found = facts.get(probe, key).get(place.split("/")[0])
        if not found or not found["size"]:
            raise Unread(f"{place} is not among the node's {key}")
        return float(100 * found["free"] / found["size"])
    space = facts.get("pools", "pools", name, "space")
    if space is None:
        return None
    total = space["used"] + space["free"]
    return float(100 * space["free"] / total) if total else 0.0


def first_scanned(filters: Mapping[str, list[str]]) -> str:
    """Return the first of DRBD's devices that no filter of LVM leaves out, or ""."""
    if sum(len(text) for patterns in filters.values() for text in patterns) > _FILTERS:
        raise Unread(f"LVM's filters have more than {_FILTERS} characters")
    try:
        rules = [[_rule(text) for text in patterns] for patterns in filters.values()]
        names = (f"/dev/drbd{minor}" for minor in range(_MINORS))
        return next((n for n in names if not any(_rejects(each, n) for each in rules)), "")
    except Unsupported as err:
        raise Unread(f"a filter of LVM is not understood: {err}") from err


def _rule(text: str) -> tuple[bool, Pattern]:
    """Return whether a pattern accepts, and the expression between its marks."""
    mark = text[1:2]
    end = _PAIRS.get(mark, mark)
    if text[:1] not in ("a", "r") or not mark or not text.endswith(end) or len(text) < 3:
        raise Unsupported(f"{text[:60]!r}")
    if "{" in text[2:-1]:
        raise Unsupported(f"{text[:60]!r}: LVM knows no counts")
    return text[0] == "a", Pattern(text[2:-1], anywhere=True)


def _rejects(rules: Iterable[tuple[bool, Pattern]], name: str) -> bool:
    """Say whether the first pattern that matches the name rejects it."""
    return next((not accepts for accepts, pattern in rules if pattern.matches(name)), False)


def _shown(patterns: list[str]) -> str:
    return "[" + ", ".join(f'"{pattern[:60]}"' for pattern in patterns[:6]) + "]"
