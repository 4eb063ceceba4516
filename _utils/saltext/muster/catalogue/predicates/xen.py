"""Xen: whether it runs, in the right version, and set up as its nodes want it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Any

from saltext.muster.catalogue.predicates.base import declared, verdict_of
from saltext.muster.components.xen import OPEN, allowed, options
from saltext.muster.facts import Facts, Unread
from saltext.muster.patterns import Unsupported
from saltext.muster.requirement import Outcome, Plan
from saltext.muster.verdict import FAIL, PASS, PENDING, WARN

MIB = options.MIB

#: GNT-020: a low amount of memory for the first domain.
LEAST, MOST = 512 * MIB, 1024 * MIB

#: The names of the links in /boot by the edition of Ganeti's tutorial.
KERNELS = {"2009": "2.6", "current": "3"}


def on_xend(facts: Facts, plan: Plan) -> str:
    """Return "" where xend manages Xen, else why its settings do not matter."""
    if facts.get("xen", "toolstack") == "xl" and not facts.get("xen", "xend", "there"):
        return "xl manages this Xen: xend is not there, and instances migrate without it"
    return ""


def migrates(facts: Facts, plan: Plan) -> str:
    """Return "" where xend migrates live instances, else why the row does not apply."""
    if not plan.get("declared", {}).get("live_migration", True):
        return "the cluster file wants no live migration (options: live_migration: false)"
    return on_xend(facts, plan)


def shows_consoles(facts: Facts, plan: Plan) -> str:
    """Return "" where instances with a VNC console are wanted, else why not."""
    if not plan.get("declared", {}).get("hvm_vnc", False):
        return "the cluster file wants no VNC consoles (options: hvm_vnc)"
    return on_xend(facts, plan)


def uses_initrd(facts: Facts, plan: Plan) -> str:
    """Return "" where instances' kernels have an initrd, else why the row does not apply."""
    wanted = plan.get("declared", {}).get("xen_initrd", True)
    return "" if wanted else "the cluster file says that instances boot without an initrd"


def on_debian(facts: Facts, plan: Plan) -> str:
    """Return "" on Debian and systems like it, else why the row does not apply."""
    family = facts.get("os", "family")
    return "" if family == "debian" else f"{family}: the packages' names are Debian's"


def version(facts: Facts, plan: Plan) -> Outcome:
    """Xen's version is one of those that the edition names."""
    old = plan.get("profile", {}).get("edition") == "2009"
    wanted = "3.0.3, 3.0.4 or 3.1" if old else "3.0.3 or newer 3.x, or 4.x"
    seen = _version(facts)
    if seen is None:
        return Outcome(FAIL, "Xen is not installed", wanted)
    numbers = _numbers(seen)
    if old:
        listed = numbers[:3] in ((3, 0, 3), (3, 0, 4)) or numbers[:2] == (3, 1)
        return verdict_of(listed, seen, wanted)
    if numbers[:2] == (3, 0) and len(numbers) < 3:
        raise Unread(f"Xen {seen}: the third number decides, and no file tells it")
    if numbers >= (5,):
        return Outcome(WARN, seen, wanted, "newer than the document knows")
    return verdict_of(numbers >= (3, 0, 3), seen, wanted)


def booted(facts: Facts, plan: Plan) -> Outcome:
    """The running kernel is Xen's first domain."""
    role, wanted = facts.get("xen", "role"), "the first domain (control_d) of Xen"
    if role == "dom0":
        return Outcome(PASS, "first domain", wanted)
    images = facts.get("xen", "images")
    if role == "none" and images:
        why = "installed, waits for a reboot into Xen"
        seen = f"no Xen runs; {', '.join(images[:4])} in /boot"
        return Outcome(PENDING, seen, wanted, why, _REBOOT)
    seen = "a guest of Xen" if role == "guest" else "no Xen runs, and none is in /boot"
    return Outcome(FAIL, seen, wanted)


