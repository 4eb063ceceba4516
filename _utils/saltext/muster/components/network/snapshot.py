"""What of a node's running network a change may touch, as lines for ``ip -force -batch``.

``data`` makes the files of a trial, ``STEPS`` are the last commands of its way back. The lines
bring it back whatever happened meanwhile: each of them may fail because what it asks for is so
already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from saltext.muster.components.network import rules
from saltext.muster.components.network.wanted import BOND, BRIDGE, VLAN, Wanted
from saltext.muster.errors import Refused
from saltext.muster.trial.spec import DATA, Step

#: What is to be run before a change; ``batch`` takes what each of them prints.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "links": ("ip", "-json", "-details", "link", "show"),
    "addresses": ("ip", "-json", "address", "show"),
    "routes4": ("ip", "-json", "-details", "-4", "route", "show", "table", "all"),
    "routes6": ("ip", "-json", "-details", "-6", "route", "show", "table", "all"),
    "rules4": ("ip", "-json", "-details", "-4", "rule", "show"),
    "rules6": ("ip", "-json", "-details", "-6", "rule", "show"),
}

#: The files by their names in a trial; that of IPv6's rules is apart, as a batch has one version.
UNDO, UNDO6 = "undo.ip", "undo6.ip"

STEPS = (
    Step(("ip", "-force", "-batch", f"{DATA}/{UNDO}"), may_fail=True),
    Step(("ip", "-6", "-force", "-batch", f"{DATA}/{UNDO6}"), may_fail=True),
)

_WORD = re.compile(r"[A-Za-z0-9_.:/@%-]{1,128}", re.ASCII)
_FOREVER = 4294967295

#: Flags of an address that ip takes back as it shows them.
_FLAGS = ("noprefixroute", "mngtmpaddr", "home", "nodad")
_KINDS = (BRIDGE, BOND, VLAN)
_OWN = ("local", "broadcast", "anycast", "multicast")

Entry = Mapping[str, Any]


def data(printed: Mapping[str, str], wanted: Wanted) -> dict[str, bytes]:
    """Return the files of a trial, by name, that bring back the state of what ``wanted`` concerns.

    printed is what each of COMMANDS printed, before anything is changed. Raises Refused for what
    cannot be read of it.
    """
    return {
        UNDO: batch(printed, wanted),
        UNDO6: lines_of(rules.back(_parsed("rules6", printed), 6, wanted)),
    }


def batch(printed: Mapping[str, str], wanted: Wanted) -> bytes:
    """Return the lines for all but IPv6's rules; links that are not there yet are removed.

    printed is what each of COMMANDS printed, before anything is changed. Raises Refused for what
    cannot be read of it.
    """
    found = {key: _parsed(key, printed) for key in COMMANDS}
    links = {str(each.get("ifname")): each for each in found["links"]}
    names = _concerned(wanted, links)
    before = [name for name in names if name in links]
    lines = [
        *(("link", "del", "dev", name) for name in reversed(names) if name not in links),
        *(line for name in before for line in _made(links[name], wanted)),
        *(line for name in before for line in _link(links[name], wanted)),
        *(line for name in before for line in _addresses(name, found["addresses"])),
        *_routes(_lasting(found), before, wanted),
        *rules.back(found["rules4"], 4, wanted),
    ]
    return lines_of(lines)


def held(printed: str) -> dict[str, list[Entry]]:
    """Return the addresses of each link, of what the command ``addresses`` printed."""
    found = _parsed("addresses", {"addresses": printed})
    return {str(each.get("ifname")): list(each.get("addr_info", ())) for each in found}


def lines_of(lines: Iterable[tuple[Any, ...]]) -> bytes:
    """Return the text for ``ip -batch``. Raises Refused for a word that ip could misread."""
    return "".join(f"{' '.join(map(_word, line))}\n" for line in lines).encode()


def _parsed(key: str, printed: Mapping[str, str]) -> list[Entry]:
    try:
        found = json.loads(printed[key] or "[]")
    except (KeyError, ValueError):
        found = None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        command = " ".join(COMMANDS[key])
        raise Refused(f"{command} printed no list: the way back is not known; look at it")
    return [each for each in found if each]


def _word(value: Any) -> str:
    text = str(value)
    if not _WORD.fullmatch(text):
        raise Refused(f"ip shows {text!r:.80}, which cannot be put back by its name; rename it")
    return text


def _concerned(wanted: Wanted, links: Mapping[str, Entry]) -> list[str]:
    """Return the plan's devices and what they are ports of now, those below others first."""
    named = [device.name for device in wanted.devices]
    above = [str(links[name].get("master", "")) for name in named if name in links]
    found = list(dict.fromkeys([*named, *filter(None, above)]))
    return sorted(found, key=lambda name: _depth(name, links)) if links else found


