"""What PVC's own software and its running tasks ask for."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import versions
from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import PASS, WARN

SRIOV = (0, 9, 21)
_DAEMON = "pvc-daemon-node"

#: What PVC's workers start for provisioning, imports, backups and benchmarks.
_TASKS = ("debootstrap", "rinse", "qemu-img", "rbd", "rsync", "fio", "dd", "pvc-task")


def uses_sriov(facts: Facts, plan: Plan) -> str:
    """Return "" where SR-IOV is declared and PVC is installed, else why the row is skipped."""
    if not plan.get("declared", {}).get("sriov"):
        return "no SR-IOV is declared for this node"
    there = _DAEMON in facts.get("packages", "installed")
    return "" if there else f"{_DAEMON} is not installed yet"


def sriov_version(facts: Facts, plan: Plan) -> Outcome:
    """PVC's node daemon is new enough for SR-IOV."""
    version = facts.get("packages", "installed")[_DAEMON]
    if not versions.numbers(version):
        raise Unread(f"{version!r} is no version of PVC")
    return verdict_of(versions.numbers(version) >= SRIOV, version, "0.9.21 or newer")


def no_tasks(facts: Facts, plan: Plan) -> Outcome:
    """No task of PVC is seen to run that a change of the primary would leave on this node."""
    programs = facts.get("services", "programs")
    found = [name for name in _TASKS if name in programs]
    wanted = "no running tasks before the primary is switched"
    if found:
        why = "its tasks go on here when another coordinator becomes the primary"
        return Outcome(WARN, f"running: {', '.join(found)}", wanted, why)
    return Outcome(PASS, "no task was seen", wanted)
