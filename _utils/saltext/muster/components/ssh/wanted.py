"""What the plan wants of root's SSH, validated: it goes into files that decide who logs in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from saltext.muster.components.border import DOMAIN, address_problem, demand, name_problem
from saltext.muster.components.ssh.keys import TYPES
from saltext.muster.components.ssh.server import BY_KEY, ROOT_LOGIN

#: What the master may be allowed besides running commands.
ALLOWED = ("port-forwarding", "pty")
LOGINS = ("prohibit-password", "yes", "no")

#: The longest wait for another node's keys (seconds).
LONGEST = 600

#: Minion ids as muster takes them: nothing that a target or a comment would read otherwise.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,252}", re.ASCII)


class Master(NamedTuple):
    """The node that logs in: its minion id and its addresses."""

    id: str
    addresses: tuple[str, ...]


def master(given: Any) -> Master:
    """Return the master that a plan names; raises InvalidArgument with all that is wrong."""
    entry = given if isinstance(given, Mapping) else {}
    addresses = entry.get("addresses")
    problems = [id_problem("master.id", entry.get("id"))]
    if not isinstance(addresses, (list, tuple)) or not addresses:
        problems.append(f"master.addresses: {addresses!r:.90} is no list of addresses")
    else:
        problems += [address_problem("master.addresses", each) for each in addresses]
    demand("muster_ssh", problems)
    normal = dict.fromkeys(str(ipaddress.ip_address(each)) for each in addresses or ())
    return Master(str(entry["id"]), tuple(normal))


def check_words(where: str, given: Any, known: Iterable[str]) -> tuple[str, ...]:
    """Return a list of known words as it is; raises InvalidArgument for another one."""
    known = tuple(known)
    words = given if isinstance(given, (list, tuple)) else [given]
    strange = [word for word in words if word not in known]
    demand("muster_ssh", [f"{where}: {each!r:.90} is none of {known}" for each in strange])
    return tuple(words)


def check_wait(given: Any) -> int:
    """Return the seconds to wait; raises InvalidArgument when they are none."""
    good = isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= LONGEST
    demand("muster_ssh", [] if good else [f"wait: {given!r:.90} is no 0 to {LONGEST} seconds"])
    return int(given)


def check_client(given: Any) -> str:
    """Return the address that sshd is asked for, "" when there is no master."""
    demand("muster_ssh", [address_problem("client", given) if given else ""])
    return str(given or "")


def settings(logins: Any) -> dict[str, tuple[str, ...]]:
    """Return which values of sshd's settings are right, the one to write first."""
    words = check_words("root_login", logins, LOGINS)
    written = words[0] if words else "no"
    problem = "root_login: the first one is written, and must let root in by a key"
    demand("muster_ssh", [problem] if written == "no" else [])
    return {ROOT_LOGIN: words, BY_KEY: ("yes",)}


def rows(given: Any, own: str) -> list[dict[str, Any]]:
    """Return the nodes in the cluster's shared list but the own one, each with id and names."""
    entries = [each if isinstance(each, Mapping) else {} for each in _list(given)]
    problems = []
    for number, each in enumerate(entries):
        where = f"shared[{number}]."
        names = each.get("names")
        problems.append(address_problem(f"{where}address", each.get("address")))
        if not isinstance(names, (list, tuple)) or not names:
            problems.append(f"{where}names: no list of names")
            continue
        problems += [name_problem(f"{where}names", name, DOMAIN) for name in names]
        problems.append(id_problem(f"{where}id", each["id"]) if "id" in each else "")
    demand("muster_ssh", problems)
    return [dict(each) for each in entries if each.get("id") != own]


def kinds(given: Any) -> tuple[str, ...]:
    """Return the types of keys that the master must have one of; none given means any."""
    return check_words("kinds", given, TYPES) or TYPES


def id_problem(where: str, value: Any) -> str:
    """Return "" for a minion id, else what is wrong."""
    if isinstance(value, str) and _ID.fullmatch(value):
        return ""
    return f"{where}: {value!r:.90} is no minion id"


def _list(given: Any) -> list[Any]:
    if not isinstance(given, list):
        demand("muster_ssh", ["shared: no list of hosts"])
    return list(given)
