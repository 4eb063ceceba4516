#!/usr/bin/env python3
"""A machine's switch: its cards' ports, and an uplink into the lab's network.

    switch.py TAP VLANS SOCKET...

Most kernels can do this by themselves (a bridge that filters VLANs); the lab's host need not. A
port carries the untagged network and the VLANs with these numbers; other tags are dropped. The
uplink is in all of them, untagged: so the Salt master is reached from the old network and from the
new one, and from no other. Ports that speak LACP get answers (802.3ad).
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

_Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_TUNSETIFF = 0x400454CA
_TAP_NO_HEADER = 0x0002 | 0x1000
_TAG = b"\x81\x00"
_SLOW = bytes.fromhex("0180c2000002")
_LACP = b"\x88\x09\x01\x01"
_OWN = bytes.fromhex("02004c414350")
# Active, short timeout, may aggregate, in step, collecting, distributing.
_STATE = 0x3F
_SILENT_SECONDS = 4
# Frames wait no longer than a real switch's would.
_MOST_WAITING = 256 * 1024


@dataclass(frozen=True)
class Place:
    """Where a hardware address was seen: a port's number and a VLAN (0: untagged)."""

    port: int
    vlan: int


def split(frame: bytes) -> tuple[int, bytes]:
    """Return a frame's VLAN (0: none) and the frame without the tag."""
    if frame[12:14] != _TAG:
        return 0, frame
    return struct.unpack("!H", frame[14:16])[0] & 0xFFF, frame[:12] + frame[16:]


def tagged(frame: bytes, vlan: int) -> bytes:
    """Return a frame with a VLAN's tag; 0 leaves it as it is."""
    return frame if vlan == 0 else frame[:12] + _TAG + struct.pack("!H", vlan) + frame[12:]


def lacp_answer(port: int, frame: bytes) -> bytes | None:
    """Return what a port answers to a LACP frame; None when it is none.

    The other side's own words go back as what is known of it.
    """
    if frame[:6] != _SLOW or frame[12:16] != _LACP or len(frame) < 124:
        return None
    own = struct.pack("!H6sHHHBxxx", 1, _OWN, 1, 1, port + 1, _STATE)
    words = b"\x01\x14" + own + b"\x02\x14" + frame[18:36] + b"\x03\x10" + bytes(14) + bytes(52)
    return _SLOW + _OWN + _LACP + words


class Table:
    """Where frames go: what was learned of addresses, and the VLANs that are carried."""

    def __init__(self, ports: int, vlans: frozenset[int]) -> None:
        """Make an empty table for a number of ports."""
        self._ports = ports
        self._vlans = vlans | {0}
        self._seen: dict[bytes, Place] = {}
        self._aggregated: dict[int, float] = {}

    def speaks_lacp(self, port: int, now: float) -> None:
        """Take a port as one of a group from now on, for as long as it speaks."""
        self._aggregated[port] = now

    def _floods(self, now: float, source: int | None = None) -> list[int]:
        """Return the ports that a frame for everybody leaves by: of a group, one."""
        group = sorted(p for p, last in self._aggregated.items() if now - last < _SILENT_SECONDS)
        out = set(group) if source in group else {*group[1:], source}
        return [port for port in range(self._ports) if port not in out]

    def from_port(self, port: int, frame: bytes, now: float) -> Iterator[tuple[int | None, bytes]]:
        """Yield where a machine's frame goes: port (None: uplink) and the frame as sent there.

        now
            the time in seconds
        """
        vlan, plain = split(frame)
        if len(frame) < 14 or vlan not in self._vlans:
            return
        self._seen[plain[6:12]] = Place(port, vlan)
        to = self._seen.get(plain[:6])
        if to is None:
            yield None, plain
            yield from ((n, frame) for n in self._floods(now, port))
        elif to.port != port and to.vlan == vlan:
            yield to.port, frame

    def from_uplink(self, frame: bytes, now: float) -> Iterator[tuple[int, bytes]]:
        """Yield where a frame of the lab's network goes: port and the frame as sent there.

        now
            the time in seconds
        """
        to = self._seen.get(frame[:6])
        if to is not None:
            yield to.port, tagged(frame, to.vlan)
        else:
            for port in self._floods(now):
                yield from ((port, tagged(frame, vlan)) for vlan in sorted(self._vlans))


class Switch:
    """The ports' connections and the uplink."""

    def __init__(self, uplink: int, sockets: list[str], vlans: frozenset[int]) -> None:
        """Take an open tap and the paths of the ports' sockets."""
        self._uplink = uplink
        self._sockets = sockets
        self._table = Table(len(sockets), vlans)
        self._writers: dict[int, asyncio.StreamWriter] = {}

    async def run(self) -> None:
        """Carry frames until the process is ended."""
        asyncio.get_running_loop().add_reader(self._uplink, self._from_uplink)
        for port, path in enumerate(self._sockets):
            await asyncio.start_unix_server(self._connected(port), path)
        await asyncio.Event().wait()

    def _connected(self, port: int) -> _Serve:
        """Return what serves the connection of a port."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers[port] = writer
            try:
                while True:
                    (size,) = struct.unpack("!I", await reader.readexactly(4))
                    self._from_port(port, await reader.readexactly(size))
            except (asyncio.IncompleteReadError, ConnectionError):
                self._writers.pop(port, None)
                writer.close()

        return serve

    def _from_port(self, port: int, frame: bytes) -> None:
        """Carry a frame that a machine has sent."""
        answer = lacp_answer(port, frame)
        if answer is not None:
            self._table.speaks_lacp(port, time.monotonic())
            self._send(port, answer)
            return
        for to, out in self._table.from_port(port, frame, time.monotonic()):
            if to is None:
                try:
                    os.write(self._uplink, out)
                except OSError:
                    continue
            else:
                self._send(to, out)

    def _from_uplink(self) -> None:
        """Carry a frame of the lab's network."""
        try:
            frame = os.read(self._uplink, 65536)
        except BlockingIOError:
            return
        for port, out in self._table.from_uplink(frame, time.monotonic()):
            self._send(port, out)

    def _send(self, port: int, frame: bytes) -> None:
        """Send a frame to a machine, or drop it when too many wait."""
        writer = self._writers.get(port)
        if writer is not None and writer.transport.get_write_buffer_size() < _MOST_WAITING:
            writer.write(struct.pack("!I", len(frame)) + frame)


def open_tap(name: str) -> int:
    """Return the open end of a tap that is there."""
    handle = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(handle, _TUNSETIFF, struct.pack("16sH", name.encode(), _TAP_NO_HEADER))
    return handle


def main(argv: list[str]) -> None:
    """Run a switch: the tap's name, VLANs with commas between, the ports' sockets."""
    vlans = frozenset(int(word) for word in argv[1].split(",") if word)
    asyncio.run(Switch(open_tap(argv[0]), argv[2:], vlans).run())


if __name__ == "__main__":
    main(sys.argv[1:])
