"""The xen component: xend or xl, the boot loader, what runs, and the kernel of instances.

Which form of each setting applies is told by what is on the node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from typing import Any

from saltext.muster.components.xen import allowed, options
from saltext.muster.converge import Diff
from saltext.muster.facts import Facts, Unread
from saltext.muster.patterns import Unsupported

XEND, XL = "/etc/xen/xend-config.sxp", "/etc/xen/xl.conf"
RESTART = "/etc/init.d/xend"

#: xend's settings: the diff's key, and the name in xend's file.
BALLOON = "balloon"
SETTINGS = {
    BALLOON: "dom0-min-mem",
    "relocation.server": "xend-relocation-server",
    "relocation.port": "xend-relocation-port",
    "relocation.address": "xend-relocation-address",
    "relocation.hosts": "xend-relocation-hosts-allow",
    "script.network": "network-script",
    "script.vif": "vif-script",
    "vnc.listen": "vnc-listen",
    "vnc.password": "vncpasswd",
}
OPEN = (
    "instances' consoles can be reached by VNC without a password: let only administrators reach"
    " the ports from 5900 on (options: hvm_vnc)"
)

_REBOOT = "it is taken at boot alone: reboot the node when that suits"

Wanted = Mapping[str, Any]


def toolstack(facts: Facts) -> str:
    """Return ``xend``, ``xl``, or "" where neither is on the node."""
    program = facts.get("xen", "toolstack")
    if program == "xend" or facts.get("xen", "xend", "there"):
        return "xend"
    return "xl" if program == "xl" or facts.get("xen", "xl", "there") else ""


def diff(facts: Facts, wanted: Wanted, live: bool = True, why: str = "") -> Diff:
    """Return what differs from the plan; what only a reboot brings is pending.

    live: judge what runs as well. why: non-empty text why a restart needs consent.
    Source: GNT-018, GNT-020 to GNT-032.
    """
    stack = toolstack(facts)
    if not stack:
        return {"package": {"old": "neither xend nor xl", "new": "Xen's tools are installed"}}
    found = {**_boot(facts, wanted, live), **_saving(facts), **_links(facts, wanted)}
    if stack == "xl":
        found.update(_ballooning(facts))
    else:
        settings = _settings(facts, wanted)
        found.update(settings)
        found.update(_restart(facts, bool(settings), why) if live else {})
    return {**found, **_running(facts, wanted)} if live else found


def values(wanted: Wanted) -> dict[str, str]:
    """Return what xend's settings shall be, by the diff's keys.

    Under xl Ganeti gives each instance its own script. Source: GNT-020 to GNT-029, GNT-048.
    """
    found = {BALLOON: "0"}
    if migration := wanted["migration"]:
        found["relocation.server"] = "yes"
        found["relocation.port"] = str(migration["port"])
        found["relocation.address"] = ""
        found["relocation.hosts"] = migration["hosts"]
    if wanted["routed"]:
        found.update({"script.network": "network-route", "script.vif": "vif-route"})
    if wanted["consoles"]:
        found.update({"vnc.listen": "0.0.0.0", "vnc.password": ""})  # noqa: S104 - as asked
    return found


def _settings(facts: Facts, wanted: Wanted) -> Diff:
    found: Diff = {}
    for key, value in values(wanted).items():
        old = _setting(facts, key)
        if not _good(key, old, value, wanted["migration"]):
            found[key] = {"old": old, "new": value}
    return found


def _setting(facts: Facts, key: str) -> str | None:
    """Return a setting of xend's, None = not set; of a password nothing but that there is one."""
    if key == "vnc.password":
        told = {None: None, True: "a password is set", False: ""}
        return told[facts.get("xen", "xend", "vncpasswd")]
    name = SETTINGS[key]
    if name not in facts.get("xen", "xend", "values"):
        return None
    try:
        return str(facts.get("xen", "xend", "values", name))
    except Unread as unread:
        return str(unread)


def _good(key: str, old: str | None, value: str, migration: Mapping[str, Any] | None) -> bool:
    """Say whether a setting may stay: also one that means the same in other words."""
    if old is None or migration is None or not key.startswith("relocation."):
        return old == value
    if key == "relocation.address":
        return old in ("", migration["address"])
    if key != "relocation.hosts" or len(old) > allowed.EXPRESSIONS:
        return old == value
    try:
        return not allowed.problem(old, IPv4Network(migration["network"]), migration["address"])
    except Unsupported:
        return False


