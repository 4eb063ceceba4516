"""The packages component: the names that a plan's lists mean here, and which are missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from saltext.muster.components.border import demand
from saltext.muster.converge import Diff
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts

#: Debian's and rpm's rules together; nothing that a package manager takes for an option.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9+._-]{0,127}", re.ASCII)


def check(releases: Any) -> None:
    """Raise InvalidArgument unless releases maps releases to lists of package names."""
    if not isinstance(releases, Mapping) or not releases:
        demand(
            "muster_packages", [f"releases: {releases!r:.90} is no mapping of releases to names"]
        )
    problems = []
    for release, listed in releases.items():
        if not isinstance(listed, (list, tuple)):
            problems.append(f"releases.{release}: {listed!r:.90} is no list of package names")
            continue
        problems += [
            f"releases.{release}: {name!r:.90} is no name of a package"
            for name in listed
            if not isinstance(name, str) or not _NAME.fullmatch(name)
        ]
    demand("muster_packages", problems)


def names(facts: Facts, releases: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the package names for the system in the ``os`` fact.

    releases are the plan's lists, by ``ID-VERSION`` (``debian-12``). Raises InvalidArgument for a
    release that has no list: names are never guessed. Source: RAV-015.
    """
    release = f"{facts.get('os', 'id')}-{facts.get('os', 'version_id')}"
    for key in (release, release.partition(".")[0]):
        if key in releases:
            return sorted(releases[key])
    raise InvalidArgument(
        f"packages: no names are known for {release}; known: {', '.join(sorted(releases))};"
        " use one of these releases, or add it to the platform; then correct the cluster file"
    )


def diff(facts: Facts, releases: Mapping[str, Sequence[str]]) -> Diff:
    """Return the packages of this release that are missing; facts are ``os`` and ``packages``.

    Source: GNT-044, RAV-009 to RAV-014, VMM-031.
    """
    installed = facts.get("packages", "installed")
    wanted = names(facts, releases)
    return {name: {"old": "absent", "new": "installed"} for name in wanted if name not in installed}
