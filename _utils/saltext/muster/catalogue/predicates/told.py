"""What a node tells for comparisons: its facts in short texts, aspect by aspect."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from saltext.muster.catalogue.predicates import releases
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Plan, Told, Values

Tell = Callable[[Facts, Plan], Values]

GIB = 1024**3

_ODD = re.compile(r"[^A-Za-z0-9_.:+@/-]")

#: Links that an administrator configures; those of guests come and go.
_CONFIGURED = ("physical", "bond", "vlan")

#: What Linux adds to a processor's flags, or what only the host itself has of them: words that
#: differ with the kernel's version and that no guest sees.
_HOST_WORDS = (
    "acpi amd_lbr_v2 amd_ppin aperfmperf arat arch_lbr arch_perfmon art auto_ibrs avic bts"
    " bus_lock_detect cat_l2 cat_l3 cdp_l2 cdp_l3 clear_bhb constant_tsc cpb cpuid cqm cqm_llc"
    " cqm_mbm_local cqm_mbm_total cqm_occup_llc debug_swap decodeassists ds_cpl dtes64 dtherm"
    " dts epb ept ept_ad est extapic extd_apicid flexpriority flushbyasid hfi ht hw_pstate hwp"
    " hwp_act_window hwp_epp hwp_notify hwp_pkg_req hypervisor ibpb_brtype ibrs_enhanced ibs"
    " ida intel_ppin intel_pt invpcid_single lbr_fmt lbrv lwp mba mce mce_overflow monitor"
    " mwaitx nodeid_msr nonstop_tsc nonstop_tsc_s3 npt nrip_save ospke osxsave pausefilter pbe"
    " pcid_single pdcm pebs perfctr_core perfctr_llc perfctr_nb perfmon_v2 pfthreshold pln"
    " proc_feedback pti pts ptsc rapl rdt_a rep_good retpoline rsb_ctxsw sbpb sdbg sev sev_es"
    " sev_snp skinit smca sme smx split_lock_detect srbds_ctrl svm svm_lock tce tm tm2 topoext"
    " tpr_shadow tsc_known_freq tsc_reliable tsc_scale user_shstk v_spec_ctrl v_vmsave_vmload"
    " vgif vmcb_clean vmmcall vmx vnmi vpid vte wdt x2avic xtopology xtpr"
)
_HOST_FLAGS = frozenset(_HOST_WORDS.split())


def tell(read: Callable[..., Any], *arguments: Any) -> Told:
    """Return what a function reads of the facts as text, or why it could not be read."""
    try:
        return str(read(*arguments))
    except Unread as unread:
        return {"unknown": str(unread)[:300]}


def aspect(group: str, name: str) -> str:
    """Return the aspect of a thing whose name may hold any characters."""
    return f"{group} {_ODD.sub(lambda odd: f'%{ord(odd[0]):x}', name)}"[:100]


def fact(**paths: str) -> Tell:
    """Return what tells facts: each aspect is given by its path, dotted."""

    def values(facts: Facts, plan: Plan) -> Values:
        found: dict[str, Told] = {}
        for aspect, path in paths.items():
            found[aspect.replace("_", " ")] = tell(facts.get, *path.split("."))
        return found

    return values


def all_of(*parts: Tell) -> Tell:
    """Return what tells everything that the parts tell."""

    def values(facts: Facts, plan: Plan) -> Values:
        return {aspect: told for part in parts for aspect, told in part(facts, plan).items()}

    return values


def versions(**packages: str) -> Tell:
    """Return what tells the versions of packages: several names of one are parted by ``|``."""

    def values(facts: Facts, plan: Plan) -> Values:
        try:
            installed = facts.get("packages", "installed")
        except Unread as unread:
            return {"version": {"unknown": str(unread)[:300]}}
        found: dict[str, Told] = {}
        for name, candidates in packages.items():
            known = (str(installed[one]) for one in candidates.split("|") if one in installed)
            found[f"version {name}"] = next(known, "not installed")
        return found

    return values


def release(facts: Facts, plan: Plan) -> Values:
    """Tell the operating system and its release."""
    return {"os": tell(releases.seen, facts)}


def links(facts: Facts, plan: Plan) -> Values:
    """Tell names, kinds and MTU of cards, bonds, VLANs, and of the bridges on top of them."""
    try:
        known = facts.get("links", "links")
    except Unread as unread:
        why = {"unknown": str(unread)[:300]}
        return {"link": why, "mtu": why}
    found: dict[str, Told] = {}
    uplinked = {link.get("master") for link in known.values() if link.get("kind") in _CONFIGURED}
    for name, link in known.items():
        kind = link.get("kind")
        if kind in _CONFIGURED or (kind == "bridge" and name in uplinked):
            found[aspect("link", name)] = str(kind)
            found[aspect("mtu", name)] = tell(facts.get, "links", "links", name, "mtu")
    return found


def default_routes(facts: Facts, plan: Plan) -> Values:
    """Tell the device of each family's default route of lowest metric."""
    families = ("ipv4", "ipv6")
    return {f"route {family}": tell(default_device, facts, family) for family in families}


