"""Tests that rows of the catalogue share: facts and plan in, outcome out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from saltext.muster.components import chrony, hosts, packages
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN

Test = Callable[[Facts, Plan], Outcome]


def verdict_of(good: bool, seen: str, wanted: str, bad: str = FAIL, reason: str = "") -> Outcome:
    """Return pass when good, else the status ``bad``."""
    return Outcome(PASS if good else bad, seen, wanted, reason)


def declared(plan: Plan, *path: str) -> Any:
    """Return what the plan declares at ``path``; raise Unread when it declares nothing there."""
    value: Any = plan.get("declared", {})
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    if value in (None, "", [], {}):
        raise Unread(f"the plan declares no {'.'.join(path)}; put the node into a cluster file")
    return value


# -- hostname ---------------------------------------------------------------------------------


def running_name(facts: Facts, plan: Plan) -> Outcome:
    """The running name is the declared one, or at least fully qualified where none is."""
    seen = facts.get("hostname", "running")
    wanted = plan.get("declared", {}).get("fqdn")
    if not wanted:
        return verdict_of("." in seen.strip("."), seen, "a fully qualified name")
    return verdict_of(seen == wanted, seen, wanted)


def configured_name(facts: Facts, plan: Plan) -> Outcome:
    """/etc/hostname has the declared name, and nothing rewrites it at boot."""
    seen = facts.get("hostname", "configured")
    wanted = plan.get("declared", {}).get("fqdn")
    good = seen == wanted if wanted else "." in seen.strip(".")
    if good and _cloud_init_rewrites(facts):
        why = "cloud-init is active and rewrites the name at boot"
        remedy = "set preserve_hostname: true in /etc/cloud/cloud.cfg.d/, or disable cloud-init"
        return Outcome(WARN, seen, wanted or seen, why, remedy)
    return verdict_of(good, seen or "no name in /etc/hostname", wanted or "a fully qualified name")


def _cloud_init_rewrites(facts: Facts) -> bool:
    cloud = facts.get("hostname", "cloud_init")
    return bool(cloud["installed"]) and not cloud["preserve_hostname"]


# -- hosts ------------------------------------------------------------------------------------


def no_loopback_name(facts: Facts, plan: Plan) -> Outcome:
    """No line of a loopback address names the node."""
    names = _own_names(facts, plan)
    found = [
        f"{entry['address']} {' '.join(entry['names'])}"
        for entry in facts.get("hosts", "entries")
        if hosts.is_loopback(entry["address"]) and names & _lower(entry)
    ]
    return verdict_of(not found, "; ".join(found) or "no such line", "no such line")


def own_line(facts: Facts, plan: Plan) -> Outcome:
    """The lines naming the node have its declared address, the FQDN first, then the short name."""
    address, fqdn = declared(plan, "address"), declared(plan, "fqdn")
    short = fqdn.split(".")[0]
    wanted = f"{address} {fqdn}" + (f" {short}" if short != fqdn else "")
    lines = [e for e in facts.get("hosts", "entries") if {fqdn, short} & _lower(e)]
    lines = [e for e in lines if not hosts.is_loopback(e["address"])]
    seen = "; ".join(f"{e['address']} {' '.join(e['names'])}" for e in lines)
    good = bool(lines) and all(
        e["address"] == address and e["names"][0] == fqdn and short in e["names"] for e in lines
    )
    return verdict_of(good, seen or f"no line for {fqdn}", wanted)


def has_cluster_name(facts: Facts, plan: Plan) -> str:
    """Return "" when the cluster file reserves a name for the cluster, else why it is skipped."""
    named = plan.get("declared", {}).get("cluster_name")
    return "" if named else "the cluster file declares no cluster name"


def cluster_name(facts: Facts, plan: Plan) -> Outcome:
    """The cluster's name stands for its reserved address in the hosts file."""
    name, address = declared(plan, "cluster_name"), declared(plan, "cluster_address")
    found = {e["address"] for e in facts.get("hosts", "entries") if name in _lower(e)}
    seen = ", ".join(sorted(found)) or f"no line for {name}"
    return verdict_of(found == {address}, seen, f"{address} {name}")


def _own_names(facts: Facts, plan: Plan) -> set[str]:
    fqdn = plan.get("declared", {}).get("fqdn") or facts.get("hostname", "running")
    return {fqdn, fqdn.split(".")[0]}


def _lower(entry: Mapping[str, Any]) -> set[str]:
    """Return the names of a line as the resolver compares them."""
    return {name.lower() for name in entry["names"]}


# -- time -------------------------------------------------------------------------------------


