"""Package repositories: the distribution's own, declared ones, and others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from saltext.muster.catalogue.predicates.base import Test, verdict_of
from saltext.muster.facts import Facts
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, WARN
from saltext.muster.wording import listed

#: Hosts that a distribution serves its packages from; a leading dot = all below.
_HOSTS = {
    "debian": (".debian.org",),
    "ubuntu": (".archive.ubuntu.com", "archive.ubuntu.com", "security.ubuntu.com",
               "ports.ubuntu.com", "old-releases.ubuntu.com", "esm.ubuntu.com"),
    "almalinux": (".almalinux.org",),
    "centos": (".centos.org",),
    "rhel": (".redhat.com",),
}  # fmt: skip

#: What the signed Release files of a distribution call themselves.
_ORIGINS = {"debian": "Debian", "ubuntu": "Ubuntu"}

_YUM_IDS = re.compile(
    r"(base|baseos|updates|appstream|extras|extras-common|powertools|crb|plus|ha|highavailability"
    r"|resilientstorage|rt|nfv|sap|saphana|cr|fasttrack|centosplus)(-(source|debuginfo))?",
    re.I,
)
_KEYS = {
    "almalinux": "/etc/pki/rpm-gpg/RPM-GPG-KEY-AlmaLinux",
    "centos": "/etc/pki/rpm-gpg/RPM-GPG-KEY-CentOS",
}

#: muster cannot work without Salt, whose packages come from here.
_SALT = (".saltproject.io", "packages.broadcom.com")

PVC = "repo.parallelvirtualcluster.org"


def third_party(bad: str = FAIL) -> Test:
    """Return a test that each enabled repository is the distribution's own or declared."""

    def test(facts: Facts, plan: Plan) -> Outcome:
        enabled = facts.get("repositories", "enabled")
        system = facts.get("os", "id")
        allowed = [str(each) for each in plan.get("declared", {}).get("repositories", ())]
        others = [each for each in enabled if not _is_own(each, system) and not _in(each, allowed)]
        names = list(dict.fromkeys(f"{_name(each)} ({each['file']})" for each in others))
        wanted = f"repositories of {system}" + (f" and {', '.join(allowed)}" if allowed else "")
        remedy = f"disable {', '.join(names[:5])}, or declare it in repositories"
        outcome = verdict_of(
            not others, listed(names, 5) or f"{len(enabled)} of {system}", wanted, bad
        )
        return outcome if not others else Outcome(bad, outcome.seen, wanted, "", remedy)

    return test


def pvc(facts: Facts, plan: Plan) -> Outcome:
    """PVC's own repository, or a declared mirror of it, is enabled and its key is there."""
    mirrors = [str(each) for each in plan.get("declared", {}).get("repositories", ())]
    found = [
        each
        for each in facts.get("repositories", "enabled")
        if "pvc" in each["components"] and _in(each, [PVC, *mirrors])
    ]
    wanted = f"{PVC}, suite of this release, component pvc, with its key"
    if not found:
        return Outcome(FAIL, "no repository of PVC is enabled", wanted)
    codename = facts.get("os", "codename")
    where = f"{found[0]['url']} {found[0]['suite']}"
    if not any(each["suite"] == codename for each in found):
        return Outcome(FAIL, where, wanted, f"it is not the suite of {codename}")
    return _keyed(found[0], facts.get("repositories", "keyrings"), where, wanted)


def _keyed(repository: Mapping[str, Any], keyrings: list[str], where: str, wanted: str) -> Outcome:
    signed = repository["signed_by"]
    if signed:
        good = signed in keyrings or not signed.startswith("/")
        return verdict_of(
            good, f"{where}, key {signed}", wanted, FAIL, "" if good else "no such key"
        )
    names = [path for path in keyrings if "pvc" in path.rsplit("/", 1)[-1].lower()]
    if names or "/etc/apt/trusted.gpg" in keyrings:
        # A common keyring may hold it under any name; apt itself refuses what it cannot verify.
        return verdict_of(True, f"{where}, key {(names or ['in trusted.gpg'])[0]}", wanted)
    why = "no keyring is named after PVC: apt may not be able to verify it"
    return Outcome(WARN, where, wanted, why)


def _is_own(repository: Mapping[str, Any], system: str) -> bool:
    if repository["url"].startswith("cdrom:") or _in(repository, _SALT):
        return True
    if repository["kind"] == "apt":
        origin = repository["origin"]
        return (
            origin == _ORIGINS[system] if origin and system in _ORIGINS else _of(repository, system)
        )
    if _of(repository, system):
        return True
    # A mirror: it has the distribution's name for it and the distribution's key.
    key = _KEYS.get(system, "")
    mirrored = _YUM_IDS.fullmatch(repository["id"]) is not None
    return bool(key) and mirrored and key in repository["signed_by"]


def _of(repository: Mapping[str, Any], system: str) -> bool:
    return _in(repository, _HOSTS.get(system, ()))


def _in(repository: Mapping[str, Any], places: Any) -> bool:
    """Say whether all of the repository's URLs are at one of the places.

    A place is a host, ``.domain``, or the beginning of a URL with or without its scheme.
    """
    urls = repository["url"].split()
    return bool(urls) and all(any(_at(url, place) for place in places) for url in urls)


def _at(url: str, place: str) -> bool:
    bare, wanted = url.partition("://")[2] or url, place.partition("://")[2] or place
    host = bare.split("/")[0].split(":")[0].lower()
    if wanted.startswith("."):
        return host.endswith(wanted)
    wanted = wanted.rstrip("/")
    return host == wanted.lower() or bare.rstrip("/") == wanted or bare.startswith(f"{wanted}/")


def _name(repository: Mapping[str, Any]) -> str:
    return str(repository["id"] or repository["url"])
