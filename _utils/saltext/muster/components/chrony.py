"""The chrony component: the one time service, its sources, and whether it is synchronised."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saltext.muster.components.border import DOMAIN, address_problem, demand, name_problem
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes import chrony as probe

#: Laid before the configuration is written, removed after the restart: a run that was killed in
#: between is seen. It lies in /run: a reboot restarts chronyd as well.
FLAG = "/run/muster-chronyd-restart"
MAX_WAIT = 600
MARK = "# muster commented this out: "

_NO_SOURCE = ("7F7F0101", "00000000")


def check(sources: Any, wait: Any) -> None:
    """Raise InvalidArgument unless sources are host names or addresses and wait is 0 to 600 s."""
    problems = []
    if not isinstance(sources, (list, tuple)) or not sources:
        problems.append(f"sources: {sources!r:.90} is no list of host names or addresses")
        sources = ()
    for source in sources:
        if name_problem("", source, DOMAIN) and address_problem("", source):
            problems.append(f"sources: {source!r:.90} is neither a host name nor an address")
    if isinstance(wait, bool) or not isinstance(wait, int) or not 0 <= wait <= MAX_WAIT:
        problems.append(f"wait: {wait!r:.90} is no number of seconds from 0 to {MAX_WAIT}")
    demand("muster_chrony", problems)


def unit(facts: Facts) -> str:
    """Return chrony's unit on this node, or "" when chrony is not installed."""
    services = facts.get("chrony", "services")
    for name in ("chrony.service", "chronyd.service"):
        if services.get(name, {}).get("installed"):
            return name
    return ""


def others(facts: Facts, live: bool = True) -> list[str]:
    """Return the other time services that are enabled or, on a live node, active."""
    found = []
    for name, state in facts.get("chrony", "services").items():
        active = live and state["active"] is True
        if not name.startswith("chrony") and (state["enabled"] or active):
            found.append(name)
    return sorted(found)


def diff(
    facts: Facts, sources: Sequence[str], live: bool = True, flagged: bool = False, why: str = ""
) -> Diff:
    """Return what differs: one time service, its sources, synchronised.

    live: judge what runs as well. flagged: the running daemon has not read its configuration.
    why: non-empty text why a restart needs consent. Source: VMM-036, GNT-058.
    """
    name = unit(facts)
    if not name:
        return {"package": {"old": "absent", "new": "chrony is installed"}}
    found: Diff = {}
    state = facts.get("chrony", "services", name)
    if not state["enabled"]:
        found["enabled"] = {"old": "masked" if state["masked"] else "disabled", "new": "enabled"}
    if others(facts, live):
        found["other_services"] = {"old": others(facts, live), "new": []}
    stale = live and flagged
    have = own_sources(facts)
    if sorted(have) != sorted(dict.fromkeys(sources)) or stale:
        old: Any = f"{', '.join(have)}, not yet read by chronyd" if stale else have
        found["sources"] = {"old": old, "new": list(dict.fromkeys(sources))}
    if not live:
        return found
    runs = facts.get("chrony", "services", name, "active")
    if not runs:
        found["active"] = {"old": "not running", "new": "running"}
    elif "sources" in found and why:
        found["sources"]["pending"] = (
            f"chronyd would be restarted, but {why}: give consent for one run with"
            " pillar='{muster_consent: true}'"
        )
    seen = unsynchronised(facts) if runs else "chronyd does not run"
    if seen:
        found["synchronised"] = {"old": seen, "new": "synchronised to a source"}
    return found


def unsynchronised(facts: Facts) -> str:
    """Return "" when chronyd follows a real source, else what is seen instead."""
    try:
        tracking = facts.get("chrony", "tracking")
    except Unread as unread:
        return f"could not be read: {unread}"
    if tracking["refid"] in _NO_SOURCE:
        local = tracking["refid"] == "7F7F0101"
        return "follows its own local reference" if local else "follows no source"
    if tracking["leap"] == "Not synchronised" or not 0 < tracking["stratum"] < 16:
        return f"leap status {tracking['leap']}, stratum {tracking['stratum']}"
    return ""


def own_sources(facts: Facts) -> list[str]:
    """Return the names of the main file's sources; a peer is no source for a node."""
    main = facts.get("chrony", "config")
    return [
        each["name"] if each["kind"] != "peer" else f"peer {each['name']}"
        for each in facts.get("chrony", "sources")
        if each["file"] == main
    ]


def foreign_note(facts: Facts) -> list[str]:
    """Return a note that names the sources in included files, which are left alone."""
    main = facts.get("chrony", "config")
    found = [e for e in facts.get("chrony", "sources") if e["file"] != main]
    named = ", ".join(f"{each['name']} ({each['file']})" for each in found)
    return [f"sources of included files are left alone: {named}"] if found else []


def edit(text: str, sources: Sequence[str]) -> str:
    """Return the main file's text with exactly these sources.

    Other source lines are commented out in place; a line that names a wanted source stays as
    it is, with its options; missing ones are added behind the first source line there was.
    """
    lines, missing = text.split("\n"), list(dict.fromkeys(sources))
    end = "\r" if lines[0].endswith("\r") else ""
    there, _ = probe.parse_config(text, "")
    for each in there:
        number = each["line"] - 1
        if each["kind"] != "peer" and each["name"] in missing:
            missing.remove(each["name"])
        else:
            lines[number] = MARK + lines[number].lstrip()
    new = [f"server {source} iburst{end}" for source in missing]
    if there:
        place = there[0]["line"]
        lines[place:place] = new
    elif new:
        lines = lines[:-1] + ([lines[-1]] if lines[-1] else []) + [*new, ""]
    return "\n".join(lines)


def parse_sources(text: str) -> dict[str, str]:
    """Return what ``chronyc -c -n sources`` says of each source, in words."""
    states = {"*": "selected", "+": "combined", "-": "not combined", "?": "unreachable"}
    states.update({"x": "a falseticker", "~": "too variable"})
    found = {}
    for line in text.splitlines():
        fields = line.split(",")
        if len(fields) >= 7:
            state = states.get(fields[1], fields[1])
            found[fields[2]] = f"{state}, stratum {fields[3]}, reach {fields[5]}"
    return found
