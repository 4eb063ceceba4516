"""netplan's files, put together as netplan does it."""

from typing import Any, Dict, List

from . import _interfaces, _yaml
from ._ini import dropins
from .source import Source, Unreadable

#: The first folder's file hides one of the same name in the others.
_FOLDERS = ["/run/netplan", "/etc/netplan", "/lib/netplan"]

_KINDS = (
    "ethernets", "bonds", "bridges", "vlans", "wifis", "modems", "tunnels", "vrfs",
    "dummy-devices", "virtual-ethernets",
)  # fmt: skip
_YES = ("true", "yes", "on", "y")
_NO = ("false", "no", "off", "n", "")


def read(source: Source) -> Dict[str, Any]:
    """Return entries of all netplan's files together; an entry's file is the last that names it."""
    merged = {}  # type: Dict[str, Any]
    files = {}  # type: Dict[str, str]
    for path in dropins(source, _FOLDERS, ".yaml"):
        text = _interfaces.text_of(source, path)
        try:
            network = _network(_yaml.parse(text))
        except Unreadable as err:
            raise Unreadable(f"{path}: {err}") from None
        for kind in _KINDS:
            files.update(dict.fromkeys(network.get(kind) or {}, path))
        merged = merge(merged, network)
    return {"entries": entries(merged, files)}


def merge(old: Any, new: Any) -> Any:
    """Return two files' values in one: mappings and lists grow, other values are replaced."""
    if isinstance(old, dict) and isinstance(new, dict):
        found = dict(old)
        for key, value in new.items():
            found[key] = merge(old[key], value) if key in old else value
        return found
    if isinstance(old, list) and isinstance(new, list):
        return old + [each for each in new if each not in old]
    return new


def entries(network: Dict[str, Any], files: Dict[str, str]) -> List[Dict[str, Any]]:
    """Return the entries of a network mapping; files tells each name's file.

    No dhcp4 means no DHCP. Raises Unreadable for a value that netplan would not take.
    """
    found = []
    for kind in _KINDS:
        for name, value in _mapping(network.get(kind, ""), kind).items():
            given = _mapping(value, name)
            addresses = [_address(each, name) for each in _list(given.get("addresses", ""), name)]
            found.append(
                _interfaces.entry(
                    "netplan",
                    files.get(name, ""),
                    _interface(name, given),
                    _method(given, "dhcp4", addresses, 4),
                    _method(given, "dhcp6", addresses, 6),
                    addresses,
                )
            )
    return found[: _interfaces.MOST]


def _network(value: Any) -> Dict[str, Any]:
    network = _mapping(_mapping(value, "the file").get("network", ""), "network")
    for kind in _KINDS:
        _mapping(network.get(kind, ""), kind)
    return network


def _interface(name: str, given: Dict[str, Any]) -> str:
    """Return the interface's name: the entry's own, unless it matches by something else."""
    match = _mapping(given.get("match", ""), name)
    for text in (given.get("set-name"), match.get("name")):
        if isinstance(text, str) and text:
            return text
    return name


def _method(given: Dict[str, Any], key: str, addresses: List[str], version: int) -> str:
    value = given.get(key, "")
    word = value.lower() if isinstance(value, str) else "?"
    if word not in _YES + _NO:
        raise Unreadable(f"{key} is neither yes nor no")
    return "dhcp" if word in _YES else _interfaces.static_of(addresses, version)


def _address(value: Any, name: str) -> str:
    """Return an address; one with options is a mapping of it to them."""
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value
    if not isinstance(value, str) or not _interfaces.family(value):
        raise Unreadable(f"an address of {name} is none")
    return value


def _mapping(value: Any, name: str) -> Dict[str, Any]:
    if value in ("", "null", "~", "{}"):
        return {}
    if not isinstance(value, dict):
        raise Unreadable(f"{name} is no mapping")
    return value


def _list(value: Any, name: str) -> List[Any]:
    if value in ("", "null", "~"):
        return []
    if not isinstance(value, list):
        raise Unreadable(f"the addresses of {name} are no list")
    return value
