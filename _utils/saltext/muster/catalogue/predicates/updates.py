"""Updates: how long ago, what still runs in an older state, and whose kernel runs."""

from __future__ import annotations

import re

from saltext.muster.catalogue.predicates import versions
from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN

#: muster's own reading of "periodically" (days): the documents name no number.
MOST_DAYS = 90

_DAY = 86400

#: Debian's and Ubuntu's releases end in the kernel's flavour.
_FLAVOUR = re.compile(r"[0-9.]+(?:-[0-9]+)+-(.+)")

_VENDORS = {
    "almalinux": "almalinux",
    "centos": "centos",
    "rhel": "red hat",
    "debian": "debian",
    "ubuntu": "ubuntu",
}


def current(facts: Facts, plan: Plan) -> Outcome:
    """The system was updated lately, no update is known to be due and no newer kernel waits."""
    days = int((float(plan["now"]) - facts.get("packages", "changed")) // _DAY)
    seen = f"last change of packages {days} days ago"
    wanted = f"updated within {MOST_DAYS} days, running what is installed"
    if days > MOST_DAYS:
        return Outcome(WARN, seen, wanted)
    waiting = _pending_updates(facts)
    if waiting:
        return Outcome(WARN, f"{seen}, {waiting} updates are due", wanted)
    why = reboot_due(facts)
    remedy = "reboot the server at a time that suits its guests" if why else ""
    return Outcome(WARN if why else PASS, seen, wanted, why, remedy)


def reboot_due(facts: Facts) -> str:
    """Return why the system waits for a reboot, or ""."""
    required = facts.get("restart", "reboot_required")
    if required["marked"]:
        named = ", ".join(required["packages"][:5])
        return "the system asks for a reboot" + (f" because of {named}" if named else "")
    running, kernels = facts.get("kernel", "release"), facts.get("restart", "kernels")
    flavour = _flavour(running)
    found = versions.newest([running, *(one for one in kernels if _flavour(one) == flavour)])
    return f"kernel {found} is installed, {running} runs" if found != running else ""


def libvirt_current(facts: Facts, plan: Plan) -> Outcome:
    """libvirt's daemon runs what is installed: neither files nor packages changed since."""
    daemons = facts.get("restart", "daemons")
    wanted = "libvirt's daemon started after the last update"
    if not daemons:
        # Socket-activated daemons end when they idle: the next one starts afresh.
        return Outcome(PASS, "no daemon of libvirt runs", wanted)
    changed = facts.get("packages", "changed")
    for name in sorted(daemons):
        deleted = facts.get("restart", "daemons", name, "deleted")
        if deleted:
            why = f"{name} still has {deleted[0]} as it was before an update"
            return Outcome(PENDING, f"{name} maps {len(deleted)} replaced files", wanted, why)
        if facts.get("restart", "daemons", name, "started") < changed:
            why = "packages were changed since it started"
            return Outcome(PENDING, f"{name} is older than the last update", wanted, why)
    return Outcome(PASS, f"{', '.join(sorted(daemons))}: started since", wanted)


def at_ovh(facts: Facts, plan: Plan) -> str:
    """Return "" for a server of OVH, else why the row does not apply."""
    provider = str(plan.get("declared", {}).get("provider", "")).lower()
    return "" if provider == "ovh" else f"provider is {provider or 'not declared'}, not ovh"


def distribution_kernel(facts: Facts, plan: Plan) -> Outcome:
    """The running kernel comes from a package of the distribution."""
    running, system = facts.get("kernel", "release"), facts.get("os", "id")
    owners = [each for each in facts.get("packages", "kernels") if _is_release(each, running)]
    wanted = f"a kernel that {system} packaged"
    if system not in _VENDORS:
        raise Unread(f"whose kernels {system} runs is not known")
    if not owners:
        return Outcome(FAIL, f"{running}, of no package", wanted)
    vendor = owners[0]["vendor"]
    good = _VENDORS[system] in vendor.lower()
    return verdict_of(good, f"{running} of {vendor or 'nobody'}", wanted)


def _is_release(package: dict[str, str], running: str) -> bool:
    if package["name"] == f"linux-image-{running}":
        return True
    version = package["version"].split(":")[-1]
    return running == f"{version}.{package['architecture']}"


def _pending_updates(facts: Facts) -> int:
    """Return how many updates are known to be due; few systems keep count, which is no fault."""
    try:
        return int(facts.get("updates", "pending"))
    except Unread:
        return 0


def _flavour(release: str) -> str:
    match = _FLAVOUR.fullmatch(release)
    return match.group(1) if match else ""