def clock_skew(limit: float) -> Test:
    """Return a test that this node's clock is within ``limit`` seconds of its master's."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        low, high = facts.get("skew", "low"), facts.get("skew", "high")
        seen = f"between {low:+.1f} and {high:+.1f} s off the master's clock"
        wanted = f"at most {limit:g} s off"
        if max(abs(low), abs(high)) <= limit:
            return Outcome(PASS, seen, wanted)
        if low > limit or high < -limit:
            return Outcome(FAIL, seen, wanted)
        raise Unread(f"the clocks could only be compared to {seen}; salt-call muster.check")

    return test


def chrony_synchronised(facts: Facts, plan: Plan) -> Outcome:
    """chrony is the one time service and follows a real source: as its component sees it."""
    wanted = "chrony alone enabled and running, synchronised to a source"
    unit = chrony.unit(facts)
    if not unit:
        return Outcome(FAIL, "chrony is not installed", wanted)
    if not facts.get("chrony", "services", unit, "enabled"):
        return Outcome(FAIL, f"{unit} is not enabled", wanted)
    others = chrony.others(facts)
    if others:
        return Outcome(FAIL, f"also in charge: {', '.join(others)}", wanted)
    tracking = facts.get("chrony", "tracking")
    wrong = chrony.unsynchronised(facts)
    source = f"leap {tracking['leap']}, source {tracking['name'] or tracking['refid']}"
    return verdict_of(not wrong, wrong or source, wanted)


# -- SELinux ----------------------------------------------------------------------------------


def selinux_running_disabled(facts: Facts, plan: Plan) -> Outcome:
    """SELinux does not run; running though configured off is for the reboot's own row."""
    running = facts.get("selinux", "running")
    if running != "disabled" and facts.get("selinux", "configured") == "disabled":
        return Outcome(PENDING, running, "disabled", "configured off, runs until the reboot")
    return verdict_of(running == "disabled", running, "disabled", WARN)


def selinux_configured_disabled(facts: Facts, plan: Plan) -> Outcome:
    """/etc/selinux/config says disabled, or SELinux is not installed."""
    seen = facts.get("selinux", "configured")
    return verdict_of(seen in ("disabled", "absent"), seen, "disabled", WARN)


def selinux_reboot(facts: Facts, plan: Plan) -> Outcome:
    """No reboot is due for SELinux."""
    configured, running = facts.get("selinux", "configured"), facts.get("selinux", "running")
    waits = configured == "disabled" and running != "disabled"
    seen = f"configured {configured}, running {running}"
    return verdict_of(not waits, seen, "running as configured", PENDING)


# -- packages ---------------------------------------------------------------------------------


def packages_installed(*alternatives: str) -> Test:
    """Return a test that, for each word, one of its ``|``-separated packages is installed."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        installed = facts.get("packages", "installed")
        missing = [word for word in alternatives if not set(word.split("|")) & set(installed)]
        found = [name for word in alternatives for name in word.split("|") if name in installed]
        have = ", ".join(f"{name} {installed[name]}" for name in found)
        have = have if len(found) < 4 else f"all {len(alternatives)}"
        seen = f"missing: {', '.join(missing)}" if missing else have
        return verdict_of(not missing, seen, ", ".join(alternatives).replace("|", " or "))

    return test


def planned_packages(facts: Facts, plan: Plan) -> Outcome:
    """Every package that the plan names for this release is installed."""
    try:
        names = packages.names(facts, _package_lists(plan))
    except InvalidArgument as err:
        raise Unread(str(err)) from err
    return packages_installed(*names)(facts, plan)


def release_known(facts: Facts, plan: Plan) -> Outcome:
    """The plan has package names for this release."""
    system = f"{facts.get('os', 'id')} {facts.get('os', 'version_id')}"
    lists = _package_lists(plan)
    try:
        packages.names(facts, lists)
    except InvalidArgument:
        return Outcome(FAIL, system, ", ".join(sorted(lists)))
    return Outcome(PASS, system, "a release with known names")


def _package_lists(plan: Plan) -> Any:
    component = plan.get("components", {}).get("packages")
    if not component:
        raise Unread("the plan names no packages")
    return component["names"]


# -- bridges ----------------------------------------------------------------------------------


def bridge_exists(facts: Facts, plan: Plan) -> Outcome:
    """The declared bridge is there."""
    wanted = declared(plan, "bridge")
    bridges = facts.get("bridges", "bridges")
    return verdict_of(wanted in bridges, ", ".join(sorted(bridges)) or "no bridge", wanted)


def bridge_named(facts: Facts, plan: Plan) -> Outcome:
    """No bridge has almost the declared name, and the declared name is a bridge's."""
    wanted = declared(plan, "bridge")
    bridges, links = facts.get("bridges", "bridges"), facts.get("bridges", "links")
    if wanted in links and wanted not in bridges:
        return Outcome(FAIL, f"{wanted} is a link, but no bridge", f"bridge {wanted}")
    near = [name for name in bridges if name != wanted and _bare(name) == _bare(wanted)]
    if wanted not in bridges and near:
        return Outcome(FAIL, f"{', '.join(near)}: nearly the declared name", f"bridge {wanted}")
    seen = wanted if wanted in bridges else ", ".join(sorted(bridges)) or "no bridge"
    return verdict_of(wanted in bridges, seen, f"bridge {wanted}")


def _bare(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()
