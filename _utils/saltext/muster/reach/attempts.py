"""Many tries at once, by one selector and up to one deadline."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from typing import Any

from saltext.muster.reach import asked, datagrams, icmp, judging
from saltext.muster.reach.asked import Try

#: A datagram may be lost: it is sent again so often (seconds).
AGAIN = 0.5

_V6_RECVERR, _V4_RECVERR = 25, 11
#: A socket that found no way has no address.
_NONE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never bound to
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


class _Attempt:
    """One try on its way: its socket, and what came of it."""

    def __init__(self, one: Try, token: str) -> None:
        self.one, self.token, self.result = one, token, ""
        self.why, self.own, self.port = "", "", 0
        self.began, self.took = time.monotonic(), 0.0
        self.socket: socket.socket | None = None

    @property
    def version(self) -> int:
        return 6 if ":" in self.one.door.address else 4

    def start(self) -> None:
        kind = socket.SOCK_STREAM if self.one.door.protocol == "tcp" else socket.SOCK_DGRAM
        try:
            self.socket = socket.socket(_FAMILIES[self.version], kind)
            self.socket.setblocking(False)
            if kind == socket.SOCK_DGRAM:
                self._tell_errors()
            number = self.socket.connect_ex((self.one.door.address, self.one.door.port))
            self.own, self.port = self.socket.getsockname()[:2]
        except OSError as err:
            self.failed(err.errno or errno.EIO)
            return
        if number not in (0, errno.EINPROGRESS):
            self.failed(number)
        elif kind == socket.SOCK_STREAM and number == 0:
            self.end(asked.OPEN, "")

    def _tell_errors(self) -> None:
        """Ask for every ICMP error; without this only a closed port is told."""
        assert self.socket is not None
        if self.version == 6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, _V6_RECVERR, 1)
        else:
            self.socket.setsockopt(socket.IPPROTO_IP, _V4_RECVERR, 1)

    def ask(self) -> None:
        """Send a datagram, where that is how to ask."""
        if self.result or self.one.door.protocol != "udp" or self.socket is None:
            return
        try:
            self.socket.send(datagrams.question(self.token))
        except BlockingIOError:
            pass
        except OSError as err:
            self.failed(err.errno or errno.EIO)

    def ready(self, said: dict[Any, tuple[str, str]]) -> None:
        """Take what the socket has to tell."""
        assert self.socket is not None
        if self.one.door.protocol == "tcp":
            number = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number:
                self.failed(number, said)
            else:
                self.end(asked.OPEN, "")
            return
        try:
            data = self.socket.recv(2048)
        except BlockingIOError:
            return
        except OSError as err:
            self.failed(err.errno or errno.EIO, said)
            return
        if data == datagrams.answer(self.token):
            self.end(asked.OPEN, "")
        elif self.one.state != asked.ECHO:
            self.end(asked.OPEN, "what listens there answered")

    def failed(self, number: int, said: dict[Any, tuple[str, str]] | None = None) -> None:
        heard = (said or {}).get(self.key())
        self.end(*judging.failed(self.one, number, heard, self.own))

    def key(self) -> tuple[str, int, str, int]:
        door = self.one.door
        return door.protocol, self.port, door.address, door.port

    def end(self, result: str, why: str) -> None:
        self.result, self.why = result, why
        self.took = time.monotonic() - self.began

    def told(self) -> dict[str, Any]:
        ms = round(self.took * 1000, 1)
        own = "" if self.own in _NONE else self.own
        return {"result": self.result, "why": self.why, "ms": ms, "source": own}


def attempts(tries: Sequence[Try], token: str, seconds: float) -> list[dict[str, Any]]:
    """Try all doors at once; return {"result", "why", "ms", "source"} of each, in their order.

    seconds bound the whole. source is the address that was sent from. Changes nothing.
    """
    found = [_Attempt(one, token) for one in tries]
    with ExitStack() as stack:
        selector = stack.enter_context(selectors.DefaultSelector())
        listening = _hearing(stack, selector, {each.version for each in found})
        for each in found:
            each.start()
            if each.socket is not None:
                stack.callback(each.socket.close)
                if not each.result:
                    tcp = each.one.door.protocol == "tcp"
                    event = selectors.EVENT_WRITE if tcp else selectors.EVENT_READ
                    selector.register(each.socket, event, each)
        _wait(selector, listening, found, time.monotonic() + seconds)
    refusals = Counter(e.one.door.address for e in found if e.result == asked.REFUSED)
    for each in found:
        if not each.result:
            each.end(*judging.silent(each.one, refusals[each.one.door.address]))
    return [each.told() for each in found]


def _hearing(
    stack: ExitStack, selector: selectors.BaseSelector, versions: Iterable[int]
) -> dict[socket.socket, int]:
    """Open a socket that hears ICMP errors for each IP version, as far as our rights go."""
    found = {}
    for version in versions:
        kind = socket.IPPROTO_ICMP if version == 4 else socket.IPPROTO_ICMPV6
        with suppress(PermissionError):
            heard = socket.socket(_FAMILIES[version], socket.SOCK_RAW, kind)
            stack.callback(heard.close)
            heard.setblocking(False)
            heard.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024 * 1024)
            selector.register(heard, selectors.EVENT_READ)
            found[heard] = version
    return found


def _wait(
    selector: selectors.BaseSelector,
    listening: dict[socket.socket, int],
    found: Sequence[_Attempt],
    deadline: float,
) -> None:
    said: dict[Any, tuple[str, str]] = {}
    again = 0.0
    while any(not each.result for each in found):
        now = time.monotonic()
        if now >= deadline:
            return
        if now >= again:
            again = now + AGAIN
            for each in found:
                each.ask()
        ready = selector.select(max(0.0, min(again, deadline) - now))
        # First what was said: the error of a socket is told by it.
        for heard, version in listening.items():
            said.update(_heard(heard, version))
        for key, _events in ready:
            if key.data is not None and not key.data.result:
                key.data.ready(said)
        _finish(selector, found, said)


def _finish(
    selector: selectors.BaseSelector,
    found: Iterable[_Attempt],
    said: dict[Any, tuple[str, str]],
) -> None:
    """End what an ICMP error was heard of, and stop waiting for what has ended."""
    for each in found:
        if not each.result and each.key() in said:
            each.failed(errno.EHOSTUNREACH, said)
        if each.result and each.socket is not None:
            with suppress(KeyError, ValueError):
                selector.unregister(each.socket)


def _heard(heard: socket.socket, version: int) -> dict[Any, tuple[str, str]]:
    """Return who said what of which of our packets."""
    found: dict[Any, tuple[str, str]] = {}
    with suppress(BlockingIOError):
        while True:
            packet, sender = heard.recvfrom(2048)
            error = icmp.parse(packet, version)
            if error:
                key = (error.protocol, error.source_port, error.destination, error.port)
                found.setdefault(key, (error.kind, str(sender[0]).partition("%")[0]))
    return found
