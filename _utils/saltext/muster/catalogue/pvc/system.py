"""What PVC asks of a node's system."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import pvc, releases, repositories
from saltext.muster.catalogue.predicates.base import Test
from saltext.muster.catalogue.pvc.sources import ARCHITECTURE
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan, Requirement

_SEEDS = releases.debian("10", "11")
_TODAY = releases.debian("12", older=("10", "11"))


def _by_edition(old: Test, new: Test) -> Test:
    def test(facts: Facts, plan: Plan) -> Outcome:
        chosen = new if plan.get("profile", {}).get("edition") == "0.9.39" else old
        return chosen(facts, plan)

    return test


ROWS: tuple[Requirement, ...] = (
    Requirement(
        id="PVC-024",
        source=ARCHITECTURE,
        place="Operating System and Architecture",
        text="the system is a Debian that PVC supports",
        minimum="Debian 10 or 11; for today's PVC 12 (by its Ansible roles)",
        probes=("os",),
        test=_by_edition(_SEEDS, _TODAY),
        remedy="install the system with PVC's node installer",
        by_hand="cat /etc/os-release",
    ),
    Requirement(
        id="PVC-025",
        source=ARCHITECTURE,
        place="Operating System and Architecture",
        kinds=("check", "enforce"),
        text="PVC's own package repository is enabled, with its key",
        minimum=f"https://{repositories.PVC}/debian CODENAME pvc",
        probes=("os", "repositories"),
        test=repositories.pvc,
        remedy=f"add https://{repositories.PVC}/debian with its key pvc.pub to apt",
        by_hand=f"grep -r {repositories.PVC} /etc/apt/sources.list*",
    ),
    Requirement(
        id="PVC-068",
        source=ARCHITECTURE,
        place="SR-IOV",
        text="PVC is new enough for SR-IOV",
        minimum="0.9.21",
        probes=("packages",),
        applies=pvc.uses_sriov,
        test=pvc.sriov_version,
        remedy="update PVC on all nodes",
        by_hand="dpkg -l pvc-daemon-node",
    ),
    Requirement(
        id="PVC-085",
        source=ARCHITECTURE,
        place="The Primary Coordinator",
        text="no task runs on the coordinator when the primary is switched",
        recommended="no running tasks",
        probes=("services",),
        roles=("coordinator",),
        test=pvc.no_tasks,
        remedy="wait for the tasks to end before pvc node primary NODE",
        by_hand="pvc task list; ps -e",
    ),
)