def _depth(name: str, links: Mapping[str, Entry], most: int = 8) -> int:
    """Return how many links are below one, for those that are there; others come last."""
    if name not in links:
        return most
    below = [n for n, link in links.items() if link.get("master") == name]
    parent = links[name].get("link")
    # The other end of a veth is named like a parent, by a link of this or another namespace.
    if parent in links and _kind(links[name]) == VLAN:
        below.append(str(parent))
    return 1 + max((_depth(n, links, most - 1) for n in below), default=0) if most else 0


def _kind(link: Entry) -> str:
    return str(link.get("linkinfo", {}).get("info_kind", ""))


# -- links ------------------------------------------------------------------------------------


def _made(link: Entry, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Make a link anew, for the case that the change took it away."""
    kind, name = _kind(link), link["ifname"]
    if kind not in _KINDS:
        return
    data = link["linkinfo"].get("info_data", {})
    own = ("address", link["address"]) if link.get("address") else ()
    if kind == VLAN:
        yield from _unless_same_vlan(link, wanted)
        parent = ("link", link.get("link", ""), "name", name, *own)
        yield "link", "add", *parent, "type", VLAN, "id", data.get("id", 0)
    elif kind == BOND:
        yield "link", "add", name, *own, "type", BOND, "mode", data.get("mode", "balance-rr")
        yield "link", "set", "dev", name, "type", BOND, "miimon", data.get("miimon", 0)
    else:
        yield "link", "add", name, *own, "type", BRIDGE
        values = [("stp_state", data.get("stp_state", 0))]
        values += [(key, data[key]) for key in ("forward_delay", "vlan_filtering") if key in data]
        for pair in values:
            yield "link", "set", "dev", name, "type", BRIDGE, *pair


def _unless_same_vlan(link: Entry, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Take away a VLAN of another id or parent that the change makes under the same name."""
    old = (link.get("link"), link["linkinfo"].get("info_data", {}).get("id"))
    for device in wanted.devices:
        if device.name == link["ifname"] and (device.parent, device.vlan) != old:
            yield "link", "del", "dev", device.name


def _link(link: Entry, wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    name, master = link["ifname"], link.get("master", "")
    new = next((d.name for d in wanted.devices if name in d.ports), "")
    bond = any(d.name == master and d.kind == BOND for d in wanted.devices)
    if new != master:
        yield "link", "set", "dev", name, "nomaster"
    if master and (bond or new != master):
        # A bond takes no port that is up; a bridge does not mind.
        yield "link", "set", "dev", name, "down"
    if master:
        yield "link", "set", "dev", name, "master", master
    yield "link", "set", "dev", name, "mtu", link["mtu"]
    if "inet6_addr_gen_mode" in link:
        yield "link", "set", "dev", name, "addrgenmode", link["inet6_addr_gen_mode"]
    yield "link", "set", "dev", name, "up" if "UP" in link.get("flags", ()) else "down"


# -- addresses --------------------------------------------------------------------------------


def _addresses(name: str, entries: list[Entry]) -> Iterator[tuple[Any, ...]]:
    # NetworkManager takes a link-local address that goes for a duplicate, and makes another.
    yield "address", "flush", "dev", name, "scope", "global"
    for entry in entries:
        if entry.get("ifname") == name:
            for info in entry.get("addr_info", ()):
                # A temporary address is made anew by the kernel, beside its parent.
                if not info.get("temporary"):
                    yield address(name, info)


def address(name: str, info: Entry) -> tuple[Any, ...]:
    """Return the words that give a link an address again just as it was."""
    own = f"{info['local']}/{info['prefixlen']}"
    words: list[Any] = ["address", "add", own]
    if info.get("address"):
        words = ["address", "add", info["local"], "peer", f"{info['address']}/{info['prefixlen']}"]
    for key, word in (("broadcast", "broadcast"), ("scope", "scope"), ("label", "label")):
        if info.get(key):
            words += [word, info[key]]
    words += ["dev", name]
    words += [flag for flag in _FLAGS if info.get(flag)]
    for key, word in (("valid_life_time", "valid_lft"), ("preferred_life_time", "preferred_lft")):
        if info.get(key, _FOREVER) != _FOREVER:
            words += [word, info[key]]
    return tuple(words)


# -- routes -----------------------------------------------------------------------------------


def _routes(entries: list[Entry], before: list[str], wanted: Wanted) -> Iterator[tuple[Any, ...]]:
    """Take away the plan's routes, then bring back those that go by the links concerned."""
    for device in wanted.devices:
        for route in device.routes:
            to, via = _to(route.to, route.via), (("via", route.via) if route.via else ())
            yield "route", "del", to, *via, "dev", device.name, "table", route.table or 254
        for gateway in device.gateways:
            yield "route", "del", _to("default", gateway), "via", gateway, "dev", device.name
    ours = [entry for entry in entries if _is_ours(entry, before)]
    # What a gateway is reached by must be there before it.
    for entry in sorted(ours, key=lambda each: "gateway" in each or "via" in each):
        yield _route(entry)


def _lasting(found: Mapping[str, list[Entry]]) -> list[Entry]:
    """Return the routes that do not come and go with the addresses.

    Of the kernel's own these are the ones beside addresses that were made without a route:
    NetworkManager writes both.
    """
    apart = {
        (link.get("ifname"), _network(info))
        for link in found["addresses"]
        for info in link.get("addr_info", ())
        if info.get("noprefixroute") and not info.get("dynamic")
    }
    return [
        each
        for each in found["routes4"] + found["routes6"]
        if each.get("protocol") != "kernel" or (each.get("dev"), each.get("dst")) in apart
    ]


def _network(info: Entry) -> str:
    return str(ip_network(f"{info['local']}/{info['prefixlen']}", strict=False))


def _is_ours(entry: Entry, before: list[str]) -> bool:
    if entry.get("type", "unicast") in _OWN or entry.get("table") == "local":
        return False
    hops = [entry, *entry.get("nexthops", ())]
    return any(hop.get("dev") in before for hop in hops)


def _route(entry: Entry) -> tuple[Any, ...]:
    words: list[Any] = ["route", "replace"]
    if entry.get("type", "unicast") != "unicast":
        words.append(entry["type"])
    words.append(_to(str(entry["dst"]), _any_gateway(entry)))
    if "nexthops" not in entry:
        words += _hop(entry)
    for key, word in (
        ("table", "table"),
        ("protocol", "proto"),
        ("scope", "scope"),
        ("prefsrc", "src"),
        ("metric", "metric"),
        ("expires", "expires"),
    ):
        if entry.get(key) not in (None, ""):
            words += [word, entry[key]]
    for metrics in entry.get("metrics", ()):
        words += [
            word for key in ("mtu", "advmss") if key in metrics for word in (key, metrics[key])
        ]
    for hop in entry.get("nexthops", ()):
        words += ["nexthop", *_hop(hop), *(["weight", hop["weight"]] if "weight" in hop else [])]
    return tuple(words)


def _hop(entry: Entry) -> list[Any]:
    words: list[Any] = []
    if "via" in entry:
        words += ["via", entry["via"]["family"], entry["via"]["host"]]
    elif "gateway" in entry:
        words += ["via", entry["gateway"]]
    words += ["dev", entry["dev"]]
    return [*words, "onlink"] if "onlink" in entry.get("flags", ()) else words


def _any_gateway(entry: Entry) -> str:
    hops = [entry, *entry.get("nexthops", ())]
    # An IPv6 route alone has a preference.
    return next((str(hop["gateway"]) for hop in hops if "gateway" in hop), "") or (
        "::" if "pref" in entry else ""
    )


def _to(to: str, via: str) -> str:
    """Return a destination that tells its IP version."""
    if to != "default":
        return to
    return "::/0" if ":" in via else "0.0.0.0/0"
