"""How the node's own files configure its interfaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from saltext.muster.catalogue.predicates.base import declared
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes.hosts import normal
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, WARN
from saltext.muster.wording import listed

BACKENDS = ("ifupdown", "ifcfg", "networkmanager", "netplan", "networkd")

#: Where PVC's split model has an interface's own file.
SPLIT = "/etc/network/interfaces.d"

_HARMLESS = ("static", "manual", "")
_SHOWN = 5

Entry = Mapping[str, Any]


def static_address(facts: Facts, plan: Plan) -> Outcome:
    """The declared address is in an interface's file, as a static one, and no DHCP is beside it."""
    address = normal(declared(plan, "address")) or declared(plan, "address")
    key = "ipv6" if ":" in address else "ipv4"
    wanted = f"{address} static in its interface's file, without DHCP"
    every = _entries(facts)
    own = [entry for entry in every if address in map(_plain, entry["addresses"])]
    if not own:
        return Outcome(FAIL, _without(every, plan, key, address), wanted)
    names = {_link(entry) for entry in own}
    beside = [e for e in every if _link(e) in names and e[key] not in _HARMLESS]
    if beside:
        return Outcome(FAIL, _told(beside, key), wanted)
    leased = _lease(facts, plan, names, own)
    if leased:
        return Outcome(
            FAIL, leased, wanted, "", "stop the DHCP client, then bring the link up anew"
        )
    if not any(entry["auto"] for entry in own):
        why = "the file does not bring it up at boot"
        return Outcome(FAIL, _told(own, key), wanted, why, "add auto INTERFACE or ONBOOT=yes")
    return Outcome(PASS, _told([entry for entry in own if entry["auto"]], key), wanted)


def manual_on_boot(facts: Facts, plan: Plan) -> Outcome:
    """Every interface comes up without an address of its own, and the declared ones are there."""
    entries = [entry for entry in _entries(facts) if not _is_loopback(entry)]
    wanted = "every interface manual, without an address"
    wrong = [
        entry
        for entry in entries
        if entry["addresses"] or {entry["ipv4"], entry["ipv6"]} - {"manual", ""}
    ]
    if wrong:
        why = "PVC sets the addresses itself; addresses in the files work too"
        seen = _listed(f"{e['interface']} {_ways(e)} in {e['file']}" for e in wrong)
        return Outcome(WARN, seen, wanted, why)
    missing = sorted(_declared_interfaces(plan) - {_link(entry) for entry in entries})
    if missing or not entries:
        return Outcome(WARN, f"not configured: {_listed(missing) or 'any interface'}", wanted)
    return Outcome(PASS, f"manual: {_listed(sorted({_link(e) for e in entries}))}", wanted)


def split_files(facts: Facts, plan: Plan) -> Outcome:
    """Each interface has a file of its name in interfaces.d, which the main file names."""
    found = facts.get("interface_files", "ifupdown")
    wanted = f"one file per interface: {SPLIT}/INTERFACE, sourced from /etc/network/interfaces"
    if found["unread"]:
        seen = f"no line sources {_listed(found['unread'])}"
        line = f"write the line source {SPLIT}/* into /etc/network/interfaces"
        return Outcome(FAIL, seen, wanted, "", line)
    entries = [entry for entry in found["entries"] if not _is_loopback(entry)]
    wrong = sorted({(_link(e), e["file"]) for e in entries if e["file"] != f"{SPLIT}/{_link(e)}"})
    if wrong or not entries:
        seen = _listed(f"{name} in {file}" for name, file in wrong)
        return Outcome(FAIL, seen or "no interface in ifupdown's files", wanted)
    return Outcome(PASS, _listed(sorted({entry["file"] for entry in entries})), wanted)


def _entries(facts: Facts) -> list[Entry]:
    """Return all backends' entries; one that could not be read leaves the question open."""
    found: list[Entry] = []
    for backend in BACKENDS:
        found += facts.get("interface_files", backend, "entries")
    return found


def _without(every: list[Entry], plan: Plan, key: str, address: str) -> str:
    """Tell what is configured in the place of the address."""
    names = _declared_interfaces(plan)
    asked = [entry for entry in every if entry[key] not in _HARMLESS and not _is_loopback(entry)]
    own = [entry for entry in asked if _link(entry) in names] or asked
    return _told(own, key) if own else f"no file gives an interface {address}"


def _declared_interfaces(plan: Plan) -> set[str]:
    """Return the interfaces and bonds that the plan names for the node's networks."""
    found = plan.get("declared", {})
    networks = [found, *found.get("networks", {}).values()]
    names = {each.get(key) for each in networks for key in ("interface", "bond")}
    return {str(name) for name in names if name}


def _lease(facts: Facts, plan: Plan, names: set[str], own: list[Entry]) -> str:
    """Return which DHCP client keeps a lease for one of the interfaces, or ""."""
    try:
        clients = facts.get("interface_files", "clients")
    except Unread:
        clients = None
    for client in clients or ():
        if not client["interfaces"] or names & set(client["interfaces"]):
            where = _listed(sorted(names & set(client["interfaces"]))) or "every interface"
            return f"{client['client']} runs for {where}"
    for lease in facts.get("interface_files", "leases"):
        if lease["interface"] in names and _holds(lease, plan, own, clients is None):
            return f"a lease of {lease['client']} for {lease['interface']}: {lease['file']}"
    return ""


def _holds(lease: Mapping[str, str], plan: Plan, own: list[Entry], unseen: bool) -> bool:
    """Say whether a lease is in use; unseen tells that running clients could not be seen."""
    if lease["client"] in ("dhclient", "dhcpcd"):
        # Without its client a lease that has not expired is only a remainder.
        return unseen and not _expired(lease["expires"], plan)
    if lease["client"] == "NetworkManager":
        # The connection kept its id when it was made static; its old lease stays on the disk.
        return not any(entry.get("uuid") in ("", lease["uuid"]) for entry in own)
    return True


def _expired(expires: str, plan: Plan) -> bool:
    if expires in ("", "never") or "now" not in plan:
        return False
    now = datetime.fromtimestamp(float(plan["now"]), timezone.utc)
    return expires < now.strftime("%Y-%m-%d %H:%M:%S")


def _plain(address: str) -> str:
    return normal(address.split("/", 1)[0])


def _link(entry: Entry) -> str:
    """Return the interface of an entry, of eno1:0 as well."""
    return str(entry["interface"]).split(":", 1)[0]


def _is_loopback(entry: Entry) -> bool:
    return entry["interface"] == "lo" or "loopback" in (entry["ipv4"], entry["ipv6"])


def _ways(entry: Entry) -> str:
    ways = {entry["ipv4"], entry["ipv6"]} - {"", "manual"}
    return "/".join(sorted(ways)) or "with an address"


def _told(entries: Iterable[Entry], key: str) -> str:
    return _listed(f"{_link(e) or 'any interface'} {e[key]} in {e['file']}" for e in entries)


def _listed(texts: Iterable[str]) -> str:
    """Return the texts in one, the first few of many."""
    return listed(dict.fromkeys(texts), _SHOWN)
