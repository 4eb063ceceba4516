"""Profiles: what selects requirements, and the plan of a node that no cluster file names."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from types import ModuleType
from typing import Any

from saltext.muster import platforms
from saltext.muster.cluster import Cluster
from saltext.muster.errors import InvalidArgument
from saltext.muster.plan import VERSION

#: Which numbers a node is judged by.
TIERS = ("test", "production", "heavy")

#: What a cluster file has when it says nothing.
DEFAULT_TIER = "production"

Profile = Mapping[str, str | None]


def every() -> Iterator[dict[str, str | None]]:
    """Give all profiles of all platforms but those that a platform itself refuses."""
    for name in platforms.names():
        module = platforms.load(name)
        types = module.NETWORK_TYPES or (None,)
        for parts in product(module.HYPERVISORS, types, module.EDITIONS, TIERS):
            profile = _profile(name, *parts)
            if not _refusal(module, profile):
                yield profile


def choose(
    platform: str,
    hypervisor: str | None = None,
    network_type: str | None = None,
    edition: str | None = None,
    tier: str | None = None,
) -> dict[str, str | None]:
    """Return a profile of the platform; what is not told is the platform's default.

    Raises InvalidArgument, NoSuchPlatform for a platform, for what the platform does not offer.
    """
    module = platforms.load(platform)
    types: Sequence[str] = module.NETWORK_TYPES
    if network_type and not types:
        raise InvalidArgument(f"{platform} has no network types; leave it out")
    profile = _profile(
        platform,
        _one(hypervisor, "hypervisor", module.HYPERVISORS),
        _one(network_type, "network type", types) if types else None,
        _one(edition, "edition", module.EDITIONS),
        _one(tier or DEFAULT_TIER, "tier", TIERS),
    )
    why_not = _refusal(module, profile)
    if why_not:
        raise InvalidArgument(why_not)
    return profile


def plan(profile: Profile, node: str, now: float, role: str = "") -> dict[str, Any]:
    """Return what can be planned for a node that no cluster file names: its profile alone.

    now is the time of judging, in seconds since 1970; role is one of the platform's ("" = not
    told: rows for a role are skipped). Raises InvalidArgument for another role.
    """
    module = platforms.load(str(profile["platform"]))
    roles = getattr(module, "ROLES", ())
    declared = {}
    if role or len(roles) == 1:
        declared["role"] = _one(role or None, "role", roles)
    return {
        "version": VERSION,
        "id": node,
        "now": now,
        "platform": profile["platform"],
        "profile": dict(profile),
        "components": {"packages": {"names": module.PACKAGES}},
        "declared": declared,
        "waivers": [],
    }


def _profile(
    platform: str, hypervisor: str, network_type: str | None, edition: str, tier: str
) -> dict[str, str | None]:
    return {
        "platform": platform,
        "hypervisor": hypervisor,
        "network_type": network_type,
        "edition": edition,
        "tier": tier,
    }


def _one(given: str | None, what: str, offered: Sequence[str]) -> str:
    if given is None and offered:
        return offered[0]
    if given in offered:
        return str(given)
    near = difflib.get_close_matches(str(given), offered, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(offered) or 'none'}"
    raise InvalidArgument(f"there is no {what} {given!a}; {hint}")


def _refusal(module: ModuleType, profile: Profile) -> str:
    """Return why the platform does not take the profile, or ""; asked of an empty cluster."""
    empty = Cluster(name="", nodes={}, options=module.Options(), **profile)  # type: ignore[arg-type]
    for finding in module.check(empty):
        if finding.where and finding.where[0] in profile:
            return f"{finding.message}; {finding.remedy}"
    return ""
