"""SELinux, configured and running."""

from __future__ import annotations

from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import PENDING, WARN


def running_disabled(facts: Facts, plan: Plan) -> Outcome:
    """SELinux does not run; running though configured off is for the reboot's own row."""
    running = facts.get("selinux", "running")
    if running != "disabled" and facts.get("selinux", "configured") == "disabled":
        return Outcome(PENDING, running, "disabled", "configured off, runs until the reboot")
    return verdict_of(running == "disabled", running, "disabled", WARN)


def configured_disabled(facts: Facts, plan: Plan) -> Outcome:
    """/etc/selinux/config says disabled, or SELinux is not installed."""
    seen = facts.get("selinux", "configured")
    return verdict_of(seen in ("disabled", "absent"), seen, "disabled", WARN)


def reboot(facts: Facts, plan: Plan) -> Outcome:
    """No reboot is due for SELinux."""
    configured, running = facts.get("selinux", "configured"), facts.get("selinux", "running")
    waits = configured == "disabled" and running != "disabled"
    seen = f"configured {configured}, running {running}"
    return verdict_of(not waits, seen, "running as configured", PENDING)
