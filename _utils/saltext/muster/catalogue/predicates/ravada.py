"""What Ravada needs of its own and of libvirt."""

from __future__ import annotations

from saltext.muster.catalogue.predicates import versions
from saltext.muster.catalogue.predicates.base import verdict_of
from saltext.muster.facts import Facts, Unread
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS

CLUSTERING = (0, 4)

#: From this release of Ubuntu on, libvirt-bin is two packages.
_SPLIT = (18, 10)


def has_clustering(facts: Facts, plan: Plan) -> Outcome:
    """Ravada is installed on the master, in a version that knows nodes."""
    installed = facts.get("packages", "installed")
    version = installed.get("ravada") or facts.get("identity", "ravada")
    if not version:
        return Outcome(FAIL, "Ravada is not installed", "0.4 or newer")
    if not versions.numbers(version):
        raise Unread(f"{version!r} is no version of Ravada")
    return verdict_of(versions.numbers(version) >= CLUSTERING, version, "0.4 or newer")


def libvirt_answers(facts: Facts, plan: Plan) -> Outcome:
    """libvirt's socket is there for the master's connections."""
    path = facts.get("services", "libvirt_socket")
    names = " and ".join(_names(facts))
    remedy = f"install {names}; without it the master says: End of file ... nc: unix connect failed"
    wanted = "/run/libvirt/libvirt-sock"
    return Outcome(PASS if path else FAIL, path or "no such socket", wanted, "", remedy)


def on_ubuntu(facts: Facts, plan: Plan) -> str:
    """Return "" on Ubuntu, else why the row does not apply."""
    system = facts.get("os", "id")
    return "" if system == "ubuntu" else f"the names are Ubuntu's, this is {system}"


def libvirt_by_release(facts: Facts, plan: Plan) -> Outcome:
    """libvirt is installed by the names that this release of Ubuntu has for it."""
    installed, names = facts.get("packages", "installed"), _names(facts)
    missing = [name for name in names if name not in installed]
    seen = f"missing: {', '.join(missing)}" if missing else ", ".join(names)
    system = f"{facts.get('os', 'id')} {facts.get('os', 'version_id')}"
    remedy = f"apt-get install {' '.join(missing)}"
    outcome = verdict_of(not missing, seen, f"{', '.join(names)} on {system}")
    return Outcome(outcome.status, outcome.seen, outcome.wanted, "", remedy)


def _names(facts: Facts) -> list[str]:
    if facts.get("os", "family") == "redhat":
        return ["libvirt-daemon", "libvirt-daemon-kvm"]
    old = facts.get("os", "id") == "ubuntu"
    old = old and versions.numbers(facts.get("os", "version_id")) < _SPLIT
    return ["libvirt-bin"] if old else ["libvirt-daemon-system", "libvirt-clients"]
