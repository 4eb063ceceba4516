"""IPv6 addresses of the node that it answers for on its guests' bridge, now and at boot."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

from saltext.muster.components.network.wanted import Wanted
from saltext.muster.facts import Facts
from saltext.muster.trial.spec import Step, Turn

UNIT = "muster-proxies.service"
PATH = f"/etc/systemd/system/{UNIT}"
_ENTRY = re.compile(r"^ExecStart=ip -6 neigh replace proxy (\S+) dev (\S+)$", re.M)

_TEXT = """\
# Written by muster: changes are replaced.
[Unit]
Description=Answer for this node's own IPv6 addresses on its guests' bridges
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
{commands}
[Install]
WantedBy=multi-user.target
"""


def text(wanted: Wanted) -> str:
    """Return the unit that makes the entries at boot, "" for none (NET-017)."""
    # The bridge may come after the kernel's settings have been read.
    commands = [
        f"ExecStart=sysctl -q -w net.ipv6.conf.{name.replace('.', '/')}.proxy_ndp=1\n"
        for name in sorted(wanted.proxies)
    ]
    commands += [
        f"ExecStart={' '.join(_entry('replace', address, name))}\n"
        for name, own in sorted(wanted.proxies.items())
        for address in own
    ]
    return _TEXT.format(commands="".join(commands)) if commands else ""


def edit(wanted: Wanted, old: str | None) -> dict[str, str | None]:
    """Return the unit's file where it differs from old, its text now (None = not there)."""
    new = text(wanted)
    return {} if new == (old or "") else {PATH: new or None}


def missing(wanted: Wanted, facts: Facts, enabled: Iterable[str]) -> list[str]:
    """Return the entries that are missing, and the unit where it is not enabled."""
    if not wanted.proxies:
        return []
    have = {(ip_address(e["address"]), e["link"]) for e in facts.get("addresses", "proxies")}
    found = [
        f"{ip_address(address)} dev {name}"
        for name, own in sorted(wanted.proxies.items())
        for address in own
        if (ip_address(address), name) not in have
    ]
    return found if UNIT in enabled else [*found, f"{UNIT} enabled"]


def turns(wanted: Wanted, old: str | None) -> tuple[Turn, Turn, tuple[Step, ...]]:
    """Return the commands there, back, and at a boot; old is the unit's text before."""
    reload = Step(("systemctl", "daemon-reload"))
    stop = Step(("systemctl", "disable", "--now", UNIT), may_fail=True)
    start = (Step(("systemctl", "enable", UNIT)), Step(("systemctl", "restart", UNIT)))
    back = Turn((stop, *_gone(text(wanted))), (reload, *(start if old else ())))
    if not wanted.proxies:
        return Turn((stop, *_gone(old or "")), (reload,)), back, ()
    boot = () if old else (Step(("systemctl", "--no-reload", "disable", UNIT), may_fail=True),)
    return Turn(_gone(old or ""), (reload, *start)), back, boot


def _gone(unit: str) -> tuple[Step, ...]:
    """Return the commands that take away what a unit of that text has made."""
    entries = [("del", *found) for found in _ENTRY.findall(unit)]
    return tuple(Step(_entry(*entry), may_fail=True) for entry in entries)


def _entry(verb: str, address: str, name: str) -> tuple[str, ...]:
    return ("ip", "-6", "neigh", verb, "proxy", address, "dev", name)
