"""Which addresses the files of a backend give at boot, and which of them a change takes away."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from saltext.muster.components.network import backends
from saltext.muster.components.network.wanted import STATIC, Wanted
from saltext.muster.errors import Refused
from saltext.muster.probes import _ifcfg, _ifupdown, _keyfile, _netplan
from saltext.muster.probes.source import Absent, Source, Unreadable

_READ: Mapping[str, Callable[[Source], dict[str, Any]]] = {
    backends.IFUPDOWN: _ifupdown.read,
    backends.NETWORKMANAGER: _keyfile.nm,
    backends.IFCFG: _ifcfg.read,
    backends.NETPLAN: _netplan.read,
}


def dropped(
    backend: str, wanted: Wanted, texts: Mapping[str, str], edited: Mapping[str, str | None]
) -> tuple[str, ...]:
    """Return the addresses that files give to static devices until now, and no longer do.

    backend is the name of the one in charge, texts its files as they are by path, edited those
    that change. Raises Refused for files that cannot be read.
    """
    if not edited:
        return ()
    after = {**texts, **edited}
    new = {path: text for path, text in after.items() if text is not None}
    static = {device.name for device in wanted.devices if device.method == STATIC}
    kept = {address for _name, address in _given(backend, new)}
    gone = {address for name, address in _given(backend, texts) if name in static} - kept
    return tuple(sorted(gone))


def _given(backend: str, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Return each interface that comes up at boot, with each address that files give it."""
    try:
        entries = _READ[backend](_Texts(texts))["entries"]
    except Unreadable as err:
        raise Refused(f"the files of {backend} cannot be read: {err}; mend them") from None
    for entry in entries:
        for address in entry["addresses"] if entry["auto"] else ():
            plain = address.partition("/")[0].strip()
            try:
                yield entry["interface"].partition(":")[0], str(ip_address(plain))
            except ValueError:
                continue  # a word of the backend's own, such as an address by DHCP


class _Texts(Source):
    """Files in memory, for what reads files."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = texts

    def mode(self, path: str) -> int | None:
        """Return the kind of what is there: a file, a folder that has some, or None."""
        if path in self._texts:
            return stat.S_IFREG
        return stat.S_IFDIR if self.names(path) else None

    def names(self, path: str) -> list[str]:
        """Return the sorted names in a folder."""
        folder = path.rstrip("/") + "/"
        below = (each[len(folder) :] for each in self._texts if each.startswith(folder))
        return sorted({each.partition("/")[0] for each in below})

    def _bytes(self, path: str, limit: int) -> bytes:
        if path not in self._texts:
            raise Absent(f"{path} is not there")
        return self._texts[path].encode("utf-8", "surrogateescape")[:limit]
