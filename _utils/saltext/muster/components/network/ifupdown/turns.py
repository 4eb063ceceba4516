"""The commands that bring a changed plan about, and those of the way back.

What is not there is made by ``ifup``, with the new files: what boots later is what was tried. What
is there is corrected by ip(8), and only where it is wrong: an ``ifdown`` would take a card's link
down, and guests off their bridge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address, ip_interface
from typing import Any

from saltext.muster.components.network import running as judged
from saltext.muster.components.network import snapshot
from saltext.muster.components.network.ifupdown.stanzas import route_words, rule_words
from saltext.muster.components.network.wanted import BOND, BRIDGE, VLAN, Device, Route, Wanted
from saltext.muster.facts import Facts
from saltext.muster.trial.spec import Step, Turn

#: What a link must be made anew for.
_ANEW = {"kind", "parent", "vlan", "mode"}
#: Ports that must be found, and the bridge that must be ready, take ifup a while (seconds).
_UP = 60
# Without scripts: a bridge's own would take the link of its port down.
_QUIETLY_DOWN = ("ifdown", "--force", "--ignore-errors", "--no-scripts")


class Turns:
    """What is wrong now, and the commands against it."""

    def __init__(self, wanted: Wanted, running: Mapping[str, Any]) -> None:
        self.wanted = wanted
        self.facts = running if isinstance(running, Facts) else Facts(running)
        self.masters = judged.masters(wanted)
        found = judged.diff(wanted, self.facts)
        devices = found.get("devices", {"old": {}, "new": {}})
        self.links: Mapping[str, Mapping[str, Any]] = {
            name: new for name, new in devices["new"].items() if devices["old"][name] is not None
        }
        absent = {name for name in devices["new"] if name not in self.links}
        self.again = self._again()
        self.fresh = absent | self.again
        empty: dict[str, Any] = {"old": {}, "new": {}}
        self.addresses = found.get("addresses", empty)
        self.routes = found.get("routes", {"old": [], "new": []})
        self.leased = [d.name for d in wanted.devices if self._is_leased(d)]

    def _again(self) -> set[str]:
        """Return the links that must be made anew, and the VLANs that go with them."""
        found: set[str] = set()
        there = self.facts.get("links", "links")
        for device in self.wanted.devices:
            wrong = set(self.links.get(device.name, ())) & _ANEW
            if wrong or (device.parent in found and device.name in there):
                found.add(device.name)
        return found

    def _is_leased(self, device: Device) -> bool:
        if device.name not in self.addresses["old"]:
            return False
        files: Mapping[str, Any] = self.facts.data.get("interface_files", {}).get("ifupdown", {})
        entries = files.get("entries", ())
        return any(e["interface"] == device.name and e["ipv4"] == "dhcp" for e in entries)

    def apply(self) -> Turn:
        """Return the commands that lead to what is wanted."""
        leave = [_may("ifdown", "--force", name) for name in self.leased]
        return Turn((*leave, *self._beforehand()), (*self._clear(), *self._build()))

    def undo(self) -> Turn:
        """Return the commands that lead back to what was."""
        if not self.fresh and not self.links and not self.addresses["new"] and not self._routed():
            return Turn()
        upper = [d.name for d in reversed(self.wanted.devices) if d.name in self.fresh]
        lower = [d for d in self.wanted.devices if d.name in {*self.leased, *self.again}]
        again = [replace(step, may_fail=True) for d in lower for step in self._up(d)]
        return Turn(tuple(_may(*_QUIETLY_DOWN, name) for name in upper), (*again, *snapshot.STEPS))

    def _beforehand(self) -> Iterator[Step]:
        """Make VLANs and bridges before anything is taken down: what the kernel refuses ends here.

        A bridge gets the address of its first port; ifupdown's own script would wait a second
        between the two.
        """
        there = self.facts.get("links", "links")
        for device in self.wanted.devices:
            if device.name not in self.fresh - self.again:
                continue
            if device.kind == VLAN and device.parent in there and device.parent not in self.again:
                own = ("link", device.parent, "name", device.name)
                yield Step(("ip", "link", "add", *own, "type", "vlan", "id", str(device.vlan)))
            mac = self._mac(device.ports[0]) if device.kind == BRIDGE and device.ports else ""
            if mac:
                options = ("type", "bridge", "stp_state", "0", "forward_delay", "0")
                yield Step(("ip", "link", "add", device.name, "address", mac, *options))

    def _mac(self, name: str) -> str:
        """Return the hardware address that a link has or will have: that of what it is made of."""
        link: Mapping[str, Any] = self.facts.get("links", "links").get(name, {})
        if isinstance(link.get("mac"), str):
            return str(link["mac"])
        parts = (
            part for d in self.wanted.devices if d.name == name for part in (*d.ports, d.parent)
        )
        return next((self._mac(part) for part in parts if part), "")

    def _clear(self) -> Iterator[Step]:
        """Take away what is in the way, what is above first."""
        fresh = [device for device in self.wanted.devices if device.name in self.fresh]
        for device in fresh:
            yield Step(("ifup", "--no-act", "--force", device.name))
        for device in reversed(self.wanted.devices):
            if device.name in self.again:
                yield Step(("ip", "link", "del", "dev", device.name), may_fail=True)
                continue
            for text in self.addresses["old"].get(device.name, ()):
                # What files drop goes when the new address is there, for all backends alike.
                dropped = str(ip_interface(text).ip) in self.wanted.dropped
                if text not in self.addresses["new"].get(device.name, ()) and not dropped:
                    yield _may("ip", "address", "del", text, "dev", device.name)
            if "master" in self.links.get(device.name, {}) and device.name in self.masters:
                yield _may("ip", "-6", "address", "flush", "dev", device.name, "scope", "link")
            yield from self._released(device)
        for text in self.routes["old"] if any(device.gateways for device in fresh) else ():
            if text.startswith("default "):
                yield _may("ip", "-6" if ":" in text else "-4", "route", "del", *text.split())
        for device in fresh:
            for rule in device.rules:
                yield _may(*_done(rule_words(rule, _version(rule.source, rule.to)), "del"))

    def _released(self, device: Device) -> Iterator[Step]:
        """Take a port out of a bridge or bond that it is not to be in."""
        have = self.facts.get("links", "links").get(device.name, {}).get("master", "")
        if have and "master" in self.links.get(device.name, {}):
            yield Step(("ip", "link", "set", "dev", device.name, "nomaster"))

    def _build(self) -> Iterator[Step]:
        for device in self.wanted.devices:
            if device.name in self.fresh:
                yield from self._up(device)
                yield from self._made(device)
                yield from self._joined(device)
                continue
            yield from self._link(device)
            yield from self._own(device)

    def _up(self, device: Device) -> Iterator[Step]:
        """Bring a device up by its new files, also one that ifupdown takes for up.

        By force a VLAN's parent is brought up anew with it, and ifenslave then takes the links of
        a bond's ports down for good: there ifupdown forgets the VLAN first.
        """
        parent = next((d for d in self.wanted.devices if d.name == device.parent), None)
        if parent is None or parent.kind != BOND:
            yield Step(("ifup", "--force", device.name), seconds=_UP)
            return
        yield _may(*_QUIETLY_DOWN, device.name)
        yield Step(("ifup", device.name), seconds=_UP)
        for port in parent.ports:
            # It does so too where it did not know that the bond is up.
            yield Step(("ip", "link", "set", "dev", port, "up"))

    def _made(self, device: Device) -> Iterator[Step]:
        """See that a link and its ports are there: ifup passes over what it cannot make."""
        yield Step(("test", "-e", f"/sys/class/net/{device.name}"))
        for port in device.ports:
            yield Step(("test", "-e", f"/sys/class/net/{port}/master"))

    def _link(self, device: Device) -> Iterator[Step]:
        wrong = self.links.get(device.name, {})
        link = ("ip", "link", "set", "dev", device.name)
        if {"stp", "forward_delay"} & set(wrong):
            yield Step((*link, "type", "bridge", "stp_state", "0", "forward_delay", "0"))
        if wrong.get("master"):
            yield from self._joined(device)
        if {"mtu", "up"} & set(wrong) or device.name in self.leased:
            yield Step((*link, *(("mtu", str(device.mtu)) if device.mtu else ()), "up"))

    def _joined(self, device: Device) -> Iterator[Step]:
        """Put a port into its master, where that is not made anew and takes it by itself."""
        master = next((d for d in self.wanted.devices if device.name in d.ports), None)
        if master is None or master.name in self.fresh:
            return
        link = ("ip", "link", "set", "dev", device.name)
        if master.kind == BOND:
            yield Step((*link, "down"))
        yield Step((*link, "master", master.name))
        yield Step((*link, "up"))

    def _own(self, device: Device) -> Iterator[Step]:
        """Give a device that is there the addresses, routes and rules that it lacks."""
        want = self.addresses["new"].get(device.name, [])
        lacks = [text for text in want if text not in self.addresses["old"][device.name]]
        for text in lacks:
            wide = ip_interface(text).version == 4 and ip_interface(text).network.prefixlen < 31
            broadcast = ("broadcast", "+") if wide else ()
            yield Step(("ip", "address", "add", text, *broadcast, "dev", device.name))
        if not lacks and device.name not in self._routed():
            return
        for gateway in device.gateways:
            version = ip_address(gateway).version
            words = route_words(Route("default", gateway), device.name, version)
            yield Step((*_done(words, "replace"), "onlink"))
        for route in device.routes:
            words = route_words(route, device.name, _version(route.to, route.via))
            yield Step(_done(words, "replace"))
        for rule in device.rules:
            words = rule_words(rule, _version(rule.source, rule.to))
            # Of two that are alike the second is refused: the first is in the way.
            yield _may(*_done(words, "del"))
            yield Step(_done(words, "add"))

    def _routed(self) -> set[str]:
        """Return the devices of which a route or rule is missing; a rule tells no device."""
        texts = [text.split() for text in self.routes["new"]]
        found = {words[words.index("dev") + 1] for words in texts if "dev" in words}
        if any("dev" not in words for words in texts):
            found |= {device.name for device in self.wanted.devices if device.rules}
        return found


def turns(
    wanted: Wanted, edited: Mapping[str, str | None], running: Mapping[str, Any]
) -> tuple[Turn, Turn, tuple[Step, ...]]:
    """Return the commands there, back, and at a boot after which the old files are back.

    running are facts of the probes links, bridges, addresses and interface_files. Where it is as
    wanted there are no commands, whatever the files say.
    """
    found = Turns(wanted, running)
    # At boot the old files are there before the network is started: that is all it takes.
    return found.apply(), found.undo(), ()


def _version(*texts: str) -> int:
    return 6 if any(":" in text for text in texts) else 4


def _done(words: tuple[str, ...], verb: str) -> tuple[str, ...]:
    return tuple(verb if word == "VERB" else word for word in words)


def _may(*argv: str) -> Step:
    return Step(argv, may_fail=True)