def packaged(facts: Facts, plan: Plan) -> Outcome:
    """Debian's packages of Xen are installed; on 32 bits libc6-xen as well, where there is one."""
    installed = facts.get("packages", "installed")
    found = [n for n in installed if re.match(r"xen-(linux-)?system(-|$)", n)]
    old = plan.get("profile", {}).get("edition") == "2009"
    narrow = old and facts.get("architecture", "dpkg") == "i386"
    wanted = "xen-linux-system or xen-system" + (", libc6-xen" if narrow else "")
    missing = [] if found else ["xen-linux-system or xen-system"]
    missing += ["libc6-xen"] if narrow and "libc6-xen" not in installed else []
    seen = f"missing: {', '.join(missing)}" if missing else ", ".join(sorted(found))
    return verdict_of(not missing, seen, wanted)


def memory(facts: Facts, plan: Plan) -> Outcome:
    """The first domain has 512 MiB to 1 GiB, and ballooning is off."""
    wanted = "512 MiB or 1 GiB for the first domain, ballooning off"
    told = _told(facts, "hypervisor")
    runs = facts.get("xen", "role") != "none"
    size = options.memory(_running(facts, "hypervisor") if runs else told)
    loose = _ballooning(facts, size)
    seen = f"{_shown(size)}{'' if runs else ' at boot'}; {loose or 'ballooning off'}"
    if runs and _low(size):
        return verdict_of(not loose, seen, wanted, WARN)
    if _low(options.memory(told)) and not loose:
        return Outcome(PENDING, seen, wanted, _TOLD, _REBOOT)
    return Outcome(WARN, seen, wanted)


def one_cpu(facts: Facts, plan: Plan) -> Outcome:
    """The first domain runs on one processor."""
    wanted = "one processor (nosmp or dom0_max_vcpus=1)"
    role = facts.get("xen", "role")
    if role == "guest":
        raise Unread("this is a guest of Xen: what its first domain has cannot be seen")
    count = facts.get("xen", "running", "cpus")
    seen = f"{count} processor{'s' if count > 1 else ''}{'' if role == 'dom0' else ', without Xen'}"
    if count == 1 and role == "dom0":
        return Outcome(PASS, seen, wanted)
    boot = facts.get("xen", "boot", "configured")
    if _single(boot):
        return Outcome(PENDING, seen, wanted, _TOLD, _REBOOT)
    return Outcome(WARN, seen, wanted)


def not_saved(facts: Facts, plan: Plan) -> Outcome:
    """Guests are not saved when the node shuts down."""
    found = facts.get("xen", "xendomains")
    if not found["file"]:
        return Outcome(PASS, "xendomains has no settings: nothing is saved", "XENDOMAINS_SAVE=")
    seen = f"XENDOMAINS_SAVE={found['save']} in {found['file']}"
    return verdict_of(not found["save"], seen, "XENDOMAINS_SAVE=", WARN)


def relocation_on(facts: Facts, plan: Plan) -> Outcome:
    """xend takes instances from other nodes."""
    return _setting(facts, "xend-relocation-server", ("yes",), "no")


def relocation_port(facts: Facts, plan: Plan) -> Outcome:
    """xend takes them on the port that the cluster uses."""
    port = str(plan.get("declared", {}).get("migration_port", 8002))
    return _setting(facts, "xend-relocation-port", (port,), "8002")


def relocation_address(facts: Facts, plan: Plan) -> Outcome:
    """xend takes them on all addresses, or on the node's own."""
    try:
        good = ("", _own(plan))
    except Unread:
        good = ("", "")
    return _setting(facts, "xend-relocation-address", good, "")


def relocation_hosts(facts: Facts, plan: Plan) -> Outcome:
    """xend takes them from the nodes' network and from nowhere else."""
    network, own = _network(plan), _own(plan)
    wanted = f"matches {own} and no address outside {network}"
    text = _values(facts).get("xend-relocation-hosts-allow", "")
    if not isinstance(text, str):
        text = facts.get("xen", "xend", "values", "xend-relocation-hosts-allow")
    if len(text) > allowed.EXPRESSIONS:
        raise Unread(f"xend-relocation-hosts-allow is longer than {allowed.EXPRESSIONS} characters")
    try:
        wrong = allowed.problem(text, network, own)
    except Unsupported as err:
        raise Unread(f"{text[:100]!r}: {err}") from err
    return verdict_of(not wrong, wrong or text[:100], wanted)


