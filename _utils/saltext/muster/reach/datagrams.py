"""What is sent to a UDP port, and what comes back."""

from __future__ import annotations

#: No protocol on these ports takes two zero bytes for the start of something to act upon.
_START = b"\0\0muster-reach "


def question(token: str) -> bytes:
    """Return the datagram that asks for an answer."""
    return _START + token.encode("ascii") + b"?"


def answer(token: str) -> bytes:
    """Return the answer; it is as long as the question, and none is given to it."""
    return _START + token.encode("ascii") + b"!"
