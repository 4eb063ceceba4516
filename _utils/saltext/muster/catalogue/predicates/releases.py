"""Which release of which operating system the node runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timezone

from saltext.muster.catalogue.predicates import versions
from saltext.muster.catalogue.predicates.base import Test, verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN

ALMALINUX = ("8.6", "8.7", "8.8", "8.9")
UBUNTU = ("20.04",)

#: The last day on which CentOS 7 was maintained, and so of its nodes in VMmanager.
CENTOS_7_END = date(2024, 6, 30)

#: almalinux-release of this version brings the key that newer packages are signed with.
KEY_RELEASE = "8.8-3.el8"
NEW_KEY = "ced7258b"


def seen(facts: Facts) -> str:
    """Return the system and its release as os-release tells them: ``almalinux 8.9``."""
    return f"{facts.get('os', 'id')} {facts.get('os', 'version_id')}"


def one_of(**releases: tuple[str, ...]) -> Test:
    """Return a test that the system is one of these releases.

    releases are by the ID of os-release; a release is text: 8.10 is not 8.1.
    """
    wanted = " or ".join(f"{id_} {', '.join(known)}" for id_, known in releases.items())

    def test(facts: Facts, plan: Plan) -> Outcome:
        system, release = facts.get("os", "id"), facts.get("os", "version_id")
        return verdict_of(release in releases.get(system, ()), seen(facts), wanted)

    return test


def for_hypervisor(tests: Mapping[str, Test]) -> Test:
    """Return the test of the profile's hypervisor; one that has none is not offered."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        profile = plan.get("profile", {})
        hypervisor = str(profile.get("hypervisor"))
        if hypervisor not in tests:
            offered = f"hypervisor {' or '.join(tests)}"
            wanted = f"{profile.get('network_type')} is offered with {offered} alone"
            return Outcome(FAIL, hypervisor, wanted, "", f"use {offered}, or another network type")
        return tests[hypervisor](facts, plan)

    return test


def fabric(facts: Facts, plan: Plan) -> Outcome:
    """AlmaLinux 8 under KVM, Ubuntu 20.04 under LXD; the two documents differ in detail."""
    system, release = facts.get("os", "id"), facts.get("os", "version_id")
    wanted = "AlmaLinux 8 with KVM (8.6 to 8.9 by VMM-021), Ubuntu 20.04 with LXD"
    if plan.get("profile", {}).get("hypervisor") == "lxd":
        return verdict_of((system, release) == ("ubuntu", "20.04"), seen(facts), wanted)
    if system != "almalinux" or release.split(".")[0] != "8":
        return Outcome(FAIL, seen(facts), wanted)
    why = "" if release in ALMALINUX else "an AlmaLinux 8, yet none that VMM-021 names"
    return verdict_of(not why, seen(facts), wanted, WARN, why)


def not_old_centos(facts: Facts, plan: Plan) -> str:
    """Return "" unless VMM-029 judges the release: CentOS 7 of a node that has joined."""
    if _is_centos_7(facts) and plan.get("declared", {}).get("joined"):
        return "CentOS 7 on a node that has joined: VMM-029 judges it"
    return ""


def not_centos_8(facts: Facts, plan: Plan) -> Outcome:
    """The system is no CentOS 8, Stream or not."""
    system, release = facts.get("os", "id"), facts.get("os", "version_id")
    bad = system == "centos" and release.split(".")[0] == "8"
    return verdict_of(not bad, seen(facts), "no CentOS 8")


def not_centos_7(facts: Facts, plan: Plan) -> Outcome:
    """The system is no CentOS 7; a node that has joined may have had it until its end of life."""
    if not _is_centos_7(facts):
        return Outcome(PASS, seen(facts), "no CentOS 7")
    if not plan.get("declared", {}).get("joined"):
        return Outcome(FAIL, seen(facts), "no CentOS 7 on a new node")
    end = CENTOS_7_END.isoformat()
    if today(plan) > CENTOS_7_END:
        why = f"CentOS 7 reached its end of life on {end}"
        return Outcome(FAIL, seen(facts), "no CentOS 7", why)
    return Outcome(WARN, seen(facts), "no CentOS 7", f"it is supported until {end} only")


def debian(*supported: str, older: tuple[str, ...] = ()) -> Test:
    """Return a test that the system is a Debian of these releases.

    One of the ``older`` releases and a derivative of Debian are warnings.
    """
    wanted = f"Debian {' or '.join(supported)}"

    def test(facts: Facts, plan: Plan) -> Outcome:
        system, release = facts.get("os", "id"), facts.get("os", "version_id")
        if system == "debian" and release in supported:
            return Outcome(PASS, seen(facts), wanted)
        if system == "debian" and release in older:
            return Outcome(WARN, seen(facts), wanted, "an older release than is supported today")
        if system != "debian" and facts.get("os", "family") == "debian":
            return Outcome(WARN, seen(facts), wanted, "a derivative of Debian may work")
        return Outcome(FAIL, seen(facts), wanted)

    return test


def is_almalinux_8(facts: Facts, plan: Plan) -> str:
    """Return "" on AlmaLinux 8, else why the row does not apply."""
    if seen(facts).startswith("almalinux 8"):
        return ""
    return f"only AlmaLinux 8 changed its key, this is {seen(facts)}"


def new_key(facts: Facts, plan: Plan) -> Outcome:
    """almalinux-release brings the new key, or rpm has it already."""
    installed = facts.get("packages", "installed")
    release = installed.get("almalinux-release", "")
    if not release:
        raise Unread("almalinux-release is not installed, so its version cannot be told")
    if versions.compare_evr(release, KEY_RELEASE) >= 0:
        return Outcome(PASS, f"almalinux-release {release}", f"{KEY_RELEASE} or newer")
    keys = sorted(key.split("-")[0] for key in installed.get("gpg-pubkey", "").split())
    found = f"almalinux-release {release}, keys {', '.join(keys) or 'none'}"
    wanted = f"almalinux-release {KEY_RELEASE} or newer, or key {NEW_KEY}"
    return verdict_of(NEW_KEY in keys, found, wanted)


def today(plan: Plan) -> date:
    """Return the date by the master's clock."""
    return datetime.fromtimestamp(float(plan["now"]), timezone.utc).date()


def _is_centos_7(facts: Facts) -> bool:
    system, release = facts.get("os", "id"), facts.get("os", "version_id")
    return bool(system == "centos" and release.split(".")[0] == "7")