def hypervisor_memory(facts: Facts, plan: Plan) -> Outcome:
    """The boot loader gives the first domain 512 MiB to 1 GiB."""
    wanted = "dom0_mem=1024M (or 512M)"
    size = options.memory(_configured(facts, "hypervisor"))
    if size is None:
        return Outcome(WARN, "no dom0_mem for the hypervisor", wanted)
    if not _low(size):
        return Outcome(WARN, f"dom0_mem of {size // MIB} MiB", wanted)
    seen = f"dom0_mem of {size // MIB} MiB"
    if any(options.memory(each["hypervisor"]) != size for each in _entries(facts)):
        return Outcome(PENDING, seen, wanted, "set, but the boot menu was not made anew", _UPDATE)
    if facts.get("xen", "role") != "dom0" or options.memory(_running(facts, "hypervisor")) != size:
        return Outcome(PENDING, seen, wanted, "set, waits for a reboot into Xen", _REBOOT)
    return Outcome(PASS, seen, wanted)


def kernel_single(facts: Facts, plan: Plan) -> Outcome:
    """The boot loader gives the first domain one processor."""
    wanted = "nosmp for the kernel (or dom0_max_vcpus=1 for the hypervisor)"
    boot = {key: _configured(facts, key) for key in ("hypervisor", "kernel")}
    if not _single(boot):
        seen = " ".join(boot["kernel"])[:200] or "no options"
        return Outcome(WARN, f"the kernel's options: {seen}", wanted)
    seen = "nosmp" if "nosmp" in boot["kernel"] else "dom0_max_vcpus=1"
    if not all(_single(entry) for entry in _entries(facts)):
        return Outcome(PENDING, seen, wanted, "set, but the boot menu was not made anew", _UPDATE)
    runs = "nosmp" in _running(facts, "kernel")
    if facts.get("xen", "role") != "dom0" or not (runs or _runs_single(facts)):
        return Outcome(PENDING, seen, wanted, "set, waits for a reboot into Xen", _REBOOT)
    return Outcome(PASS, seen, wanted)


def consoles(facts: Facts, plan: Plan) -> Outcome:
    """Instances' consoles can be reached by VNC, without a password of xend's."""
    wanted = "(vnc-listen '0.0.0.0') (vncpasswd '')"
    outcome = _setting(facts, "vnc-listen", ("0.0.0.0",), "127.0.0.1")  # noqa: S104
    password = facts.get("xen", "xend", "vncpasswd")
    told = {None: "no vncpasswd", True: "a vncpasswd is set", False: "(vncpasswd '')"}[password]
    seen = f"{outcome.seen} {told}"
    if outcome.status != PASS or password is not False:
        return Outcome(FAIL, seen, wanted)
    return Outcome(PASS, seen, wanted, OPEN)


def restarted(facts: Facts, plan: Plan) -> Outcome:
    """xend was started after its file was changed."""
    wanted = "xend started after the last change of /etc/xen/xend-config.sxp"
    xend = facts.get("xen", "xend")
    changed, started = (facts.get("xen", "xend", key) for key in ("changed", "started"))
    if started is None and facts.get("xen", "role") == "none":
        why = "xend runs under Xen alone: waits for the reboot into it"
        return Outcome(PENDING, "xend does not run", wanted, why, _REBOOT)
    if started is None:
        return Outcome(FAIL, "xend does not run", wanted)
    if changed is None:
        return Outcome(FAIL, "its file is not there", wanted)
    if xend["started"] >= changed:
        return Outcome(PASS, "started after the last change", wanted)
    age = (changed - started) / 60
    return Outcome(PENDING, f"changed {age:.0f} min after the start", wanted, "waits for a restart")


def kernel_link(facts: Facts, plan: Plan) -> Outcome:
    """The name of the instances' kernel leads to a kernel."""
    return _link(facts, plan, "vmlinuz")


def initrd_link(facts: Facts, plan: Plan) -> Outcome:
    """The name of the instances' initrd leads to one."""
    return _link(facts, plan, "initrd")


_UPDATE = "run update-grub"
_TOLD = "the boot loader is told, waits for a reboot"
_REBOOT = "reboot the node when that suits"


def _version(facts: Facts) -> str | None:
    """Return the running Xen's version, else that of an image in /boot, else None."""
    if facts.get("xen", "role") == "dom0":
        return str(facts.get("xen", "version"))
    names = (re.match(r"xen-(\d+(?:\.\d+)+)", name) for name in facts.get("xen", "images"))
    return max((match.group(1) for match in names if match), key=_numbers, default=None)


