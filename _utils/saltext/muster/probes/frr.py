"""FRR: which daemons are wanted, BGP's sessions, and the communities that it sets."""

import json
import re
from typing import Any, Dict, List

from ._text import assignments, lines, words
from .source import Absent, Source, Unreadable, attempt

_DAEMONS = "/etc/frr/daemons"
_CONFIGS = ("/etc/frr/frr.conf", "/etc/frr/bgpd.conf")
_BGPD = ("/usr/lib/frr/bgpd", "/usr/libexec/frr/bgpd")
_SUMMARY = ["vtysh", "-c", "show bgp summary json"]
_COMMUNITY = re.compile(r"^(?:[0-9]{1,10}:[0-9]{1,10}(?::[0-9]{1,10})?|[a-z][a-z-]{2,40})$")
_MOST = 500
_SECRETS = ("password", "authentication")


def read(source: Source) -> Dict[str, Any]:
    """Return installed, daemons {name: "yes" or "no"}, neighbors and communities.

    neighbors are {"address", "family", "state"} of BGP's sessions, none without FRR; communities
    are those that the configuration sets on routes.
    """
    return {
        "installed": attempt(_installed, source),
        "daemons": attempt(_daemons, source),
        "neighbors": attempt(_neighbors, source),
        "communities": attempt(_communities, source),
    }


def parse_summary(text: str) -> List[Dict[str, str]]:
    """Return the sessions in ``show bgp summary json``; raise Unreadable for something else."""
    start = text.find("{")
    try:
        whole = json.loads(text[start:]) if start >= 0 else None
    except (ValueError, RecursionError):
        whole = None
    if not isinstance(whole, dict):
        raise Unreadable(f"vtysh said {text.strip()[:200]!r}")
    families = {"": whole} if isinstance(whole.get("peers"), dict) else whole
    found = []
    for family, body in families.items():
        peers = body.get("peers") if isinstance(body, dict) else None
        for address, peer in peers.items() if isinstance(peers, dict) else ():
            state = peer.get("state") if isinstance(peer, dict) else None
            entry = {"address": address[:100], "family": family[:40]}
            found.append(dict(entry, state=str(state)[:40]))
    return found[:_MOST]


def parse_communities(text: str) -> List[str]:
    """Return the communities that ``set community`` and ``set large-community`` lines give."""
    found = []  # type: List[str]
    for _, line in lines(text):
        fields = words(line)
        if fields[:2] in (["set", "community"], ["set", "large-community"]):
            found += [value for value in fields[2:] if _COMMUNITY.match(value)]
    return sorted(set(found) - {"additive", "none"})[:_MOST]


def _installed(source: Source) -> bool:
    return any(source.exists(path) for path in _BGPD)


def _daemons(source: Source) -> Dict[str, str]:
    found = assignments(source.text_or(_DAEMONS))
    return {name: value[:10] for name, value in found.items() if value in ("yes", "no")}


def _neighbors(source: Source) -> List[Dict[str, str]]:
    try:
        return parse_summary(source.run(_SUMMARY))
    except Absent:
        return []


def _communities(source: Source) -> List[str]:
    found = []  # type: List[str]
    for path in _CONFIGS:
        text = source.text_or(path)
        if any(word in text for word in _SECRETS):
            source.leave_out(path, "it may hold passwords; only its communities are facts")
        found += parse_communities(text)
    return sorted(set(found))
