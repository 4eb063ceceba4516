"""What listens on the network, and which program holds it."""

import re
import socket
from typing import Any, Dict, List, Set

from ._processes import processes
from ._text import lines, words
from .source import Absent, Source, Unreadable, attempt

_TABLES = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}

#: A busy server's table of connections has some MiB.
_TABLE_LIMIT = 32 * 1024 * 1024
_MOST = 1000

_INODE = re.compile(r"^socket:\[([0-9]+)\]$")


def read(source: Source) -> Dict[str, Any]:
    """Return what listens: {"protocol", "address", "port", "programs"}.

    protocol is "tcp" or "udp"; programs are the names of the processes that hold the socket,
    none where they are not to be seen.
    """
    return {"listening": attempt(_listening, source)}


def parse(text: str, protocol: str) -> List[Dict[str, Any]]:
    """Return the listening sockets of one of /proc/net's tables, each with its inode as text.

    protocol is the table's name: tcp, tcp6, udp or udp6.
    """
    found = []
    for _, line in lines(text):
        fields = words(line)
        if len(fields) < 10 or fields[3] != _TABLES[protocol]:
            continue
        host, _, port = fields[1].partition(":")
        address = address_of(host)
        # A connected UDP socket has a peer.
        if address and _is_port(port) and fields[2].endswith(":0000"):
            entry = {"protocol": protocol[:3], "address": address, "port": int(port, 16)}
            found.append(dict(entry, inode=fields[9]))
    return found


def address_of(text: str) -> str:
    """Return the address of the kernel's hexadecimal words (little-endian), or ""."""
    try:
        raw = bytes.fromhex(text)
        parts = [raw[place : place + 4][::-1] for place in range(0, len(raw), 4)]
        kind = socket.AF_INET if len(raw) == 4 else socket.AF_INET6
        return socket.inet_ntop(kind, b"".join(parts))
    except ValueError:
        return ""


def _is_port(text: str) -> bool:
    return re.match(r"^[0-9A-Fa-f]{4}$", text) is not None


def _listening(source: Source) -> List[Dict[str, Any]]:
    found = []  # type: List[Dict[str, Any]]
    for name in _TABLES:
        try:
            found += parse(source.text(f"/proc/net/{name}", _TABLE_LIMIT), name)
        except Absent:
            if name == "tcp":  # IPv6 may be off, TCP is not
                raise Unreadable("/proc/net/tcp is not there: no network to be seen") from None
    found = found[:_MOST]
    holders = attempt(_holders, source, {entry["inode"] for entry in found})
    for entry in found:
        entry["programs"] = sorted(holders.get(entry.pop("inode"), ()))
    return found


def _holders(source: Source, inodes: Set[str]) -> Dict[str, Set[str]]:
    """Return {inode: names of the processes that hold it}."""
    found = {}  # type: Dict[str, Set[str]]
    for process in processes(source):
        folder = f"/proc/{process['pid']}/fd"
        try:
            targets = [source.link(f"{folder}/{name}") for name in source.names(folder)]
        except Unreadable:
            continue  # another user's process: only root sees its files
        for target in targets:
            match = _INODE.match(target or "")
            if match and match.group(1) in inodes:
                found.setdefault(match.group(1), set()).add(process["name"])
    return found