def _numbers(text: str) -> tuple[int, ...]:
    match = re.match(r"\d{1,5}(?:\.\d{1,5})*", text)
    if match is None:
        raise Unread(f"{text[:40]!r} is no version of Xen")
    return tuple(int(number) for number in match.group().split("."))


def _low(size: int | None) -> bool:
    return size is not None and LEAST <= size <= MOST


def _shown(size: int | None) -> str:
    return f"{size // MIB} MiB" if size else "all memory"


def _told(facts: Facts, key: str) -> list[str]:
    """Return what the boot loader is told, nothing where that cannot be read."""
    try:
        return _configured(facts, key)
    except Unread:
        return []


def _entries(facts: Facts) -> list[dict[str, list[str]]]:
    return list(facts.get("xen", "boot", "entries"))


def _single(boot: Mapping[str, list[str]]) -> bool:
    return options.cpus(boot) == 1


def _runs_single(facts: Facts) -> bool:
    return "dom0_max_vcpus=1" in _running(facts, "hypervisor")


def _running(facts: Facts, key: str) -> list[str]:
    return list(facts.get("xen", "running", key))


def _configured(facts: Facts, key: str) -> list[str]:
    if not facts.get("xen", "boot", "loader"):
        raise Unread("neither GRUB's grub.cfg nor a menu.lst is in /boot")
    return list(facts.get("xen", "boot", "configured", key))


def _ballooning(facts: Facts, size: int | None) -> str:
    """Return what says that the first domain's memory may shrink, or ""."""
    if on_xend(facts, {}):
        found = facts.get("xen", "xl", "autoballoon")
        off = found == "off" or (found == "auto" and size is not None)
        return "" if off else f"autoballoon={found} in /etc/xen/xl.conf"
    if "dom0-min-mem" not in _values(facts):
        return "no dom0-min-mem in xend-config.sxp"
    least = facts.get("xen", "xend", "values", "dom0-min-mem")
    return "" if least == "0" else f"(dom0-min-mem {least})"


def _values(facts: Facts) -> Mapping[str, Any]:
    found: Mapping[str, Any] = facts.get("xen", "xend", "values")
    return found


def _setting(facts: Facts, key: str, wanted: tuple[str, ...], default: str) -> Outcome:
    """Judge one of xend's settings, which has a default when its file does not name it."""
    named = key in _values(facts)
    seen = facts.get("xen", "xend", "values", key) if named else default
    told = f"({key} {seen or chr(39) * 2})" + ("" if named else ", the default")
    return verdict_of(seen in wanted, told, f"({key} {wanted[0] or chr(39) * 2})")


def _network(plan: Plan) -> IPv4Network:
    """Return the network that instances migrate over: as it is planned, else as declared."""
    planned = plan.get("components", {}).get("xen", {}).get("migration") or {}
    secondary = plan.get("declared", {}).get("secondary_cidr")
    given = planned.get("network") or secondary or declared(plan, "cidr")
    network = ip_network(given, strict=False)
    if not isinstance(network, IPv4Network):
        raise Unread(f"{given}: xend knows IPv4 addresses alone")
    return network


def _own(plan: Plan) -> str:
    """Return the node's address in the network that instances migrate over."""
    network = _network(plan)
    others = plan.get("declared", {}).get("networks", {}).values()
    addresses = [each.get("address", "") for each in others] + [declared(plan, "address")]
    for address in filter(None, addresses):
        if ":" not in address and IPv4Address(address) in network:
            return str(address)
    raise Unread(f"no address of this node in {network} is declared")


def _link(facts: Facts, plan: Plan, kind: str) -> Outcome:
    edition = plan.get("profile", {}).get("edition")
    name = f"{kind}-{KERNELS.get(edition, '3')}-xenU"
    links = facts.get("xen", "links")
    wanted = f"/boot/{name} leads to a file"
    if name not in links:
        others = [other for other in links if other.startswith(kind)]
        there = f"; there is {', '.join(sorted(others)[:3])}" if others else ""
        return Outcome(FAIL, f"no /boot/{name}{there}", wanted)
    found = links[name]
    seen = f"{name} -> {found['target']}" if found["target"] else f"{name} is a file itself"
    return verdict_of(
        found["resolves"], seen + ("" if found["resolves"] else ": not there"), wanted
    )
