"""What a picture of a cluster shows: plain data, before anything has a place on the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bus:
    """A network, drawn as a line that nodes and routers hang on; lines are its details."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tap:
    """A row of a box: what it is, the address, and the node's end of the link.

    bus is the index of the network that it is linked to, None for none. routed: the address is
    not in that network, but is reached through it.
    """

    what: str
    address: str
    end: str = ""
    bus: int | None = None
    routed: bool = False


@dataclass(frozen=True)
class Box:
    """A node, or several that are alike: name, what it is, and its rows.

    full is the whole story, for who points at the box or cannot see it.
    """

    name: str
    role: str
    about: str
    taps: tuple[Tap, ...]
    full: str


@dataclass(frozen=True)
class Site:
    """The nodes of one place."""

    title: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Note:
    """A list in the margin."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """Everything that is drawn; roles are in the order of their colours."""

    title: str
    subtitle: str
    buses: tuple[Bus, ...]
    outside: tuple[Box, ...]
    sites: tuple[Site, ...]
    roles: tuple[str, ...]
    notes: tuple[Note, ...]
    description: str
