"""How the files of the node's own backend configure its interfaces, and leases of DHCP."""

from typing import Any, Callable, Dict

from . import _ifcfg, _ifupdown, _keyfile, _leases, _netplan
from .source import Source, Unreadable, attempt


def read(source: Source) -> Dict[str, Any]:
    """Return what each backend's files say, the leases and the running clients of DHCP.

    The backends are ifupdown, ifcfg, networkmanager, netplan and networkd, each a mapping with
    entries ({"backend", "file", "interface", "auto", "ipv4", "ipv6", "addresses"}; ipv4 and ipv6
    are static, dhcp, manual, another word of the backend, or "" = not told). ifupdown has also
    files (read ones) and unread (not named by any line). A lease: {"client", "file", "interface",
    "address", "expires", "uuid"}; a client: {"client", "interfaces"}, none meaning all.
    """
    return {
        "ifupdown": attempt(_backend, source, _ifupdown.read),
        "ifcfg": attempt(_backend, source, _ifcfg.read),
        "networkmanager": attempt(_backend, source, _keyfile.nm),
        "netplan": attempt(_backend, source, _netplan.read),
        "networkd": attempt(_backend, source, _keyfile.networkd),
        "leases": attempt(_leases.leases, source),
        "clients": attempt(_leases.clients, source),
    }


def _backend(source: Source, read_files: Callable[[Source], Dict[str, Any]]) -> Dict[str, Any]:
    if not source.exists("/etc"):
        raise Unreadable("/etc is not there")
    return read_files(source)
