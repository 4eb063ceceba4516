"""Tests of the DRBD rows: module options configured, loaded and running."""

from __future__ import annotations

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN


def used(facts: Facts, plan: Plan) -> str:
    """Return "" when this cluster uses DRBD, else why the row does not apply."""
    wanted = plan.get("declared", {}).get("drbd", True)
    return "" if wanted else "the cluster file says that DRBD is not used (options: drbd: false)"


def version(facts: Facts, plan: Plan) -> Outcome:
    """The module's version is at least 8.0, better 8.0.12."""
    seen = facts.get("drbd", "version")
    parts = tuple(int(part) for part in seen.split("-")[0].split(".")[:3] if part.isdigit())
    if len(parts) < 2:
        raise Unread(f"{seen!r} is no version of DRBD")
    status = FAIL if parts < (8, 0) else PASS if parts >= (8, 0, 12) else WARN
    return Outcome(status, seen, "8.0 or newer, recommended 8.0.12")


def configured(facts: Facts, plan: Plan) -> Outcome:
    """modprobe.d gives the module the wanted options."""
    wanted = _wanted(plan)
    have = facts.get("drbd", "configured")
    seen = _options({name: have[name] for name in wanted if name in have}) or "no options"
    return verdict_of(all(have.get(n) == v for n, v in wanted.items()), seen, _options(wanted))


def loaded_at_boot(facts: Facts, plan: Plan) -> Outcome:
    """modules-load.d or /etc/modules names the module."""
    boot = facts.get("drbd", "boot")
    return verdict_of(boot, "yes" if boot else "no", "drbd is loaded at every boot")


def helper(facts: Facts, plan: Plan) -> Outcome:
    """The running module's user-mode helper is the wanted one."""
    return _running(facts, "usermode_helper", _wanted(plan)["usermode_helper"])


def minors(facts: Facts, plan: Plan) -> Outcome:
    """The running module has the wanted number of minors; under 128 is a warning."""
    wanted = _wanted(plan)["minor_count"]
    outcome = _running(facts, "minor_count", wanted)
    if outcome.status == PASS and int(wanted) < 128:
        return Outcome(WARN, outcome.seen, "128", "128 minors give 64 instances of one disk")
    return outcome


def running_as_configured(facts: Facts, plan: Plan) -> Outcome:
    """The module is loaded, with the options that are configured."""
    wanted = _wanted(plan)
    if not facts.get("drbd", "loaded"):
        return Outcome(FAIL, "drbd is not loaded", _options(wanted), "", _load_remedy(facts))
    have = facts.get("drbd", "parameters")
    wrong = {name: have.get(name, "absent") for name in wanted if have.get(name) != wanted[name]}
    if not wrong:
        return Outcome(PASS, _options(wanted), _options(wanted))
    why = "the module was loaded with other options: a reload or reboot is due"
    return Outcome(PENDING, _options(wrong), _options(wanted), why)


def resources_skipped(facts: Facts, plan: Plan) -> Outcome:
    """No default resource would be brought up by the init script."""
    loose = [r["name"] for r in facts.get("drbd", "resources") if not r["skip"]]
    if loose and facts.get("drbd", "in_use"):
        why = "DRBD is in use: stop the resource first if it is not wanted"
        return Outcome(PENDING, ", ".join(loose), "no resource without skip", why)
    return verdict_of(not loose, ", ".join(loose) or "none", "no resource without skip", WARN)


def built_for_target(facts: Facts, plan: Plan) -> Outcome:
    """The kernel that will run instances is running, and it has the module."""
    release = facts.get("kernel", "release")
    wanted = "module drbd for the running kernel, which is the one that instances need"
    if not facts.get("drbd", "available"):
        return Outcome(FAIL, f"{release} has no module drbd", wanted)
    seen = f"module drbd for {release}"
    if plan.get("profile", {}).get("hypervisor") == "xen" and facts.get("xen", "role") != "dom0":
        return Outcome(PENDING, seen, wanted, "this kernel does not run under Xen: reboot first")
    return Outcome(PASS, seen, wanted)


def listed_plainly(facts: Facts, plan: Plan) -> Outcome:
    """What loads modules at boot names drbd as systemd reads it, and no file repeats it."""
    found = facts.get("drbd", "listed")
    wanted = "the line drbd, once in a file; its options are in modprobe.d"
    if not found:
        return Outcome(FAIL, "no line names drbd", wanted)
    told = [f"{each['file']}:{each['line']}: {each['text']}" for each in found]
    plain = all(len(each["text"].split()) == 1 for each in found)
    good = plain and len({each["file"] for each in found}) == len(found)
    return verdict_of(good, "; ".join(told[:4]), wanted, WARN)


def _running(facts: Facts, name: str, wanted: str) -> Outcome:
    if not facts.get("drbd", "loaded"):
        _load_remedy(facts)
        raise Unread(f"drbd is not loaded, so its running {name} cannot be seen")
    seen = facts.get("drbd", "parameters", name)
    if seen == wanted:
        return Outcome(PASS, seen, wanted)
    if facts.get("drbd", "configured").get(name) == wanted:
        return Outcome(PENDING, seen, wanted, "configured, waits for a reload of the module")
    return Outcome(FAIL, seen, wanted)


def _load_remedy(facts: Facts) -> str:
    """Return how to load the module; raise Unread when the running kernel has none."""
    if not facts.get("drbd", "available"):
        raise Unread("the running kernel has no module drbd, so nothing of it can be seen")
    return "modprobe drbd; salt-call state.apply muster does it"


def _wanted(plan: Plan) -> dict[str, str]:
    component = plan.get("components", {}).get("drbd", {})
    default = {"minor_count": "128", "usermode_helper": "/bin/true"}
    return dict(component.get("options", default))


def _options(options: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(options.items()))
