"""What names and addresses in a cluster file may look like: texts in, a complaint or "" out."""

from __future__ import annotations

import re
from typing import NamedTuple

from saltext.muster.components.network import checks

#: Linux takes this many bytes as a node's name (HOST_NAME_MAX), DNS this many as a name.
NODE_NAME_MOST, DNS_NAME_MOST = 64, 253

#: Linux: IFNAMSIZ without its closing zero byte.
INTERFACE_MOST = 15

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}")
_GUEST = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_RESERVED = {"localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"}


class Complaint(NamedTuple):
    """What is wrong with a text; the message holds no value of the file."""

    message: str
    remedy: str


def hostname(text: str, most: int = DNS_NAME_MOST) -> Complaint | None:
    """Say what is wrong with a host's name (RFC 1123, lower case), at most ``most`` bytes."""
    if len(text) > most:
        return Complaint(f"is longer than {most} characters", "shorten it")
    if text != text.lower():
        return Complaint("is no hostname: it has upper case letters", "write it in lower case")
    labels = text.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return Complaint(
            "is no hostname",
            "use labels of a-z, 0-9 and inner -, at most 63 characters each, parted by dots",
        )
    if labels[-1].isdigit():
        return Complaint("is no hostname: its last label is a number", "write a name")
    if text in _RESERVED:
        return Complaint("is a name of the loopback interface", "write the node's own name")
    return None


def minion_id(text: str) -> Complaint | None:
    """Say what is wrong with a minion id."""
    if not _ID.fullmatch(text) or ".." in text:
        return Complaint(
            "is no minion id",
            "use a-z, A-Z, digits, dots, - and _, as in the node's /etc/salt/minion_id",
        )
    return None


def interface(text: str) -> Complaint | None:
    """Say what is wrong with the name of a network interface or bridge.

    Linux takes nearly any byte; what a shell or a file's syntax could trip over is refused.
    """
    if not text.isascii():
        return Complaint("has characters outside ASCII", "use a-z, 0-9, -, _ and . only")
    if not 1 <= len(text) <= INTERFACE_MOST:
        return Complaint(f"is empty or longer than {INTERFACE_MOST} characters", "shorten it")
    # The nodes take no other names either: a plan with one would be refused there.
    if not checks.NAME.fullmatch(text) or ".." in text:
        remedy = "use a-z, 0-9, -, _ and . only, a letter or digit first"
        return Complaint("is no name of an interface", remedy)
    return None


def guest(text: str) -> Complaint | None:
    """Say what is wrong with the name of a guest."""
    if not _GUEST.fullmatch(text):
        return Complaint(
            "is no name of a guest", "use a-z, A-Z, digits, dots, - and _, at most 63 characters"
        )
    return None
