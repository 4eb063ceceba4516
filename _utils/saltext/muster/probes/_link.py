"""One network link, as its folder below /sys/class/net tells."""

from typing import Any, Dict, List, Optional

from ._text import assignments, first_line
from .source import Source, Unreadable, attempt, shown

NET = "/sys/class/net"

#: Kernel's ARPHRD_LOOPBACK, IFF_UP and IFF_TAP.
_LOOPBACK, _UP, _TAP = 772, 0x1, 0x2

#: What a driver gives for a speed that it does not know: -1, also as an unsigned number.
_NO_SPEED = (-1, 65535, 4294967295)

#: Kinds that have a speed of a wire.
_WIRED = ("physical", "vf", "bond", "vlan")


def describe(source: Source, name: str, vlans: Dict[str, Dict[str, Any]]) -> Dict[str, Any]:
    """Return what is known of the link ``name``; vlans are those of /proc/net/vlan/config."""
    folder = f"{NET}/{name}"
    arphrd = attempt(number, source, f"{folder}/type")
    device = assignments(source.text_or(f"{folder}/device/uevent"))
    facts = {
        "kind": _kind(source, folder, arphrd, device, name in vlans),
        "arphrd": arphrd,
        "mac": attempt(_line, source, f"{folder}/address"),
        "mtu": attempt(number, source, f"{folder}/mtu"),
        "state": attempt(_line, source, f"{folder}/operstate"),
        "up": attempt(_is_up, source, folder),
        "carrier": attempt(_carrier, source, folder),
        "master": _master(source, folder),
    }  # type: Dict[str, Any]
    kind = facts["kind"]
    if kind in _WIRED:
        facts["speed"] = attempt(_speed, source, folder)
    if kind in ("physical", "vf"):
        facts.update(_card(source, folder, device))
    if kind == "bond":
        facts["bond"] = _bond(source, folder)
    if kind == "vlan":
        facts["vlan"] = vlans.get(name, {"unknown": f"/proc/net/vlan/config does not name {name}"})
    return facts


def number(source: Source, path: str) -> int:
    """Return the whole number in a one-line file; raise Unreadable when there is none."""
    text = first_line(source.text(path, 4096))
    try:
        if len(text) > 20:
            raise ValueError
        return int(text, 16 if text.startswith("0x") else 10)
    except ValueError:
        raise Unreadable(f"{path} holds no number") from None


def _line(source: Source, path: str) -> str:
    return first_line(source.text(path, 4096))


def _kind(source: Source, folder: str, arphrd: Any, device: Dict[str, str], vlan: bool) -> str:
    if arphrd == _LOOPBACK:
        return "loopback"
    for kind, part in (("bridge", "bridge"), ("bond", "bonding")):
        if source.exists(f"{folder}/{part}"):
            return kind
    if vlan:
        return "vlan"
    if source.exists(f"{folder}/tun_flags"):
        flags = attempt(number, source, f"{folder}/tun_flags")
        return "tap" if isinstance(flags, int) and flags & _TAP else "tun"
    if source.exists(f"{folder}/device") and device.get("MODALIAS") != "xen-backend:vif":
        return "vf" if source.exists(f"{folder}/device/physfn") else "physical"
    return _virtual(source, folder, device)


def _virtual(source: Source, folder: str, device: Dict[str, str]) -> str:
    """Name a link that has no hardware: by its type for udev, as far as it has one."""
    if device:
        return "xen"
    kind = assignments(source.text_or(f"{folder}/uevent")).get("DEVTYPE", "")
    if kind:
        return kind[:16]
    index, peer = (attempt(number, source, f"{folder}/{key}") for key in ("ifindex", "iflink"))
    both = isinstance(index, int) and isinstance(peer, int)
    return "veth" if both and peer and index != peer else "virtual"


def _is_up(source: Source, folder: str) -> bool:
    return bool(number(source, f"{folder}/flags") & _UP)


def _carrier(source: Source, folder: str) -> bool:
    # The kernel refuses to tell it (EINVAL) of a link that is down.
    if attempt(_is_up, source, folder) is False:
        return False
    return number(source, f"{folder}/carrier") != 0


def _speed(source: Source, folder: str) -> int:
    if attempt(_carrier, source, folder) is False:
        raise Unreadable("a link that is down has no speed")
    found = number(source, f"{folder}/speed")
    if found in _NO_SPEED:
        raise Unreadable("its driver does not know its speed")
    return found


def _master(source: Source, folder: str) -> str:
    target = source.link(f"{folder}/master") or ""
    return shown(target.rstrip("/").rsplit("/", 1)[-1])


def _card(source: Source, folder: str, device: Dict[str, str]) -> Dict[str, Any]:
    """Return driver, bus, pci (the address) and the virtual functions of a card."""
    pci = device.get("PCI_SLOT_NAME", "")
    alias = device.get("MODALIAS", "").partition(":")[0]
    usb = device.get("DEVTYPE", "").startswith("usb") or alias == "usb"
    return {
        "driver": device.get("DRIVER", ""),
        "bus": "pci" if pci else "usb" if usb else alias,
        "pci": pci,
        "sriov": attempt(_functions, source, f"{folder}/device"),
    }


def _functions(source: Source, folder: str) -> Dict[str, int]:
    if not source.exists(f"{folder}/sriov_totalvfs"):
        return {"total": 0, "current": 0}
    return {
        "total": number(source, f"{folder}/sriov_totalvfs"),
        "current": number(source, f"{folder}/sriov_numvfs"),
    }


def _bond(source: Source, folder: str) -> Dict[str, Any]:
    ports = attempt(lambda: [shown(name) for name in _words(source, f"{folder}/bonding/slaves")])
    facts = {
        "mode": attempt(lambda: (_words(source, f"{folder}/bonding/mode") or [""])[0]),
        "ports": ports,
        "up": attempt(_ports_up, source, ports),
    }
    if facts["mode"] == "802.3ad":
        facts["partner"] = attempt(_line, source, f"{folder}/bonding/ad_partner_mac")
    return facts


def _words(source: Source, path: str) -> List[str]:
    return _line(source, path).split()


def _ports_up(source: Source, ports: Any) -> List[str]:
    if isinstance(ports, dict):
        raise Unreadable(ports["unknown"])
    return [port for port in ports if _port_up(source, f"{NET}/{port}")]


def _port_up(source: Source, folder: str) -> bool:
    status = _status(source, f"{folder}/bonding_slave/mii_status")
    return _carrier(source, folder) if status is None else status == "up"


def _status(source: Source, path: str) -> Optional[str]:
    return _line(source, path) if source.exists(path) else None
