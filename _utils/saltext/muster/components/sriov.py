"""The sriov component: cards have their virtual functions, now and after each boot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from saltext.muster.components.border import demand
from saltext.muster.components.wake_on_lan import name_problem
from saltext.muster.converge import Diff
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts

NAME = "muster-sriov.service"
UNIT = f"/etc/systemd/system/{NAME}"
ENABLED = f"/etc/systemd/system/multi-user.target.wants/{NAME}"

BOOT, FUNCTIONS = "boot", "functions"

#: PCI Express lets a card have no more.
MOST = 65535

_ESCAPED = re.compile("[^A-Za-z0-9_.]")

#: The network waits for it, so it may not take for ever.
_HEAD = """\
# Written by muster: changes are replaced.
[Unit]
Description=Virtual functions of network cards
DefaultDependencies=no
After=local-fs.target systemd-udevd.service {devices}
Wants={devices} network-pre.target
Before=network-pre.target pvcnoded.service libvirtd.service virtqemud.service shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=60
"""

_TAIL = """
[Install]
WantedBy=multi-user.target
"""


def check(functions: Any) -> None:
    """Raise InvalidArgument unless these are names of cards, each with a number of functions."""
    if not isinstance(functions, Mapping) or not functions:
        demand("muster_sriov", [f"functions: {functions!r:.90} is no mapping of cards to numbers"])
    problems = [name_problem("functions", name) for name in functions]
    for name, count in functions.items():
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MOST:
            problems.append(f"functions.{name!r:.40}: {count!r:.40}, wanted 0 to {MOST}")
    demand("muster_sriov", problems)


def counter(name: str) -> str:
    """Return the file that says how many functions a card has, and takes how many it shall."""
    return f"/sys/class/net/{name}/device/sriov_numvfs"


def unit_text(functions: Mapping[str, int]) -> str:
    """Return the unit that makes the functions at boot, before what uses them starts.

    Names have been checked: nothing in them is a word of the shell or of systemd.
    """
    devices = " ".join(f"sys-subsystem-net-devices-{_escaped(name)}.device" for name in functions)
    lines = [_command(name, count) for name, count in functions.items()]
    return _HEAD.format(devices=devices) + "\n".join(lines) + "\n" + _TAIL


def _command(name: str, count: int) -> str:
    # A card that has so many already refuses to be told again; some drivers want the link up.
    file = counter(name)
    return (
        f"""ExecStart=/bin/sh -c 'test "$(cat {file})" = {count} || echo {count} > {file}"""
        f""" || {{ ip link set dev {name} up && echo {count} > {file}; }}'"""
    )


def _escaped(name: str) -> str:
    """Return a name as systemd has it in the name of a unit."""
    return _ESCAPED.sub(lambda match: f"\\x{ord(match.group()):02x}", name)


def writes(current: int, wanted: int) -> list[int]:
    """Return what is written to a card: a number of functions can be changed from none only."""
    if current == wanted:
        return []
    return [wanted] if 0 in (current, wanted) else [0, wanted]


def possible(facts: Facts, functions: Mapping[str, int]) -> None:
    """Raise Refused unless each card is there and can have so many functions."""
    known = facts.get("links", "links")
    problems = []
    for name, count in functions.items():
        if name not in known:
            problems.append(f"there is no network card {name}")
            continue
        total = (
            int(facts.get("links", "links", name, "sriov", "total")) if _card(known[name]) else 0
        )
        if count > total:
            problems.append(f"{name} can have {total} virtual functions, wanted {count}")
    if problems:
        raise Refused(
            f"{'; '.join(problems)}; see sriov_totalvfs and the firmware's setup, or write fewer"
            " under sriov in the cluster file"
        )


def diff(
    facts: Facts,
    functions: Mapping[str, int],
    boot: Mapping[str, Any],
    used: Mapping[str, list[str]],
    why: str = "",
) -> Diff:
    """Return ``boot`` and ``functions`` as far as they differ.

    boot is {"text", "enabled"} of the unit as it is; used are the functions in use by card; why
    says why the node is live ("" = it is not): then, and while a card's functions are in use,
    their number is left as it is. Source: PVC-069, PVC-071.
    """
    found: Diff = {}
    if boot != wanted_boot(functions):
        found[BOOT] = {"old": _boot_text(boot, functions), "new": f"{NAME}, enabled"}
    have = {name: current(facts, name) for name in functions}
    wrong = {name: count for name, count in have.items() if count != functions[name]}
    if wrong:
        new = {name: functions[name] for name in wrong}
        found[FUNCTIONS] = {"old": wrong, "new": new}
        busy = [each for name in wrong for each in used.get(name, ())]
        if busy:
            found[FUNCTIONS]["pending"] = f"in use: {', '.join(busy[:4])}; drain the node first"
        elif why:
            found[FUNCTIONS]["pending"] = f"the node is live: {why}"
    return found


def wanted_boot(functions: Mapping[str, int]) -> dict[str, Any]:
    """Return the unit as it must be."""
    return {"text": unit_text(functions), "enabled": True}


def current(facts: Facts, name: str) -> int:
    """Return how many functions a card has; 0 where there is no such card."""
    links = facts.get("links", "links")
    if name not in links or not _card(links[name]):
        return 0
    return int(facts.get("links", "links", name, "sriov", "current"))


def _card(link: Mapping[str, Any]) -> bool:
    return "sriov" in link


def _boot_text(boot: Mapping[str, Any], functions: Mapping[str, int]) -> str:
    if boot["text"] is None:
        return "no unit"
    right = boot["text"] == unit_text(functions)
    return f"{NAME}, {'enabled' if boot['enabled'] else 'not enabled'}" + (
        "" if right else ", of another text"
    )