def default_device(facts: Facts, family: str) -> str:
    """Return the device of the default route in the main table, or ``none``."""
    found = [
        route
        for route in facts.get("addresses", "routes", family)
        if route.get("to") == "default" and route.get("table") in ("main", 254, "254", "", None)
    ]
    found = [route for route in found if route.get("type") in ("unicast", "", None)]
    best = min(found, key=lambda route: int(route.get("metric") or 0), default=None)
    return str(best["dev"]) if best else "none"


def network_mtu(facts: Facts, plan: Plan) -> Values:
    """Tell the MTU of each declared network's end: of the link that has this node's address there,
    or the lowest below it."""
    networks = plan.get("declared", {}).get("networks", {})
    return {f"mtu {name}": tell(_mtu, facts, end) for name, end in networks.items()}


def _mtu(facts: Facts, end: Mapping[str, Any]) -> int:
    known = facts.get("links", "links")
    address = end.get("address")
    owners = [
        entry["link"]
        for entry in (facts.get("addresses", "addresses") if address else ())
        if entry.get("address") == address
    ]
    names = [*owners, end.get("bridge"), end.get("interface"), end.get("bond")]
    name = next((name for name in names if name in known), None)
    if name is None:
        wanted = ", ".join(str(name) for name in names if name) or "no link by name"
        raise Unread(f"no link is the network's: it declares {wanted}")
    return min(int(facts.get("links", "links", link, "mtu")) for link in _stack(facts, name))


def _stack(facts: Facts, name: str) -> list[str]:
    """Return a link and those that carry it: a bridge's uplinks, a VLAN's parent."""
    known, found, rest = facts.get("links", "links"), [], [name]
    while rest:
        link = rest.pop()
        if link in found or link not in known:
            continue
        found.append(link)
        kind = known[link].get("kind")
        if kind == "bridge":
            ports = (port for port, facts_ in known.items() if facts_.get("master") == link)
            rest += [port for port in ports if known[port].get("kind") in _CONFIGURED]
        elif kind == "vlan":
            rest.append(str(facts.get("links", "links", link, "vlan", "parent")))
    return found


def pools(facts: Facts, plan: Plan) -> Values:
    """Tell each storage pool's type and path."""
    found: dict[str, Told] = {}
    for name, pool in facts.get("pools", "pools").items():
        found[aspect("pool", name)] = f"{pool.get('type')} {pool.get('path') or ''}".strip()
    return found


def processor(facts: Facts, plan: Plan) -> Values:
    """Tell vendor, model and those flags of the processors that a guest may see."""
    return {
        "vendor": tell(facts.get, "cpu", "vendor"),
        "model": tell(facts.get, "cpu", "model"),
        "flags": tell(_guest_flags, facts),
    }


def _guest_flags(facts: Facts) -> str:
    return " ".join(sorted(set(facts.get("cpu", "flags")) - _HOST_FLAGS))


def memory(facts: Facts, plan: Plan) -> Values:
    """Tell the installed memory in GiB, or about what the kernel has of it."""
    return {"memory": tell(_memory, facts)}


def _memory(facts: Facts) -> str:
    try:
        return f"{facts.get('memory', 'installed') / GIB:.0f} GiB"
    except Unread:
        # The kernel keeps a little for itself, and not the same amount each time.
        return f"about {math.ceil(facts.get('memory', 'total') / GIB / 4) * 4} GiB"


def skew(facts: Facts, plan: Plan) -> Values:
    """Tell the bounds of this clock's offset to the master's, in seconds."""
    return {bound: tell(facts.get, "skew", bound) for bound in ("low", "high")}


def disks(facts: Facts, plan: Plan) -> Values:
    """Tell how many drives there are, and what they hold together in units of 10 GB."""
    return {"disks": tell(_disks, facts)}


def _disks(facts: Facts) -> str:
    drives, held = facts.get("disks", "drives"), facts.get("disks", "usable")
    return f"{drives} of together {round(held / 10**10) * 10} GB"
