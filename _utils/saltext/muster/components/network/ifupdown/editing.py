"""Files of ifupdown, edited by meaning: what is right stays, foreign stanzas keep their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_interface

from saltext.muster.components.network import tables
from saltext.muster.components.network.ifupdown import layout, text
from saltext.muster.components.network.ifupdown.said import (
    Around,
    Said,
    gateway_of,
    is_right,
    said,
)
from saltext.muster.components.network.ifupdown.stanzas import HEADER, Extra, render
from saltext.muster.components.network.wanted import BOND, BRIDGE, NIC, Device, Wanted
from saltext.muster.errors import Refused

_LOOPBACK = "auto lo\niface lo inet loopback\n"

#: Options that go where the address goes; all others but these and DHCP's belong to the link.
_WITH_ADDRESS = ("dns-", "metric", "pointopoint", "scope", "preferred-lifetime", "dad-")
_DHCP = ("hostname", "leasehours", "leasetime", "vendor", "client", "request-prefix", "privext")
_RENDERED = (
    *("bridge-ports", "bridge-stp", "bridge-fd", "bridge-waitport"),
    *("bond-mode", "bond-slaves", "bond-master", "mtu"),
)


class Edit:
    """One plan against the files as they are."""

    def __init__(self, wanted: Wanted, files: Mapping[str, str]) -> None:
        self.wanted, self.files = wanted, files
        self.layout = layout.read(files)
        self.names = {**tables.known(files), **wanted.tables}
        devices = wanted.devices
        self.above = {part: d for d in devices for part in (*d.ports, d.parent) if part}
        self.said = {d.name: said(d.name, self.layout, self.names) for d in devices}
        self.versions = frozenset(6 if ":" in g else 4 for d in devices for g in d.gateways)

    def wrong(self) -> list[Device]:
        """Return the devices of which the files do not say what is wanted."""
        return [device for device in self.wanted.devices if not self._is_right(device)]

    def _is_right(self, device: Device) -> bool:
        found = self.said[device.name]
        if self.wanted.split and found.paths != {own(device)}:
            return False
        return is_right(device, found, self._around(device))

    def _around(self, device: Device) -> Around:
        slaves = {n for n, s in self.said.items() if s.link.get("bond-master") == device.name}
        above = self.above.get(device.name)
        is_right_above = above is not None and self._is_right(above)
        return Around(above, is_right_above, frozenset(slaves), self.versions)

    def texts(self) -> dict[str, str | None]:
        """Return the files that must change, None for one that is left empty."""
        wrong = self.wrong()
        self._demand_no_rival()
        if not wrong:
            return {}
        self._demand_understood(wrong)
        gone = {device.name for device in wrong}
        paths = {*self.layout.files, *(own(device) for device in wrong)} & set(self.files)
        new: dict[str, str | None] = {path: self._without(path, gone) for path in paths}
        for device in wrong:
            self._demand_unread_empty(device)
            left = (new.get(own(device)) or "").replace(HEADER, "")
            gap = "\n" if left.strip() else ""
            new[own(device)] = HEADER + left + gap + render(device, self._extra(device, wrong))
        new[layout.MAIN] = self._including(new, wrong)
        for path, body in new.items():
            if path != layout.MAIN and not (body or "").strip():
                new[path] = None
        return {path: body for path, body in new.items() if body != self.files.get(path)}

    def _without(self, path: str, gone: set[str]) -> str:
        """Return a file's text without the stanzas and ``auto`` words of devices."""
        found = []
        for part in text.parts(self.files[path]):
            if part.kind == text.IFACE and text.device((*part.head, "")[1]) in gone:
                continue
            if part.kind == text.AUTO:
                found.append(text.without(part, {n for n in part.head if text.device(n) in gone}))
            else:
                found.append(part.raw)
        return "".join(found)

    def _including(self, new: Mapping[str, str | None], wrong: Iterable[Device]) -> str:
        """Return the main file, with ``source`` lines for own files that no line names."""
        main = new.get(layout.MAIN, self.files.get(layout.MAIN)) or _LOOPBACK
        after = {**self.files, **{path: body or "" for path, body in new.items()}}
        read = layout.read({**after, layout.MAIN: main}).files
        missing = [own(device) for device in wrong if own(device) not in read]
        if not missing:
            return main
        folder = f"{layout.FOLDER}/"
        others = {p for p in self.files if p.startswith(folder) and p not in read} - set(missing)
        # What nobody reads until now must not come into force by the way.
        whole = not others and not any(_names(part, folder) for ps in read.values() for part in ps)
        lines = [f"{folder}*"] if whole else missing
        return _ended(main) + "".join(f"source {line}\n" for line in lines)

    # -- what is taken over -------------------------------------------------------------------

    def _extra(self, device: Device, wrong: Iterable[Device]) -> Extra:
        found = self.said[device.name]
        extra = Extra(before=self._lower(device), auto=self._is_auto(device))
        if device.kind == BRIDGE:
            taken = {port for other in self.wanted.devices for port in other.ports} | {"none"}
            ports = found.link.get("bridge-ports", "").split()
            extra.ports = [port for port in ports if port not in taken and port != "all"]
        for name, value in found.link.items():
            # The options of another kind of link went with it.
            stale = name == "bridge-hw" and ":" not in value and value not in device.ports
            if name.startswith(f"{device.kind}-") and name not in _RENDERED and not stale:
                extra.options.append(("", name, value))
        if "mtu" in found.link and not device.mtu:
            extra.options.append(("", "mtu", found.link["mtu"]))
        for _stanza, name, value in found.other:
            if not name.startswith((*_WITH_ADDRESS, *_DHCP)):
                extra.options.append(("", name, value))
        extra.addresses = self._kept(device, found)
        for other in wrong:
            if self._heir(self.said[other.name]) == device.name:
                self._inherit(device, self.said[other.name], extra)
        return extra

    def _kept(self, device: Device, found: Said) -> list[str]:
        """Return the addresses of a device's stanzas that the plan does not tell, and that stay.

        One in the network of an address that comes anew is what that stands for.
        """
        planned = {ip_interface(a).ip for d in self.wanted.devices for a in d.addresses}
        own = [ip_interface(a) for a in device.addresses]
        new = {address.network for address in own if address not in found.addresses}
        others = [a for a in found.addresses if a.ip not in planned and a.network not in new]
        return [str(address) for address in others] if own else []

    def _inherit(self, device: Device, found: Said, extra: Extra) -> None:
        """Take over what goes with an address that was on the same or on another device."""
        have = {4: "inet", 6: "inet6"}
        versions = {ip_interface(a).version for a in device.addresses}
        for word in found.gateways:
            gateway = gateway_of(word)
            if gateway and gateway.version in versions - self.versions:
                extra.gateways.append(str(gateway))
        extra.routes += [route for route in found.routes if route not in device.routes]
        extra.rules += [rule for rule in found.rules if rule not in device.rules]
        families = {have[version] for version in versions}
        for stanza, name, value in found.other:
            if name.startswith(_WITH_ADDRESS) and stanza.family in families:
                extra.options.append((stanza.family, name, value))
        extra.auto6 = extra.auto6 or ("inet6", "auto") in found.methods

    def _heir(self, found: Said) -> str:
        """Return the device that gets a device's address: another, or itself; "" = none."""
        held = {address.ip for address in found.addresses}
        for device in self.wanted.devices:
            if any(ip_interface(address).ip in held for address in device.addresses):
                return device.name
        return found.name if found.name not in self.above else ""

    def _lower(self, device: Device) -> tuple[str, ...]:
        """Return the bonds and VLANs that a device is made of, the lowest first.

        Files are read by the order of their names: ``auto`` here makes sure that they come first.
        """
        below = [d for d in self.wanted.devices if d.name in (*device.ports, device.parent)]
        found = [name for each in below for name in self._lower(each)]
        return tuple(dict.fromkeys([*found, *(d.name for d in below if d.kind != NIC)]))

    def _is_auto(self, device: Device) -> bool:
        above = self.above.get(device.name)
        return not (device.kind == NIC and above and above.kind in (BRIDGE, BOND)) or bool(
            device.mtu
        )

    # -- what cannot be done ------------------------------------------------------------------

    def _demand_understood(self, wrong: Iterable[Device]) -> None:
        for device in wrong:
            found = self.said[device.name]
            for stanza, command in found.unknown:
                raise Refused(
                    f"{stanza.path}: iface {stanza.name}: {command!r:.120} is nothing that muster"
                    f" can take over when it writes {device.name} anew; take it out of the stanza"
                    " (routes and rules belong to the cluster file), then run again"
                )
            lost = [*found.routes, *found.rules] if not self._heir(found) else []
            if lost:
                raise Refused(
                    f"{', '.join(sorted(found.paths))}: the routes or rules of {device.name} have"
                    " no device to go to; declare them in the cluster file and take them out here"
                )

    def _demand_no_rival(self) -> None:
        """Refuse stanzas of devices that are not in the plan and claim what the plan gives."""
        planned = {ip_interface(a).ip: d.name for d in self.wanted.devices for a in d.addresses}
        ports = {port: d.name for d in self.wanted.devices for port in d.ports}
        for stanza in self.layout.stanzas():
            name = text.device(stanza.name)
            if name in self.said:
                continue
            listed = stanza.values("bridge-ports", "bond-slaves", "slaves")
            for port in (word for value in listed for word in value.split() if word in ports):
                raise Refused(_rival(stanza.path, name, port, ports[port]))
            for word in stanza.values("address"):
                address = gateway_of(word.partition("/")[0])
                if address in planned:
                    raise Refused(_rival(stanza.path, name, str(address), planned[address]))

    def _demand_unread_empty(self, device: Device) -> None:
        path = own(device)
        if path not in self.files or path in self.layout.files:
            return
        kinds = {part.kind for part in text.parts(self.files[path])}
        others = {
            part.head[1]
            for part in text.parts(self.files[path])
            if part.kind == text.IFACE and part.head[1:] and part.head[1] != device.name
        }
        if others or kinds & {text.SOURCE, text.MAPPING}:
            raise Refused(
                f"{path}: nothing reads this file, and it is about other devices too; move them"
                " away or remove it, then run again"
            )


def own(device: Device) -> str:
    """Return the path of a device's own file."""
    return f"{layout.FOLDER}/{device.name}"


def _names(part: text.Part, folder: str) -> bool:
    """Say whether a part is a line that includes files of a folder."""
    words = part.head[1:] if part.kind == text.SOURCE else ()
    return any(f"{word}/".startswith(folder) for word in words)


def _ended(body: str) -> str:
    """Return a text to which lines can be added: a backslash at its end would go on with them."""
    gap = "" if not body or body.endswith("\n") else "\n"
    return body + gap + ("\n" if body.rstrip("\n").endswith("\\") else "")


def _rival(path: str, rival: str, what: str, device: str) -> str:
    return (
        f"{path}: {rival} has {what}, which {device} is to have; take it out there, or call"
        f" {rival} so in the cluster file, then run again"
    )


def edit(wanted: Wanted, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return the files that must change to mean what is wanted: path -> new text, None = remove.

    files are all that match GLOBS, by path. Raises Refused where it cannot be expressed, or
    where a stanza holds what would be lost.
    """
    return {**Edit(wanted, files).texts(), **tables.edit(wanted, files)}
