"""A short-lived process that answers at UDP ports; it reads what it shall do from its input.

It is run by the minion's own interpreter as a file by itself, so it needs nothing but the
standard library. It says in one line what it can answer at, then answers until its time is over.
"""

from __future__ import annotations

import errno
import json
import os
import selectors
import socket
import struct
import sys
import time
from typing import Any

ECHO, WITNESS, USED, UNKNOWN = "echo", "witness", "used", "unknown"

_UDP = struct.Struct("!HHHH")


class Answering:
    """The sockets of one run."""

    def __init__(self, question: bytes, answer: bytes) -> None:
        self.question, self.answer = question, answer
        self.selector = selectors.DefaultSelector()
        self._raw: dict[str, tuple[socket.socket, set[int]]] = {}

    def open(self, address: str, port: int) -> tuple[str, str]:
        """Answer at a port; return what stands there now, and why it is not known."""
        family = _family(address)
        own = socket.socket(family, socket.SOCK_DGRAM)
        try:
            if family == socket.AF_INET6:
                own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            own.bind((address, port))
        except OSError as err:
            own.close()
            if err.errno == errno.EADDRINUSE:
                return self._beside(address, port), ""
            if err.errno == errno.EADDRNOTAVAIL:
                return UNKNOWN, f"the node does not have the address {address}"
            return UNKNOWN, str(err.strerror)
        own.setblocking(False)
        self.selector.register(own, selectors.EVENT_READ, self._echo)
        return ECHO, ""

    def _beside(self, address: str, port: int) -> str:
        """See what arrives at a port that a program has: a raw socket gets what rules let in."""
        if address not in self._raw:
            try:
                raw = socket.socket(_family(address), socket.SOCK_RAW, socket.IPPROTO_UDP)
                raw.bind((address, 0))
            except OSError:
                return USED
            if raw.family == socket.AF_INET6:
                raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_CHECKSUM, 6)
            raw.setblocking(False)
            self._raw[address] = (raw, set())
            self.selector.register(raw, selectors.EVENT_READ, self._witness)
        self._raw[address][1].add(port)
        return WITNESS

    def _echo(self, own: socket.socket) -> None:
        data, sender = own.recvfrom(2048)
        if data == self.question:
            own.sendto(self.answer, sender)

    def _witness(self, raw: socket.socket) -> None:
        packet, sender = raw.recvfrom(65535)
        if raw.family == socket.AF_INET:
            packet = packet[(packet[0] & 15) * 4 :]
        if len(packet) < _UDP.size or packet[_UDP.size :] != self.question:
            return
        source, port, _length, _checksum = _UDP.unpack_from(packet)
        ports = next(ports for own, ports in self._raw.values() if own is raw)
        if port in ports:
            # The checksum of IPv4 may be left out; the kernel fills in that of IPv6.
            head = _UDP.pack(port, source, _UDP.size + len(self.answer), 0)
            raw.sendto(head + self.answer, (sender[0], 0, *sender[2:]))

    def serve(self, seconds: float) -> None:
        """Answer until the time is over."""
        end = time.monotonic() + seconds
        while self.selector.get_map() and time.monotonic() < end:
            for key, _events in self.selector.select(max(0.0, end - time.monotonic())):
                try:
                    key.data(key.fileobj)
                except OSError:
                    continue  # such as an ICMP error for an answer that came too late


def _family(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def main(text: str) -> None:
    """Do what the text asks: {"question", "answer" (Latin-1), "ports": [[address, port]],
    "seconds"}."""
    order: dict[str, Any] = json.loads(text)
    words = (order["question"].encode("latin-1"), order["answer"].encode("latin-1"))
    answering = Answering(*words)
    states = [answering.open(address, port) for address, port in order["ports"]]
    sys.stdout.write(json.dumps(states) + "\n")
    sys.stdout.flush()
    # Who asked waits for the end of the output.
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    answering.serve(float(order["seconds"]))


if __name__ == "__main__":
    main(sys.stdin.read())