def _restart(facts: Facts, changes: bool, why: str) -> Diff:
    """Return ``restart`` where xend runs, or could, and has not read its file as it is."""
    if facts.get("xen", "role") != "dom0":
        return {}
    changed, started = (facts.get("xen", "xend", key) for key in ("changed", "started"))
    if started is not None and not changes and (changed is None or started >= changed):
        return {}
    old = "xend does not run" if started is None else "started before its file was changed"
    entry = {"old": old, "new": "started after it"}
    if why:
        entry["pending"] = (
            f"xend would be restarted, but {why}: give consent for one run with"
            " pillar='{muster_consent: true}'"
        )
    return {"restart": entry}


def _ballooning(facts: Facts) -> Diff:
    found = facts.get("xen", "xl", "autoballoon")
    return {} if found == "off" else {BALLOON: {"old": found, "new": "off"}}


def _saving(facts: Facts) -> Diff:
    save = facts.get("xen", "xendomains", "save")
    return {"save": {"old": save, "new": ""}} if save else {}


def _links(facts: Facts, wanted: Wanted) -> Diff:
    """Return the links in /boot that lead nowhere; one that leads to a file stays."""
    links, found = facts.get("xen", "links"), {}
    kernels = facts.get("xen", "kernels")
    for kind in ("kernel", "initrd"):
        name = wanted[kind]
        have = links.get(name, {"target": "", "resolves": False})
        if name and not have["resolves"]:
            old = f"{have['target']}, which is not there" if have["target"] else None
            new = _target(kind, links.get(wanted["kernel"], {}).get("target", ""), kernels)
            found[kind] = {"old": old, "new": new or f"a link to an instances' {kind}"}
    return found


def target(kind: str, facts: Facts, wanted: Wanted) -> str:
    """Return what the link for ``kernel`` or ``initrd`` shall say, "" = there is none."""
    have = facts.get("xen", "links").get(wanted["kernel"], {})
    return _target(kind, have.get("target", ""), facts.get("xen", "kernels"))


def _target(kind: str, kernel: str, kernels: list[dict[str, str]]) -> str:
    """Return the newest kernel's name, or that of the initrd made for the linked kernel."""
    if kind == "kernel":
        return kernels[0]["kernel"] if kernels else ""
    linked = [each for each in kernels if each["kernel"] == kernel.rpartition("/")[2]]
    return next((each["initrd"] for each in linked or kernels), "")


# -- the boot loader and what runs ---------------------------------------------------------------


def _boot(facts: Facts, wanted: Wanted, live: bool) -> Diff:
    loader = facts.get("xen", "boot", "loader")
    configured = facts.get("xen", "boot", "configured")
    found: Diff = {}
    for key, old, new in _compared(configured, wanted):
        found[key] = {"old": old if loader else "no boot loader's file", "new": new}
    if live and loader and facts.get("xen", "images"):
        entries = facts.get("xen", "boot", "entries")
        told = _passed(configured)
        stale = [entry for entry in map(_passed, entries) if entry != told]
        if stale or not entries:
            old = f"an entry for Xen with {stale[0]}" if stale else "no entry starts Xen"
            found["menu"] = {"old": old, "new": "entries for Xen as the settings tell"}
    return found


def _passed(boot: Mapping[str, list[str]]) -> str:
    """Return what an entry of the boot menu gives the first domain."""
    memory, cpus = options.memory(boot["hypervisor"]), options.cpus(boot)
    return f"{_megabytes(memory)}, {_processors(cpus)}"


def _processors(number: int | None) -> str:
    return f"{number or 'all'} processor{'' if number == 1 else 's'}"


def _megabytes(memory: int | None) -> str:
    return f"{memory // options.MIB}M" if memory else "all memory"


def _compared(boot: Mapping[str, list[str]], wanted: Wanted) -> Iterator[tuple[str, str, str]]:
    """Give key, what is seen and what is wanted of options that differ."""
    memory, cpus = options.memory(boot["hypervisor"]), options.cpus(boot)
    if wanted["memory"] and memory != options.size(wanted["memory"]):
        yield "memory", _megabytes(memory), wanted["memory"]
    if wanted["cpus"] and cpus != wanted["cpus"]:
        yield "cpus", _processors(cpus), _processors(wanted["cpus"])


def _running(facts: Facts, wanted: Wanted) -> Diff:
    if facts.get("xen", "role") != "dom0":
        old = "a guest of Xen" if facts.get("xen", "role") == "guest" else "no Xen runs"
        entry = {"old": old, "new": "the first domain of Xen"}
        if facts.get("xen", "role") == "none" and facts.get("xen", "images"):
            entry["pending"] = "Xen is installed, and starts with the node: reboot when that suits"
        return {"booted": entry}
    boot = {key: facts.get("xen", "running", key) for key in ("hypervisor", "kernel")}
    return {
        f"running.{key}": {"old": old, "new": new, "pending": _REBOOT}
        for key, old, new in _compared(boot, wanted)
    }
